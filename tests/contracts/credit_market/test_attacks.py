"""Attacks, by name; each fails, or costs nobody but the attacker.

given an honest listing, and one who means ill
  a price is not raised between look and buy, nor by a reorganisation
  crumbs, listings that can never be bought, and those of other credits, do not clog a search
  a token or receiver that calls back gets nowhere
  a seller on a blocklist stops nobody
  a token that lies, or calls `permit` of something else, moves no other token
"""

import pytest
from brownie import ZERO_ADDRESS, reverts

from tests.markets import (
    MINIMUM_LISTING_UNITS,
    NO_LIMIT,
    PRICE_PER_TONNE,
    TONNE,
    buy,
    buy_and_retire,
    list_credits,
    offers_of,
)
from tests.suite import (
    FAR_FUTURE,
    NOTHING_SAID,
    PROJECT_ID,
    TOKEN_ID,
    issue,
    now,
    pass_time,
    reverts_with,
)

LOOKS = 4
WORTHLESS_CREDIT_ID = (5 << 64) | 9
WORTHLESS = (PROJECT_ID << 128) | WORTHLESS_CREDIT_ID


def test_a_price_raised_between_look_and_buy(suite, roles, market, money):
    """A listing has no other price; a dearer one has another number, and the cost a limit."""
    seen = list_credits(suite, roles, money)
    market.cancel(seen, roles.holder, {"from": roles.holder})
    dearer = list_credits(suite, roles, money, price_per_tonne=PRICE_PER_TONNE + 1)
    with reverts(reverts_with("UnknownListing", seen)):
        buy(suite, roles, seen, TONNE, PRICE_PER_TONNE)
    with reverts(reverts_with("CostTooHigh", PRICE_PER_TONNE + 1, PRICE_PER_TONNE)):
        buy(suite, roles, dearer, TONNE, PRICE_PER_TONNE)


def test_a_listing_in_anothers_place_after_a_reorganisation(
    suite, roles, market, money, chain, own_snapshot
):
    """The first of either branch; whoever saw the one does not buy the other."""
    chain.snapshot()
    seen = list_credits(suite, roles, money)
    chain.revert()
    other = list_credits(suite, roles, money, price_per_tonne=PRICE_PER_TONNE - 1)
    assert (seen >> 64, seen != other) == (other >> 64, True)
    with reverts(reverts_with("UnknownListing", seen)):
        buy(suite, roles, seen, TONNE)


def test_crumbs_that_clog_a_search(suite, roles, market, money):
    """Listed as small as may be and sold down by a unit, each leaves the search by itself."""
    honest = list_credits(suite, roles, money)
    for _ in range(2 * LOOKS):
        crumb = list_credits(suite, roles, money, MINIMUM_LISTING_UNITS, price_per_tonne=1)
        buy(suite, roles, crumb, 1)
    assert [offer[0] for offer in offers_of(suite, money, looks=1)] == [honest]


def test_expiring_listings_that_clog_a_search(suite, roles, market, money):
    """Anyone takes them out."""
    honest = list_credits(suite, roles, money)
    expires_at = now() + 5000
    clogs = [
        list_credits(suite, roles, money, TONNE, price, expires_at) for price in range(1, LOOKS + 1)
    ]
    pass_time(5000)
    assert offers_of(suite, money, looks=LOOKS) == []
    outsider = {"from": roles.outsider}
    tx = market.unbookExpired([*clogs, honest, 0, 99], outsider)
    assert tx.return_value == LOOKS
    assert [event["listingId"] for event in tx.events["Unbooked"]] == clogs
    assert [offer[0] for offer in offers_of(suite, money, looks=1)] == [honest]
    assert "Unbooked" not in market.unbookExpired(clogs, outsider).events


def test_a_listing_that_is_gone_before_anybody_buys(suite, roles, market, money):
    """Whoever clogs a search with listings that expire has to sell at their price for an hour."""
    seconds = market.MINIMUM_LISTING_SECONDS()
    clog = list_credits(suite, roles, money, TONNE, 1, now() + seconds + 60)
    pass_time(seconds - 60)
    assert buy(suite, roles, clog, TONNE).return_value == 1


