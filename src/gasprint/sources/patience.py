"""Asks a node many questions: no faster than it allows, and again while it is busy."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gasprint._node import Node
from gasprint.errors import RefusalError, UnansweredError

_ATTEMPTS = 8
_PAUSE_SECONDS = 0.25
_LONGEST_PAUSE_SECONDS = 8.0

UNKNOWN_METHOD_CODES = (-32601, -32004)
"""Of JSON-RPC errors: there is no such method, or it is not offered."""


@dataclass
class PatientNode:
    """A node, and how to treat it.

    Attributes:
        node: what is asked.
        requests_per_second: how many questions at most, each of a batch counted; None for no limit.
        has_block_receipts: whether it answers `eth_getBlockReceipts`, as far as is known.
    """

    node: Node
    requests_per_second: float | None = None
    has_block_receipts: bool = True
    _free_at_seconds: float = field(default=0.0, repr=False)

    def ask(self, method: str, parameters: Sequence[Sequence[object]]) -> list[Any]:
        """What it answers to one method, asked many times over.

        Asked again, with longer and longer pauses, while it is busy (429), fails (5xx) or hangs;
        in halves, where it may be too much at once.

        Raises:
            InputError: with the last failure.
        """
        most = len(parameters)
        if self.requests_per_second:
            most = max(1, min(most, int(self.requests_per_second)))
        answers: list[Any] = []
        for start in range(0, len(parameters), max(most, 1)):
            answers += self._ask(method, parameters[start : start + most])
        return answers

    def _ask(self, method: str, parameters: Sequence[Sequence[object]]) -> list[Any]:
        for attempt in range(_ATTEMPTS):
            self._wait_for_turn(len(parameters))
            try:
                return self.node.batch_once(method, parameters)
            except (RefusalError, UnansweredError) as error:
                is_unknown = getattr(error, "code", None) in UNKNOWN_METHOD_CODES
                if attempt == _ATTEMPTS - 1 or is_unknown:
                    raise
                if attempt and len(parameters) > 1:
                    break
                time.sleep(min(_PAUSE_SECONDS * 2**attempt, _LONGEST_PAUSE_SECONDS))
        half = len(parameters) // 2
        return self._ask(method, parameters[:half]) + self._ask(method, parameters[half:])

    def _wait_for_turn(self, questions: int) -> None:
        if not self.requests_per_second:
            return
        now = time.monotonic()
        time.sleep(max(0.0, self._free_at_seconds - now))
        self._free_at_seconds = max(now, self._free_at_seconds) + (
            questions / self.requests_per_second
        )
