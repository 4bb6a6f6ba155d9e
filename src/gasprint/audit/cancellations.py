"""Does what the registry cancelled of retirements count against those they were for?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping

from gasprint.audit.findings import differs, error, note
from gasprint.audit.history import History, by_credit
from gasprint.audit.result import Finding
from gasprint.audit.retirements import name_of
from gasprint.audit.serials import Ranges, ranges_of, units_within
from gasprint.contracts import Suite
from gasprint.ledger import CreditState
from gasprint.retirements import first_unit_of, retirement_id, units_of
from gasprint.token_ids import describe_token_id


def cancelled_ranges(history: History) -> dict[int, Ranges]:
    """All units that the registry cancelled, by token id."""
    cancelled = by_credit(history.cancelled)
    return {token_id: ranges_of(events) for token_id, events in cancelled.items()}


def invalid_units(ranges: Ranges, retirement_id: int) -> int:
    """How many units of a retirement lie in `ranges`."""
    first_unit = first_unit_of(retirement_id)
    return units_within(ranges, first_unit, first_unit + units_of(retirement_id))


def check_cancellations(
    suite: Suite,
    history: History,
    states: Mapping[int, CreditState],
    accounts: Container[str],
) -> Iterator[Finding]:
    """What is cancelled of each retirement is what the events say, and counted no more than once.

    A note, for the retirements of `accounts`, where some is not counted yet: anyone can have it
    counted.
    """
    ranges = cancelled_ranges(history)
    for token_id in states:
        whole = describe_token_id(token_id).units
        told = suite.invalid_units_of(token_id, retirement_id(token_id, 0, whole))
        recomputed = invalid_units(ranges.get(token_id, []), retirement_id(token_id, 0, whole))
        what = f"units of credit {token_id} that the registry cancelled"
        yield from differs("cancelled", what, recomputed, told)

    yield from _check_claims(history)
    counted: Counter[int] = Counter()
    replaced: Counter[int] = Counter()
    for counting in history.invalidated:
        counted[counting.retirement_id] += counting.units
    for replacement in history.replaced:
        replaced[replacement.retirement_id] += replacement.units
    for each in history.retirements:
        invalid = invalid_units(ranges.get(each.token_id, []), each.retirement_id)
        if not (invalid or counted[each.retirement_id] or replaced[each.retirement_id]):
            continue
        place = each.beneficiary, each.transaction_hash
        told_counted, told_replaced = suite.invalidity_of(each.retirement_id)
        told_invalid = suite.invalid_units_of(each.token_id, each.retirement_id)
        for what, recomputed, told in (
            ("cancelled", invalid, told_invalid),
            ("counted as cancelled", counted[each.retirement_id], told_counted),
            ("made good", replaced[each.retirement_id], told_replaced),
        ):
            yield from differs(
                "cancelled", f"{name_of(each)}, units {what}", recomputed, told, *place
            )
        if told_counted > invalid or told_replaced > told_counted:
            message = (
                f"{name_of(each)} has {invalid:,} units cancelled, but {told_counted:,} counted "
                f"as cancelled, and {told_replaced:,} made good"
            )
            yield error("cancelled", message, *place)
        uncounted = invalid - told_counted
        if uncounted > 0 and each.beneficiary in accounts:
            message = (
                f"{name_of(each)} for {each.beneficiary}: the registry cancelled {uncounted:,} "
                "units which still count as offset; anyone can call invalidateRetirement"
            )
            yield note("cancelled", message, *place)


def _check_claims(history: History) -> Iterator[Finding]:
    """What is counted or made good is of a retirement, for its beneficiary, by a new one."""
    recorded = {each.retirement_id: each for each in history.retirements}
    for each in history.invalidated:
        place = each.beneficiary, each.transaction_hash
        retirement = recorded.get(each.retirement_id)
        if retirement is None or retirement.beneficiary != each.beneficiary:
            message = (
                f"{each.units:,} units of retirement {each.retirement_id} were counted as "
                "cancelled, which is no retirement for this account"
            )
            yield error("cancelled", message, *place)
    used: set[int] = set()
    for replacement in history.replaced:
        by = recorded.get(replacement.replaced_by)
        good = by is not None and by.beneficiary == replacement.beneficiary
        if not good or units_of(replacement.replaced_by) != replacement.units:
            problem = "is no retirement of so many units for this account"
        elif replacement.replaced_by in used:
            problem = "made another good already"
        else:
            used.add(replacement.replaced_by)
            continue
        message = (
            f"{replacement.units:,} units of retirement {replacement.retirement_id} were made "
            f"good by {replacement.replaced_by}, which {problem}"
        )
        place = replacement.beneficiary, replacement.transaction_hash
        yield error("cancelled", message, *place)
