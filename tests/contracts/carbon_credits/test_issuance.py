"""Issuance: over which serials, by whom and how much.

given a credit over serials 941,467,007 to 941,467,431 of registry 1
  it refuses a range that shares a single serial with a tokenised one, whatever the project
  it agrees with brute force on random ranges, whatever the hint
  it refuses ids that are not a registry, a project and a range of serials
  it refuses what it could not keep: a long string, a late expiry
  it numbers the credits, and keeps what their custodian gave as evidence
"""

import random

import pytest
from brownie import reverts

from tests.suite import (
    EVIDENCE_HASH,
    FIRST_SERIAL,
    LAST_SERIAL,
    PROJECT_ID,
    TOKEN_ID,
    UNITS_ISSUED,
    attested,
    issue,
    metadata_of,
    mint,
    reverts_with,
)

OTHER_PROJECT_ID = (1 << 64) | 3005
OTHER_REGISTRY_ID = (2 << 64) | 1340
AGREEING = 7
"""The manner of a ContractWallet that calls everything its signature."""


def issue_range(suite, roles, first, last, project_id=PROJECT_ID, hint=0, **changes):
    credit_id = (first << 64) | last
    attestation = attested(suite, roles, credit_id, project_id, **changes)
    return mint(suite, attestation, roles.issuer, hint)


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
        issue_range(suite, roles, first, last, project_id)


def test_the_same_serials_of_another_project_are_refused(suite, roles):
    same = (FIRST_SERIAL, LAST_SERIAL)
    with reverts(reverts_with("SerialsOverlap", *same, *same)):
        issue_range(suite, roles, *same, OTHER_PROJECT_ID)


def test_redeemed_and_retired_serials_stay_tokenised(suite, roles):
    credits = suite.CarbonCredits
    credits.redeem(TOKEN_ID, roles.holder, 1, "VCS-1", {"from": roles.holder})
    credits.retire(TOKEN_ID, roles.holder, 10**8, {"from": roles.holder})
    for serial in (FIRST_SERIAL, LAST_SERIAL):
        with reverts(reverts_with("SerialsOverlap", serial, serial, FIRST_SERIAL, LAST_SERIAL)):
            issue_range(suite, roles, serial, serial)


def test_neighbours_and_other_registries_are_no_overlap(suite, roles):
    issue_range(suite, roles, FIRST_SERIAL - 5, FIRST_SERIAL - 1)
    issue_range(suite, roles, LAST_SERIAL + 1, LAST_SERIAL + 5)
    issue_range(suite, roles, FIRST_SERIAL, LAST_SERIAL, OTHER_REGISTRY_ID)


def test_random_ranges_agree_with_brute_force(suite, roles):
    draw = random.Random(8393)
    taken: list[tuple[int, int]] = [(FIRST_SERIAL, LAST_SERIAL)]
    refused = 0
    for _ in range(60):
        first = FIRST_SERIAL + draw.randint(-2000, 2000)
        last = first + draw.randint(0, 120)
        hint = draw.choice([0, first, 2**64 - 1, *(taken_first for taken_first, _ in taken)])
        meets = sorted(r for r in taken if r[0] <= last and first <= r[1])
        if meets:
            refused += 1
            # The one that begins at or before `first` is looked at before the one that follows.
            with reverts(reverts_with("SerialsOverlap", first, last, *meets[0])):
                issue_range(suite, roles, first, last, hint=hint)
        else:
            issue_range(suite, roles, first, last, hint=hint)
            taken.append((first, last))
    assert 10 < refused < 50


def test_a_hint_of_another_registry_is_no_harm(suite, roles):
    issue_range(suite, roles, 100, 199, OTHER_REGISTRY_ID, hint=FIRST_SERIAL)
    issue_range(suite, roles, 10, 19, PROJECT_ID, hint=100)
    with reverts(reverts_with("SerialsOverlap", 15, 25, 10, 19)):
        issue_range(suite, roles, 15, 25, PROJECT_ID, hint=100)


@pytest.mark.parametrize(("first", "last"), [(0, 5), (10, 9), (0, 0)])
def test_a_credit_id_that_is_no_range_is_refused(suite, roles, project_contracts, first, last):
    credit_id = (first << 64) | last
    arguments = by_wallet(suite, roles, project_contracts, PROJECT_ID, credit_id)
    with reverts(reverts_with("InvalidSerialRange", first, last)):
        suite.CarbonCredits.mintCredit(*arguments, {"from": roles.issuer})


@pytest.mark.parametrize(("registry", "project"), [(0, 1340), (1, 0), (0, 0)])
def test_a_project_id_without_registry_or_project_is_refused(
    suite, roles, project_contracts, registry, project
):
    arguments = by_wallet(
        suite, roles, project_contracts, (registry << 64) | project, (1 << 64) | 2
    )
    with reverts(reverts_with("InvalidProject", registry, project)):
        suite.CarbonCredits.mintCredit(*arguments, {"from": roles.issuer})


