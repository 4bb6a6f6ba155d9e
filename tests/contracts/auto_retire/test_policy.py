"""Policies: which credits an account takes, and what is said of their retirement.

given an account that says how it is settled
  it keeps what was said, for that account alone, and says so
  it refuses what is too much, or money without bounds
  it takes what is named: a credit, a project, a registry; or all, where nothing is
  it takes no older vintage, and nothing without the label at the moment
  a deposit of what it does not take is refused
  it draws on what it names in its order, then on the rest in the order of the deposits
  what it does not take any more stays on deposit, and can be withdrawn
  what it says is said of the retirement, with a certificate or without
"""

import pytest
from brownie import ZERO_ADDRESS, reverts

from tests.retirements import hash_of, retirement_of
from tests.settlements import (
    KILOGRAM,
    PROJECT,
    REGISTRY,
    TONNE,
    emit,
    policy,
    said,
    set_policy,
    settle,
    small_credit,
)
from tests.suite import NOTHING_SAID, PROJECT_ID, TOKEN_ID, deposit, now, pass_time, reverts_with

OTHER_PROJECT_ID = PROJECT_ID + 1
OTHER_REGISTRY_PROJECT_ID = (2 << 64) | 1340
DETAILS = {"beneficiaryName": "Zoë's gallery", "purpose": "Mints of 2026", "place": "Zürich"}


def test_what_is_set_is_the_accounts_own(suite, roles, money):
    chosen = policy(money, accepts=[TOKEN_ID, PROJECT, REGISTRY], label="CCP", **DETAILS)
    tx = suite.AutoRetire.setPolicy(chosen, {"from": roles.marketplace})
    assert said(suite.AutoRetire.policyOf(roles.marketplace)) == chosen
    assert tx.events["PolicySet"]["account"] == roles.marketplace
    assert said(tx.events["PolicySet"]["policy"]) == chosen
    assert said(suite.AutoRetire.policyOf(roles.outsider)) == policy()
    suite.AutoRetire.setPolicy(policy(), {"from": roles.marketplace})
    assert said(suite.AutoRetire.policyOf(roles.marketplace)) == policy()


@pytest.mark.parametrize(
    "changes",
    [
        {"accepts": [PROJECT] * 9},
        {"accepts": [TOKEN_ID, 0]},
        {"maxPricePerTonne": 0},
        {"budget": 0},
        {"periodSeconds": 0},
    ],
    ids=str,
)
def test_too_much_or_money_without_bounds_is_refused(suite, roles, money, changes):
    with reverts(reverts_with("PolicyInvalid")):
        set_policy(suite, roles.marketplace, money, **changes)
    assert said(suite.AutoRetire.policyOf(roles.marketplace)) == policy()


def test_as_much_as_may_be(suite, roles, money):
    most = policy(
        money,
        accepts=[PROJECT] * suite.AutoRetire.MAX_ACCEPTS(),
        earliestVintage=2**16 - 1,
        label="l" * 128,
        maxPricePerTonne=2**128 - 1,
        budget=2**128 - 1,
        periodSeconds=2**32 - 1,
        beneficiaryName="n" * 128,
        purpose="p" * 256,
        place="z" * 128,
    )
    suite.AutoRetire.setPolicy(most, {"from": roles.marketplace})
    assert said(suite.AutoRetire.policyOf(roles.marketplace)) == most


@pytest.mark.parametrize(
    ("field", "most_bytes"),
    [("label", 128), ("beneficiaryName", 128), ("purpose", 256), ("place", 128)],
)
def test_texts_too_long_to_retire_with_are_refused(suite, roles, field, most_bytes):
    with reverts(reverts_with("TextTooLong", field, most_bytes + 1, most_bytes)):
        set_policy(suite, roles.marketplace, **{field: "x" * (most_bytes + 1)})


def test_without_a_policy_any_credit_is_taken(suite, roles):
    assert suite.AutoRetire.isAccepted(roles.marketplace, TOKEN_ID)
    set_policy(suite, roles.marketplace)
    assert suite.AutoRetire.isAccepted(roles.marketplace, TOKEN_ID)


def test_what_is_named_is_taken_and_nothing_else(suite, roles):
    account = roles.marketplace
    credits = {
        "credit": TOKEN_ID,
        "same project": small_credit(suite, roles, 10),
        "same registry": small_credit(suite, roles, 20, OTHER_PROJECT_ID),
        "other registry": small_credit(suite, roles, 10, OTHER_REGISTRY_PROJECT_ID),
    }
    for named, takes in (
        ([TOKEN_ID], ["credit"]),
        ([PROJECT], ["credit", "same project"]),
        ([REGISTRY], ["credit", "same project", "same registry"]),
        ([OTHER_PROJECT_ID << 128, TOKEN_ID], ["credit", "same registry"]),
        ([], list(credits)),
    ):
        set_policy(suite, account, accepts=named)
        taken = [name for name, one in credits.items() if suite.AutoRetire.isAccepted(account, one)]
        assert taken == takes


@pytest.mark.parametrize(
    ("vintage", "year"),
    [
        *(("2020", 2020), ("2019/2020", 2019), ("2019-01-01 to 2021-12-31", 2019)),
        *(("20", 0), ("", 0), ("of 2020", 0), ("202O", 0), ("/020", 0), (":020", 0)),
    ],
)
def test_an_older_vintage_is_not_taken(suite, roles, vintage, year):
    """Of two years the older counts; what begins with no year is older than any."""
    token_id = small_credit(suite, roles, 10, vintage=vintage)
    set_policy(suite, roles.marketplace, earliestVintage=max(year, 1))
    assert suite.AutoRetire.isAccepted(roles.marketplace, token_id) == (year != 0)
    set_policy(suite, roles.marketplace, earliestVintage=year + 1)
    assert not suite.AutoRetire.isAccepted(roles.marketplace, token_id)


