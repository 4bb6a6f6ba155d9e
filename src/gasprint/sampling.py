"""Uncertainty by sampling: the middle 90 % of what totals come to, in place of their bounds.

The product of two lower bounds is lower than is likely. Here power and intensity are drawn from
triangular distributions, from lower to upper with the peak at best, independent of each other. All
time under one model has one draw, and all time on one grid: what is uncertain in them (a node
count, an efficiency) does not change from day to day, and would cancel out if it did. The shares
are taken as known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gasprint.bounds import Bounds
from gasprint.totals import Part

DISTRIBUTIONS = (
    "triangular from lower to upper with the peak at best, one draw a power model and one a grid, "
    "independent of each other"
)
_PERCENTILES = (5, 50, 95)

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """The middle 90 % of a figure, in its unit.

    Attributes:
        percentile_5: a draw is below it in 5 % of all cases.
        median: in half of them.
        percentile_95: in 95 % of them.
    """

    percentile_5: float
    median: float
    percentile_95: float


@dataclass(frozen=True)
class SampledTotals:
    """What totals come to, by draws.

    Attributes:
        energy_kwh: kWh.
        co2e_grams: g CO2e.
        samples: how many draws.
        seed: gives the same draws again.
        distributions: of what is drawn.
    """

    energy_kwh: Interval
    co2e_grams: Interval
    samples: int
    seed: int
    distributions: str = DISTRIBUTIONS


def sampled_totals(parts: Sequence[Part], samples: int, seed: int) -> SampledTotals:
    """The middle 90 % of the totals of some parts.

    Args:
        parts: of the energy.
        samples: how many draws; the interval's ends are good to a few parts in the root of that.
        seed: of the generator.
    """
    generator = np.random.default_rng(seed)
    # In the order of the names: by whatever engine the parts come, the draws are the same.
    of_power, of_grid = (
        {name: generator.random(samples) for name in sorted(set(names))}
        for names in (
            [each.network_model for each in parts],
            [each.grid_source for each in parts],
        )
    )
    energy_kwh, co2e_grams = np.zeros(samples), np.zeros(samples)
    for each in sorted(parts, key=repr):
        drawn_kwh = triangular_quantiles(each.energy_kwh, of_power[each.network_model])
        energy_kwh += drawn_kwh
        co2e_grams += drawn_kwh * triangular_quantiles(
            each.grams_per_kwh, of_grid[each.grid_source]
        )
    return SampledTotals(_interval(energy_kwh), _interval(co2e_grams), samples, seed)


def triangular_quantiles(bounds: Bounds, probabilities: Numbers) -> Numbers:
    """Below what value a triangular draw is with some probabilities.

    lower + sqrt(p * width * (best - lower))           up to the peak
    upper - sqrt((1 - p) * width * (upper - best))     beyond it
    """
    lower, best, upper = bounds.lower, bounds.best, bounds.upper
    width = upper - lower
    rising = lower + np.sqrt(probabilities * width * (best - lower))
    falling = upper - np.sqrt((1 - probabilities) * width * (upper - best))
    is_rising = probabilities * width < best - lower
    return np.where(is_rising, rising, falling)


def _interval(drawn: Numbers) -> Interval:
    return Interval(*(float(each) for each in np.percentile(drawn, _PERCENTILES)))
