"""Finds the blocks of serials that meet: equal, one inside another, or sharing a part.

All blocks are numbered through one sequence, whichever registry kept them, as the contract counts
them. Let a block run from `first` to `last`, both included. A row then is

- `duplicate` if another row has the same block. It is told with the first such row of the file,
  which itself is told with the second.
- `nested` if its block lies inside a larger one, told with the block that reaches furthest, and of
  those the one that starts first.
- `contains` if a smaller block lies inside its own, told with the one that ends first, and of
  those the one that starts last.
- `overlapping` if another block holds some but not all of its serials, and others besides. It is
  told with the block that starts before it, of several the one that starts first, and of those
  the one that reaches furthest; or, where none starts before it, with the block that reaches
  furthest beyond it, and of those the one that starts first.

So a row has each kind at most once, and a row of no kind shares no serial with any other. Where the
block to be told is in several rows, the first of them is named.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gasprint.registry_export.kinds import Kind

Places = NDArray[np.int64]
Numbers = NDArray[np.uint64]


class Meeting(NamedTuple):
    """Rows of one kind, each with the row that it meets.

    Attributes:
        kind: how they meet.
        rows: numbers of the rows of which this is told.
        other_rows: for each, the number of the row it meets.
    """

    kind: Kind
    rows: Places
    other_rows: Places


def find_meetings(row_numbers: Places, first: Numbers, last: Numbers) -> list[Meeting]:
    """All rows whose blocks meet others', by kind.

    It takes the time of sorting, and memory in proportion to the rows, however many blocks meet.

    Args:
        row_numbers: number of each row, shape (rows,), all different.
        first: first serial number of each row's block, shape (rows,).
        last: last serial number of each row's block, shape (rows,).
    """
    # By start, the longer block first, then as in the file: no later block contains an earlier.
    order = np.lexsort((row_numbers, ~last, first))
    row_numbers, first, last = row_numbers[order], first[order], last[order]
    is_new = np.ones(len(order), dtype=np.bool_)
    is_new[1:] = (first[1:] != first[:-1]) | (last[1:] != last[:-1])
    block_of_row = np.cumsum(is_new) - 1
    first_rows = row_numbers[is_new]

    meetings = [_duplicates(row_numbers, is_new, block_of_row)]
    for kind, others in _between_blocks(first[is_new], last[is_new]).items():
        other_of_row = others[block_of_row]
        met = other_of_row >= 0
        meetings.append(Meeting(kind, row_numbers[met], first_rows[other_of_row[met]]))
    return meetings


def _duplicates(row_numbers: Places, is_new: NDArray[np.bool_], block_of_row: Places) -> Meeting:
    others = row_numbers[is_new][block_of_row]
    starts_several = np.zeros(len(is_new), dtype=np.bool_)
    starts_several[:-1] = is_new[:-1] & ~is_new[1:]
    others[starts_several] = row_numbers[1:][starts_several[:-1]]
    met = ~is_new | starts_several
    return Meeting(Kind.DUPLICATE, row_numbers[met], others[met])


def _between_blocks(first: Numbers, last: Numbers) -> dict[Kind, Places]:
    """For each of different blocks in their order, the place of the one it meets, or -1."""
    place = np.arange(len(first), dtype=np.int64)
    by_reach = np.lexsort((~first, last))
    # Of two blocks, the one with the greater reach ends later, or with the other and starts before.
    reach = np.empty_like(place)
    reach[by_reach] = place

    before = np.full(len(place), -1, dtype=np.int64)
    before[1:] = np.maximum.accumulate(reach)[:-1]
    after = np.full(len(place), len(place), dtype=np.int64)
    after[:-1] = np.minimum.accumulate(reach[::-1])[::-1][1:]

    reaching_on = _greatest_within(
        reach, np.searchsorted(first, first, "right"), np.searchsorted(first, last, "right")
    )
    lasts = last[by_reach]
    coming_in = -_greatest_within(
        -place[by_reach], np.searchsorted(lasts, first), np.searchsorted(lasts, last)
    )

    def told(condition: NDArray[np.bool_], reaches: Places) -> Places:
        return np.where(condition, by_reach[np.where(condition, reaches, 0)], -1)

    return {
        Kind.NESTED: told(before > reach, before),
        Kind.CONTAINS: told(after < reach, after),
        Kind.OVERLAPPING: np.where(
            coming_in < place, coming_in, told(reaching_on > reach, reaching_on)
        ),
    }


def _greatest_within(values: Places, starts: Places, stops: Places) -> Places:
    """For each pair of a start and a stop, the greatest value from the one up to the other.

    Ranges are answered by two windows of a power of two that cover them; only the windows of one
    width are kept at a time. An empty range gives less than any value.
    """
    greatest = np.full(len(values), -len(values) - 1, dtype=np.int64)
    lengths = stops - starts
    width, windows = 1, values
    while len(lengths) and width <= lengths.max():
        asked = np.flatnonzero((lengths >= width) & (lengths < 2 * width))
        greatest[asked] = np.maximum(windows[starts[asked]], windows[stops[asked] - width])
        windows = np.maximum(windows[:-width], windows[width:])
        width *= 2
    return greatest
