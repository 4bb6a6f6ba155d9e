"""settleSerials: the registry retired what is wholly retired here; in order, each serial once.

given a credit of which 2.5 serials are retired
  the two whole ones can be settled, and no more
  what is settled is not settled again
"""

import pytest
from brownie import reverts

from tests.suite import FIRST_SERIAL, LAST_SERIAL, TOKEN_ID, reverts_with

HALF = 10**8 // 2


@pytest.fixture(autouse=True)
def retired(suite, roles, isolation):
    suite.CarbonCredits.retire(TOKEN_ID, roles.holder, 5 * HALF, {"from": roles.holder})


def settle(suite, roles, through, reference="VCS retirement 12345"):
    return suite.CreditRecords.settleSerials(
        TOKEN_ID, through, reference, {"from": roles.custodian}
    )


def refused(through, settled_through, retired_through):
    return reverts(reverts_with("SerialsNotSettleable", through, settled_through, retired_through))


def test_they_are_settled_in_order(suite, roles):
    records = suite.CreditRecords
    assert records.settledThrough(TOKEN_ID) == 0
    tx = settle(suite, roles, FIRST_SERIAL)
    assert dict(tx.events["SerialsSettled"]) == {
        "tokenId": TOKEN_ID,
        "firstSerial": FIRST_SERIAL,
        "lastSerial": FIRST_SERIAL,
        "registryReference": "VCS retirement 12345",
    }
    assert records.settledThrough(TOKEN_ID) == FIRST_SERIAL
    tx = settle(suite, roles, FIRST_SERIAL + 1)
    assert tx.events["SerialsSettled"]["firstSerial"] == FIRST_SERIAL + 1
    assert tx.events["SerialsSettled"]["lastSerial"] == FIRST_SERIAL + 1


def test_a_serial_retired_in_part_is_not_settled(suite, roles):
    for through in (FIRST_SERIAL + 2, LAST_SERIAL, LAST_SERIAL + 1, 2**256 - 1):
        with refused(through, FIRST_SERIAL - 1, FIRST_SERIAL + 1):
            settle(suite, roles, through)
    suite.CarbonCredits.retire(TOKEN_ID, roles.holder, HALF, {"from": roles.holder})
    settle(suite, roles, FIRST_SERIAL + 2)


def test_nothing_is_settled_twice(suite, roles):
    settle(suite, roles, FIRST_SERIAL + 1)
    for through in (FIRST_SERIAL + 1, FIRST_SERIAL, FIRST_SERIAL - 1, 0):
        with refused(through, FIRST_SERIAL + 1, FIRST_SERIAL + 1):
            settle(suite, roles, through)


def test_nothing_before_the_credit_is_settled(suite, roles):
    for through in (0, FIRST_SERIAL - 1):
        with refused(through, FIRST_SERIAL - 1, FIRST_SERIAL + 1):
            settle(suite, roles, through)


def test_redeemed_serials_are_not_settled(suite, roles):
    suite.CarbonCredits.redeem(TOKEN_ID, roles.holder, 422, "", {"from": roles.holder})
    suite.CarbonCredits.retire(TOKEN_ID, roles.holder, HALF, {"from": roles.holder})
    with refused(FIRST_SERIAL + 3, FIRST_SERIAL - 1, FIRST_SERIAL + 2):
        settle(suite, roles, FIRST_SERIAL + 3)
    settle(suite, roles, FIRST_SERIAL + 2)


def test_past_a_hole_it_goes_on(suite, roles):
    credits = suite.CarbonCredits
    hole = (FIRST_SERIAL + 3, FIRST_SERIAL + 5)
    credits.invalidate(TOKEN_ID, *hole, "", {"from": roles.custodian})
    credits.retire(TOKEN_ID, roles.holder, HALF, {"from": roles.holder})
    with refused(FIRST_SERIAL + 3, FIRST_SERIAL - 1, FIRST_SERIAL + 2):
        settle(suite, roles, FIRST_SERIAL + 3)
    credits.retire(TOKEN_ID, roles.holder, 2 * HALF, {"from": roles.holder})
    settle(suite, roles, FIRST_SERIAL + 6)


def test_the_reference_has_a_longest(suite, roles):
    with reverts(reverts_with("TextTooLong", "registryReference", 257, 256)):
        settle(suite, roles, FIRST_SERIAL, "a" * 257)
    settle(suite, roles, FIRST_SERIAL, "a" * 256)


@pytest.mark.parametrize("token_id", [0, 5, TOKEN_ID + 1])
def test_an_unknown_credit_is_refused(suite, roles, token_id):
    with reverts(reverts_with("UnknownCredit", token_id)):
        suite.CreditRecords.settleSerials(token_id, 1, "", {"from": roles.custodian})
