"""`gasprint footprint`: energy and CO2e of transactions, blocks or senders."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gasprint._output import csv_text, json_text, table_text, write_text
from gasprint.commands._chain_files import (
    Blocks,
    Grid,
    Network,
    Transactions,
    footprint_of_arguments,
)

if TYPE_CHECKING:
    from gasprint.footprint import Footprint

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


class By(StrEnum):
    """What a row is about."""

    TRANSACTION = "transaction"
    BLOCK = "block"
    ADDRESS = "address"


class Format(StrEnum):
    """How rows are written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def footprint(
    blocks: Blocks = None,
    transactions: Transactions = None,
    network: Network = "ethereum",
    grid: Grid = "network:ethereum",
    by: Annotated[By, typer.Option(help="What a row is about.")] = By.TRANSACTION,
    format_: Annotated[Format, typer.Option("--format", help="How to write.")] = Format.TABLE,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write.")] = None,
) -> None:
    """Energy (kWh) and CO2e (g) of transactions: lower, best and upper.

    Without files: two mainnet blocks that ship as a sample.
    """
    result = footprint_of_arguments(blocks, transactions, network, grid)
    table = {By.BLOCK: result.by_block, By.ADDRESS: result.by_address}.get(by, result.table)
    rows = table.to_pyarrow().to_pylist()
    if format_ is Format.JSON:
        text = json_text({"totals": asdict(result.totals), "rows": rows})
    elif format_ is Format.CSV:
        text = csv_text(rows)
    else:
        key = {By.BLOCK: "block_number", By.ADDRESS: "from_address"}.get(by, "hash")
        text = _table_with_totals(result, key, rows)
    write_text(text, output)


def _table_with_totals(result: Footprint[Any, Any], key: str, rows: list[dict[str, Any]]) -> str:
    totals = result.totals
    counted = (
        f"{totals.transactions:,} transactions, {totals.gas_used:,} gas, "
        f"{totals.blocks:,} blocks from {totals.first_block} to {totals.last_block}"
    )
    if totals.blocks_without_gas:
        counted += f", {totals.blocks_without_gas:,} more without gas, energy not shared out"
    bounds = [
        {"total": "energy_kwh", **asdict(totals.energy_kwh)},
        {"total": "co2e_grams", **asdict(totals.co2e_grams)},
    ]
    method = f"{result.network.model} x {result.grid.reference}, shared out by gas"
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
            counted,
            f"{method}; attributional average, before any credits\n",
        ]
    )
