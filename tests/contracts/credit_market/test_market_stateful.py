"""Any order of listings, purchases, retirements, cancellations, withdrawals, expiries and holds.

given two sellers, two credits, two tokens, and what the market should be in plain Python
  units held by the market = the sum of the listings, of each credit
  money held by the market = the sum of the proceeds = paid - withdrawn, of each token
  each book offers what the model offers, in its order
  what is refused is refused by the name that the model expects, and changes nothing
"""

import os
from typing import Any

import pytest
from brownie import reverts
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.markets import (
    MINIMUM_LISTING_UNITS,
    MONEY,
    NO_LIMIT,
    TONNE,
    ListingModel,
    buy,
    buy_and_retire,
    cost_of,
    fund,
    list_credits,
    offers_model,
    offers_of,
)
from tests.suite import PROJECT_ID, TOKEN_ID, issue, now, pass_time, reverts_with

OTHER_TOKEN_ID = (PROJECT_ID << 128) | (5 << 64) | 9
TOKEN_IDS = (TOKEN_ID, OTHER_TOKEN_ID)
SELLERS = ("holder", "collector")
DECIMALS = (6, 18)
AGE_SECONDS = 10_000
"""Longer than the node's own clock goes on in a run."""
RUNS = 200 if os.environ.get("GASPRINT_DEEP") else 20

CHOICE = st.integers(0, 7)
NAMES = st.sampled_from(SELLERS)
TOKENS = st.sampled_from(TOKEN_IDS)
MONEYS = st.sampled_from(DECIMALS)
LISTED_UNITS = st.integers(MINIMUM_LISTING_UNITS, 2 * MINIMUM_LISTING_UNITS)
SHARES = st.sampled_from(["half", "all", "a unit", "half", "all", "more", "none"])
PRICES = st.integers(1, 3).map(lambda price: 33_333_333 * price)


