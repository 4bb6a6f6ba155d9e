"""Purchases: what the deposit does not reach is bought, within the price and the budget.

given an account with money and a policy, and listings
  it draws on its deposit first, then buys the cheapest, of what it names in order
  it retires in the same transaction, says who paid, with a certificate or without
  small deposits leave one retirement to a purchase, unless there is none, or they are all it takes
  it pays no higher price, and spends no more than there is, nor than the budget of the period
  it buys in part where money, budget, listings or retirements run out; the rest stays outstanding
  units are what is due and no more; the cost is rounded up, and never over what may be spent
  a purchase that fails leaves money and budget where they were, and says why
  where gas is short, an account that settles itself keeps what was done; anyone else is told
"""

import pytest
from brownie import reverts

from tests.markets import PRICE_PER_TONNE, cost_of
from tests.retirements import retirement_of, retirements_of
from tests.settlements import (
    DAY_SECONDS,
    KILOGRAM,
    PROJECT,
    REGISTRY,
    TONNE,
    deposit_payment,
    due_units,
    emit,
    listings_at,
    returned,
    set_policy,
    settle,
    small_credit,
)
from tests.suite import PROJECT_ID, TOKEN_ID, deposit, issue, now, pass_time, reverts_with

TENTH = TONNE // 10
OTHER_PROJECT_ID = PROJECT_ID + 1
ALMOST_A_DAY_SECONDS = DAY_SECONDS - 100


def bought(tx):
    """Of which listing, how many units, at what cost: each purchase of a settlement."""
    events = [event for event in tx.events if event.name == "Bought"]
    return [(event["listingId"], event["units"], event["cost"]) for event in events]


def test_what_is_due_is_bought_and_retired(suite, roles, account, money):
    (listing_id,) = listings_at(suite, roles, money, PRICE_PER_TONNE)
    emit(suite, account, 500)
    funds, units = suite.AutoRetire.paymentOf(account, money), due_units(suite, account)
    cost = cost_of(units, PRICE_PER_TONNE)
    tx = settle(suite, roles, account)
    retirement = retirement_of(tx)
    assert returned(tx) == (units, [retirement.id])
    assert [event.name for event in tx.events if event.address == suite.AutoRetire] == ["Bought"]
    assert dict(tx.events["Bought"]) == {
        "account": account,
        "retirementId": retirement.id,
        "listingId": listing_id,
        "units": units,
        "cost": cost,
    }
    market = suite.CreditMarket
    assert retirement.fields[1:5] == (TOKEN_ID, account, market, market)
    assert suite.EmissionsRegistry.outstanding(account) == 0
    assert suite.CarbonCredits.retiredFor(account) == units
    assert suite.AutoRetire.paymentOf(account, money) == funds - cost
    assert money.balanceOf(suite.AutoRetire) == funds - cost
    assert market.proceedsOf(roles.holder, money) == cost
    assert market.getListing(listing_id)["units"] == TONNE - units


@pytest.mark.parametrize("with_certificate", [False, True])
def test_the_account_is_said_to_have_paid(suite, roles, account, money, with_certificate):
    said = {"beneficiaryName": "Gallery", "purpose": "Mints", "place": "Zürich"}
    set_policy(suite, account, money, withCertificate=with_certificate, **said)
    listings_at(suite, roles, money, 1)
    emit(suite, account, 500)
    tx = settle(suite, roles, account)
    details = (account, *said.values(), 0, 0)
    assert tuple(tx.events["RetirementDescribed"]["details"]) == details
    assert suite.RetirementCertificates.balanceOf(account) == with_certificate


def test_the_deposit_is_drawn_on_first(suite, roles, account, money):
    (listing_id,) = listings_at(suite, roles, money, PRICE_PER_TONNE)
    deposit(suite, roles, account, KILOGRAM)
    emit(suite, account, 1500)
    units = due_units(suite, account)
    tx = settle(suite, roles, account)
    assert tx.events["Settled"]["units"] == KILOGRAM
    cost = cost_of(units - KILOGRAM, PRICE_PER_TONNE)
    assert bought(tx) == [(listing_id, units - KILOGRAM, cost)]
    assert returned(tx) == (units, [one.id for one in retirements_of(tx)])
    assert suite.EmissionsRegistry.outstanding(account) == 0
    # Nothing is bought where the deposit reaches.
    deposit(suite, roles, account, TONNE)
    emit(suite, account, 500)
    assert bought(settle(suite, roles, account)) == []


