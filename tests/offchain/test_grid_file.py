"""A time series of one's own, as a CSV file.

given rows an hour, a day, or since a time, with one figure or three
    it gives a segment each, in UTC, under a reference that tells the file's content
given a time that no row covers
    it refuses, naming that time, and gives all others
given a time in milliseconds or without its zone, or a figure that no grid emits
    it refuses in one line, naming the row
given a file that says it is market-based
    it is taken on that basis only
given a file that is damaged, or not the one that the reference is of
    it refuses in one line
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gasprint.bounds import Bounds
from gasprint.errors import GridError
from gasprint.grid import grid_named

Written = Callable[[str], str]
HOUR = timedelta(hours=1)
MIDNIGHT = datetime(2024, 5, 1, tzinfo=UTC)


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Writes a file, and names it as a grid."""

    def write(content: str) -> str:
        path = tmp_path / "series.csv"
        path.write_text(content, encoding="utf-8")
        return f"file:{path}"

    return write


def test_hours(written: Written) -> None:
    name = written(
        "hour,grams_per_kwh,source\n"
        "2024-05-01T00:00:00Z,400,our meter\n"
        "2024-05-01T03:00:00+02:00,380.5,our meter\n"
    )
    grid = grid_named(name)
    first, second = grid.intensity_segments(MIDNIGHT, MIDNIGHT + 2 * HOUR - timedelta(seconds=1))
    assert (first.since, first.until) == (MIDNIGHT, MIDNIGHT + HOUR)
    assert (second.since, second.until) == (MIDNIGHT + HOUR, MIDNIGHT + 2 * HOUR)
    assert (first.value, second.value) == (Bounds.exactly(400), Bounds.exactly(380.5))
    assert (first.source, first.year) == ("our meter", 2024)
    assert first.label == grid.reference
    assert grid_named(grid.reference).reference == grid.reference


def test_only_what_is_asked_for(written: Written) -> None:
    name = written("day,grams_per_kwh\n" + "".join(f"2024-05-{d:02},400\n" for d in range(1, 31)))
    (segment,) = grid_named(name).intensity_segments(MIDNIGHT + HOUR, MIDNIGHT + 2 * HOUR)
    assert (segment.since, segment.until) == (MIDNIGHT, MIDNIGHT + 24 * HOUR)
    assert segment.source == "the file series.csv"


def test_three_figures_a_day(written: Written) -> None:
    name = written(
        "day,grams_per_kwh_lower,grams_per_kwh_best,grams_per_kwh_upper\n2024-05-01,350,400,475\n"
    )
    (segment,) = grid_named(name).intensity_segments(MIDNIGHT, MIDNIGHT + 23 * HOUR)
    assert segment.value == Bounds(350, 400, 475)


def test_since_lasts_until_the_next_and_the_last_as_long_as_the_one_before(
    written: Written,
) -> None:
    name = written(
        "since,grams_per_kwh\n2024-05-01T00:00:00Z,400\n2024-05-01T00:15:00Z,390\n"
        "2024-05-01T00:45:00Z,380\n"
    )
    grid = grid_named(name)
    last = MIDNIGHT + timedelta(minutes=74)
    found = grid.intensity_segments(MIDNIGHT, last)
    assert [each.until - each.since for each in found] == [
        timedelta(minutes=minutes) for minutes in (15, 30, 30)
    ]
    with pytest.raises(GridError, match="no figure for 2024-05-01 01:15:00 UTC"):
        grid.intensity_segments(MIDNIGHT, last + timedelta(minutes=1))