def test_an_amount_that_the_serials_do_not_stand_for_is_refused(suite, roles, project_contracts):
    arguments = by_wallet(
        suite, roles, project_contracts, PROJECT_ID, (1 << 64) | 2, totalVolume=3 * 10**8
    )
    with reverts(reverts_with("AmountDiffersFromSerials", 3 * 10**8, 2 * 10**8)):
        suite.CarbonCredits.mintCredit(*arguments, {"from": roles.issuer})


def test_an_expiry_of_more_than_40_bits_is_refused(suite, roles):
    with reverts(reverts_with("ExpiryTooLarge", 2**40)):
        issue_range(suite, roles, 1, 2, expiry=2**40)
    tx = issue_range(suite, roles, 1, 2, expiry=2**40 - 1)
    token_id = tx.events["CreditMinted"]["tokenId"]
    assert suite.CarbonCredits.getMetadata(token_id)["expiry"] == 2**40 - 1


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("project_name", "projectName"),
        ("methodology", "methodology"),
        ("vintage", "vintage"),
        ("country", "country"),
    ],
)
def test_a_string_of_255_bytes_is_the_longest(suite, roles, name, field):
    with reverts(reverts_with("TextTooLong", field, 256, 255)):
        issue_range(suite, roles, 1, 2, **{name: "é" * 128})
    tx = issue_range(suite, roles, 1, 2, **{name: "é" * 127 + "e"})
    metadata = suite.CarbonCredits.getMetadata(tx.events["CreditMinted"]["tokenId"])
    assert metadata[field] == "é" * 127 + "e"


def test_empty_strings_are_kept_as_they_are(suite, roles):
    empty = {"project_name": "", "methodology": "", "vintage": "", "country": ""}
    tx = issue_range(suite, roles, 1, 2, **empty)
    metadata = suite.CarbonCredits.getMetadata(tx.events["CreditMinted"]["tokenId"])
    fields = ("projectName", "methodology", "vintage", "country")
    assert [metadata[field] for field in fields] == [""] * 4


def test_the_largest_range_there_can_be_is_issued_and_retired_whole(suite, roles):
    first, last = 1, 2**64 - 1
    tx = issue_range(suite, roles, first, last, OTHER_REGISTRY_ID)
    token_id, units = tx.events["CreditMinted"]["tokenId"], (2**64 - 1) * 10**8
    credits = suite.CarbonCredits
    tx = credits.retire(token_id, roles.holder, units, {"from": roles.holder})
    assert credits.getMetadata(token_id)["isRetired"] is True
    span = credits.serialSpanOf(tx.events["RetirementRecorded"]["retirementId"])
    assert (span["firstSerial"], span["firstOffsetUnits"]) == (1, 0)
    assert (span["lastSerial"], span["lastEndUnits"]) == (last, 10**8)


def test_issue_puts_the_whole_volume_with_the_holder(suite, roles):
    assert suite.CarbonCredits.balanceOf(roles.holder, TOKEN_ID) == UNITS_ISSUED
    issue(suite, roles, (5 << 64) | 5)
    assert suite.CarbonCredits.balanceOf(roles.holder, (PROJECT_ID << 128) | (5 << 64) | 5) == 10**8


def test_nobody_receives_a_credit_of_nobody(suite, roles):
    zero = "0x" + "00" * 20
    with reverts(reverts_with("ERC1155InvalidReceiver", zero)):
        issue_range(suite, roles, 1, 2, recipient=zero)


def test_credits_are_numbered_in_their_order(suite, roles):
    credits = suite.CarbonCredits
    assert credits.creditCount() == 1
    token_id = issue_range(suite, roles, 1, 2).events["CreditMinted"]["tokenId"]
    assert credits.creditCount() == 2
    assert [credits.creditAt(number) for number in (1, 2)] == [TOKEN_ID, token_id]
    assert [credits.creditNumberOf(token) for token in (TOKEN_ID, token_id)] == [1, 2]
    with reverts(reverts_with("UnknownCredit", token_id + 1)):
        credits.creditNumberOf(token_id + 1)


def test_the_evidence_is_kept(suite):
    assert bytes(suite.CarbonCredits.evidenceHashOf(TOKEN_ID)) == EVIDENCE_HASH
    with reverts(reverts_with("UnknownCredit", TOKEN_ID + 1)):
        suite.CarbonCredits.evidenceHashOf(TOKEN_ID + 1)


def by_wallet(suite, roles, project_contracts, project_id, credit_id, **changes):
    """Has a custodian attest to what the Python side would refuse to sign; what mints it."""
    wallet = project_contracts.ContractWallet.deploy(roles.custodian, {"from": roles.outsider})
    role = suite.Authority.CUSTODIAN_ROLE()
    suite.Authority.grantRole(role, wallet, 0, {"from": roles.custodian})
    metadata = metadata_of(credit_id, projectId=project_id, **changes)
    wallet.setManner(AGREEING, {"from": roles.outsider})
    suite.CarbonCredits.attest(
        roles.holder, metadata, EVIDENCE_HASH, 2**32 - 1, wallet, b"", 0, {"from": roles.issuer}
    )
    return roles.holder, project_id, credit_id, metadata[6], 0, metadata
