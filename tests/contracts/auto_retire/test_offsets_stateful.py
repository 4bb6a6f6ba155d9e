"""Any order of all that can be done with deposits, policies, listings and settlements, by anyone.

given three accounts, one that buys, one with deposits alone, one with both; two sellers; three
credits of two projects; tokens of 6 and 18 decimals, one that returns nothing, one that takes a fee
at times; and a model in plain Python
  each settlement draws, buys, pays and retires exactly what the model says, in its order
  no other account's credits or money pay for it: what falls is what was retired, and what was paid
  what AutoRetire holds is the sum of the deposits, of each credit and each token; so of the market
  outstanding falls by what was retired for the account, and by nothing else
  what is retired covers what was due, rounded up; the excess carries over
  no period's spending exceeds the budget, no purchase the price, and no credit is one not accepted
  what fails changes nothing
"""

import copy
import os
from collections import Counter
from functools import cache
from typing import Any

import pytest
from brownie import reverts, web3
from brownie.exceptions import VirtualMachineError
from eth_abi.abi import decode, encode
from eth_utils.crypto import keccak
from hypothesis import Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.markets import MINIMUM_LISTING_UNITS, MONEY, NO_LIMIT, TONNE, ListingModel
from tests.offsets_model import (
    AUTO_RETIRE,
    MICROGRAMS_PER_UNIT,
    Bought,
    CreditModel,
    Drawn,
    Failed,
    OffsetsModel,
    Policy,
    RefusedError,
)
from tests.suite import (
    FACTOR,
    NOTHING_SAID,
    PROJECT_ID,
    TOKEN_ID,
    UNITS_ISSUED,
    attested,
    deposit,
    mint,
    now,
    pass_time,
    publish,
    reverts_with,
)

DEEP = bool(os.environ.get("GASPRINT_DEEP"))
RUNS, STEPS = (200, 5) if DEEP else (24, 1)
ACTS_PER_STEP = 40

ACCOUNTS = ("marketplace", "beneficiary", "collector")
MOSTLY_BUYERS = ("marketplace", "collector", "marketplace", "beneficiary")
SELLERS = ("holder", "collector")
KEEPER, STRANGER, SPONSOR = "auditor", "outsider", "deployer"
NAMES = (*ACCOUNTS, "holder", KEEPER, STRANGER, SPONSOR)

KILOGRAM = TONNE // 1000
DOUBLINGS = 6
"""Of the factor, so that a record may outdo what is listed: to 4,480 micrograms per gas."""
MICROGRAMS_PER_GAS = FACTOR[0] * 2**DOUBLINGS // 10**6
MICROGRAMS_PER_KILOGRAM = 10**9
PERIOD_SECONDS = 100_000
"""Longer than the node's own clock goes on in all the runs."""

REGISTRY = 1 << 192
OTHER_PROJECT_ID = (1 << 64) | 77
OLD, OTHER = (PROJECT_ID << 128) | (5 << 64) | 24, (OTHER_PROJECT_ID << 128) | (31 << 64) | 50
PROJECT, OTHER_PROJECT = PROJECT_ID << 128, OTHER_PROJECT_ID << 128
CREDITS = (
    CreditModel(TOKEN_ID, UNITS_ISSUED, 2020, frozenset()),
    CreditModel(OLD, 20 * TONNE, 2016, frozenset({"CCP"})),
    CreditModel(OTHER, 20 * TONNE, 2022, frozenset()),
)
TOKENS = tuple(credit.token_id for credit in CREDITS)
HOUR_SECONDS = 3_600
LABELLED_FROM = 1_700_000_000

PRICES = {
    "six_decimals": 33_333_333,
    "eighteen_decimals": 33_333_333_333_333_333_333,
    "non_returning": 33_333_333,
    "fee_taking": 33_333_333_333_333_333_333,
}
"""A tonne's, in base units, of which two or three are the highest that is paid."""
MONEYS = tuple(PRICES)
RULES = (
    {"accepts": (OTHER, PROJECT)},
    {"accepts": (PROJECT, OTHER_PROJECT), "earliest_vintage": 2017},
    {"accepts": (PROJECT, OTHER), "label": "CCP"},
    {"accepts": (OLD, TOKEN_ID)},
    {"accepts": (REGISTRY,)},
    {"accepts": ()},
)

