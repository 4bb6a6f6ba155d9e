"""Units of a registry that something was done to: each from one to before another, in order."""

from __future__ import annotations

from collections.abc import Iterable

Ranges = list[tuple[int, int]]


def merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """The same units, where ranges that meet or overlap are one."""
    found: Ranges = []
    for first, end in sorted(ranges):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((first, end))
    return found


def within(ranges: Ranges, first: int, end: int) -> int:
    """How many of the units from `first` to before `end` are in `ranges`."""
    return sum(max(0, min(b, end) - max(a, first)) for a, b in ranges)


def without(first: int, end: int, ranges: Ranges) -> Ranges:
    """The units from `first` to before `end` that are not in `ranges`."""
    left, at = [], first
    for a, b in ranges:
        if b > at and a < end:
            if a > at:
                left.append((at, min(a, end)))
            at = max(at, b)
    if at < end:
        left.append((at, end))
    return left
