"""A footprint as SQL for BigQuery, on the public data set of Ethereum; gasprint runs none there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import ibis
import sqlglot
from ibis import _
from ibis.expr.operations import InMemoryTable
from sqlglot import exp

from gasprint.attribution import attribute, attribute_blocks, with_seconds
from gasprint.block_seconds import fixed_seconds
from gasprint.charges import CHARGES_SCHEMA, Charge, charge_rows, charges_of, methods_of
from gasprint.choices import Allocation, By, Window
from gasprint.errors import InputError
from gasprint.footprint_rows import ABOUT_BLOCKS, rows_by
from gasprint.grid import Grid
from gasprint.networks import Network, RollupNetwork
from gasprint.sources.bigquery_ethereum import public_blocks, public_transactions

LONGEST_QUERY_BYTES = 1_000_000
"""1 MB, the "maximum unresolved GoogleSQL query length" by https://cloud.google.com/bigquery/quotas,
as read in November 2026."""

_CHARGES = "charges"


def footprint_sql(
    network: Network,
    grid: Grid,
    since: date,
    until: date,
    by: By = By.TRANSACTION,
    allocation: Allocation = Allocation.GAS,
    window: Window = Window.BLOCK,
) -> str:
    """The query for the rows that `Footprint.by` has, of the UTC days from `since` to `until`.

    What a moment is charged with is written into the query. The data set is taken as it is, with
    none of the checks that files go through.

    Raises:
        InputError: if the days are in the wrong order, or so many that BigQuery takes no query so
            long, or the network or the grid has no figure for some of them, or it is a rollup.
        SourceError: if the data set does not have what the allocation needs.
    """
    if isinstance(network, RollupNetwork):
        raise InputError(f"{network.name} is a rollup; the public data set is of Ethereum itself")
    if until < since:
        raise InputError(f"--until {until} is before --since {since}")
    start = datetime.combine(since, time(), UTC)
    end = datetime.combine(until, time(), UTC) + timedelta(days=1)
    charges = charges_of(network, grid, start, end - timedelta(microseconds=1))
    # With the day before, only the first block of all has no parent.
    blocks = with_seconds(public_blocks(since, until), fixed_seconds(network, start))
    blocks = blocks.filter(_.timestamp >= ibis.literal(start, type="timestamp('UTC')"))
    transactions = public_transactions(since, until)
    shares_of = attribute_blocks if by in ABOUT_BLOCKS else attribute
    shares = shares_of(blocks, transactions, charges, allocation, window)
    table = rows_by(shares, by, allocation, methods_of(charges))
    query = sqlglot.parse_one(ibis.to_sql(table, dialect="bigquery"), dialect="bigquery")
    # Ibis writes a table in memory as its name alone.
    in_memory = {each.name for each in table.op().find(InMemoryTable)}
    for found in query.find_all(exp.Table):
        if found.name in in_memory:
            found.set("this", exp.to_identifier(_CHARGES))
    sql = f"{query.sql('bigquery', pretty=True)};\n"
    if in_memory:
        rest = f", {sql.removeprefix('WITH ')}" if sql.startswith("WITH ") else f"\n{sql}"
        sql = f"WITH {_CHARGES} AS (\n{_as_select(charges)}\n){rest}"
    length_bytes = len(sql.encode())
    if length_bytes > LONGEST_QUERY_BYTES:
        raise InputError(
            f"{len(charges):,} charges make a query of {length_bytes:,} bytes, more than BigQuery "
            "takes; ask for fewer days at once"
        )
    return sql


def _as_select(charges: Sequence[Charge]) -> str:
    rows = (
        "  STRUCT("
        + ", ".join(f"{_literal(row[name])} AS `{name}`" for name in CHARGES_SCHEMA)
        + ")"
        for row in charge_rows(charges)
    )
    return "SELECT * FROM UNNEST([\n" + ",\n".join(rows) + "\n])"


def _literal(value: date | float | str) -> str:
    if isinstance(value, datetime):
        return f"TIMESTAMP '{value.isoformat()}'"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    return exp.convert(value).sql("bigquery")
