"""The holder sells on the market, where accounts that offset themselves buy."""

import pytest

from tests.settlements import RICH, deposit_payment, set_policy


@pytest.fixture
def money(suite, roles, project_contracts):
    """A token of 6 decimals; the holder lets the market take its credits."""
    suite.CarbonCredits.setApprovalForAll(suite.CreditMarket, True, {"from": roles.holder})
    return project_contracts.PaymentToken.deploy(6, {"from": roles.deployer})


@pytest.fixture
def hostile(suite, roles, money, project_contracts):
    """A token that behaves, until it is told otherwise."""
    return project_contracts.HostileToken.deploy({"from": roles.deployer})


@pytest.fixture
def account(suite, roles, money):
    """The marketplace, with more money than it needs; it buys of the project, within a price."""
    deposit_payment(suite, roles.marketplace, roles.marketplace, money, RICH)
    set_policy(suite, roles.marketplace, money)
    return roles.marketplace
