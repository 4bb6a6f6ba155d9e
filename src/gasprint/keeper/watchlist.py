"""Whom the keeper looks at: accounts that it was given, or all that ever set a threshold."""

from __future__ import annotations

from collections.abc import Iterable

from gasprint.errors import InputError, UnansweredError
from gasprint.keeper.contracts import KeeperContracts

_BLOCKS_PER_REQUEST = 2_000
_BLOCKS_REREAD = 64
"""So many of the newest blocks may be given up for others, or told of by a node that lacks logs."""


class Watchlist:
    """The accounts, in the order in which they came."""

    def __init__(self, contracts: KeeperContracts, accounts: Iterable[str] = ()) -> None:
        """Follow `accounts` alone, or all that set a threshold where there are none."""
        self._contracts = contracts
        self._accounts = dict.fromkeys(accounts)
        self._is_fixed = bool(self._accounts)
        self._next_block = contracts.deployed.block_number
        self._blocks_per_request = _BLOCKS_PER_REQUEST

    @property
    def accounts(self) -> list[str]:
        """All of them."""
        return list(self._accounts)

    def follow(self, newest_block: int) -> int:
        """Read on to a block; how many accounts are new.

        What was read before a failure needs not be read again.

        Raises:
            InputError: if the node fails.
        """
        if self._is_fixed:
            return 0
        before = len(self._accounts)
        first = max(self._contracts.deployed.block_number, self._next_block - _BLOCKS_REREAD)
        while first <= newest_block:
            last = min(first + self._blocks_per_request - 1, newest_block)
            # One request, of one step.
            blocks = range(first, last + 1, last + 1 - first)
            try:
                self._accounts |= dict.fromkeys(self._contracts.threshold_setters(blocks))
            except UnansweredError:
                raise
            except InputError:
                # Services bound the blocks of a request, each in its own way.
                self._blocks_per_request = max(self._blocks_per_request // 2, 1)
                raise
            first = self._next_block = last + 1
        return len(self._accounts) - before
