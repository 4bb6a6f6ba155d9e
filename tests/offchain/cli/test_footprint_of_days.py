"""`gasprint footprint` over daily aggregates.

given what two entities and the whole network used on two days
    it writes a row an entity, or a day, as a table, JSON, CSV or Parquet
    each allocation shares out by its own quantity, the hybrid by fees beside the block rewards
    --since and --until choose days
    quantities that the files lack and the allocation does not need are left empty
given a quantity that the allocation needs and the files lack, or a row about a single transaction
    it refuses in one line
given a power series that is not there or ends too early, or an intensity in another unit
    it refuses in one line
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet
import pytest
from conftest import Command

ENTITIES = """\
day,entity,gas_used,fees_eth,transactions
2024-05-01,Ours,100,3,10
2024-05-01,Theirs,300,1,30
2024-05-02,Ours,200,0.5,5
"""
NETWORK = """\
day,gas_used,fees_eth,block_rewards_eth,transactions
2024-05-01,1000,5,15,100
2024-05-02,1000,5,5,100
"""
# 1 MW on the first day, 2 MW on the second: 24 and 48 MWh.
POWER = "day,power_watts\n2024-05-01,1e6\n2024-05-02,2e6\n"


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    """The files, the network and the grid."""
    for name, text in (("entities", ENTITIES), ("network", NETWORK), ("power", POWER)):
        (tmp_path / f"{name}.csv").write_text(text)
    files = [str(tmp_path / "entities.csv"), str(tmp_path / "network.csv")]
    return [*files, "--network", f"file:{tmp_path / 'power.csv'}", "--grid", "fixed:500"]


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize(
    ("allocation", "ours_kwh", "theirs_kwh"),
    [
        ("gas", 2_400 + 9_600, 7_200),
        ("fee", 14_400 + 4_800, 4_800),
        ("count", 2_400 + 2_400, 7_200),
        ("hybrid", 3_600 + 2_400, 1_200),
    ],
)
def test_by_each_allocation(
    gasprint: Command, arguments: list[str], allocation: str, ours_kwh: int, theirs_kwh: int
) -> None:
    said = gasprint("footprint", *arguments, "--allocation", allocation, "--format", "csv")
    assert said.stderr == ""
    ours, theirs = read(said.stdout)
    assert (ours["entity"], theirs["entity"]) == ("Ours", "Theirs")
    assert float(ours["energy_kwh_best"]) == pytest.approx(ours_kwh)
    assert float(theirs["energy_kwh_best"]) == pytest.approx(theirs_kwh)
    assert float(ours["co2e_grams_best"]) == pytest.approx(ours_kwh * 500)
    assert {ours["allocation"], theirs["allocation"]} == {allocation}
    assert ours["network_model"].partition("@sha256-")[0] == arguments[3]
    assert (ours["transactions"], ours["gas_used"]) == ("15", "300")


def test_json_by_day(gasprint: Command, arguments: list[str]) -> None:
    document = json.loads(
        gasprint("footprint", *arguments, "--by", "day", "--format", "json").stdout
    )
    assert [row["day"] for row in document["rows"]] == ["2024-05-01", "2024-05-02"]
    assert [row["energy_kwh_best"] for row in document["rows"]] == pytest.approx([9_600, 9_600])
    assert document["totals"]["energy_kwh"]["best"] == pytest.approx(19_200)
    assert document["totals"]["transactions"] == 45


def test_table(gasprint: Command, arguments: list[str]) -> None:
    said = gasprint("footprint", *arguments).stdout
    assert "Theirs" in said
    assert "45 transactions, 600 gas" in said
    assert "shared out by gas; attributional average, before any credits" in said


def test_parquet(gasprint: Command, arguments: list[str], tmp_path: Path) -> None:
    written = tmp_path / "footprint.parquet"
    parts = ("--by", "day", "--format", "parquet", "-o", written)
    assert gasprint("footprint", *arguments, *parts).stdout == ""
    rows = pyarrow.parquet.read_table(written).to_pylist()
    assert [row["energy_kwh_best"] for row in rows] == pytest.approx([9_600, 9_600])


def test_some_days(gasprint: Command, arguments: list[str]) -> None:
    said = gasprint("footprint", *arguments, "--since", "2024-05-02", "--format", "csv").stdout
    (ours,) = read(said)
    assert float(ours["energy_kwh_best"]) == pytest.approx(9_600)
    said = gasprint("footprint", *arguments, "--until", "2024-05-01", "--format", "csv").stdout
    assert [float(row["energy_kwh_best"]) for row in read(said)] == pytest.approx([2_400, 7_200])


def test_fees_alone(gasprint: Command, arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "entities.csv").write_text("day,entity,fees_eth\n2024-05-01,Ours,3\n")
    (tmp_path / "network.csv").write_text("day,fees_eth\n2024-05-01,5\n")
    by_fee = ("footprint", *arguments, "--allocation", "fee")
    document = json.loads(gasprint(*by_fee, "--by", "day", "--format", "json").stdout)
    (row,) = document["rows"]
    assert row["energy_kwh_best"] == pytest.approx(14_400)
    assert row["gas_used"] is row["transactions"] is document["totals"]["gas_used"] is None
    assert "shared out by fee" in gasprint(*by_fee).stdout


def test_refuses_what_is_not_known(
    refused: Callable[..., str], arguments: list[str], tmp_path: Path
) -> None:
    assert "daily aggregates know no single address" in refused(
        "footprint", *arguments, "--by", "address"
    )
    (tmp_path / "network.csv").write_text("day,gas_used,fees_eth\n2024-05-01,1000,5\n")
    (tmp_path / "entities.csv").write_text("day,entity,fees_eth\n2024-05-01,Ours,3\n")
    assert "sharing out by hybrid needs block_rewards_eth of the network" in refused(
        "footprint", *arguments, "--allocation", "hybrid"
    )
    assert "sharing out by gas needs gas_used of the entities" in refused("footprint", *arguments)


def test_refuses_power_and_intensity(
    refused: Callable[..., str], arguments: list[str], tmp_path: Path
) -> None:
    *_, grid, fixed = arguments
    files = arguments[:2]
    missing = f"file:{tmp_path / 'none.csv'}"
    assert "none.csv cannot be read" in refused("footprint", *files, "--network", missing)
    assert "not kg/kWh" in refused("footprint", *arguments, grid, fixed.replace("500", "0.5"))
    (tmp_path / "power.csv").write_text("day,power_watts\n2024-05-01,1e6\n")
    assert "has no figure for 2024-05-02" in refused("footprint", *arguments)
