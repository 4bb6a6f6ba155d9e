"""Reads what ethereum-etl exports: blocks, and transactions with their receipts' gas."""

from __future__ import annotations

from pathlib import Path

from gasprint.errors import SourceError
from gasprint.sources.chain_data import ChainData
from gasprint.sources.checked_chain import Reading, read_chain
from gasprint.sources.files import TEXT_ENDINGS, connect


def read_ethereum_etl(blocks: Path, transactions: Path) -> ChainData:
    """Read two files of ethereum-etl into checked tables, held by DuckDB in memory.

    Args:
        blocks: its export of blocks, JSON Lines (`.jsonl`, `.json`) or CSV (`.csv`).
        transactions: its export of transactions, with the column `receipt_gas_used`.

    Raises:
        SourceError: naming the file and the row, block or transaction that is wrong.
    """
    for path in (blocks, transactions):
        if path.suffix not in TEXT_ENDINGS:
            raise SourceError(
                f"{path} is of an unknown format; its name must end in .jsonl or .csv"
            )
    return read_chain(connect(), [blocks], [transactions], Reading(needs_addresses=True))
