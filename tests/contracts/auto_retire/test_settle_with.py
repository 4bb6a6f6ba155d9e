"""settleWith: a keeper chooses listings, of what the policy takes, within price and budget.

given an account that lets a keeper choose
  the keeper, and the account itself, buy what they name, in that order
  nobody else does, nor a keeper whom it does not let any more
  what the policy does not take, another token and too high a price are passed over
  where nothing is named it is `settle`; where nothing is due it does nothing
  it buys of whatever is taken, also of a registry, or where nothing is named
"""

import pytest
from brownie import reverts

from tests.markets import PRICE_PER_TONNE
from tests.settlements import (
    KILOGRAM,
    REGISTRY,
    TONNE,
    due_units,
    emit,
    listings_at,
    returned,
    set_policy,
    small_credit,
)
from tests.suite import PROJECT_ID, ROLES, deposit, now, pass_time, reverts_with

TENTH = TONNE // 10


@pytest.fixture
def keeper(suite, roles, account):
    suite.AutoRetire.setKeeper(roles.auditor, True, {"from": account})
    return roles.auditor


def settle_with(suite, caller, account, listing_ids):
    return suite.AutoRetire.settleWith(account, listing_ids, {"from": caller})


def chosen(tx):
    """The listings that a settlement bought of."""
    return [event["listingId"] for event in tx.events if event.name == "Bought"]


@pytest.mark.parametrize("caller", ["auditor", "marketplace"])
def test_the_keeper_and_the_account_choose(suite, roles, account, money, keeper, caller):
    _, dear, cheap = listings_at(suite, roles, money, 1, 3, 2, units=TENTH)
    emit(suite, account, 150_000)
    units = due_units(suite, account)
    tx = settle_with(suite, getattr(roles, caller), account, [dear, cheap])
    assert chosen(tx) == [dear, cheap]
    assert [one["units"] for one in tx.events["Bought"]] == [TENTH, units - TENTH]
    assert returned(tx)[0] == units
    assert suite.EmissionsRegistry.outstanding(account) == 0


@pytest.mark.parametrize("actor", [one for one in ROLES if one not in ("marketplace", "auditor")])
def test_nobody_else_does(suite, roles, account, money, keeper, actor):
    caller = getattr(roles, actor)
    listed = listings_at(suite, roles, money, 1)
    emit(suite, account, 500)
    # To be the keeper of another account is nothing.
    suite.AutoRetire.setKeeper(caller, True, {"from": roles.collector})
    with reverts(reverts_with("NotKeeper", str(account), str(caller))):
        settle_with(suite, caller, account, listed)


def test_a_keeper_until_the_account_says_otherwise(suite, roles, account, money, keeper):
    auto_retire = suite.AutoRetire
    assert auto_retire.isKeeper(account, keeper)
    assert auto_retire.isKeeper(account, account)
    assert not auto_retire.isKeeper(account, roles.outsider)
    tx = auto_retire.setKeeper(keeper, False, {"from": account})
    assert dict(tx.events["KeeperSet"]) == {
        "account": account,
        "keeper": keeper,
        "approved": False,
    }
    assert not auto_retire.isKeeper(account, keeper)
    with reverts(reverts_with("NotKeeper", str(account), str(keeper))):
        settle_with(suite, keeper, account, [])


def test_what_is_outside_of_the_policy_is_passed_over(
    suite, roles, account, money, hostile, keeper
):
    other = small_credit(suite, roles, 10, PROJECT_ID + 1)
    (other_project,) = listings_at(suite, roles, money, 1, token_id=other)
    (other_token,) = listings_at(suite, roles, hostile, 1)
    too_dear, sound = listings_at(suite, roles, money, PRICE_PER_TONNE + 1, PRICE_PER_TONNE)
    outside = [other_project, other_token, too_dear, 0, 2**256 - 1]
    emit(suite, account, 500)
    with reverts(reverts_with("NothingDeposited", str(account))):
        settle_with(suite, keeper, account, outside)
    tx = settle_with(suite, keeper, account, [*outside, sound])
    assert chosen(tx) == [sound]
    assert "PurchaseFailed" not in tx.events


def test_a_credit_on_hold_is_passed_over_and_a_listing_that_expired_fails(
    suite, roles, account, money, keeper
):
    held, expires_at = small_credit(suite, roles, 10), now() + 5000
    (on_hold,) = listings_at(suite, roles, money, 1, token_id=held)
    (expired,) = listings_at(suite, roles, money, 1, expires_at=expires_at)
    (sound,) = listings_at(suite, roles, money, 2)
    suite.CarbonCredits.suspend([held], "", {"from": roles.custodian})
    pass_time(5000)
    emit(suite, account, 500)
    tx = settle_with(suite, keeper, account, [on_hold, expired, sound])
    assert [event["listingId"] for event in tx.events["PurchaseFailed"]] == [expired]
    assert chosen(tx) == [sound]


def test_no_more_than_the_budget(suite, roles, account, money, keeper):
    set_policy(suite, account, money, budget=3)
    listed = listings_at(suite, roles, money, PRICE_PER_TONNE, PRICE_PER_TONNE - 1)
    emit(suite, account, 500)
    tx = settle_with(suite, keeper, account, listed)
    assert sum(event["cost"] for event in tx.events["Bought"]) == 3
    assert chosen(tx) == listed[:1]
    with reverts(reverts_with("NothingDeposited", str(account))):
        settle_with(suite, keeper, account, listed)


def test_the_deposit_comes_first_all_the_same(suite, roles, account, money, keeper):
    listed = listings_at(suite, roles, money, 1)
    deposit(suite, roles, account, KILOGRAM)
    emit(suite, account, 500)
    tx = settle_with(suite, keeper, account, listed)
    assert "Settled" in tx.events
    assert chosen(tx) == []


def test_where_nothing_is_named_it_is_settle(suite, roles, account, money, keeper):
    (cheapest,) = listings_at(suite, roles, money, 1)
    emit(suite, account, 500)
    assert chosen(settle_with(suite, keeper, account, [])) == [cheapest]


def test_where_nothing_is_due_a_keeper_does_nothing(suite, roles, account, money, keeper):
    listed = listings_at(suite, roles, money, 1)
    emit(suite, account, 500)
    suite.AutoRetire.setThreshold(10**15, {"from": account})
    tx = settle_with(suite, keeper, account, listed)
    assert (returned(tx), len(tx.events)) == ((0, []), 0)


@pytest.mark.parametrize("accepts", [[REGISTRY], []], ids=["registry", "nothing named"])
def test_whatever_is_taken_can_be_chosen(suite, roles, account, money, keeper, accepts):
    set_policy(suite, account, money, accepts=accepts, earliestVintage=2020)
    old = small_credit(suite, roles, 10, vintage="2019")
    (too_old,) = listings_at(suite, roles, money, 1, token_id=old)
    (sound,) = listings_at(suite, roles, money, 1)
    emit(suite, account, 500)
    assert chosen(settle_with(suite, keeper, account, [too_old, sound])) == [sound]
