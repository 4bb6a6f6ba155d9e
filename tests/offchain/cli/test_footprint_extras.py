"""`gasprint footprint`: what it makes beside rows and totals.

given --explain
  it works out one transaction, as text or JSON
given --samples
  the totals are an interval of draws, the same for the same seed; the rows keep their bounds
given --plot
  the rows with the most CO2e are bars, days a line, as SVG or PNG
given options that do not fit one another
  they are refused
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Command

DATA = Path(__file__).parents[1] / "sources" / "data"
DAYS = (DATA / "platform_days.csv", DATA / "network_days.csv")
FIRST = "0xeb107a40ba73a50c79a9f2026e902d758d1c5e5e211f7a7db1b294f88f118dd0"


def test_explains_one_transaction(gasprint: Command) -> None:
    text = gasprint("footprint", "--explain", FIRST).stdout
    assert "share of the window: 85143 / 9755040 = 0.00872810362643" in text
    document = json.loads(gasprint("footprint", "--explain", FIRST, "--format", "json").stdout)
    assert document["transaction"] == FIRST
    assert document["block_timestamp"] == "2023-05-02T12:19:59+00:00"
    last = document["lines"][-1]
    assert (last["name"], last["bound"], last["unit"]) == ("CO2e of the transaction", "upper", "g")
    assert str(last["result"]) in text.splitlines()[-1]


def test_draws_the_totals(gasprint: Command) -> None:
    options = ("--by", "block", "--format", "json", "--samples", "2000", "--seed")
    plain = json.loads(gasprint("footprint", *options[:4]).stdout)
    drawn = json.loads(gasprint("footprint", *options, "7").stdout)
    assert drawn["rows"] == plain["rows"]
    co2e, totals = drawn["sampled_totals"]["co2e_grams"], plain["totals"]["co2e_grams"]
    assert totals["lower"] < co2e["percentile_5"] < co2e["percentile_95"] < totals["upper"]
    assert drawn == json.loads(gasprint("footprint", *options, "7").stdout)
    table = gasprint("footprint", "--by", "block", "--samples", "2000", "--seed", "7").stdout
    assert "the middle 90 % of 2,000 draws, seed 7; triangular from lower to upper" in table


@pytest.mark.parametrize(("ending", "begins"), [("svg", b"<svg"), ("png", b"\x89PNG")])
def test_draws_bars(gasprint: Command, tmp_path: Path, ending: str, begins: bytes) -> None:
    plot = tmp_path / f"plot.{ending}"
    assert gasprint("footprint", "--by", "address", "--plot", plot).returncode == 0
    drawn = plot.read_bytes()
    assert drawn.startswith(begins)
    if ending == "svg":
        text = drawn.decode()
        assert "CO2e by sender, the first 20 of 256" in text
        assert "proof_of_stake_v1 x network:ethereum@published-2023, shared out by gas" in text
        # The sender with the most CO2e comes first.
        assert "0x3967acd6…56b235" in text


def test_draws_days(gasprint: Command, tmp_path: Path) -> None:
    plot = tmp_path / "plot.svg"
    assert gasprint("footprint", *DAYS, "--by", "day", "--plot", plot).returncode == 0
    text = plot.read_text()
    for day in ("2021-10-05", "2021-10-06", "2021-10-07"):
        assert text.count(f">{day}<") == 1
    assert "t CO2e a day" in text


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--explain", f"0x{0:064}"), f"transaction 0x{0:064} is not among those that count"),
        (("--explain", "0x00"), "'0x00' is no hash of a transaction"),
        (("--explain", ""), "'' is no hash of a transaction"),
        (("--explain", "", "--format", "csv"), "--explain and --samples are for --format"),
        ((*DAYS, "--explain", FIRST), "daily aggregates know no single transaction"),
        (("--samples", "100", "--format", "csv"), "--explain and --samples are for --format"),
        (("--plot", "plot.gif"), "plot.gif is neither .svg nor .png"),
    ],
)
def test_refuses(refused: Callable[..., str], options: tuple[str, ...], problem: str) -> None:
    assert problem in refused("footprint", *options)