def test_listings_of_other_credits_that_clog_a_search(suite, roles, market, money):
    """Whoever asks for a credit looks at listings of that alone, however cheap others are."""
    issue(suite, roles, WORTHLESS_CREDIT_ID)
    for _ in range(LOOKS):
        list_credits(suite, roles, money, TONNE, 1, token_id=WORTHLESS)
    honest = list_credits(suite, roles, money)
    assert [offer[1] for offer in offers_of(suite, money, looks=LOOKS)] == [WORTHLESS] * LOOKS
    assert [one[0] for one in offers_of(suite, money, looks=1, token_id=TOKEN_ID)] == [honest]


@pytest.mark.parametrize("token_id", [0, TOKEN_ID], ids=["of a project", "of a credit"])
def test_whoever_searches_takes_out_what_stands_before(suite, roles, market, money, token_id):
    """So many at the front of a book, up to a price; only what is over, and without its id."""
    expires_at = now() + 5000
    clogs = [list_credits(suite, roles, money, TONNE, price, expires_at) for price in (1, 2, 4)]
    honest = list_credits(suite, roles, money, price_per_tonne=3)
    book, outsider = (money, PROJECT_ID, token_id), {"from": roles.outsider}
    assert market.unbookFirst(*book, NO_LIMIT, 9, outsider).return_value == 0
    pass_time(5000)
    assert market.unbookFirst(*book, NO_LIMIT, 0, outsider).return_value == 0
    assert market.unbookFirst(*book, 0, 9, outsider).return_value == 0
    tx = market.unbookFirst(*book, 1, 9, outsider)
    assert (tx.return_value, tx.events["Unbooked"]["listingId"]) == (1, clogs[0])
    tx = market.unbookFirst(*book, 3, 9, outsider)
    assert [event["listingId"] for event in tx.events["Unbooked"]] == [clogs[1]]
    tx = market.unbookFirst(*book, NO_LIMIT, 2**256 - 1, outsider)
    assert [event["listingId"] for event in tx.events["Unbooked"]] == [clogs[2]]
    for either in (0, TOKEN_ID):
        assert [one[0] for one in offers_of(suite, money, token_id=either, looks=1)] == [honest]
    for clog in clogs:
        market.cancel(clog, roles.holder, {"from": roles.holder})
    assert market.unbookFirst(*book, NO_LIMIT, 9, outsider).return_value == 0


@pytest.mark.parametrize("cause", ["expired", "cancelled"])
def test_worthless_credits_that_clog_a_search(suite, roles, market, money, cause):
    """Listed before they were worthless: anyone takes them out; afterwards nobody lists them."""
    issue(suite, roles, WORTHLESS_CREDIT_ID, expiry=now() + 5000)
    terms = {"units": MINIMUM_LISTING_UNITS, "price_per_tonne": 1, "token_id": WORTHLESS}
    clogs = [list_credits(suite, roles, money, **terms) for _ in range(LOOKS)]
    honest = list_credits(suite, roles, money)
    if cause == "expired":
        pass_time(5000)
    else:
        suite.CarbonCredits.invalidate(WORTHLESS, 5, 9, "", {"from": roles.custodian})
    assert offers_of(suite, money, looks=LOOKS) == []
    market.unbookExpired([*clogs, honest], {"from": roles.outsider})
    assert [offer[0] for offer in offers_of(suite, money, looks=1)] == [honest]
    refusal = {"expired": "CreditExpired", "cancelled": "NothingRetirable"}[cause]
    with reverts(reverts_with(refusal, WORTHLESS)):
        list_credits(suite, roles, money, **terms)


