"""Rows that cannot be, refused or set aside.

given a row of a wrong value, chain or block, of too much gas, of falling cumulative gas, or again
  it is refused: the file, the row, the hash and why
  with a file for them it is set aside there, and the rest goes on
given a block of which a row was set aside
  its gas stays its own, so that nobody else is handed the row's share
given a block that cannot be
  it is set aside with its transactions
given nothing impossible
  the file for it is empty, and nothing was set aside
given a CSV of rows set aside
  no cell of it is a formula
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import ExportedFiles, Rows
from cryo_files import TRANSACTIONS, write_cryo

from gasprint.errors import SourceError
from gasprint.sources import open_source
from gasprint.sources.chain_data import ChainData

GAS_OF_THE_BLOCK = 9_755_040
Spoil = Callable[[Rows], None]


def set_to(index: int, **values: Any) -> Spoil:
    def spoil(rows: Rows) -> None:
        rows[index] |= values

    return spoil


SPOILT: dict[str, tuple[Spoil, int, str]] = {
    "negative": (set_to(6, receipt_gas_used=-21_000), 7, "receipt_gas_used is '-21000', but must"),
    "2^63": (set_to(6, receipt_gas_used=2**63), 7, "receipt_gas_used is '9223372036854775808'"),
    "over the limit": (
        set_to(6, receipt_gas_used=30_000_001),
        7,
        "gas_used is 30000001, over the limit of 30000000 of block 17173049",
    ),
    "over the block": (
        set_to(6, receipt_gas_used=GAS_OF_THE_BLOCK + 1),
        7,
        "gas_used is 9755041, over the 9755040 that block 17173049 used",
    ),
    "falling": (
        set_to(6, receipt_cumulative_gas_used=1),
        7,
        "cumulative gas falls from",
    ),
    "again": (lambda rows: rows.append(rows[3]), 299, "is there 2 times; keep one of it"),
    "another block": (set_to(6, block_number=17_173_051), 7, "is of block 17173051, which is not"),
    "another chain": (set_to(6, chain_id=137), 7, "chain_id is 137, but the network's is 1"),
    "a formula": (
        set_to(6, hash='=HYPERLINK("http://127.0.0.1/","0x12")'),
        7,
        "hash is '=HYPERLINK(",
    ),
}


def with_chain_ids(exported: ExportedFiles) -> None:
    exported.transactions = [{**row, "chain_id": 1} for row in exported.transactions]


def chain_of(*sources: Any, **options: Any) -> ChainData:
    chain = open_source(*sources, **options)
    assert isinstance(chain, ChainData)
    return chain


def rows_of(path: Path) -> Rows:
    if path.suffix == ".parquet":
        table: Rows = pq.read_table(path).to_pylist()
        return table
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
@pytest.mark.parametrize("spoilt", SPOILT)
def test_it_is_refused_by_name(exported: ExportedFiles, spoilt: str, ending: str) -> None:
    spoil, row, problem = SPOILT[spoilt]
    with_chain_ids(exported)
    spoil(exported.transactions)
    blocks, transactions = exported.written(ending)
    with pytest.raises(SourceError) as refusal:
        open_source(blocks, transactions, chain_id=1)
    told = str(refusal.value)
    assert told.startswith(f"{transactions} row {row}: ")
    assert problem in told
    assert exported.transactions[row - 1]["hash"][:20] in told
    assert "\n" not in told


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("spoilt", SPOILT)
def test_it_is_set_aside(exported: ExportedFiles, spoilt: str, ending: str) -> None:
    spoil, row, problem = SPOILT[spoilt]
    with_chain_ids(exported)
    spoil(exported.transactions)
    quarantine = exported.folder / f"impossible.{ending}"
    chain = chain_of(*exported.written(), chain_id=1, quarantine=quarantine)
    (aside,) = rows_of(quarantine)
    assert (aside["record"], int(aside["row"])) == ("transaction", row)
    assert problem in aside["reason"]
    assert chain.set_aside is not None
    assert (chain.set_aside.rows, chain.set_aside.transactions) == (1, 1)
    left = chain.transactions.to_pyarrow()["hash"].to_pylist()
    assert len(left) == len(exported.transactions) - 1
    if spoilt != "again":
        assert exported.transactions[row - 1]["hash"] not in left


def test_the_block_keeps_its_gas(exported: ExportedFiles) -> None:
    gas = exported.transactions[6]["receipt_gas_used"]
    exported.transactions[6]["receipt_gas_used"] = -1
    chain = chain_of(*exported.written(), quarantine=exported.folder / "impossible.csv")
    block = chain.blocks.order_by("number").to_pyarrow().to_pylist()[0]
    assert (block["gas_used"], block["transaction_count"]) == (GAS_OF_THE_BLOCK, 116)
    assert block["set_aside_transactions"] == 1
    left = chain.transactions.filter(chain.transactions.block_number == block["number"])
    assert left.gas_used.sum().to_pyarrow().as_py() == GAS_OF_THE_BLOCK - gas


def test_too_much_gas_is_never_left(exported: ExportedFiles) -> None:
    exported.transactions[6]["receipt_gas_used"] = -1
    exported.transactions[7]["receipt_gas_used"] += 1_000_000
    with pytest.raises(SourceError, match="block 17173049 used 9755040 gas, but its receipts add"):
        open_source(*exported.written(), quarantine=exported.folder / "impossible.csv")


def test_a_row_of_an_unreadable_block(exported: ExportedFiles) -> None:
    exported.transactions[6]["block_number"] = "latest"
    chain = chain_of(*exported.written(), quarantine=exported.folder / "impossible.csv")
    assert chain.set_aside is not None
    assert chain.set_aside.of_unknown_block == 1
    assert chain.transactions.count().to_pyarrow().as_py() == 297


def test_a_block_goes_with_its_transactions(exported: ExportedFiles) -> None:
    exported.blocks[1]["gas_limit"] = 15_000_000
    files = exported.written()
    with pytest.raises(SourceError, match="block 17173050 used 15491478 gas, over its limit of 15"):
        open_source(*files)
    quarantine = exported.folder / "impossible.csv"
    chain = chain_of(*files, quarantine=quarantine)
    assert [row["record"] for row in rows_of(quarantine)] == ["block"] + ["transaction"] * 182
    assert chain.set_aside is not None
    assert (chain.set_aside.rows, chain.set_aside.transactions) == (183, 182)
    assert chain.transactions.count().to_pyarrow().as_py() == 116


def test_nothing_impossible(exported: ExportedFiles) -> None:
    quarantine = exported.folder / "impossible.csv"
    chain = chain_of(*exported.written(), quarantine=quarantine)
    assert chain.set_aside is not None
    assert chain.set_aside.rows == 0
    assert rows_of(quarantine) == []
    assert quarantine.read_text().startswith("record,block_number,hash")


def test_no_cell_set_aside_is_a_formula(exported: ExportedFiles) -> None:
    exported.transactions[6]["from_address"] = "=1+1"
    exported.transactions[7]["from_address"] = "@SUM(A1)"
    quarantine = exported.folder / "impossible.csv"
    open_source(*exported.written(), quarantine=quarantine)
    assert [row["from_address"] for row in rows_of(quarantine)] == ["'=1+1", "'@SUM(A1)"]


def test_parquet_names_the_row(exported: ExportedFiles) -> None:
    path = write_cryo(exported) / TRANSACTIONS
    table = pq.read_table(path)
    gas = table["gas_used"].to_pylist()
    gas[6] = 2**63
    at = table.column_names.index("gas_used")
    pq.write_table(table.set_column(at, "gas_used", pa.array(gas, pa.uint64())), path)
    with pytest.raises(SourceError) as refusal:
        open_source(path.parent)
    named = f"(transaction {exported.transactions[6]['hash']})"
    assert str(refusal.value) == (
        f"{path} row 7: gas_used is '9223372036854775808', but must be a whole number, zero or "
        f"more, of at most 18 digits {named}"
    )


def test_a_quarantine_of_another_name(exported: ExportedFiles) -> None:
    with pytest.raises(SourceError, match=r"name must end in \.csv or \.parquet"):
        open_source(*exported.written(), quarantine=exported.folder / "impossible.txt")
