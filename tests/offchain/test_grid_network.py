"""Where Ethereum's miners were, and its nodes are.

given a time before the merge
    it gives a figure a UTC day, of the miners
given a time from the merge on
    it gives one figure, of the nodes
given a span across the merge
    it gives both, and they meet at it
given a time before the network began
    it refuses
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gasprint.errors import GridError
from gasprint.grid import grid_intensity, grid_named

MERGE = datetime(2022, 9, 15, 6, 42, 59, tzinfo=UTC)
ETHEREUM = grid_named("network:ethereum")


@pytest.mark.parametrize(
    ("day", "kilotonnes", "gigawatts"),
    [
        # The best estimates of kylemcdonald/ethereum-emissions, as published.
        (datetime(2018, 1, 1, tzinfo=UTC), 5.822507, 0.783530),
        (datetime(2021, 5, 2, tzinfo=UTC), 13.915845, 1.834721),
        (datetime(2022, 9, 14, tzinfo=UTC), 17.295583, 2.444785),
    ],
)
def test_a_day_of_miners_is_published_kilotonnes_over_gigawatts(
    day: datetime, kilotonnes: float, gigawatts: float
) -> None:
    (segment,) = ETHEREUM.intensity_segments(day, day + timedelta(hours=23))
    assert (segment.since, segment.until) == (day, day + timedelta(days=1))
    grams, kwh = kilotonnes * 1e9, gigawatts * 1e6 * 24
    assert segment.value.best == pytest.approx(grams / kwh, rel=3e-6)
    assert segment.value.lower == segment.value.best == segment.value.upper
    assert segment.label == "network:ethereum@ethereum-emissions-2022"
    assert segment.year == day.year


def test_nodes_from_the_merge_on() -> None:
    (segment,) = ETHEREUM.intensity_segments(MERGE, MERGE + timedelta(days=400))
    assert segment.value == grid_intensity("network:ethereum").grams_per_kwh
    assert segment.label == "network:ethereum@published-2023"


def test_they_meet_at_the_merge() -> None:
    found = ETHEREUM.intensity_segments(MERGE - timedelta(days=1), MERGE)
    assert [each.until for each in found[:-1]] == [each.since for each in found[1:]]
    assert [each.since for each in found] == [
        datetime(2022, 9, 14, tzinfo=UTC),
        datetime(2022, 9, 15, tzinfo=UTC),
        MERGE,
    ]


def test_every_day_of_the_miners_is_there() -> None:
    began = datetime(2015, 7, 30, tzinfo=UTC)
    found = ETHEREUM.intensity_segments(began, MERGE - timedelta(seconds=1))
    assert len(found) == 2605
    with pytest.raises(GridError, match="no figure for 2015-07-29 23:59:59 UTC"):
        ETHEREUM.intensity_segments(began - timedelta(seconds=1), began)


@pytest.mark.parametrize("release", ["ethereum-emissions-2022", "published-2023"])
def test_each_of_the_two_is_found_by_its_reference(release: str) -> None:
    reference = f"network:ethereum@{release}"
    assert grid_named(reference).reference == reference


def test_the_miners_have_no_figure_after_the_merge() -> None:
    with pytest.raises(GridError, match="no figure for 2022-09-15 06:42:59 UTC"):
        grid_named("network:ethereum@ethereum-emissions-2022").intensity_segments(MERGE, MERGE)
