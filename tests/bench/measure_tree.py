"""One size, in a process of its own.

    python -m tests.bench.measure_tree make COUNT FOLDER
    python -m tests.bench.measure_tree measure ROUNDS FILE

Each line on stdout is a JSON object: what one step measured.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
from sha3 import keccak_256

from gasprint.emission_records import EmissionRecords, RecordsHeader, read_records, write_records
from gasprint.record_tree import RecordTree, verify

TRANSACTIONS_A_BLOCK = 150
CHUNK = 65_536
ADDRESS = "0x5FbDB2315678afecb367f032d93F642f64180aa3"


def make(count: int, folder: Path) -> None:
    """Writes a file of records as a chain might have them."""
    random = np.random.default_rng(count)
    rows = np.arange(count, dtype=np.uint64)
    blocks, indices = np.divmod(rows, np.uint64(TRANSACTIONS_A_BLOCK))
    header = RecordsHeader(
        chain_id=1,
        registry=ADDRESS,
        source=ADDRESS,
        first_block=0,
        last_block=count // TRANSACTIONS_A_BLOCK,
        last_block_hash="0x" + "00" * 32,
        factor_version=1,
        picograms_per_gas=69_661_138,
        picowatt_hours_per_gas=187_000_003,
    )
    hashes = random.integers(0, 256, (count, 32), np.uint8)
    gas_used = random.integers(21_000, 1_000_000, count, np.uint64)
    records = EmissionRecords(header, blocks, indices.astype(np.uint32), hashes, gas_used)
    tell(path=str(write_records(records, folder)))


def measure(rounds: int, path: Path) -> None:
    """Memory of reading, building and proving once; then tree and bare loop in turns."""
    reading, records = seconds(lambda: read_records(path))
    tree = records.tree()
    index = len(records) // 3
    if not verify(tree.record(index), tree.proof(index), tree.root):
        raise AssertionError(f"record {index} does not prove itself")
    tell(
        read_seconds=reading,
        peak_memory_mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )
    for _ in range(rounds):
        del tree
        building, tree = seconds(records.tree)
        tell(tree_seconds=building)
        tell(bare_seconds=bare_keccak_seconds(records, tree))


def bare_keccak_seconds(records: EmissionRecords, tree: RecordTree) -> float:
    """Hashing the same leaves and nodes in a plain loop, with nothing else done or kept."""
    total = 0.0
    messages: list[bytes] = []
    for messages in messages_of(records, tree):
        start = process_time()
        for message in messages:
            keccak_256(message).digest()
        total += process_time() - start
    if keccak_256(messages[-1]).digest() != tree._levels[-1][0, :32].tobytes():
        raise AssertionError("these are not the nodes of the tree")
    return total


def messages_of(records: EmissionRecords, tree: RecordTree) -> Iterator[list[bytes]]:
    """What the tree hashed, leaves first and the topmost node last."""
    leaves, *_ = tree._levels
    blocks = records.block_numbers.astype(">u8")[:, np.newaxis].view(np.uint8)
    yield from rows_of(0, records.transaction_hashes, blocks, leaves[:, 32:])
    for level in tree._levels[:-1]:
        yield from rows_of(1, level[: len(level) & ~1].reshape(-1, 128))


def rows_of(tag: int, *parts: np.ndarray) -> Iterator[list[bytes]]:
    """Rows side by side behind a tag, some at a time."""
    for start in range(0, len(parts[0]), CHUNK):
        chunk = [part[start : start + CHUNK] for part in parts]
        rows = np.concatenate((np.full((len(chunk[0]), 1), tag, np.uint8), *chunk), axis=1)
        yield rows.view(f"V{rows.shape[1]}").ravel().tolist()


def seconds(call: Callable[[], Any]) -> tuple[float, Any]:
    """Of the processor, since others may be busy on the same machine; and what came of it."""
    start = process_time()
    result = call()
    return process_time() - start, result


def tell(**measured: float | str) -> None:
    """One step's line."""
    print(json.dumps(measured), flush=True)


if __name__ == "__main__":
    step, number, place = sys.argv[1:]
    {"make": make, "measure": measure}[step](int(number), Path(place))
