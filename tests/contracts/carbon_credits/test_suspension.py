"""suspend and resume, pauseIssuance and resumeIssuance: what stops, what goes on, and by whom.

given a credit on hold
  it is neither transferred, retired nor redeemed, and other credits are
  off hold it is again, and after 90 days without a word too
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
    pass_time,
    reverts_with,
)

DAY_SECONDS = 86_400
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


def end_of_suspension(now_seconds):
    return (now_seconds // DAY_SECONDS + 91) * DAY_SECONDS


@pytest.fixture(autouse=True)
def other_credit(suite, roles, isolation):
    issue(suite, roles, OTHER_TOKEN_ID & (2**128 - 1))


@pytest.mark.parametrize("use", USES)
def test_on_hold_it_stays_where_it_is(suite, roles, use):
    credits = suite.CarbonCredits
    tx = credits.suspend([TOKEN_ID], "under review", {"from": roles.custodian})
    assert dict(tx.events["CreditSuspended"]) == {
        "tokenId": TOKEN_ID,
        "until": end_of_suspension(tx.timestamp),
        "reason": "under review",
    }
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
    assert credits.suspendedUntil(TOKEN_ID) == 0
    tx = credits.suspend([TOKEN_ID, OTHER_TOKEN_ID], "", {"from": roles.custodian})
    for token in (TOKEN_ID, OTHER_TOKEN_ID):
        assert credits.suspendedUntil(token) == end_of_suspension(tx.timestamp)
        assert credits.retirableUnits(token) == 0
    before = credits.stateOf(TOKEN_ID)["availableUnits"]
    credits.resume([OTHER_TOKEN_ID, TOKEN_ID], {"from": roles.custodian})
    assert credits.retirableUnits(TOKEN_ID) == before == 425 * 10**8


@pytest.mark.parametrize("use", USES)
def test_it_ends_by_itself(suite, roles, use):
    credits, arguments = suite.CarbonCredits, (suite.CarbonCredits, roles.holder, roles.marketplace)
    tx = credits.suspend([TOKEN_ID], "", {"from": roles.custodian})
    until = end_of_suspension(tx.timestamp)
    pass_time(until - tx.timestamp - 100)
    with reverts(reverts_with("CreditIsSuspended", TOKEN_ID)):
        USES[use](*arguments, TOKEN_ID)
    assert credits.suspendedUntil(TOKEN_ID) == until
    pass_time(101)
    assert credits.suspendedUntil(TOKEN_ID) == 0
    USES[use](*arguments, TOKEN_ID)
    with reverts(reverts_with("CreditIsNotSuspended", TOKEN_ID)):
        credits.resume([TOKEN_ID], {"from": roles.custodian})


def test_put_on_hold_again_it_begins_anew(suite, roles):
    credits, sender = suite.CarbonCredits, {"from": roles.custodian}
    credits.suspend([TOKEN_ID], "", sender)
    pass_time(60 * DAY_SECONDS)
    tx = credits.suspend([OTHER_TOKEN_ID, TOKEN_ID], "", sender)
    for token in (TOKEN_ID, OTHER_TOKEN_ID):
        assert credits.suspendedUntil(token) == end_of_suspension(tx.timestamp)


def test_what_is_not_on_hold_is_not_taken_off(suite, roles):
    credits, sender = suite.CarbonCredits, {"from": roles.custodian}
    credits.suspend([TOKEN_ID], "", sender)
    with reverts(reverts_with("CreditIsNotSuspended", OTHER_TOKEN_ID)):
        credits.resume([TOKEN_ID, OTHER_TOKEN_ID], sender)
    assert credits.suspendedUntil(TOKEN_ID) != 0


@pytest.mark.parametrize("text", ["a" * 257, "é" * 129])
def test_a_reason_that_is_too_long_is_refused(suite, roles, text):
    length = len(text.encode())
    with reverts(reverts_with("TextTooLong", "reason", length, 256)):
        suite.CarbonCredits.suspend([TOKEN_ID], text, {"from": roles.custodian})


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
