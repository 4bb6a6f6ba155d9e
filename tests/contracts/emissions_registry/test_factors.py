"""Factors: append-only versions, announced before they bind.

given a registry with one factor in force
  it takes the next version only from the factor publisher, and keeps the old one as it was
  a version binds at its time, and not a second before, whoever asks
  it refuses one that is announced too late or for a far future, or while another is pending
  it refuses a step beyond the double or the half, zero, no evidence, and bounds out of order
  what eGRID's releases of 2023 differ by is within a step
  it knows no factor before the first, nor one of another version
given a notice or a finality that makes no sense
  it cannot be deployed
"""

import pytest
from brownie import reverts

from gasprint.errors import GridError
from gasprint.grid import grid_intensity
from tests.suite import (
    FACTOR,
    FINALITY_BLOCKS,
    NOTICE_SECONDS,
    announce,
    now,
    pass_time,
    publish,
    reverts_with,
)

FIELDS = (
    "picogramsPerGas",
    "picowattHoursPerGas",
    "effectiveAt",
    "picogramsPerGasLower",
    "picogramsPerGasUpper",
    "picowattHoursPerGasLower",
    "picowattHoursPerGasUpper",
    "evidenceHash",
)
NEXT = (
    50_000_000,
    150_000_000,
    0,
    50_000_000,
    50_000_000,
    150_000_000,
    150_000_000,
    b"\x02" * 32,
)
DAY_SECONDS = 86_400


def changed(**figures):
    """FACTOR, but for what is named."""
    return tuple((dict(zip(FIELDS, FACTOR, strict=True)) | figures).values())


def test_a_new_version_binds_at_its_time_and_the_old_one_stays(suite, roles):
    registry = suite.EmissionsRegistry
    before = registry.getFactor(1)
    tx = announce(suite, roles, NEXT)
    effective_at = tx.events["FactorPublished"]["factor"][2]
    assert tx.return_value == registry.factorCount() == 2
    assert registry.factorVersion() == 1
    assert effective_at >= tx.timestamp + NOTICE_SECONDS
    published = dict(zip(FIELDS, NEXT, strict=True)) | {"effectiveAt": effective_at}
    for field in FIELDS[:-1]:
        assert registry.getFactor(2)[field] == published[field]
        assert registry.getFactor(1)[field] == before[field]
    assert registry.getFactor(2)["evidenceHash"] == "0x" + "02" * 32
    assert tx.events["FactorPublished"]["version"] == 2
    assert tx.events["FactorPublished"]["evidenceLocation"] == "evidence.json"
    assert tx.events["FactorPublished"]["source"] == "test"

    registry.record(1_000_000, {"from": roles.marketplace})
    assert registry.emittedBy(roles.marketplace) == 70_000_000
    pass_time(effective_at - now())
    assert registry.factorVersion() == 2
    tx = registry.record(1_000_000, {"from": roles.marketplace})
    assert tx.events["EmissionsRecorded"]["factorVersion"] == 2
    assert registry.emittedBy(roles.marketplace) == 120_000_000


def test_a_third_version_follows_a_second_that_was_never_recorded_with(suite, roles):
    publish(suite, roles, NEXT)
    publish(suite, roles, FACTOR)
    tx = suite.EmissionsRegistry.record(1_000_000, {"from": roles.marketplace})
    assert tx.events["EmissionsRecorded"]["factorVersion"] == 3
    assert tx.return_value == 70_000_000


def test_only_the_factor_publisher_publishes(suite, roles):
    for actor in (roles.outsider, roles.issuer, roles.marketplace, roles.deployer):
        with reverts(reverts_with("AccessManagedUnauthorized", str(actor))):
            suite.EmissionsRegistry.publishFactor(NEXT, "", "", {"from": actor})


@pytest.mark.parametrize("actor", ["factor_publisher", "administrator"])
def test_nobody_skips_the_notice(suite, roles, actor):
    """An administrator who made itself the publisher as little as the publisher."""
    if actor == "administrator":
        authority = suite.Authority
        authority.grantRole(
            authority.FACTOR_PUBLISHER_ROLE(), roles.administrator, 0, {"from": roles.administrator}
        )
    for effective_at in (0, now(), now() + NOTICE_SECONDS - 1):
        factor = (*NEXT[:2], effective_at, *NEXT[3:])
        with reverts(revert_pattern=f"EffectiveAtOutOfRange: {effective_at}, [0-9]+, [0-9]+"):
            suite.EmissionsRegistry.publishFactor(factor, "", "", {"from": getattr(roles, actor)})
    assert suite.EmissionsRegistry.factorCount() == 1


def test_a_factor_for_a_far_future_would_bar_all_others(suite, roles):
    effective_at = now() + NOTICE_SECONDS + 90 * DAY_SECONDS + 600
    factor = (*NEXT[:2], effective_at, *NEXT[3:])
    with reverts(revert_pattern=f"EffectiveAtOutOfRange: {effective_at}, [0-9]+, [0-9]+"):
        suite.EmissionsRegistry.publishFactor(factor, "", "", {"from": roles.factor_publisher})


