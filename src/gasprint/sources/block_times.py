"""When blocks were made, by their number, for receipts that do not say.

Between two blocks whose times are known, all are taken to have been equally far apart. Before the
merge that is off by as much as the difficulty moved within a week, after it by the slots that were
missed; `ERROR_SECONDS` is the most that was seen. That is fine for what is known by the day, such
as the network's power, but says nothing of how long a single block took.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gasprint._data import read_rows
from gasprint.errors import SourceError

KNOWN_TIMES = {"ethereum": "ethereum/block_times.csv"}
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
    rows = read_rows(KNOWN_TIMES[network])
    known = np.array([int(row["number"]) for row in rows])
    times = np.array([int(row["timestamp_unix_seconds"]) for row in rows])
    for number in numbers:
        if not known[0] <= number <= known[-1]:
            raise SourceError(
                f"block {number} of {network} cannot be dated, only {known[0]} to {known[-1]}; "
                "give the blocks, or say when with --at 2021-10-08"
            )
    return [int(each) for each in np.rint(np.interp(numbers, known, times))]
