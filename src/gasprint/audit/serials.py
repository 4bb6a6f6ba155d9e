"""Does every serial go one way only: retired from the front, redeemed from the back, or cancelled?

Positions are units counted through all serials of a registry, as in a retirement's id. What does
not simply go on where the one before ended is looked at by itself: it may pass over cancelled ones.
"""

from __future__ import annotations

from collections.abc import Iterator

from gasprint.audit.findings import error
from gasprint.audit.ranges import Ranges, merged
from gasprint.audit.result import Finding
from gasprint.audit.retirements import name_of
from gasprint.audit.subject import Subject
from gasprint.units import UNITS_PER_TONNE

_FRONT = """
SELECT * FROM (
    SELECT retirement_id, token_id, retirement.first_unit AS first, credit.first_unit AS origin,
        coalesce(max(retirement.end_unit) OVER earlier, credit.first_unit) AS front,
        beneficiary, transaction_hash, block_number, log_index
    FROM retirement JOIN credit USING (token_id)
    WINDOW earlier AS (PARTITION BY token_id ORDER BY block_number, log_index
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) WHERE first != front ORDER BY block_number, log_index
"""
_RETIRED_CANCELLED = """
SELECT DISTINCT retirement_id, beneficiary, retirement.transaction_hash
FROM retirement JOIN serials_invalidated AS each
    ON each.token_id = retirement.token_id
        AND (each.block_number, each.log_index) < (retirement.block_number, retirement.log_index)
        AND each.first_serial::HUGEINT * {tonne} < end_unit
        AND (each.last_serial::HUGEINT + 1) * {tonne} > first_unit
WHERE units > 0 ORDER BY ALL
"""
_BACK = """
SELECT token_id, redeemed.first_serial, redeemed.last_serial,
    coalesce(min(redeemed.first_serial) OVER earlier, credit.last_serial + 1) AS back,
    holder, transaction_hash, block_number, log_index
FROM serials_redeemed AS redeemed JOIN credit USING (token_id)
WINDOW earlier AS (PARTITION BY token_id ORDER BY block_number, log_index
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
ORDER BY block_number, log_index
"""
_BOTH = """
SELECT token_id, front - back FROM (
    SELECT token_id, max(end_unit) AS front FROM retirement GROUP BY token_id
) JOIN (
    SELECT token_id, min(first_serial)::HUGEINT * {tonne} AS back FROM serials_redeemed
    GROUP BY token_id
) USING (token_id)
WHERE front > back ORDER BY token_id
"""


def check_serials(subject: Subject) -> Iterator[Finding]:
    """The retirements of a credit fill its front, its redemptions its back, past what is cancelled.

    Only what was cancelled before may be passed over, and nothing of that is retired or redeemed.
    """
    yield from _check_front(subject)
    for retirement_id, *place in subject.rows(_RETIRED_CANCELLED.format(tonne=UNITS_PER_TONNE)):
        message = f"{name_of(retirement_id)} takes serials that had been cancelled before"
        yield error("serials", message, *place, kind="cancelled_before")
    yield from _check_back(subject)
    for token_id, units in subject.rows(_BOTH.format(tonne=UNITS_PER_TONNE)):
        message = f"credit {token_id}: {int(units):,} units are both retired and redeemed"
        yield error("serials", message, kind="doubled")


def _check_front(subject: Subject) -> Iterator[Finding]:
    for retirement_id, token_id, *units, account, transaction, block, log in subject.rows(_FRONT):
        first, origin, front = map(int, units)
        sound = front
        for range_begin, range_end in _cancelled_before(subject, token_id, block, log):
            if range_begin <= sound < range_end:
                sound = range_end
        if first == sound:
            continue
        wrong = "leaves a gap after" if first > sound else "overlaps"
        message = (
            f"{name_of(retirement_id)} starts at unit {first - origin:,} of the credit and {wrong} "
            f"the ones before, which end at {sound - origin:,}"
        )
        kind = "gap" if first > sound else "doubled"
        yield error("serials", message, account, transaction, kind=kind)


def _check_back(subject: Subject) -> Iterator[Finding]:
    for token_id, *serials, account, transaction, block, log in subject.rows(_BACK):
        first, last, back = map(int, serials)
        begin, end, sound = (each * UNITS_PER_TONNE for each in (first, last + 1, back))
        ranges = _cancelled_before(subject, token_id, block, log)
        for range_begin, range_end in reversed(ranges):
            if range_begin < sound <= range_end:
                sound = range_begin
        if end != sound or any(a < end and b > begin for a, b in ranges) or begin >= end:
            message = (
                f"serials {first} to {last} were redeemed, but the last "
                f"that could be is {sound // UNITS_PER_TONNE - 1}, and none that is cancelled"
            )
            yield error("serials", message, account, transaction, kind="redeemed")


def _cancelled_before(subject: Subject, token_id: str, block: int, log: int) -> Ranges:
    """The units of a credit that the registry had cancelled before an event."""
    return merged(
        (int(first) * UNITS_PER_TONNE, (int(last) + 1) * UNITS_PER_TONNE)
        for first, last in subject.rows(
            "SELECT first_serial, last_serial FROM serials_invalidated WHERE token_id = $token_id "
            "AND (block_number, log_index) < ($block, $log)",
            token_id=token_id,
            block=block,
            log=log,
        )
    )
