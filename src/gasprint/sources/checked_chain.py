"""From the files of blocks and transactions to checked tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from gasprint.errors import SourceError
from gasprint.sources import columns
from gasprint.sources.block_times import times_of_blocks
from gasprint.sources.chain_data import (
    BLOCKS_SCHEMA,
    IS_WRONG,
    BlockTimes,
    ChainData,
    SetAside,
    sums_of,
)
from gasprint.sources.chain_tables import REASON, ReadTable
from gasprint.sources.columns import of_unix_seconds
from gasprint.sources.fees import ADDRESSES, with_fees
from gasprint.sources.files import FILE, ROW, TEXT_ENDINGS, damages_of, open_files
from gasprint.sources.impossible_rows import (
    check_quarantine,
    impossible_blocks,
    impossible_transactions,
    refusal_of,
    unseen_by_sums,
    write_quarantine,
)

_NEEDED_OF_BLOCKS = {"number", "timestamp", "gas_used"}
_NEEDED_OF_TRANSACTIONS = {"hash", "block_number", "transaction_index", "gas_used"}
_GAS_OF_BLOCKS = {"block_gas_used", "cumulative_gas_used"}
"""Columns of transactions that tell what their block used, also where some of it are missing."""

_MORE_OF_BLOCKS = ("base_fee_wei", "block_reward_wei", "set_aside_transactions")


@dataclass(frozen=True)
class Reading:
    """How files are to be read.

    Attributes:
        renamed: our columns, to those of the files that hold them.
        quarantine: file for impossible rows; without it, the first of them is refused.
        chain_id: of the network; None if it is not known.
        times_are_utc: whether times without a zone are UTC.
        network: by whose numbers blocks are dated, where the files do not say when they were made.
        at: when all of them were, instead.
        may_share_seconds: whether two blocks in a row may be of the same second.
        needs_addresses: whether to refuse files that do not say who sent what to whom.
    """

    renamed: Mapping[str, str] = field(default_factory=dict)
    quarantine: Path | None = None
    chain_id: int | None = None
    times_are_utc: bool = False
    network: str | None = None
    at: datetime | None = None
    may_share_seconds: bool = False
    needs_addresses: bool = False


def read_chain(
    connection: ibis.BaseBackend,
    blocks: Sequence[Path],
    transactions: Sequence[Path],
    reading: Reading,
) -> ChainData:
    """Read files of blocks and of their transactions.

    Text is held by DuckDB; Parquet stays where it is, and is scanned again by every query.

    Args:
        connection: what reads them.
        blocks: files of blocks; none, if they are to be made of the transactions.
        transactions: files of transactions.
        reading: how.

    Raises:
        SourceError: naming the file and the row, block or transaction that is wrong.
    """
    if reading.quarantine:
        check_quarantine(reading.quarantine)
    with damages_of(transactions[0]):
        needed = _NEEDED_OF_TRANSACTIONS | (ADDRESSES if reading.needs_addresses else set())
        read = _read(connection, transactions, columns.TRANSACTIONS, needed, reading)
        of_blocks = None
        if blocks:
            of_blocks = _read(connection, blocks, columns.BLOCKS, _NEEDED_OF_BLOCKS, reading)
        return _Chain(connection, reading, of_blocks, read).checked()


def _read(
    connection: ibis.BaseBackend,
    paths: Sequence[Path],
    ours: Mapping[str, columns.Column],
    needed: set[str],
    reading: Reading,
) -> ReadTable:
    is_text = paths[0].suffix in TEXT_ENDINGS
    raw = open_files(connection, paths)
    return ReadTable.of(
        *(raw, str(paths[0]), ours, needed, reading.renamed),
        is_text=is_text,
        times_are_utc=reading.times_are_utc,
    )


@dataclass
class _Chain:
    """What is read of a chain, on its way to be checked."""

    connection: ibis.BaseBackend
    reading: Reading
    read_blocks: ReadTable | None
    read_transactions: ReadTable

    def checked(self) -> ChainData:
        self.aside: list[pa.Table] = []
        transactions = self._held("transactions", self.read_transactions)
        blocks = None if self.read_blocks is None else self._blocks(self.read_blocks)
        if self.reading.quarantine:
            transactions = self._set_aside(transactions, blocks)
        sums = sums_of(transactions)
        try:
            chain = self._chain(blocks, transactions, sums)
        except SourceError:
            # Only now is it worth finding out which row it is.
            impossible = self._impossible(blocks)
            if not self.reading.quarantine and (refusal := refusal_of(impossible)):
                raise refusal from None
            raise
        if not self.reading.quarantine:
            unseen = unseen_by_sums(self.read_transactions, self.reading.chain_id)
            if unseen is not None and (refusal := refusal_of(unseen)):
                raise refusal
        return chain

    def _held(self, name: str, read: ReadTable) -> ir.Table:
        if not read.is_text:
            return read.typed
        with damages_of(Path(read.path)):
            return self.connection.create_table(f"{name}_of_text", read.typed)

    def _blocks(self, read: ReadTable) -> ir.Table:
        blocks = self._held("blocks", read)
        impossible = impossible_blocks(read, self.reading.chain_id)
        if self.reading.quarantine:
            self._put_aside("block", impossible)
            kept = impossible.select(FILE, ROW)
            blocks = blocks.anti_join(kept, [FILE, ROW])
        elif refusal := refusal_of(impossible):
            raise refusal
        blocks = self.connection.create_table("blocks_read", blocks)
        if blocks.count().to_pyarrow().as_py() == 0:
            raise SourceError(f"{read.path} holds no blocks; export at least one")
        return blocks

    def _impossible(self, blocks: ir.Table | None) -> ir.Table:
        return impossible_transactions(self.read_transactions, blocks, self.reading.chain_id)

    def _set_aside(self, transactions: ir.Table, blocks: ir.Table | None) -> ir.Table:
        aside = self.connection.create_table("set_aside", self._impossible(blocks))
        self._put_aside("transaction", aside)
        if aside.count().to_pyarrow().as_py() == 0:
            return transactions
        return transactions.anti_join(aside, [FILE, ROW])

    def _put_aside(self, record: str, rows: ir.Table) -> None:
        shown = rows.order_by(FILE, ROW).mutate(record=ibis.literal(record))
        if record == "block":
            shown = shown.rename(block_number="number")
        names = ("block_number", "hash", "transaction_index", "from_address", "to_address")
        there = {n: shown[n] if n in shown.columns else ibis.literal("") for n in names}
        self.aside.append(
            shown.select(
                "record", **there, gas_used=_.gas_used, file=_[FILE], row=_[ROW], reason=_[REASON]
            ).to_pyarrow()
        )

    def _chain(self, blocks: ir.Table | None, transactions: ir.Table, sums: ir.Table) -> ChainData:
        times: BlockTimes = "recorded"
        if blocks is None:
            blocks, times = self._made_of(transactions)
        if "transaction_count" not in blocks.columns:
            counts = sums.select("block_number", transaction_count=_.receipts)
            blocks = blocks.left_join(counts, blocks.number == counts.block_number).mutate(
                transaction_count=_.transaction_count.fill_null(0)
            )
        set_aside = None
        if self.reading.quarantine:
            blocks = self._with_set_aside(blocks)
            set_aside = self._written(self.reading.quarantine, blocks)
        more = [n for n in _MORE_OF_BLOCKS if n in blocks.columns]
        blocks = blocks.select(*BLOCKS_SCHEMA, *more)
        blocks = self.connection.create_table("blocks", blocks)
        if blocks.count().to_pyarrow().as_py() == 0:
            raise SourceError(f"{self.read_transactions.path} holds no rows; export at least one")
        return ChainData(
            blocks=blocks,
            transactions=with_fees(transactions, blocks),
            set_aside=set_aside,
            block_times=times,
            may_share_seconds=self.reading.may_share_seconds,
            chain_id=self._chain_id(transactions),
            gas_is_summed=self.read_blocks is None and not _GAS_OF_BLOCKS & {*transactions.columns},
            sums=sums,
        )

    def _chain_id(self, transactions: ir.Table) -> int | None:
        """Of any row, since all have the same, or the first other one was found."""
        tables = (
            [transactions] if self.read_blocks is None else [self.read_blocks.typed, transactions]
        )
        for rows in tables:
            if "chain_id" in rows.columns:
                there = rows.filter(_.chain_id.notnull()).select("chain_id")
                if told := there.limit(1).to_pyarrow().to_pylist():
                    return int(told[0]["chain_id"])
        return None

    def _written(self, quarantine: Path, blocks: ir.Table) -> SetAside:
        rows, transactions = pa.concat_tables(self.aside), len(self.aside[-1])
        write_quarantine(rows, quarantine)
        of_known_block = blocks.set_aside_transactions.sum().to_pyarrow().as_py()
        return SetAside(len(rows), transactions, transactions - of_known_block, quarantine)

    def _with_set_aside(self, blocks: ir.Table) -> ir.Table:
        numbers = ibis.memtable(self.aside[-1].select(["block_number"]))
        counts = numbers.group_by(of_block=_.block_number.try_cast("int64")).agg(
            set_aside_transactions=_.count()
        )
        return blocks.left_join(counts, blocks.number == counts.of_block).mutate(
            set_aside_transactions=_.set_aside_transactions.fill_null(0)
        )

    def _refuse_unclear_times(self, blocks: ir.Table) -> None:
        path, wrong = self.read_transactions.path, (_.undated > 0) | (_.earliest != _.timestamp)
        for block in blocks.filter(wrong).order_by("number").limit(1).to_pyarrow().to_pylist():
            if block["undated"]:
                raise SourceError(
                    f"{path}: {block['undated']} rows of block {block['number']} have no "
                    "block_timestamp; complete them, or leave the column out, so that blocks are "
                    "dated by their numbers"
                )
            times = " and ".join(f"{block[n]:%Y-%m-%d %H:%M:%S}" for n in ("earliest", "timestamp"))
            raise SourceError(
                f"{path}: block {block['number']} is of two times, {times} UTC; export it again"
            )

    def _made_of(self, transactions: ir.Table) -> tuple[ir.Table, BlockTimes]:
        """The blocks that the transactions are of, which are all of their block's."""
        there = transactions.columns
        gas = transactions.gas_used.sum()
        if "block_gas_used" in there:
            gas = transactions.block_gas_used.max()
        elif "cumulative_gas_used" in there:
            gas = transactions.cumulative_gas_used.max()
        if "block_gas_used" not in there and any(map(len, self.aside)):
            raise SourceError(
                f"{self.read_transactions.path} has impossible rows, and without the blocks it is "
                "not known what share of the gas they had; give the blocks too"
            )
        more = {n: transactions[n].max() for n in ("base_fee_wei",) if n in there}
        if "block_timestamp" in there:
            more["timestamp"] = transactions.block_timestamp.max()
            more["earliest"] = transactions.block_timestamp.min()
            more["undated"] = transactions.block_timestamp.isnull().sum()
        blocks = self.connection.create_table(
            "blocks_made",
            transactions.filter(~_[IS_WRONG])
            .group_by(number=_.block_number)
            .agg(gas_used=gas, transaction_count=_.transaction_index.max() + 1, **more),
        )
        if "block_timestamp" in there:
            self._refuse_unclear_times(blocks)
            return blocks, "recorded"
        if self.reading.at is not None:
            at = ibis.literal(self.reading.at, type="timestamp('UTC')")
            return blocks.mutate(timestamp=at), "given"
        if self.reading.network is None:
            raise SourceError(
                f"{self.read_transactions.path} has no column 'block_timestamp'; give the blocks "
                "too, or say when they were made with --at 2021-10-08"
            )
        numbers = blocks.number.to_pyarrow().to_pylist()
        times = times_of_blocks(numbers, self.reading.network)
        whole_numbers = pa.schema({"of_block": pa.int64(), "seconds": pa.int64()})
        seconds = ibis.memtable(pa.table([numbers, times], schema=whole_numbers))
        by_number = blocks.join(seconds, blocks.number == seconds.of_block)
        return by_number.mutate(timestamp=of_unix_seconds(_.seconds)), "interpolated"
