"""SettlementUpkeep: Chainlink Automation settles whoever is due.

given three accounts that are due, of which one has nothing to settle with, and one that is not due
  the look says whom it could settle, and changes nothing
  the upkeep settles them, and one that fails stops no other
  both functions are those that Chainlink Automation calls
"""

import pytest
from brownie import web3
from eth_abi.abi import decode, encode

from tests.suite import THRESHOLD_CO2E_MICROGRAMS, deposit

TONNE = 10**8
GAS_OF_THE_THRESHOLD = 1_500_000


@pytest.fixture
def upkeep(project_contracts, suite, roles):
    return project_contracts.SettlementUpkeep.deploy(suite.AutoRetire, {"from": roles.deployer})


@pytest.fixture
def accounts_by_state(suite, roles):
    """Two that are due, one that is and has nothing, one that is not due."""
    settled, also_settled = roles.marketplace, roles.collector
    poor, quiet = roles.auditor, roles.beneficiary
    for account in (settled, also_settled, poor, quiet):
        suite.AutoRetire.setThreshold(THRESHOLD_CO2E_MICROGRAMS, {"from": account})
    for account in (settled, also_settled, poor):
        suite.EmissionsRegistry.record(GAS_OF_THE_THRESHOLD, {"from": account})
    for account in (settled, also_settled, quiet):
        deposit(suite, roles, account, TONNE)
    return settled, poor, quiet, also_settled


def data_of(accounts):
    return encode(["address[]"], [[str(each) for each in accounts]])


def test_it_settles_whom_it_can(suite, roles, upkeep, accounts_by_state):
    settled, _, _, also_settled = accounts_by_state
    needed, found = upkeep.checkUpkeep.call(data_of(accounts_by_state), {"from": roles.outsider})
    assert needed
    (addresses,) = decode(["address[]"], bytes(found))
    assert addresses == (str(settled).lower(), str(also_settled).lower())
    assert suite.CarbonCredits.retiredFor(settled) == 0

    upkeep.performUpkeep(found, {"from": roles.outsider})
    for account in (settled, also_settled):
        assert suite.EmissionsRegistry.outstanding(account) == 0
    needed, found = upkeep.checkUpkeep.call(data_of(accounts_by_state), {"from": roles.outsider})
    assert not needed
    assert decode(["address[]"], bytes(found)) == ((),)


def test_one_that_fails_stops_no_other(suite, roles, upkeep, accounts_by_state):
    settled, poor, _, also_settled = accounts_by_state
    tx = upkeep.performUpkeep(data_of((settled, poor, also_settled)), {"from": roles.outsider})
    assert [each["account"] for each in tx.events["SettlementFailed"]] == [poor]
    assert suite.EmissionsRegistry.outstanding(also_settled) == 0
    assert suite.EmissionsRegistry.outstanding(poor) >= THRESHOLD_CO2E_MICROGRAMS


def test_no_more_than_four_at_once(suite, roles, upkeep, accounts):
    for account in accounts[:6]:
        suite.AutoRetire.setThreshold(THRESHOLD_CO2E_MICROGRAMS, {"from": account})
        suite.EmissionsRegistry.record(GAS_OF_THE_THRESHOLD, {"from": account})
        deposit(suite, roles, account, TONNE // 100)
    _, found = upkeep.checkUpkeep.call(data_of(accounts[:6]), {"from": roles.outsider})
    assert len(decode(["address[]"], bytes(found))[0]) == upkeep.MAX_ACCOUNTS_PER_UPKEEP() == 4


def test_its_functions_are_chainlinks(upkeep):
    """The selectors of AutomationCompatibleInterface, @chainlink/contracts 1.5.0."""
    for name, selector in (("checkUpkeep", "0x6e04ff0d"), ("performUpkeep", "0x4585e33b")):
        assert upkeep.signatures[name] == selector
        assert web3.keccak(text=f"{name}(bytes)")[:4].to_0x_hex() == selector