def test_the_cheapest_comes_first(suite, roles, account, money):
    dear, cheap = listings_at(suite, roles, money, 3, 2, units=TENTH)
    emit(suite, account, 150_000)
    units = due_units(suite, account)
    tx = settle(suite, roles, account)
    assert bought(tx) == [(cheap, TENTH, 1), (dear, units - TENTH, 1)]
    assert suite.EmissionsRegistry.outstanding(account) == 0


def test_what_is_named_first_comes_first_though_dearer(suite, roles, account, money):
    other = small_credit(suite, roles, 10, OTHER_PROJECT_ID)
    named = small_credit(suite, roles, 20)
    cheapest = listings_at(suite, roles, money, 1)
    (of_credit,) = listings_at(suite, roles, money, 3, units=TENTH, token_id=named)
    (of_project,) = listings_at(suite, roles, money, 2, units=TENTH, token_id=other)
    set_policy(suite, account, money, accepts=[named, REGISTRY, OTHER_PROJECT_ID << 128, PROJECT])
    emit(suite, account, 150_000)
    tx = settle(suite, roles, account)
    assert [listing_id for listing_id, _, _ in bought(tx)] == [of_credit, of_project]
    assert suite.CreditMarket.getListing(cheapest[0])["units"] == TONNE


def test_nothing_is_bought_where_nothing_is_named(suite, roles, account, money):
    """Of a registry neither: it has too many projects to look for."""
    listings_at(suite, roles, money, 1)
    emit(suite, account, 500)
    for accepts in ([], [REGISTRY]):
        set_policy(suite, account, money, accepts=accepts)
        with reverts(reverts_with("NothingDeposited", str(account))):
            settle(suite, roles, account)


def test_nothing_is_bought_in_another_token(suite, roles, account, money, hostile):
    listings_at(suite, roles, hostile, 1)
    deposit_payment(suite, roles.collector, account, hostile, 10**9)
    emit(suite, account, 500)
    with reverts(reverts_with("NothingDeposited", str(account))):
        settle(suite, roles, account)
    set_policy(suite, account, hostile)
    assert len(bought(settle(suite, roles, account))) == 1


def test_what_the_policy_does_not_take_is_not_bought(suite, roles, account, money):
    """Neither too old a vintage, nor a credit without the label, however cheap."""
    old = small_credit(suite, roles, 10, vintage="2019")
    listings_at(suite, roles, money, 1, token_id=old)
    listings_at(suite, roles, money, 2)
    labelled = small_credit(suite, roles, 20)
    suite.CreditRecords.addLabel(labelled, "CCP", 1, {"from": roles.custodian})
    (sound,) = listings_at(suite, roles, money, 3, token_id=labelled)
    set_policy(suite, account, money, earliestVintage=2020, label="CCP")
    emit(suite, account, 500)
    assert [one[0] for one in bought(settle(suite, roles, account))] == [sound]


def test_a_price_at_the_limit_is_paid_and_none_above(suite, roles, account, money):
    listings_at(suite, roles, money, PRICE_PER_TONNE + 1)
    emit(suite, account, 500)
    with reverts(reverts_with("NothingDeposited", str(account))):
        settle(suite, roles, account)
    (at_the_limit,) = listings_at(suite, roles, money, PRICE_PER_TONNE)
    assert [one[0] for one in bought(settle(suite, roles, account))] == [at_the_limit]


def partial(suite, roles, account, listing_id, may_spend, price=PRICE_PER_TONNE):
    """Settles 1.5 kg with too little to spend: as many units as that buys, and not one more."""
    emit(suite, account, 1500)
    units = may_spend * TONNE // price
    assert cost_of(units, price) <= may_spend < cost_of(units + 1, price)
    before = suite.EmissionsRegistry.outstanding(account)
    tx = settle(suite, roles, account)
    assert bought(tx) == [(listing_id, units, cost_of(units, price))]
    assert suite.EmissionsRegistry.outstanding(account) == before - units * 10_000
    assert tx.events["SettlementShort"]["co2eMicrograms"] == before - units * 10_000
    return tx


@pytest.mark.parametrize("funds", [1, 2, 9_999, 12_345])
def test_no_more_is_spent_than_there_is(suite, roles, money, funds):
    account = roles.marketplace
    set_policy(suite, account, money)
    deposit_payment(suite, account, account, money, funds)
    # Another's money in the same token stays where it is.
    deposit_payment(suite, roles.collector, roles.collector, money, 10**9)
    (listing_id,) = listings_at(suite, roles, money, PRICE_PER_TONNE)
    partial(suite, roles, account, listing_id, funds)
    assert suite.AutoRetire.paymentOf(account, money) == 0
    assert suite.AutoRetire.paymentOf(roles.collector, money) == 10**9
    with reverts(reverts_with("NothingDeposited", str(account))):
        settle(suite, roles, account)
    deposit_payment(suite, account, account, money, 10**9)
    settle(suite, roles, account)
    assert suite.EmissionsRegistry.outstanding(account) == 0


