"""What pages of a ledger take, in a process of its own.

    python -m tests.bench.measure_serve EVENTS ROUNDS SECONDS

A local chain with the suite on it is synced into a ledger, beside a deployment of so many events
that no chain ever had: half of them of one account, and the others of a thousand, so that every
page is full. `gasprint serve` shows it, and syncs it, while the chain goes on. The client asks for
account pages, and for the same figures in the API, of accounts by chance, on the same machine.

Each line on stdout is a JSON object: what was measured. Seconds are those of the clock.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from tests.bench.measure_tree import tell
from tests.kept_chain import KeptChain, kept_chain
from tests.served_ledger import API, Served, serving
from tests.synced_chain import add_a_bit_of_everything, emit, synced

ACCOUNTS, SYNTHETIC = 1_000, 2
IDLE_REQUESTS, CONNECTIONS = 1000, 16
MINT_PAUSE_SECONDS = 0.1

# Some years of blocks, ten events in each.
PAD = """
INSERT INTO deployments BY NAME SELECT * REPLACE (
    2 AS deployment_id, 1 AS chain_id, $events // 10 - 64 AS final_block,
    $events // 10 AS read_block
) FROM deployments;
INSERT INTO blocks SELECT 2, number, '0x' || sha256('block ' || number), 1600000000 + 600 * number
FROM range($events // 10 + 1) AS each(number);
INSERT INTO emissions_recorded SELECT 2, emissions_registry, number // 10, number % 10,
    '0x' || sha256('transaction ' || number),
    '0x' || lpad((IF(number % 2 = 0, 0, number // 2 % $accounts))::VARCHAR, 40, '1'),
    1, gas, gas * 187000000, gas * 70
FROM (SELECT number, 100000 + hash(number) % 100000 AS gas FROM range($events) AS each(number)),
    deployments WHERE deployment_id = 2;
"""


def pad(ledger: Path, events: int) -> None:
    """Adds the deployment that no chain had."""
    values = {"events": events, "accounts": ACCOUNTS}
    with duckdb.connect(str(ledger)) as connection:
        for statement in PAD.strip().removesuffix(";").split(";"):
            used = {name: each for name, each in values.items() if f"${name}" in statement}
            connection.execute(statement, used)


def paths() -> Iterator[str]:
    """Two pages, and then an answer of the API, of accounts by chance."""
    chance = random.Random(7)
    for place in itertools.cycle(("", "", API)):
        yield f"{place}/deployments/{SYNTHETIC}/accounts/0x{chance.randrange(ACCOUNTS):1>40}"


class Connection:
    """One that is kept."""

    async def open(self, port: int) -> Connection:
        """Connects."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", port)
        return self

    async def ask(self, path: str) -> None:
        """Asks, and reads all of the answer, which has to be one."""
        self._writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        if not head.startswith(b"http/1.1 200"):
            raise AssertionError(f"{path}: {head!r}")
        length = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
        await self._reader.readexactly(length)


async def idle(port: int) -> list[float]:
    """How long each takes, one after the other."""
    connection, took = await Connection().open(port), []
    for path, _ in zip(paths(), range(IDLE_REQUESTS), strict=False):
        began = time.perf_counter()
        await connection.ask(path)
        took.append(time.perf_counter() - began)
    return took


async def saturated_per_second(port: int, seconds: float) -> float:
    """How many are answered a second where somebody asks at once for the next."""
    asked, count, end = paths(), 0, time.perf_counter() + seconds

    async def ask() -> None:
        nonlocal count
        connection = await Connection().open(port)
        while time.perf_counter() < end:
            await connection.ask(next(asked))
            count += 1

    await asyncio.gather(*(ask() for _ in range(CONNECTIONS)))
    return count / seconds


async def loaded(port: int, per_second: float, seconds: float) -> list[float]:
    """How long each takes from when it was due, where so many are due a second, come what may."""
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(4 * CONNECTIONS):
        free.put_nowait(await Connection().open(port))
    began, took = time.perf_counter(), []

    async def ask(path: str, due: float) -> None:
        connection = await free.get()
        await connection.ask(path)
        took.append(time.perf_counter() - due)
        free.put_nowait(connection)

    async with asyncio.TaskGroup() as tasks:
        for number, path in zip(range(int(per_second * seconds)), paths(), strict=False):
            due = began + number / per_second
            if (wait := due - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            tasks.create_task(ask(path, due))
    return took


@contextmanager
def going_on(chain: KeptChain) -> Iterator[None]:
    """Has the chain record emissions meanwhile, by a process of its own."""
    process = os.fork()
    if not process:
        try:
            while True:
                emit(chain, 1)
                time.sleep(MINT_PAUSE_SECONDS)
        finally:
            os._exit(1)
    try:
        yield
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)


def quantile(took: list[float], part: float) -> float:
    """The time within which a part of them was answered."""
    return sorted(took)[int(part * (len(took) - 1))]


def main(events: int, rounds: int, seconds: float) -> None:
    """Measures, in each round what is idle and what is not."""
    # A collection of all that is imported here would stand in the times.
    gc.collect()
    gc.freeze()
    with tempfile.TemporaryDirectory() as folder, kept_chain(Path(folder)) as chain:
        add_a_bit_of_everything(chain)
        ledger = Path(folder) / "ledger.duckdb"
        synced(chain, ledger)
        pad(ledger, events)
        with serving(ledger, "--rate", 0) as served:
            port = port_of(served)
            for _ in range(rounds):
                tell(idle_p50_seconds=quantile(asyncio.run(idle(port)), 0.5))
        if not seconds:
            return
        node = ("--rpc", chain.url, "--deployment", chain.deployment)
        with serving(ledger, *node, "--rate", 0) as served, going_on(chain):
            port = port_of(served)
            for _ in range(rounds):
                edition = served.edition()
                per_second = asyncio.run(saturated_per_second(port, seconds))
                took = asyncio.run(loaded(port, per_second / 2, seconds))
                if served.edition() == edition:
                    raise AssertionError("nothing was synced meanwhile")
                tell(saturated_per_second=per_second, loaded_p99_seconds=quantile(took, 0.99))


def port_of(served: Served) -> int:
    """Where it listens."""
    return int(served.url.rpartition(":")[2])


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