class Market(RuleBasedStateMachine):
    """The rules, each with what it does to the model."""

    sales = 0
    suite: Any
    roles: Any
    chain: Any
    contracts: Any

    def __init__(self):
        """Starts from the state in which the test found the chain."""
        super().__init__()
        self.chain.revert()
        suite, roles = self.suite, self.roles
        self.market, self.credits = suite.CreditMarket, suite.CarbonCredits
        issue(suite, roles, OTHER_TOKEN_ID & (2**128 - 1))
        for token in TOKEN_IDS:
            self.credits.safeTransferFrom(
                roles.holder, roles.collector, token, TONNE, b"", {"from": roles.holder}
            )
        for name in SELLERS:
            self.credits.setApprovalForAll(self.market, True, {"from": getattr(roles, name)})
        deployer = {"from": roles.deployer}
        self.moneys = {
            decimals: fund(suite, roles, self.contracts.PaymentToken.deploy(decimals, deployer))
            for decimals in DECIMALS
        }
        self.listings: list[ListingModel] = []
        self.proceeds = {(name, money): 0 for name in SELLERS for money in DECIMALS}
        self.withdrawn = dict.fromkeys(DECIMALS, 0)
        self.retired_units = 0
        self.on_hold: set[int] = set()
        # Runs are short: without something to buy from the start, few would ever buy.
        for money in DECIMALS:
            self.list_for("holder", money, TOKEN_ID, 2 * MINIMUM_LISTING_UNITS, 7, False)

    def list_for(self, name, money, token, units, price, expires):
        expires_at = now() + AGE_SECONDS if expires else 0
        seller = getattr(self.roles, name)
        terms = (self.moneys[money], units, price, expires_at, token, seller)
        listing_id = list_credits(self.suite, self.roles, *terms)
        assert listing_id >> 64 == len(self.listings) + 1
        self.listings.append(ListingModel(listing_id, name, money, token, units, price, expires))

    @rule(
        name=NAMES,
        money=MONEYS,
        token=TOKENS,
        units=LISTED_UNITS,
        price=PRICES,
        expires=st.booleans(),
        share=SHARES,
        retires=st.booleans(),
    )
    def list(self, name, money, token, units, price, expires, share, retires):
        if token in self.on_hold:
            with reverts(reverts_with("NothingRetirable", token)):
                self.list_for(name, money, token, units, price, expires)
            return
        self.list_for(name, money, token, units, price, expires)
        # In one rule: Hypothesis leaves rules out at random, and seldom runs one after the other.
        self.purchase(self.listings[-1], share, retires)

    def refusal_of(self, listing, units):
        """What a purchase is refused with; nothing where it is possible."""
        if listing.units == 0:
            return reverts_with("UnknownListing", listing.listing_id)
        if listing.expired:
            expires_at = self.market.getListing(listing.listing_id)["expiresAt"]
            return reverts_with("ListingExpired", listing.listing_id, expires_at)
        if not 0 < units <= listing.units:
            return reverts_with("UnitsNotListed", listing.listing_id, units, listing.units)
        if listing.token_id in self.on_hold:
            return reverts_with("NothingRetirable", listing.token_id)
        return None

    @rule(choice=CHOICE, share=SHARES, retires=st.booleans())
    def buy(self, choice, share, retires):
        self.purchase(self.listings[choice % len(self.listings)], share, retires)

    def purchase(self, listing, share, retires):
        shares = {"a unit": 1, "half": listing.units // 2, "all": listing.units, "none": 0}
        units = shares.get(share, listing.units + 1)
        cost = cost_of(units, listing.price_per_tonne)
        purchase = buy_and_retire if retires else buy
        refusal = self.refusal_of(listing, units)
        if refusal:
            with reverts(refusal):
                purchase(self.suite, self.roles, listing.listing_id, units)
            return
        with reverts(reverts_with("CostTooHigh", cost, cost - 1)):
            purchase(self.suite, self.roles, listing.listing_id, units, max_cost=cost - 1)
        tx = purchase(self.suite, self.roles, listing.listing_id, units, max_cost=cost)
        leaves_the_search = listing.is_searched and listing.units > units
        listing.units -= units
        leaves_the_search &= not listing.is_searched
        assert ("Unbooked" in tx.events) == leaves_the_search
        self.proceeds[listing.seller, listing.money] += cost
        self.retired_units += units if retires else 0
        Market.sales += 1

    @rule(choice=CHOICE, name=NAMES)
    def cancel(self, choice, name):
        listing = self.listings[choice % len(self.listings)]
        account = getattr(self.roles, name)
        refusal = None
        if listing.units == 0:
            refusal = reverts_with("UnknownListing", listing.listing_id)
        elif name != listing.seller:
            seller = str(getattr(self.roles, listing.seller))
            refusal = reverts_with("NotSeller", listing.listing_id, seller)
        elif listing.token_id in self.on_hold:
            refusal = reverts_with("CreditIsSuspended", listing.token_id)
        if refusal:
            with reverts(refusal):
                self.market.cancel(listing.listing_id, account, {"from": account})
            return
        self.market.cancel(listing.listing_id, account, {"from": account})
        listing.units = 0

    @rule(name=NAMES, money=MONEYS)
    def withdraw(self, name, money):
        account, token = getattr(self.roles, name), self.moneys[money]
        if self.proceeds[name, money] == 0:
            with reverts(reverts_with("NothingToWithdraw")):
                self.market.withdrawProceeds(token, account, {"from": account})
            return
        self.market.withdrawProceeds(token, account, {"from": account})
        self.withdrawn[money] += self.proceeds[name, money]
        self.proceeds[name, money] = 0

    @rule(unbooks=st.sampled_from(["nothing", "by id", "of project", "of credit"]))
    def expire(self, unbooks):
        pass_time(AGE_SECONDS)
        for listing in self.listings:
            listing.expired = listing.expires
        outsider = {"from": self.roles.outsider}
        if unbooks == "by id":
            everything = [listing.listing_id for listing in self.listings]
            self.market.unbookExpired(everything, outsider)
        elif unbooks != "nothing":
            token_id = TOKEN_ID if unbooks == "of credit" else 0
            for money in self.moneys.values():
                self.market.unbookFirst(money, PROJECT_ID, token_id, NO_LIMIT, 100, outsider)
        for listing in self.listings:
            if unbooks in ("by id", "of project") or (
                unbooks == "of credit" and listing.token_id == TOKEN_ID
            ):
                listing.unbooked |= listing.expired

    @rule(token=TOKENS, hold=st.sampled_from([False, False, True]))
    def hold_or_resume(self, token, hold):
        custodian = {"from": self.roles.custodian}
        if hold:
            self.credits.suspend([token], "", custodian)
            self.on_hold.add(token)
        elif token in self.on_hold:
            self.credits.resume([token], custodian)
            self.on_hold.remove(token)

    @invariant()
    def the_chain_is_what_the_model_says(self):
        market = self.market
        for token in TOKEN_IDS:
            listed = sum(one.units for one in self.listings if one.token_id == token)
            assert self.credits.balanceOf(market, token) == listed
        for listing in self.listings:
            assert market.getListing(listing.listing_id)["units"] == listing.units
        for decimals, money in self.moneys.items():
            owed = sum(self.proceeds[name, decimals] for name in SELLERS)
            paid = MONEY - money.balanceOf(self.roles.marketplace)
            assert money.balanceOf(market) == owed == paid - self.withdrawn[decimals]
            for name in SELLERS:
                account = getattr(self.roles, name)
                assert market.proceedsOf(account, money) == self.proceeds[name, decimals]
            listings = [one for one in self.listings if one.money == decimals]
            for looks, token in ((2, 0), (100, 0), (2, OTHER_TOKEN_ID)):
                assert offers_of(self.suite, money, NO_LIMIT, looks, token) == offers_model(
                    listings, NO_LIMIT, looks, token, unsellable=frozenset(self.on_hold)
                )
        assert self.credits.retiredFor(self.roles.beneficiary) == self.retired_units


@pytest.mark.usefixtures("own_snapshot")
def test_the_market_holds_in_any_order(suite, roles, chain, project_contracts):
    Market.suite, Market.roles, Market.chain = suite, roles, chain
    Market.contracts = project_contracts
    chain.snapshot()
    run_state_machine_as_test(
        Market, settings=settings(max_examples=RUNS, stateful_step_count=30, derandomize=True)
    )
    assert Market.sales > 15