@pytest.mark.parametrize("budget", [1, 12_345])
def test_no_more_is_spent_than_the_budget_until_the_period_has_passed(
    suite, roles, account, money, budget
):
    auto_retire = suite.AutoRetire
    set_policy(suite, account, money, budget=budget)
    (listing_id,) = listings_at(suite, roles, money, PRICE_PER_TONNE)
    # From the start of a period, so that what follows stays within it.
    pass_time(DAY_SECONDS - now() % DAY_SECONDS)
    funds = auto_retire.paymentOf(account, money)
    partial(suite, roles, account, listing_id, budget)
    emit(suite, account, 1500)
    assert auto_retire.budgetLeft(account) == 0
    pass_time(ALMOST_A_DAY_SECONDS)
    with reverts(reverts_with("NothingDeposited", str(account))):
        settle(suite, roles, account)
    pass_time(DAY_SECONDS - ALMOST_A_DAY_SECONDS)
    assert auto_retire.budgetLeft(account) == budget
    settle(suite, roles, account)
    assert auto_retire.paymentOf(account, money) == funds - 2 * budget
    assert auto_retire.budgetLeft(account) == 0
    # What was left of earlier periods does not add up.
    pass_time(10 * DAY_SECONDS)
    assert auto_retire.budgetLeft(account) == budget


def test_a_budget_outlives_a_change_of_the_policy(suite, roles, account, money, hostile):
    """It is neither given anew by another period, nor is it that of another token."""
    auto_retire = suite.AutoRetire
    listings_at(suite, roles, money, PRICE_PER_TONNE)
    set_policy(suite, account, money, budget=100_000)
    pass_time(DAY_SECONDS - now() % DAY_SECONDS)
    emit(suite, account, 500)
    ((_, _, spent),) = bought(settle(suite, roles, account))
    for period_seconds in (DAY_SECONDS, 7 * DAY_SECONDS, 2**32 - 1, 12 * 3600):
        set_policy(suite, account, money, budget=100_000, periodSeconds=period_seconds)
        assert auto_retire.budgetLeft(account) == 100_000 - spent
    set_policy(suite, account, money, budget=spent - 1)
    assert auto_retire.budgetLeft(account) == 0
    set_policy(suite, account, hostile, budget=100_000)
    assert auto_retire.budgetLeft(account) == 100_000
    set_policy(suite, account, money, budget=100_000)
    assert auto_retire.budgetLeft(account) == 100_000 - spent
    set_policy(suite, account)
    assert auto_retire.budgetLeft(account) == 0


def test_what_listings_do_not_reach_stays_outstanding(suite, roles, account, money):
    listings_at(suite, roles, money, 1, units=TENTH)
    emit(suite, account, 150_000)
    before = suite.EmissionsRegistry.outstanding(account)
    tx = settle(suite, roles, account)
    left = before - TENTH * 10_000
    assert suite.EmissionsRegistry.outstanding(account) == left
    assert tx.events["SettlementShort"]["co2eMicrograms"] == left
    listings_at(suite, roles, money, 1)
    settle(suite, roles, account)
    assert suite.EmissionsRegistry.outstanding(account) == 0


def test_after_two_retirements_anyone_settles_again_what_is_still_due(suite, roles, account, money):
    small = [small_credit(suite, roles, serial) for serial in range(10, 13)]
    for token_id in small:
        deposit(suite, roles, account, KILOGRAM, token_id)
    listed = listings_at(suite, roles, money, 1, 2, units=TENTH)
    emit(suite, account, 153_000)
    took = []
    while suite.AutoRetire.isDue(account):
        tx = settle(suite, roles, account)
        took.append([one.token_id for one in retirements_of(tx)])
        assert ("SettlementShort" in tx.events) == suite.AutoRetire.isDue(account)
    assert took == [[small[0], TOKEN_ID], [small[1], TOKEN_ID]]
    assert suite.CreditMarket.getListing(listed[0])["units"] == 0
    assert suite.EmissionsRegistry.outstanding(account) == 0


