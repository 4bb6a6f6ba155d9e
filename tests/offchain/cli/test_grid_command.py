"""`gasprint grid`, beyond regions that have one figure.

given --all
    it shows every release of a region, and why those that cannot be used are not
given --since and --until
    it shows every figure of that time
given regions in order
    it shows the first that answers, and why those before it did not
given --basis market where there is no such figure, or a wrong time
    it refuses in one line
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Command

Refused = Callable[..., str]


def test_all_shows_figures_that_compete(gasprint: Command) -> None:
    out = gasprint("grid", "--all", "aws:us-east-1", "egrid:SRVC").stdout
    for shown in (
        "aws:us-east-1@ccf-2021",
        "415.8",
        "location-based average of NERC region SERC",
        "aws:us-east-1@mlco2",
        "367.8",
        "egrid:SRVC@eGRID2023rev2",
        "egrid:SRVC@eGRID2021",
        "refused: egrid:SRVC@eGRID2023-jan2025",
        "refused: egrid:SRVC@eGRID2020",
    ):
        assert shown in out


def test_times(gasprint: Command, tmp_path: Path) -> None:
    path = tmp_path / "series.csv"
    path.write_text("hour,grams_per_kwh\n2024-05-01T00:00Z,400\n2024-05-01T01:00Z,390\n")
    arguments = ("--since", "2024-05-01", "--until", "2024-05-01T01:30Z")
    out = gasprint("grid", f"file:{path}", *arguments).stdout
    assert "2024-05-01 01:00:00 to 2024-05-01 02:00:00" in out
    assert f"location-based, of the file {path}. Source: the file series.csv" in out
    found = json.loads(gasprint("grid", f"file:{path}", *arguments, "--json").stdout)
    assert [each["grams_per_kwh"]["best"] for each in found] == [400, 390]
    assert found[1]["since"] == "2024-05-01T01:00:00+00:00"


def test_ethereum_across_the_merge(gasprint: Command) -> None:
    out = gasprint(
        "grid", "network:ethereum", "--since", "2022-09-14", "--until", "2022-09-15T07:00Z"
    ).stdout
    assert "2022-09-15 00:00:00 to 2022-09-15 06:42:59" in out
    assert "network:ethereum@published-2023" in out


def test_the_first_that_answers(gasprint: Command) -> None:
    (document,) = json.loads(gasprint("grid", "aws:us-east-9,country:USA", "--json").stdout)
    assert document["reference"] == "country:USA@codecarbon-3.3.2"
    assert document["name"] == "United States"
    assert "aws:us-east-9 did not answer" in document["source"]


def test_market_based(gasprint: Command, refused: Refused, tmp_path: Path) -> None:
    path = tmp_path / "contract.csv"
    path.write_text("day,grams_per_kwh,basis,source\n2024-05-01,12,market,our supplier\n")
    arguments = ("grid", "--basis", "market", "--since", "2024-05-01")
    assert "market-based, of the file" in gasprint(*arguments, f"file:{path}").stdout
    assert "has no market-based figures" in refused(*arguments, f"file:{path}", "aws:us-east-1")
    assert "has no market-based figures" in refused(*arguments[:3], "--all", "aws:us-east-1")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("country:DEU", "--until", "2024-05-01"), "--until needs --since"),
        (("country:DEU", "--since", "1714521600000"), "must look like 2024-05-01T00:00:00Z"),
        (("country:DEU", "--since", "2024-05-01T00:00:00"), "has no time zone"),
        (("country:DEU", "--since", "2024-05-02", "--until", "2024-05-01"), "is before"),
        (("country:DEU", "--since", "2024-05-01", "--all"), "leave --all"),
        (("mix:0.5*country:DEU+0.4*country:FRA",), "add up to 0.9"),
        (("file:nowhere.csv",), "nowhere.csv cannot be read"),
        (("mix:1*country:DEU", "--all"), "no single figure"),
    ],
)
def test_refuses(refused: Refused, arguments: tuple[str, ...], problem: str) -> None:
    assert problem in refused("grid", *arguments)
