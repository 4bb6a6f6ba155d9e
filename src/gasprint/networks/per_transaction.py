"""Energy and CO2e of an average transaction of a network.

    energy_wh  = power of the model over a year * 8760 h / transactions of a year
    co2e_grams = energy_wh * grid intensity / 1000

Where the reference table has no count of transactions, the energy is what was published per
transaction: the default, between the least and the most of what competes with it. The intensity is
the table's in the same way, or the world's where it has none. Count and power are about the same
year where both are known, and near it otherwise.

An average says little about any one transaction: by gas, two of one block differ a hundredfold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gasprint.bounds import Bounds
from gasprint.networks import NetworkSeries, network_named
from gasprint.networks._figures import Network, summed
from gasprint.networks.reference import (
    ANNUAL_ELECTRICITY,
    ANNUAL_EMISSIONS,
    ANNUAL_TRANSACTIONS,
    ANY_NETWORK,
    ELECTRICITY_PER_TRANSACTION,
    GRID_INTENSITY,
    OWN_ANNUAL_ELECTRICITY,
    Figure,
    bounds_of,
    default_of,
    figures_of,
)
from gasprint.networks.rollup_v1 import RollupNetwork

_YEAR = timedelta(days=365)
_LEAST = timedelta(microseconds=1)
_ENERGY = (ELECTRICITY_PER_TRANSACTION, ANNUAL_ELECTRICITY, OWN_ANNUAL_ELECTRICITY)
_HEADLINES = (*_ENERGY, ANNUAL_EMISSIONS)


@dataclass(frozen=True)
class PerTransaction:
    """What an average transaction of a network takes.

    Attributes:
        network: its name.
        kind: how it agrees on blocks.
        energy_wh: Wh; None where neither it nor a count of transactions is known.
        co2e_grams: g CO2e; None likewise.
        method: the model and the count of transactions, or what stands in for them.
        grid_intensity: g CO2e per kWh, behind `co2e_grams`.
        published: the figure of it that was published, and not derived.
        energy_figures: how many figures of its energy compete in the reference table.
    """

    network: str
    kind: str
    energy_wh: Bounds | None
    co2e_grams: Bounds | None
    method: str
    grid_intensity: Bounds
    published: Figure
    energy_figures: int


def per_transaction(name: str) -> PerTransaction:
    """Energy and CO2e of an average transaction of the network `name`.

    Raises:
        NetworkError: if the reference table does not have the network.
    """
    figures = figures_of(name)
    energy_wh, method = _energy_wh(name)
    intensity = bounds_of(
        figures_of(name, GRID_INTENSITY) or figures_of(ANY_NETWORK, GRID_INTENSITY)
    )
    return PerTransaction(
        network=name,
        kind=figures[0].kind,
        energy_wh=energy_wh,
        co2e_grams=energy_wh and energy_wh * intensity * (1 / 1000),
        method=method,
        grid_intensity=intensity,
        published=_headline(figures),
        energy_figures=sum(each.quantity in _ENERGY for each in figures),
    )


def energy_kwh(network: Network, first: datetime, until: datetime) -> Bounds:
    """Energy that a network draws from `first` up to `until`, kWh.

    Raises:
        NetworkError: if its model does not hold for some of that time.
    """
    return summed(
        each.value * ((min(each.until, until) - max(each.since, first)) / timedelta(hours=1) / 1000)
        for each in network.power_segments(first, until - _LEAST)
    )


def _energy_wh(name: str) -> tuple[Bounds | None, str]:
    transactions = default_of(name, ANNUAL_TRANSACTIONS)
    if transactions is None:
        published = figures_of(name, ELECTRICITY_PER_TRANSACTION)
        if not published:
            return None, "no count of transactions in the table"
        return bounds_of(published), "as published"
    network = network_named(name)
    model = network.later if isinstance(network, NetworkSeries) else network
    first = max(model.valid_from, datetime(transactions.year, 1, 1, tzinfo=UTC))
    wh = energy_kwh(model, first, first + _YEAR) * (1000 / transactions.value)
    if isinstance(model, RollupNetwork):
        layer_1_kwh = model.layer_1_kwh(model.layer_1_gas_per_transaction.values, first)
        wh = summed([wh, layer_1_kwh * 1000])
    count = f"{transactions.value:,.0f} transactions a year ({transactions.as_of})"
    return wh, f"{model.model}, {count}"


def _headline(figures: Sequence[Figure]) -> Figure:
    published = [
        each
        for quantity in _HEADLINES
        for each in figures
        if each.quantity == quantity and not each.is_derived
    ]
    return next((each for each in published if each.is_default), published[0])
