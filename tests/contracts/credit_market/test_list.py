"""Listing: credits in, at terms that never change.

given 425 tonnes with the holder, who approved the market
  it takes what is listed, and says so, and the year of its vintage
  it refuses crumbs, terms that mean nothing or end too soon, what is no token
  it refuses credits that cannot be sold
  it takes credits in no other way
"""

import pytest
from brownie import reverts, web3
from eth_abi.abi import encode

from tests.markets import (
    MINIMUM_LISTING_SECONDS,
    MINIMUM_LISTING_UNITS,
    PRICE_PER_TONNE,
    TONNE,
    buy,
    list_credits,
)
from tests.suite import (
    FIRST_SERIAL,
    LAST_SERIAL,
    PROJECT_ID,
    TOKEN_ID,
    UNITS_ISSUED,
    attested,
    issue,
    mint,
    now,
    pass_time,
    reverts_with,
)

OTHER_CREDIT_ID = (5 << 64) | 9
OTHER_TOKEN_ID = (PROJECT_ID << 128) | OTHER_CREDIT_ID


def test_the_market_holds_what_is_listed(suite, roles, market, money):
    expires_at = now() + 5000
    tx = market.list(
        TOKEN_ID, 3 * TONNE, money, PRICE_PER_TONNE, expires_at, {"from": roles.holder}
    )
    terms = (str(roles.holder), TOKEN_ID, money.address, PRICE_PER_TONNE, expires_at)
    hashed = web3.keccak(encode(["address", "uint256", "address", "uint256", "uint256"], terms))
    listing_id = (1 << 64) | int.from_bytes(hashed[-8:], "big")
    assert (tx.return_value, market.listingCount()) == (listing_id, 1)
    assert dict(tx.events["Listed"]) == {
        "listingId": listing_id,
        "seller": roles.holder,
        "tokenId": TOKEN_ID,
        "paymentToken": money,
        "units": 3 * TONNE,
        "pricePerTonne": PRICE_PER_TONNE,
        "expiresAt": expires_at,
    }
    listing = market.getListing(listing_id)
    assert tuple(listing) == (
        *(roles.holder, 3 * TONNE, money, expires_at, TOKEN_ID, PRICE_PER_TONNE, 2020),
    )
    assert suite.CarbonCredits.balanceOf(market, TOKEN_ID) == 3 * TONNE
    assert suite.CarbonCredits.balanceOf(roles.holder, TOKEN_ID) == UNITS_ISSUED - 3 * TONNE
    assert list_credits(suite, roles, money) >> 64 == 2


@pytest.mark.parametrize(
    ("vintage", "year"), [("2016-2017", 2016), ("9999", 9999), ("999", 0), ("Q3 2016", 0), ("", 0)]
)
def test_a_listing_tells_the_year_of_its_vintage(suite, roles, market, money, vintage, year):
    """The older of two, so that no search has to read it."""
    issue(suite, roles, OTHER_CREDIT_ID, vintage=vintage)
    listing_id = list_credits(suite, roles, money, TONNE, token_id=OTHER_TOKEN_ID)
    assert market.getListing(listing_id)["vintageYear"] == year
    (offer,) = market.offersOf(money, PROJECT_ID, 0, PRICE_PER_TONNE, 1)
    assert (offer["listingId"], offer["vintageYear"]) == (listing_id, year)


def test_crumbs_are_refused(suite, roles, money):
    least = MINIMUM_LISTING_UNITS
    assert least == suite.CreditMarket.MINIMUM_LISTING_UNITS()
    with reverts(reverts_with("ListingTooSmall", least - 1, least)):
        list_credits(suite, roles, money, least - 1)
    list_credits(suite, roles, money, least)


@pytest.mark.parametrize(
    ("price", "expires_at"), [(0, 0), (2**128, 0), (1, 1), (1, 2**40)], ids=str
)
def test_terms_that_mean_nothing_are_refused(suite, roles, money, price, expires_at):
    with reverts(reverts_with("TermsInvalid", price, expires_at)):
        list_credits(suite, roles, money, price_per_tonne=price, expires_at=expires_at)


def test_the_highest_price_and_the_last_expiry(suite, roles, market, money):
    listing_id = list_credits(suite, roles, money, price_per_tonne=2**128 - 1, expires_at=2**40 - 1)
    listing = market.getListing(listing_id)
    assert (listing["pricePerTonne"], listing["expiresAt"]) == (2**128 - 1, 2**40 - 1)


