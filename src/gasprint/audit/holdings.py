"""Is all that was issued still there: held, retired, or redeemed?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from gasprint.audit.findings import differs
from gasprint.audit.history import History, by_credit
from gasprint.audit.result import Finding
from gasprint.audit.serials import ranges_of, units_within
from gasprint.contracts import Suite
from gasprint.ledger import ZERO_ADDRESS, CreditState
from gasprint.retirements import first_unit_of, units_of
from gasprint.token_ids import describe_token_id
from gasprint.units import UNITS_PER_TONNE, units_of_serials


def check_holdings(
    suite: Suite, history: History, states: Mapping[int, CreditState]
) -> Iterator[Finding]:
    """Balances are what the transfers add up to; with what left circulation, what was issued."""
    held: Counter[tuple[int, str]] = Counter()
    left: Counter[tuple[int, str]] = Counter()
    for each in history.transfers:
        held[each.token_id, each.recipient] += each.units
        held[each.token_id, each.sender] -= each.units
        if each.recipient == ZERO_ADDRESS:
            left[each.token_id, each.sender] += each.units
    told_held: Counter[int] = Counter()
    for (token_id, account), units in held.items():
        if account == ZERO_ADDRESS:
            continue
        told = suite.balance_of(account, token_id)
        told_held[token_id] += told
        what = f"units of credit {token_id} that the account holds"
        yield from differs("holdings", what, units, told, account)

    taken: Counter[tuple[int, str]] = Counter()
    for retirement in history.retirements:
        taken[retirement.token_id, retirement.holder] += units_of(retirement.retirement_id)
    for redemption in history.redeemed:
        taken[redemption.token_id, redemption.holder] += units_of_serials(
            redemption.first_serial, redemption.last_serial
        )
    for token_id, account in dict.fromkeys([*left, *taken]):
        what = f"units of credit {token_id} that left the account, by transfers to nobody"
        units = taken[token_id, account]
        yield from differs("holdings", what, units, left[token_id, account], account)

    for token_id, state in states.items():
        issued = describe_token_id(token_id).units
        told = told_held[token_id] + state.retired_units + state.redeemed_units
        what = f"units of credit {token_id} held, retired or redeemed"
        yield from differs("holdings", what, issued, told)


def check_states(history: History, states: Mapping[int, CreditState]) -> Iterator[Finding]:
    """What the contract says of each credit is what its events add up to."""
    retirements, redemptions = by_credit(history.retirements), by_credit(history.redeemed)
    cancelled = by_credit(history.cancelled)
    for token_id, state in states.items():
        credit = describe_token_id(token_id)
        origin = front = credit.first_serial * UNITS_PER_TONNE
        back = (credit.last_serial + 1) * UNITS_PER_TONNE
        retired_units = redeemed_units = 0
        for each in retirements.get(token_id, ()):
            retired_units += units_of(each.retirement_id)
            front = max(front, first_unit_of(each.retirement_id) + units_of(each.retirement_id))
        for redemption in redemptions.get(token_id, ()):
            redeemed_units += units_of_serials(redemption.first_serial, redemption.last_serial)
            back = min(back, redemption.first_serial * UNITS_PER_TONNE)
        cancelled_units = units_within(ranges_of(cancelled.get(token_id, ())), front, back)
        for what, recomputed, told in (
            ("retired", retired_units, state.retired_units),
            ("redeemed", redeemed_units, state.redeemed_units),
            ("passed", front - origin, state.passed_units),
            ("available", back - front - cancelled_units, state.available_units),
        ):
            yield from differs("sums", f"units of credit {token_id} {what}", recomputed, told)
