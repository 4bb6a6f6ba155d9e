"""`gasprint annotate make | show` on a real node.

given a registry with a factor in force
  make reads it from there, by the deployment's file or by its address
given transactions with and without suffixes
  show finds those of one transaction or of a range of blocks, in a table or in JSON
  what would steer a terminal is shown harmlessly
  figures of any size are shown
given the engineer's page
  its Python annotates a transaction
given a transaction or a block that is not there
  it refuses in one line
"""

import json
import re
from pathlib import Path

import cbor2
import pytest
from web3 import Web3

from gasprint import data_suffix
from gasprint.annotation_middleware import annotating
from gasprint.annotations import annotation_in
from gasprint.data_suffix import MARKER
from gasprint.factor_in_force import RegistryFactors
from tests import commands

PAGE = Path(__file__).parents[2] / "docs" / "engineer.md"
SCHEMA_0 = bytes.fromhex("62617365617070 07 00") + MARKER


@pytest.fixture
def w3(rpc_url):
    return Web3(Web3.HTTPProvider(rpc_url))


@pytest.fixture
def gasprint(rpc_url, tmp_path):
    def run(*arguments):
        return commands.run("annotate", *arguments, "--rpc", rpc_url, cwd=tmp_path)

    return run


@pytest.fixture
def done(gasprint):
    def run(*arguments):
        finished = gasprint(*arguments)
        assert (finished.returncode, finished.stderr) == (0, "")
        return finished.stdout

    return run


@pytest.fixture
def send(w3, roles):
    """Sends data as they are; the hash and the block."""

    def sent(data, connected=None):
        connected = connected or w3
        transfer = {"from": str(roles.holder), "to": str(roles.beneficiary), "data": data}
        receipt = connected.eth.wait_for_transaction_receipt(
            connected.eth.send_transaction(transfer), poll_latency=0.02
        )
        assert receipt["status"] == 1
        return receipt["transactionHash"].to_0x_hex(), receipt["blockNumber"]

    return sent


@pytest.fixture
def annotated(send, rpc_url, suite):
    """A transaction with data, sent through the middleware."""
    connected = Web3(Web3.HTTPProvider(rpc_url))
    connected.middleware_onion.add(
        annotating(RegistryFactors(connected, suite.EmissionsRegistry.address))
    )
    return send(b"\x01\x02", connected)


def test_make_asks_the_registry(done, suite, deployment):
    said = json.loads(done("make", "--gas", 21_000, "--deployment", deployment, "--json"))
    assert said["registry"] == suite.EmissionsRegistry.address
    assert (said["factor_version"], said["gas"]) == ("1", "21000")
    assert said["energy_microwatt_hours"] == "3927000"
    assert said["co2e_micrograms"] == "1470000"
    by_address = done("make", "--gas", 21_000, "--registry", suite.EmissionsRegistry.address)
    assert by_address == said["data"] + "\n"


def test_make_finds_no_registry(gasprint, roles):
    finished = gasprint("make", "--gas", 1, "--registry", roles.outsider)
    assert finished.returncode == 2
    assert "no EmissionsRegistry answers" in finished.stderr


def test_show_a_transaction(done, w3, suite, annotated):
    transaction_hash, block_number = annotated
    (document,) = json.loads(done("show", transaction_hash, "--json"))
    data = bytes(w3.eth.get_transaction(transaction_hash)["input"])
    annotation = annotation_in(data_suffix.decode(data).metadata)
    assert document["transaction_hash"] == transaction_hash
    assert (document["block_number"], document["data_length"]) == (block_number, 2)
    assert document["annotation"]["registry"] == suite.EmissionsRegistry.address
    assert document["annotation"]["gas"] == str(annotation.gas)
    table = done("show", transaction_hash)
    for shown in (transaction_hash, f"{annotation.gas:,}", "Wh", " g "):
        assert shown in table


def test_show_blocks(done, send, annotated):
    first_hash, first = annotated
    send(b"")
    other_hash, last = send(b"\x00" + SCHEMA_0)
    found = json.loads(done("show", f"{first}-{last}", "--json"))
    assert [each["transaction_hash"] for each in found] == [first_hash, other_hash]
    assert [each["codes"] for each in found] == [[], ["baseapp"]]
    assert found[1]["annotation"] is None
    assert "baseapp" in done("show", last)


def test_show_finds_nothing(done, send):
    transaction_hash, number = send(b"\x01")
    assert done("show", transaction_hash) == "There is no ERC-8021 suffix.\n"
    assert json.loads(done("show", number, "--json")) == []


def test_show_is_harmless(done, send):
    hostile = "\x1b[31mred\x1b]0;title\x07\r\nnext"
    fields = {
        "a": hostile,
        "s": [1000 * "x"],
        "m": {
            hostile: hostile,
            "\u202e": "\u202e",
            1: 2**64 - 1,
            "bytes": b"\x01",
            "floats": [float("nan"), float("inf"), 0.5],
            "undefined": cbor2.undefined,
        },
    }
    transaction_hash, _ = send(data_suffix.encode(fields))
    for text in (done("show", transaction_hash), done("show", transaction_hash, "--json")):
        assert all(each.isprintable() or each == "\n" for each in text)
    (document,) = json.loads(done("show", transaction_hash, "--json"))
    assert document["app_code"] == hostile
    assert document["metadata"] == {
        hostile: hostile,
        "\u202e": "\u202e",
        "1": str(2**64 - 1),
        "bytes": "0x01",
        "floats": ["nan", "inf", 0.5],
        "undefined": None,
    }


def test_show_loses_no_key(done, send):
    fields = {"m": {1: "number", "1": "text", "other": {2: "alone"}}}
    transaction_hash, _ = send(data_suffix.encode(fields))
    (document,) = json.loads(done("show", transaction_hash, "--json"))
    assert document["metadata"] == [[1, "number"], ["1", "text"], ["other", {"2": "alone"}]]


def test_show_figures_of_any_size(done, send):
    entry = dict.fromkeys(
        ("chain_id", "factor_version", "gas", "energy_microwatt_hours", "co2e_micrograms"),
        "0x" + 64 * "f",
    )
    fields = {"m": {"gasprint": {**entry, "registry": bytes(20)}}}
    transaction_hash, _ = send(data_suffix.encode(fields))
    (document,) = json.loads(done("show", transaction_hash, "--json"))
    assert document["annotation"]["gas"] == str(2**256 - 1)
    assert transaction_hash[:10] in done("show", transaction_hash)


def test_what_is_not_there(gasprint, w3):
    for what in ("0x" + 64 * "1", w3.eth.block_number + 1):
        finished = gasprint("show", what)
        assert (finished.returncode, finished.stdout) == (2, "")
        assert finished.stderr.count("\n") == 1
        assert "unexpected" not in finished.stderr


def test_the_engineers_python_annotates(rpc_url, deployment, suite, capsys):
    (code,) = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    code = code.replace("http://127.0.0.1:8545", rpc_url)
    exec(compile(code.replace("deployments/31337.json", str(deployment)), PAGE.name, "exec"), {})
    suffix = data_suffix.decode(bytes.fromhex(capsys.readouterr().out.strip()[2:]))
    assert annotation_in(suffix.metadata).registry == suite.EmissionsRegistry.address
