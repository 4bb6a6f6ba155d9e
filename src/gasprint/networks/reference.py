"""The reference table of networks: what was published of each, competing figures side by side.

`data/networks/reference.csv` has a row a figure: network, kind, quantity, value, unit, as_of,
default, source. Of the figures of one quantity of one network, one is the default. A figure that
was derived from published ones says so at the start of its source, with the sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from gasprint._data import close_matches, read_rows
from gasprint.bounds import Bounds
from gasprint.errors import NetworkError

ANNUAL_ELECTRICITY = "annual_electricity"
ANNUAL_EMISSIONS = "annual_emissions"
ANNUAL_TRANSACTIONS = "annual_transactions"
ELECTRICITY_PER_TRANSACTION = "electricity_per_transaction"
EMISSIONS_PER_TRANSACTION = "emissions_per_transaction"
GRID_INTENSITY = "grid_intensity"
OWN_ANNUAL_ELECTRICITY = "own_annual_electricity"

UNITS = {
    ANNUAL_ELECTRICITY: "kWh",
    ANNUAL_EMISSIONS: "tCO2e",
    ANNUAL_TRANSACTIONS: "transactions",
    ELECTRICITY_PER_TRANSACTION: "Wh",
    EMISSIONS_PER_TRANSACTION: "gCO2e",
    GRID_INTENSITY: "gCO2e/kWh",
    "lifetime_electricity": "kWh",
    "lifetime_emissions": "tCO2e",
    "nodes": "nodes",
    OWN_ANNUAL_ELECTRICITY: "kWh",
    "own_annual_emissions": "tCO2e",
    "power_per_node": "W",
}
"""Every quantity of the table, and the one unit that it is in."""

ANY_NETWORK = "world"
"""Whose figures stand in where a network has none of its own."""


@dataclass(frozen=True)
class Figure:
    """One published figure of a network.

    Attributes:
        network: such as `ethereum`.
        kind: how it agrees on blocks, such as `proof_of_stake`.
        quantity: what the figure is of, one of `UNITS`.
        value: in `unit`.
        unit: as `UNITS` says.
        as_of: the date, or the span, that it is about, in ISO 8601; begins with a year.
        is_default: whether it is the one to use when one is needed.
        source: who published it.
    """

    network: str
    kind: str
    quantity: str
    value: float
    unit: str
    as_of: str
    is_default: bool
    source: str

    @property
    def year(self) -> int:
        """Calendar year that the figure is about, or its span begins in."""
        return int(self.as_of[:4])

    @property
    def is_derived(self) -> bool:
        """Whether it was computed from published figures, rather than published itself."""
        return self.source.startswith("derived: ")


@cache
def reference() -> tuple[Figure, ...]:
    """Every figure of the table, in its order."""
    return tuple(
        Figure(
            network=row["network"],
            kind=row["kind"],
            quantity=row["quantity"],
            value=float(row["value"]),
            unit=row["unit"],
            as_of=row["as_of"],
            is_default=row["default"] == "yes",
            source=row["source"],
        )
        for row in read_rows("networks/reference.csv")
    )


def known_networks() -> list[str]:
    """Names of all networks that the table has figures of, in its order."""
    return [
        name for name in dict.fromkeys(each.network for each in reference()) if name != ANY_NETWORK
    ]


def figures_of(network: str, quantity: str | None = None) -> list[Figure]:
    """What was published of a network, or of one quantity of it.

    Raises:
        NetworkError: if the table does not have the network.
    """
    known = known_networks()
    if network not in known and network != ANY_NETWORK:
        raise NetworkError(f"network {network!r} is unknown; {close_matches(network, known)}")
    return [
        each
        for each in reference()
        if each.network == network and quantity in (None, each.quantity)
    ]


def bounds_of(figures: Sequence[Figure]) -> Bounds:
    """The default of figures that compete, between the least and the greatest of them."""
    values = [each.value for each in figures]
    default = next(each.value for each in figures if each.is_default)
    return Bounds(min(values), default, max(values))


def default_of(network: str, quantity: str) -> Figure | None:
    """The figure to use when one is needed, if the table has one.

    Raises:
        NetworkError: if the table does not have the network.
    """
    return next((each for each in figures_of(network, quantity) if each.is_default), None)