def test_a_listing_stands_for_an_hour_at_least(suite, roles, market, money):
    assert market.MINIMUM_LISTING_SECONDS() == MINIMUM_LISTING_SECONDS
    too_soon = now() + MINIMUM_LISTING_SECONDS - 1
    with reverts(reverts_with("TermsInvalid", PRICE_PER_TONNE, too_soon)):
        list_credits(suite, roles, money, expires_at=too_soon)
    expires_at = now() + MINIMUM_LISTING_SECONDS + 60
    listing_id = list_credits(suite, roles, money, expires_at=expires_at)
    assert market.getListing(listing_id)["expiresAt"] == expires_at


def test_an_address_without_code_is_no_token(suite, roles, market):
    with reverts(reverts_with("NotAToken", str(roles.outsider))):
        list_credits(suite, roles, roles.outsider)


def test_more_than_one_has_cannot_be_listed(suite, roles, market, money):
    with reverts(
        reverts_with(
            *("ERC1155InsufficientBalance", str(roles.holder)),
            *(UNITS_ISSUED, UNITS_ISSUED + 1, TOKEN_ID),
        )
    ):
        list_credits(suite, roles, money, UNITS_ISSUED + 1)
    with reverts(reverts_with("SafeCastOverflowedUintDowncast", 96, 2**96 + TONNE)):
        list_credits(suite, roles, money, 2**96 + TONNE)


def test_an_outsider_lists_nothing_of_the_holders(suite, roles, market, money):
    with reverts(reverts_with("ERC1155MissingApprovalForAll", str(market), str(roles.outsider))):
        list_credits(suite, roles, money, seller=roles.outsider)


def test_an_expired_credit_is_refused(suite, roles, money):
    issue(suite, roles, OTHER_CREDIT_ID, expiry=now() + 100)
    list_credits(suite, roles, money, TONNE, token_id=OTHER_TOKEN_ID)
    pass_time(200)
    with reverts(reverts_with("CreditExpired", OTHER_TOKEN_ID)):
        list_credits(suite, roles, money, TONNE, token_id=OTHER_TOKEN_ID)


def test_a_credit_on_hold_is_refused(suite, roles, money):
    custodian = {"from": roles.custodian}
    suite.CarbonCredits.suspend([TOKEN_ID], "", custodian)
    with reverts(reverts_with("NothingRetirable", TOKEN_ID)):
        list_credits(suite, roles, money)
    suite.CarbonCredits.resume([TOKEN_ID], custodian)
    list_credits(suite, roles, money)


def test_a_credit_that_is_cancelled_to_its_end_is_refused(suite, roles, money):
    custodian = {"from": roles.custodian}
    suite.CarbonCredits.invalidate(TOKEN_ID, FIRST_SERIAL + 1, LAST_SERIAL, "", custodian)
    list_credits(suite, roles, money, TONNE)
    suite.CarbonCredits.invalidate(TOKEN_ID, FIRST_SERIAL, FIRST_SERIAL, "", custodian)
    with reverts(reverts_with("NothingRetirable", TOKEN_ID)):
        list_credits(suite, roles, money, TONNE)


def test_a_credit_that_does_not_exist_is_refused(suite, roles, money):
    with reverts(reverts_with("UnknownCredit", OTHER_TOKEN_ID)):
        list_credits(suite, roles, money, token_id=OTHER_TOKEN_ID)


def test_credits_that_are_sent_are_refused(suite, roles, market, money):
    credits, holder = suite.CarbonCredits, {"from": roles.holder}
    with reverts(reverts_with("NotByTransfer")):
        credits.safeTransferFrom(roles.holder, market, TOKEN_ID, TONNE, b"", holder)
    with reverts(reverts_with("NotByTransfer")):
        credits.safeBatchTransferFrom(
            roles.holder, market, [TOKEN_ID, TOKEN_ID], [TONNE, TONNE], b"", holder
        )
    attestation = attested(suite, roles, OTHER_CREDIT_ID, recipient=market.address)
    with reverts(reverts_with("NotByTransfer")):
        mint(suite, attestation, roles.issuer)


def test_what_the_market_sends_cannot_end_with_it(suite, roles, market, money):
    listing_id = list_credits(suite, roles, money)
    with reverts(reverts_with("NotByTransfer")):
        market.buy(listing_id, TONNE, market, 10**9, {"from": roles.marketplace})
    with reverts(reverts_with("NotByTransfer")):
        market.cancel(listing_id, market, {"from": roles.holder})
    buy(suite, roles, listing_id, TONNE)
    market.cancel(listing_id, roles.holder, {"from": roles.holder})