ACTS = (
    *["emit"] * 18,
    *["settle", "settle_with", "settle_with_crumbs", "settle_with_crumbs"],
    *["deposit"] * 3,
    *["pay"] * 3,
    *["list"] * 3,
    *["buy"] * 2,
    *["set_policy"] * 2,
    *["hold", "hold", "hold", "resume", "wait", "wait", "set_fee", "set_fee", "end_fee"],
    *["withdraw", "withdraw_payment", "withdraw_proceeds", "cancel"] * 2,
    *["withdraw", "gift", "gift", "steal"],
    *["set_threshold", "set_threshold", "set_keeper"],
)
CHOICES = 60

LEAST_SEEN = {
    **dict.fromkeys(["deposit", "pay", "list", "gift", "steal"], 5),
    **dict.fromkeys(["buy", "withdraw", "withdraw_payment", "cancel"], 2),
    "withdraw_proceeds": 1,
    "drawn": 20,
    "bought": 20,
    "drawn and bought": 3,
    "bought twice": 1,
    "bought by a keeper's choice": 1,
    "in full": 6,
    "short by budget": 2,
    "short by money": 2,
    "short by price": 1,
    "short by hold": 2,
    "short by count": 3,
    "over-retired": 5,
    "settled below the threshold by itself": 1,
    "PaymentNotReceived in a settlement": 1,
    "ListingExpired in a settlement": 1,
    "NothingDeposited": 10,
    "NotKeeper": 3,
    "DepositExceeded": 1,
    "CreditNotAccepted": 1,
    "CreditIsSuspended": 2,
}
"""What has to happen how often, or the test has shown nothing of it."""


def pick(choices, choice):
    return choices[choice % len(choices)]


def selector_of(signature):
    return keccak(text=signature)[:4]


REASONS = {
    selector_of("PaymentNotReceived(address,uint256,uint256)"): "PaymentNotReceived",
    selector_of("ListingExpired(uint256,uint256)"): "ListingExpired",
}


