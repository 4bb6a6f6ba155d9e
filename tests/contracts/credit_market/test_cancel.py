"""Cancelling: what is left goes back to its seller, at any time.

given a listing
  it gives back what is left, to whom the seller names
  it is the seller's alone
  it works for what is expired or unbooked, and waits for a credit on hold
"""

import pytest
from brownie import ZERO_ADDRESS, reverts

from tests.markets import (
    MINIMUM_LISTING_UNITS,
    TONNE,
    buy,
    list_credits,
    offers_of,
)
from tests.suite import (
    PROJECT_ID,
    TOKEN_ID,
    UNITS_ISSUED,
    issue,
    now,
    pass_time,
    reverts_with,
)


def test_what_is_left_goes_to_whom_the_seller_names(suite, roles, market, money):
    listing_id = list_credits(suite, roles, money)
    buy(suite, roles, listing_id, TONNE)
    tx = market.cancel(listing_id, roles.collector, {"from": roles.holder})
    assert dict(tx.events["Cancelled"]) == {
        "listingId": listing_id,
        "to": roles.collector,
        "units": 9 * TONNE,
    }
    assert "Unbooked" not in tx.events
    assert suite.CarbonCredits.balanceOf(roles.collector, TOKEN_ID) == 9 * TONNE
    assert suite.CarbonCredits.balanceOf(market, TOKEN_ID) == 0
    assert market.getListing(listing_id)["seller"] == ZERO_ADDRESS
    assert offers_of(suite, money) == []
    with reverts(reverts_with("UnknownListing", listing_id)):
        market.cancel(listing_id, roles.holder, {"from": roles.holder})


@pytest.mark.parametrize("actor", ["outsider", "marketplace", "administrator", "custodian"])
def test_nobody_else_cancels(suite, roles, market, money, actor):
    listing_id = list_credits(suite, roles, money)
    with reverts(reverts_with("NotSeller", listing_id, str(roles.holder))):
        market.cancel(listing_id, roles.holder, {"from": getattr(roles, actor)})


def test_what_is_expired_can_be_cancelled(suite, roles, market, money):
    issue(suite, roles, (5 << 64) | 9, expiry=now() + 5000)
    token_id = (PROJECT_ID << 128) | (5 << 64) | 9
    listings = (
        list_credits(suite, roles, money, expires_at=now() + 5000),
        list_credits(suite, roles, money, expires_at=now() + 5000),
        list_credits(suite, roles, money, 5 * TONNE, token_id=token_id),
    )
    pass_time(5000)
    market.unbookExpired(listings[:1], {"from": roles.outsider})
    for listing_id in listings:
        market.cancel(listing_id, roles.holder, {"from": roles.holder})
    assert suite.CarbonCredits.balanceOf(roles.holder, TOKEN_ID) == UNITS_ISSUED
    assert suite.CarbonCredits.balanceOf(roles.holder, token_id) == 5 * TONNE


def test_crumbs_can_be_cancelled(suite, roles, market, money):
    listing_id = list_credits(suite, roles, money, MINIMUM_LISTING_UNITS)
    buy(suite, roles, listing_id, 1)
    market.cancel(listing_id, roles.holder, {"from": roles.holder})
    assert suite.CarbonCredits.balanceOf(roles.holder, TOKEN_ID) == UNITS_ISSUED - 1


def test_a_credit_on_hold_waits(suite, roles, market, money):
    listing_id = list_credits(suite, roles, money)
    custodian = {"from": roles.custodian}
    suite.CarbonCredits.suspend([TOKEN_ID], "", custodian)
    with reverts(reverts_with("CreditIsSuspended", TOKEN_ID)):
        market.cancel(listing_id, roles.holder, {"from": roles.holder})
    suite.CarbonCredits.resume([TOKEN_ID], custodian)
    market.cancel(listing_id, roles.holder, {"from": roles.holder})
