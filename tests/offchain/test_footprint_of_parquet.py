"""Sums by sender of Parquet, which are added up by what stands in the file.

given the sample that ships, with its addresses as bytes, or some of them in capitals
    a sender has one row, the same as of JSON Lines
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import ExportedFiles

from gasprint.choices import By
from gasprint.footprint import SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS, footprint_of, footprint_of_files
from gasprint.grid import grid_named
from gasprint.networks import network_named
from gasprint.sources import open_source


@pytest.mark.parametrize("written_as", ["bytes", "capitals"])
def test_a_sender_has_one_row(exported: ExportedFiles, tmp_path: Path, written_as: str) -> None:
    senders = [each["from_address"] for each in exported.transactions]
    if written_as == "bytes":
        column = pa.array([bytes.fromhex(each[2:]) for each in senders], pa.binary())
    else:
        column = pa.array(
            [f"0x{each[2:].upper()}" if n % 2 else each for n, each in enumerate(senders)]
        )
    names = ("hash", "block_number", "transaction_index", "to_address", "receipt_gas_used")
    others = {name: [each[name] for each in exported.transactions] for name in names}
    pq.write_table(pa.table({**others, "from_address": column}), tmp_path / "transactions.parquet")
    chain = open_source(SAMPLE_BLOCKS, tmp_path / "transactions.parquet")
    found = footprint_of(chain, network_named("ethereum"), grid_named("network:ethereum"))
    of_text = footprint_of_files(SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS)
    rows = found.by(By.ADDRESS).to_pyarrow().to_pylist()
    expected = of_text.by(By.ADDRESS).to_pyarrow().to_pylist()
    assert len(rows) == len(expected) == len(set(senders)) == 256
    for row, other in zip(rows, expected, strict=True):
        assert row == {
            name: pytest.approx(value, rel=1e-12) if isinstance(value, float) else value
            for name, value in other.items()
        }
