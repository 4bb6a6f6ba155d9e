"""suspend and resume, pauseIssuance and resumeIssuance: what stops, what goes on, and by whom.

given a credit on hold
  it is neither transferred, retired nor redeemed, and other credits are
  off hold it is again
given issuance paused
  nothing is minted, and everything else goes on
"""

import pytest
from brownie import reverts

from tests.suite import (
    FIRST_SERIAL,
    NOTHING_SAID,
    PROJECT_ID,
    TOKEN_ID,
    issue,
    reverts_with,
)

OTHER_TOKEN_ID = (PROJECT_ID << 128) | (1 << 64) | 10

USES = {
    "transfer": lambda credits, holder, other, token: credits.safeTransferFrom(
        holder, other, token, 1, b"", {"from": holder}
    ),
    "transfer of nothing": lambda credits, holder, other, token: credits.safeTransferFrom(
        holder, other, token, 0, b"", {"from": holder}
    ),
    "batch transfer": lambda credits, holder, other, token: credits.safeBatchTransferFrom(
        holder, other, [OTHER_TOKEN_ID, token], [1, 1], b"", {"from": holder}
    ),
    "retire": lambda credits, holder, other, token: credits.retire(
        token, holder, 1, {"from": holder}
    ),
    "retireFor": lambda credits, holder, other, token: credits.retireFor(
        token, holder, 1, other, NOTHING_SAID, True, {"from": holder}
    ),
    "retireForBatch": lambda credits, holder, other, token: credits.retireForBatch(
        [OTHER_TOKEN_ID, token], holder, [1, 1], other, NOTHING_SAID, True, {"from": holder}
    ),
    "redeem": lambda credits, holder, other, token: credits.redeem(
        token, holder, 1, "VCS-1", {"from": holder}
    ),
}


@pytest.fixture(autouse=True)
def other_credit(suite, roles, isolation):
    issue(suite, roles, OTHER_TOKEN_ID & (2**128 - 1))


@pytest.mark.parametrize("use", USES)
def test_on_hold_it_stays_where_it_is(suite, roles, use):
    credits = suite.CarbonCredits
    tx = credits.suspend([TOKEN_ID], "under review", {"from": roles.custodian})
    assert dict(tx.events["CreditSuspended"]) == {"tokenId": TOKEN_ID, "reason": "under review"}
    arguments = (credits, roles.holder, roles.marketplace)
    with reverts(reverts_with("CreditIsSuspended", TOKEN_ID)):
        USES[use](*arguments, TOKEN_ID)
    USES[use](*arguments, OTHER_TOKEN_ID)
    tx = credits.resume([TOKEN_ID], {"from": roles.custodian})
    assert dict(tx.events["CreditResumed"]) == {"tokenId": TOKEN_ID}
    USES[use](*arguments, TOKEN_ID)


def test_an_operator_is_held_up_too(suite, roles):
    credits = suite.CarbonCredits
    credits.setApprovalForAll(roles.marketplace, True, {"from": roles.holder})
    credits.suspend([TOKEN_ID], "", {"from": roles.custodian})
    with reverts(reverts_with("CreditIsSuspended", TOKEN_ID)):
        credits.retire(TOKEN_ID, roles.holder, 1, {"from": roles.marketplace})


def test_the_state_says_so(suite, roles):
    credits = suite.CarbonCredits
    assert credits.stateOf(TOKEN_ID)["suspended"] is False
    credits.suspend([TOKEN_ID, OTHER_TOKEN_ID], "", {"from": roles.custodian})
    for token in (TOKEN_ID, OTHER_TOKEN_ID):
        assert credits.stateOf(token)["suspended"] is True
        assert credits.retirableUnits(token) == 0
    before = credits.stateOf(TOKEN_ID)["availableUnits"]
    credits.resume([OTHER_TOKEN_ID, TOKEN_ID], {"from": roles.custodian})
    assert credits.retirableUnits(TOKEN_ID) == before == 425 * 10**8


def test_it_is_put_on_hold_once(suite, roles):
    credits, sender = suite.CarbonCredits, {"from": roles.custodian}
    credits.suspend([TOKEN_ID], "", sender)
    with reverts(reverts_with("CreditIsSuspended", TOKEN_ID)):
        credits.suspend([OTHER_TOKEN_ID, TOKEN_ID], "", sender)
    assert credits.stateOf(OTHER_TOKEN_ID)["suspended"] is False
    with reverts(reverts_with("CreditIsNotSuspended", OTHER_TOKEN_ID)):
        credits.resume([TOKEN_ID, OTHER_TOKEN_ID], sender)
    assert credits.stateOf(TOKEN_ID)["suspended"] is True


@pytest.mark.parametrize("function", ["suspend", "resume"])
def test_an_unknown_credit_is_refused(suite, roles, function):
    arguments = ([5], "") if function == "suspend" else ([5],)
    with reverts(reverts_with("UnknownCredit", 5)):
        getattr(suite.CarbonCredits, function)(*arguments, {"from": roles.custodian})


def test_on_hold_the_registry_still_cancels(suite, roles):
    credits, sender = suite.CarbonCredits, {"from": roles.custodian}
    credits.suspend([TOKEN_ID], "", sender)
    credits.invalidate(TOKEN_ID, FIRST_SERIAL, FIRST_SERIAL, "", sender)
    assert credits.stateOf(TOKEN_ID)["availableUnits"] == 424 * 10**8


def test_the_guardian_pauses_issuance_and_the_administrator_resumes(suite, roles):
    credits = suite.CarbonCredits
    credits.pauseIssuance({"from": roles.guardian})
    with reverts(reverts_with("EnforcedPause")):
        issue(suite, roles, (20 << 64) | 20)
    with reverts(reverts_with("EnforcedPause")):
        credits.pauseIssuance({"from": roles.guardian})
    with reverts(reverts_with("AccessManagedUnauthorized", str(roles.guardian))):
        credits.resumeIssuance({"from": roles.guardian})
    credits.resumeIssuance({"from": roles.administrator})
    with reverts(reverts_with("ExpectedPause")):
        credits.resumeIssuance({"from": roles.administrator})
    issue(suite, roles, (20 << 64) | 20)


@pytest.mark.parametrize("use", USES)
def test_while_issuance_is_paused_everything_else_goes_on(suite, roles, use):
    suite.CarbonCredits.pauseIssuance({"from": roles.guardian})
    USES[use](suite.CarbonCredits, roles.holder, roles.marketplace, TOKEN_ID)
