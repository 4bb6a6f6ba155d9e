"""Buying and retiring in one call: the buyer pays, the market retires what it held.

given 10 tonnes listed
  it retires for the beneficiary, with the details and, where wanted, the certificate
  it says which retirement a purchase went into
  it retires up to what is cancelled, and no further
  it does nothing where the retirement is refused
"""

import pytest
from brownie import ZERO_ADDRESS, reverts

from tests.markets import (
    MONEY,
    NO_LIMIT,
    PRICE_PER_TONNE,
    TONNE,
    buy_and_retire,
    cost_of,
    list_credits,
)
from tests.retirements import retirement_of
from tests.suite import (
    FIRST_SERIAL,
    NOTHING_SAID,
    PROJECT_ID,
    TOKEN_ID,
    issue,
    now,
    pass_time,
    reverts_with,
)

UNITS = 123_456_789
DETAILS = (ZERO_ADDRESS, "Ada", "A mint", "", 0, 0)


@pytest.mark.parametrize("with_certificate", [True, False])
def test_it_retires_for_the_beneficiary(suite, roles, market, money, with_certificate):
    listing_id = list_credits(suite, roles, money)
    cost = cost_of(UNITS, PRICE_PER_TONNE)
    tx = buy_and_retire(suite, roles, listing_id, UNITS, DETAILS, with_certificate, cost)
    retirement = retirement_of(tx)
    assert tx.return_value["retirementId"] == retirement.id
    assert tx.return_value["cost"] == cost
    assert dict(tx.events["Sold"]) == {
        "listingId": listing_id,
        "buyer": roles.marketplace,
        "units": UNITS,
        "cost": cost,
        "retirementId": retirement.id,
    }
    assert retirement.span == (FIRST_SERIAL * TONNE, FIRST_SERIAL * TONNE + UNITS)
    recorded = tx.events["RetirementRecorded"]
    assert (recorded["beneficiary"], recorded["holder"]) == (roles.beneficiary, market)
    assert tuple(tx.events["RetirementDescribed"]["details"]) == DETAILS
    assert suite.CarbonCredits.retiredFor(roles.beneficiary) == UNITS
    assert suite.CarbonCredits.balanceOf(market, TOKEN_ID) == 10 * TONNE - UNITS
    assert suite.RetirementCertificates.balanceOf(roles.beneficiary) == int(with_certificate)
    assert money.balanceOf(market) == market.proceedsOf(roles.holder, money) == cost
    assert money.balanceOf(roles.marketplace) == MONEY - cost


def test_the_rest_of_a_listing(suite, roles, market, money):
    listing_id = list_credits(suite, roles, money)
    buy_and_retire(suite, roles, listing_id, UNITS)
    tx = buy_and_retire(suite, roles, listing_id, 10 * TONNE - UNITS)
    assert "Unbooked" not in tx.events
    assert market.getListing(listing_id)["seller"] == ZERO_ADDRESS
    assert suite.CarbonCredits.retiredFor(roles.beneficiary) == 10 * TONNE


def test_it_costs_no_more_than_the_buyer_said(suite, roles, money):
    listing_id = list_credits(suite, roles, money)
    cost = cost_of(UNITS, PRICE_PER_TONNE)
    with reverts(reverts_with("CostTooHigh", cost, cost - 1)):
        buy_and_retire(suite, roles, listing_id, UNITS, max_cost=cost - 1)


def test_it_stops_at_what_is_cancelled(suite, roles, market, money):
    listing_id = list_credits(suite, roles, money)
    cancelled = FIRST_SERIAL + 2
    suite.CarbonCredits.invalidate(TOKEN_ID, cancelled, cancelled, "", {"from": roles.custodian})
    with reverts(reverts_with("UnitsNotAvailable", TOKEN_ID, 3 * TONNE, 2 * TONNE)):
        buy_and_retire(suite, roles, listing_id, 3 * TONNE)
    assert money.balanceOf(roles.marketplace) == MONEY
    buy_and_retire(suite, roles, listing_id, 2 * TONNE)
    buy_and_retire(suite, roles, listing_id, 3 * TONNE)
    assert suite.CarbonCredits.retiredFor(roles.beneficiary) == 5 * TONNE


def test_a_retirement_for_nobody_costs_nothing(suite, roles, market, money):
    listing_id = list_credits(suite, roles, money)
    with reverts(reverts_with("BeneficiaryMissing")):
        market.buyAndRetire(
            *(listing_id, TONNE, ZERO_ADDRESS, NOTHING_SAID, False, NO_LIMIT),
            {"from": roles.marketplace},
        )
    assert money.balanceOf(roles.marketplace) == MONEY
    assert market.getListing(listing_id)["units"] == 10 * TONNE


def test_neither_expired_nor_on_hold(suite, roles, money):
    token_id = (PROJECT_ID << 128) | (5 << 64) | 9
    issue(suite, roles, (5 << 64) | 9, expiry=now() + 5000)
    expiring = list_credits(suite, roles, money, TONNE, token_id=token_id)
    held = list_credits(suite, roles, money)
    buy_and_retire(suite, roles, expiring, 1)
    pass_time(5000)
    with reverts(reverts_with("CreditExpired", token_id)):
        buy_and_retire(suite, roles, expiring, 1)
    suite.CarbonCredits.suspend([TOKEN_ID], "", {"from": roles.custodian})
    with reverts(reverts_with("NothingRetirable", TOKEN_ID)):
        buy_and_retire(suite, roles, held, 1)
