"""Audits the ledger from the chain alone, trusting neither its sums nor its events.

    result      what an audit says
    accounts    outstanding = emitted - retired
    emissions   gas times published factor
    metering    recorded gas and the receipts'
    credits     serials: issued once, retired once

Everything is read as of one block. What a node withholds, or an account never recorded, no audit
of events can see.
"""

from __future__ import annotations

from collections.abc import Iterable

from web3 import Web3

from gasprint.audit import credits, emissions, metering
from gasprint.audit.accounts import account_lines, check_account
from gasprint.audit.result import (
    AccountLine,
    Audit,
    Finding,
    MeteredTransaction,
    RetirementLine,
    Severity,
)
from gasprint.contracts import Suite
from gasprint.errors import InputError, TokenIdError
from gasprint.ledger import EmissionsRecorded, RetirementRecorded
from gasprint.token_ids import SerialSpan, serial_span

__all__ = [
    "AccountLine",
    "Audit",
    "Finding",
    "MeteredTransaction",
    "RetirementLine",
    "Severity",
    "audit",
]


def audit(suite: Suite, accounts: Iterable[str] | None = None) -> Audit:
    """Audit the emissions of `accounts`, and the retirement of every credit.

    Args:
        suite: where to read; the audit is as of the newest block.
        accounts: whose emissions; None for all that recorded any or had any retired.

    Raises:
        InputError: if an account is no address, or the node fails.
    """
    chosen = None if accounts is None else {_address(each): None for each in accounts}
    suite = suite.at_newest_block()
    factors = list(suite.factors_published())
    records = _records(suite, chosen)
    retirements = list(suite.retirements())
    minted = list(suite.credits_minted())
    transactions = metering.metered_transactions(suite, records)
    audited = _accounts_of(records, retirements) if chosen is None else chosen
    lines = account_lines(audited, factors, records, retirements, transactions)

    findings = [
        *emissions.check_factors(suite, factors),
        *emissions.check_records(records, factors),
        *(finding for line in lines for finding in check_account(suite, line)),
        *metering.check_metering(transactions),
        *credits.check_issuance(minted),
        *credits.check_retirements(suite, retirements, minted),
        *credits.check_expiry(suite, (r for r in retirements if r.beneficiary in audited), minted),
        *credits.check_order(retirements),
        *credits.check_sums(suite, retirements, suite.credits_retired()),
    ]
    return Audit(
        chain_id=suite.chain_id,
        block_number=suite.block_number or 0,
        accounts=tuple(lines),
        transactions=tuple(transactions),
        retirements=tuple(
            _retirement_line(each) for each in retirements if each.beneficiary in audited
        ),
        findings=tuple(findings),
    )


def _address(text: str) -> str:
    if not Web3.is_address(text):
        raise InputError(f"account {text!r} is no address; give 0x and 40 hexadecimal digits")
    address = Web3.to_checksum_address(text)
    if text not in (address, address.lower()):
        raise InputError(f"account {text!r} has a wrong checksum; compare it with where it is from")
    return address


def _records(suite: Suite, accounts: Iterable[str] | None) -> list[EmissionsRecorded]:
    if accounts is None:
        return list(suite.emissions_recorded())
    return [record for each in accounts for record in suite.emissions_recorded(each)]


def _accounts_of(
    records: Iterable[EmissionsRecorded], retirements: Iterable[RetirementRecorded]
) -> dict[str, None]:
    # A dict, for it is ordered and quick to look into.
    return dict.fromkeys([r.account for r in records] + [r.beneficiary for r in retirements])


def _retirement_line(event: RetirementRecorded) -> RetirementLine:
    return RetirementLine(
        retirement_id=event.retirement_id,
        token_id=event.token_id,
        units=event.units,
        span=_span(event),
        beneficiary=event.beneficiary,
        holder=event.holder,
        agent=event.agent,
        transaction_hash=event.transaction_hash,
    )


def _span(event: RetirementRecorded) -> SerialSpan | None:
    try:
        return serial_span(event.token_id, event.start_units, event.units)
    except TokenIdError:
        return None
