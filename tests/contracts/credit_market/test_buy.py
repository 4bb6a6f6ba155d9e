"""Buying: all or part, at the price that was listed, rounded up.

given 10 tonnes listed
  it moves units to whom the buyer names, and the cost into the market
  it keeps the rest, until nothing is left
  it rounds up, never more than one base unit
  it sells nothing that is expired, on hold or cancelled to its end
  it works with 18 decimals, and with a token that returns nothing
  it refuses a token with a fee, in it or on top of it
"""

import pytest
from brownie import ZERO_ADDRESS, reverts

from tests.markets import (
    MONEY,
    NO_LIMIT,
    PRICE_PER_TONNE,
    TONNE,
    buy,
    cost_of,
    fund,
    list_credits,
)
from tests.suite import (
    FIRST_SERIAL,
    LAST_SERIAL,
    PROJECT_ID,
    TOKEN_ID,
    issue,
    now,
    pass_time,
    reverts_with,
)


def test_units_go_to_whom_the_buyer_names_and_the_cost_into_the_market(suite, roles, market, money):
    listing_id = list_credits(suite, roles, money)
    cost = cost_of(123_456_789, PRICE_PER_TONNE)
    tx = market.buy(listing_id, 123_456_789, roles.collector, cost, {"from": roles.marketplace})
    assert tx.return_value == cost
    assert dict(tx.events["Sold"]) == {
        "listingId": listing_id,
        "buyer": roles.marketplace,
        "units": 123_456_789,
        "cost": cost,
        "retirementId": 0,
    }
    assert "Unbooked" not in tx.events
    assert suite.CarbonCredits.balanceOf(roles.collector, TOKEN_ID) == 123_456_789
    assert suite.CarbonCredits.balanceOf(market, TOKEN_ID) == 10 * TONNE - 123_456_789
    assert market.getListing(listing_id)["units"] == 10 * TONNE - 123_456_789
    assert money.balanceOf(market) == market.proceedsOf(roles.holder, money) == cost
    assert money.balanceOf(roles.marketplace) == MONEY - cost


def test_parts_add_up_until_nothing_is_left(suite, roles, market, money):
    listing_id = list_credits(suite, roles, money)
    paid = sum(
        buy(suite, roles, listing_id, units).return_value for units in (1, 4 * TONNE, 6 * TONNE - 1)
    )
    assert paid == market.proceedsOf(roles.holder, money)
    assert market.getListing(listing_id)["seller"] == ZERO_ADDRESS
    assert market.getListing(listing_id)["tokenId"] == 0
    assert suite.CarbonCredits.balanceOf(market, TOKEN_ID) == 0
    with reverts(reverts_with("UnknownListing", listing_id)):
        buy(suite, roles, listing_id, 1)


@pytest.mark.parametrize("units", [0, 10 * TONNE + 1, 2**96, 2**256 - 1])
def test_neither_nothing_nor_more_than_there_is(suite, roles, market, money, units):
    listing_id = list_credits(suite, roles, money)
    with reverts(reverts_with("UnitsNotListed", listing_id, units, 10 * TONNE)):
        buy(suite, roles, listing_id, units)


def test_a_listing_that_is_none(suite, roles, market):
    for listing_id in (0, 1):
        with reverts(reverts_with("UnknownListing", listing_id)):
            buy(suite, roles, listing_id, 1)


@pytest.mark.parametrize("price", [1, 99_999_999, 10**8, 10**8 + 1, 12_345_678, 2**128 - 1])
@pytest.mark.parametrize("units", [1, 3, 10**7 - 1, 10**8 - 1, 10**8, 10**8 + 1, 2**96 - 1])
def test_a_cost_is_rounded_up(market, price, units):
    cost = market.costOf(units, price)
    assert (cost - 1) * TONNE < units * price <= cost * TONNE


@pytest.mark.parametrize(
    ("units", "price", "cost"),
    [
        *((1, 1, 1), (1, 10**8, 1), (1, 10**8 + 1, 2), (99_999_999, 1, 1)),
        *((100_000_000, 1, 1), (100_000_001, 1, 2), (3, 33_333_333, 1), (3, 33_333_334, 2)),
    ],
)
def test_what_is_paid_is_the_cost_to_the_unit(suite, roles, market, money, units, price, cost):
    listing_id = list_credits(suite, roles, money, price_per_tonne=price)
    with reverts(reverts_with("CostTooHigh", cost, cost - 1)):
        buy(suite, roles, listing_id, units, cost - 1)
    assert buy(suite, roles, listing_id, units, cost).return_value == cost
    assert money.balanceOf(market) == cost


def test_many_tiny_purchases_never_pay_less_than_one(suite, roles, market, money):
    listing_id = list_credits(suite, roles, money)
    paid = sum(buy(suite, roles, listing_id, 9).return_value for _ in range(5))
    assert paid == 5 * cost_of(9, PRICE_PER_TONNE) == 10
    assert paid > cost_of(45, PRICE_PER_TONNE) == 6


def test_a_listing_is_bought_until_it_expires(suite, roles, market, money):
    expires_at = now() + 5000
    listing_id = list_credits(suite, roles, money, expires_at=expires_at)
    buy(suite, roles, listing_id, 1)
    pass_time(5000)
    with reverts(reverts_with("ListingExpired", listing_id, expires_at)):
        buy(suite, roles, listing_id, 1)


