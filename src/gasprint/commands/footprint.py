"""`gasprint footprint`: energy and CO2e of transactions, senders, entities, blocks or days."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gasprint._output import check_writable, csv_text, json_text, working, write_bytes, write_text
from gasprint.choices import Allocation, By, Engine, Window
from gasprint.commands._footprint_source import (
    SourceOptions,
    block_or_day,
    day,
    opened_source,
    refuse_same_files,
    refuse_what_is_no_hash,
)
from gasprint.commands._footprint_sql import refuse_what_is_no_sql, sql_of
from gasprint.commands._footprint_text import (
    doubts,
    json_of,
    method_of,
    parquet_of,
    table_with_totals,
    undated,
)
from gasprint.errors import InputError

if TYPE_CHECKING:
    from gasprint.daily_footprint import DailyFootprint
    from gasprint.footprint import Footprint

EXAMPLE = (
    "Example: gasprint footprint blocks.jsonl transactions.jsonl --by address --format csv -o f.csv"
)


class Format(StrEnum):
    """How rows are written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


def footprint(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SOURCE...",
            help="Blocks and transactions (ethereum-etl, cryo, CSV, Parquet), daily aggregates, or "
            "a node (rpc:http://127.0.0.1:8545).",
        ),
    ] = None,
    network: Annotated[
        str, typer.Option(help="As gasprint network list has it, or file:power.csv of one's own.")
    ] = "ethereum",
    grid: Annotated[
        str | None,
        typer.Option(help="Its electricity, as gasprint grid reads it; else where its nodes are."),
    ] = None,
    allocation: Annotated[
        Allocation, typer.Option(help="By what energy is shared out.")
    ] = Allocation.GAS,
    window: Annotated[Window, typer.Option(help="Of what time at once.")] = Window.BLOCK,
    by: Annotated[
        By | None, typer.Option(help="What a row is about; else a transaction, or an entity.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(help="First block, or UTC day, as 2022-01-31.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Last block, or UTC day.")] = None,
    at: Annotated[
        str | None, typer.Option(help="UTC day of all blocks, where the files have no times.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(help="A column of another name, as gas_used=receipt_gas; repeatable."),
    ] = None,
    times_are_utc: Annotated[
        bool, typer.Option("--times-are-utc", help="Take times without a zone for UTC.")
    ] = False,
    quarantine: Annotated[
        Path | None,
        typer.Option(help="Set impossible rows aside into this .csv or .parquet, and go on."),
    ] = None,
    engine: Annotated[
        Engine, typer.Option(help="What works it out; bigquery reads Google's public Ethereum.")
    ] = Engine.DUCKDB,
    sql: Annotated[
        bool, typer.Option("--sql", help="Print the query for BigQuery instead of running one.")
    ] = False,
    memory_limit: Annotated[
        str | None, typer.Option(help="Such as 2GB; the rest goes to the disk.")
    ] = None,
    requests_per_second: Annotated[
        float | None, typer.Option(min=0.1, help="Ask a node for no more than so many.")
    ] = None,
    parts: Annotated[
        Path | None,
        typer.Option(help="Folder for what a node was asked, to go on there; else a cache."),
    ] = None,
    samples: Annotated[
        int | None,
        typer.Option(
            min=100,
            max=1_000_000,
            help="Draw the totals so many times, for a 90 % interval in place of bounds.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the draws; the same gives the same.")] = 0,
    explain: Annotated[
        str | None,
        typer.Option(metavar="HASH", help="Work out every number of one transaction instead."),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Also draw CO2e, with bounds, to this .svg or .png file.")
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help="How to write.")] = Format.TABLE,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write.")] = None,
) -> None:
    """Energy (kWh) and CO2e (g) of transactions: lower, best and upper.

    Without a source: two mainnet blocks that ship as a sample.
    """
    from gasprint.daily_footprint import footprint_of_days
    from gasprint.footprint import footprint_of
    from gasprint.grid import grid_named, grid_of_network
    from gasprint.networks import network_named
    from gasprint.sources.daily_aggregates import DailyAggregates

    if format_ is Format.PARQUET and output is None:
        raise InputError("Parquet is not for reading on a screen; name a file with -o")
    if format_ in (Format.CSV, Format.PARQUET) and (explain is not None or samples):
        raise InputError("--explain and --samples are for --format table or json")
    if explain is not None:
        refuse_what_is_no_hash(explain)
    if plot is not None:
        if plot.suffix.lower() not in (".svg", ".png"):
            raise InputError(f"{plot} is neither .svg nor .png; name the plot so")
        check_writable(plot)
    refuse_same_files(output, plot, quarantine, sources or [])
    model = network_named(network)
    electricity = grid_named(grid_of_network(network) if grid is None else grid)
    options = SourceOptions(
        network=network,
        since=block_or_day(since, "--since"),
        until=block_or_day(until, "--until"),
        at=day(at, "--at"),
        column=column or [],
        times_are_utc=times_are_utc,
        quarantine=quarantine,
        memory_limit=memory_limit,
        requests_per_second=requests_per_second,
        parts=parts,
    )
    span = options.since, options.until
    if sql or engine is Engine.BIGQUERY:
        refuse_what_is_no_sql(sql, engine, sources or [], options)
        if explain or samples or plot or format_ is not Format.TABLE:
            raise InputError("a query is printed as it is; leave --format and the like out")
        write_text(sql_of(model, electricity, span, by, allocation, window), output)
        return
    if explain is not None and engine is Engine.SPARK:
        raise InputError("--explain is of one transaction; leave --engine out")
    opened = opened_source(sources or [], options)
    with working("sharing out energy"), ExitStack() as engines:
        result: Footprint[Any, Any] | DailyFootprint
        if isinstance(opened, DailyAggregates):
            if engine is Engine.SPARK:
                raise InputError("daily aggregates are too few for Spark; leave --engine out")
            result = footprint_of_days(opened, model, electricity, allocation, span)
            chosen = by or By.ENTITY
        else:
            moved = None
            if engine is Engine.SPARK:
                from gasprint.spark import spark

                moved = engines.enter_context(spark())
            result = footprint_of(opened, model, electricity, allocation, window, span, moved)
            chosen = by or By.TRANSACTION
        for doubt in doubts(result):
            print(f"gasprint: {doubt}", file=sys.stderr)
        if explain is not None:
            write_text(_explanation(result, explain, format_), output)
            return
        table = result.by(chosen)
        if format_ is Format.PARQUET and output is not None:
            write_bytes(parquet_of(table), output)
        needs_rows = format_ is not Format.PARQUET or plot is not None
        rows = table.to_pyarrow().to_pylist() if needs_rows else []
        if plot is not None:
            from gasprint.footprint_chart import footprint_chart

            method = method_of(result, rows)
            drawn = footprint_chart(rows, table.columns[0], method, plot.suffix.lower())
            write_bytes(drawn, plot)
        sampled = None
        if samples is not None:
            from gasprint.sampling import sampled_totals

            sampled = sampled_totals(result.parts, samples, seed)
    if format_ is Format.JSON:
        write_text(json_of(result, rows, sampled), output)
    elif format_ is Format.TABLE:
        write_text(table_with_totals(result, table.columns[0], rows, sampled), output)
    elif note := undated(result):
        print(f"gasprint: {note}", file=sys.stderr)
    if format_ is Format.CSV:
        write_text(csv_text(rows), output)


def _explanation(
    result: Footprint[Any, Any] | DailyFootprint, transaction: str, format_: Format
) -> str:
    from gasprint.daily_footprint import DailyFootprint
    from gasprint.explanation import explained

    if isinstance(result, DailyFootprint):
        raise InputError("daily aggregates know no single transaction; --explain needs one")
    explanation = explained(result, transaction)
    return json_text(asdict(explanation)) if format_ is Format.JSON else str(explanation)
