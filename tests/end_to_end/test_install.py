"""`pip install .` alone, as a user of the package does it: no Brownie, no Node.

given a fresh virtual environment
  the command starts in under three times a bare import of typer
  it works away from the source tree, with the data that ships
  what pip installed has no conflicts
  what an extra is needed for says in one line which
"""

import json
import statistics
import subprocess
import sys
import time
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def isolation():
    """Nothing here needs a chain."""


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", ROOT],
        cwd=folder,
        check=True,
    )
    return folder / "bin"


def run(command, folder):
    # Without the repository's PYTHONPATH: only what was installed.
    return subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def seconds(command, folder):
    times = []
    for _ in range(9):
        start = time.perf_counter()
        run(command, folder)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def test_help_starts_in_under_three_times_an_import_of_typer(installed, tmp_path):
    bare = seconds([installed / "python", "-c", "import typer"], tmp_path)
    assert seconds([installed / "gasprint", "--help"], tmp_path) < 3 * bare


def test_brownie_is_not_there_and_nothing_conflicts(installed, tmp_path):
    names = {p["name"] for p in json.loads(run([installed / "pip", "list", "--format=json"], "/"))}
    assert "gasprint" in names
    assert "eth-brownie" not in names
    assert "No broken requirements" in run([installed / "pip", "check"], tmp_path)


def test_it_measures_the_blocks_that_ship(installed, tmp_path):
    factor = json.loads(run([installed / "gasprint", "factors", "compute", "--json"], tmp_path))
    assert factor["source"] == "proof_of_stake_v1 x network:ethereum, blocks 17173049-17173050"
    here = [sys.executable, "-m", "gasprint", "factors", "compute", "--json"]
    assert factor == json.loads(
        subprocess.run(here, capture_output=True, text=True, check=True).stdout
    )


def test_serve_names_its_extra(installed, tmp_path):
    finished = subprocess.run(
        [installed / "gasprint", "serve", "ledger.duckdb"],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (finished.returncode, finished.stdout) == (2, "")
    assert finished.stderr == (
        "gasprint: gasprint serve needs FastAPI; pip install 'gasprint[serve]'\n"
    )
