"""One step of the engine's figures, in a process of its own.

    python -m tests.bench.measure_engine make COUNT FOLDER
    python -m tests.bench.measure_engine footprint ROUNDS BLOCKS TRANSACTIONS
    python -m tests.bench.measure_engine command BLOCKS TRANSACTIONS
    python -m tests.bench.measure_engine spark BLOCKS TRANSACTIONS

Each line on stdout is a JSON object: what was measured. Seconds are the processor's, of all
threads.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gasprint.charges import charges_of
from gasprint.choices import By
from gasprint.footprint import footprint_of
from gasprint.grid import grid_named
from gasprint.networks import network_named
from gasprint.sources import open_source
from gasprint.spark import spark
from tests.bench.chain import MERGE_UNIX_SECONDS, make_chain
from tests.bench.measure_tree import seconds, tell

MEMORY_LIMIT = "1GB"
"""Of DuckDB; Python, Arrow and the result come on top of it."""

COMMANDS = 3
"""How often the command is run; the best counts."""

ETHEREUM = network_named("ethereum"), grid_named("network:ethereum")

# The columns that a footprint by address needs, grouped as it is, and of each the least to be done.
BARE = """
    SELECT from_address, count(*), sum(gas_used), max(block_number)
    FROM read_parquet($transactions) GROUP BY from_address
"""


def make(count: str, folder: str) -> None:
    """Writes blocks and transactions."""
    blocks, transactions = make_chain(int(count), Path(folder))
    tell(blocks=str(blocks), transactions=str(transactions))


def footprint(rounds: str, blocks: str, transactions: str) -> None:
    """Memory of opening, checking and sharing out once; then that and the bare scan in turns."""
    spent, rows = seconds(lambda: by_address(blocks, transactions))
    tell(
        peak_memory_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        footprint_seconds=spent,
    )
    for _ in range(int(rounds)):
        tell(bare_seconds=bare(transactions, len(rows)))
        tell(footprint_seconds=seconds(lambda: by_address(blocks, transactions))[0])


def by_address(blocks: str, transactions: str) -> pa.Table:
    """From the files to a row an address, with every check of the files."""
    chain = open_source(blocks, transactions, memory_limit=MEMORY_LIMIT)
    return footprint_of(chain, *ETHEREUM).by(By.ADDRESS).to_pyarrow()


def bare(transactions: str, addresses: int) -> float:
    """Seconds that DuckDB takes to read and group the same columns of the file, and to add up."""
    with duckdb.connect(config={"memory_limit": MEMORY_LIMIT}) as connection:
        spent, rows = seconds(
            lambda: connection.execute(BARE, {"transactions": transactions}).to_arrow_table()
        )
    if len(rows) != addresses:
        raise AssertionError(f"{len(rows)} addresses, and the footprint has {addresses}")
    return spent


def command(blocks: str, transactions: str) -> None:
    """The whole command against a plain loop over the same files, to the same total."""
    loop_seconds, grams = seconds(lambda: loop(blocks, transactions))
    tell(loop_seconds=loop_seconds)
    arguments = ("footprint", blocks, transactions, "--window", "day", "--by", "day")
    for _ in range(COMMANDS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        output = subprocess.run(
            [sys.executable, "-m", "gasprint", *arguments, "--format", "json"],
            check=True,
            capture_output=True,
        ).stdout
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        total = sum(row["co2e_grams_best"] for row in json.loads(output)["rows"])
        tell(
            command_seconds=after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime,
            command_difference=abs(total / grams - 1),
        )


def loop(blocks: str, transactions: str) -> float:
    """Each transaction's date, the grams per gas of that date, times its gas, as a script does it.

    The shape, not the text, of the loop of kylemcdonald/ethereum-nft-activity.

    Returns:
        The grams of all.
    """
    time_of, work, stake = of_days(pq.read_table(blocks))
    grams = 0.0
    for batch in pq.ParquetFile(transactions).iter_batches(columns=["block_number", "gas_used"]):
        for block_number, gas_used in zip(*(each.to_pylist() for each in batch), strict=True):
            time = time_of[block_number]
            days = work if time < MERGE_UNIX_SECONDS else stake
            grams += days.grams_per_gas(datetime.fromtimestamp(time, UTC).date()) * gas_used
    return grams


class Days:
    """What the network made each day under one model, and the gas that was used meanwhile."""

    def __init__(self) -> None:
        """Knows none yet."""
        self.grams_of_date: dict[date, float] = {}
        self.gas_of_date: dict[date, int] = {}

    def grams_per_gas(self, day: date) -> float:
        """Of a date."""
        return self.grams_of_date[day] / self.gas_of_date[day]


def of_days(blocks: pa.Table) -> tuple[dict[int, int], Days, Days]:
    """The time of each block, in Unix seconds; the days of proof of work, and those of stake."""
    numbers, times, gas = (blocks[name].to_pylist() for name in ("number", "timestamp", "gas_used"))
    first, last = (datetime.fromtimestamp(each, UTC) for each in (times[0], times[-1]))
    # The first block of all is taken to cover what the others do on average.
    lasting = [round(float(np.diff(times).mean())), *np.diff(times).tolist()]
    work, stake = Days(), Days()
    for charge in charges_of(*ETHEREUM, first, last):
        days = work if charge.since.timestamp() < MERGE_UNIX_SECONDS else stake
        start, end = np.searchsorted(times, [charge.since.timestamp(), charge.until.timestamp()])
        kwh = charge.power_watts.best / 1000 * sum(lasting[start:end]) / 3600
        days.grams_of_date[charge.since.date()] = kwh * charge.grams_per_kwh.best
        days.gas_of_date[charge.since.date()] = sum(gas[start:end])
    return dict(zip(numbers, times, strict=True)), work, stake


def agreement(blocks: str, transactions: str) -> None:
    """How far any figure by Spark is from that by DuckDB, as a part of it."""
    chain = open_source(blocks, transactions)
    by_duckdb = footprint_of(chain, *ETHEREUM).by(By.ADDRESS).to_pyarrow()
    with spark() as moved:
        by_spark = footprint_of(chain, *ETHEREUM, moved=moved).by(By.ADDRESS).to_pyarrow()
    differences = []
    for name, kind in ibis.memtable(by_duckdb).schema().items():
        ours, theirs = by_duckdb[name], by_spark[name]
        if kind.is_floating():
            one, other = ours.to_numpy(), theirs.to_numpy()
            differences.append(float(np.max(np.abs(other / one - 1))))
        elif ours.to_pylist() != theirs.to_pylist():
            raise AssertionError(f"{name} by Spark is not {name} by DuckDB")
    tell(spark_difference=max(differences))


STEPS: dict[str, Any] = {
    "make": make,
    "footprint": footprint,
    "command": command,
    "spark": agreement,
}

if __name__ == "__main__":
    step, *arguments = sys.argv[1:]
    STEPS[step](*arguments)
