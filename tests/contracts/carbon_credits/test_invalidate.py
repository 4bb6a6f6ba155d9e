"""invalidate: what the registry cancels is passed over if not yet retired, and never retired after.

given a credit of ten serials, 1 to 10, and serials of it that are cancelled
  retirements go up to the hole, never across, and on after it
  redemptions go around it
  the numbers of the credit add up
  each serial counts once, and only serials of the credit are cancelled
"""

import pytest
from brownie import reverts

from tests.retirements import retirement_of
from tests.suite import NOTHING_SAID, PROJECT_ID, issue, reverts_with

T = 10**8
CREDIT_ID = (1 << 64) | 10
TOKEN = (PROJECT_ID << 128) | CREDIT_ID


@pytest.fixture(autouse=True)
def ten_serials(suite, roles, isolation):
    issue(suite, roles, CREDIT_ID)


@pytest.fixture
def cancel(suite, roles):
    return lambda first, last: suite.CarbonCredits.invalidate(
        TOKEN, first, last, "double counted", {"from": roles.custodian}
    )


@pytest.fixture
def retire(suite, roles):
    """Retires, and says which of the credit's units, counted from its first."""

    def retire(units):
        tx = suite.CarbonCredits.retireFor(
            TOKEN,
            roles.holder,
            units,
            roles.beneficiary,
            NOTHING_SAID,
            False,
            {"from": roles.holder},
        )
        start, end = retirement_of(tx).span
        return start - T, end - T

    return retire


@pytest.fixture
def redeem(suite, roles):
    return lambda serials: tuple(
        suite.CarbonCredits.redeem(
            TOKEN, roles.holder, serials, "", {"from": roles.holder}
        ).return_value
    )


@pytest.fixture
def refused(suite):
    """That so many units are not available, since so many are."""

    def refused(units, available):
        assert suite.CarbonCredits.retirableUnits(TOKEN) == available
        return reverts(reverts_with("UnitsNotAvailable", TOKEN, units, available))

    return refused


@pytest.fixture
def numbers(suite):
    """Retired, redeemed, available and passed units."""

    def numbers():
        state = suite.CarbonCredits.stateOf(TOKEN)
        names = ("retiredUnits", "redeemedUnits", "availableUnits", "passedUnits")
        return tuple(int(state[name]) for name in names)

    return numbers


def test_it_is_told(cancel, roles, numbers):
    assert dict(cancel(4, 5).events["SerialsInvalidated"]) == {
        "tokenId": TOKEN,
        "firstSerial": 4,
        "lastSerial": 5,
        "reason": "double counted",
    }
    assert numbers() == (0, 0, 8 * T, 0)