def test_a_label_that_begins_and_ends(suite, roles):
    auto_retire, records, custodian = suite.AutoRetire, suite.CreditRecords, roles.custodian
    begins_at, ends_at = now() + 1000, now() + 5000
    set_policy(suite, roles.marketplace, label="CCP")
    records.addLabel(TOKEN_ID, "CORSIA", 1, {"from": custodian})
    records.addLabel(TOKEN_ID, "CCP", begins_at, {"from": custodian})
    assert not auto_retire.isAccepted(roles.marketplace, TOKEN_ID)
    pass_time(1000)
    assert auto_retire.isAccepted(roles.marketplace, TOKEN_ID)
    records.endLabel(TOKEN_ID, 1, ends_at, {"from": custodian})
    assert auto_retire.isAccepted(roles.marketplace, TOKEN_ID)
    pass_time(4000)
    assert not auto_retire.isAccepted(roles.marketplace, TOKEN_ID)


def test_a_deposit_of_what_is_not_taken_is_refused(suite, roles):
    account = roles.marketplace
    other = small_credit(suite, roles, 10)
    set_policy(suite, account, accepts=[other])
    with reverts(reverts_with("CreditNotAccepted", str(account), TOKEN_ID)):
        deposit(suite, roles, account, TONNE)
    deposit(suite, roles, account, KILOGRAM, other)
    assert suite.AutoRetire.depositOf(account, other) == KILOGRAM


def test_what_is_named_first_is_drawn_on_first(suite, roles):
    """Then the others that it takes, in the order in which they came."""
    account = roles.marketplace
    unnamed, second, first = (small_credit(suite, roles, serial) for serial in (10, 20, 30))
    for token_id in (unnamed, second, first):
        deposit(suite, roles, account, KILOGRAM, token_id)
    set_policy(suite, account, accepts=[first, second, PROJECT])
    emit(suite, account, 2500)
    events = [event for _ in range(2) for event in settle(suite, roles, account).events["Settled"]]
    assert [event["tokenId"] for event in events] == [first, second, unnamed]
    assert [event["units"] for event in events[:2]] == [KILOGRAM, KILOGRAM]
    assert suite.EmissionsRegistry.outstanding(account) == 0


def test_a_named_credit_that_cannot_be_drawn_on_is_passed_over(suite, roles):
    account = roles.marketplace
    expiring = small_credit(suite, roles, 10, expiry=now() + 1000)
    held, sound = (small_credit(suite, roles, serial) for serial in (20, 30))
    for token_id in (expiring, held, sound):
        deposit(suite, roles, account, KILOGRAM, token_id)
    set_policy(suite, account, accepts=[expiring, held, sound])
    suite.CarbonCredits.suspend([held], "", {"from": roles.custodian})
    pass_time(1000)
    emit(suite, account, 500)
    tx = settle(suite, roles, account)
    assert [event["tokenId"] for event in tx.events["Settled"]] == [sound]
    assert suite.EmissionsRegistry.outstanding(account) == 0
    for token_id in (expiring, held):
        assert suite.AutoRetire.depositOf(account, token_id) == KILOGRAM


@pytest.mark.parametrize(
    "changes",
    [{"accepts": [REGISTRY + 1]}, {"earliestVintage": 2021}, {"label": "CCP"}],
    ids=["named no more", "too old now", "without the label"],
)
def test_what_is_not_taken_any_more_stays_and_can_be_withdrawn(suite, roles, changes):
    account = roles.marketplace
    deposit(suite, roles, account, TONNE)
    set_policy(suite, account, **changes)
    emit(suite, account, 500)
    tx = settle(suite, roles, account)
    assert "Settled" not in tx.events
    assert "SettlementShort" in tx.events
    suite.AutoRetire.withdraw(TOKEN_ID, TONNE - KILOGRAM, account, {"from": account})
    # Taken again, and named, what is left is drawn on.
    set_policy(suite, account, accepts=[TOKEN_ID])
    assert settle(suite, roles, account).events["Settled"]["units"] == 50_001
    assert suite.EmissionsRegistry.outstanding(account) == 0


@pytest.mark.parametrize("with_certificate", [False, True])
def test_what_it_says_is_said_of_the_retirement(suite, roles, with_certificate):
    account, certificates = roles.marketplace, suite.RetirementCertificates
    deposit(suite, roles, account, TONNE)
    set_policy(suite, account, withCertificate=with_certificate, **DETAILS)
    emit(suite, account, 500)
    tx = settle(suite, roles, account)
    retirement = retirement_of(tx)
    details = (ZERO_ADDRESS, *DETAILS.values(), 0, 0)
    assert tuple(tx.events["RetirementDescribed"]["details"]) == details
    assert retirement.fields[2:5] == (account, suite.AutoRetire, suite.AutoRetire)
    assert retirement.fields[6] == hash_of(details)
    assert certificates.balanceOf(account) == with_certificate
    if with_certificate:
        assert certificates.ownerOf(retirement.id) == account


def test_nothing_is_said_where_nothing_was_set(suite, roles):
    account = roles.marketplace
    deposit(suite, roles, account, TONNE)
    set_policy(suite, account)
    emit(suite, account, 500)
    assert retirement_of(settle(suite, roles, account)).fields[6] == hash_of(NOTHING_SAID)
