"""What AutoRetire and the market should hold and do, in plain Python, from their interfaces.

Knows no chain. Each act changes the model, or says by which error it is refused and changes
nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from tests.markets import TONNE, ListingModel, cost_of, offers_model

MICROGRAMS_PER_UNIT = 10_000
RETIREMENTS_PER_SETTLEMENT = 2
LOOKS_PER_SETTLEMENT = 4
ENTRIES_DROPPED = 8
LISTINGS_SWEPT = 5
AUTO_RETIRE = "AutoRetire"
"""Whose wallet all money on deposit is in, and who buys with it."""


@dataclass(frozen=True)
class Policy:
    """How an account is settled.

    Attributes:
        accepts: credits, projects (with no serials) and registries (with neither), best first.
        earliest_vintage: 0 for any.
        label: empty for none.
        money: the token's name; empty to buy nothing.
    """

    accepts: tuple[int, ...] = ()
    earliest_vintage: int = 0
    label: str = ""
    money: str = ""
    max_price_per_tonne: int = 0
    budget: int = 0
    period_seconds: int = 0


@dataclass
class CreditModel:
    """One credit, of which nothing is redeemed or cancelled."""

    token_id: int
    units: int
    vintage: int
    labels: frozenset[str]
    retired_units: int = 0
    on_hold: bool = False

    @property
    def retirable_units(self) -> int:
        """What can be retired at once."""
        return 0 if self.on_hold else self.units - self.retired_units


def _nothing() -> tuple[int, int]:
    return (0, 0)


@dataclass
class AccountModel:
    """What an account emitted, chose, and has on deposit.

    Attributes:
        retired: units by credit, by whomever.
        queue: the credits to draw on, in order; some of them may be used up or withdrawn.
        spent: how much, in the period in which it was last, and when that was; of each token.
    """

    emitted_micrograms: int = 0
    threshold_micrograms: int = 0
    policy: Policy | None = None
    retired: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    deposits: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    queue: list[int] = field(default_factory=list)
    payments: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    spent: defaultdict[str, tuple[int, int]] = field(default_factory=lambda: defaultdict(_nothing))
    keepers: set[str] = field(default_factory=set)

    @property
    def outstanding_micrograms(self) -> int:
        """Emitted less retired, not below zero."""
        offset = sum(self.retired.values()) * MICROGRAMS_PER_UNIT
        return max(0, self.emitted_micrograms - offset)

    def budget_left(self, now: int) -> int:
        """What the policy still lets it spend in the period that runs."""
        return max(0, self.policy.budget - self.spent_in_period(now)) if self.policy else 0

    def spent_in_period(self, now: int) -> int:
        """What it spent of the policy's token in the period that runs, whatever its length was."""
        if self.policy is None or self.policy.period_seconds == 0:
            return 0
        amount, last_at = self.spent[self.policy.money]
        return amount if last_at >= now - now % self.policy.period_seconds else 0


@dataclass(frozen=True)
class Drawn:
    """Units of a deposit, retired."""

    token_id: int
    units: int


@dataclass(frozen=True)
class Bought:
    """Units of a listing, bought and retired."""

    listing_id: int
    units: int
    cost: int


@dataclass(frozen=True)
class Failed:
    """A purchase that was tried, and by which error the market refused it."""

    listing_id: int
    error: str


Act = Drawn | Bought | Failed


@dataclass
class Settlement:
    """What one settlement does.

    Attributes:
        limits: what kept it from more: `budget`, `money`, `price`, `hold` or `count`; the first
            three only where nothing else stood in the way.
        has_swept: whether it took listings that were over out of a book.
        may_hold_back, has_held_back: whether a draw may leave the last retirement to a purchase,
            and whether one did.
    """

    due_units: int
    acts: list[Act] = field(default_factory=list)
    limits: set[str] = field(default_factory=set)
    has_swept: bool = False
    may_hold_back: bool = True
    has_held_back: bool = False

    @property
    def retired(self) -> list[Drawn | Bought]:
        """The acts by which something is retired."""
        return [act for act in self.acts if not isinstance(act, Failed)]

    @property
    def units(self) -> int:
        """How many units are retired by all of them."""
        return sum(act.units for act in self.retired)

    @property
    def left_units(self) -> int:
        """What is still due."""
        return self.due_units - self.units

    @property
    def is_open(self) -> bool:
        """Whether there is more to do, and one more retirement may be made."""
        return self.left_units > 0 and len(self.retired) < RETIREMENTS_PER_SETTLEMENT


