"""Whom the keeper looks at: accounts that it was given, or all that ever set a threshold."""

from __future__ import annotations

from collections.abc import Iterable

from gasprint.keeper.contracts import KeeperContracts
from gasprint.keeper.following import Following


class Watchlist:
    """The accounts, in the order in which they came."""

    def __init__(self, contracts: KeeperContracts, accounts: Iterable[str] = ()) -> None:
        """Follow `accounts` alone, or all that set a threshold where there are none."""
        self._contracts = contracts
        self._accounts = dict.fromkeys(accounts)
        self._is_fixed = bool(self._accounts)
        self._following = Following(contracts.deployed.block_number)

    @property
    def accounts(self) -> list[str]:
        """All of them."""
        return list(self._accounts)

    def follow(self, newest_block: int) -> int:
        """Read on to a block; how many accounts are new.

        Raises:
            InputError: if the node fails.
        """
        if self._is_fixed:
            return 0
        before = len(self._accounts)
        self._following.read_on(newest_block, self._read)
        return len(self._accounts) - before

    def _read(self, blocks: range) -> None:
        self._accounts |= dict.fromkeys(self._contracts.threshold_setters(blocks))
