"""Money on deposit: in for whom it is meant, and out again by that account alone.

given somebody with money, in tokens of each kind
  it is the account's that the payer names, whoever pays
  it is given back to that account, at any time, and to no one else
  it refuses nothing, nobody, and a token that does not move what it was told to
  of each token and account it knows a sum of its own, and holds as much as all of them
"""

import pytest
from brownie import ZERO_ADDRESS, reverts

from tests.settlements import deposit_payment, emit
from tests.suite import ROLES, reverts_with

AMOUNT = 12_345_678


@pytest.fixture(params=["6 decimals", "18 decimals", "returns nothing"])
def coin(request, roles, project_contracts):
    """A token of each kind."""
    deployer = {"from": roles.deployer}
    if request.param == "returns nothing":
        return project_contracts.NonReturningToken.deploy(deployer)
    return project_contracts.PaymentToken.deploy(int(request.param.split()[0]), deployer)


def test_it_is_the_accounts_and_is_given_back_to_it(suite, roles, coin):
    auto_retire, account = suite.AutoRetire, roles.marketplace
    tx = deposit_payment(suite, roles.collector, account, coin, AMOUNT)
    assert dict(tx.events["PaymentDeposited"]) == {
        "account": account,
        "paymentToken": coin,
        "from": roles.collector,
        "amount": AMOUNT,
    }
    deposit_payment(suite, roles.collector, account, coin, 1)
    assert auto_retire.paymentOf(account, coin) == coin.balanceOf(auto_retire) == AMOUNT + 1
    assert auto_retire.paymentOf(roles.collector, coin) == 0

    tx = auto_retire.withdrawPayment(coin, AMOUNT, roles.auditor, {"from": account})
    assert dict(tx.events["PaymentWithdrawn"]) == {
        "account": account,
        "paymentToken": coin,
        "to": roles.auditor,
        "amount": AMOUNT,
    }
    auto_retire.withdrawPayment(coin, 1, roles.auditor, {"from": account})
    assert coin.balanceOf(roles.auditor) == AMOUNT + 1
    assert auto_retire.paymentOf(account, coin) == coin.balanceOf(auto_retire) == 0


def test_also_while_it_is_due(suite, roles, account, money):
    emit(suite, account, 500)
    assert suite.AutoRetire.isDue(account)
    everything = suite.AutoRetire.paymentOf(account, money)
    suite.AutoRetire.withdrawPayment(money, everything, account, {"from": account})
    with reverts(reverts_with("NothingDeposited", str(account))):
        suite.AutoRetire.settle(account, {"from": roles.outsider})


@pytest.mark.parametrize("actor", [role for role in ROLES if role != "marketplace"])
def test_nobody_takes_what_is_not_theirs(suite, roles, money, actor):
    """Whatever the role: also who paid, and a keeper."""
    auto_retire, caller = suite.AutoRetire, getattr(roles, actor)
    deposit_payment(suite, roles.collector, roles.marketplace, money, AMOUNT)
    auto_retire.setKeeper(caller, True, {"from": roles.marketplace})
    with reverts(reverts_with("DepositExceeded", 1, 0)):
        auto_retire.withdrawPayment(money, 1, caller, {"from": caller})
    assert auto_retire.paymentOf(roles.marketplace, money) == AMOUNT


def test_no_more_than_there_is_and_not_nothing(suite, roles, money):
    auto_retire, own = suite.AutoRetire, {"from": roles.marketplace}
    deposit_payment(suite, roles.marketplace, roles.marketplace, money, AMOUNT)
    deposit_payment(suite, roles.collector, roles.collector, money, AMOUNT)
    for amount in (AMOUNT + 1, 2**256 - 1):
        with reverts(reverts_with("DepositExceeded", amount, AMOUNT)):
            auto_retire.withdrawPayment(money, amount, roles.marketplace, own)
    with reverts(reverts_with("NothingToMove")):
        auto_retire.withdrawPayment(money, 0, roles.marketplace, own)
    with reverts(reverts_with("NothingToMove")):
        auto_retire.depositPayment(roles.marketplace, money, 0, own)