class RefusedError(Exception):
    """The act is refused, by an error of that name and arguments.

    Attributes:
        limits: of a settlement that does nothing, as in `Settlement`.
    """

    def __init__(self, error: str, *arguments: Any) -> None:
        """Says by which."""
        super().__init__(error, *arguments)
        self.error, self.arguments = error, arguments
        self.limits: set[str] = set()


class OffsetsModel:
    """All accounts, credits and listings.

    Attributes:
        held: units by credit and name, where they are not on deposit or listed.
        wallets: money by name and token.
        listings: by id.
        expires_at: when each of them does, 0 for never, by id.
        proceeds: what the market owes, by seller and token.
        fee_percent: of each token, what a transfer loses.
    """

    def __init__(self, credits: list[CreditModel], moneys: list[str], names: list[str]) -> None:
        """Nothing is emitted, deposited or listed."""
        self.credits = {credit.token_id: credit for credit in credits}
        self.accounts = {name: AccountModel() for name in names}
        self.held: defaultdict[tuple[int, str], int] = defaultdict(int)
        self.listings: dict[int, ListingModel] = {}
        self.expires_at: dict[int, int] = {}
        self.proceeds: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.wallets: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.fee_percent = dict.fromkeys(moneys, 0)

    @property
    def on_hold(self) -> frozenset[int]:
        """The credits of which nothing moves."""
        return frozenset(token for token, credit in self.credits.items() if credit.on_hold)

    def is_suitable(self, policy: Policy, token_id: int) -> bool:
        """Whether a credit is young enough, and has the label."""
        credit = self.credits[token_id]
        return credit.vintage >= policy.earliest_vintage and (
            not policy.label or policy.label in credit.labels
        )

    def is_taken(self, name: str, token_id: int) -> bool:
        """Whether an account takes a credit on deposit."""
        policy = self.accounts[name].policy
        if policy is None:
            return True
        names = {token_id, token_id >> 128 << 128, token_id >> 192 << 192}
        is_named = not policy.accepts or not names.isdisjoint(policy.accepts)
        return is_named and self.is_suitable(policy, token_id)

    def move(self, token_id: int, holder: str, units: int) -> None:
        """Takes units from a holder, for whatever is done with them next."""
        if self.credits[token_id].on_hold:
            raise RefusedError("CreditIsSuspended", token_id)
        self.held[token_id, holder] -= units

    def deposit(self, name: str, token_id: int, units: int, holder: str) -> None:
        """Credits of a holder's, for an account."""
        account = self.accounts[name]
        if self.credits[token_id].on_hold:
            raise RefusedError("CreditIsSuspended", token_id)
        if not self.is_taken(name, token_id):
            raise RefusedError("CreditNotAccepted", name, token_id)
        self.move(token_id, holder, units)
        account.deposits[token_id] += units
        if token_id not in account.queue:
            account.queue.append(token_id)

    def withdraw(self, name: str, token_id: int, units: int, to: str) -> None:
        """Credits of an account's own deposit."""
        account = self.accounts[name]
        if units == 0:
            raise RefusedError("NothingToMove")
        if units > account.deposits[token_id]:
            raise RefusedError("DepositExceeded", units, account.deposits[token_id])
        if self.credits[token_id].on_hold:
            raise RefusedError("CreditIsSuspended", token_id)
        account.deposits[token_id] -= units
        self.held[token_id, to] += units

    def received(self, money: str, amount: int) -> int:
        """What arrives of an amount."""
        return amount - amount * self.fee_percent[money] // 100

    def pay(self, money: str, payer: str, amount: int) -> None:
        """Takes money that has to arrive whole."""
        received = self.received(money, amount)
        if received != amount:
            raise RefusedError("PaymentNotReceived", money, received, amount)
        self.wallets[payer, money] -= amount

    def deposit_payment(self, name: str, money: str, amount: int, payer: str) -> None:
        """Money of a payer's, for an account."""
        if amount == 0:
            raise RefusedError("NothingToMove")
        self.pay(money, payer, amount)
        self.wallets[AUTO_RETIRE, money] += amount
        self.accounts[name].payments[money] += amount

    def withdraw_payment(self, name: str, money: str, amount: int, to: str) -> None:
        """Money of an account's own deposit."""
        account = self.accounts[name]
        if amount == 0:
            raise RefusedError("NothingToMove")
        if amount > account.payments[money]:
            raise RefusedError("DepositExceeded", amount, account.payments[money])
        account.payments[money] -= amount
        self.wallets[AUTO_RETIRE, money] -= amount
        self.wallets[to, money] += self.received(money, amount)

    def list(self, listing: ListingModel) -> None:
        """Credits of a seller's, for money."""
        if self.credits[listing.token_id].on_hold:
            raise RefusedError("NothingRetirable", listing.token_id)
        self.move(listing.token_id, listing.seller, listing.units)
        self.listings[listing.listing_id] = listing

    def sell(self, listing_id: int, units: int, buyer: str) -> int:
        """Takes units from a listing against the buyer's money; their cost."""
        listing = self.listings[listing_id]
        if listing.units == 0:
            raise RefusedError("UnknownListing", listing_id)
        if listing.expired:
            raise RefusedError("ListingExpired", listing_id)
        if units == 0 or units > listing.units:
            raise RefusedError("UnitsNotListed", listing_id, units, listing.units)
        if self.credits[listing.token_id].on_hold:
            raise RefusedError("NothingRetirable", listing.token_id)
        cost = cost_of(units, listing.price_per_tonne)
        self.pay(listing.money, buyer, cost)
        self.proceeds[listing.seller, listing.money] += cost
        listing.units -= units
        return cost

    def cancel(self, listing_id: int, seller: str) -> None:
        """Gives a seller's credits back."""
        listing = self.listings[listing_id]
        if listing.units == 0:
            raise RefusedError("UnknownListing", listing_id)
        if listing.seller != seller:
            raise RefusedError("NotSeller", listing_id, listing.seller)
        if self.credits[listing.token_id].on_hold:
            raise RefusedError("CreditIsSuspended", listing.token_id)
        self.held[listing.token_id, seller] += listing.units
        listing.units = 0

    def withdraw_proceeds(self, seller: str, money: str) -> None:
        """Gives a seller all that the market owes."""
        amount = self.proceeds[seller, money]
        if amount == 0:
            raise RefusedError("NothingToWithdraw")
        self.proceeds[seller, money] = 0
        self.wallets[seller, money] += self.received(money, amount)

    def retire(self, token_id: int, units: int, beneficiary: str) -> None:
        """Writes down what is retired for whom."""
        credit = self.credits[token_id]
        assert units <= credit.retirable_units
        credit.retired_units += units
        self.accounts[beneficiary].retired[token_id] += units

    def settle(
        self, name: str, caller: str, now: int, listing_ids: tuple[int, ...] | None = None
    ) -> Settlement:
        """Settles an account; with listings that the caller names, where any are given.

        Args:
            name: whose emissions.
            caller: who calls.
            now: Unix seconds.
            listing_ids: empty as well as None leave the choice to the policy; None is `settle`.
        """
        account = self.accounts[name]
        if listing_ids is not None and caller != name and caller not in account.keepers:
            raise RefusedError("NotKeeper", name, caller)
        outstanding = account.outstanding_micrograms
        is_due = 0 < account.threshold_micrograms <= outstanding
        if outstanding == 0 or not (is_due or caller == name):
            return Settlement(0)
        settlement = Settlement(-(-outstanding // MICROGRAMS_PER_UNIT))
        has_queue = bool(account.queue)
        self._draw_on_named(name, settlement, now)
        self._draw_on_queue(name, settlement, now)
        if account.policy is not None and account.policy.money:
            if listing_ids:
                self._buy_listings(name, settlement, now, listing_ids)
            else:
                self._buy_named(name, settlement, now)
        if settlement.has_held_back:
            settlement.may_hold_back = False
            self._draw_on_named(name, settlement, now)
            self._draw_on_queue(name, settlement, now)
        leaves_traces = has_queue or settlement.acts or settlement.has_swept
        if settlement.units == 0 and not leaves_traces:
            refused = RefusedError("NothingDeposited", name)
            refused.limits = settlement.limits
            raise refused
        if settlement.left_units and len(settlement.retired) == RETIREMENTS_PER_SETTLEMENT:
            settlement.limits.add("count")
        return settlement

    def _drawable(self, name: str, settlement: Settlement, token_id: int) -> int:
        account, credit = self.accounts[name], self.credits[token_id]
        if account.deposits[token_id] == 0 or not self.is_taken(name, token_id):
            return 0
        if credit.on_hold:
            settlement.limits.add("hold")
        units = min(account.deposits[token_id], settlement.left_units)
        return min(units, credit.retirable_units)

    def _draw(self, name: str, settlement: Settlement, token_id: int, units: int) -> None:
        if units == 0:
            return
        self.accounts[name].deposits[token_id] -= units
        self.retire(token_id, units, name)
        settlement.acts.append(Drawn(token_id, units))

    def _holds_back(self, name: str, settlement: Settlement, units: int, now: int) -> bool:
        """Whether a draw is left, since the last retirement is for a purchase that goes further."""
        account = self.accounts[name]
        money, price = "", 0
        if account.policy:
            money, price = account.policy.money, account.policy.max_price_per_tonne
        if (
            settlement.may_hold_back
            and len(settlement.retired) == RETIREMENTS_PER_SETTLEMENT - 1
            and 0 < units < settlement.left_units
            and min(account.payments[money], account.budget_left(now))
            >= max(1, cost_of(units, price))
        ):
            settlement.has_held_back = True
            return True
        return False

    def _draw_on_named(self, name: str, settlement: Settlement, now: int) -> None:
        policy = self.accounts[name].policy
        for token_id in policy.accepts if policy else ():
            if settlement.is_open and token_id in self.credits:
                units = self._drawable(name, settlement, token_id)
                if not self._holds_back(name, settlement, units, now):
                    self._draw(name, settlement, token_id, units)

    def _draw_on_queue(self, name: str, settlement: Settlement, now: int) -> None:
        """What has nothing more to give leaves the queue; what is on hold goes to its end."""
        account = self.accounts[name]
        waiting: list[int] = []
        looks = dropped = 0
        while account.queue and settlement.is_open and looks < LOOKS_PER_SETTLEMENT:
            token_id = account.queue[0]
            units = self._drawable(name, settlement, token_id)
            if self._holds_back(name, settlement, units, now):
                break
            is_waiting = (
                account.deposits[token_id] > 0
                and self.is_taken(name, token_id)
                and self.credits[token_id].on_hold
            )
            if units == account.deposits[token_id] or units == 0:
                account.queue.pop(0)
            if is_waiting:
                waiting.append(token_id)
            if units == 0 and not is_waiting and dropped < ENTRIES_DROPPED:
                dropped += 1
            else:
                looks += 1
            self._draw(name, settlement, token_id, units)
        account.queue += waiting

    def _buy_named(self, name: str, settlement: Settlement, now: int) -> None:
        policy = self.accounts[name].policy
        assert policy is not None
        for named in policy.accepts:
            is_registry = named << 64 & (2**256 - 1) == 0
            if is_registry or not settlement.is_open:
                continue
            in_book = [
                one
                for one in self.listings.values()
                if one.money == policy.money and one.token_id >> 128 == named >> 128
            ]
            token_id = named if named in self.credits else 0
            terms = (LOOKS_PER_SETTLEMENT, token_id, self.on_hold)
            offers = offers_model(in_book, policy.max_price_per_tonne, *terms)
            if not offers and not settlement.has_swept:
                settlement.has_swept = self._sweep(in_book, policy.max_price_per_tonne, token_id)
                offers = offers_model(in_book, policy.max_price_per_tonne, *terms)
            for listing_id, *_ in offers_model(in_book, 2**256 - 1, *terms)[len(offers) :]:
                self._note_price(name, settlement, now, listing_id)
            if self.on_hold.intersection(one.token_id for one in in_book if one.is_searched):
                settlement.limits.add("hold")
            for listing_id, offered_token_id, units, _ in offers:
                if settlement.is_open and self.is_suitable(policy, offered_token_id):
                    self._buy(name, settlement, now, listing_id, units)

    def _sweep(self, in_book: list[ListingModel], max_price: int, token_id: int) -> bool:
        """Takes out of a book what is over among the first that stand in it; whether there was any.

        Credits of the model neither expire nor are cancelled, so that only listings can be over.
        """
        booked = sorted(
            (one for one in in_book if one.is_searched and token_id in (0, one.token_id)),
            key=lambda one: (one.price_per_tonne, one.listing_id),
        )
        over = [
            one
            for one in booked[:LISTINGS_SWEPT]
            if one.expired and one.price_per_tonne <= max_price
        ]
        for one in over:
            one.unbooked = True
        return bool(over)

    def _buy_listings(
        self, name: str, settlement: Settlement, now: int, listing_ids: tuple[int, ...]
    ) -> None:
        policy = self.accounts[name].policy
        assert policy is not None
        for listing_id in listing_ids:
            listing = self.listings[listing_id]
            if not settlement.is_open or listing.money != policy.money or listing.units == 0:
                continue
            if listing.price_per_tonne > policy.max_price_per_tonne:
                self._note_price(name, settlement, now, listing_id)
            elif self.is_taken(name, listing.token_id):
                units = min(listing.units, self.credits[listing.token_id].retirable_units)
                self._buy(name, settlement, now, listing_id, units)

    def _is_for_sale(self, listing: ListingModel) -> bool:
        return (
            not listing.expired
            and not self.credits[listing.token_id].on_hold
            and self.fee_percent[listing.money] == 0
        )

    def _note_price(self, name: str, settlement: Settlement, now: int, listing_id: int) -> None:
        account, listing = self.accounts[name], self.listings[listing_id]
        has_funds = min(account.payments[listing.money], account.budget_left(now)) > 0
        is_taken = self.is_taken(name, listing.token_id)
        if has_funds and is_taken and self._is_for_sale(listing):
            settlement.limits.add("price")

    def _buy(
        self, name: str, settlement: Settlement, now: int, listing_id: int, offered_units: int
    ) -> None:
        account, listing = self.accounts[name], self.listings[listing_id]
        policy = account.policy
        assert policy is not None
        wanted_units = min(offered_units, settlement.left_units)
        funds, budget = account.payments[policy.money], account.budget_left(now)
        units = min(wanted_units, min(funds, budget) * TONNE // listing.price_per_tonne)
        if units < wanted_units and self._is_for_sale(listing):
            settlement.limits.add("money" if funds < budget else "budget")
        if units == 0:
            return
        try:
            cost = self.sell(listing_id, units, AUTO_RETIRE)
        except RefusedError as refused:
            settlement.acts.append(Failed(listing_id, refused.error))
            return
        account.payments[policy.money] -= cost
        account.spent[policy.money] = (account.spent_in_period(now) + cost, now)
        self.retire(listing.token_id, units, name)
        settlement.acts.append(Bought(listing_id, units, cost))
