"""Is every retirement of an issued credit and its serials, and counted for whom it was?"""

from __future__ import annotations

from collections.abc import Iterator

from gasprint.audit.findings import differs, error, note
from gasprint.audit.result import Finding, RetirementLine
from gasprint.audit.state import Expected
from gasprint.audit.subject import Subject
from gasprint.errors import TokenIdError
from gasprint.retirements import first_unit_of, registry_of, units_of
from gasprint.token_ids import describe_token_id, serial_span
from gasprint.units import UNITS_PER_TONNE

_ODD = """
SELECT retirement_id, token_id, beneficiary, transaction_hash, is_issued
FROM retirement JOIN credit USING (token_id)
WHERE NOT is_issued OR retirement.registry != credit.registry OR units = 0
    OR retirement.first_unit < credit.first_unit OR retirement.end_unit > credit.end_unit
    OR NOT is_sound
ORDER BY block_number, log_index
"""
_EXPIRED = """
SELECT retirement_id, token_id, units, beneficiary, retirement.transaction_hash
FROM retirement
JOIN (SELECT token_id, max(expiry)::BIGINT AS expiry FROM credit_minted GROUP BY ALL)
    USING (token_id)
JOIN blocks USING (block_number)
WHERE expiry > 0 AND time_unix_seconds >= expiry AND beneficiary IN (FROM chosen)
ORDER BY block_number, log_index
"""
_SUMS = """
SELECT token_id, account, coalesce(recorded.units, 0), coalesce(standard.units, 0)
FROM (
    SELECT token_id, beneficiary AS account, sum(units) AS units FROM retirement GROUP BY ALL
) AS recorded
FULL JOIN (
    SELECT token_id, account, sum(amount) AS units FROM credit_retired GROUP BY ALL
) AS standard USING (token_id, account)
ORDER BY token_id, account
"""
_LINES = """
SELECT retirement_id, retirement.token_id, coalesce(invalid_units, 0), retirement.beneficiary,
    holder, agent, retirement.transaction_hash
FROM retirement LEFT JOIN touched USING (retirement_id)
WHERE retirement.beneficiary IN (FROM chosen)
ORDER BY retirement.block_number, retirement.log_index
"""


def name_of(retirement_id: object) -> str:
    """What a reader finds a retirement by."""
    return f"retirement {retirement_id}"


def check_retirements(subject: Subject) -> Iterator[Finding]:
    """Every retirement is of an issued credit, and owns serials of it."""
    for retirement_id, token_id, beneficiary, transaction, is_issued in subject.rows(_ODD):
        number, place = int(retirement_id), (beneficiary, transaction)
        name = name_of(number)
        if not is_issued:
            message = f"{name} draws on credit {token_id}, which was never issued"
            yield error("retirements", message, *place, kind="never_issued")
        try:
            credit = describe_token_id(int(token_id))
            start_units = first_unit_of(number) - credit.first_serial * UNITS_PER_TONNE
            serial_span(int(token_id), start_units, units_of(number))
        except TokenIdError as wrong:
            yield error("serials", f"{name}: {wrong}", *place)
            continue
        what, registry = f"{name}, its registry", registry_of(number)
        yield from differs("serials", what, credit.registry, registry, *place)


def check_expiry(subject: Subject) -> Iterator[Finding]:
    """Tells which retirements drew on an expired credit: the ledger counts them, a reader may not.

    A note, for anyone can retire an expired credit for anyone.
    """
    for retirement_id, token_id, units, *place in subject.rows(_EXPIRED):
        message = (
            f"{name_of(retirement_id)} of {int(units):,} units counts, "
            f"but credit {token_id} had expired, and should not be taken for an offset"
        )
        yield note("expiry", message, *place)


def check_sums(subject: Subject) -> Iterator[Finding]:
    """The events agree on what is retired of each credit, for whom."""
    for token_id, account, recorded, standard in subject.rows(_SUMS):
        what = f"units of credit {token_id} retired for the account, by RetirementRecorded"
        yield from differs("sums", what, int(standard), int(recorded), account)


def check_balances(subject: Subject) -> Iterator[Finding]:
    """So does the contract."""
    yield from subject.told.contradictions(
        "sums",
        "retiredBalanceOf",
        [
            Expected(
                (account, int(token_id)),
                ((f"units of credit {token_id} retired for the account", int(standard)),),
                account,
            )
            for token_id, account, _, standard in subject.rows(_SUMS)
        ],
    )


def retirement_lines(subject: Subject) -> list[RetirementLine]:
    """The retirements for the accounts, in the order of the chain."""
    chain_id = subject.deployment.chain_id
    return [
        RetirementLine(int(retired), int(token_id), int(invalid), to, by, agent, hash_, chain_id)
        for retired, token_id, invalid, to, by, agent, hash_ in subject.rows(_LINES)
    ]
