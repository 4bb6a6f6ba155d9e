"""`gasprint footprint`: energy and CO2e of transactions, senders, entities, blocks or days."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gasprint._output import csv_text, json_text, table_text, working, write_bytes, write_text
from gasprint.choices import Allocation, By, Window
from gasprint.errors import InputError

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from gasprint.footprint import DailyFootprint, Footprint

EXAMPLE = (
    "Example: gasprint footprint blocks.jsonl transactions.jsonl --by address --format csv -o f.csv"
)

# Headings in two lines, so that five figures and a hash fit a terminal.
_SHOWN = {
    "gas_used": "gas_used",
    "energy_kwh_best": "energy_kwh\nbest",
    "co2e_grams_lower": "co2e_grams\nlower",
    "co2e_grams_best": "co2e_grams\nbest",
    "co2e_grams_upper": "co2e_grams\nupper",
}


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
            help="Blocks and transactions (ethereum-etl, cryo, CSV, Parquet), or daily aggregates.",
        ),
    ] = None,
    network: Annotated[
        str, typer.Option(help="As gasprint network list has it, or file:power.csv of one's own.")
    ] = "ethereum",
    grid: Annotated[
        str, typer.Option(help="Its electricity, as gasprint grid reads it.")
    ] = "network:ethereum",
    allocation: Annotated[
        Allocation, typer.Option(help="By what energy is shared out.")
    ] = Allocation.GAS,
    window: Annotated[Window, typer.Option(help="Of what time at once.")] = Window.BLOCK,
    by: Annotated[
        By | None, typer.Option(help="What a row is about; else a transaction, or an entity.")
    ] = None,
    since: Annotated[str | None, typer.Option(help="First UTC day, as 2022-01-31.")] = None,
    until: Annotated[str | None, typer.Option(help="Last UTC day.")] = None,
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
    memory_limit: Annotated[
        str | None, typer.Option(help="Such as 2GB; the rest goes to the disk.")
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help="How to write.")] = Format.TABLE,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write.")] = None,
) -> None:
    """Energy (kWh) and CO2e (g) of transactions: lower, best and upper.

    Without a source: two mainnet blocks that ship as a sample.
    """
    from gasprint.commands._chain_files import sources_of_arguments
    from gasprint.footprint import footprint_of, footprint_of_days
    from gasprint.grid import grid_named
    from gasprint.networks import network_named
    from gasprint.sources import open_source
    from gasprint.sources.daily_aggregates import DailyAggregates

    if format_ is Format.PARQUET and output is None:
        raise InputError("Parquet is not for reading on a screen; name a file with -o")
    model, electricity = network_named(network), grid_named(grid)
    days = _day(since, "--since"), _day(until, "--until")
    with working("sharing out energy"):
        opened = open_source(
            *sources_of_arguments(sources or []),
            renamed=_renamed(column or []),
            quarantine=quarantine,
            times_are_utc=times_are_utc,
            network=network,
            at=_day(at, "--at"),
            memory_limit=memory_limit,
        )
        result: Footprint[Any, Any] | DailyFootprint
        if isinstance(opened, DailyAggregates):
            result = footprint_of_days(opened, model, electricity, allocation, days)
            chosen = by or By.ENTITY
        else:
            result = footprint_of(opened, model, electricity, allocation, window, days)
            chosen = by or By.TRANSACTION
        table = result.by(chosen)
        if format_ is Format.PARQUET and output is not None:
            write_bytes(_parquet(table), output)
            return
        rows = table.to_pyarrow().to_pylist()
    if format_ is Format.JSON:
        text = json_text({"totals": asdict(result.totals), "rows": rows})
    elif format_ is Format.CSV:
        text = csv_text(rows)
    else:
        text = _table_with_totals(result, table.columns[0], rows)
    write_text(text, output)


def _table_with_totals(
    result: Footprint[Any, Any] | DailyFootprint, key: str, rows: list[dict[str, Any]]
) -> str:
    totals = result.totals
    bounds = [
        {"total": "energy_kwh", **asdict(totals.energy_kwh)},
        {"total": "co2e_grams", **asdict(totals.co2e_grams)},
    ]
    models = " and ".join(dict.fromkeys(row["network_model"] for row in rows))
    grids = " and ".join(dict.fromkeys(row["grid_source"] for row in rows))
    method = f"{models} x {grids}, shared out by {result.allocation}"
    return "\n".join(
        [
            # Numbers that name a block are names: no thousands separators.
            table_text(
                [
                    {key: str(r[key])} | {heading: r[name] for name, heading in _SHOWN.items()}
                    for r in rows
                ]
            ),
            table_text(bounds),
            *_counted(totals),
            f"{method}; attributional average, before any credits\n",
        ]
    )


def _counted(totals: Any) -> list[str]:
    parts = [
        f"{count:,} {what}"
        for count, what in ((totals.transactions, "transactions"), (totals.gas_used, "gas"))
        if count is not None
    ]
    blocks: int = getattr(totals, "blocks", 0)
    if blocks:
        parts.append(f"{blocks:,} blocks from {totals.first_block} to {totals.last_block}")
    if blocks and totals.blocks_without_gas:
        parts.append(f"{totals.blocks_without_gas:,} more without gas, energy not shared out")
    return [", ".join(parts)] if parts else []


def _renamed(columns: list[str]) -> dict[str, str]:
    pairs = [each.partition("=") for each in columns]
    for each, (ours, equals, theirs) in zip(columns, pairs, strict=True):
        if not (ours and equals and theirs):
            raise InputError(f"--column {each!r} must look like gas_used=receipt_gas")
    return {ours: theirs for ours, _, theirs in pairs}


def _day(text: str | None, option: str) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{option} {text!r} is no day; write it as 2022-01-31") from error


def _parquet(table: ir.Table) -> bytes:
    import io

    import pyarrow.parquet

    stream = io.BytesIO()
    pyarrow.parquet.write_table(table.to_pyarrow(), stream)
    return stream.getvalue()