def test_small_deposits_leave_one_retirement_to_a_purchase(suite, roles, account, money):
    """Those of strangers: whether they are named or not, and whatever the queue holds."""
    small = [small_credit(suite, roles, serial) for serial in range(10, 14)]
    set_policy(suite, account, money, accepts=[*small[:2], PROJECT])
    for token_id in small:
        deposit(suite, roles, account, KILOGRAM, token_id)
    listings_at(suite, roles, money, PRICE_PER_TONNE)
    emit(suite, account, 50_000)
    tx = settle(suite, roles, account)
    assert [one.token_id for one in retirements_of(tx)] == [small[0], TOKEN_ID]
    assert suite.EmissionsRegistry.outstanding(account) == 0
    assert list(suite.AutoRetire.queueOf(account)) == small[1:]
    assert [suite.AutoRetire.depositOf(account, one) for one in small] == [0, *[KILOGRAM] * 3]


def test_a_deposit_that_is_all_that_is_due_is_drawn_before_money_is_spent(
    suite, roles, account, money
):
    small, large = (small_credit(suite, roles, serial) for serial in (10, 20))
    deposit(suite, roles, account, KILOGRAM, small)
    deposit(suite, roles, account, 2 * KILOGRAM, large)
    listings_at(suite, roles, money, PRICE_PER_TONNE)
    emit(suite, account, 2_500)
    tx = settle(suite, roles, account)
    assert [one.token_id for one in retirements_of(tx)] == [small, large]
    assert not bought(tx)


@pytest.mark.parametrize("lacks", ["offers", "funds", "enough"])
def test_where_nothing_can_be_bought_deposits_get_both_retirements(
    suite, roles, account, money, lacks
):
    small = [small_credit(suite, roles, serial) for serial in range(10, 13)]
    for token_id in small:
        deposit(suite, roles, account, KILOGRAM, token_id)
    if lacks != "offers":
        funds = suite.AutoRetire.paymentOf(account, money)
        suite.AutoRetire.withdrawPayment(money, funds, account, {"from": account})
        if lacks == "enough":
            # A stranger's gift of money that buys less than the kilogram that comes next.
            enough = cost_of(KILOGRAM, PRICE_PER_TONNE)
            deposit_payment(suite, roles.outsider, account, money, enough - 1)
        listings_at(suite, roles, money, PRICE_PER_TONNE)
    emit(suite, account, 50_000)
    tx = settle(suite, roles, account)
    assert [one.token_id for one in retirements_of(tx)] == small[:2]
    assert list(suite.AutoRetire.queueOf(account)) == small[2:]


def test_excess_of_rounding_carries_over_to_the_next(suite, roles, account, money):
    """143 gas are 10,010 µg, two units by themselves; a thousand of them 1,001."""
    listings_at(suite, roles, money, PRICE_PER_TONNE)
    units = 0
    for _ in range(10):
        suite.EmissionsRegistry.record(143, {"from": account})
        units += returned(settle(suite, roles, account))[0]
        emitted = suite.EmissionsRegistry.emittedBy(account)
        assert emitted <= units * 10_000 < emitted + 10_000
    assert units == 11


def test_a_credit_is_bought_up_to_its_cancelled_serials_then_after_them(
    suite, roles, account, money
):
    credits, serials = suite.CarbonCredits, (10, 12)
    issue(suite, roles, (serials[0] << 64) | serials[1])
    token_id = (PROJECT_ID << 128) | (serials[0] << 64) | serials[1]
    (listing_id,) = listings_at(suite, roles, money, 1, units=2 * TONNE, token_id=token_id)
    credits.retire(token_id, roles.holder, TONNE - KILOGRAM, {"from": roles.holder})
    credits.invalidate(token_id, 11, 11, "", {"from": roles.custodian})
    emit(suite, account, 1500)
    units = due_units(suite, account)
    first = settle(suite, roles, account)
    assert bought(first) == [(listing_id, KILOGRAM, 1)]
    assert bought(settle(suite, roles, account)) == [(listing_id, units - KILOGRAM, 1)]
    assert suite.EmissionsRegistry.outstanding(account) == 0


def test_a_credit_on_hold_is_passed_over(suite, roles, account, money):
    held = small_credit(suite, roles, 10)
    listings_at(suite, roles, money, 1, token_id=held)
    (sound,) = listings_at(suite, roles, money, 2)
    suite.CarbonCredits.suspend([held], "", {"from": roles.custodian})
    emit(suite, account, 500)
    assert [one[0] for one in bought(settle(suite, roles, account))] == [sound]


