"""Google's public data set of Ethereum as the tables of `chain_data`, for SQL that others run.

The data set `bigquery-public-data.crypto_ethereum` holds what ethereum-etl exports. Its tables are
partitioned by the day of `timestamp` (`blocks`) and of `block_timestamp` (`transactions`), and are
filtered by these alone, so that BigQuery reads, and charges for, no more than the days wanted.

Columns, types and partitions are those of ClickHouse's copy of both tables, by its definitions in
https://github.com/ClickHouse/examples, ethereum/schemas/{blocks,transactions}.md. What fills them
is https://github.com/blockchain-etl/ethereum-etl-airflow, dags/resources/stages/enrich/sqls. Both
were read in November 2026; no query was run there.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import ibis
import ibis.expr.types as ir
from ibis import _

PROJECT, DATASET = "bigquery-public-data", "crypto_ethereum"

# Only what is asked for.
_BLOCKS = {
    "number": "int64",
    "timestamp": "timestamp('UTC')",
    "gas_used": "int64",
    "transaction_count": "int64",
}
_TRANSACTIONS = {
    "hash": "string",
    "block_number": "int64",
    "block_timestamp": "timestamp('UTC')",
    "transaction_index": "int64",
    "from_address": "string",
    "to_address": "string",
    "receipt_gas_used": "int64",
    "receipt_effective_gas_price": "int64",
    "gas_price": "int64",
}


def public_blocks(since: date, until: date) -> ir.Table:
    """Blocks from the day before `since`, of which the last is a parent, to the end of `until`."""
    return _of_days(_table("blocks", _BLOCKS), "timestamp", since - timedelta(days=1), until)


def public_transactions(since: date, until: date) -> ir.Table:
    """Transactions of the UTC days from `since` to `until`, both included, with their fees."""
    table = _of_days(_table("transactions", _TRANSACTIONS), "block_timestamp", since, until)
    # As files are read: a receipt without a price of its own paid the one that was offered.
    price = ibis.coalesce(_.receipt_effective_gas_price, _.gas_price)
    return table.select(
        *("hash", "block_number", "transaction_index", "from_address", "to_address"),
        gas_used=_.receipt_gas_used,
        fee_wei=(price.cast("decimal(38, 0)") * _.receipt_gas_used).cast("decimal(38, 0)"),
    )


def _table(name: str, columns: dict[str, str]) -> ir.Table:
    return ibis.table(columns, name=name, catalog=PROJECT, database=DATASET)


def _of_days(table: ir.Table, column: str, since: date, until: date) -> ir.Table:
    first, end = (
        ibis.literal(datetime.combine(day, time(), UTC), type="timestamp('UTC')")
        for day in (since, until + timedelta(days=1))
    )
    return table.filter((_[column] >= first) & (_[column] < end))
