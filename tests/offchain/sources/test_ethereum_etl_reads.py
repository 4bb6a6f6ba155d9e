"""What ethereum-etl exports, read.

given the two mainnet blocks as JSON Lines or as CSV
    it gives tables of the stated schemas, with every transaction and the exact gas
given a contract creation
    its to_address is null
given blocks without transactions, or gaps between blocks
    it takes them as they are
"""

from __future__ import annotations

import ibis
import pytest
from conftest import ExportedFiles

from gasprint.footprint import SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS
from gasprint.sources.chain_data import BLOCKS_SCHEMA, TRANSACTIONS_SCHEMA
from gasprint.sources.ethereum_etl import read_ethereum_etl


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_reads_both_formats_alike(exported: ExportedFiles, ending: str) -> None:
    chain = read_ethereum_etl(*exported.written(ending))
    blocks = chain.blocks.order_by("number").to_pyarrow().to_pylist()
    assert [(b["number"], b["gas_used"], b["transaction_count"]) for b in blocks] == [
        (17_173_049, 9_755_040, 116),
        (17_173_050, 15_491_478, 182),
    ]
    assert blocks[0]["timestamp"].isoformat() == "2023-05-02T12:19:59+00:00"
    assert chain.transactions.count().to_pyarrow().as_py() == 298
    assert chain.transactions.gas_used.sum().to_pyarrow().as_py() == 9_755_040 + 15_491_478


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
@pytest.mark.parametrize("name", ["blocks[1]", "block*", "block?", "gas_used=7/blocks"])
def test_reads_the_very_file_that_is_named(exported: ExportedFiles, ending: str, name: str) -> None:
    blocks, transactions = exported.written(ending)
    blocks.with_stem("blocks1").write_text(blocks.read_text().replace("17173050", "17173051"))
    named = exported.folder / f"{name}.{ending}"
    named.parent.mkdir(exist_ok=True)
    chain = read_ethereum_etl(blocks.rename(named), transactions)
    assert chain.blocks.gas_used.sum().to_pyarrow().as_py() == 9_755_040 + 15_491_478


def test_reads_csv_with_a_byte_order_mark(exported: ExportedFiles) -> None:
    blocks, transactions = exported.written("csv")
    blocks.write_bytes(b"\xef\xbb\xbf" + blocks.read_bytes())
    assert read_ethereum_etl(blocks, transactions).blocks.count().to_pyarrow().as_py() == 2


def test_gives_the_stated_schemas() -> None:
    chain = read_ethereum_etl(SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS)
    there = {name: chain.transactions.schema()[name] for name in TRANSACTIONS_SCHEMA}
    assert ibis.schema(there) == TRANSACTIONS_SCHEMA
    # DuckDB adds the precision of its timestamps, microseconds.
    assert chain.blocks.schema().names == (*BLOCKS_SCHEMA.names, "base_fee_wei")
    assert chain.blocks.schema()["timestamp"].timezone == "UTC"


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_a_contract_creation_has_no_to_address(exported: ExportedFiles, ending: str) -> None:
    creations = [t["hash"] for t in exported.transactions if t["to_address"] is None]
    transactions = read_ethereum_etl(*exported.written(ending)).transactions
    nowhere = transactions.filter(transactions.to_address.isnull())
    assert nowhere.hash.to_pyarrow().to_pylist() == creations
    assert len(creations) == 1


def test_takes_an_empty_block_after_a_gap(exported: ExportedFiles) -> None:
    last = exported.blocks[-1]
    exported.blocks.append(
        last
        | {"number": last["number"] + 5, "timestamp": last["timestamp"] + 60}
        | {"gas_used": 0, "transaction_count": 0}
    )
    assert read_ethereum_etl(*exported.written()).blocks.count().to_pyarrow().as_py() == 3
