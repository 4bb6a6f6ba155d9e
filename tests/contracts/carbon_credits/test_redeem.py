"""redeem: whole serials back to the registry, from the last one of the credit.

given a credit of 425 serials with the holder
  it takes from the back, whole serials only, and never one that is retired in part
  it is the holder's, or the holder's operator's, to do
  what is redeemed is not retired, and never can be
"""

import pytest
from brownie import reverts

from tests.suite import (
    FIRST_SERIAL,
    LAST_SERIAL,
    TOKEN_ID,
    UNITS_ISSUED,
    reverts_with,
)

ZERO = "0x" + "00" * 20
ACCOUNT = "VCS account 4711"


def redeem(suite, roles, serials, sender=None):
    return suite.CarbonCredits.redeem(
        TOKEN_ID, roles.holder, serials, ACCOUNT, {"from": sender or roles.holder}
    )


def test_it_takes_from_the_back(suite, roles):
    credits = suite.CarbonCredits
    tx = redeem(suite, roles, 3)
    assert tuple(tx.return_value) == (LAST_SERIAL - 2, LAST_SERIAL)
    assert dict(tx.events["SerialsRedeemed"]) == {
        "tokenId": TOKEN_ID,
        "holder": roles.holder,
        "agent": roles.holder,
        "firstSerial": LAST_SERIAL - 2,
        "lastSerial": LAST_SERIAL,
        "registryAccount": ACCOUNT,
    }
    assert dict(tx.events["TransferSingle"]) == {
        "operator": roles.holder,
        "from": roles.holder,
        "to": ZERO,
        "id": TOKEN_ID,
        "value": 3 * 10**8,
    }
    assert tuple(redeem(suite, roles, 1).return_value) == (LAST_SERIAL - 3, LAST_SERIAL - 3)
    state = credits.stateOf(TOKEN_ID)
    assert state["redeemedUnits"] == 4 * 10**8
    assert state["retiredUnits"] == state["passedUnits"] == state["retirementCount"] == 0
    assert state["availableUnits"] == credits.retirableUnits(TOKEN_ID) == UNITS_ISSUED - 4 * 10**8
    assert credits.balanceOf(roles.holder, TOKEN_ID) == UNITS_ISSUED - 4 * 10**8
    assert credits.retiredFor(roles.holder) == 0


def test_an_operator_redeems_and_an_outsider_does_not(suite, roles):
    for actor in (roles.outsider, roles.custodian, roles.administrator):
        refusal = reverts_with("ERC1155MissingApprovalForAll", str(actor), str(roles.holder))
        with reverts(refusal):
            redeem(suite, roles, 1, actor)
    suite.CarbonCredits.setApprovalForAll(roles.marketplace, True, {"from": roles.holder})
    tx = redeem(suite, roles, 1, roles.marketplace)
    assert tx.events["SerialsRedeemed"]["agent"] == roles.marketplace
    assert tx.events["SerialsRedeemed"]["holder"] == roles.holder


def test_nothing_cannot_be_redeemed(suite, roles):
    with reverts(reverts_with("NothingToDo")):
        redeem(suite, roles, 0)


def test_no_more_than_what_is_held(suite, roles):
    suite.CarbonCredits.retire(TOKEN_ID, roles.holder, 1, {"from": roles.holder})
    held = UNITS_ISSUED - 1
    refusal = reverts_with(
        "ERC1155InsufficientBalance", str(roles.holder), held, UNITS_ISSUED, TOKEN_ID
    )
    with reverts(refusal):
        redeem(suite, roles, 425)
    # The serial that is retired in part stays; the 424 others go.
    assert tuple(redeem(suite, roles, 424).return_value) == (FIRST_SERIAL + 1, LAST_SERIAL)
    assert suite.CarbonCredits.retirableUnits(TOKEN_ID) == 10**8 - 1


def test_a_holder_of_a_fraction_redeems_nothing(suite, roles):
    credits = suite.CarbonCredits
    credits.safeTransferFrom(
        roles.holder, roles.outsider, TOKEN_ID, 10**8 - 1, b"", {"from": roles.holder}
    )
    refusal = reverts_with(
        "ERC1155InsufficientBalance", str(roles.outsider), 10**8 - 1, 10**8, TOKEN_ID
    )
    with reverts(refusal):
        credits.redeem(TOKEN_ID, roles.outsider, 1, "", {"from": roles.outsider})


def test_a_number_of_serials_beyond_all_is_refused(suite, roles):
    with reverts("Integer overflow"):
        redeem(suite, roles, 2**255)


def test_the_account_has_a_longest_name(suite, roles):
    credits = suite.CarbonCredits
    with reverts(reverts_with("TextTooLong", "registryAccount", 257, 256)):
        credits.redeem(TOKEN_ID, roles.holder, 1, "a" * 257, {"from": roles.holder})
    credits.redeem(TOKEN_ID, roles.holder, 1, "a" * 256, {"from": roles.holder})


def test_an_unknown_credit_is_refused(suite, roles):
    with reverts(reverts_with("UnknownCredit", 5)):
        suite.CarbonCredits.redeem(5, roles.holder, 1, "", {"from": roles.holder})


@pytest.mark.parametrize("redeemed_serials", [1, 200, 424])
def test_front_and_back_meet(suite, roles, redeemed_serials):
    credits = suite.CarbonCredits
    redeem(suite, roles, redeemed_serials)
    left = UNITS_ISSUED - redeemed_serials * 10**8
    tx = credits.retire(TOKEN_ID, roles.holder, left, {"from": roles.holder})
    span = credits.serialSpanOf(tx.events["RetirementRecorded"]["retirementId"])
    assert (span["lastSerial"], span["lastEndUnits"]) == (LAST_SERIAL - redeemed_serials, 10**8)
    assert credits.balanceOf(roles.holder, TOKEN_ID) == 0
    assert credits.stateOf(TOKEN_ID)["availableUnits"] == 0
    assert credits.getMetadata(TOKEN_ID)["isRetired"] is False


def test_all_of_it_goes_back(suite, roles):
    assert tuple(redeem(suite, roles, 425).return_value) == (FIRST_SERIAL, LAST_SERIAL)
    assert suite.CarbonCredits.retirableUnits(TOKEN_ID) == 0
    assert suite.CarbonCredits.tokenExists(TOKEN_ID)
