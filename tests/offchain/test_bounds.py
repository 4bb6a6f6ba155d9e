"""Bounds of a figure.

given lower, best and upper in order
    it keeps them, and multiplies bound by bound, also by a number
given them out of order, negative, or not finite
    it refuses, saying to put them in order
"""

from __future__ import annotations

import math

import pytest

from gasprint.bounds import Bounds
from gasprint.errors import InputError


def test_keeps_bounds_in_order() -> None:
    bounds = Bounds(1, 2, 3)
    assert (bounds.lower, bounds.best, bounds.upper) == (1, 2, 3)


def test_multiplies_bound_by_bound() -> None:
    assert Bounds(1, 2, 3) * Bounds(4, 5, 6) == Bounds(4, 10, 18)


def test_multiplies_by_a_number() -> None:
    assert Bounds(1, 2, 3) * 2 == Bounds(2, 4, 6)


def test_a_figure_without_bounds_is_all_three() -> None:
    assert Bounds.exactly(7) == Bounds(7, 7, 7)


@pytest.mark.parametrize(
    "values", [(2, 1, 3), (1, 3, 2), (-1, 0, 1), (math.nan, 1, 2), (0, 1, math.inf)]
)
def test_refuses_what_does_not_rise_from_zero(values: tuple[float, float, float]) -> None:
    with pytest.raises(InputError, match="put them in order"):
        Bounds(*values)
