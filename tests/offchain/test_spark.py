"""Spark works out what DuckDB does. Without Java the tests skip; with CI=true they fail.

given the sample that ships
    rows of each kind, shared out in each way, agree to 1e-12, and all else is the same
given blocks of proof of work, of which each day has a charge of its own
    they agree as well
given the command
    it prints the same with --engine spark as without
given daily aggregates, --explain, no PySpark, or no Java
    it is refused in one line
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import Command, ExportedFiles

from gasprint.choices import Allocation, By, Window
from gasprint.cli import main
from gasprint.errors import InputError
from gasprint.footprint import SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS, Moved, footprint_of
from gasprint.grid import grid_named
from gasprint.networks import network_named
from gasprint.sources import open_source
from gasprint.spark import spark
from tests.spark import small_spark


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moved]:
    """The one Spark of this module."""
    with small_spark(tmp_path_factory.mktemp("spark")) as to_spark:
        yield to_spark


def near(value: object) -> object:
    return pytest.approx(value, rel=1e-12, abs=0) if isinstance(value, float) else value


def agree(
    moved: Moved,
    files: tuple[Path, Path],
    by: By,
    allocation: Allocation = Allocation.GAS,
    window: Window = Window.BLOCK,
) -> None:
    chain = open_source(*files)
    chosen = network_named("ethereum"), grid_named("network:ethereum"), allocation, window
    by_duckdb = footprint_of(chain, *chosen).by(by).to_pyarrow().to_pylist()
    by_spark = footprint_of(chain, *chosen, moved=moved).by(by).to_pyarrow().to_pylist()
    assert len(by_spark) == len(by_duckdb) > 0
    for ours, theirs in zip(by_duckdb, by_spark, strict=True):
        assert theirs == {name: near(value) for name, value in ours.items()}


@pytest.mark.parametrize(
    ("by", "allocation", "window"),
    [
        (By.TRANSACTION, Allocation.GAS, Window.BLOCK),
        (By.ADDRESS, Allocation.FEE, Window.DAY),
        (By.BLOCK, Allocation.COUNT, Window.BLOCK),
    ],
)
def test_agrees_on_the_sample(moved: Moved, by: By, allocation: Allocation, window: Window) -> None:
    agree(moved, (SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS), by, allocation, window)


def test_agrees_where_each_day_has_its_own_charge(moved: Moved, exported: ExportedFiles) -> None:
    # 12 s before midnight, and at midnight, of two days of proof of work.
    times = {17_173_049: 1_663_113_588, 17_173_050: 1_663_113_600}
    for block in exported.blocks:
        block["timestamp"] = times[block["number"]]
    for transaction in exported.transactions:
        transaction["block_timestamp"] = times[transaction["block_number"]]
    agree(moved, exported.written(), By.DAY)


def test_the_command_prints_the_same(
    moved: Moved,
    gasprint: Command,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["footprint", "--by", "block", "--format", "json"]
    monkeypatch.setattr("sys.argv", ["gasprint", *arguments, "--engine", "spark"])
    # In this process, which has a Spark already.
    with pytest.raises(SystemExit) as end:
        main()
    assert not end.value.code
    by_spark = json.loads(capsys.readouterr().out)
    by_duckdb = json.loads(gasprint(*arguments).stdout)
    assert by_spark["totals"] == by_duckdb["totals"]
    for ours, theirs in zip(by_duckdb["rows"], by_spark["rows"], strict=True):
        assert theirs == {name: near(value) for name, value in ours.items()}


@pytest.mark.parametrize("missing", ["PySpark", "Java"])
def test_says_what_is_missing(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr("gasprint.spark.shutil.which", lambda _: None)
    if missing == "PySpark":
        monkeypatch.setattr("gasprint.spark.find_spec", lambda _: None)
    with pytest.raises(InputError, match=f"--engine spark needs {missing}"), spark():
        pass


def test_refuses_daily_aggregates(refused: Callable[..., str], tmp_path: Path) -> None:
    entities, network = tmp_path / "entities.csv", tmp_path / "network.csv"
    entities.write_text("day,entity,gas_used\n2023-05-02,Example,1\n")
    network.write_text("day,gas_used\n2023-05-02,2\n")
    options = (entities, network, "--engine", "spark")
    assert "daily aggregates are too few for Spark" in refused("footprint", *options)


def test_refuses_to_explain(refused: Callable[..., str]) -> None:
    options = ("--explain", "0x" + "0" * 64, "--engine", "spark")
    assert "leave --engine out" in refused("footprint", *options)
