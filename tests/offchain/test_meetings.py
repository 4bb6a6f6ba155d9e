"""Which blocks meet, against a comparison of every block with every other.

given random blocks on a short line, so that they are often equal, nested, chained or disjoint
    every row has the same kinds, and names the same other rows, as its documentation says
given numbers at the end of 64 bits, or no rows
    nothing overflows
"""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gasprint.registry_export.kinds import Kind
from gasprint.registry_export.meetings import find_meetings

Block = tuple[int, int]
Told = set[tuple[Kind, int, int]]
LARGEST = 2**64 - 1

# Row 2 is the first under the heading.
FIRST_ROW = 2


def lines_of(limit: int) -> st.SearchStrategy[list[Block]]:
    block = st.tuples(st.integers(1, limit), st.integers(1, limit)).map(sorted).map(tuple)
    return st.lists(block, max_size=40)  # type: ignore[arg-type]


def found(blocks: list[Block]) -> Told:
    rows = np.arange(len(blocks), dtype=np.int64) + FIRST_ROW
    first, last = (np.array([each[at] for each in blocks], dtype=np.uint64) for at in (0, 1))
    told = [
        (kind, int(row), int(other))
        for kind, rows_of_kind, others in find_meetings(rows, first, last)
        for row, other in zip(rows_of_kind, others, strict=True)
    ]
    assert len(told) == len({(kind, row) for kind, row, _ in told})
    return set(told)


def compared_with_every_other(blocks: list[Block]) -> Told:
    told: Told = set()
    for at, (first, last) in enumerate(blocks):
        others = [(*block, row) for row, block in enumerate(blocks, FIRST_ROW)]
        del others[at]
        same = [b for b in others if b[:2] == (first, last)]
        around = [b for b in others if b not in same and b[0] <= first and b[1] >= last]
        inside = [b for b in others if b not in same and b[0] >= first and b[1] <= last]
        into = [b for b in others if b[0] < first <= b[1] < last]
        beyond = [b for b in others if first < b[0] <= last < b[1]]
        row = at + FIRST_ROW
        if same:
            told.add((Kind.DUPLICATE, row, min(b[2] for b in same)))
        if around:
            told.add((Kind.NESTED, row, min(around, key=lambda b: (-b[1], b[0], b[2]))[2]))
        if inside:
            told.add((Kind.CONTAINS, row, min(inside, key=lambda b: (b[1], -b[0], b[2]))[2]))
        if into:
            told.add((Kind.OVERLAPPING, row, min(into, key=lambda b: (b[0], -b[1], b[2]))[2]))
        elif beyond:
            told.add((Kind.OVERLAPPING, row, min(beyond, key=lambda b: (-b[1], b[0], b[2]))[2]))
    return told


@given(st.one_of(lines_of(8), lines_of(60), lines_of(1000)))
@settings(max_examples=1500)
def test_agrees_with_a_comparison_of_every_pair(blocks: list[Block]) -> None:
    assert found(blocks) == compared_with_every_other(blocks)


def test_a_chain_names_the_neighbour_before() -> None:
    assert found([(1, 10), (8, 20), (18, 30)]) == {
        (Kind.OVERLAPPING, 2, 3),
        (Kind.OVERLAPPING, 3, 2),
        (Kind.OVERLAPPING, 4, 3),
    }


def test_neighbours_do_not_meet() -> None:
    assert found([(1, 10), (11, 11), (12, 30)]) == set()
    assert found([]) == set()


def test_the_largest_numbers_do_not_overflow() -> None:
    blocks = [(1, LARGEST), (LARGEST, LARGEST), (LARGEST, LARGEST), (1, LARGEST - 1)]
    assert found(blocks) == compared_with_every_other(blocks)
