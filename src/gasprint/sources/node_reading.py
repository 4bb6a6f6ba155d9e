"""Which blocks to read of a node, and how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

Moment = int | date | datetime
"""A block's number, or a time in UTC; a day is its beginning."""


@dataclass(frozen=True)
class NodeReading:
    """What to read of a node, and how.

    Attributes:
        since: the first block, or the time from which on blocks count.
        until: the last block, or the time before which they count; None for the newest block.
        parts: folder of what was read; None for one of the user's cache.
        requests_per_second: how many questions to ask of the node at most; None for no limit.
        progress: takes how many blocks are read by now, and how many there are to read.
    """

    since: Moment | None = None
    until: Moment | None = None
    parts: Path | None = None
    requests_per_second: float | None = None
    progress: Callable[[int, int], None] | None = None