def test_one_is_announced_at_a_time(suite, roles):
    effective_at = announce(suite, roles, NEXT).events["FactorPublished"]["factor"][2]
    with reverts(reverts_with("FactorPending", 2, effective_at)):
        announce(suite, roles, FACTOR)


@pytest.mark.parametrize(("field", "bounds"), [(0, (3, 4)), (1, (5, 6))])
@pytest.mark.parametrize("up", [True, False])
def test_a_step_is_bounded(suite, roles, field, bounds, up):
    lower, upper = bounds
    edge = FACTOR[field] * 2 if up else FACTOR[field] // 2
    for figure, is_within in ((edge + (1 if up else -1), False), (edge, True)):
        factor = list(FACTOR)
        factor[field], factor[lower], factor[upper] = figure, 1, 2**48 - 1
        if is_within:
            assert announce(suite, roles, factor).return_value == 2
        else:
            with reverts(reverts_with("StepTooLarge", figure, FACTOR[field])):
                announce(suite, roles, factor)


def test_the_releases_of_egrid_are_within_a_step(suite, roles):
    """US EPA corrected eGRID2023 by -10 % to +20 %; what it published wrong can be corrected."""
    ratios = []
    for subregion in ("AKGD", "CAMX", "ERCT", "NYUP", "RFCE", "SRVC", "SRMW", "HIOA"):
        try:
            first = grid_intensity(f"egrid:{subregion}@eGRID2023-jan2025").grams_per_kwh.best
        except GridError:
            continue  # Its CO2e was below its CO2, and is refused.
        ratios.append(grid_intensity(f"egrid:{subregion}@eGRID2023rev2").grams_per_kwh.best / first)
    assert len(ratios) >= 2
    largest = max(ratios, key=lambda ratio: abs(ratio - 1))
    corrected = changed(picogramsPerGas=round(FACTOR[0] * largest))
    assert corrected[0] != FACTOR[0]
    publish(suite, roles, corrected)
    assert suite.EmissionsRegistry.factorVersion() == 2


@pytest.mark.parametrize("position", [0, 1])
def test_zero_is_refused(suite, roles, position):
    factor = [0 if i in (position, 3, 5) else value for i, value in enumerate(FACTOR)]
    with reverts(reverts_with("FactorIsZero")):
        announce(suite, roles, factor)


def test_no_evidence_is_refused(suite, roles):
    with reverts(reverts_with("EvidenceMissing")):
        announce(suite, roles, changed(evidenceHash=bytes(32)))


@pytest.mark.parametrize(("lower", "best", "upper"), [(3, 0, 4), (5, 1, 6)])
@pytest.mark.parametrize("side", ["lower", "upper"])
def test_bounds_out_of_order_are_refused(suite, roles, lower, best, upper, side):
    factor = list(FACTOR)
    factor[lower if side == "lower" else upper] = factor[best] + (1 if side == "lower" else -1)
    with reverts(reverts_with("BoundsOutOfOrder", factor[lower], factor[best], factor[upper])):
        announce(suite, roles, factor)


@pytest.mark.parametrize("version", [0, 2, 2**256 - 1])
def test_an_unknown_version_is_refused(suite, version):
    with reverts(reverts_with("UnknownFactor", version)):
        suite.EmissionsRegistry.getFactor(version)


def test_nothing_is_recorded_before_the_first_factor_binds(suite, roles, project_contracts):
    registry = project_contracts.EmissionsRegistry.deploy(
        suite.Authority,
        suite.CarbonCredits,
        NOTICE_SECONDS,
        FINALITY_BLOCKS,
        {"from": roles.deployer},
    )
    own = type(suite)(EmissionsRegistry=registry)
    authority = suite.Authority
    authority.setTargetFunctionRole(
        registry,
        [registry.signatures["publishFactor"]],
        authority.FACTOR_PUBLISHER_ROLE(),
        {"from": roles.administrator},
    )
    assert registry.factorVersion() == 0
    with reverts(reverts_with("NoFactorInForce")):
        registry.record(21000, {"from": roles.marketplace})
    announce(own, roles)
    assert (registry.factorVersion(), registry.factorCount()) == (0, 1)
    with reverts(reverts_with("NoFactorInForce")):
        registry.record(21000, {"from": roles.marketplace})
    pass_time(NOTICE_SECONDS + 61)
    assert registry.factorVersion() == 1
    assert registry.record(1000, {"from": roles.marketplace}).return_value == 70_000


@pytest.mark.parametrize(
    ("notice_seconds", "finality_blocks", "refused"),
    [
        (3599, 1, (3599, 3600, 90 * DAY_SECONDS)),
        (90 * DAY_SECONDS + 1, 1, (90 * DAY_SECONDS + 1, 3600, 90 * DAY_SECONDS)),
        (3600, 0, (0, 1, 1_000_000)),
        (3600, 1_000_001, (1_000_001, 1, 1_000_000)),
    ],
)
def test_it_is_not_deployed_with_what_makes_no_sense(
    suite, roles, project_contracts, notice_seconds, finality_blocks, refused
):
    with reverts(reverts_with("InvalidParameter", *refused)):
        project_contracts.EmissionsRegistry.deploy(
            suite.Authority,
            suite.CarbonCredits,
            notice_seconds,
            finality_blocks,
            {"from": roles.deployer},
        )
