"""SettlementUpkeep: Chainlink Automation settles whoever is due.

given three accounts that are due, of which one has nothing to settle with, and one that is not due
  the look says whom it could settle, and changes nothing
  the upkeep settles them, and one that fails stops no other
  it takes no more than three, whoever calls it
  both functions are those that Chainlink Automation calls
given an account whose payment token burns all gas, or settlements that all fail, in any way
  the others are settled within the gas that an upkeep has, and a look finds who is behind such
given a way that has to be cleared first, of listings that are over, or credits that have expired
  it is cleared, and the account settled, at once; also with as much as one settlement clears, two
  purchases, certificates and the longest texts
given too little gas
  no settlement is begun that it would starve: what was settled stays; where nothing was, it says so
"""

import pytest
from brownie import reverts, web3
from eth_abi.abi import decode, encode

from tests.markets import MINIMUM_LISTING_UNITS, list_credits
from tests.settlements import KILOGRAM, RICH, deposit_payment, emit, policy, small_credit
from tests.suite import THRESHOLD_CO2E_MICROGRAMS, deposit, now, pass_time, reverts_with

TONNE = 10**8
GAS_OF_THE_THRESHOLD = 1_500_000
PERFORM_GAS = 5_000_000
CHECK_GAS = 10_000_000
INTRINSIC_GAS = 30_000
"""Of the transaction, which Chainlink does not take from the upkeep's own limit."""


@pytest.fixture
def upkeep(project_contracts, suite, roles):
    return project_contracts.SettlementUpkeep.deploy(suite.AutoRetire, {"from": roles.deployer})


@pytest.fixture
def due(suite):
    """Makes accounts due."""

    def made(*accounts):
        for account in accounts:
            suite.AutoRetire.setThreshold(THRESHOLD_CO2E_MICROGRAMS, {"from": account})
            suite.EmissionsRegistry.record(GAS_OF_THE_THRESHOLD, {"from": account})
        return accounts

    return made


@pytest.fixture
def accounts_by_state(suite, roles, due):
    """Two that are due, one that is and has nothing, one that is not due."""
    settled, also_settled = roles.marketplace, roles.collector
    poor, quiet = roles.auditor, roles.beneficiary
    due(settled, also_settled, poor)
    suite.AutoRetire.setThreshold(THRESHOLD_CO2E_MICROGRAMS, {"from": quiet})
    for account in (settled, also_settled, quiet):
        deposit(suite, roles, account, TONNE)
    return settled, poor, quiet, also_settled


@pytest.fixture
def burning(suite, roles, project_contracts, due):
    """An account that is due, and whose payment token burns all gas."""
    account, token = roles.guardian, project_contracts.HostileToken.deploy({"from": roles.deployer})
    suite.CarbonCredits.setApprovalForAll(suite.CreditMarket, True, {"from": roles.holder})
    list_credits(suite, roles, token)
    deposit_payment(suite, account, account, token, RICH)
    suite.AutoRetire.setPolicy(policy(token), {"from": account})
    token.setManner(2, {"from": account})
    return due(account)[0]


@pytest.fixture
def failing(project_contracts, suite, roles):
    """Deploys an upkeep whose settlements all fail, in a manner of `FailingAutoRetire`."""

    def made(failure):
        auto_retire = project_contracts.FailingAutoRetire.deploy(
            suite.EmissionsRegistry, {"from": roles.deployer}
        )
        auto_retire.failBy(failure, {"from": roles.deployer})
        return project_contracts.SettlementUpkeep.deploy(auto_retire, {"from": roles.deployer})

    return made


def data_of(accounts):
    return encode(["address[]"], [[str(each) for each in accounts]])


def looked(upkeep, roles, accounts, gas=CHECK_GAS):
    """What a look finds: the accounts, and what it would have done to them."""
    sent = {"from": roles.outsider, "gas_limit": gas + INTRINSIC_GAS}
    needed, found = upkeep.checkUpkeep.call(data_of(accounts), sent)
    (addresses,) = decode(["address[]"], bytes(found))
    assert needed == (addresses != ())
    return list(addresses), found