def test_refuses_a_gap_with_its_time(written: Written) -> None:
    grid = grid_named(
        written(
            "hour,grams_per_kwh\n2024-05-01T00:00Z,400\n2024-05-01T01:00Z,400\n"
            "2024-05-01T03:00Z,400\n"
        )
    )
    assert len(grid.intensity_segments(MIDNIGHT, MIDNIGHT + HOUR)) == 2
    with pytest.raises(GridError, match="no figure for 2024-05-01 02:00:00 UTC") as refusal:
        grid.intensity_segments(MIDNIGHT, MIDNIGHT + 3 * HOUR)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("hour,grams_per_kwh\n1714521600000,400\n", "row 2: .* milliseconds since 1970"),
        ("hour,grams_per_kwh\n1714521600,400\n", "row 2: .* seconds since 1970"),
        ("hour,grams_per_kwh\n2024-05-01T00:00:00,400\n", "row 2: .* no time zone"),
        ("hour,grams_per_kwh\n2024-05-01T00:30Z,400\n", "row 2: .* no full hour"),
        ("hour,grams_per_kwh\n1 May,400\n", "row 2: hour '1 May' must look like"),
        ("day,grams_per_kwh\n2024-05-01T00:00Z,400\n", "row 2: .* must look like 2024-05-01"),
        ("hour,grams_per_kwh\n9999-12-31T23:00Z,400\n", "row 2: .* of the year 9999"),
        ("hour,grams_per_kwh\n0001-01-01T00:00+14:00,400\n", "row 2: .* of the year 1;"),
        ("day,grams_per_kwh\n2024-05-01,-1\n", "row 2: grams_per_kwh -1 is outside"),
        ("day,grams_per_kwh\n2024-05-01,2501\n", "row 2: grams_per_kwh 2501 is outside"),
        ("day,grams_per_kwh\n2024-05-01,nan\n", "row 2: grams_per_kwh nan is outside"),
        ("day,grams_per_kwh\n2024-05-01,=A1+1\n", "row 2: grams_per_kwh '=A1.1' is no number"),
        ("day,grams_per_kwh\n2024-05-01,\n", "row 2: grams_per_kwh '' is no number"),
        (
            "day,grams_per_kwh\n2024-05-01,400\n2024-05-02,2\n2024-05-03,410\n",
            "row 3: 2 g/kWh is next to 400 g/kWh",
        ),
        ("day,grams_per_kwh\n2024-05-02,400\n2024-05-01,400\n", "row 3: 2024-05-01 .* sort"),
        ("day,grams_per_kwh\n2024-05-01,400\n2024-05-01,400\n", "row 3: 2024-05-01 .* not after"),
        ("day,grams_per_kwh\n2024-05-01,400,7\n", "row 2: has not as many cells"),
        ("day,grams_per_kwh\n", "has no rows"),
        ("", "has no rows"),
        ("since,grams_per_kwh\n2024-05-01T00:00Z,400\n", "nothing says how long it lasts"),
        ("time;grams_per_kwh\n2024-05-01;400\n", "one of the columns hour, day and since"),
        ("day,intensity\n2024-05-01,400\n", "either grams_per_kwh or all of"),
        (
            "day,grams_per_kwh_lower,grams_per_kwh_best,grams_per_kwh_upper\n2024-05-01,3,2,4\n",
            "row 2: bounds must rise",
        ),
        ("day,grams_per_kwh,basis\n2024-05-01,400,marginal\n", "has the basis marginal"),
        ('day,grams_per_kwh\n2024-05-01,"400\n', "is it a CSV file"),
    ],
)
def test_refuses_a_wrong_row(written: Written, content: str, problem: str) -> None:
    with pytest.raises(GridError, match=problem) as refusal:
        grid_named(written(content))
    assert "\n" not in str(refusal.value)


def test_refuses_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "series.csv"
    path.write_bytes("day,grams_per_kwh,source\n2024-05-01,400,Müller\n".encode("latin-1"))
    with pytest.raises(GridError, match="not UTF-8"):
        grid_named(f"file:{path}")


def test_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(GridError, match="cannot be read: No such file"):
        grid_named(f"file:{tmp_path / 'nowhere.csv'}")


def test_refuses_another_file_than_the_reference_is_of(written: Written) -> None:
    reference = grid_named(written("day,grams_per_kwh\n2024-05-01,400\n")).reference
    written("day,grams_per_kwh\n2024-05-01,40\n")
    with pytest.raises(GridError, match=r"is sha256-.* now, not sha256-"):
        grid_named(reference)


def test_market_based_figures_are_only_taken_as_such(written: Written) -> None:
    name = written("day,grams_per_kwh,basis\n2024-05-01,0,market\n")
    (segment,) = grid_named(name, "market").intensity_segments(MIDNIGHT, MIDNIGHT)
    assert segment.value == Bounds.exactly(0)
    with pytest.raises(GridError, match="no location-based figures"):
        grid_named(name)
