"""What docs/reproductions.md says of the platforms of NFTs, by the commands that it gives.

given the two published tables
    the page has their figures, and beside them those of its commands
    the platforms whose contracts did not change come out within 0.5 %
given the four allocations of March 2022
    the page has the figures of its commands
"""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reproductions.md").read_text(encoding="utf-8")
PUBLISHED = ROOT / "docs" / "reproductions" / "nft_published.csv"

WITHIN_HALF_A_PERCENT = {
    "2021-10-08": {"Async", "Foundation", "KnownOrigin", "OpenSea", "Zora"},
    "2022-03-05": {
        *("Art Blocks", "Async", "KnownOrigin", "Makersplace", "OpenSea", "SuperRare", "Zora"),
    },
}

Row = dict[str, str]


def section(title: str) -> str:
    (text,) = re.findall(rf"^##+ {title}.*?\n(.*?)(?=^##|\Z)", PAGE, re.DOTALL | re.MULTILINE)
    return str(text)


def shell(text: str) -> str:
    return "".join(re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))


def rows_of(title: str) -> list[Row]:
    """What the commands of a section write, in the repository's folder."""
    ours = 'gasprint() { "$PYTHON" -m gasprint "$@"; }\n'
    files = shell(section("Platforms of NFTs"))
    finished = subprocess.run(
        ["bash", "-c", f"set -eu\n{ours}{files}{shell(section(title))}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "PYTHON": sys.executable, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert finished.returncode == 0, finished.stderr
    return [
        row for row in csv.DictReader(io.StringIO(finished.stdout)) if row["entity"] != "entity"
    ]


def cells(title: str) -> list[list[str]]:
    """The table of a section, without its heading."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def difference(ours: float, published: float) -> str:
    return f"{(ours / published - 1) * 100:+,.2f} %".replace("-", "−")


@pytest.mark.parametrize("as_of", ["2021-10-08", "2022-03-05"])
def test_a_published_table(as_of: str) -> None:
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        published = [row for row in csv.DictReader(file) if row["as_of"] == as_of]
    ours = {row["entity"]: row for row in rows_of(as_of)}
    expected, close = [], set()
    for row in published:
        entity, co2_kg = row["entity"], int(row["co2_kg"])
        made_kg = float(ours[entity]["co2e_grams_best"]) / 1000
        counted = int(ours[entity]["transactions"]), int(row["transactions"])
        figures = [f"{co2_kg:,}", f"{made_kg:,.0f}"]
        expected.append([entity, *figures, difference(made_kg, co2_kg), difference(*counted)])
        if made_kg == pytest.approx(co2_kg, rel=0.005):
            close.add(entity)
    assert cells(as_of) == expected
    assert close == WITHIN_HALF_A_PERCENT[as_of]


def test_the_four_allocations() -> None:
    title = "What the choice of allocation does"
    tonnes: dict[str, list[float]] = {}
    for row in rows_of(title):
        tonnes.setdefault(row["entity"], []).append(float(row["co2e_grams_best"]) / 1e6)
    shown = cells(title)
    assert shown == [[name, *(f"{each:,.0f}" for each in tonnes[name])] for name, *_ in shown]
    by_gas, by_fee, *_ = tonnes["Art Blocks"]
    assert f"Art Blocks rises by {by_fee / by_gas - 1:.0%}".replace("%", " %") in section(title)
    by_gas, by_fee, *_ = tonnes["Zora"]
    assert f"Zora falls by {1 - by_fee / by_gas:.0%}".replace("%", " %") in section(title)
