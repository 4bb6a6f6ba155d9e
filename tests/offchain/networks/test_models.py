"""Power of networks of the other kinds.

given the shipped parameters of a network of each kind
    its power is what its formula gives by hand, with bounds in order
    its segment covers what was asked for, with model, source and year
    its parameters each have value, unit, date and source
given Polygon
    its power falls with the merge of its main chain, by one segment a main chain's segment
    its emissions are those that were published, before the merge and after
given a network of which annual totals are published
    its power has the default as best, the least and the most of them as bounds
given a network that is published per transaction only, or not at all
    it is refused
given a time before a model holds
    it is refused
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gasprint._data import DATA, read_document
from gasprint.bounds import Bounds
from gasprint.errors import NetworkError
from gasprint.networks import network_named
from gasprint.networks.hybrid_v1 import HybridNetwork

MOMENT = datetime(2023, 6, 1, 12, tzinfo=UTC)
MERGE = datetime(2022, 9, 15, 6, 42, 59, tzinfo=UTC)

WATTS = [
    # 101 nodes, 8.569 W or 155 W.
    ("vechain", "proof_of_authority", "proof_of_authority_v1", (865.469, 865.469, 15_655)),
    # 1015 * 221.3 W, 2208 * 509 W, 1586 * 984 W.
    ("solana", "proof_of_history", "proof_of_history_v1", (224_619.5, 1_123_872, 1_560_624)),
    # 450 nodes of 2.80158 W (upper 3.09551) + 0.00118 J * 50/s, and 4.026 J * 50/s (lower 0).
    ("iota", "dag", "dag_v1", (1_287.261, 1_488.561, 1_620.8295)),
    # 89.78, 95.5 and 161 TWh / 8760 h.
    ("bitcoin", "proof_of_work", "annual_total_v1", (10.24886e9, 10.90183e9, 18.37900e9)),
    # 598755 kWh / 8760 h, and nothing beside it.
    ("cardano", "proof_of_stake", "annual_total_v1", (68_351.03, 68_351.03, 68_351.03)),
]


@pytest.mark.parametrize(("name", "kind", "model", "watts"), WATTS)
def test_power_is_what_the_formula_gives(
    name: str, kind: str, model: str, watts: tuple[float, float, float]
) -> None:
    network = network_named(name)
    assert (network.name, network.kind, network.model) == (name, kind, model)
    (segment,) = network.power_segments(MOMENT, MOMENT + timedelta(days=2))
    assert segment.since <= MOMENT
    assert MOMENT + timedelta(days=2) < segment.until
    assert segment.label == model
    assert segment.source
    assert 2021 <= segment.year <= 2023
    power = segment.value
    assert (power.lower, power.best, power.upper) == pytest.approx(watts, rel=1e-5)


def figures_in(document: Any) -> list[dict[str, Any]]:
    if not isinstance(document, dict):
        return []
    if "value" in document:
        return [document]
    return [figure for each in document.values() for figure in figures_in(each)]


@pytest.mark.parametrize("name", sorted(path.name for path in (DATA / "networks").glob("*.json")))
def test_every_parameter_has_unit_date_and_source(name: str) -> None:
    figures = figures_in(read_document(f"networks/{name}"))
    assert len(figures) > 5
    for figure in figures:
        assert set(figure) == {"value", "unit", "as_of", "source"}
        assert all(figure[key] for key in ("unit", "as_of", "source"))


@pytest.fixture
def polygon() -> HybridNetwork:
    network = network_named("polygon")
    assert isinstance(network, HybridNetwork)
    return network


def test_a_sidechain_falls_with_the_merge_of_its_main_chain(polygon: HybridNetwork) -> None:
    first, last = MERGE - timedelta(days=1, hours=3), MERGE + timedelta(days=9)
    segments = polygon.power_segments(first, last)
    main = polygon.main_chain.power_segments(first, last)
    spans = [(each.since, each.until) for each in segments]
    assert spans == [(each.since, each.until) for each in main]
    assert {each.label for each in segments} == {"hybrid_v1"}
    # 149871 kWh / 8760 h + 0.7 % of Ethereum's 706621 W.
    assert segments[-1].value.best == pytest.approx(17_108.6 + 0.007 * 706_621, abs=1)
    assert segments[-2].value.best > 100 * segments[-1].value.best


def test_a_sidechains_emissions_are_the_published_ones(polygon: HybridNetwork) -> None:
    # At the intensity of CCRI's Merge report, the published 50.13 t of its own come out again.
    grams_per_kwh = 870e6 / 2_601_000
    own_tonnes = polygon.own_annual_electricity.best.value * grams_per_kwh / 1e6
    assert own_tonnes == pytest.approx(50.13, abs=0.01)
    share = polygon.anchor_share
    assert 11e6 * share.lower.value + own_tonnes == pytest.approx(60_953.26, rel=1e-3)
    assert 870 * share.best.value + own_tonnes == pytest.approx(56.22, abs=0.01)
    # The share from before the merge, which is another publication's, foretells the year after.
    assert 870 * share.lower.value + own_tonnes == pytest.approx(56.22, rel=0.03)


def test_a_network_of_annual_totals_says_which_compete() -> None:
    source = network_named("bitcoin").source
    assert source.startswith("CCAF")
    assert "competing: CCRI" in source
    assert network_named("bitcoin").valid_from == datetime(2022, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("hedera", "'hedera' is published per transaction only"),
        ("polygone", "'polygone' is unknown; did you mean polygon"),
    ],
)
def test_refuses_a_network_without_power(name: str, problem: str) -> None:
    with pytest.raises(NetworkError, match=problem):
        network_named(name)


@pytest.mark.parametrize("name", ["vechain", "solana", "iota", "bitcoin", "op-mainnet", "polygon"])
def test_refuses_a_time_before_the_model_holds(name: str) -> None:
    with pytest.raises(NetworkError, match=f"holds for {name} from"):
        network_named(name).power_segments(datetime(2020, 1, 1, tzinfo=UTC), MOMENT)


def test_bounds_are_those_of_one_publication_each() -> None:
    (segment,) = network_named("solana").power_segments(MOMENT, MOMENT)
    # The most nodes and the most watts are not of one publication, and are not multiplied.
    assert segment.value.upper < 2208 * 984
    assert segment.value == Bounds(1015 * 221.3, 2208 * 509, 1586 * 984)
