"""The reference table of networks.

given any row
    its unit is its quantity's, its value positive, its date begins with a year, its source is there
given the figures of one quantity of one network
    one of them is the default
given a derived figure
    its source has the sum that gives it
given the parameters that ship for a model
    their best values are the table's defaults
"""

from __future__ import annotations

from collections import Counter

import pytest

from gasprint._data import read_document
from gasprint.errors import NetworkError
from gasprint.networks.reference import (
    UNITS,
    Figure,
    default_of,
    figures_of,
    known_networks,
    reference,
)

DERIVED = [
    # 90 Mt / 161 TWh.
    ("bitcoin", "grid_intensity", 90e12 / 161e9),
    # 3.263342 GW * 8760 h; a day of it over the day's transactions.
    ("ethereum-pow", "annual_electricity", 3.263342e6 * 8760),
    ("ethereum-pow", "annual_emissions", 22.914144e3 * 365),
    ("ethereum-pow", "electricity_per_transaction", 3.263342e9 * 24 / 1_342_405),
    ("ethereum-pow", "grid_intensity", 18.105e12 / 59.59e9),
    ("ethereum", "electricity_per_transaction", 6_190_000e3 / 408_500_000),
    ("ethereum", "grid_intensity", 2800e6 / 7_500_000),
    ("ethereum", "power_per_node", 7_500_000e3 / 8760 / 14_072),
    ("cardano", "power_per_node", 598_755e3 / 8760 / 3002),
    ("flow", "grid_intensity", 72e6 / 180_000),
    ("vechain", "annual_transactions", 4.46 * 318 * 408_500_000 / 8824),
    ("vechain", "emissions_per_transaction", 8824e6 / 318 / 408_500_000),
    ("vechain", "grid_intensity", 4.58e6 / 7581.31),
    ("vechain", "power_per_node", 7581.31e3 / 8760 / 101),
    ("solana", "annual_electricity", 1772e6 / 180),
    # 2707 J are 2707 / 3600 Wh.
    ("solana", "annual_transactions", 2707e6 / 198 * 1000 / (2707 / 3600)),
    ("solana", "nodes", 1772e6 / 180 * 1000 / 8760 / 509),
    ("iota", "annual_transactions", 50 * 31_536_000),
    ("op-mainnet", "annual_transactions", 6_500_000 / 16 * 365),
    ("polygon", "own_annual_electricity", 50.13e6 / (870e6 / 2_601_000)),
    ("polygon", "annual_transactions", 2_300_000 * 365),
]


@pytest.mark.parametrize("figure", reference(), ids=lambda each: f"{each.network}-{each.quantity}")
def test_every_figure_has_unit_date_and_source(figure: Figure) -> None:
    assert figure.unit == UNITS[figure.quantity]
    assert figure.value > 0
    assert 2015 <= figure.year <= 2026
    assert len(figure.source) > 10


def test_one_figure_of_a_quantity_is_the_default() -> None:
    defaults = Counter((each.network, each.quantity) for each in reference() if each.is_default)
    quantities = {(each.network, each.quantity) for each in reference()}
    assert defaults == Counter(quantities)


@pytest.mark.parametrize(("network", "quantity", "value"), DERIVED)
def test_a_derived_default_follows_from_its_sum(network: str, quantity: str, value: float) -> None:
    figure = default_of(network, quantity)
    assert figure is not None
    assert figure.is_derived
    assert figure.value == pytest.approx(value, rel=2e-3)


def test_every_derived_default_is_checked() -> None:
    derived = {
        (each.network, each.quantity) for each in reference() if each.is_default and each.is_derived
    }
    alike = {(name, "power_per_node") for name in ("algorand", "avalanche", "polkadot", "tezos")}
    copied = {("op-mainnet", "grid_intensity"), ("polygon", "grid_intensity")}
    assert derived - alike - copied == {(network, quantity) for network, quantity, _ in DERIVED}


@pytest.mark.parametrize(
    ("network", "parameter", "quantity"),
    [
        ("ethereum", "annual_electricity", "annual_electricity"),
        ("vechain", "nodes", "nodes"),
        ("vechain", "watts_per_node", "power_per_node"),
        ("solana", "nodes", "nodes"),
        ("solana", "watts_per_node", "power_per_node"),
        ("iota", "nodes", "nodes"),
        ("op-mainnet", "own_annual_electricity", "own_annual_electricity"),
        ("polygon", "own_annual_electricity", "own_annual_electricity"),
    ],
)
def test_the_models_best_is_the_tables_default(network: str, parameter: str, quantity: str) -> None:
    document = read_document(f"networks/{network}.json")
    parameters = {each: of[parameter] for each, of in document.get("estimates", {}).items()}
    default = default_of(network, quantity)
    assert default is not None
    assert (parameters or document[parameter])["best"]["value"] == default.value


def test_competing_figures_stand_side_by_side() -> None:
    per_transaction = figures_of("bitcoin", "electricity_per_transaction")
    assert [each.value for each in per_transaction] == [1_738_000, 14_447.45]
    assert len(known_networks()) == 15


def test_refuses_an_unknown_network() -> None:
    with pytest.raises(NetworkError, match="'bitconi' is unknown; did you mean bitcoin"):
        figures_of("bitconi")
