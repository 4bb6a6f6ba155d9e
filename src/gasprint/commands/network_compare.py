"""`gasprint network compare`: the same transactions on one network and on another."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gasprint._output import check_writable, json_text, table_text, write_bytes, write_text
from gasprint.errors import InputError

if TYPE_CHECKING:
    from gasprint.networks.scenario import Comparison

EXAMPLE = "Example: gasprint network compare ethereum-pow ethereum --transactions 5000000"

_GRAMS_PER_TONNE = 1_000_000


def compare(
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="WHAT...",
            help="A scenario (.toml, or work-against-authority, which ships), or two networks.",
        ),
    ],
    transactions: Annotated[
        int | None,
        typer.Option(min=1, help="A year's, for networks; a scenario has its own.  [1000000]"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
    plot: Annotated[
        Path | None, typer.Option(help="Also draw it, with bounds, to this .svg or .png file.")
    ] = None,
) -> None:
    """Energy (kWh) and CO2e (t) of a year's transactions on each network, with all assumptions."""
    if plot is not None:
        if plot.suffix.lower() not in (".svg", ".png"):
            raise InputError(f"{plot} is neither .svg nor .png; name the plot so")
        check_writable(plot)
    from gasprint.networks.scenario import compare_networks, compare_scenario

    if len(what) == 1:
        if transactions is not None:
            raise InputError("a scenario has its own transactions_per_year; leave --transactions")
        comparison = compare_scenario(what[0])
    else:
        comparison = compare_networks(what, transactions or 1_000_000)
    if plot is not None:
        from gasprint.networks.comparison_chart import comparison_chart

        write_bytes(comparison_chart(comparison, plot.suffix.lower()), plot)
    if json:
        each_wh = [
            asdict(each) | {"wh_per_transaction": asdict(comparison.wh_per_transaction(each))}
            for each in comparison.alternatives
        ]
        write_text(json_text(asdict(comparison) | {"alternatives": each_wh}))
        return
    write_text(_text(comparison))


def _text(comparison: Comparison) -> str:
    held_to = comparison.alternatives[0].energy_kwh.best
    rows = [
        {
            "network": each.name,
            "energy_kwh\nlower": each.energy_kwh.lower,
            "energy_kwh\nbest": each.energy_kwh.best,
            "energy_kwh\nupper": each.energy_kwh.upper,
            "tCO2e\nlower": each.co2e_grams.lower / _GRAMS_PER_TONNE,
            "tCO2e\nbest": each.co2e_grams.best / _GRAMS_PER_TONNE,
            "tCO2e\nupper": each.co2e_grams.upper / _GRAMS_PER_TONNE,
            "wh_per_transaction\nbest": comparison.wh_per_transaction(each).best,
            "times the first\nbest": each.energy_kwh.best / held_to,
        }
        for each in comparison.alternatives
    ]
    assumed = "".join(f"{n}. {each}\n" for n, each in enumerate(comparison.assumptions, 1))
    sources = "".join(
        f"{each.name}: {each.model}\n" + "".join(f"  {source}\n" for source in each.sources)
        for each in comparison.alternatives
    )
    return (
        f"{comparison.title}; {comparison.transactions_per_year:,} transactions a year\n\n"
        f"{table_text(rows)}\nWhat it assumes:\n{assumed}\n{sources}"
    )
