"""An intensity of one's own, the same at all times.

given a number
    it is that at all times, given by the user, alone and in a mix
given what is no number, or no grid's intensity in g/kWh
    it refuses in one line
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gasprint.bounds import Bounds
from gasprint.errors import GridError
from gasprint.grid import grid_named

FIRST, LAST = datetime(2018, 1, 1, tzinfo=UTC), datetime(2021, 10, 8, tzinfo=UTC)


def test_a_number() -> None:
    (segment,) = grid_named("fixed:583.2").intensity_segments(FIRST, LAST)
    assert segment.since <= FIRST
    assert segment.until > LAST
    assert segment.value == Bounds.exactly(583.2)
    assert (segment.label, segment.source) == ("fixed:583.2", "given by the user")
    assert segment.year == 2021


def test_in_a_mix() -> None:
    (segment,) = grid_named("mix:0.5*fixed:100+0.5*fixed:300").intensity_segments(FIRST, LAST)
    assert segment.value.best == pytest.approx(200)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("fixed:much", "no number"),
        ("fixed:", "is unknown"),
        ("fixed:-1", "outside of what a grid can emit"),
        ("fixed:2501", "outside of what a grid can emit"),
        ("fixed:nan", "outside of what a grid can emit"),
        ("fixed:0.5832", "give it in g/kWh, not kg/kWh"),
        ("fixed:583.2@2021", "no number"),
    ],
)
def test_refuses(text: str, problem: str) -> None:
    with pytest.raises(GridError, match=problem) as refusal:
        grid_named(text)
    assert "\n" not in str(refusal.value)