def test_an_expired_credit_is_not_sold(suite, roles, market, money):
    token_id = (PROJECT_ID << 128) | (5 << 64) | 9
    issue(suite, roles, (5 << 64) | 9, expiry=now() + 5000)
    listing_id = list_credits(suite, roles, money, 5 * TONNE, token_id=token_id)
    buy(suite, roles, listing_id, 1)
    pass_time(5000)
    with reverts(reverts_with("CreditExpired", token_id)):
        buy(suite, roles, listing_id, 1)


def test_a_credit_on_hold_is_not_sold(suite, roles, market, money):
    listing_id = list_credits(suite, roles, money)
    custodian = {"from": roles.custodian}
    suite.CarbonCredits.suspend([TOKEN_ID], "", custodian)
    with reverts(reverts_with("NothingRetirable", TOKEN_ID)):
        buy(suite, roles, listing_id, 1)
    suite.CarbonCredits.resume([TOKEN_ID], custodian)
    buy(suite, roles, listing_id, 1)


def test_a_credit_that_is_cancelled_to_its_end_is_not_sold(suite, roles, market, money):
    listing_id = list_credits(suite, roles, money)
    custodian = {"from": roles.custodian}
    suite.CarbonCredits.invalidate(TOKEN_ID, FIRST_SERIAL + 1, LAST_SERIAL, "", custodian)
    buy(suite, roles, listing_id, 1)
    suite.CarbonCredits.invalidate(TOKEN_ID, FIRST_SERIAL, FIRST_SERIAL, "", custodian)
    with reverts(reverts_with("NothingRetirable", TOKEN_ID)):
        buy(suite, roles, listing_id, 1)


def test_without_an_allowance_nothing_moves(suite, roles, market, money):
    listing_id = list_credits(suite, roles, money)
    money.approve(market, 0, {"from": roles.marketplace})
    with reverts(reverts_with("TransferFromFailed")):
        buy(suite, roles, listing_id, 1)
    assert market.getListing(listing_id)["units"] == 10 * TONNE
    assert market.proceedsOf(roles.holder, money) == 0


def test_18_decimals(suite, roles, market, project_contracts):
    money = fund(suite, roles, project_contracts.PaymentToken.deploy(18, {"from": roles.deployer}))
    price = 12_345_678_901_234_567_891
    listing_id = list_credits(suite, roles, money, price_per_tonne=price)
    assert buy(suite, roles, listing_id, 123).return_value == 15_185_185_048_519
    market.withdrawProceeds(money, roles.holder, {"from": roles.holder})
    assert money.balanceOf(roles.holder) == 15_185_185_048_519


def test_a_token_that_returns_nothing(suite, roles, market, project_contracts):
    money = fund(suite, roles, project_contracts.NonReturningToken.deploy({"from": roles.deployer}))
    listing_id = list_credits(suite, roles, money)
    cost = buy(suite, roles, listing_id, TONNE).return_value
    assert money.balanceOf(market) == cost == PRICE_PER_TONNE
    market.withdrawProceeds(money, roles.holder, {"from": roles.holder})
    assert money.balanceOf(roles.holder) == cost


@pytest.mark.parametrize(("fee_percent", "received"), [(1, 9_900), (100, 0), (101, 0)])
def test_a_fee_on_transfer_is_refused(suite, roles, market, hostile, fee_percent, received):
    """A fee above 100 takes from what the market has already."""
    listing_id = list_credits(suite, roles, hostile, price_per_tonne=10_000)
    buy(suite, roles, listing_id, TONNE)
    hostile.setFee(fee_percent, {"from": roles.outsider})
    with reverts(reverts_with("PaymentNotReceived", hostile.address, received, 10_000)):
        buy(suite, roles, listing_id, TONNE)
    with reverts(reverts_with("PaymentNotReceived", hostile.address, received, 10_000)):
        market.buyAndRetire(
            *(listing_id, TONNE, roles.beneficiary, (ZERO_ADDRESS, "", "", "", 0, 0), False),
            *(NO_LIMIT, {"from": roles.marketplace}),
        )
    assert market.getListing(listing_id)["units"] == 9 * TONNE
    assert market.proceedsOf(roles.holder, hostile) == 10_000


def test_a_fee_on_top_of_a_transfer_is_refused(suite, roles, market, hostile):
    """It would be the other sellers' money, or that of others for whom the payer holds it."""
    listing_id = list_credits(suite, roles, hostile, price_per_tonne=10_000)
    buy(suite, roles, listing_id, TONNE)
    hostile.setFeeOnTop(1, {"from": roles.outsider})
    holder = {"from": roles.holder}
    refusal = reverts_with("PaymentTakesMore", hostile.address, 10_100, 10_000)
    with reverts(refusal):
        buy(suite, roles, listing_id, TONNE)
    hostile.mint(market, 100, {"from": roles.outsider})
    with reverts(refusal):
        market.withdrawProceeds(hostile, roles.holder, holder)
    hostile.setFeeOnTop(0, {"from": roles.outsider})
    market.withdrawProceeds(hostile, roles.holder, holder)
    assert hostile.balanceOf(market) == 100


def test_a_seller_may_buy_what_he_listed(suite, roles, market, money):
    listing_id = list_credits(suite, roles, money)
    money.mint(roles.holder, 10**9, {"from": roles.deployer})
    money.approve(market, 10**9, {"from": roles.holder})
    market.buy(listing_id, TONNE, roles.holder, NO_LIMIT, {"from": roles.holder})
    market.withdrawProceeds(money, roles.holder, {"from": roles.holder})
    assert money.balanceOf(roles.holder) == 10**9
