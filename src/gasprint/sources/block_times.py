"""When blocks were made, by their number, for receipts that do not say.

Between two blocks whose times are known, all are taken to have been equally far apart. Before the
merge that is off by as much as the difficulty moved within a week, after it by the slots that were
missed; `ERROR_SECONDS` is the most that was seen. That is fine for what is known by the day, such
as the network's power, but says nothing of how long a single block took.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from gasprint._data import read_rows
from gasprint.errors import SourceError

KNOWN_TIMES = {
    "ethereum": "ethereum/block_times.csv",
    "ethereum-pow": "ethereum/block_times.csv",
}
"""Networks whose blocks can be dated, and the shipped table of known times."""

ERROR_SECONDS = 13 * 3600
"""By how much a block's time was seen to be off; `data/README.md` says how that was found."""


def times_of_blocks(numbers: Sequence[int], network: str) -> list[int]:
    """When blocks of a network were made: Unix seconds, within `ERROR_SECONDS`.

    Args:
        numbers: of the blocks.
        network: such as `ethereum`.

    Raises:
        SourceError: if the network's blocks cannot be dated, or one is beyond those known.
    """
    if network not in KNOWN_TIMES:
        raise SourceError(
            f"blocks of {network!r} cannot be dated by their number, only those of "
            f"{', '.join(KNOWN_TIMES)}; give the blocks, or say when with --at 2021-10-08"
        )
    known, times = _known(network)
    for number in numbers:
        if not known[0] <= number <= known[-1]:
            raise SourceError(
                f"block {number} of {network} cannot be dated, only {known[0]} to {known[-1]}; "
                "give the blocks, or say when with --at 2021-10-08"
            )
    return [int(each) for each in np.rint(np.interp(numbers, known, times))]


def doubt_of_time(number: int, told: datetime, network: str) -> str:
    """Why a block's time cannot be right; nothing where it may be, or is not known."""
    if network not in KNOWN_TIMES:
        return ""
    known, _ = _known(network)
    if not known[0] <= number <= known[-1]:
        return ""
    (seconds,) = times_of_blocks([number], network)
    if abs(told.timestamp() - seconds) <= 2 * ERROR_SECONDS:
        return ""
    made = datetime.fromtimestamp(seconds, UTC)
    return (
        f"block {number} is dated {told:%Y-%m-%d %H:%M} UTC, but that of {network} was made about "
        f"{made:%Y-%m-%d}: is it of another chain, or is its time wrong?"
    )


def usual_seconds_between(
    network: str, first: datetime, last: datetime
) -> tuple[Decimal, str] | None:
    """What a network's blocks took on average, in thousandths of a second, and whence that is.

    Between the known times around `first` and `last`, or the last two, if all are before.

    Returns:
        None for a network whose blocks' times are not known.
    """
    if network not in KNOWN_TIMES:
        return None
    known, times = _known(network)
    start = min(max(int(np.searchsorted(times, first.timestamp(), "right")) - 1, 0), len(times) - 2)
    end = min(max(int(np.searchsorted(times, last.timestamp())), start + 1), len(times) - 1)
    seconds, blocks = int(times[end] - times[start]), int(known[end] - known[start])
    between = " to ".join(
        f"{datetime.fromtimestamp(int(times[each]), UTC):%Y-%m-%d}" for each in (start, end)
    )
    return (
        (Decimal(seconds) / blocks).quantize(Decimal("0.001")),
        f"{seconds} s / {blocks} blocks of {network}, {between}, {KNOWN_TIMES[network]}",
    )


def _known(network: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    rows = read_rows(KNOWN_TIMES[network])
    numbers, times = (
        np.array([int(row[name]) for row in rows]) for name in ("number", "timestamp_unix_seconds")
    )
    return numbers, times
