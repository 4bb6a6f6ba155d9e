"""Blocks and receipts of a node, read into the tables that every source gives.

given a chain with transactions, contract creations and empty blocks
  each transaction has the gas and the fee of its receipt, each block its own sums
  a node that has no receipts by block gives the same
  blocks between two days are found
given a node that is busy, fails or hangs up now and then
  it is asked again, and gives the same
given a limit of requests a second
  no more are asked
given a reading that is killed
  who reads again asks for no block of a part that was there, and the table is the same
given a part that was damaged, or of blocks that are no longer the chain's
  it is read again
given what no node has, or that is not said
  it is refused
"""

import json
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from web3 import HTTPProvider, Web3

from gasprint.errors import InputError, SourceError
from gasprint.sources import NodeReading, open_source
from gasprint.sources.node import BLOCKS_PER_PART
from scripts.local_node import free_port
from tests.relayed_node import relayed
from tests.suite import MNEMONIC

EMPTY_BLOCKS = 600


@pytest.fixture(autouse=True)
def isolation():
    """These tests have a chain of their own."""


@pytest.fixture(scope="module")
def web3():
    """An anvil on a port of its own."""
    port = free_port()
    command = ["anvil", "--quiet", "--mnemonic", MNEMONIC, "--port", str(port)]
    with subprocess.Popen(command) as process:
        try:
            node = Web3(HTTPProvider(f"http://127.0.0.1:{port}", {"timeout": 60}))
            for _ in range(100):
                if node.is_connected():
                    break
                time.sleep(0.1)
            yield node
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def rpc_url(web3):
    return web3.provider.endpoint_uri


def send(web3, **transaction):
    sent = web3.eth.send_transaction({"from": web3.eth.accounts[4], **transaction})
    web3.eth.wait_for_transaction_receipt(sent)


@pytest.fixture(scope="module")
def blocks(web3):
    """Numbers of blocks: six transactions, 600 empty blocks, and the same again."""
    first = web3.eth.block_number + 1
    for _ in range(2):
        for to in web3.eth.accounts[:3]:
            send(web3, to=to, value=1)
            # Stops at once: a contract without code.
            send(web3, data="0x00", gas=100_000)
        web3.provider.make_request("anvil_mine", [hex(EMPTY_BLOCKS), hex(12)])
    return range(first, web3.eth.block_number + 1)


@pytest.fixture
def reading(blocks, tmp_path):
    def options(**more):
        since_until = {"since": blocks[0], "until": blocks[-1], "parts": tmp_path / "parts"}
        of_node = NodeReading(**(since_until | more))
        return {"of_node": of_node, "may_share_seconds": True}

    return options


def rows_of(source):
    """Both tables, as rows in order."""
    transactions = source.transactions.order_by("block_number", "transaction_index")
    return (
        source.blocks.order_by("number").to_pyarrow().to_pylist(),
        transactions.to_pyarrow().to_pylist(),
    )


def test_it_is_what_the_receipts_say(web3, rpc_url, blocks, reading):
    told = []
    options = reading(progress=lambda done, total: told.append((done, total)))
    found_blocks, transactions = rows_of(open_source(f"rpc:{rpc_url}", **options, chain_id=31337))
    assert [each["number"] for each in found_blocks] == list(blocks)
    assert len(transactions) == 12
    for row in transactions:
        receipt = web3.eth.get_transaction_receipt(row["hash"])
        assert row["gas_used"] == receipt["gasUsed"]
        assert row["fee_wei"] == receipt["gasUsed"] * receipt["effectiveGasPrice"]
        base_fee = web3.eth.get_block(row["block_number"])["baseFeePerGas"]
        assert row["burnt_wei"] == receipt["gasUsed"] * base_fee
        assert row["from_address"] == receipt["from"].lower()
        assert row["to_address"] == (receipt["to"] and receipt["to"].lower())
    assert {row["to_address"] is None for row in transactions} == {True, False}
    assert sum(each["gas_used"] for each in found_blocks) == sum(
        row["gas_used"] for row in transactions
    )
    assert told[0] == (0, len(blocks))
    assert told[-1] == (len(blocks), len(blocks))
    assert told == sorted(told)


def test_a_node_without_receipts_by_block(rpc_url, reading, tmp_path):
    def answer(question, ask):
        if question["method"] == "eth_getBlockReceipts":
            error = {"code": -32601, "message": "Method not found"}
            return {"jsonrpc": "2.0", "id": question["id"], "error": error}
        return ask(question)

    whole = rows_of(open_source(f"rpc:{rpc_url}", **reading()))
    with relayed(rpc_url, answer) as url:
        options = reading(parts=tmp_path / "other")
        assert rows_of(open_source(f"rpc:{url}", **options)) == whole


def test_blocks_between_two_times(web3, rpc_url, blocks, reading):
    def time_of(number):
        return datetime.fromtimestamp(web3.eth.get_block(number)["timestamp"], UTC)

    since, until = blocks[50], blocks[150]
    options = reading(since=time_of(since), until=time_of(until))
    found, _ = rows_of(open_source(f"rpc:{rpc_url}", **options))
    assert [each["number"] for each in found] == list(range(since, until))
    # A moment later, it is the next block.
    options = reading(since=time_of(since) + timedelta(seconds=1), until=time_of(until))
    found, _ = rows_of(open_source(f"rpc:{rpc_url}", **options))
    assert found[0]["number"] == since + 1


