"""`gasprint footprint --engine bigquery --sql`: a query to run there, instead of figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from gasprint.choices import Allocation, By, Engine, Window
from gasprint.commands._footprint_source import SourceOptions, refuse_another_network
from gasprint.errors import InputError

if TYPE_CHECKING:
    from gasprint.grid import Grid
    from gasprint.networks import Network


def refuse_what_is_no_sql(
    sql: bool, engine: Engine, sources: Sequence[str], options: SourceOptions
) -> None:
    """Refuse options that do not go with a query.

    Raises:
        InputError: in one line that says which.
    """
    if engine is not Engine.BIGQUERY:
        raise InputError(f"--sql is for BigQuery, and {engine} is asked; add --engine bigquery")
    if not sql:
        raise InputError(
            "gasprint runs no queries on BigQuery; add --sql to print one to run there"
        )
    if sources or options.is_about_files:
        raise InputError(
            "--engine bigquery reads the public data set of Ethereum; leave sources and how to "
            "read them out"
        )
    refuse_another_network(options.network, "the public data set is", is_of_ethereum=True)


def sql_of(
    network: Network,
    grid: Grid,
    span: tuple[int | date | None, int | date | None],
    by: By | None,
    allocation: Allocation,
    window: Window,
) -> str:
    """The query, as `bigquery.footprint_sql` makes it.

    Raises:
        InputError: if the span is not of two days, or as `footprint_sql` says.
    """
    from gasprint.bigquery import footprint_sql

    since, until = span
    if not (isinstance(since, date) and isinstance(until, date)):
        raise InputError("a query is about some days; give --since 2022-09-14 and --until")
    chosen = by or By.TRANSACTION
    return footprint_sql(network, grid, since, until, chosen, allocation, window)
