"""Proceeds: what was paid waits in the market for its seller.

given purchases from two sellers, in two tokens
  it pays each seller what its credits earned in that token, once, to whom the seller names
  it pays nobody else, and not itself
"""

import pytest
from brownie import reverts

from tests.markets import TONNE, buy, fund, list_credits
from tests.suite import TOKEN_ID, reverts_with


@pytest.fixture
def other_money(suite, roles, project_contracts):
    return fund(suite, roles, project_contracts.PaymentToken.deploy(18, {"from": roles.deployer}))


@pytest.fixture
def sold(suite, roles, market, money, other_money):
    """The holder is owed 3 and 5, the collector 7."""
    collector = {"from": roles.collector}
    credits = suite.CarbonCredits
    credits.safeTransferFrom(
        roles.holder, roles.collector, TOKEN_ID, TONNE, b"", {"from": roles.holder}
    )
    credits.setApprovalForAll(market, True, collector)
    for token, price, seller in (
        (money, 3, roles.holder),
        (other_money, 5, roles.holder),
        (money, 7, roles.collector),
    ):
        listed = list_credits(suite, roles, token, TONNE, price_per_tonne=price, seller=seller)
        buy(suite, roles, listed, TONNE)


def test_each_is_paid_its_own_once(roles, market, money, other_money, sold):
    holder = {"from": roles.holder}
    tx = market.withdrawProceeds(money, roles.auditor, holder)
    assert tx.return_value == 3
    assert dict(tx.events["ProceedsWithdrawn"]) == {
        "seller": roles.holder,
        "paymentToken": money,
        "to": roles.auditor,
        "amount": 3,
    }
    assert money.balanceOf(roles.auditor) == 3
    with reverts(reverts_with("NothingToWithdraw")):
        market.withdrawProceeds(money, roles.auditor, holder)
    assert market.proceedsOf(roles.holder, other_money) == 5
    assert market.proceedsOf(roles.collector, money) == money.balanceOf(market) == 7
    market.withdrawProceeds(money, roles.collector, {"from": roles.collector})
    market.withdrawProceeds(other_money, roles.holder, holder)
    assert money.balanceOf(market) == other_money.balanceOf(market) == 0


@pytest.mark.parametrize("actor", ["outsider", "marketplace", "administrator", "beneficiary"])
def test_nobody_else_is_paid(roles, market, money, sold, actor):
    with reverts(reverts_with("NothingToWithdraw")):
        market.withdrawProceeds(money, roles.outsider, {"from": getattr(roles, actor)})


def test_the_market_is_not_paid_since_nobody_could_fetch_it(roles, market, money, sold):
    with reverts(reverts_with("NotByTransfer")):
        market.withdrawProceeds(money, market, {"from": roles.holder})
    assert market.proceedsOf(roles.holder, money) == 3
