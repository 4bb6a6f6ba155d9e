"""`make demo`: the whole loop.

given another node on port 8545
  it ends with exit code 0, a summary whose figures agree with each other, a report, and a PDF of
  the audit with every serial
  it leaves no node behind, also when it is terminated
"""

import json
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.report_data import text_of_pdf

ROOT = Path(__file__).parents[2]
DEMO = [sys.executable, str(ROOT / "scripts" / "demo.py")]
MAINNET_GAS = 9_755_040 + 15_491_478


@pytest.fixture(autouse=True)
def isolation():
    """The demo has a chain of its own."""


@pytest.fixture(scope="module")
def port_8545_taken():
    with socket.socket() as other_node:
        try:
            other_node.bind(("127.0.0.1", 8545))
            other_node.listen()
        except OSError:
            pass  # Somebody has it already.
        yield


def nodes():
    return {p.pid for p in psutil.process_iter() if "ganache" in " ".join(_command_of(p))}


def _command_of(process):
    try:
        return process.cmdline()
    except psutil.Error:
        return []


@pytest.fixture(scope="module")
def run(port_8545_taken):
    before = nodes()
    finished = subprocess.run(DEMO, cwd=ROOT, capture_output=True, text=True, check=False)
    return finished, nodes() - before


@pytest.fixture(scope="module")
def summary(run):
    assert run[0].returncode == 0, run[0].stderr
    return json.loads((ROOT / "build" / "demo" / "summary.json").read_text())


def test_it_ends_well_and_leaves_no_node(run):
    finished, left = run
    assert (finished.returncode, finished.stderr, left) == (0, "", set())
    assert "\x1b" not in finished.stdout
    assert "Emissions of the collection" in finished.stdout
    assert "Retirements, to the serial" in finished.stdout


def test_the_footprint_is_of_the_two_blocks(summary):
    assert summary["node"].startswith("Ganache/")
    assert summary["transactions_footprinted"] == 298
    assert summary["gas_footprinted"] == MAINNET_GAS
    for quantity in ("energy_kwh", "co2e_grams"):
        assert 0 < summary[quantity]["lower"] < summary[quantity]["best"]
        assert summary[quantity]["best"] < summary[quantity]["upper"]
    picograms = summary["co2e_grams"]["best"] * 10**12 / MAINNET_GAS
    assert 0 <= summary["factor"]["picograms_per_gas"] - picograms < 1.001


def test_the_ledger_adds_up(summary):
    retired = sum(retirement["units"] for retirement in summary["retirements"])
    assert summary["retired_units"] == retired
    assert (
        summary["emitted_co2e_micrograms"] - retired * 10_000
        == summary["outstanding_co2e_micrograms"]
    )
    assert summary["mints"] == 60
    assert len(summary["retirements"]) >= 3
    assert summary["manual_retirements"] == 0
    assert len({r["transaction_hash"] for r in summary["retirements"]}) == len(
        summary["retirements"]
    )
    assert 0 <= summary["meter_error_percent_max"] <= 2


def test_the_retirements_tile_the_front_of_the_serials(summary):
    first, last = (int(part) for part in summary["credit"]["serial"].split("-")[1:3])
    assert int(summary["credit"]["token_id"]) & (2**128 - 1) == (first << 64) | last
    assert summary["credit"]["units_issued"] == (last - first + 1) * 10**8
    position = first * 10**8
    for retirement in summary["retirements"]:
        start = retirement["first_serial"] * 10**8 + retirement["first_offset_units"]
        end = retirement["last_serial"] * 10**8 + retirement["last_end_units"]
        assert (start, end) == (position, position + retirement["units"])
        position = end


def test_the_report_is_self_contained(summary):
    page = (ROOT / "build" / "demo" / "report.html").read_text()
    assert "<svg" in page
    assert not re.search(r"<script|(src|href)=[\"']?(https?:)?//", page)
    for retirement in summary["retirements"]:
        assert str(retirement["first_serial"]) in page


def test_every_serial_is_in_the_pdf(summary):
    text = text_of_pdf(ROOT / "build" / "demo" / "audit.pdf")
    for retirement in summary["retirements"]:
        assert str(retirement["first_serial"]) in text
        assert str(retirement["last_serial"]) in text
        assert f"{retirement['last_end_units']:,}/10⁸" in text
        assert retirement["transaction_hash"] in text


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_it_leaves_no_node_where_it_is_stopped(port_8545_taken, ending):
    before = nodes()
    process = subprocess.Popen(
        DEMO, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("2/6"):
            break
    assert nodes() - before
    process.send_signal(ending)
    process.stdout.read()
    assert process.wait() == 128 + ending
    assert nodes() - before == set()