def test_nobody_unbooks_what_can_be_bought_or_is_on_hold(suite, roles, market, money):
    expiring = list_credits(suite, roles, money, expires_at=now() + 5000)
    lasting = list_credits(suite, roles, money)
    outsider, custodian = {"from": roles.outsider}, {"from": roles.custodian}
    market.unbookExpired([expiring, lasting], outsider)
    suite.CarbonCredits.suspend([TOKEN_ID], "", custodian)
    market.unbookExpired([expiring, lasting], outsider)
    suite.CarbonCredits.resume([TOKEN_ID], custodian)
    assert [offer[0] for offer in offers_of(suite, money)] == [expiring, lasting]


def test_a_seller_on_a_blocklist_stops_no_purchase(suite, roles, market, hostile):
    listing_id = list_credits(suite, roles, hostile)
    hostile.blockAccount(roles.holder, {"from": roles.outsider})
    buy(suite, roles, listing_id, TONNE)
    buy_and_retire(suite, roles, listing_id, TONNE)
    holder = {"from": roles.holder}
    with reverts(reverts_with("TransferFailed")):
        market.withdrawProceeds(hostile, roles.holder, holder)
    market.withdrawProceeds(hostile, roles.collector, holder)
    assert hostile.balanceOf(roles.collector) == 2 * PRICE_PER_TONNE


def entry_points(suite, roles, actor, money, listing_id):
    """What moves something, as `actor` could do it after."""
    market = suite.CreditMarket
    retirement = (roles.beneficiary, NOTHING_SAID, True)
    return {
        "list": market.list.encode_input(TOKEN_ID, TONNE, money, 1, 0),
        "cancel": market.cancel.encode_input(listing_id, actor),
        "buy": market.buy.encode_input(listing_id, TONNE, actor, NO_LIMIT),
        "buyAndRetire": market.buyAndRetire.encode_input(listing_id, TONNE, *retirement, NO_LIMIT),
        "withdrawProceeds": market.withdrawProceeds.encode_input(money, actor),
        "multicall": market.multicall.encode_input([market.cancel.encode_input(listing_id, actor)]),
    }


def establish(suite, roles, actor, money):
    """A listing of the actor's own, of which a part was sold to it for its own money."""
    market, credits = suite.CreditMarket, suite.CarbonCredits
    deployer, outsider = {"from": roles.deployer}, {"from": roles.outsider}
    credits.safeTransferFrom(roles.holder, actor, TOKEN_ID, 20 * TONNE, b"", {"from": roles.holder})
    money.mint(actor, 10**12, deployer)
    actor.call(credits, credits.setApprovalForAll.encode_input(market, True), outsider)
    actor.call(money, money.approve.encode_input(market, 10**12), outsider)
    listed = market.list.encode_input(TOKEN_ID, 10 * TONNE, money, PRICE_PER_TONNE, 0)
    listing_id = actor.call(market, listed, outsider).events["Listed"]["listingId"]
    bought = market.buy.encode_input(listing_id, TONNE, actor, NO_LIMIT)
    actor.call(market, bought, outsider)
    return listing_id


ENTRY_POINTS = ("list", "cancel", "buy", "buyAndRetire", "withdrawProceeds", "multicall")


def refused_and_possible_after(market, actor, data, outsider):
    assert not actor.succeeded()
    assert actor.answer() == "0x3ee5aeb5"  # ReentrancyGuardReentrantCall()
    actor.call(market, data, outsider)


@pytest.mark.parametrize("during", ["buy", "buyAndRetire", "withdrawProceeds"])
@pytest.mark.parametrize("name", ENTRY_POINTS)
def test_a_token_that_calls_back(suite, roles, market, money, hostile, name, during):
    """It is refused, by the guard, what it can do afterwards."""
    listing_id = establish(suite, roles, hostile, money)
    data = entry_points(suite, roles, hostile, money, listing_id)[name]
    own = list_credits(suite, roles, hostile)
    outsider = {"from": roles.outsider}
    if during == "withdrawProceeds":
        buy(suite, roles, own, TONNE)
    hostile.arm(market, data, outsider)
    if during == "buy":
        buy(suite, roles, own, TONNE)
    elif during == "buyAndRetire":
        buy_and_retire(suite, roles, own, TONNE)
    else:
        market.withdrawProceeds(hostile, roles.holder, {"from": roles.holder})
    refused_and_possible_after(market, hostile, data, outsider)


