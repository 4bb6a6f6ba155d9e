"""`gasprint network`: the power model of a network."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from gasprint._output import json_text, table_text, write_text

app = typer.Typer(help="Power models of networks.", rich_markup_mode=None)


@app.callback()
def _group() -> None:
    """Power models of networks."""


@app.command("show", epilog="Example: gasprint network show ethereum")
def show(
    name: Annotated[str, typer.Argument(help="Such as ethereum.")],
    json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """Power (W) of a network, and the publications behind its lower, best and upper value."""
    from gasprint.networks import proof_of_stake_network

    network = proof_of_stake_network(name)
    estimates = {"lower": network.lower, "best": network.best, "upper": network.upper}
    if json:
        derived = {
            bound: {"watts_per_node": each.watts_per_node, "power_watts": each.power_watts}
            for bound, each in estimates.items()
        }
        write_text(json_text(asdict(network) | {"model": network.model, "derived": derived}))
        return
    rows = [
        {
            "estimate": bound,
            "nodes": int(each.nodes.value),
            "watts_per_node": each.watts_per_node,
            "power_watts": each.power_watts,
            "annual_kwh": int(each.annual_electricity.value),
            "as_of": each.annual_electricity.as_of,
        }
        for bound, each in estimates.items()
    ]
    sources = "".join(
        f"{bound}: {each.annual_electricity.source}. Nodes: {each.nodes.source}\n"
        for bound, each in estimates.items()
    )
    write_text(
        f"{network.name}: {network.model}, from {network.valid_from:%Y-%m-%d %H:%M:%S} UTC, "
        f"a slot every {network.slot_seconds} s\n\n{table_text(rows)}\n"
        f"watts_per_node is derived: annual kWh / 8760 h / nodes.\n{sources}"
    )
