"""Factors: append-only versions, the last one in force.

given a registry with one factor
  it takes the next version only from the factor publisher, and keeps the old one as it was
  it refuses zero, and a best estimate outside of its bounds
  it knows no factor before the first
"""

import pytest
from brownie import reverts

from tests.suite import FACTOR, reverts_with

FIELDS = (
    "picogramsPerGas",
    "picowattHoursPerGas",
    "publishedAt",
    "picogramsPerGasLower",
    "picogramsPerGasUpper",
    "picowattHoursPerGasLower",
    "picowattHoursPerGasUpper",
    "evidenceHash",
)
NEXT = (
    50_000_000,
    150_000_000,
    12345,
    50_000_000,
    50_000_000,
    150_000_000,
    150_000_000,
    b"\x02" * 32,
)


def test_a_new_version_is_in_force_at_once_and_the_old_one_stays(suite, roles, chain):
    registry = suite.EmissionsRegistry
    before = registry.getFactor(1)
    tx = registry.publishFactor(NEXT, "model × grid", {"from": roles.factor_publisher})
    assert registry.factorVersion() == tx.return_value == 2
    published = dict(zip(FIELDS, NEXT, strict=True)) | {"publishedAt": tx.timestamp}
    for field in FIELDS[:-1]:
        assert registry.getFactor(2)[field] == published[field]
        assert registry.getFactor(1)[field] == before[field]
    assert registry.getFactor(2)["evidenceHash"] == "0x" + "02" * 32
    assert tx.events["FactorPublished"]["version"] == 2
    assert tx.events["FactorPublished"]["source"] == "model × grid"

    registry.record(1_000_000, {"from": roles.marketplace})
    assert registry.emittedBy(roles.marketplace) == 50_000_000


def test_only_the_factor_publisher_publishes(suite, roles):
    for actor in (roles.outsider, roles.issuer, roles.marketplace, roles.deployer):
        with reverts(reverts_with("AccessManagedUnauthorized", str(actor))):
            suite.EmissionsRegistry.publishFactor(NEXT, "", {"from": actor})


@pytest.mark.parametrize("position", [0, 1])
def test_zero_is_refused(suite, roles, position):
    factor = [0 if i in (position, 3, 5) else value for i, value in enumerate(FACTOR)]
    with reverts(reverts_with("FactorIsZero")):
        suite.EmissionsRegistry.publishFactor(factor, "", {"from": roles.factor_publisher})


@pytest.mark.parametrize(("lower", "best", "upper"), [(3, 0, 4), (5, 1, 6)])
@pytest.mark.parametrize("side", ["lower", "upper"])
def test_bounds_out_of_order_are_refused(suite, roles, lower, best, upper, side):
    factor = list(FACTOR)
    factor[lower if side == "lower" else upper] = factor[best] + (1 if side == "lower" else -1)
    with reverts(reverts_with("BoundsOutOfOrder", factor[lower], factor[best], factor[upper])):
        suite.EmissionsRegistry.publishFactor(factor, "", {"from": roles.factor_publisher})


@pytest.mark.parametrize("version", [0, 2, 2**256 - 1])
def test_an_unknown_version_is_refused(suite, version):
    with reverts(reverts_with("UnknownFactor", version)):
        suite.EmissionsRegistry.getFactor(version)


def test_nothing_is_recorded_before_the_first_factor(suite, roles, project_contracts):
    registry = project_contracts.EmissionsRegistry.deploy(
        suite.Authority, suite.CarbonCredits, {"from": roles.deployer}
    )
    assert registry.factorVersion() == 0
    with reverts(reverts_with("NoFactorInForce")):
        registry.record(21000, {"from": roles.marketplace})