def perform(upkeep, roles, data, gas=PERFORM_GAS):
    return upkeep.performUpkeep(data, {"from": roles.outsider, "gas_limit": gas + INTRINSIC_GAS})


def addresses_of(*accounts):
    return [str(each).lower() for each in accounts]


def test_it_settles_whom_it_can(suite, roles, upkeep, accounts_by_state):
    settled, _, _, also_settled = accounts_by_state
    addresses, found = looked(upkeep, roles, accounts_by_state)
    assert addresses == addresses_of(settled, also_settled)
    assert suite.CarbonCredits.retiredFor(settled) == 0

    perform(upkeep, roles, found)
    for account in (settled, also_settled):
        assert suite.EmissionsRegistry.outstanding(account) == 0
    assert looked(upkeep, roles, accounts_by_state)[0] == []


def test_one_that_fails_stops_no_other(suite, roles, upkeep, accounts_by_state):
    settled, poor, _, also_settled = accounts_by_state
    tx = perform(upkeep, roles, data_of((settled, poor, also_settled)))
    assert [each["account"] for each in tx.events["SettlementFailed"]] == [poor]
    assert suite.EmissionsRegistry.outstanding(also_settled) == 0
    assert suite.EmissionsRegistry.outstanding(poor) >= THRESHOLD_CO2E_MICROGRAMS


