"""Reads blocks and their receipts from a node, into a folder of Parquet files.

A part of `BLOCKS_PER_PART` blocks is there as a whole or not at all, so that whoever reads again,
be it after a SIGKILL, asks only for what is missing. A part is used again only if the node still
knows its last block by the same hash: then it knows all of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from gasprint._journal_folder import JournalFolder
from gasprint._node import Node
from gasprint._output import write_bytes
from gasprint.chain_transactions import making_sense
from gasprint.errors import RefusalError, ReorganisedError, SourceError
from gasprint.sources.files import check_parquet
from gasprint.sources.node_reading import NodeReading
from gasprint.sources.node_rows import (
    BLOCKS_OF_PARTS,
    TRANSACTIONS_OF_PARTS,
    block_row,
    hash_of,
    transaction_row,
    whole_number,
)
from gasprint.sources.patience import UNKNOWN_METHOD_CODES, PatientNode

BLOCKS_PER_PART = 100
_BLOCKS_PER_REQUEST = 10
_RECEIPTS_PER_REQUEST = 100


def read_node(rpc_url: str, reading: NodeReading) -> tuple[list[Path], list[Path]]:
    """Read blocks and receipts from a node; the files of blocks, and of transactions.

    Raises:
        InputError: if the node fails for long, or what to read is not said, or the folder cannot be
            written.
        ReorganisedError: if the chain changed meanwhile.
    """
    node = PatientNode(Node.at(rpc_url, "rpc:"), reading.requests_per_second)
    blocks = _blocks_asked_for(node, reading)
    chain_id = node.node.chain_id()
    folder = reading.parts or _cache_of(node, chain_id)
    with JournalFolder(folder, "reading of a node").locked():
        parts = [_Part(folder, each) for each in _parts_of(blocks)]
        done = sum(len(part.blocks) for part in _still_right(node, parts))
        for part in parts:
            if reading.progress:
                reading.progress(done, len(blocks))
            if not part.is_there:
                part.write(*_read_part(node, part.blocks, chain_id))
                done += len(part.blocks)
        if reading.progress:
            reading.progress(done, len(blocks))
        _refuse_what_does_not_follow(parts)
    return [part.blocks_path for part in parts], [part.transactions_path for part in parts]


def block_at(node: PatientNode, moment: datetime, newest: int) -> int:
    """Number of the first block that is not before a time; one after the newest, if none is."""
    wanted, low, high = moment.timestamp(), 0, newest + 1
    while low < high:
        middle = (low + high) // 2
        (block,) = node.ask("eth_getBlockByNumber", [(hex(middle), False)])
        with making_sense(node.node):
            low, high = (
                (middle + 1, high) if whole_number(block["timestamp"]) < wanted else (low, middle)
            )
    return low


@dataclass(frozen=True)
class _Part:
    folder: Path
    blocks: range

    @property
    def blocks_path(self) -> Path:
        return self.folder / f"chain__blocks__{self.blocks[0]}_to_{self.blocks[-1]}.parquet"

    @property
    def transactions_path(self) -> Path:
        return self.folder / f"chain__transactions__{self.blocks[0]}_to_{self.blocks[-1]}.parquet"

    @property
    def is_there(self) -> bool:
        # The blocks are written last.
        return self.blocks_path.exists()

    def write(self, blocks: list[Any], transactions: list[Any]) -> None:
        for path, rows, schema in (
            (self.transactions_path, transactions, TRANSACTIONS_OF_PARTS),
            (self.blocks_path, blocks, BLOCKS_OF_PARTS),
        ):
            sink = pa.BufferOutputStream()
            pq.write_table(pa.Table.from_pylist(rows, schema), sink)
            write_bytes(sink.getvalue().to_pybytes(), path)

    def ends(self) -> tuple[str, str] | None:
        """The hash of the block before the first, and that of the last; None if it is damaged."""
        try:
            check_parquet(self.transactions_path)
            check_parquet(self.blocks_path)
            table = pq.read_table(self.blocks_path, columns=["parent_hash", "hash"])
            return table["parent_hash"][0].as_py(), table["hash"][-1].as_py()
        except (SourceError, pa.ArrowException, KeyError, IndexError, OSError):
            return None


def _blocks_asked_for(node: PatientNode, reading: NodeReading) -> range:
    if reading.since is None:
        raise SourceError(
            "a node knows its whole chain; say from when on with --since, a block or a day"
        )
    newest = node.node.newest_block()
    first, last = reading.since, newest if reading.until is None else reading.until
    if not isinstance(first, int):
        first = block_at(node, _utc(first), newest)
    if not isinstance(last, int):
        last = block_at(node, _utc(last), newest) - 1
    if first < 0 or last > newest or first > last:
        raise SourceError(
            f"the node at {node.node.host} has blocks 0 to {newest}, but asked for are "
            f"{first} to {last}; change --since or --until"
        )
    return range(first, last + 1)


def _utc(moment: date) -> datetime:
    if not isinstance(moment, datetime):
        return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _cache_of(node: PatientNode, chain_id: int) -> Path:
    (genesis,) = node.ask("eth_getBlockByNumber", [(hex(0), False)])
    with making_sense(node.node):
        name = f"chain-{chain_id}-{hash_of(genesis['hash'])[2:18]}"
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "gasprint" / name


def _parts_of(blocks: range) -> Iterator[range]:
    """Cut where numbers are multiples of `BLOCKS_PER_PART`, so that other ranges share them."""
    first = blocks.start
    while first < blocks.stop:
        stop = min((first // BLOCKS_PER_PART + 1) * BLOCKS_PER_PART, blocks.stop)
        yield range(first, stop)
        first = stop


def _still_right(node: PatientNode, parts: Sequence[_Part]) -> list[_Part]:
    """The parts that are there; those that the chain does not bear out any more are removed."""
    there = [(part, part.ends()) for part in parts if part.is_there]
    right = []
    for start in range(0, len(there), _RECEIPTS_PER_REQUEST):
        some = there[start : start + _RECEIPTS_PER_REQUEST]
        asked = [(hex(part.blocks[-1]), False) for part, _ in some]
        for (part, ends), block in zip(some, node.ask("eth_getBlockByNumber", asked), strict=True):
            if ends and block and block.get("hash") == ends[1]:
                right.append(part)
            else:
                part.blocks_path.unlink()
    return right


def _refuse_what_does_not_follow(parts: Sequence[_Part]) -> None:
    before = None
    for part in parts:
        ends = part.ends()
        if ends is None or before not in (None, ends[0]):
            raise ReorganisedError(
                f"block {part.blocks[0]} does not follow on the one before any more; try again"
            )
        before = ends[1]


def _read_part(node: PatientNode, numbers: range, chain_id: int) -> tuple[list[Any], list[Any]]:
    blocks: list[Any] = []
    transactions: list[Any] = []
    for start in range(numbers.start, numbers.stop, _BLOCKS_PER_REQUEST):
        some = range(start, min(start + _BLOCKS_PER_REQUEST, numbers.stop))
        found = node.ask("eth_getBlockByNumber", [(hex(number), False) for number in some])
        with making_sense(node.node):
            hashes = [[hash_of(each) for each in block["transactions"]] for block in found]
        receipts = _receipts_of(node, some, hashes)
        with making_sense(node.node):
            for number, block, theirs in zip(some, found, receipts, strict=True):
                follows = not blocks or block["parentHash"] == blocks[-1]["hash"]
                of_block = all(each and each["blockHash"] == block["hash"] for each in theirs)
                if whole_number(block["number"]) != number or not follows or not of_block:
                    raise ReorganisedError(f"block {number} changed while it was read; try again")
                blocks.append(block_row(block, chain_id))
                transactions += [transaction_row(each) for each in theirs]
    return blocks, transactions


def _receipts_of(node: PatientNode, numbers: range, hashes: list[list[str]]) -> list[list[Any]]:
    """Of each block, from one question a block or, where the node has no such, a transaction."""
    busy = [number for number, theirs in zip(numbers, hashes, strict=True) if theirs]
    if node.has_block_receipts:
        try:
            found = node.ask("eth_getBlockReceipts", [(hex(number),) for number in busy])
            by_number = dict(zip(busy, found, strict=True))
            return [by_number.get(number) or [] for number in numbers]
        except RefusalError as error:
            if error.code not in UNKNOWN_METHOD_CODES:
                raise
            node.has_block_receipts = False
    wanted = [each for theirs in hashes for each in theirs]
    receipts: dict[str, Any] = {}
    for start in range(0, len(wanted), _RECEIPTS_PER_REQUEST):
        some = wanted[start : start + _RECEIPTS_PER_REQUEST]
        found = node.ask("eth_getTransactionReceipt", [(each,) for each in some])
        receipts |= zip(some, found, strict=True)
    return [[receipts[each] for each in theirs] for theirs in hashes]