@pytest.fixture
def moody(rpc_url):
    """A node that answers every third request with 429, 503 or nothing."""

    class Moody(BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.requests += 1
            manner = (429, 503, None)[server.requests // 3 % 3]
            if server.requests % 3 == 0 and isinstance(json.loads(body), list):
                server.failures += 1
                if manner is not None:
                    self.send_error(manner)
                return
            request = urllib.request.Request(rpc_url, body, {"Content-Type": "application/json"})
            with urllib.request.urlopen(request) as response:
                answer = response.read()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Moody)
    server.requests = server.failures = 0
    server.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_node_that_fails_now_and_then(rpc_url, blocks, reading, moody, tmp_path):
    few = {"until": blocks[149]}
    whole = rows_of(open_source(f"rpc:{rpc_url}", **reading(**few)))
    found = open_source(f"rpc:{moody.url}", **reading(**few, parts=tmp_path / "other"))
    assert rows_of(found) == whole
    assert moody.failures > 3


def test_a_limit_of_requests(rpc_url, blocks, reading):
    asked = []

    def answer(question, ask):
        asked.append(time.monotonic())
        return ask(question)

    with relayed(rpc_url, answer) as url:
        open_source(f"rpc:{url}", **reading(until=blocks[99], requests_per_second=50))
    assert len(asked) > 100
    # A second's worth may come at once, at the very end.
    assert len(asked) <= 50 * (asked[-1] - asked[0]) + 2 * 50


READ = """
import sys
from pathlib import Path
from gasprint.sources import NodeReading, open_source

url, since, until, parts = sys.argv[1:]
reading = NodeReading(int(since), int(until), Path(parts), requests_per_second=400)
open_source(f"rpc:{url}", of_node=reading, may_share_seconds=True)
"""


def test_killed_and_read_again(rpc_url, blocks, reading, tmp_path):
    whole = rows_of(open_source(f"rpc:{rpc_url}", **reading(parts=tmp_path / "whole")))
    parts = tmp_path / "parts"
    command = [sys.executable, "-c", READ, rpc_url, str(blocks[0]), str(blocks[-1]), str(parts)]
    for kills in range(1, 4):
        process = subprocess.Popen(command)
        while len(list(parts.glob("*__blocks__*.parquet"))) < 3 * kills:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
    there = [
        range(int(first), int(last) + 1)
        for _, _, each in (path.stem.split("__") for path in parts.glob("*__blocks__*.parquet"))
        for first, last in [each.split("_to_")]
    ]
    assert 9 <= len(there) < len(blocks) // BLOCKS_PER_PART
    asked = Counter()

    def answer(question, ask):
        if question["method"] == "eth_getBlockByNumber":
            asked[int(question["params"][0], 16)] += 1
        return ask(question)

    with relayed(rpc_url, answer) as url:
        again = rows_of(open_source(f"rpc:{url}", **reading()))
    assert again == whole
    # Of a part that was there, only the last block is looked at.
    for part in there:
        assert [asked[number] for number in part] == [0] * (len(part) - 1) + [1]
    assert sum(asked.values()) == len(blocks) - sum(map(len, there)) + len(there)


def test_a_part_that_is_damaged(rpc_url, reading, tmp_path):
    whole = rows_of(open_source(f"rpc:{rpc_url}", **reading()))
    path = sorted((tmp_path / "parts").glob("*.parquet"))[0]
    path.write_bytes(path.read_bytes()[:100])
    assert rows_of(open_source(f"rpc:{rpc_url}", **reading())) == whole


def test_a_chain_that_changed(web3, rpc_url, blocks, reading):
    newest = web3.eth.block_number
    web3.provider.make_request("anvil_mine", [hex(5), hex(12)])
    until = {"since": blocks[-1] - 20, "until": newest + 5}
    before, _ = rows_of(open_source(f"rpc:{rpc_url}", **reading(**until)))
    web3.provider.make_request("anvil_rollback", [5])
    send(web3, to=web3.eth.accounts[0], value=1)
    web3.provider.make_request("anvil_mine", [hex(4), hex(12)])
    after, transactions = rows_of(open_source(f"rpc:{rpc_url}", **reading(**until)))
    assert [each["number"] for each in after] == [each["number"] for each in before]
    assert len(transactions) == 1


def test_what_no_node_has(web3, rpc_url, blocks, reading):
    with pytest.raises(SourceError, match="say from when on with --since"):
        open_source(f"rpc:{rpc_url}")
    newest = web3.eth.block_number
    with pytest.raises(SourceError, match=f"has blocks 0 to {newest}, but asked for are"):
        open_source(f"rpc:{rpc_url}", **reading(until=newest + 1))
    with pytest.raises(SourceError, match=r"chain_id is 31337, but the network's is 1"):
        open_source(f"rpc:{rpc_url}", **reading(), chain_id=1)
    with pytest.raises(InputError, match="must look like http://"):
        open_source("rpc:localhost", **reading())
    with pytest.raises(InputError, match=r"no node answers at 127\.0\.0\.1:1;"):
        open_source("rpc:http://127.0.0.1:1", **reading())
    with pytest.raises(SourceError, match="a node is read alone"):
        open_source(f"rpc:{rpc_url}", "blocks.csv", **reading())
