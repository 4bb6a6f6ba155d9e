"""`gasprint factors`: what the registry on-chain is told about a gas."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gasprint._output import json_text, table_text, working, write_text
from gasprint.commands import factors_list, factors_publish, factors_verify
from gasprint.commands._chain_files import (
    Blocks,
    Grid,
    Network,
    Transactions,
    files_of_arguments,
)

app = typer.Typer(help="Factors: energy and CO2e of one gas.", rich_markup_mode=None)
app.command("publish", epilog=factors_publish.EXAMPLE)(factors_publish.publish)
app.command("verify", epilog=factors_verify.EXAMPLE)(factors_verify.verify)
app.command("list", epilog=factors_list.EXAMPLE)(factors_list.list_factors)


@app.callback()
def _group() -> None:
    """Factors: energy and CO2e of one gas."""


@app.command(
    "compute",
    epilog="Example: gasprint factors compute blocks.jsonl transactions.jsonl --evidence why.json",
)
def compute(
    blocks: Blocks = None,
    transactions: Transactions = None,
    network: Network = "ethereum",
    grid: Grid = "network:ethereum",
    json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
    evidence: Annotated[
        Path | None,
        typer.Option(help="File for the evidence; its SHA-256 is the evidence hash."),
    ] = None,
) -> None:
    """Factor of some blocks, in whole picograms of CO2e and picowatt-hours per gas, rounded up.

    Without files: two mainnet blocks that ship as a sample.
    """
    from gasprint.factors import DataFiles, factor_of
    from gasprint.footprint import footprint_of_files

    files = files_of_arguments(blocks, transactions)
    with working("sharing out energy"):
        result = footprint_of_files(*files, network, grid)
        factor = factor_of(result.totals, result.network, result.grid, DataFiles.at(*files))
    per_gas = {
        "picograms_per_gas": factor.picograms_per_gas_bounds,
        "picowatt_hours_per_gas": factor.picowatt_hours_per_gas_bounds,
    }
    by_bound = {
        name: dict(zip(("lower", "best", "upper"), bounds, strict=True))
        for name, bounds in per_gas.items()
    }
    evidence_hash = f"0x{factor.evidence_hash.hex()}"
    if evidence is not None:
        write_text(factor.evidence, evidence)
    if json:
        document = {
            **by_bound,
            "source": factor.source,
            "evidence_hash": evidence_hash,
            "evidence": factor.evidence,
        }
        write_text(json_text(document))
        return
    table = table_text([{"factor": name, **bounds} for name, bounds in by_bound.items()])
    write_text(f"{table}\n{factor.source}\nevidence_hash {evidence_hash}\n")