@pytest.mark.parametrize("deposited", [False, True])
def test_what_fails_leaves_money_and_budget_where_they_were(
    suite, roles, money, hostile, deposited
):
    """The market may not be paid; what is on deposit is drawn on all the same."""
    account, auto_retire = roles.marketplace, suite.AutoRetire
    set_policy(suite, account, hostile)
    deposit_payment(suite, account, account, hostile, 10**9)
    first, second = listings_at(suite, roles, hostile, PRICE_PER_TONNE - 1, PRICE_PER_TONNE)
    emit(suite, account, 500)
    spent = bought(settle(suite, roles, account))[0][2]
    left = auto_retire.budgetLeft(account)
    if deposited:
        deposit(suite, roles, account, KILOGRAM)
    hostile.blockAccount(suite.CreditMarket, {"from": roles.outsider})
    emit(suite, account, 1500)
    tx = settle(suite, roles, account)
    failed = [(e["account"], e["listingId"], e["reason"]) for e in tx.events["PurchaseFailed"]]
    # TransferFromFailed()
    assert failed == [(account, first, "0x7939f424"), (account, second, "0x7939f424")]
    assert bought(tx) == []
    assert returned(tx)[0] == (KILOGRAM if deposited else 0)
    assert "SettlementShort" in tx.events
    assert auto_retire.budgetLeft(account) == left
    funds = 10**9 - spent
    assert auto_retire.paymentOf(account, hostile) == hostile.balanceOf(auto_retire) == funds
    auto_retire.withdrawPayment(hostile, funds, account, {"from": account})


def test_18_decimals(suite, roles, money, project_contracts):
    account, price = roles.marketplace, 12_345_678_901_234_567_891
    coin = project_contracts.PaymentToken.deploy(18, {"from": roles.deployer})
    set_policy(suite, account, coin, maxPricePerTonne=price)
    deposit_payment(suite, account, account, coin, 10**16)
    (listing_id,) = listings_at(suite, roles, coin, price)
    partial(suite, roles, account, listing_id, 10**16, price)


def test_a_token_that_returns_nothing(suite, roles, money, project_contracts):
    account = roles.marketplace
    coin = project_contracts.NonReturningToken.deploy({"from": roles.deployer})
    set_policy(suite, account, coin)
    deposit_payment(suite, account, account, coin, 12_345)
    (listing_id,) = listings_at(suite, roles, coin, PRICE_PER_TONNE)
    partial(suite, roles, account, listing_id, 12_345)
    assert coin.balanceOf(suite.CreditMarket) == 12_345


def test_whoever_has_no_policy_buys_nothing(suite, roles, money):
    account = roles.marketplace
    listings_at(suite, roles, money, 1)
    deposit_payment(suite, account, account, money, 10**9)
    suite.AutoRetire.setThreshold(1, {"from": account})
    emit(suite, account, 500)
    with reverts(reverts_with("NothingDeposited", str(account))):
        settle(suite, roles, account)
    assert suite.AutoRetire.paymentOf(account, money) == 10**9


def test_below_its_threshold_an_account_buys_for_itself_alone(suite, roles, account, money):
    (listing_id,) = listings_at(suite, roles, money, 1)
    emit(suite, account, 500)
    suite.AutoRetire.setThreshold(10**15, {"from": account})
    tx = settle(suite, roles, account)
    assert (returned(tx), len(tx.events)) == ((0, []), 0)
    tx = suite.AutoRetire.settle(account, {"from": account})
    assert [one[0] for one in bought(tx)] == [listing_id]
    assert suite.EmissionsRegistry.outstanding(account) == 0


ENOUGH_FOR_TWO_PURCHASES, ENOUGH_FOR_ONE = 600_000, 400_000


@pytest.mark.parametrize(
    ("by", "gas_limit", "purchases"),
    [
        ("outsider", ENOUGH_FOR_TWO_PURCHASES, 2),
        ("outsider", ENOUGH_FOR_ONE, 0),
        ("marketplace", ENOUGH_FOR_TWO_PURCHASES, 2),
        ("marketplace", ENOUGH_FOR_ONE, 1),
    ],
)
def test_where_gas_is_short(suite, roles, account, money, by, gas_limit, purchases):
    """A collection that settles in a mint loses no purchase to the next; an estimate is enough."""
    listings = listings_at(suite, roles, money, 2, 3, units=TENTH)
    emit(suite, account, 150_000)
    due = due_units(suite, account)
    sent = {"from": getattr(roles, by), "gas_limit": gas_limit}
    if purchases == 0:
        with reverts():
            suite.AutoRetire.settle(account, sent)
        assert due_units(suite, account) == due
        return
    tx = suite.AutoRetire.settle(account, sent)
    expected = [(listings[0], TENTH), (listings[1], due - TENTH)][:purchases]
    assert [(listing_id, units) for listing_id, units, _ in bought(tx)] == expected
    assert due_units(suite, account) == due - sum(units for _, units in expected)
    assert ("SettlementShort" in tx.events) == (purchases == 1)
