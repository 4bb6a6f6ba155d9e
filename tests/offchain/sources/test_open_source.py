"""A source, told by its names and columns.

given the two mainnet blocks as ethereum-etl or as cryo writes them, or as a table of other names
  it gives the same rows, with the fees and what was burnt to the wei
given a folder, a pattern or files in any order
  it opens them
given the fields of layer 1 of three receipts of the OP stack, beside transactions without
  they are there, as they were, and null where they were not
given a Parquet file
  nothing of it is held: what is changed in it is seen
given what is no source, or a column that is not there
  it refuses
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from conftest import ExportedFiles
from cryo_files import BLOCKS, TRANSACTIONS, write_cryo

from gasprint.errors import SourceError
from gasprint.footprint import SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS
from gasprint.sources import open_source
from gasprint.sources.chain_data import ChainData

Rows = list[dict[str, Any]]

# Of the receipts of 0x91181b0d… in block 129084307 (tests of foundry, MIT) and 0xca564948… in block
# 18374229 (tests of op-alloy, MIT), and of one in block 151549990 (documentation of getblock.io).
# The scalar of before Ecotone is not in these; 0.684 was Optimism's.
OP_STACK_FIELDS: Rows = [
    {
        "l1_gas_used": 1600,
        "l1_fee": l1_fee,
        "l1_gas_price": l1_gas_price,
        "l1_fee_scalar": "0.684",
        "l1_base_fee_scalar": l1_base_fee_scalar,
        "l1_blob_base_fee": l1_blob_base_fee,
        "l1_blob_base_fee_scalar": l1_blob_base_fee_scalar,
    }
    for l1_fee, l1_gas_price, l1_base_fee_scalar, l1_blob_base_fee, l1_blob_base_fee_scalar in (
        (350_739_202_003, 40_583_973_580, 5227, 111_685_752, 1_014_213),
        (4_931_920_883, 1_358_506_164, 2269, 1, 1_055_762),
        (2_928_613_781, 215_715_704, 5227, 11_087_811, 1_014_213),
    )
]


def rows_of(chain: Any, *columns: str) -> Rows:
    assert isinstance(chain, ChainData)
    in_order = chain.transactions.order_by("block_number", "transaction_index")
    rows: Rows = in_order.select(*columns or in_order.columns).to_pyarrow().to_pylist()
    return rows


@pytest.fixture(scope="module")
def sample() -> ChainData:
    chain = open_source(SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS)
    assert isinstance(chain, ChainData)
    return chain


def test_fees_and_what_was_burnt(sample: ChainData) -> None:
    exact = {each["hash"]: each for each in map(json.loads, SAMPLE_TRANSACTIONS.open())}
    base_fees = {
        each["number"]: each["base_fee_per_gas"] for each in map(json.loads, SAMPLE_BLOCKS.open())
    }
    for row in rows_of(sample):
        receipt = exact[row["hash"]]
        assert row["fee_wei"] == receipt["receipt_effective_gas_price"] * row["gas_used"]
        assert row["burnt_wei"] == base_fees[row["block_number"]] * row["gas_used"]
    burnt = sum(row["burnt_wei"] for row in rows_of(sample))
    # Base fee times gas of the two blocks.
    assert burnt == 80_869_370_967 * 9_755_040 + 77_334_732_501 * 15_491_478


@pytest.mark.parametrize("as_hex", [False, True])
@pytest.mark.parametrize(
    "named",
    [
        lambda folder: [folder],
        lambda folder: [f"{folder}/*.parquet"],
        lambda folder: [folder / TRANSACTIONS, folder / BLOCKS],
    ],
)
def test_cryo_gives_the_same(
    sample: ChainData, exported: ExportedFiles, named: Callable[[Path], list[Any]], as_hex: bool
) -> None:
    chain = open_source(*named(write_cryo(exported, as_hex=as_hex)), memory_limit="1GB")
    columns = [name for name in sample.transactions.columns if not name.startswith("l1_")]
    assert rows_of(chain, *columns) == rows_of(sample, *columns)
    assert isinstance(chain, ChainData)
    assert (
        chain.blocks.order_by("number").to_pyarrow()
        == sample.blocks.order_by("number").to_pyarrow()
    )


def test_other_datasets_of_cryo_are_left_alone(exported: ExportedFiles) -> None:
    folder = write_cryo(exported)
    (folder / "ethereum__logs__17173049_to_17173050.parquet").write_bytes(b"not read")
    assert len(rows_of(open_source(folder))) == 298


def test_parquet_is_scanned_and_not_held(exported: ExportedFiles) -> None:
    folder = write_cryo(exported)
    chain = open_source(folder)
    table = pq.read_table(folder / TRANSACTIONS)
    pq.write_table(table.slice(0, 10), folder / TRANSACTIONS)
    assert len(rows_of(chain)) == 10


def test_columns_of_other_names_in_another_order(
    sample: ChainData, exported: ExportedFiles, tmp_path: Path
) -> None:
    blocks, _ = exported.written("csv")
    ours = {"gas_used": "gas paid", "hash": "id", "gas_price_wei": "price"}
    path = tmp_path / "paid.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["price", "gas paid", "id", "transaction_index", "block_number"])
        for each in exported.transactions:
            keys = ("receipt_effective_gas_price", "receipt_gas_used", "hash")
            writer.writerow([each[key] for key in (*keys, "transaction_index", "block_number")])
    chain = open_source(path, blocks, renamed=ours)
    same = ("hash", "gas_used", "fee_wei", "burnt_wei")
    assert rows_of(chain, *same) == rows_of(sample, *same)
    assert {row["from_address"] for row in rows_of(chain)} == {None}


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
@pytest.mark.parametrize("prefix", ["", "receipt_"])
def test_fields_of_layer_1(exported: ExportedFiles, ending: str, prefix: str) -> None:
    for row, fields in zip(exported.transactions, OP_STACK_FIELDS, strict=False):
        row |= {prefix + name: value for name, value in fields.items()}
    nothing = {prefix + name: None for name in OP_STACK_FIELDS[0]}
    exported.transactions[3:] = [nothing | row for row in exported.transactions[3:]]
    rows = rows_of(open_source(*exported.written(ending)), *OP_STACK_FIELDS[0])
    assert rows[:3] == [{n: Decimal(v) for n, v in each.items()} for each in OP_STACK_FIELDS]
    assert rows[3] == dict.fromkeys(OP_STACK_FIELDS[0])


def refusal_of(*sources: Any, **options: Any) -> str:
    with pytest.raises(SourceError) as refusal:
        open_source(*sources, **options)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def test_refuses_what_is_no_source(tmp_path: Path, exported: ExportedFiles) -> None:
    assert "folder without .parquet files" in refusal_of(tmp_path)
    assert "no file is named like" in refusal_of(tmp_path / "*.parquet")
    assert "must end in .jsonl, .csv or .parquet" in refusal_of(Path(__file__))
    blocks, transactions = exported.written()
    assert "has blocks, but no transactions" in refusal_of(blocks)
    assert "'2 bananas' is no amount of memory" in refusal_of(
        blocks, transactions, memory_limit="2 bananas"
    )


def test_refuses_a_column_that_is_not_there(exported: ExportedFiles) -> None:
    files = exported.written()
    assert "there is no column 'gas'; known are" in refusal_of(*files, renamed={"gas": "hash"})
    assert "no file has a column 'price'" in refusal_of(*files, renamed={"fee_wei": "price"})
    for row in exported.transactions:
        del row["receipt_gas_used"]
    assert "--column gas_used=NAME" in refusal_of(*exported.written())