class Offsets(RuleBasedStateMachine):
    """One rule for all acts, since Hypothesis leaves whole rules out of a run at random."""

    seen: Counter[str]
    suite: Any
    roles: Any
    chain: Any
    moneys: dict[str, Any]
    reader: Any
    start: OffsetsModel

    def __init__(self):
        """Starts from the state in which the test left the chain, at the start of a period."""
        super().__init__()
        self.chain.revert()
        self.model = copy.deepcopy(self.start)
        self.spent = Counter()
        self.to_next_period()

    @classmethod
    def build(cls, contracts):
        """What every run starts from: credits, policies, money and listings."""
        suite, roles, moneys = cls.suite, cls.roles, cls.moneys
        for doubling in range(1, DOUBLINGS + 1):
            figures = [figure * 2**doubling for figure in FACTOR[:2]]
            bounds = [figure * 2**doubling for figure in FACTOR[3:7]]
            publish(suite, roles, (*figures, 0, *bounds, FACTOR[7]))
        for credit in CREDITS[1:]:
            project_id, credit_id = divmod(credit.token_id, 2**128)
            vintage = str(credit.vintage)
            mint(
                suite, attested(suite, roles, credit_id, project_id, vintage=vintage), roles.issuer
            )
            for label in credit.labels:
                suite.CreditRecords.addLabel(
                    credit.token_id, label, LABELLED_FROM, {"from": roles.custodian}
                )
        deployer = {"from": roles.deployer}
        cls.reader = contracts.Reader.deploy(deployer)
        for name, deployed in (
            ("six_decimals", contracts.PaymentToken.deploy(6, deployer)),
            ("eighteen_decimals", contracts.PaymentToken.deploy(18, deployer)),
            ("non_returning", contracts.NonReturningToken.deploy(deployer)),
            ("fee_taking", contracts.HostileToken.deploy(deployer)),
        ):
            moneys[name] = deployed
            for payer, taker in ((SPONSOR, suite.AutoRetire), (STRANGER, suite.CreditMarket)):
                account = getattr(roles, payer)
                deployed.mint(account, MONEY, deployer)
                deployed.approve(taker, MONEY, {"from": account})
        for seller in SELLERS:
            sender = {"from": getattr(roles, seller)}
            suite.CarbonCredits.setApprovalForAll(suite.CreditMarket, True, sender)
        for token_id in TOKENS:
            suite.CarbonCredits.safeTransferFrom(
                *(roles.holder, roles.collector, token_id, 5 * TONNE, b""), {"from": roles.holder}
            )
        cls.start = OffsetsModel(list(CREDITS), list(MONEYS), list(ACCOUNTS))
        for credit in CREDITS:
            cls.start.held[credit.token_id, "holder"] = credit.units - 5 * TONNE
            cls.start.held[credit.token_id, "collector"] = 5 * TONNE
        for money in MONEYS:
            cls.start.wallets[SPONSOR, money] = cls.start.wallets[STRANGER, money] = MONEY
        cls.chain.snapshot()
        # Runs are short: from nothing, few would ever buy.
        run = cls()
        for name, rule_of, money, bounds in (("marketplace", 0, 0, 0), ("collector", 1, 3, 5)):
            run.set_policy(name, rule_of, money, bounds)
            run.pay(name, 0, money, 0)
        for choice, (name, token) in enumerate(
            [("beneficiary", 0), ("beneficiary", 1), ("collector", 2)]
        ):
            run.deposit(name, token, 0, 30 + choice)
        for name in ACCOUNTS:
            run.set_threshold(name, 0, 0, 0)
            run.set_keeper(name, 0, 0, 0)
        for money in range(4):
            run.list_for("holder", pick(TOKENS, money), pick(MONEYS, money), 0, 0, False)
            expires = money == 3
            run.list_for("collector", pick(TOKENS, money + 1), pick(MONEYS, money), 1, 1, expires)
        for place in (0, 6):
            listing = list(run.model.listings.values())[place]
            run.buy("", 0, place, 0)
            run.list_for(listing.seller, listing.token_id, listing.money, 0, 0, False)
        cls.start = run.model
        cls.chain.snapshot()

    def account(self, name):
        return getattr(self.roles, name)

    def sender(self, name):
        return {"from": self.account(name)}

    def text_of(self, refused):
        named = {**self.moneys, **{name: self.account(name) for name in NAMES}}
        arguments = [str(named[a]) if a in named else a for a in refused.arguments]
        if refused.error == "ListingExpired":
            arguments.append(self.model.expires_at[arguments[0]])
        return reverts_with(refused.error, *arguments)

    def attempt(self, act, change, function, *arguments):
        """Changes the model and calls; or both refuse, by one error. What came of each."""
        expected, failure, outcome, tx = None, None, None, None
        try:
            outcome = change()
        except RefusedError as refused:
            expected = self.text_of(refused)
            self.seen.update([refused.error, *(f"short by {limit}" for limit in refused.limits)])
        try:
            tx = function(*arguments)
        except VirtualMachineError as error:
            failure = error.revert_msg
        else:
            self.seen[act] += 1
        assert failure == expected
        if failure is not None:
            self.the_chain_is_what_the_model_says()
        return outcome, tx

    # By a seed: of lists, Hypothesis makes mostly repetitions, in which little happens.
    @rule(random=st.randoms(use_true_random=True))
    def do(self, random):
        for _ in range(ACTS_PER_STEP):
            act, name = random.choice(ACTS), random.choice(MOSTLY_BUYERS)
            choices = [random.randrange(CHOICES) for _ in range(3)]
            note(f"{act}({name}, {choices})")
            getattr(self, act)(name, *choices)
            self.seen["acts"] += 1

    def emit(self, name, a, b, c):
        if b % 5 < 2:
            (self.deposit, self.pay)[b % 5](name, a, b, c)
        gas_used = 1_000_000 * (15 - b % 14) + c
        self.suite.EmissionsRegistry.record(gas_used, self.sender(name))
        self.model.accounts[name].emitted_micrograms += MICROGRAMS_PER_GAS * gas_used
        # In one act: little would be settled, if chance had to follow one with the other.
        if settle := pick((self.settle, self.settle_with, self.settle, None), c):
            settle(name, a, b, c // 4)

    def settle(self, name, a, b, c):
        caller = pick((STRANGER, STRANGER, name), c)
        change = (name, caller, now())
        function = self.suite.AutoRetire.settle
        self.settles(name, change, function, self.account(name), self.sender(caller))

    def settle_with(self, name, a, b, c):
        """With two or three listings, mostly in the policy's money; or the smallest."""
        caller = pick((KEEPER, KEEPER, name, KEEPER, STRANGER), b)
        usable = [one for one in self.model.listings.values() if one.units]
        if a % 5:
            usable = self.listings_for(name) or usable
        if c % 2:
            usable.sort(key=lambda one: one.units)
        start = (a + b) % len(usable) if usable and c % 2 == 0 else 0
        self.settle_with_those(name, caller, (usable[start:] + usable[:start])[: 2 + b % 2])

    def settle_with_those(self, name, caller, listings):
        ids = tuple(one.listing_id for one in listings)
        change = (name, caller, now(), ids)
        function = self.suite.AutoRetire.settleWith
        self.settles(name, change, function, self.account(name), list(ids), self.sender(caller))

    def listings_for(self, name):
        """Those that are sold for the money of an account's policy."""
        policy = self.model.accounts[name].policy
        money = policy.money if policy else ""
        return [one for one in self.model.listings.values() if one.money == money and one.units]

    def settle_with_crumbs(self, name, a, b, c):
        """A keeper sweeps up what the search passes over: crumbs, of which one is not enough."""
        policy = self.model.accounts[name].policy
        listings = [
            one
            for one in self.listings_for(name)
            if one.price_per_tonne <= policy.max_price_per_tonne
        ]
        if not listings:
            return
        crumbs = pick(listings, b)
        if crumbs.units > KILOGRAM:
            self.buy_of(crumbs, crumbs.units - KILOGRAM)
        self.pay(name, a, 59, 1)
        self.emit(name, a, 2, 3)
        self.settle_with_those(name, name, [crumbs, pick(listings, b + 1)])

    def settles(self, name, change, function, *arguments):
        before = self.the_chain_is_what_the_model_says()
        account, at = self.model.accounts[name], change[2]
        was_due = 0 < account.threshold_micrograms <= account.outstanding_micrograms
        settlement, tx = self.attempt(
            "settle", lambda: self.model.settle(*change), function, *arguments
        )
        if tx is None:
            return
        acts = [act for event in tx.events if (act := self.act_of(event, name))]
        assert acts == settlement.acts
        short = [event for event in tx.events if event.name == "SettlementShort"]
        assert bool(short) == bool(settlement.left_units)
        after = self.the_chain_is_what_the_model_says()
        self.it_is_paid_by_the_account_alone(name, settlement, before, after)
        self.it_retires_what_is_due(name, settlement, before, after)
        self.it_keeps_to_the_policy(name, settlement, at)
        self.see(name, change[1], was_due, settlement, is_chosen=len(change) > 3)

    def act_of(self, event, name):
        """An event of a settlement, as the model has it."""
        if event.name in ("Settled", "Bought", "PurchaseFailed", "SettlementShort"):
            assert event["account"] == self.account(name)
        if event.name == "Settled":
            return Drawn(event["tokenId"], event["units"])
        if event.name == "Bought":
            return Bought(event["listingId"], event["units"], event["cost"])
        if event.name == "PurchaseFailed":
            return Failed(event["listingId"], REASONS[bytes(event["reason"])[:4]])
        return None

    def it_is_paid_by_the_account_alone(self, name, settlement, before, after):
        """By the chain alone, before and after."""
        drawn = {token: self.fallen(before, after, "depositOf", name, token) for token in TOKENS}
        paid = {money: self.fallen(before, after, "paymentOf", name, money) for money in MONEYS}
        for other in set(ACCOUNTS) - {name}:
            for token in TOKENS:
                assert self.fallen(before, after, "depositOf", other, token) == 0
                assert self.fallen(before, after, "retiredBalanceOf", other, token) == 0
            for money in MONEYS:
                assert self.fallen(before, after, "paymentOf", other, money) == 0
            assert self.fallen(before, after, "outstanding", other) == 0
        bought = sum(act.units for act in settlement.acts if isinstance(act, Bought))
        retired = -self.fallen(before, after, "retiredFor", name)
        assert min(*drawn.values(), *paid.values()) >= 0
        assert sum(drawn.values()) + bought == retired == settlement.units
        for token in TOKENS:
            assert self.fallen(before, after, "balanceOf", AUTO_RETIRE, token) == drawn[token]
        for money in MONEYS:
            earned = sum(
                -self.fallen(before, after, "proceedsOf", seller, money) for seller in SELLERS
            )
            assert paid[money] == earned

    def it_retires_what_is_due(self, name, settlement, before, after):
        """Rounded up; what is left is what was not retired, to the microgram."""
        outstanding, left = before["outstanding", name], after["outstanding", name]
        retired_micrograms = settlement.units * MICROGRAMS_PER_UNIT
        assert left == max(0, outstanding - retired_micrograms)
        assert retired_micrograms < outstanding + MICROGRAMS_PER_UNIT
        if settlement.due_units and not settlement.left_units:
            assert retired_micrograms >= outstanding
            assert left == 0

    def it_keeps_to_the_policy(self, name, settlement, at):
        """The price, the credits that it takes, and the budget of the period that runs."""
        policy = self.model.accounts[name].policy
        for act in settlement.retired:
            token_id = (
                act.token_id
                if isinstance(act, Drawn)
                else self.model.listings[act.listing_id].token_id
            )
            assert self.model.is_taken(name, token_id)
            assert not self.model.credits[token_id].on_hold
            if isinstance(act, Bought):
                listing = self.model.listings[act.listing_id]
                assert listing.money == policy.money
                assert listing.price_per_tonne <= policy.max_price_per_tonne
                assert act.cost * TONNE >= act.units * listing.price_per_tonne
                # A new policy gives no new budget, where its periods are as long.
                key = (name, listing.money, policy.period_seconds, at // policy.period_seconds)
                self.spent[key] += act.cost
                assert self.spent[key] <= policy.budget

    def see(self, name, caller, was_due, settlement, is_chosen):
        """Counts what it was good for."""
        kinds = Counter(type(act) for act in settlement.acts)
        account = self.model.accounts[name]
        offset = sum(account.retired.values()) * MICROGRAMS_PER_UNIT
        self.seen.update(
            what
            for what, is_seen in {
                "drawn": kinds[Drawn],
                "bought": kinds[Bought],
                "drawn and bought": kinds[Drawn] and kinds[Bought],
                "bought twice": kinds[Bought] > 1,
                "bought by a keeper's choice": kinds[Bought] and is_chosen and caller == KEEPER,
                "in full": settlement.due_units and not settlement.left_units,
                "over-retired": settlement.units and offset > account.emitted_micrograms,
                "settled below the threshold by itself": settlement.units and not was_due,
            }.items()
            if is_seen
        )
        if settlement.left_units:
            self.seen.update(f"short by {limit}" for limit in settlement.limits)
        for act in settlement.acts:
            if isinstance(act, Failed):
                self.seen[f"{act.error} in a settlement"] += 1

    def deposit(self, name, a, b, c):
        token_id, units = pick(TOKENS, a), KILOGRAM * (1 + c // 2)
        change = lambda: self.model.deposit(name, token_id, units, "holder")  # noqa: E731
        self.attempt(
            "deposit", change, deposit, self.suite, self.roles, self.account(name), units, token_id
        )

    def withdraw(self, name, a, b, c):
        deposits = self.model.accounts[name].deposits
        token_id = pick([token for token in TOKENS if deposits[token]] or TOKENS, a)
        units = self.part(deposits[token_id], c)
        self.attempt(
            "withdraw",
            lambda: self.model.withdraw(name, token_id, units, name),
            self.suite.AutoRetire.withdraw,
            *(token_id, units, self.account(name), self.sender(name)),
        )

    def part(self, amount, choice):
        """None of what there is, a third, two or all, or more than that."""
        return amount + 1 if choice % 5 == 4 else amount * (choice % 5) // 3

    def pay(self, name, a, b, c):
        policy = self.model.accounts[name].policy
        money = policy.money if policy and policy.money and b >= 5 else pick(MONEYS, b)
        amount = PRICES[money] * pick((300, 60, 20, 1000, 60, 20, 0), c) // 1000
        self.attempt(
            "pay",
            lambda: self.model.deposit_payment(name, money, amount, SPONSOR),
            self.suite.AutoRetire.depositPayment,
            *(self.account(name), self.moneys[money], amount, self.sender(SPONSOR)),
        )

    def withdraw_payment(self, name, a, b, c):
        payments = self.model.accounts[name].payments
        money = pick([money for money in MONEYS if payments[money]] or MONEYS, b)
        amount = self.part(payments[money], c)
        self.attempt(
            "withdraw_payment",
            lambda: self.model.withdraw_payment(name, money, amount, name),
            self.suite.AutoRetire.withdrawPayment,
            *(self.moneys[money], amount, self.account(name), self.sender(name)),
        )

    def set_policy(self, name, a, b, c):
        money = pick((*MONEYS, *MONEYS, ""), b)
        policy = Policy(**pick(RULES, a))
        if money:
            policy = Policy(
                **pick(RULES, a),
                money=money,
                max_price_per_tonne=PRICES[money] * (1 + c % 3),
                budget=PRICES[money] * pick((60, 1000, 30, 250, 2000), c) // 1000,
                period_seconds=PERIOD_SECONDS * (1 + c % 3 // 2),
            )
        said = ("Example Ltd", "flights", "") if c % 2 else ("", "", "")
        self.suite.AutoRetire.setPolicy(
            (
                *(policy.accepts, policy.earliest_vintage, policy.label),
                self.moneys[money] if money else "0x" + "00" * 20,
                *(policy.max_price_per_tonne, policy.budget, policy.period_seconds),
                *(c % 4 == 1, *said),
            ),
            self.sender(name),
        )
        self.model.accounts[name].policy = policy

    def set_threshold(self, name, a, b, c):
        kilograms = pick((20, 100, 20, 60, 0), c)
        threshold = kilograms * MICROGRAMS_PER_KILOGRAM
        self.suite.AutoRetire.setThreshold(threshold, self.sender(name))
        self.model.accounts[name].threshold_micrograms = threshold

    def set_keeper(self, name, a, b, c):
        approved = c % 4 < 3
        keeper = self.account(KEEPER)
        self.suite.AutoRetire.setKeeper(keeper, approved, self.sender(name))
        self.model.accounts[name].keepers = {KEEPER} if approved else set()

    def list(self, name, a, b, c):
        self.list_for(pick(SELLERS, a), pick(TOKENS, b), pick(MONEYS, c), b % 5, c % 60, a % 2 == 0)

    def list_for(self, seller, token_id, money, price, kilograms, expires):
        expires_at = 0
        if expires:
            expires_at = (now() // PERIOD_SECONDS + 1) * PERIOD_SECONDS
            assert expires_at - now() > HOUR_SECONDS
        terms = {
            "units": MINIMUM_LISTING_UNITS + kilograms * KILOGRAM,
            "price_per_tonne": PRICES[money] * (1 + price),
        }
        listing = ListingModel(0, seller, money, token_id, expires=expires, **terms)
        _, tx = self.attempt(
            "list",
            lambda: self.model.list(listing),
            self.suite.CreditMarket.list,
            *(token_id, terms["units"], self.moneys[money], terms["price_per_tonne"], expires_at),
            self.sender(seller),
        )
        if tx is not None:
            listing.listing_id = tx.events["Listed"]["listingId"]
            self.model.listings[listing.listing_id] = self.model.listings.pop(0)
            self.model.expires_at[listing.listing_id] = expires_at

    def listing(self, choice):
        return pick(list(self.model.listings.values()), choice)

    def buy(self, name, a, b, c):
        """By a stranger, who keeps what is bought; often nearly all of it, which leaves crumbs."""
        listing = self.listing(b)
        units = pick((listing.units - KILOGRAM, listing.units, self.part(listing.units, c)), c)
        self.buy_of(listing, max(0, units))

    def buy_of(self, listing, units):
        listing_id = listing.listing_id

        def sell():
            self.model.sell(listing_id, units, STRANGER)
            self.model.held[listing.token_id, STRANGER] += units

        stranger = self.account(STRANGER)
        self.attempt(
            "buy",
            sell,
            self.suite.CreditMarket.buy,
            *(listing_id, units, stranger, NO_LIMIT, self.sender(STRANGER)),
        )

    def cancel(self, name, a, b, c):
        listing_id, seller = self.listing(b).listing_id, pick(SELLERS, a)
        self.attempt(
            "cancel",
            lambda: self.model.cancel(listing_id, seller),
            self.suite.CreditMarket.cancel,
            *(listing_id, self.account(seller), self.sender(seller)),
        )

    def withdraw_proceeds(self, name, a, b, c):
        seller, money = pick(SELLERS, a), pick(MONEYS, b)
        self.attempt(
            "withdraw_proceeds",
            lambda: self.model.withdraw_proceeds(seller, money),
            self.suite.CreditMarket.withdrawProceeds,
            *(self.moneys[money], self.account(seller), self.sender(seller)),
        )

    def gift(self, name, a, b, c):
        """Somebody else retires for the account, which then has less outstanding, or nothing."""
        token_id, units = pick(TOKENS, b), KILOGRAM * (1 + 5 * c)

        def retire():
            self.model.move(token_id, "holder", units)
            self.model.retire(token_id, units, name)

        holder = self.account("holder")
        self.attempt(
            "gift",
            retire,
            self.suite.CarbonCredits.retireFor,
            *(token_id, holder, units, self.account(name), NOTHING_SAID, False),
            {"from": holder},
        )

    def hold(self, name, a, b, c):
        self.suite.CarbonCredits.suspend([pick(TOKENS, b)], "", self.sender("custodian"))
        self.model.credits[pick(TOKENS, b)].on_hold = True

    def resume(self, name, a, b, c):
        for token_id in self.model.on_hold:
            self.suite.CarbonCredits.resume([token_id], self.sender("custodian"))
            self.model.credits[token_id].on_hold = False

    def set_fee(self, name, a, b, c):
        self.set_fee_to(10)

    def end_fee(self, name, a, b, c):
        self.set_fee_to(0)

    def set_fee_to(self, percent):
        self.moneys["fee_taking"].setFee(percent, self.sender(STRANGER))
        self.model.fee_percent["fee_taking"] = percent

    def wait(self, name, a, b, c):
        """Then what has expired is refused, in a settlement too."""
        self.to_next_period()
        if expired := [one for one in self.listings_for(name) if one.expired]:
            self.deposit(name, a, b, c)
            self.pay(name, a, 59, c)
            self.emit(name, a, 2, 3)
            self.settle_with_those(name, name, expired[:2])
        if c % 2:
            expired = [one for one in self.model.listings.values() if one.expired]
            ids = [one.listing_id for one in expired]
            self.suite.CreditMarket.unbookExpired(ids, self.sender(STRANGER))
            for listing in expired:
                listing.unbooked = True

    def to_next_period(self):
        """A little into it: no act comes near enough to its end to be on both sides."""
        pass_time(PERIOD_SECONDS + 1000 - now() % PERIOD_SECONDS)
        for listing in self.model.listings.values():
            listing.expired = listing.expires

    def steal(self, name, a, b, c):
        """A stranger tries to take what is on deposit for others."""
        auto_retire, stranger = self.suite.AutoRetire, self.account(STRANGER)
        for take, what in (
            (auto_retire.withdraw, pick(TOKENS, b)),
            (auto_retire.withdrawPayment, self.moneys[pick(MONEYS, b)]),
        ):
            with reverts(reverts_with("DepositExceeded", 1, 0)):
                take(what, 1, stranger, self.sender(STRANGER))
        self.seen["steal"] += 1

    def address(self, name):
        if name == AUTO_RETIRE:
            return str(self.suite.AutoRetire)
        if name == "CreditMarket":
            return str(self.suite.CreditMarket)
        return str(self.moneys.get(name) or self.account(name))

    @cache  # noqa: B019 - a run is short
    def call(self, contract, function, *arguments):
        """Whom to ask, a contract of the suite or a token, and the question."""
        target = self.moneys.get(contract) or getattr(self.suite, contract)
        given = [self.address(a) if isinstance(a, str) else a for a in arguments]
        data = getattr(target, function).encode_input(*given)
        return str(target), bytes.fromhex(data[2:])

    def read(self, asked):
        """What contracts say, by function and arguments, in one request; of listings, units."""
        targets, questions = zip(*(self.call(*each) for each in asked), strict=True)
        selector = bytes.fromhex(self.reader.ask.signature[2:])
        data = selector + encode(["address[]", "bytes[]"], [targets, questions])
        answer = web3.eth.call({"to": str(self.reader), "data": data, "gas": 25_000_000})
        [answers] = decode(["bytes[]"], answer)
        said = {}
        for (contract, *key), words in zip(asked, answers, strict=True):
            if contract in self.moneys:
                key = [*key, contract]
            place = 1 if key[0] == "getListing" else 0
            said[tuple(key)] = int.from_bytes(words[32 * place :][:32], "big")
        return said

    def fallen(self, before, after, *key):
        """By how much a number is less than it was."""
        return before[key] - after[key]

    def expected(self):
        """All that the contracts should say of what is on deposit, listed, owed and outstanding."""
        model, time = self.model, now()
        expected = {}
        for name, account in model.accounts.items():
            expected |= {
                ("EmissionsRegistry", "outstanding", name): account.outstanding_micrograms,
                ("CarbonCredits", "retiredFor", name): sum(account.retired.values()),
                ("AutoRetire", "budgetLeft", name): account.budget_left(time),
            }
            for token in TOKENS:
                retired, deposited = account.retired[token], account.deposits[token]
                expected["CarbonCredits", "retiredBalanceOf", name, token] = retired
                expected["AutoRetire", "depositOf", name, token] = deposited
            for money in MONEYS:
                expected["AutoRetire", "paymentOf", name, money] = account.payments[money]
        for money in MONEYS:
            for name in SELLERS:
                owed = model.proceeds[name, money]
                expected["CreditMarket", "proceedsOf", name, money] = owed
            for holder, amounts in (
                (AUTO_RETIRE, (account.payments[money] for account in model.accounts.values())),
                ("CreditMarket", (model.proceeds[name, money] for name in SELLERS)),
            ):
                expected[money, "balanceOf", holder] = sum(amounts)
        for token in TOKENS:
            listings = [one for one in model.listings.values() if one.token_id == token]
            for holder, units in (
                (AUTO_RETIRE, (account.deposits[token] for account in model.accounts.values())),
                ("CreditMarket", (one.units for one in listings)),
            ):
                expected["CarbonCredits", "balanceOf", holder, token] = sum(units)
        for listing_id, listing in model.listings.items():
            expected["CreditMarket", "getListing", listing_id] = listing.units
        return expected

    def expected_elsewhere(self):
        """What is in nobody's deposit; it is asked at the end alone."""
        model = self.model
        expected = {
            ("CarbonCredits", "stateOf", token): model.credits[token].retired_units
            for token in TOKENS
        }
        for name, account in model.accounts.items():
            expected["EmissionsRegistry", "emittedBy", name] = account.emitted_micrograms
        for name in NAMES:
            for token in TOKENS:
                expected["CarbonCredits", "balanceOf", name, token] = model.held[token, name]
            for money in MONEYS:
                expected[money, "balanceOf", name] = model.wallets[name, money]
        return expected

    def the_chain_is_what_the_model_says(self, elsewhere=False):
        """Asked before and after each settlement, and after whatever fails. What it says."""
        expected = self.expected() | (self.expected_elsewhere() if elsewhere else {})
        said = self.read(list(expected))
        for asked, answer in zip(expected, said.values(), strict=True):
            assert answer == expected[asked], asked
        return said

    def teardown(self):
        """After each run."""
        self.the_chain_is_what_the_model_says(elsewhere=True)


@pytest.fixture
def own_snapshot(chain):
    """Brownie keeps one snapshot, which is the fixtures': a test that takes more gives it back."""
    fixtures_snapshot = chain._snapshot_id
    yield
    chain._snapshot_id = fixtures_snapshot


@pytest.mark.usefixtures("own_snapshot")
def test_offsets_hold_in_any_order(suite, roles, chain, project_contracts):
    Offsets.suite, Offsets.roles, Offsets.chain = suite, roles, chain
    Offsets.moneys, Offsets.seen = {}, Counter()
    Offsets.build(project_contracts)
    Offsets.seen.clear()
    run_state_machine_as_test(
        Offsets,
        # A failing seed ends where it fails, and another one is no simpler: nothing to shrink.
        settings=settings(
            max_examples=RUNS, stateful_step_count=STEPS, derandomize=True, phases=[Phase.generate]
        ),
    )
    short = {
        what: Offsets.seen[what] for what in LEAST_SEEN if Offsets.seen[what] < LEAST_SEEN[what]
    }
    assert not short, f"of all that was seen, {Offsets.seen}, that is too little"
