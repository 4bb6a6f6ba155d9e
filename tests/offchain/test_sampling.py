"""The middle 90 % of totals, by draws.

given any parts
  the interval lies within the product of the bounds
  the same seed gives the same figures, in whatever order the parts come
  another seed gives others
given one triangular figure
  the draws have the percentiles of its distribution
given figures without bounds
  the interval is the figure
given power and intensity, both uncertain
  the interval is narrower than the product of theirs
"""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gasprint.bounds import Bounds
from gasprint.sampling import sampled_totals, triangular_quantiles
from gasprint.totals import Part, co2e_of, energy_of

figure = st.floats(min_value=0, max_value=1e9)
bounds = st.lists(figure, min_size=3, max_size=3).map(lambda each: Bounds(*sorted(each)))
part = st.builds(
    Part, bounds, bounds, st.sampled_from(["work", "stake"]), st.sampled_from(["here", "there"])
)
parts = st.lists(part, min_size=1, max_size=5)


@given(parts, st.integers(min_value=0, max_value=2**32))
def test_within_the_product_of_the_bounds(parts: list[Part], seed: int) -> None:
    totals = sampled_totals(parts, 200, seed)
    for interval, product in (
        (totals.energy_kwh, energy_of(parts)),
        (totals.co2e_grams, co2e_of(parts)),
    ):
        slack = 1e-12 * product.upper
        assert product.lower - slack <= interval.percentile_5
        assert interval.percentile_5 <= interval.median <= interval.percentile_95
        assert interval.percentile_95 <= product.upper + slack


@given(parts, st.integers(min_value=0, max_value=2**32))
def test_the_same_seed_gives_the_same(parts: list[Part], seed: int) -> None:
    assert sampled_totals(parts, 100, seed) == sampled_totals(parts[::-1], 100, seed)


def test_another_seed_gives_others() -> None:
    one = [Part(Bounds(1, 2, 4), Bounds(1, 1, 2), "stake", "here")]
    assert sampled_totals(one, 100, 7) != sampled_totals(one, 100, 8)


def test_percentiles_of_a_triangular_figure() -> None:
    """From 0 to 4 with its peak at 1: the distribution's value there is 1 / 4."""
    quantiles = triangular_quantiles(Bounds(0, 1, 4), np.array([0, 0.05, 0.25, 0.95, 1]))
    assert quantiles == pytest.approx([0, sqrt(0.05 * 4), 1, 4 - sqrt(0.05 * 12), 4])
    one = [Part(Bounds(0, 1, 4), Bounds.exactly(2), "stake", "here")]
    totals = sampled_totals(one, 100_000, 7)
    assert totals.energy_kwh.percentile_5 == pytest.approx(sqrt(0.2), rel=0.02)
    assert totals.energy_kwh.percentile_95 == pytest.approx(4 - sqrt(0.6), rel=0.01)
    assert totals.co2e_grams.median == pytest.approx(2 * totals.energy_kwh.median)


def test_figures_without_bounds() -> None:
    one = [Part(Bounds.exactly(3), Bounds.exactly(2), "stake", "here")]
    totals = sampled_totals(one, 10, 7)
    assert totals.energy_kwh.percentile_5 == totals.energy_kwh.percentile_95 == 3
    assert totals.co2e_grams.median == 6


def test_narrower_than_the_product() -> None:
    one = [Part(Bounds(1, 2, 3), Bounds(1, 2, 3), "stake", "here")]
    interval = sampled_totals(one, 10_000, 7).co2e_grams
    assert 1.5 < interval.percentile_5 < 4 < interval.percentile_95 < 7
