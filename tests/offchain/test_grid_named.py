"""A grid by its name, over time.

given a region that has one figure
    it gives one segment over whatever time is asked, the last moment included
given a span that is none, or that has no time zone
    it refuses in one line
given a basis that a region has no figures on
    it refuses in one line, and never takes an offset for a market-based figure
given every figure that ships
    it is one that a grid can emit, or is refused
"""

from __future__ import annotations

import csv
from datetime import UTC, datetime

import pytest

from gasprint._data import DATA
from gasprint.bounds import Bounds
from gasprint.errors import GridError
from gasprint.grid import grid_intensity, grid_named, references_of
from gasprint.grid._plausible import implausible

FIRST = datetime(2023, 5, 2, 12, 19, 47, tzinfo=UTC)
LAST = datetime(2023, 5, 2, 12, 19, 59, tzinfo=UTC)


def test_one_figure_is_one_segment() -> None:
    grid = grid_named("country:DEU")
    (segment,) = grid.intensity_segments(FIRST, LAST)
    assert segment.since <= FIRST
    assert segment.until > LAST
    assert segment.value == Bounds(380.95, 380.95, 380.95)
    assert segment.label == grid.reference == "country:DEU@codecarbon-3.3.2"
    assert segment.source == "Our World in Data (Ember), by way of codecarbon 3.3.2"
    assert segment.year == 2023


def test_refuses_a_span_that_ends_before_it_begins() -> None:
    with pytest.raises(GridError, match="12:19:47 UTC is before 2023-05-02 12:19:59 UTC"):
        grid_named("country:DEU").intensity_segments(LAST, FIRST)


def test_refuses_a_time_without_zone() -> None:
    with pytest.raises(GridError, match="without its zone"):
        grid_named("country:DEU").intensity_segments(FIRST.replace(tzinfo=None), LAST)


@pytest.mark.parametrize("region", ["egrid:SRVC", "country:DEU", "aws:us-east-1", "gcp:us-east1"])
def test_refuses_a_market_based_figure_where_none_ships(region: str) -> None:
    with pytest.raises(GridError, match="no market-based figures") as refusal:
        grid_named(region, basis="market")
    assert "\n" not in str(refusal.value)


def test_refuses_an_unknown_basis() -> None:
    with pytest.raises(GridError, match="did you mean market"):
        grid_named("country:DEU", basis="markt")


def _shipped_regions() -> list[str]:
    regions = []
    for name, kind, column in (
        ("egrid", "egrid", "code"),
        ("country", "country", "iso3"),
        ("cloud", "", "region"),
    ):
        with (DATA / "grid" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            regions += [f"{kind or row['provider']}:{row[column]}" for row in csv.DictReader(file)]
    return sorted(set(regions))


def test_every_figure_that_ships_is_plausible_or_refused() -> None:
    refused = set()
    for region in _shipped_regions():
        figures = {}
        for reference in references_of(region) if not region.endswith("CAF") else [region]:
            try:
                figures[reference] = grid_intensity(reference).grams_per_kwh.best
            except GridError:
                refused.add(reference)
        for reference, figure in figures.items():
            others = [value for name, value in figures.items() if name != reference]
            assert implausible(figure, others) is None, reference
    with_co2_only = {each for each in refused if each.endswith("@eGRID2020")}
    below_its_co2 = {each for each in refused if each.endswith("@eGRID2023-jan2025")}
    assert len(with_co2_only) == 28
    assert len(below_its_co2) == 16
    assert refused - with_co2_only - below_its_co2 == {
        "azure:finlandcentral@ccf-2021",
        "azure:germanywestcentral@ccf-2021",
        "country:CAF",
    }


@pytest.mark.parametrize(
    ("grams_per_kwh", "neighbours", "is_wrong"),
    [
        (2500, [], False),
        (2501, [], True),
        (-1, [], True),
        (float("nan"), [], True),
        (2, [400, 410], True),
        (2, [400], True),
        (2, [34.5, 143], False),
        (8, [400], False),
        (2, [2, 400], False),
    ],
)
def test_what_no_grid_emits(grams_per_kwh: float, neighbours: list[float], is_wrong: bool) -> None:
    assert (implausible(grams_per_kwh, neighbours) is not None) is is_wrong
