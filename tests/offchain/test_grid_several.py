"""Several grids at once, or one after another.

given weights and regions, in a text or a file
    it gives their weighted mean, bound by bound, changing when any of them does
given weights that do not add up to 1
    it refuses in one line
given regions in order
    the first that has figures for all of the time answers; it says why those before did not
given a text of which a part is no grid at all
    it refuses, though another part would answer
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gasprint.errors import GridError
from gasprint.grid import grid_named

MIDNIGHT = datetime(2024, 5, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
# country:DEU is 380.95 g/kWh; egrid:SRVC is 596.326 lb/MWh, of 453.59237 g.
GERMANY = 380.95
VIRGINIA = 596.326 * 0.45359237


def test_a_mix_is_the_weighted_mean() -> None:
    grid = grid_named("mix:0.6*country:DEU+0.4*egrid:SRVC")
    (segment,) = grid.intensity_segments(MIDNIGHT, MIDNIGHT + HOUR)
    assert segment.value.best == pytest.approx(0.6 * GERMANY + 0.4 * VIRGINIA, rel=1e-12)
    assert segment.value.lower == segment.value.upper == segment.value.best
    assert segment.label == grid.reference
    assert grid.reference == ("mix:0.6*country:DEU@codecarbon-3.3.2+0.4*egrid:SRVC@eGRID2023rev2")
    assert grid_named(grid.reference).reference == grid.reference
    assert "US EPA eGRID2023rev2" in segment.source
    assert "Ember" in segment.source
    assert segment.year == 2023


def test_the_bounds_are_mixed_each_by_itself() -> None:
    # network:ethereum: 870 t / 2.601 GWh, 2,800 t / 7.50 GWh, 475 g/kWh.
    (segment,) = grid_named("mix:0.5*country:DEU+.5*network:ethereum").intensity_segments(
        MIDNIGHT, MIDNIGHT
    )
    assert segment.value.lower == pytest.approx((GERMANY + 870e6 / 2.601e6) / 2)
    assert segment.value.best == pytest.approx((GERMANY + 2800e6 / 7.5e6) / 2)
    assert segment.value.upper == pytest.approx((GERMANY + 475) / 2)


def test_a_mix_of_series_changes_when_any_does(tmp_path: Path) -> None:
    hours, halves = tmp_path / "hours.csv", tmp_path / "halves.csv"
    hours.write_text("hour,grams_per_kwh\n2024-05-01T00:00Z,400\n2024-05-01T01:00Z,200\n")
    halves.write_text(
        "since,grams_per_kwh\n2024-05-01T00:00Z,100\n2024-05-01T00:30Z,300\n"
        "2024-05-01T01:00Z,100\n2024-05-01T01:30Z,300\n"
    )
    grid = grid_named(f"mix:0.25*file:{hours}+0.75*file:{halves}")
    found = grid.intensity_segments(MIDNIGHT, MIDNIGHT + 1.5 * HOUR)
    assert [(each.since - MIDNIGHT) / HOUR for each in found] == [0, 0.5, 1, 1.5]
    assert [each.until for each in found[:-1]] == [each.since for each in found[1:]]
    assert [each.value.best for each in found] == [175, 325, 125, 275]


def test_a_mix_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "nodes.csv"
    path.write_text("region,weight\ncountry:DEU,0.6\negrid:SRVC,0.4\n")
    inline = grid_named("mix:0.6*country:DEU+0.4*egrid:SRVC")
    assert grid_named(f"mix:{path}").reference == inline.reference


@pytest.mark.parametrize(
    ("mix", "problem"),
    [
        ("mix:0.6*country:DEU+0.3*egrid:SRVC", "add up to 0.9; they must add up to 1"),
        ("mix:1.2*country:DEU+-0.2*egrid:SRVC", "weight 1.2 of country:DEU"),
        ("mix:0*country:DEU+1*egrid:SRVC", "weight 0 of country:DEU must be above 0"),
        ("mix:nan*country:DEU", "weight nan of country:DEU"),
        ("mix:half*country:DEU", "weight 'half' is no number"),
        ("mix:0.6*country:DEX+0.4*egrid:SRVC", "did you mean"),
        ("mix:0.6*DEU+0.4*egrid:SRVC", "grid region 'DEU' is unknown"),
        ("mix:1*mix:1*country:DEU", "mix:1.country:DEU is no single"),
        ("mix:nowhere.csv", "'nowhere.csv' is no mix, .* No such file"),
        ("mix:", "grid region 'mix:' is unknown"),
    ],
)
def test_refuses_a_wrong_mix(mix: str, problem: str) -> None:
    with pytest.raises(GridError, match=problem) as refusal:
        grid_named(mix)
    assert "\n" not in str(refusal.value)


def test_the_first_that_answers_is_taken() -> None:
    grid = grid_named("aws:us-east-1, country:USA")
    (segment,) = grid.intensity_segments(MIDNIGHT, MIDNIGHT)
    assert segment.label == "aws:us-east-1@ccf-2021"
    assert "did not answer" not in segment.source
    assert grid.reference == "aws:us-east-1,country:USA"


def test_it_says_why_the_others_did_not(tmp_path: Path) -> None:
    path = tmp_path / "series.csv"
    path.write_text("hour,grams_per_kwh\n2024-05-01T00:00Z,400\n")
    grid = grid_named(f"aws:us-east-9,file:{path},azure:germanywestcentral,country:DEU")
    (answer,) = grid.intensity_segments(MIDNIGHT, MIDNIGHT)
    assert answer.label.startswith(f"file:{path}@sha256-")
    assert "aws:us-east-9 did not answer: grid region 'aws:us-east-9' is unknown" in answer.source
    (later,) = grid.intensity_segments(MIDNIGHT, MIDNIGHT + 2 * HOUR)
    assert later.label == "country:DEU@codecarbon-3.3.2"
    assert "no figure for 2024-05-01 01:00:00 UTC" in later.source
    assert "azure:germanywestcentral did not answer: " in later.source


def test_refuses_where_none_answers() -> None:
    with pytest.raises(GridError, match=r"us-east-9 did not answer.*DEX did not answer") as refusal:
        grid_named("aws:us-east-9,country:DEX").intensity_segments(MIDNIGHT, MIDNIGHT)
    assert "\n" not in str(refusal.value)


def test_refuses_what_is_no_grid_even_where_another_answers() -> None:
    with pytest.raises(GridError, match="'countri:USA' is unknown"):
        grid_named("aws:us-east-1,countri:USA")
