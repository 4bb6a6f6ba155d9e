"""The sample as cryo 0.3.2 would have written it: its names of files, its columns and types."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from conftest import ExportedFiles

BLOCKS = "ethereum__blocks__17173049_to_17173050.parquet"
TRANSACTIONS = "ethereum__transactions__17173049_to_17173050.parquet"

Columns = dict[str, tuple[str, pa.DataType]]
OF_BLOCKS: Columns = {
    "block_hash": ("hash", pa.binary()),
    "author": ("miner", pa.binary()),
    "block_number": ("number", pa.uint32()),
    "gas_used": ("gas_used", pa.uint64()),
    "timestamp": ("timestamp", pa.uint32()),
    "base_fee_per_gas": ("base_fee_per_gas", pa.uint64()),
    "chain_id": ("chain_id", pa.uint64()),
}
OF_TRANSACTIONS: Columns = {
    "block_number": ("block_number", pa.uint32()),
    "transaction_index": ("transaction_index", pa.uint64()),
    "transaction_hash": ("hash", pa.binary()),
    "from_address": ("from_address", pa.binary()),
    "to_address": ("to_address", pa.binary()),
    "gas_limit": ("gas", pa.uint64()),
    "gas_used": ("receipt_gas_used", pa.uint64()),
    "gas_price": ("gas_price", pa.uint64()),
    "chain_id": ("chain_id", pa.uint64()),
}


def write_cryo(exported: ExportedFiles, *, as_hex: bool = False) -> Path:
    """Write what is exported into a folder, its hashes as bytes, or as text with `as_hex`."""
    folder = exported.folder / "cryo"
    folder.mkdir(exist_ok=True)
    for name, columns, rows in (
        (BLOCKS, OF_BLOCKS, exported.blocks),
        (TRANSACTIONS, OF_TRANSACTIONS, exported.transactions),
    ):
        table = {}
        for column, (key, of) in columns.items():
            values = [{"chain_id": 1, **row}[key] for row in rows]
            if pa.types.is_binary(of):
                values, of = (values, pa.string()) if as_hex else (list(map(_bytes, values)), of)
            table[column] = pa.array(values, of)
        pq.write_table(pa.table(table), folder / name)
    return folder


def _bytes(text: Any) -> bytes | None:
    return None if text is None else bytes.fromhex(text[2:])
