"""`gasprint footprint rpc:...`, on a node of its own.

given a chain that makes a block every 12 s
  its transactions have a footprint, from a block or a day on
  who asks again asks for no block again
given no beginning
  it is refused
"""

import json
import subprocess
import time

import pytest
from web3 import HTTPProvider, Web3

from scripts.local_node import free_port
from tests import commands
from tests.suite import MNEMONIC

START = 1_700_000_000  # 2023-11-14 22:13:20 UTC
SLOT_SECONDS = 12


@pytest.fixture(autouse=True)
def isolation():
    """These tests have a chain of their own."""


@pytest.fixture(scope="module")
def rpc_url():
    port = free_port()
    options = ["--no-mining", "--order", "fifo", "--timestamp", str(START)]
    command = ["anvil", "--quiet", "--mnemonic", MNEMONIC, "--port", str(port), *options]
    with subprocess.Popen(command) as process:
        try:
            node = Web3(HTTPProvider(f"http://127.0.0.1:{port}", {"timeout": 60}))
            for _ in range(100):
                if node.is_connected():
                    break
                time.sleep(0.1)
            sender, *others = node.eth.accounts[:4]
            for number in range(1, 4):
                for to in others:
                    node.eth.send_transaction({"from": sender, "to": to, "value": 1})
                at = START + number * SLOT_SECONDS
                node.provider.make_request("evm_setNextBlockTimestamp", [at])
                node.provider.make_request("evm_mine", [])
            yield node.provider.endpoint_uri
        finally:
            process.terminate()


def footprint(rpc_url, *options):
    return commands.run("footprint", f"rpc:{rpc_url}", *options, timeout=60)


@pytest.mark.parametrize("since_until", [("1", "3"), ("2023-11-14", "2023-11-14")])
def test_a_footprint_of_its_blocks(rpc_url, tmp_path, since_until):
    since, until = since_until
    options = ("--since", since, "--until", until, "--parts", str(tmp_path), "--format", "json")
    first = footprint(rpc_url, *options, "--requests-per-second", "500")
    assert first.returncode == 0, first.stderr
    document = json.loads(first.stdout)
    busy = [row for row in document["rows"] if row["block_number"] > 0]
    assert len(busy) == 9
    # A third of 12 s of the network's 6,190,000 kWh a year.
    expected_kwh = 6_190_000 / 8760 / 3600 * 12 / 3
    assert [row["energy_kwh_best"] for row in busy] == pytest.approx(9 * [expected_kwh])
    written = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.parquet")}
    assert footprint(rpc_url, *options).stdout == first.stdout
    assert {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.parquet")} == written


def test_it_must_be_said_from_when_on(rpc_url):
    result = footprint(rpc_url)
    assert result.returncode == 2
    assert "say from when on with --since, a block or a day" in result.stderr
