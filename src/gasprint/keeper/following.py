"""Events read on as they come, a bounded number of blocks at a time."""

from __future__ import annotations

from collections.abc import Callable

from gasprint.errors import InputError, UnansweredError

_BLOCKS_PER_REQUEST = 2_000
_BLOCKS_REREAD = 64
"""So many of the newest blocks may be given up for others, or told of by a node that lacks logs."""


class Following:
    """How far the blocks have been read."""

    def __init__(self, first_block: int) -> None:
        """Begin at a block."""
        self._first_block = first_block
        self._next_block = first_block
        self._blocks_per_request = _BLOCKS_PER_REQUEST

    def read_on(self, newest_block: int, read: Callable[[range], None]) -> None:
        """Have `read` take each range of blocks up to the newest, of one step and so one request.

        What was read before a failure needs not be read again.

        Raises:
            InputError: if the node fails.
        """
        first = max(self._first_block, self._next_block - _BLOCKS_REREAD)
        while first <= newest_block:
            blocks = min(self._blocks_per_request, newest_block + 1 - first)
            try:
                read(range(first, first + blocks, blocks))
            except UnansweredError:
                raise
            except InputError:
                # Services bound the blocks of a request, each in its own way; or what they hold,
                # which is more in some than in others.
                if blocks == 1:
                    raise
                self._blocks_per_request = blocks // 2
                continue
            if blocks == self._blocks_per_request:
                self._blocks_per_request = min(2 * blocks, _BLOCKS_PER_REQUEST)
            first = self._next_block = first + blocks
