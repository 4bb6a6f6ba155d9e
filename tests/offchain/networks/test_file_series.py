"""A power series of one's own, as a CSV file.

given rows a day with one figure or three
    its segments are these, under a label that tells the file's content, and so is a footprint's
given a time that no row covers
    it refuses, naming that time
given a power that no network draws, or a column of another name
    it refuses in one line, naming the row
given a file that is not there, or not the one that the reference is of
    it refuses in one line
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gasprint.bounds import Bounds
from gasprint.choices import By
from gasprint.daily_footprint import footprint_of_days
from gasprint.errors import NetworkError
from gasprint.grid import grid_named
from gasprint.networks import network_named
from gasprint.sources import open_source
from gasprint.sources.daily_aggregates import DailyAggregates

Written = Callable[[str], str]
MIDNIGHT = datetime(2024, 5, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Writes a file, and names it as a network."""

    def write(content: str) -> str:
        path = tmp_path / "power.csv"
        path.write_text(content, encoding="utf-8")
        return f"file:{path}"

    return write


def test_days(written: Written) -> None:
    name = written("day,power_watts,source\n2024-05-01,2e9,our meter\n2024-05-02,1e9,our meter\n")
    network = network_named(name)
    first, second = network.power_segments(MIDNIGHT, MIDNIGHT + DAY)
    assert (first.since, first.until) == (MIDNIGHT, MIDNIGHT + DAY)
    assert (first.value, second.value) == (Bounds.exactly(2e9), Bounds.exactly(1e9))
    assert first.label == network.model
    assert network.model.startswith(f"{name}@sha256-")
    assert (network.name, network.source, network.valid_from) == (name, "our meter", MIDNIGHT)
    assert network_named(network.model).model == network.model


def test_three_figures_a_day(written: Written) -> None:
    name = written(
        "day,power_watts_lower,power_watts_best,power_watts_upper\n2024-05-01,1e9,2e9,4e9\n"
    )
    (segment,) = network_named(name).power_segments(MIDNIGHT, MIDNIGHT)
    assert segment.value == Bounds(1e9, 2e9, 4e9)


def test_a_footprint_by_it(written: Written, tmp_path: Path) -> None:
    (tmp_path / "entities.csv").write_text("day,entity,gas_used\n2024-05-01,Ours,25\n")
    (tmp_path / "network.csv").write_text("day,gas_used\n2024-05-01,100\n")
    days = open_source(tmp_path / "entities.csv", tmp_path / "network.csv")
    assert isinstance(days, DailyAggregates)
    network = network_named(written("day,power_watts\n2024-05-01,2e6\n"))
    footprint = footprint_of_days(days, network, grid_named("fixed:500"))
    (row,) = footprint.by(By.ENTITY).to_pyarrow().to_pylist()
    # A quarter of 2,000 kW for 24 hours.
    assert row["energy_kwh_best"] == pytest.approx(12_000)
    assert row["co2e_grams_best"] == pytest.approx(6_000_000)
    assert (row["network_model"], row["grid_source"]) == (network.model, "fixed:500.0")


def test_refuses_a_gap_with_its_time(written: Written) -> None:
    network = network_named(written("day,power_watts\n2024-05-01,2e9\n2024-05-03,1e9\n"))
    with pytest.raises(NetworkError, match="no figure for 2024-05-02 00:00:00 UTC") as refusal:
        network.power_segments(MIDNIGHT, MIDNIGHT + 2 * DAY)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("day,power_watts\n2024-05-01,0\n", "row 2: power_watts 0 is outside of what a network"),
        ("day,power_watts\n2024-05-01,-1\n", "row 2: power_watts -1 is outside"),
        ("day,power_watts\n2024-05-01,2e12\n", "row 2: power_watts 2e12 is .* is its unit W"),
        ("day,power_watts\n2024-05-01,nan\n", "row 2: power_watts nan is outside"),
        ("day,power_watts\n2024-05-01,2 GW\n", "row 2: power_watts '2 GW' is no number"),
        ("day,power\n2024-05-01,2e9\n", "row 2: must have either power_watts or all of power_wat"),
        ("day,power_watts\n01.05.2024,2e9\n", "row 2: day '01.05.2024' must look like 2024-05-01"),
        ("day,power_watts\n", "has no rows"),
    ],
)
def test_refuses_a_wrong_row(written: Written, content: str, problem: str) -> None:
    with pytest.raises(NetworkError, match=problem) as refusal:
        network_named(written(content))
    assert "\n" not in str(refusal.value)


def test_refuses_another_file(written: Written, tmp_path: Path) -> None:
    name = written("day,power_watts\n2024-05-01,2e9\n")
    with pytest.raises(NetworkError, match=r"is sha256-[0-9a-f]{12} now, not sha256-00"):
        network_named(f"{name}@sha256-00")
    with pytest.raises(NetworkError, match="cannot be read: No such file"):
        network_named(f"file:{tmp_path / 'none.csv'}")