@pytest.mark.parametrize("during", ["buy", "cancel"])
@pytest.mark.parametrize("name", ENTRY_POINTS)
def test_a_receiver_of_credits_that_calls_back(
    suite, roles, market, money, project_contracts, name, during
):
    receiver = project_contracts.ReenteringReceiver.deploy({"from": roles.outsider})
    listing_id = establish(suite, roles, receiver, money)
    data = entry_points(suite, roles, receiver, money, listing_id)[name]
    own = list_credits(suite, roles, money)
    outsider = {"from": roles.outsider}
    receiver.arm(market, data, outsider)
    if during == "buy":
        market.buy(own, TONNE, receiver, NO_LIMIT, {"from": roles.marketplace})
    else:
        market.cancel(own, receiver, {"from": roles.holder})
    refused_and_possible_after(market, receiver, data, outsider)


def test_unbooking_from_inside_of_a_purchase_is_unbooking_after(
    suite, roles, market, money, hostile
):
    """It has no guard, and needs none: the books are written before anything is called."""
    expires_at = now() + 5000
    expiring = list_credits(suite, roles, hostile, expires_at=expires_at)
    lasting = list_credits(suite, roles, hostile)
    pass_time(5000)
    hostile.arm(
        market, market.unbookExpired.encode_input([expiring, lasting]), {"from": roles.outsider}
    )
    tx = buy(suite, roles, lasting, TONNE)
    assert hostile.succeeded()
    assert tx.events["Unbooked"]["listingId"] == expiring
    assert offers_of(suite, hostile) == [(lasting, TOKEN_ID, 9 * TONNE, PRICE_PER_TONNE)]


def test_a_token_that_makes_the_market_pay_itself(suite, roles, market, money, hostile):
    """What a worthless token says of itself is worth nothing in another."""
    buy(suite, roles, list_credits(suite, roles, money), TONNE)
    worthless = establish(suite, roles, hostile, hostile)
    hostile.mint(market, 10**30, {"from": roles.outsider})
    paid = money.balanceOf(market)
    for data in (
        market.cancel.encode_input(worthless, roles.outsider),
        market.withdrawProceeds.encode_input(hostile, roles.outsider),
    ):
        hostile.call(market, data, {"from": roles.outsider})
    assert money.balanceOf(market) == market.proceedsOf(roles.holder, money) == paid
    assert suite.CarbonCredits.balanceOf(market, TOKEN_ID) == 9 * TONNE
    with reverts(reverts_with("NothingToWithdraw")):
        hostile.call(
            market, market.withdrawProceeds.encode_input(money, hostile), {"from": roles.outsider}
        )


def test_permit_of_what_is_no_token(suite, roles, market, money):
    """The market's own name opens nothing: no contract of the suite has a `permit` to call."""
    list_credits(suite, roles, money)
    signature = (27, b"\x01" * 32, b"\x01" * 32)
    for contract in (suite.CarbonCredits, market, suite.AutoRetire):
        market.permit(contract, NO_LIMIT, FAR_FUTURE, *signature, {"from": roles.outsider})
    assert not suite.CarbonCredits.isApprovedForAll(market, roles.outsider)
    assert suite.CarbonCredits.balanceOf(market, TOKEN_ID) == 10 * TONNE


@pytest.mark.parametrize("name", ["CarbonCredits", "CreditMarket"])
def test_a_contract_that_is_no_money(suite, roles, market, name):
    """It can be listed for, since it has code; nobody can pay in it."""
    listing_id = list_credits(suite, roles, getattr(suite, name))
    with reverts(reverts_with("TransferFromFailed")):
        buy(suite, roles, listing_id, TONNE)
    market.cancel(listing_id, roles.holder, {"from": roles.holder})
    assert market.getListing(listing_id)["paymentToken"] == ZERO_ADDRESS
