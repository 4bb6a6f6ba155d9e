"""What a report is made of, without a chain, and what a PDF says."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from gasprint.audit import (
    AccountLine,
    Audit,
    Finding,
    MeteredTransaction,
    RetirementLine,
)
from gasprint.audit_report.data import (
    Course,
    CreditLine,
    EmissionLine,
    FactorLine,
    Figures,
    Place,
    ReportData,
    Step,
    Way,
)
from gasprint.ledger import RetirementDetails
from gasprint.retirements import retirement_id
from tests.suite import TOKEN_ID

ACCOUNT = "0xbdEd0D2bf404bdcBa897a74E6657f1f12e5C6fb6"
MINT_MICROGRAMS, RETIREMENT_UNITS = 7_171_230, 10_757
MINTS_PER_RETIREMENT = 15
CHAIN_ID = 1337
MISSING = "pdftotext is missing: apt-get install poppler-utils"


def transaction_hash(number: int) -> str:
    return f"0x{number:064x}"


def report_data(
    mints: int = 40, findings: tuple[Finding, ...] = (), text: str = "", chain_id: int = CHAIN_ID
) -> ReportData:
    """Mints of which every fifteenth retires; `text` stands wherever anyone can write."""
    retirements = mints // MINTS_PER_RETIREMENT
    emitted = mints * MINT_MICROGRAMS
    lines = tuple(
        RetirementLine(
            retirement_id=retirement_id(TOKEN_ID, number * RETIREMENT_UNITS, RETIREMENT_UNITS),
            token_id=TOKEN_ID,
            invalid_units=0,
            beneficiary=ACCOUNT,
            holder=ACCOUNT,
            agent=ACCOUNT,
            transaction_hash=transaction_hash(MINTS_PER_RETIREMENT * (number + 1)),
        )
        for number in range(retirements)
    )
    account = AccountLine(
        account=ACCOUNT,
        transactions=mints,
        recorded_gas=mints * 102_461,
        committed_gas=0,
        emitted_co2e_micrograms=emitted,
        retired_units=retirements * RETIREMENT_UNITS,
        invalidated_units=0,
        replaced_units=0,
        outstanding_co2e_micrograms=0,
        transactions_checked=mints,
        largest_metering_error_percent=0.0146 if mints else None,
    )
    metered = tuple(
        MeteredTransaction(ACCOUNT, transaction_hash(number), 102_461, 102_446, 0.0146)
        for number in range(mints)
    )
    said = RetirementDetails(beneficiary_name=text, purpose=text, place=text)
    return ReportData(
        audit=Audit(chain_id, 99, (account,), metered, lines, findings),
        places=(Place(chain_id, 99, transaction_hash(7), 1_790_000_000, ACCOUNT, ACCOUNT),),
        named_accounts=None,
        factors=(
            FactorLine(
                chain_id=chain_id,
                version=1,
                picograms_per_gas=Figures(27_000_000, 70_000_000, 110_000_000),
                picowatt_hours_per_gas=Figures(78_000_000, 187_000_000, 227_000_000),
                effective_at_unix_seconds=1_789_000_000,
                source=f"proof_of_stake_v1 {text}",
                evidence_hash=f"0x{'ab' * 32}",
                evidence_location=f"evidence.json {text}",
            ),
        ),
        emissions=(
            EmissionLine(
                *(chain_id, ACCOUNT, Way.METERED, 1, mints, mints * 102_461, 10**15),
                *(emitted, emitted // 2, emitted * 2),
            ),
        )
        if mints
        else (),
        credits=(
            CreditLine(
                *(chain_id, TOKEN_ID, f"Bale Mountains {text}", text, text, text),
                *(425 * 10**8, f"0x{'02' * 32}"),
            ),
        ),
        details={(chain_id, each.retirement_id): said for each in lines},
        certificates=frozenset((chain_id, each.retirement_id) for each in lines[:1]),
        course=Course(
            mints,
            1,
            tuple(
                Step(
                    number * MINT_MICROGRAMS,
                    number // MINTS_PER_RETIREMENT * RETIREMENT_UNITS * 10_000,
                )
                for number in range(1, mints + 1)
            ),
            1_789_500_000 if mints else None,
            1_790_000_000 if mints else None,
        ),
    )


def text_of_pdf(path: Path) -> str:
    """All that a PDF says, by poppler; without it the test skips, with CI=true it fails."""
    if shutil.which("pdftotext") is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING, pytrace=False)
        pytest.skip(MISSING)
    command = ["pdftotext", "-layout", str(path), "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode()
