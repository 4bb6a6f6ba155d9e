"""OffsetOnMint: a collection that measures and offsets its own mints.

given a collection with a threshold of 100 g and credits deposited for it
  the gas that it records is the receipt's or a little more, within 2 %
  the mint that reaches the threshold retires, with nobody doing anything
  a settlement that fails is deferred with an event: the mint stands and so does the debt
  a gas limit that a wallet estimates is enough for the settlement too
"""

import pytest
from brownie import reverts, web3

from tests.suite import THRESHOLD_CO2E_MICROGRAMS, TOKEN_ID, deposit, issue

TONNE = 10**8
PROJECT_SHIFTED = (TOKEN_ID >> 128) << 128
MICROGRAMS_PER_UNIT = 10_000


def recorded_gas(tx):
    return sum(event["gasUsed"] for event in tx.events["EmissionsRecorded"])


def excess_percent(tx):
    return (recorded_gas(tx) - tx.gas_used) / tx.gas_used * 100


@pytest.mark.parametrize("count", [1, 5, 50])
@pytest.mark.parametrize(
    "calldata",
    [b"", b"\x00" * 500, b"\xff" * 1000, b"\x00\x01" * 2000],
    ids=["none", "zeros", "ones", "mixed"],
)
def test_the_recorded_gas_is_the_receipts(collection, roles, count, calldata):
    first = collection.mint(count, calldata, {"from": roles.collector})
    repeat = collection.mint(count, calldata, {"from": roles.collector})
    assert 0 <= excess_percent(first) <= 2
    assert 0 <= excess_percent(repeat) <= 2


def test_every_crossing_retires_by_itself(suite, collection, roles):
    deposit(suite, roles, collection, TONNE)
    crossings = 0
    for _ in range(60):
        tx = collection.mint(1, b"", {"from": roles.collector})
        assert 0 <= excess_percent(tx) <= 2
        outstanding = suite.EmissionsRegistry.outstanding(collection)
        assert outstanding < THRESHOLD_CO2E_MICROGRAMS
        if "Settled" in tx.events:
            crossings += 1
            # What the settlement itself emitted is left, less what rounding up retired too much.
            after = tx.events["EmissionsRecorded"][1]["co2eMicrograms"]
            assert after - MICROGRAMS_PER_UNIT < outstanding <= after
    assert crossings >= 3
    assert suite.CarbonCredits.stateOf(TOKEN_ID)["retirementCount"] == crossings
    assert collection.balanceOf(roles.collector) == 60


@pytest.mark.parametrize("failure", [0, 1, 2, 3])
def test_a_settlement_that_fails_never_blocks_a_mint(suite, roles, project_contracts, failure):
    """It reverts with an error, panics, burns all gas, or returns 100 kB of data."""
    failing = project_contracts.FailingAutoRetire.deploy(
        suite.EmissionsRegistry, {"from": roles.deployer}
    )
    failing.failBy(failure, {"from": roles.deployer})
    collection = project_contracts.OffsettingCollection.deploy(
        failing, 1, {"from": roles.marketplace}
    )
    for _ in range(2):
        before = suite.EmissionsRegistry.outstanding(collection)
        tx = collection.mint(1, b"", {"from": roles.collector})
        # A step of a microgram is reached by the mint, and again by the settlement's own record.
        assert len(tx.events["SettlementDeferred"]) == 2
        assert all(len(event["reason"]) <= 256 for event in tx.events["SettlementDeferred"])
        assert suite.EmissionsRegistry.outstanding(collection) - before == sum(
            event["co2eMicrograms"] for event in tx.events["EmissionsRecorded"]
        )
    assert collection.balanceOf(roles.collector) == 2


def test_without_a_deposit_the_debt_stays_until_there_is_one(suite, collection, roles):
    mints = [collection.mint(10, b"", {"from": roles.collector}) for _ in range(12)]
    deferred = [
        tx.events["SettlementDeferred"] for tx in mints if "SettlementDeferred" in tx.events
    ]
    assert len(deferred) >= 2
    assert all(0 <= excess_percent(tx) <= 2 for tx in mints)
    reason = deferred[0]["reason"]
    selector = web3.keccak(text="NothingDeposited(address)")[:4].hex()
    assert reason.hex().removeprefix("0x").startswith(selector.removeprefix("0x"))
    assert suite.EmissionsRegistry.outstanding(collection) >= THRESHOLD_CO2E_MICROGRAMS

    deposit(suite, roles, collection, TONNE)
    suite.AutoRetire.settle(collection, {"from": roles.outsider})
    assert suite.EmissionsRegistry.outstanding(collection) == 0


def test_an_estimated_gas_limit_is_enough_for_the_settlement(suite, collection, roles):
    """A wallet's estimate is the least with which the mint passes: it must not skip settling."""
    deposit(suite, roles, collection, TONNE)
    data = collection.mint.encode_input(10, b"")
    call = {"from": str(roles.collector), "to": collection.address, "data": data}
    for _ in range(2):
        co2e_micrograms, left_micrograms = 0, THRESHOLD_CO2E_MICROGRAMS
        while left_micrograms > co2e_micrograms:
            tx = collection.mint(10, b"", {"from": roles.collector})
            co2e_micrograms = tx.events["EmissionsRecorded"]["co2eMicrograms"]
            emitted = suite.EmissionsRegistry.emittedBy(collection)
            left_micrograms = -emitted % THRESHOLD_CO2E_MICROGRAMS
        gas_limit = web3.eth.estimate_gas(call)
        tx = collection.mint(10, b"", {"from": roles.collector, "gas_limit": gas_limit})
        assert "Settled" in tx.events


def test_a_gas_limit_that_would_starve_the_settlement_is_refused(suite, collection, roles):
    deposit(suite, roles, collection, TONNE)
    with reverts(revert_pattern="GasLimitTooLow: [0-9]+, [0-9]+"):
        collection.mint(1, b"", {"from": roles.collector, "gas_limit": 500_000})
    assert collection.balanceOf(roles.collector) == 0


def test_the_dearest_settlement_fits_the_gas_that_is_set_aside(suite, roles, project_contracts):
    """As many credits as one settlement looks at, the last two drawn on for the first time.

    Of each of those the first serial is cancelled, and others are that are not reached.
    """
    collection = project_contracts.OffsettingCollection.deploy(
        suite.AutoRetire, 1_500_000_000, {"from": roles.marketplace}
    )
    looks = suite.AutoRetire.MAX_LOOKS_PER_SETTLEMENT()
    draws = suite.AutoRetire.MAX_RETIREMENTS_PER_SETTLEMENT()
    firsts = range(10, 10 * looks + 1, 10)
    token_ids = [PROJECT_SHIFTED | (first << 64) | (first + 9) for first in firsts]
    custodian = {"from": roles.custodian}
    for first, token_id in zip(firsts, token_ids, strict=True):
        issue(suite, roles, token_id & (2**128 - 1))
        deposit(suite, roles, collection, TONNE // 1000, token_id)
        for serial in (first, first + 4, first + 8):
            suite.CarbonCredits.invalidate(token_id, serial, serial, "", custodian)
    # On hold, they move to the queue's end, which costs more than to leave it.
    suite.CarbonCredits.suspend(token_ids[:-draws], "", custodian)

    mints = [collection.mint(200, b"", {"from": roles.collector}).events for _ in range(6)]
    crossing = next(events for events in mints if "Settled" in events)
    assert [e["tokenId"] for e in crossing["Settled"]] == token_ids[-draws:]
    assert crossing["EmissionsRecorded"][1]["gasUsed"] < collection.SETTLEMENT_GAS() * 95 // 100
