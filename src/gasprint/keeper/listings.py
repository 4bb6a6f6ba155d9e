"""Listings that the keeper chooses for an account which approved it, where the contract finds none.

`settle` looks at the cheapest few listings of each credit and project that a policy names. Of a
registry it looks at none, and what can never be bought may stand before what can.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gasprint.errors import RefusalError
from gasprint.keeper.contracts import KeeperContracts, Listed
from gasprint.keeper.following import Following

_LOOKS = 64
_MOST_NAMED = 4


class Listings:
    """The market's listings, read on as they come."""

    def __init__(self, contracts: KeeperContracts, keeper: str) -> None:
        """Choose for whoever approved `keeper`."""
        self._contracts = contracts
        self._keeper = keeper
        self._listed: dict[int, Listed] = {}
        self._following = Following(contracts.market_block)

    def chosen(self, accounts: Sequence[str], block: int) -> dict[str, tuple[int, ...]]:
        """For each account that approved the keeper and buys: the cheapest that it may buy.

        Raises:
            InputError: if the node fails.
        """
        asked = [("isKeeper", account, self._keeper) for account in accounts]
        answers = self._contracts.ask_each(asked, block)
        approved = [a for a, answer in zip(accounts, answers, strict=True) if answer is True]
        if not approved:
            return {}
        self._following.read_on(block, self._read)
        policies = self._contracts.ask_each([("policyOf", each) for each in approved], block)
        found = {
            account: self._cheapest(account, policy, block)
            for account, policy in zip(approved, policies, strict=True)
            if not isinstance(policy, RefusalError)
        }
        return {account: listing_ids for account, listing_ids in found.items() if listing_ids}

    def _cheapest(self, account: str, policy: Any, block: int) -> tuple[int, ...]:
        payment_token, max_price_per_tonne = policy[3], policy[4]
        within = [
            each
            for each in self._listed.values()
            if each.payment_token.lower() == payment_token.lower()
            and each.price_per_tonne <= max_price_per_tonne
        ]
        tokens = list(dict.fromkeys(each.token_id for each in within))
        taken = self._contracts.ask_each([("isAccepted", account, each) for each in tokens], block)
        left = self._contracts.ask_each([("retirableUnits", each) for each in tokens], block)
        expired = self._contracts.ask_each([("isExpired", each) for each in tokens], block)
        buyable = {
            token_id
            for token_id, is_taken, units, is_expired in zip(
                tokens, taken, left, expired, strict=True
            )
            if is_taken is True and is_expired is False
            if not isinstance(units, RefusalError) and units > 0
        }
        within = sorted(
            (each for each in within if each.token_id in buyable),
            key=lambda each: (each.price_per_tonne, each.listing_id),
        )
        named: list[int] = []
        # A good many may be sold, cancelled or expired by now.
        for start in range(0, len(within), _LOOKS):
            part = [each.listing_id for each in within[start : start + _LOOKS]]
            still = self._contracts.offered(part, block)
            named += [each for each in part if each in still]
            if len(named) >= _MOST_NAMED:
                break
        return tuple(named[:_MOST_NAMED])

    def _read(self, blocks: range) -> None:
        self._listed |= {each.listing_id: each for each in self._contracts.listed(blocks)}
