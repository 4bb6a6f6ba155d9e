"""A node that makes its chain up as it is asked: of so many events as no test chain has.

Blocks of a hundred transactions, each of which records emissions of one of ten thousand accounts.
It knows what a sync asks, and the sums that its events add up to.
"""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import HTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from eth_abi.abi import encode
from web3 import Web3

from gasprint.sync.events import EVENTS
from tests.bench.figures import ROOT
from tests.relayed_node import answering

EVENTS_A_BLOCK = 100
ACCOUNTS = 10_000
GAS_USED, ENERGY_PICOWATT_HOURS, CO2E_MICROGRAMS = 90_000, 16_830_000, 6_270
CHAIN_ID = 31337
_FINALITY_BLOCKS = 1
_ADDRESSES = {name: f"0x{number:040x}" for number, name in enumerate(EVENTS, start=1)}
_RECORDED = Web3.keccak(
    text="EmissionsRecorded(address,uint256,uint256,uint256,uint256)"
).to_0x_hex()
_DATA = encode(4 * ["uint256"], [1, GAS_USED, ENERGY_PICOWATT_HOURS, CO2E_MICROGRAMS]).hex()
_EMISSIONS_OF = Web3.keccak(text="emissionsOf(address)")[:4].hex()
_FINALITY_OF = Web3.keccak(text="finalityBlocks()")[:4].hex()


def write_synthetic_deployment(folder: Path) -> Path:
    """Write the file that names the contracts, with the ABIs as they were compiled."""
    contracts = {}
    for name, address in _ADDRESSES.items():
        built = json.loads((ROOT / "build" / "contracts" / f"{name}.json").read_text())
        contracts[name] = {"address": address, "block_number": 0, "abi": built["abi"]}
    path = folder / "synthetic.json"
    path.write_text(json.dumps({"chain_id": CHAIN_ID, "contracts": contracts}))
    return path


@contextmanager
def synthetic_node(events: int) -> Iterator[str]:
    """The address of a node of so many events, which is a process of its own."""
    spawning = multiprocessing.get_context("spawn")
    ours, theirs = spawning.Pipe()
    process = spawning.Process(target=_serve, args=(events, theirs), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        process.kill()
        process.join()


def _serve(events: int, connection: Connection) -> None:
    with HTTPServer(("127.0.0.1", 0), answering(partial(_answer, events))) as server:
        connection.send(server.server_port)
        server.serve_forever()


def _answer(events: int, question: dict[str, Any]) -> str:
    result = _result(events, question["method"], question["params"])
    return f'{{"jsonrpc":"2.0","id":{json.dumps(question["id"])},"result":{result}}}'


def _result(events: int, method: str, parameters: list[Any]) -> str:
    if method == "eth_getLogs":
        first, last = (int(parameters[0][each], 16) for each in ("fromBlock", "toBlock"))
        numbers = range(max(0, first - 1) * EVENTS_A_BLOCK, min(last * EVENTS_A_BLOCK, events))
        return f"[{','.join(map(_log, numbers))}]"
    if method == "eth_getBlockByNumber":
        number = int(parameters[0], 16)
        block = {"number": hex(number), "hash": _hash(number), "timestamp": hex(12 * number + 1)}
        return json.dumps(block)
    if method == "eth_call":
        return f'"0x{_called(events, parameters[0]["data"][2:])}"'
    return json.dumps(
        {
            "eth_chainId": hex(CHAIN_ID),
            "eth_blockNumber": hex(events // EVENTS_A_BLOCK + _FINALITY_BLOCKS),
            "eth_getCode": "0x00",
        }[method]
    )


def _called(events: int, data: str) -> str:
    if data[:8] == _EMISSIONS_OF:
        account = int(data[8:], 16) - 2**159
        count = len(range(account, events, ACCOUNTS))
        sums = [count * each for each in (1, GAS_USED, ENERGY_PICOWATT_HOURS, CO2E_MICROGRAMS)]
        return encode(4 * ["uint256"], sums).hex()
    return encode(["uint256"], [_FINALITY_BLOCKS if data[:8] == _FINALITY_OF else 0]).hex()


def _log(number: int) -> str:
    block, index = divmod(number, EVENTS_A_BLOCK)
    return (
        f'{{"address":"{_ADDRESSES["EmissionsRegistry"]}","topics":["{_RECORDED}",'
        f'"0x{2**159 + number % ACCOUNTS:064x}"],"data":"0x{_DATA}",'
        f'"blockNumber":"{block + 1:#x}","blockHash":"{_hash(block + 1)}",'
        f'"transactionHash":"0x{number + 2**255:064x}","transactionIndex":"{index:#x}",'
        f'"logIndex":"{index:#x}","removed":false}}'
    )


def _hash(number: int) -> str:
    return f"0x{number + 2**254:064x}"
