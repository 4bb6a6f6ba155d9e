"""Issuance: who may, over which serials.

given a credit over serials 941,467,007 to 941,467,431 of registry 1
  it is only the issuer's to issue
  it refuses a range that shares a single serial with a tokenised one, whatever the project
  it agrees with brute force on random ranges
  it refuses ids that are not a registry, a project and a range of serials
"""

import random

import pytest
from brownie import reverts

from tests.suite import (
    FIRST_SERIAL,
    LAST_SERIAL,
    PROJECT_ID,
    TOKEN_ID,
    UNITS_ISSUED,
    issue,
    metadata_of,
    reverts_with,
)

OTHER_PROJECT_ID = (1 << 64) | 3005
OTHER_REGISTRY_ID = (2 << 64) | 1340


def mint(suite, sender, project_id, first, last, to=None, **changes):
    credit_id = (first << 64) | last
    metadata = metadata_of(credit_id, projectId=project_id, **changes)
    return suite.CarbonCredits.mintCredit(
        to or sender, project_id, credit_id, metadata[6], metadata[7], metadata, {"from": sender}
    )


def test_only_the_issuer_issues(suite, roles):
    for actor in (roles.outsider, roles.holder, roles.factor_publisher, roles.deployer):
        with reverts(reverts_with("AccessManagedUnauthorized", str(actor))):
            mint(suite, actor, PROJECT_ID, 1, 2)
    mint(suite, roles.issuer, PROJECT_ID, 1, 2)


@pytest.mark.parametrize("project_id", [PROJECT_ID, OTHER_PROJECT_ID])
@pytest.mark.parametrize(
    ("first", "last"),
    [
        (FIRST_SERIAL - 10, FIRST_SERIAL),
        (LAST_SERIAL, LAST_SERIAL + 10),
        (FIRST_SERIAL + 1, LAST_SERIAL - 1),
        (FIRST_SERIAL - 1, LAST_SERIAL + 1),
        (FIRST_SERIAL, FIRST_SERIAL),
        (FIRST_SERIAL, LAST_SERIAL + 1),
    ],
)
def test_a_range_that_shares_one_serial_is_refused(suite, roles, project_id, first, last):
    with reverts(reverts_with("SerialsOverlap", first, last, FIRST_SERIAL, LAST_SERIAL)):
        mint(suite, roles.issuer, project_id, first, last)


def test_the_same_serials_of_another_project_are_refused(suite, roles):
    with reverts(
        reverts_with("SerialsOverlap", FIRST_SERIAL, LAST_SERIAL, FIRST_SERIAL, LAST_SERIAL)
    ):
        mint(suite, roles.issuer, OTHER_PROJECT_ID, FIRST_SERIAL, LAST_SERIAL)


def test_neighbours_and_other_registries_are_no_overlap(suite, roles):
    mint(suite, roles.issuer, PROJECT_ID, FIRST_SERIAL - 5, FIRST_SERIAL - 1)
    mint(suite, roles.issuer, PROJECT_ID, LAST_SERIAL + 1, LAST_SERIAL + 5)
    mint(suite, roles.issuer, OTHER_REGISTRY_ID, FIRST_SERIAL, LAST_SERIAL)


def test_random_ranges_agree_with_brute_force(suite, roles):
    draw = random.Random(8393)
    taken: list[tuple[int, int]] = [(FIRST_SERIAL, LAST_SERIAL)]
    refused = 0
    for _ in range(60):
        first = FIRST_SERIAL + draw.randint(-2000, 2000)
        last = first + draw.randint(0, 120)
        meets = sorted(r for r in taken if r[0] <= last and first <= r[1])
        if meets:
            refused += 1
            # The one that begins at or before `first` is looked at before the one that follows.
            with reverts(reverts_with("SerialsOverlap", first, last, *meets[0])):
                mint(suite, roles.issuer, PROJECT_ID, first, last)
        else:
            mint(suite, roles.issuer, PROJECT_ID, first, last)
            taken.append((first, last))
    assert 10 < refused < 50


@pytest.mark.parametrize(("first", "last"), [(0, 5), (10, 9), (0, 0)])
def test_a_credit_id_that_is_no_range_is_refused(suite, roles, first, last):
    with reverts(reverts_with("InvalidSerialRange", first, last)):
        mint(suite, roles.issuer, PROJECT_ID, first, last, totalVolume=0)


@pytest.mark.parametrize(("registry", "project"), [(0, 1340), (1, 0)])
def test_a_project_id_without_registry_or_project_is_refused(suite, roles, registry, project):
    with reverts(reverts_with("InvalidProject", registry, project)):
        mint(suite, roles.issuer, (registry << 64) | project, 1, 2)


def test_an_amount_that_the_serials_do_not_stand_for_is_refused(suite, roles):
    with reverts(reverts_with("AmountDiffersFromSerials", 3 * 10**8, 2 * 10**8)):
        mint(suite, roles.issuer, PROJECT_ID, 1, 2, totalVolume=3 * 10**8)


def test_an_expiry_of_more_than_64_bits_is_refused(suite, roles):
    with reverts(reverts_with("ExpiryTooLarge", 2**64)):
        mint(suite, roles.issuer, PROJECT_ID, 1, 2, expiry=2**64)
    mint(suite, roles.issuer, PROJECT_ID, 1, 2, expiry=2**64 - 1)


def test_the_largest_range_there_can_be_is_issued_and_retired_whole(suite, roles):
    first, last = 1, 2**64 - 1
    tx = mint(suite, roles.issuer, OTHER_REGISTRY_ID, first, last)
    token_id, units = tx.events["CreditMinted"]["tokenId"], (2**64 - 1) * 10**8
    suite.CarbonCredits.retire(token_id, roles.issuer, units, {"from": roles.issuer})
    assert suite.CarbonCredits.getMetadata(token_id)["isRetired"] is True
    assert suite.CarbonCredits.serialSpanOf(1)["lastSerial"] == last


def test_a_receiver_that_reenters_finds_the_credit_complete(suite, roles, project_contracts):
    receiver = project_contracts.ReenteringReceiver.deploy({"from": roles.outsider})
    credits = suite.CarbonCredits
    token_id = (PROJECT_ID << 128) | (1 << 64) | 2
    receiver.arm(credits, credits.retire.encode_input(token_id, receiver, 2 * 10**8))
    mint(suite, roles.issuer, PROJECT_ID, 1, 2, to=receiver)
    assert receiver.succeeded()
    assert credits.balanceOf(receiver, token_id) == 0
    assert credits.retiredBalanceOf(receiver, token_id) == 2 * 10**8


def test_issue_puts_the_whole_volume_with_the_holder(suite, roles):
    assert suite.CarbonCredits.balanceOf(roles.holder, TOKEN_ID) == UNITS_ISSUED
    issue(suite, roles, (5 << 64) | 5)
    assert suite.CarbonCredits.balanceOf(roles.holder, (PROJECT_ID << 128) | (5 << 64) | 5) == 10**8
