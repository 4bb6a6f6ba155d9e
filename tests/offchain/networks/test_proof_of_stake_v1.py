"""Power of a proof-of-stake network.

given the shipped parameters of Ethereum
    nodes * watts * 8760 h gives each publication's annual total
    the three powers are in order, and every figure has a unit, a date and a source
given a block from the merge on
    it is covered; one second earlier it is refused
given a network that has no parameters of this model
    it is refused
given an unknown network
    it is refused with the known ones
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gasprint.errors import NetworkError
from gasprint.networks import network_named, proof_of_stake_network
from gasprint.networks.proof_of_stake_v1 import Estimate

ETHEREUM = proof_of_stake_network("ethereum")


@pytest.mark.parametrize(
    ("estimate", "nodes", "watts_per_node", "annual_kwh"),
    [
        (ETHEREUM.lower, 11_422, 26.0, 2_601_000),
        (ETHEREUM.best, 11_422, 61.9, 6_190_000),
        (ETHEREUM.upper, 14_072, 60.8, 7_500_000),
    ],
)
def test_reproduces_the_published_total(
    estimate: Estimate, nodes: int, watts_per_node: float, annual_kwh: int
) -> None:
    assert estimate.nodes.value == nodes
    assert estimate.watts_per_node == pytest.approx(watts_per_node, abs=0.05)
    annual = estimate.nodes.value * estimate.watts_per_node * 8760 / 1000
    assert annual == pytest.approx(annual_kwh, rel=1e-12)


def test_power_rises_from_lower_to_upper() -> None:
    power = ETHEREUM.power_watts
    assert power.best == pytest.approx(706_621, abs=1)
    assert power.lower < power.best < power.upper


def test_every_figure_has_unit_date_and_source() -> None:
    for estimate in (ETHEREUM.lower, ETHEREUM.best, ETHEREUM.upper):
        for figure in (estimate.annual_electricity, estimate.nodes):
            assert figure.unit
            assert figure.as_of
            assert figure.source


def test_covers_the_first_block_of_proof_of_stake() -> None:
    first = datetime(2022, 9, 15, 6, 42, 59, tzinfo=UTC)
    (segment,) = ETHEREUM.power_segments(first, first)
    assert segment.since == first


def test_refuses_a_block_before_the_merge() -> None:
    last = datetime(2022, 9, 15, 6, 42, 42, tzinfo=UTC)
    with pytest.raises(NetworkError, match="not at 2022-09-15 06:42:42; leave earlier times out"):
        ETHEREUM.power_segments(last, last)


def test_refuses_an_unknown_network() -> None:
    with pytest.raises(NetworkError, match="network 'etherium' is unknown; did you mean ethereum"):
        network_named("etherium")


def test_refuses_a_network_of_another_kind() -> None:
    with pytest.raises(NetworkError, match="'ethereum-pow' has no parameters of proof_of_stake_v1"):
        proof_of_stake_network("ethereum-pow")