def test_no_more_than_three_at_once(suite, roles, upkeep, accounts, due):
    for account in due(*accounts[:5]):
        deposit(suite, roles, account, TONNE // 100)
    most = upkeep.MAX_ACCOUNTS_PER_UPKEEP()
    addresses, found = looked(upkeep, roles, accounts[:5])
    assert addresses == addresses_of(*accounts[:3])
    assert len(addresses) == most == 3
    with reverts(reverts_with("TooManyAccounts", 4, most)):
        perform(upkeep, roles, data_of(accounts[:4]))
    perform(upkeep, roles, found)
    assert looked(upkeep, roles, accounts[:5])[0] == addresses_of(*accounts[3:5])


def test_a_payment_token_that_burns_all_gas(suite, roles, upkeep, burning, due):
    others = due(roles.marketplace, roles.collector)
    for account in others:
        deposit(suite, roles, account, TONNE)
    assert looked(upkeep, roles, [burning, *others])[0] == addresses_of(*others)
    perform(upkeep, roles, data_of([burning, *others]))
    for account in others:
        assert suite.EmissionsRegistry.outstanding(account) == 0
    assert suite.EmissionsRegistry.outstanding(burning) >= THRESHOLD_CO2E_MICROGRAMS


@pytest.mark.parametrize(("failure", "reason_bytes"), [(0, 36), (1, 36), (2, 0), (3, 256)])
def test_three_that_fail_in_any_way(roles, failing, accounts, failure, reason_bytes):
    """They revert with an error, panic, burn all gas, or return 100 kB of data."""
    tx = perform(failing(failure), roles, data_of(accounts[:3]))
    events = tx.events["SettlementFailed"]
    assert [each["account"] for each in events] == accounts[:3]
    # Brownie reads a byte where there is none.
    assert {int.from_bytes(log["data"][32:64]) for log in tx.logs} == {reason_bytes}


def test_a_look_at_many_that_burn_all_gas(suite, roles, upkeep, failing, accounts):
    """Of six, each is tried; behind them nobody would be, and it says so."""
    burning = failing(2)
    assert looked(burning, roles, accounts[:6])[0] == []
    with reverts(revert_pattern="GasLimitTooLow: [0-9]+, [0-9]+"):
        looked(burning, roles, accounts[:7])


def test_too_little_gas(suite, roles, upkeep, due):
    """A stranger sends it, say, or the upkeep is registered with too low a limit."""
    first, second = due(roles.marketplace, roles.collector)
    for account in (first, second):
        deposit(suite, roles, account, TONNE)
    with reverts(revert_pattern="GasLimitTooLow: [0-9]+, [0-9]+"):
        perform(upkeep, roles, data_of([first, second]), gas=1_500_000)
    tx = perform(upkeep, roles, data_of([first, second]), gas=1_650_000)
    assert "SettlementFailed" not in tx.events
    assert suite.EmissionsRegistry.outstanding(first) == 0
    assert looked(upkeep, roles, [first, second])[0] == addresses_of(second)


@pytest.mark.parametrize("then", ["two purchases", "a kilogram"])
def test_as_much_in_the_way_as_one_settlement_clears(suite, roles, project_contracts, upkeep, then):
    """Of listings and of deposits, with the longest texts and a certificate; in a large book."""
    account = roles.marketplace
    money = project_contracts.PaymentToken.deploy(6, {"from": roles.deployer})
    suite.CarbonCredits.setApprovalForAll(suite.CreditMarket, True, {"from": roles.holder})
    for _ in range(20):
        list_credits(suite, roles, money, MINIMUM_LISTING_UNITS, 2)
    for serial in range(suite.AutoRetire.MAX_LISTINGS_SWEPT()):
        terms = (MINIMUM_LISTING_UNITS, 1, now() + 5000, small_credit(suite, roles, 100 + serial))
        list_credits(suite, roles, money, *terms)
    for serial in range(suite.AutoRetire.MAX_ENTRIES_DROPPED()):
        token_id = small_credit(suite, roles, 200 + serial, expiry=now() + 5000)
        deposit(suite, roles, account, KILOGRAM, token_id)
    if then == "a kilogram":
        deposit(suite, roles, account, KILOGRAM, small_credit(suite, roles, 300))
    pass_time(5000)
    deposit_payment(suite, account, account, money, RICH)
    texts = {"beneficiaryName": "n" * 128, "purpose": "p" * 256, "place": "q" * 128}
    terms = policy(money, withCertificate=True, **texts)
    suite.AutoRetire.setPolicy(terms, {"from": account})
    suite.AutoRetire.setThreshold(1, {"from": account})
    emit(suite, account, 150_000)
    tx = perform(upkeep, roles, data_of([account]))
    assert "SettlementFailed" not in tx.events
    retired = [each.name for each in tx.events if each.name in ("Settled", "Bought")]
    assert retired == [*(["Settled"] if then == "a kilogram" else ["Bought"]), "Bought"]


def test_its_functions_are_chainlinks(upkeep):
    """The selectors of AutomationCompatibleInterface, @chainlink/contracts 1.5.0."""
    for name, selector in (("checkUpkeep", "0x6e04ff0d"), ("performUpkeep", "0x4585e33b")):
        assert upkeep.signatures[name] == selector
        assert web3.keccak(text=f"{name}(bytes)")[:4].to_0x_hex() == selector


@pytest.mark.parametrize("in_the_way", ["listings", "deposits"])
def test_a_way_that_has_to_be_cleared(suite, roles, project_contracts, upkeep, due, in_the_way):
    account = roles.marketplace
    if in_the_way == "listings":
        money = project_contracts.PaymentToken.deploy(6, {"from": roles.deployer})
        suite.CarbonCredits.setApprovalForAll(suite.CreditMarket, True, {"from": roles.holder})
        for _ in range(suite.AutoRetire.MAX_LISTINGS_SWEPT() + 4):
            list_credits(suite, roles, money, MINIMUM_LISTING_UNITS, 1, now() + 5000)
        list_credits(suite, roles, money, TONNE, 2)
        deposit_payment(suite, account, account, money, RICH)
        suite.AutoRetire.setPolicy(policy(money), {"from": account})
    else:
        entries = suite.AutoRetire.MAX_ENTRIES_DROPPED() + 4
        for serial in range(100, 101 + entries):
            token_id = small_credit(suite, roles, serial, expiry=now() + 5000)
            deposit(suite, roles, account, KILOGRAM, token_id)
        deposit(suite, roles, account, TONNE)
    due(account)
    pass_time(5000)
    found, data = upkeep.checkUpkeep.call(
        encode(["address[]"], [[str(account)]]), {"from": account}
    )
    assert found
    upkeep.performUpkeep(data, {"from": roles.outsider, "gas_limit": PERFORM_GAS})
    assert suite.EmissionsRegistry.outstanding(account) == 0