def test_nobody_is_no_account(suite, roles, money):
    auto_retire, own = suite.AutoRetire, {"from": roles.marketplace}
    deposit_payment(suite, roles.marketplace, roles.marketplace, money, AMOUNT)
    for nobody in (ZERO_ADDRESS, auto_retire):
        with reverts(reverts_with("DepositAccountMissing")):
            auto_retire.depositPayment(nobody, money, 1, own)
    for nobody in (auto_retire, suite.CreditMarket):
        with reverts(reverts_with("DepositAccountMissing")):
            auto_retire.withdrawPayment(money, 1, nobody, own)
    assert auto_retire.paymentOf(roles.marketplace, money) == AMOUNT


def test_what_is_no_token_is_no_money(suite, roles, money):
    """An address without code, our own credits, and certificates."""
    own = {"from": roles.marketplace}
    for contract in (suite.CarbonCredits, suite.RetirementCertificates, roles.outsider):
        with reverts(reverts_with("TransferFromFailed")):
            suite.AutoRetire.depositPayment(roles.marketplace, contract, 1, own)


def test_without_an_allowance_nothing_moves(suite, roles, money):
    money.mint(roles.marketplace, AMOUNT, {"from": roles.deployer})
    with reverts(reverts_with("TransferFromFailed")):
        suite.AutoRetire.depositPayment(roles.collector, money, 1, {"from": roles.marketplace})
    assert suite.AutoRetire.paymentOf(roles.collector, money) == 0


@pytest.mark.parametrize(("fee_percent", "received"), [(1, 9_900), (100, 0), (101, 0)])
def test_a_fee_on_transfer_is_refused(suite, roles, hostile, fee_percent, received):
    """A fee above 100 takes from what is there already."""
    account = roles.marketplace
    deposit_payment(suite, account, account, hostile, 10_000)
    hostile.setFee(fee_percent, {"from": roles.outsider})
    with reverts(reverts_with("PaymentNotReceived", hostile.address, received, 10_000)):
        deposit_payment(suite, roles.collector, roles.collector, hostile, 10_000)
    assert suite.AutoRetire.paymentOf(account, hostile) == 10_000
    assert suite.AutoRetire.paymentOf(roles.collector, hostile) == 0


def test_a_fee_on_top_of_a_transfer_is_refused(suite, roles, hostile):
    """Whoever withdraws would pay it from the others' money."""
    accounts = (roles.marketplace, roles.collector)
    for account in accounts:
        deposit_payment(suite, account, account, hostile, 10_000)
    hostile.setFeeOnTop(1, {"from": roles.outsider})
    refusal = reverts_with("PaymentTakesMore", hostile.address, 10_100, 10_000)
    with reverts(refusal):
        suite.AutoRetire.withdrawPayment(hostile, 10_000, accounts[0], {"from": accounts[0]})
    hostile.mint(roles.auditor, 10_100, {"from": roles.outsider})
    hostile.approve(suite.AutoRetire, 10_100, {"from": roles.auditor})
    with reverts(refusal):
        suite.AutoRetire.depositPayment(roles.auditor, hostile, 10_000, {"from": roles.auditor})
    hostile.setFeeOnTop(0, {"from": roles.outsider})
    for account in accounts:
        suite.AutoRetire.withdrawPayment(hostile, 10_000, account, {"from": account})
        assert hostile.balanceOf(account) == 10_000


def test_each_token_and_account_has_a_sum_of_its_own(suite, roles, money, coin):
    auto_retire = suite.AutoRetire
    amounts = {
        (roles.marketplace, money): 3,
        (roles.marketplace, coin): 5,
        (roles.collector, money): 7,
    }
    for (account, token), amount in amounts.items():
        deposit_payment(suite, roles.auditor, account, token, amount)
    for (account, token), amount in amounts.items():
        assert auto_retire.paymentOf(account, token) == amount
    assert auto_retire.paymentOf(roles.collector, coin) == 0
    assert money.balanceOf(auto_retire) == 3 + 7
    assert coin.balanceOf(auto_retire) == 5


def test_the_market_may_take_what_is_spent(suite, roles, money):
    """One allowance for all, made with the first deposit; the market takes of its caller alone."""
    assert money.allowance(suite.AutoRetire, suite.CreditMarket) == 0
    deposit_payment(suite, roles.marketplace, roles.marketplace, money, 1)
    assert money.allowance(suite.AutoRetire, suite.CreditMarket) == 2**256 - 1
    assert money.allowance(suite.AutoRetire, roles.outsider) == 0