def test_a_hole_in_the_middle_is_jumped(suite, cancel, retire, refused, numbers):
    cancel(4, 5)
    with refused(3 * T + 1, 3 * T):
        retire(3 * T + 1)
    assert retire(T // 2) == (0, T // 2)
    assert retire(5 * T // 2) == (T // 2, 3 * T)
    assert numbers() == (3 * T, 0, 5 * T, 3 * T)
    with refused(5 * T + 1, 5 * T):
        retire(5 * T + 1)
    assert retire(7) == (5 * T, 5 * T + 7)
    assert numbers() == (3 * T + 7, 0, 5 * T - 7, 5 * T + 7)
    assert retire(5 * T - 7) == (5 * T + 7, 10 * T)
    assert numbers() == (8 * T, 0, 0, 10 * T)
    with refused(1, 0):
        retire(1)
    assert suite.CarbonCredits.getMetadata(TOKEN)["isRetired"] is False


def test_the_first_serials(cancel, retire, numbers):
    cancel(1, 2)
    assert retire(T) == (2 * T, 3 * T)
    assert numbers() == (T, 0, 7 * T, 3 * T)


def test_the_rest_of_a_serial_that_is_retired_in_part(cancel, retire, numbers):
    retire(T + 30)
    cancel(2, 2)
    assert numbers() == (T + 30, 0, 8 * T, T + 30)
    assert retire(5) == (2 * T, 2 * T + 5)
    assert numbers() == (T + 35, 0, 8 * T - 5, 2 * T + 5)


def test_the_last_serials(cancel, retire, redeem, refused, numbers):
    cancel(9, 10)
    assert redeem(2) == (7, 8)
    assert numbers() == (0, 2 * T, 6 * T, 0)
    with refused(6 * T + 1, 6 * T):
        retire(6 * T + 1)
    assert retire(6 * T) == (0, 6 * T)
    assert numbers() == (6 * T, 2 * T, 0, 6 * T)


def test_redemptions_go_around_a_hole_and_never_across(cancel, redeem, refused, numbers):
    cancel(6, 7)
    with reverts(reverts_with("UnitsNotAvailable", TOKEN, 4 * T, 3 * T)):
        redeem(4)
    assert redeem(1) == (10, 10)
    assert redeem(2) == (8, 9)
    assert redeem(5) == (1, 5)
    assert numbers() == (0, 8 * T, 0, 0)
    with reverts(reverts_with("UnitsNotAvailable", TOKEN, T, 0)):
        redeem(1)


def test_adjacent_holes_are_one(cancel, retire, redeem, numbers):
    cancel(5, 5)
    cancel(3, 4)
    cancel(6, 6)
    assert retire(2 * T) == (0, 2 * T)
    assert retire(T) == (6 * T, 7 * T)
    assert redeem(3) == (8, 10)
    assert numbers() == (3 * T, 3 * T, 0, 7 * T)


def test_redemptions_pass_adjacent_holes(cancel, redeem, retire, numbers):
    cancel(10, 10)
    cancel(8, 9)
    cancel(5, 7)
    assert redeem(1) == (4, 4)
    assert retire(3 * T) == (0, 3 * T)
    assert numbers() == (3 * T, T, 0, 3 * T)


def test_what_is_retired_already_stays_retired(suite, roles, cancel, retire, numbers):
    retire(4 * T)
    cancel(2, 3)
    assert numbers() == (4 * T, 0, 6 * T, 4 * T)
    assert suite.CarbonCredits.retiredFor(roles.beneficiary) == 4 * T
    assert suite.CarbonCredits.retiredBalanceOf(roles.beneficiary, TOKEN) == 4 * T
    assert retire(6 * T) == (4 * T, 10 * T)
    assert suite.CarbonCredits.getMetadata(TOKEN)["isRetired"] is True


def test_retired_in_part_by_two_and_half_open(suite, cancel, retire, numbers):
    retire(2 * T - 10)
    cancel(1, 3)
    assert numbers() == (2 * T - 10, 0, 7 * T, 2 * T - 10)
    assert retire(7 * T) == (3 * T, 10 * T)


def test_touching_what_is_redeemed(cancel, redeem, retire, numbers):
    assert redeem(3) == (8, 10)
    cancel(7, 9)
    assert numbers() == (0, 3 * T, 6 * T, 0)
    assert redeem(1) == (6, 6)
    assert numbers() == (0, 4 * T, 5 * T, 0)
    assert retire(5 * T) == (0, 5 * T)
    assert numbers() == (5 * T, 4 * T, 0, 5 * T)


def test_the_whole_credit(suite, roles, cancel, retire, redeem, refused, numbers):
    cancel(1, 10)
    assert numbers() == (0, 0, 0, 0)
    with refused(1, 0):
        retire(1)
    with reverts(reverts_with("UnitsNotAvailable", TOKEN, T, 0)):
        redeem(1)
    # They stay held, and can be handed on, for what they are.
    suite.CarbonCredits.safeTransferFrom(
        roles.holder, roles.outsider, TOKEN, 10 * T, b"", {"from": roles.holder}
    )


def test_a_hole_between_front_and_back_that_met(cancel, retire, redeem, refused, numbers):
    cancel(3, 5)
    assert retire(2 * T) == (0, 2 * T)
    assert redeem(5) == (6, 10)
    assert numbers() == (2 * T, 5 * T, 0, 2 * T)
    with refused(1, 0):
        retire(1)
    with reverts(reverts_with("UnitsNotAvailable", TOKEN, T, 0)):
        redeem(1)
    assert numbers() == (2 * T, 5 * T, 0, 2 * T)


def test_a_serial_retired_in_part_is_not_redeemed_behind_a_hole(cancel, retire, redeem, numbers):
    retire(T // 2)
    cancel(4, 10)
    with reverts(reverts_with("UnitsNotAvailable", TOKEN, 3 * T, 2 * T)):
        redeem(3)
    assert redeem(2) == (2, 3)
    assert retire(T // 2) == (T // 2, T)
    assert numbers() == (T, 2 * T, 0, T)


@pytest.mark.parametrize(("first", "last"), [(4, 6), (5, 5), (4, 5), (6, 6)])
def test_what_is_cancelled_already_is_refused(cancel, first, last, numbers):
    cancel(4, 5)
    cancel(6, 6)
    before = numbers()
    with reverts(reverts_with("SerialsOverlap", first, last, 4, 6)):
        cancel(first, last)
    assert numbers() == before


@pytest.mark.parametrize("first_units", [0, T // 2, 5 * T, 7 * T])
@pytest.mark.parametrize(("first", "last"), [(3, 4), (6, 7), (1, 10), (2, 8), (5, 9), (7, 8)])
def test_what_is_cancelled_in_part_is_cancelled_once(
    cancel, retire, numbers, suite, first, last, first_units
):
    """Wherever the front is, serials count once, and what is left can be retired."""
    if first_units:
        retire(first_units)
    cancel(2, 2)
    cancel(4, 6)
    cancel(first, last)
    cancelled = {2, 4, 5, 6, *range(first, last + 1)}
    units = [unit for unit in range(first_units, 10 * T, T // 2) if unit // T + 1 not in cancelled]
    assert numbers() == (first_units, 0, len(units) * T // 2, first_units)
    for unit in units:
        assert retire(T // 2) == (unit, unit + T // 2)
    assert suite.CarbonCredits.retirableUnits(TOKEN) == 0


@pytest.mark.parametrize(
    ("first", "last"), [(0, 1), (10, 11), (11, 12), (5, 4), (0, 0), (1, 2**64), (2**255, 2**255)]
)
def test_serials_of_another_credit_are_refused(cancel, first, last):
    with reverts(reverts_with("InvalidSerialRange", first, last)):
        cancel(first, last)


def test_an_unknown_credit_is_refused(suite, roles):
    with reverts(reverts_with("UnknownCredit", TOKEN + (1 << 192))):
        suite.CarbonCredits.invalidate(TOKEN + (1 << 192), 1, 1, "", {"from": roles.custodian})


@pytest.mark.parametrize("place", range(1, 10))
def test_wherever_it_is_the_numbers_add_up(suite, cancel, retire, redeem, numbers, place):
    """With 2.5 serials retired and 2 redeemed, what is retired after was never cancelled."""
    retire(2 * T + T // 2)
    redeem(2)
    cancel(place, place + 1)
    live = {4, 5, 6, 7, 8} - {place, place + 1}
    rest_of_third = 0 if 3 in (place, place + 1) else T // 2
    left = len(live) * T + rest_of_third
    assert numbers() == (2 * T + T // 2, 2 * T, left, 2 * T + T // 2)
    while available := int(suite.CarbonCredits.retirableUnits(TOKEN)):
        start, end = retire(available)
        serials = set(range(start // T + 1, (end - 1) // T + 2))
        assert serials <= live | ({3} if rest_of_third else set())
    assert numbers()[:3] == (2 * T + T // 2 + left, 2 * T, 0)


@pytest.mark.parametrize("text", ["a" * 257, "é" * 129])
def test_a_reason_that_is_too_long_is_refused(suite, roles, text):
    with reverts(reverts_with("TextTooLong", "reason", len(text.encode()), 256)):
        suite.CarbonCredits.invalidate(TOKEN, 1, 1, text, {"from": roles.custodian})
