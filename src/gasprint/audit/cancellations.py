"""Does what the registry cancelled of retirements count against those they were for?"""

from __future__ import annotations

from collections.abc import Iterator

from gasprint.audit.findings import error, note
from gasprint.audit.ranges import within
from gasprint.audit.result import Finding
from gasprint.audit.retirements import name_of
from gasprint.audit.state import Expected
from gasprint.audit.subject import Subject
from gasprint.retirements import retirement_id

_TOUCHED = """
SELECT retirement_id, token_id, beneficiary, transaction_hash, invalid_units, counted_units,
    replaced_units
FROM touched ORDER BY block_number, log_index
"""
_COUNTED_WRONGLY = """
SELECT each.units, each.retirement_id, each.beneficiary, each.transaction_hash
FROM retirement_invalidated AS each LEFT JOIN retirement USING (retirement_id)
WHERE retirement.beneficiary IS DISTINCT FROM each.beneficiary
ORDER BY each.block_number, each.log_index
"""
_REPLACED_WRONGLY = """
SELECT units, retirement_id, replaced_by, beneficiary, transaction_hash, is_another
FROM (
    SELECT each.units, each.retirement_id, each.replaced_by, each.beneficiary,
        each.transaction_hash, each.block_number, each.log_index,
        retirement.beneficiary IS DISTINCT FROM each.beneficiary
            OR retirement.units IS DISTINCT FROM each.units AS is_another,
        count(*) OVER (PARTITION BY each.replaced_by ORDER BY each.block_number, each.log_index
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS used
    FROM retirement_replaced AS each
    LEFT JOIN retirement ON retirement.retirement_id = each.replaced_by
)
WHERE is_another OR used > 0 ORDER BY block_number, log_index
"""


def check_cancellations(subject: Subject) -> Iterator[Finding]:
    """What is counted and made good is of a retirement, for its beneficiary, and no more than once.

    A note, for the retirements of the accounts, where some is not counted yet: anyone can have it
    counted.
    """
    yield from _check_claims(subject)
    for retired, _, *place, invalid, counted, replaced in subject.rows(_TOUCHED):
        if counted > invalid or replaced > counted:
            message = (
                f"{name_of(retired)} has {int(invalid):,} units cancelled, but {int(counted):,} "
                f"counted as cancelled, and {int(replaced):,} made good"
            )
            yield error("cancelled", message, *place, kind="counted_wrongly")
        uncounted = int(invalid - counted)
        if uncounted > 0 and place[0] in subject.accounts:
            message = (
                f"{name_of(retired)} for {place[0]}: the registry cancelled {uncounted:,} "
                "units which still count as offset; anyone can call invalidateRetirement"
            )
            yield note("cancelled", message, *place, kind="not_counted")


def check_invalidity(subject: Subject) -> Iterator[Finding]:
    """The contract holds the same of each credit, and of each retirement that is touched."""
    cancelled = subject.cancelled()
    whole = []
    for number, first, end in subject.rows(
        "SELECT token_id, first_unit, end_unit FROM credit "
        "WHERE is_sound AND token_id IN (FROM credit_list) ORDER BY token_id"
    ):
        units = within(cancelled.get(number, []), int(first), int(end))
        what = f"units of credit {number} that the registry cancelled"
        every = retirement_id(int(number), 0, int(end - first))
        whole.append(Expected((int(number), every), ((what, units),)))
    yield from subject.told.contradictions("cancelled", "invalidUnitsOf", whole)
    invalid, counted = [], []
    for retired, token_id, *place, units, counted_units, replaced in subject.rows(_TOUCHED):
        name = f"{name_of(retired)}, units"
        told = ((f"{name} cancelled", int(units)),)
        invalid.append(Expected((int(token_id), int(retired)), told, *place))
        both = (
            (f"{name} counted as cancelled", int(counted_units)),
            (f"{name} made good", int(replaced)),
        )
        counted.append(Expected((int(retired),), both, *place))
    yield from subject.told.contradictions("cancelled", "invalidUnitsOf", invalid)
    yield from subject.told.contradictions("cancelled", "invalidityOf", counted)


def _check_claims(subject: Subject) -> Iterator[Finding]:
    for units, retired, *place in subject.rows(_COUNTED_WRONGLY):
        message = (
            f"{int(units):,} units of retirement {retired} were counted as "
            "cancelled, which is no retirement for this account"
        )
        yield error("cancelled", message, *place, kind="counted_wrongly")
    for units, retired, by, *place, is_another in subject.rows(_REPLACED_WRONGLY):
        problem = (
            "is no retirement of so many units for this account"
            if is_another
            else "made another good already"
        )
        message = (
            f"{int(units):,} units of retirement {retired} were made good by {by}, which {problem}"
        )
        yield error("cancelled", message, *place, kind="counted_wrongly")
