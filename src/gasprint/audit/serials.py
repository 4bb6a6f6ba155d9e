"""Does every serial go one way only: retired from the front, redeemed from the back, or cancelled?

Positions are units counted through all serials of a registry, as in a retirement's id.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence

from gasprint.audit.findings import error
from gasprint.audit.history import History, by_credit
from gasprint.audit.result import Finding
from gasprint.audit.retirements import name_of
from gasprint.errors import TokenIdError
from gasprint.ledger import LoggedEvent, RetirementRecorded, SerialsInvalidated, SerialsRedeemed
from gasprint.retirements import first_unit_of, units_of
from gasprint.token_ids import TokenId, describe_token_id
from gasprint.units import UNITS_PER_TONNE

Ranges = list[tuple[int, int]]
"""From a unit to before another, in rising order and apart."""


def ranges_of(cancelled: Iterable[SerialsInvalidated], before: LoggedEvent | None = None) -> Ranges:
    """The units that the registry cancelled of one credit, in all or before an event.

    A registry may cancel again what it cancelled in part: ranges that meet are one.
    """
    merged: Ranges = []
    for begin, end in sorted(
        (each.first_serial * UNITS_PER_TONNE, (each.last_serial + 1) * UNITS_PER_TONNE)
        for each in cancelled
        if before is None or each.position < before.position
    ):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def units_within(ranges: Ranges, first_unit: int, end_unit: int) -> int:
    """How many of the units from `first_unit` to before `end_unit` lie in `ranges`."""
    return sum(max(0, min(end, end_unit) - max(begin, first_unit)) for begin, end in ranges)


def check_serials(history: History) -> Iterator[Finding]:
    """The retirements of a credit fill its front, its redemptions its back, past what is cancelled.

    Only what was cancelled before may be passed over, and nothing of that is retired or redeemed.
    """
    retirements = by_credit(history.retirements)
    redemptions = by_credit(history.redeemed)
    cancelled = by_credit(history.cancelled)
    for token_id in dict.fromkeys([*retirements, *redemptions]):
        try:
            credit = describe_token_id(token_id)
        except TokenIdError:
            continue  # which was found already
        of_credit = cancelled.get(token_id, [])
        front = yield from _check_front(credit, retirements.get(token_id, []), of_credit)
        back = yield from _check_back(credit, redemptions.get(token_id, []), of_credit)
        if front > back:
            message = f"credit {token_id}: {front - back:,} units are both retired and redeemed"
            yield error("serials", message)


def _check_front(
    credit: TokenId,
    retirements: Sequence[RetirementRecorded],
    cancelled: Sequence[SerialsInvalidated],
) -> Generator[Finding, None, int]:
    """Check the retirements of a credit; tell where they end."""
    origin = front = credit.first_serial * UNITS_PER_TONNE
    for each in retirements:
        ranges = ranges_of(cancelled, before=each)
        place = each.beneficiary, each.transaction_hash
        start = first_unit_of(each.retirement_id)
        end = start + units_of(each.retirement_id)
        sound = front
        for range_begin, range_end in ranges:
            if range_begin <= sound < range_end:
                sound = range_end
        if start != sound:
            wrong = "leaves a gap after" if start > sound else "overlaps"
            message = (
                f"{name_of(each)} starts at unit {start - origin:,} of the credit and {wrong} "
                f"the ones before, which end at {sound - origin:,}"
            )
            yield error("serials", message, *place)
        if units_within(ranges, start, end):
            message = f"{name_of(each)} takes serials that had been cancelled before"
            yield error("serials", message, *place)
        front = max(front, end)
    return front


def _check_back(
    credit: TokenId,
    redemptions: Sequence[SerialsRedeemed],
    cancelled: Sequence[SerialsInvalidated],
) -> Generator[Finding, None, int]:
    """Check the redemptions of a credit; tell where they begin."""
    back = (credit.last_serial + 1) * UNITS_PER_TONNE
    for each in redemptions:
        ranges = ranges_of(cancelled, before=each)
        begin = each.first_serial * UNITS_PER_TONNE
        end = (each.last_serial + 1) * UNITS_PER_TONNE
        sound = back
        for range_begin, range_end in reversed(ranges):
            if range_begin < sound <= range_end:
                sound = range_begin
        if end != sound or units_within(ranges, begin, end) or begin >= end:
            message = (
                f"serials {each.first_serial} to {each.last_serial} were redeemed, but the last "
                f"that could be is {sound // UNITS_PER_TONNE - 1}, and none that is cancelled"
            )
            yield error("serials", message, each.holder, each.transaction_hash)
        back = min(back, begin)
    return back
