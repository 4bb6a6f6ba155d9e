"""One step of sync's figures, in a process of its own.

    python -m tests.bench.measure_sync beside_loop EVENTS ROUNDS FOLDER
    python -m tests.bench.measure_sync memory EVENTS FOLDER

Each line on stdout is a JSON object: what was measured. Seconds are those of a clock on the wall,
as both wait for one node; the processor's stand beside them.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from eth_utils.abi import event_abi_to_log_topic
from web3 import HTTPProvider, Web3

from gasprint._node import Node
from gasprint.sync import sync
from tests.bench.measure_tree import tell
from tests.bench.synthetic_node import synthetic_node, write_synthetic_deployment
from tests.kept_chain import HOLDER, OUTSIDER, KeptChain, addresses, kept_chain
from tests.suite import NOTHING_SAID, TOKEN_ID
from tests.synced_chain import add_a_bit_of_everything

BLOCKS_PER_REQUEST = 2_000
"""What the loop asks for at once; anvil would give all, and hosted nodes allow so many."""


def beside_loop(events: str, rounds: str, folder: str) -> None:
    """Sync and a plain loop in turns, over the same chain of anvil."""
    with kept_chain(Path(folder)) as chain:
        add_a_bit_of_everything(chain)
        add_events(chain, int(events))
        for number in range(int(rounds)):
            ledger = Path(folder) / f"{number}.duckdb"
            took, found = timed(lambda: loop(chain.url, chain.deployment))
            tell(**{f"loop_{name}": each for name, each in took.items()}, events=len(found))
            took, synced = timed(
                lambda path=ledger: sync(path, Node.at(chain.url), chain.deployment)
            )
            tell(**{f"sync_{name}": each for name, each in took.items()})
            if synced.events != len(found) or synced.contradictions:
                raise AssertionError(f"{synced.events} events, and the loop found {len(found)}")


def add_events(chain: KeptChain, count: int) -> None:
    """Records, and for every fifth of them a retirement for the account, which logs four events."""
    registry, credits = chain.suite.EmissionsRegistry, chain.suite.CarbonCredits
    accounts = addresses(200, 1_000_000)
    chain.fund(accounts)
    details = (NOTHING_SAID[0], "Example", "a bench", "here", 0, 0)

    def calls() -> Any:
        logged = 0
        while logged < count:
            account = accounts[logged % len(accounts)]
            for gas in range(5):
                yield account, registry.functions.record(50_000 + gas)
            yield (
                HOLDER.address,
                credits.functions.retireFor(
                    TOKEN_ID, HOLDER.address, 1, OUTSIDER.address, details, False
                ),
            )
            logged += 9

    chain.call_many(calls())


def loop(url: str, deployment: Path) -> list[Any]:
    """Every event of the deployment, as a script gets it: web3.py's `get_logs` and decoding."""
    web3 = Web3(HTTPProvider(url))
    # Texts on this chain are any bytes, at which web3.py's own would stop.
    web3.codec = Node.at(url).web3.codec
    entries = json.loads(deployment.read_text())["contracts"].values()
    decoders, found = {}, []
    for entry in entries:
        contract = web3.eth.contract(entry["address"], abi=entry["abi"])
        for abi in entry["abi"]:
            if abi["type"] == "event":
                event = contract.events[abi["name"]]()
                decoders[entry["address"], event_abi_to_log_topic(abi)] = event
    for first in range(0, web3.eth.block_number + 1, BLOCKS_PER_REQUEST):
        logs = web3.eth.get_logs(
            {
                "address": [entry["address"] for entry in entries],
                "fromBlock": first,
                "toBlock": first + BLOCKS_PER_REQUEST - 1,
            }
        )
        for log in logs:
            found.append(decoders[log["address"], bytes(log["topics"][0])].process_log(log))
    return found


def timed(call: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    """Seconds of the clock and of this process's processor; and what came of it."""
    clock, processor = perf_counter(), process_time()
    result = call()
    spent = {"seconds": perf_counter() - clock, "processor_seconds": process_time() - processor}
    return spent, result


def memory(events: str, folder: str) -> None:
    """The most memory that one sync takes, from a node that makes so many events up."""
    deployment = write_synthetic_deployment(Path(folder))
    ledger = Path(folder) / f"{events}.duckdb"
    with synthetic_node(int(events)) as url:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        took, synced = timed(lambda: sync(ledger, Node.at(url), deployment))
    if synced.events != int(events) or synced.contradictions:
        raise AssertionError(f"{synced.events} events: {synced.contradictions}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    tell(peak_memory_mib=peak, before_mib=before, **took)


STEPS: dict[str, Any] = {"beside_loop": beside_loop, "memory": memory}

if __name__ == "__main__":
    step, *arguments = sys.argv[1:]
    STEPS[step](*arguments)
