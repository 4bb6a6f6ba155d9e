"""What platforms and all of Ethereum used on three days.

given both files, in any order, with all quantities or some, as CSV or as Parquet
  it gives both tables
given a day, an entity or a quantity that cannot be
  it is refused: the row, or the day
given a file for impossible rows, only one of the files, or one without any quantity
  it is refused
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from gasprint.errors import SourceError
from gasprint.sources import open_source
from gasprint.sources.daily_aggregates import DailyAggregates

PLATFORMS = Path(__file__).parent / "data" / "platform_days.csv"
NETWORK = Path(__file__).parent / "data" / "network_days.csv"


def days_of(*sources: Path, **options: Any) -> DailyAggregates:
    days = open_source(*sources, **options)
    assert isinstance(days, DailyAggregates)
    return days


def spoilt(path: Path, folder: Path, old: str, new: str) -> Path:
    text = path.read_text()
    assert old in text
    changed = folder / path.name
    changed.write_text(text.replace(old, new, 1))
    return changed


def refusal_of(*sources: Path) -> str:
    with pytest.raises(SourceError) as refusal:
        open_source(*sources)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


@pytest.mark.parametrize("files", [(PLATFORMS, NETWORK), (NETWORK, PLATFORMS)])
def test_both_files(files: tuple[Path, Path]) -> None:
    days = days_of(*files)
    open_sea = days.entities.filter(days.entities.entity == "OpenSea").order_by("day")
    with PLATFORMS.open(newline="") as file:
        expected = [row for row in csv.DictReader(file) if row["entity"] == "OpenSea"]
    rows = open_sea.to_pyarrow().to_pylist()
    assert [str(row["gas_used"]) for row in rows] == [row["gas_used"] for row in expected]
    assert [row["fees_eth"] for row in rows] == [float(row["fees_eth"]) for row in expected]
    assert rows[0]["day"] == date(2021, 10, 5)
    assert days.network.columns == ("day", "gas_used", "fees_eth", "transactions", "burnt_eth")
    assert days.network.transactions.sum().to_pyarrow().as_py() == sum(
        int(row["transactions"]) for row in csv.DictReader(NETWORK.open(newline=""))
    )


def test_parquet_of_other_names(tmp_path: Path) -> None:
    written = []
    for path in (PLATFORMS, NETWORK):
        table = pyarrow.csv.read_csv(path)
        names = ["gas" if name == "gas_used" else name for name in table.column_names]
        written.append(tmp_path / path.with_suffix(".parquet").name)
        pq.write_table(table.rename_columns(names), written[-1])
    days = days_of(*written, renamed={"gas_used": "gas"})
    same = days_of(PLATFORMS, NETWORK)
    for name in ("entities", "network"):
        assert getattr(days, name).to_pyarrow() == getattr(same, name).to_pyarrow()


def test_some_quantities(tmp_path: Path) -> None:
    for path in (PLATFORMS, NETWORK):
        table = pyarrow.csv.read_csv(path)
        kept = [n for n in ("day", "entity", "gas_used") if n in table.column_names]
        pyarrow.csv.write_csv(table.select(kept), tmp_path / path.name)
    days = days_of(tmp_path / PLATFORMS.name, tmp_path / NETWORK.name)
    assert days.entities.columns == ("day", "entity", "gas_used")
    assert days.network.columns == ("day", "gas_used")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("2021-10-05,Async", "05.10.2021,Async", "row 1: day is '05.10.2021', but must be a day"),
        ("2021-10-05,Async", "2021-02-30,Async", "row 1: day is '2021-02-30', but must be a day"),
        ("05,Async", "05,=HYPERLINK(1)", "row 1: entity is '=HYPERLINK(1)', but must be a name"),
        ("2021-10-05,Async,", "2021-10-05,Async,-", "row 1: gas_used is '-"),
        ("2021-10-05,Async", "2021-10-05,Zora", "day 2021-10-05 of 'Zora' is there 2 times"),
        ("2021-10-05,Async", "2021-10-04,Async", "day 2021-10-04 of 'Async' is not among the net"),
        ("Async,", "Async,99999999", "on 2021-10-05 the entities have gas_used of"),
    ],
)
def test_what_cannot_be(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert told in refusal_of(spoilt(PLATFORMS, tmp_path, old, new), NETWORK)


def test_a_day_of_the_network_twice(tmp_path: Path) -> None:
    twice = spoilt(NETWORK, tmp_path, "2021-10-06", "2021-10-05")
    assert "the network's day 2021-10-05 is there 2 times" in refusal_of(PLATFORMS, twice)


def test_no_row_is_set_aside(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="of daily aggregates no row can be set aside"):
        open_source(PLATFORMS, NETWORK, quarantine=tmp_path / "impossible.csv")


def test_one_file_of_two(tmp_path: Path) -> None:
    assert "daily aggregates are two files" in refusal_of(PLATFORMS)
    assert "daily aggregates are two files" in refusal_of(NETWORK)
    path = tmp_path / "days.csv"
    path.write_text("day,entity\n2021-10-05,Zora\n")
    assert f"{path} has none of the columns gas_used, fees_eth, transactions" in refusal_of(
        path, NETWORK
    )
