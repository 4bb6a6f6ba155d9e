"""Scenarios: the same transactions on one network and on another, with every assumption listed.

A scenario is a TOML file:

    title = "..."
    assumptions = ["...", "..."]
    transactions_per_year = 5_000_000
    [grams_per_kwh]                         # lower, best, upper: of the electricity of all of them
    [[networks]]
    name = "..."                            # a network of its own, by a model and its parameters
    model = "proof_of_authority_v1"         # nodes, watts_per_node; or proof_of_work_v1:
    [[networks]]                            # hashrate (GH/s), mining_of, at (a date)
    network = "ethereum-pow"                # a public network, by its average transaction

Each parameter has lower, best and upper, or is one figure; each figure has value, unit, as_of and
source, which is "assumption: ..." where nobody published it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from gasprint._data import DATA, close_matches
from gasprint.bounds import Bounds
from gasprint.errors import NetworkError
from gasprint.networks import parameters_of
from gasprint.networks._figures import HOURS_PER_YEAR, Published, PublishedBounds
from gasprint.networks.per_transaction import per_transaction
from gasprint.networks.proof_of_authority_v1 import ProofOfAuthorityNetwork
from gasprint.networks.proof_of_history_v1 import ProofOfHistoryNetwork
from gasprint.networks.proof_of_work_v1 import MiningPower, ProofOfWorkNetwork

SCENARIOS = DATA / "scenarios"
"""Where those that ship are; each goes by the name of its file."""

_BY_NODES = {each.MODEL: each for each in (ProofOfAuthorityNetwork, ProofOfHistoryNetwork)}


@dataclass(frozen=True)
class Alternative:
    """One network of a comparison, and what a year of the transactions takes on it.

    Attributes:
        name: of the network.
        model: name and version of the model, with what it was fed.
        energy_kwh: kWh in a year.
        co2e_grams: g CO2e in a year.
        sources: a line a parameter: what it is, and who published or assumed it.
    """

    name: str
    model: str
    energy_kwh: Bounds
    co2e_grams: Bounds
    sources: Sequence[str]


@dataclass(frozen=True)
class Comparison:
    """The same transactions of a year on several networks.

    Attributes:
        title: what is compared.
        transactions_per_year: how many.
        assumptions: all that it takes, a sentence each.
        alternatives: the networks, in the order given; the first is what the others are held to.
    """

    title: str
    transactions_per_year: int
    assumptions: Sequence[str]
    alternatives: Sequence[Alternative]

    def wh_per_transaction(self, alternative: Alternative) -> Bounds:
        """Wh that a transaction takes on one of the networks."""
        return alternative.energy_kwh * (1000 / self.transactions_per_year)


def compare_networks(names: Sequence[str], transactions_per_year: int) -> Comparison:
    """The same transactions on public networks, by the average transaction of each.

    Raises:
        NetworkError: if a network is unknown, or has no figure per transaction.
    """
    return Comparison(
        title=" against ".join(names),
        transactions_per_year=transactions_per_year,
        assumptions=[
            "Each transaction is an average one of its network.",
            "What a network draws is shared out over its transactions: one more adds next to "
            "nothing to it.",
            "Each network is on the electricity that its nodes draw, by the reference table.",
        ],
        alternatives=[_public(name, transactions_per_year, None) for name in names],
    )


def compare_scenario(name: str) -> Comparison:
    """What the scenario `name` comes to: a path, or the name of one that ships.

    Raises:
        NetworkError: if there is none such, or it cannot be read, in one line that says why.
    """
    path = Path(name)
    if not path.suffix:
        shipped = sorted(each.stem for each in SCENARIOS.glob("*.toml"))
        if name not in shipped:
            raise NetworkError(
                f"scenario {name!r} is neither a .toml file nor one that ships; "
                f"{close_matches(name, shipped)}"
            )
        path = SCENARIOS / f"{name}.toml"
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise NetworkError(f"{path} cannot be read: {error.strerror}; check the path") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise NetworkError(f"{path} is no TOML: {error}; mend it there") from error
    try:
        return _comparison(document)
    except KeyError as error:
        raise NetworkError(f"{path} lacks {error.args[0]!r}; add it") from error
    except (AttributeError, TypeError, ValueError) as error:
        raise NetworkError(f"{path} is no scenario: {error}; see one that ships") from error


def _comparison(document: dict[str, Any]) -> Comparison:
    transactions = document["transactions_per_year"]
    if type(transactions) is not int or transactions < 1:
        raise NetworkError(f"transactions_per_year is {transactions!r}, no whole number from 1 up")
    assumptions = document["assumptions"]
    if not isinstance(assumptions, list) or not all(isinstance(each, str) for each in assumptions):
        raise NetworkError("assumptions is no list of sentences; write each between quotes")
    networks = document["networks"]
    if not isinstance(networks, list) or len(networks) < 2:
        raise NetworkError("networks are fewer than two; write a [[networks]] for each")
    intensity = PublishedBounds.from_document(document["grams_per_kwh"])
    return Comparison(
        title=document["title"],
        transactions_per_year=transactions,
        assumptions=assumptions,
        alternatives=[
            _public(each["network"], transactions, intensity)
            if "network" in each
            else _private(each, intensity)
            for each in networks
        ],
    )


def _public(name: str, transactions: int, intensity: PublishedBounds | None) -> Alternative:
    figures = per_transaction(name)
    if figures.energy_wh is None:
        raise NetworkError(f"network {name!r} has no figure per transaction; take another")
    energy_kwh = figures.energy_wh * (transactions / 1000)
    published = figures.published
    return Alternative(
        name=name,
        model=figures.method,
        energy_kwh=energy_kwh,
        co2e_grams=energy_kwh * (intensity.values if intensity else figures.grid_intensity),
        sources=[f"published: {published.value:,.12g} {published.unit}: {published.source}"],
    )


def _private(document: dict[str, Any], intensity: PublishedBounds) -> Alternative:
    model = document["model"]
    if model == ProofOfWorkNetwork.MODEL:
        watts, sources = _mining(document)
    elif model in _BY_NODES:
        moment = {"valid_from": {"value": "1970-01-01T00:00:00Z"}, "network": document["name"]}
        network = _BY_NODES[model].from_document(document | moment)
        watts = network.power_watts
        sources = [f"nodes: {network.nodes.source}", f"watts: {network.watts_per_node.source}"]
    else:
        known = [ProofOfWorkNetwork.MODEL, *_BY_NODES]
        raise NetworkError(f"model {model!r} is none of a scenario; {close_matches(model, known)}")
    energy_kwh = watts * (HOURS_PER_YEAR / 1000)
    return Alternative(document["name"], model, energy_kwh, energy_kwh * intensity.values, sources)


def _mining(document: dict[str, Any]) -> tuple[Bounds, list[str]]:
    hashrate = Published(**document["hashrate"])
    if hashrate.unit != "GH/s":
        raise NetworkError(f"hashrate is in {hashrate.unit!r}; give it in GH/s")
    day = document["at"]
    if not isinstance(day, date):
        raise NetworkError(f"at is {day!r}; write a date, such as 2021-01-01")
    parameters = parameters_of(document["mining_of"])
    if parameters.get("model") != ProofOfWorkNetwork.MODEL:
        raise NetworkError(
            f"network {document['mining_of']!r} has no parameters of {ProofOfWorkNetwork.MODEL}; "
            "take ethereum-pow"
        )
    mining = MiningPower.from_document(parameters)
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return mining.watts(hashrate.value, moment), [
        f"hashrate of {hashrate.value:g} GH/s: {hashrate.source}",
        f"machines of {day}, {mining.efficiency(moment):.4f} MH/s per W: {mining.slope.source}",
    ]
