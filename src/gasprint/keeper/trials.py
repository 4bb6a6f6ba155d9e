"""Settlements tried out before anything is signed: what they retire, and with how much gas.

The least gas with which a settlement passes is not what it needs: it catches a purchase that fails,
also one that only ran out of gas. So the limit is tried too, and that at the fees that will be
paid: an account's payment token may see that nothing is, and behave only then.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gasprint._abi import CODEC
from gasprint._reverts import error_name, sentence
from gasprint.errors import RefusalError
from gasprint.keeper.clogged import clogged
from gasprint.keeper.contracts import KeeperContracts, Moment
from gasprint.keeper.listings import Listings

_NOTHING = "nothing_to_retire"
_OUT_OF_GAS = re.compile("out ?of ?gas|gas required exceeds|intrinsic gas", re.IGNORECASE)


@dataclass(frozen=True)
class Failure:
    """Why an account is not settled now.

    Attributes:
        kind: one of few, for a metric's label.
        reason: in words.
    """

    kind: str
    reason: str


@dataclass(frozen=True)
class Trial:
    """A settlement that would go through, or make way for one.

    Attributes:
        account: whose.
        units: that it would retire; 0 where it only takes out of its way what is over.
        gas_limit: with which it does.
        listing_ids: of the market, where the keeper chose; empty where the contract does.
    """

    account: str
    units: int
    gas_limit: int
    listing_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Trials:
    """How settlements are tried.

    Attributes:
        contracts: what settles.
        sender: who would.
        max_gas: a settlement that takes more is refused.
        min_units: so is one that retires less.
        listings: of the market, for who approved the sender as keeper; None to leave them alone.
    """

    contracts: KeeperContracts
    sender: str
    max_gas: int
    min_units: int
    listings: Listings | None = None

    def run(
        self, accounts: Sequence[str], block: int, now: Moment | None = None
    ) -> tuple[list[Trial], dict[str, Failure]]:
        """Try to settle each account as of a block: those that can be, and what ails the others.

        `now` says what would be paid; None where nobody would.

        Raises:
            InputError: if the node fails.
        """
        data = {account: self.contracts.settle_data(account) for account in accounts}
        listings = self._by_listings(data, block)
        data |= {
            account: self.contracts.settle_data(account, listing_ids)
            for account, listing_ids in listings.items()
        }
        failures: dict[str, Failure] = {}
        units: dict[str, int] = {}
        for account, answer in self._answers(data, self.max_gas, block).items():
            if isinstance(answer, RefusalError):
                failures[account] = why(answer)
            elif (found := _units(answer)) < self.min_units:
                failures[account] = _too_little(found, self.min_units)
            else:
                units[account] = found

        nothing = [account for account, failure in failures.items() if failure.kind == _NOTHING]
        # What such a settlement retires none for, the one after it may buy.
        for account in clogged(self.contracts, nothing, self.min_units, block):
            del failures[account]
            units[account] = 0

        left = {account: data[account] for account in units}
        limits: dict[str, int] = {}
        for account, answer in self._answers(left, self.max_gas, block, "eth_estimateGas").items():
            if isinstance(answer, RefusalError):
                failures[account] = why(answer)
            elif (gas := int(answer, 16)) > self.max_gas:
                failures[account] = Failure("out_of_gas", f"takes {gas} gas, above --max-gas")
            else:
                # What others send before it may change what it costs.
                limits[account] = min(gas + gas // 4, self.max_gas)

        tried = self._paid(left, limits, block, now)
        more = {e: self.max_gas for e in limits if _units_or_none(tried[e]) < units[e]}
        tried |= self._paid(left, more, block, now)
        made = []
        for account, limit in (limits | more).items():
            answer = tried[account]
            if isinstance(answer, RefusalError):
                failures[account] = why(answer)
            elif (found := _units(answer)) < min(self.min_units, units[account]):
                failures[account] = _too_little(found, self.min_units)
            else:
                made.append(Trial(account, found, limit, listings.get(account, ())))
        return made, failures

    def _paid(
        self, data: dict[str, str], limits: dict[str, int], block: int, now: Moment | None
    ) -> dict[str, Any]:
        calls = [self._call(data[account], gas) for account, gas in limits.items()]
        if now is not None:
            fees = now.market.offer()
            paid = {
                "maxFeePerGas": hex(fees.max_fee_wei),
                "maxPriorityFeePerGas": hex(fees.priority_fee_wei),
            }
            # What the key cannot pay for, a node does not try; nor is it sent.
            calls = [
                call | paid if now.can_pay(gas) else call
                for call, gas in zip(calls, limits.values(), strict=True)
            ]
        return dict(zip(limits, self.contracts.call_each(calls, block), strict=True))

    def _by_listings(self, data: dict[str, str], block: int) -> dict[str, tuple[int, ...]]:
        """The accounts for which listings of the keeper's choice retire more, and those."""
        chosen = self.listings.chosen(list(data), block) if self.listings is not None else {}
        if not chosen:
            return {}
        alone = self._answers({account: data[account] for account in chosen}, self.max_gas, block)
        calls = {
            account: self.contracts.settle_data(account, listing_ids)
            for account, listing_ids in chosen.items()
        }
        by_choice = self._answers(calls, self.max_gas, block)
        return {
            account: listing_ids
            for account, listing_ids in chosen.items()
            if _units_or_none(by_choice[account]) > _units_or_none(alone[account])
        }

    def _answers(
        self, data: dict[str, str], gas: int, block: int, method: str = "eth_call"
    ) -> dict[str, Any]:
        calls = [self._call(each, gas) for each in data.values()]
        return dict(zip(data, self.contracts.call_each(calls, block, method), strict=True))

    def _call(self, data: str, gas: int) -> dict[str, str]:
        return {"from": self.sender, "data": data, "gas": hex(gas)}


def why(refusal: RefusalError) -> Failure:
    """What a refused settlement fails for."""
    data = refusal.data
    # Some nodes tell more than what it reverted with.
    reverted_with = data.get("result") if isinstance(data, dict) else data
    if text := sentence(reverted_with):
        return Failure(error_name(reverted_with) or "reverted", text)
    if _OUT_OF_GAS.search(str(refusal)):
        return Failure("out_of_gas", "takes more gas than --max-gas allows")
    return Failure("refused", str(refusal))


def _units(answer: str) -> int:
    units, _ = CODEC.decode(["uint256", "uint256[]"], bytes.fromhex(answer[2:]))
    return int(units)


def _units_or_none(answer: Any) -> int:
    return 0 if isinstance(answer, RefusalError) else _units(answer)


def _too_little(units: int, min_units: int) -> Failure:
    if units == 0:
        return Failure(_NOTHING, "nothing could be retired for it now")
    return Failure("too_little", f"would retire {units} units, less than {min_units}")
