"""`gasprint sync`: the suite's events in a DuckDB file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gasprint._output import counting, json_text, write_text
from gasprint.commands import _signing

if TYPE_CHECKING:
    from gasprint.sync import Synced

EXAMPLE = (
    "Example: gasprint sync ledger.duckdb --rpc http://127.0.0.1:8545 "
    "--deployment deployments/1337.json"
)
CONTRADICTED = 1


def sync(
    ledger: Annotated[Path, typer.Argument(metavar="LEDGER", help="The DuckDB file.")],
    rpc: Annotated[str, typer.Option(help="The node to read.")] = _signing.DEFAULT_RPC,
    deployment: _signing.DeploymentFile = _signing.DEFAULT_DEPLOYMENT,
    finality_blocks: Annotated[
        int, typer.Option(help="How many have to follow, if more than the contract wants.", min=0)
    ] = 0,
    export: Annotated[
        Path | None, typer.Option(help="Folder for all that is final, as Parquet files.")
    ] = None,
    json: _signing.Json = False,
) -> None:
    """Bring a ledger file up to the newest block: all events of a deployment, as tables.

    Run it again to read on, also where it was killed. Anybody may read the file meanwhile. Exit
    code 0: the events add up to the contracts' own counters. 1: they do not, and the ledger says
    so. 2: it could not be read on.
    """
    from gasprint._node import Node
    from gasprint.sync import sync as read_on

    with counting("Reading blocks") as count:
        synced = read_on(ledger, Node.at(rpc), deployment, finality_blocks, count)
    if export is not None and not synced.contradictions:
        from gasprint.sync.export import export_ledger

        export_ledger(ledger, export)
    write_text(json_text(_document(synced)) if json else _text(ledger, synced))
    if synced.contradictions:
        raise typer.Exit(CONTRADICTED)


def _document(synced: Synced) -> dict[str, object]:
    from dataclasses import asdict

    return {"ok": not synced.contradictions, **asdict(synced)}


def _text(ledger: Path, synced: Synced) -> str:
    final = "none is final yet"
    if synced.final_block is not None:
        final = f"up to {synced.final_block} for good"
    lines = [
        f"Chain {synced.chain_id}, blocks {synced.first_block} to {synced.read_block}, {final}: "
        f"{synced.events_read:,} events read, {synced.events:,} in {ledger}."
    ]
    if synced.contradictions:
        lines.append("The events do not add up to the contracts' own counters:")
        lines += synced.contradictions
        lines.append(
            "Nothing is exported; the next run reads all of it again, best of another node."
        )
    else:
        lines.append("They add up to the contracts' own counters.")
    return "\n".join(lines) + "\n"
