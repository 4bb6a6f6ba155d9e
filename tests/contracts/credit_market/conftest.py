"""The holder sells, and the marketplace buys in a token of 6 decimals."""

import pytest

from tests.markets import fund


@pytest.fixture
def market(suite, roles):
    suite.CarbonCredits.setApprovalForAll(suite.CreditMarket, True, {"from": roles.holder})
    return suite.CreditMarket


@pytest.fixture
def money(market, suite, roles, project_contracts):
    return fund(suite, roles, project_contracts.PaymentToken.deploy(6, {"from": roles.deployer}))


@pytest.fixture
def hostile(market, suite, roles, project_contracts):
    """A token that behaves, until it is told otherwise."""
    return fund(suite, roles, project_contracts.HostileToken.deploy({"from": roles.deployer}))


@pytest.fixture
def own_snapshot(chain):
    """Brownie keeps one snapshot, which is the fixtures': a test that takes more gives it back."""
    fixtures_snapshot = chain._snapshot_id
    yield
    chain._snapshot_id = fixtures_snapshot
