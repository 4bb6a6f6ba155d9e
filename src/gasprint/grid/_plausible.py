"""What no grid emits, and so is a slip of whoever wrote the figure down."""

from __future__ import annotations

from collections.abc import Sequence

HIGHEST_GRAMS_PER_KWH = 2500
"""Above any grid: the worst power stations, burning oil shale or lignite, stay below it."""

LOWEST_LIFE_CYCLE_GRAMS_PER_KWH = 10
"""Below any grid's life cycle: IPCC 2014 gives 11 for wind on land, the least of its medians."""

_LEAST_SHARE_OF_NEIGHBOURS = 1 / 50
_NEIGHBOURS_FROM_GRAMS_PER_KWH = 100


def implausible(grams_per_kwh: float, neighbours: Sequence[float] = ()) -> str | None:
    """What is wrong with an intensity, in words that follow `is`; None where nothing is.

    Args:
        grams_per_kwh: g CO2e per kWh.
        neighbours: what the same region has before and after, or in other tables.
    """
    if not 0 <= grams_per_kwh <= HIGHEST_GRAMS_PER_KWH:
        return f"outside of what a grid can emit, 0 to {HIGHEST_GRAMS_PER_KWH} g/kWh"
    least = min(neighbours, default=0.0)
    if (
        least >= _NEIGHBOURS_FROM_GRAMS_PER_KWH
        and grams_per_kwh < least * _LEAST_SHARE_OF_NEIGHBOURS
    ):
        return f"next to {least:g} g/kWh, of which it is not a fiftieth; is its unit g/kWh?"
    return None


def first_implausible(grams_per_kwh: Sequence[float]) -> tuple[int, str] | None:
    """The first of the intensities of a series that is none, and what is wrong with it."""
    for index, value in enumerate(grams_per_kwh):
        neighbours = [
            *grams_per_kwh[max(index - 1, 0) : index],
            *grams_per_kwh[index + 1 : index + 2],
        ]
        if problem := implausible(value, neighbours):
            return index, problem
    return None
