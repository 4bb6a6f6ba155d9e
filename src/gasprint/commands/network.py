"""`gasprint network`: the power models of networks, and what was published of each."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gasprint._output import json_text, table_text, write_text
from gasprint.commands import network_compare
from gasprint.errors import InputError

if TYPE_CHECKING:
    from gasprint.networks import ProofOfStakeNetwork
    from gasprint.networks.file_series import FileNetwork
    from gasprint.networks.per_transaction import PerTransaction
    from gasprint.networks.reference import Figure

app = typer.Typer(help="Power models of networks.", rich_markup_mode=None)
app.command("compare", epilog=network_compare.EXAMPLE)(network_compare.compare)


@app.callback()
def _group() -> None:
    """Power models of networks, and what was published of each."""


@app.command("list", epilog="Example: gasprint network list --markdown -o networks.md")
def list_(
    json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Write a page with every figure and its source.")
    ] = False,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write.")] = None,
) -> None:
    """Energy (Wh) and CO2e (g) of an average transaction of each network: lower, best, upper."""
    from gasprint.networks.per_transaction import per_transaction
    from gasprint.networks.reference import known_networks

    if json and markdown:
        raise InputError("--json and --markdown are two ways to write; give one")
    networks = [per_transaction(name) for name in known_networks()]
    if json:
        text = json_text([asdict(each) for each in networks])
    elif markdown:
        from gasprint.networks.page import networks_page

        text = networks_page(networks)
    else:
        text = (
            f"{table_text([_row(each) for each in networks])}\n"
            "energy_wh and co2e_grams are of an average transaction; figures is how many published "
            "figures of the energy compete.\ngasprint network show lists them, and says by which "
            "model and count of transactions.\n"
        )
    write_text(text, output)


def _row(network: PerTransaction) -> dict[str, object]:
    row: dict[str, object] = {"network": network.network, "kind": network.kind}
    for heading, value in (
        ("energy_wh", network.energy_wh),
        ("co2e_grams", network.co2e_grams),
    ):
        bounds = asdict(value) if value else dict.fromkeys(("lower", "best", "upper"))
        row |= {f"{heading}\n{bound}": each for bound, each in bounds.items()}
    return row | {"figures": network.energy_figures}


@app.command("show", epilog="Example: gasprint network show ethereum")
def show(
    name: Annotated[str, typer.Argument(help="Such as ethereum, or file:power.csv of one's own.")],
    json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """What a network's power model is fed with, and the published figures that compete."""
    from gasprint.networks import MODELS, parameters_of, proof_of_stake_network
    from gasprint.networks.file_series import network_of_file
    from gasprint.networks.per_transaction import per_transaction
    from gasprint.networks.reference import figures_of

    kind, colon, path = name.partition(":")
    if colon and kind.lower() == "file":
        write_text(_of_file(network_of_file(path), json))
        return
    figures, transaction, parameters = figures_of(name), per_transaction(name), parameters_of(name)
    if parameters.get("model") in MODELS:
        network = proof_of_stake_network(name)
        document, text = _proof_of_stake_document(network), _proof_of_stake_text(network)
    else:
        document, text = {"network": name} | parameters, _parameters_text(transaction, parameters)
    if json:
        more = {
            "kind": transaction.kind,
            "before": parameters.get("before"),
            "per_transaction": asdict(transaction),
            "figures": [asdict(each) for each in figures],
        }
        write_text(json_text(document | more))
        return
    if "before" in parameters:
        text += f"Before that: gasprint network show {parameters['before']}\n"
    write_text(f"{text}\n{_transaction_text(transaction)}\n{_figures_text(figures)}")


def _of_file(network: FileNetwork, json: bool) -> str:
    """Each span of a series, as it was understood: its times in UTC, its bounds, its source."""
    spans = [
        {"since": f"{each.since:%Y-%m-%d %H:%M:%S}", "until": f"{each.until:%Y-%m-%d %H:%M:%S}"}
        | {f"power_watts_{bound}": value for bound, value in asdict(each.value).items()}
        | {"source": each.source}
        for each in network.file.segments
    ]
    if json:
        return json_text({"network": network.name, "model": network.model, "spans": spans})
    return f"{network.model}: power of the network, times in UTC\n\n{table_text(spans)}"


def _proof_of_stake_document(network: ProofOfStakeNetwork) -> dict[str, Any]:
    estimates = {"lower": network.lower, "best": network.best, "upper": network.upper}
    derived = {
        bound: {"watts_per_node": each.watts_per_node, "power_watts": each.power_watts}
        for bound, each in estimates.items()
    }
    return asdict(network) | {"model": network.model, "derived": derived}


def _proof_of_stake_text(network: ProofOfStakeNetwork) -> str:
    estimates = {"lower": network.lower, "best": network.best, "upper": network.upper}
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
    return (
        f"{network.name}: {network.model}, from {network.valid_from:%Y-%m-%d %H:%M:%S} UTC, "
        f"a slot every {network.slot_seconds} s\n\n{table_text(rows)}\n"
        f"watts_per_node is derived: annual kWh / 8760 h / nodes.\n{sources}"
    )


def _parameters_text(transaction: PerTransaction, parameters: dict[str, Any]) -> str:
    heading = f"{transaction.network}: {transaction.kind}"
    if not parameters:
        return f"{heading}, by its published figures alone\n"
    rows = [
        {
            "parameter": name,
            "value": f"{figure['value']:,}"
            if isinstance(figure["value"], int)
            else figure["value"],
            "unit": figure["unit"],
            "as_of": figure["as_of"],
        }
        for name, figure in _figures_in(parameters)
    ]
    sources: dict[str, list[str]] = {}
    for name, figure in _figures_in(parameters):
        sources.setdefault(figure["source"], []).append(name)
    lines = "".join(f"{_named(names)}: {source}\n" for source, names in sources.items())
    return f"{heading}, {parameters['model']}\n\n{table_text(rows)}\n{lines}"


def _named(parameters: list[str]) -> str:
    """Names of parameters of one source: once, where all three bounds are from it."""
    whole = {
        name.removesuffix(" lower")
        for name in parameters
        if {name.removesuffix(" lower") + bound for bound in (" best", " upper")} <= {*parameters}
    }
    short = [
        next((each for each in whole if name.startswith(f"{each} ")), name) for name in parameters
    ]
    return ", ".join(dict.fromkeys(short))


def _figures_in(parameters: dict[str, Any], name: str = "") -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    for key, value in parameters.items():
        if isinstance(value, dict):
            path = f"{name} {key}".strip()
            found += [(path, value)] if "value" in value else _figures_in(value, path)
    return found


def _transaction_text(transaction: PerTransaction) -> str:
    if not (transaction.energy_wh and transaction.co2e_grams):
        return f"Of an average transaction nothing is known: {transaction.method}.\n"
    rows = [
        {"an average transaction": "energy_wh", **asdict(transaction.energy_wh)},
        {"an average transaction": "co2e_grams", **asdict(transaction.co2e_grams)},
        {"an average transaction": "grams_per_kwh", **asdict(transaction.grid_intensity)},
    ]
    return f"{table_text(rows)}\nenergy_wh: {transaction.method}\n"


def _figures_text(figures: list[Figure]) -> str:
    rows = [
        {
            "published": each.quantity,
            "value": f"{each.value:,.12g}",
            "unit": each.unit,
            "as_of": each.as_of,
            "default": "default" if each.is_default else "",
            "source": number,
        }
        for number, each in enumerate(figures, 1)
    ]
    sources = "".join(f"{number}: {each.source}\n" for number, each in enumerate(figures, 1))
    return f"{table_text(rows)}\n{sources}"
