"""Metered: a contract that records what its own functions emit.

given a collection whose mints are metered
  the gas that it records is the receipt's or a little more, within 2 %, for mints of 1 to 50
      tokens with calldata of 0 to 10 kB
  a mint says in its receipt whose gas it was, by which factor, and what it emitted
  a contract that calls it pays no less
  behind a proxy it records the proxy's gas too
  it lets a reporter commit where it says so
given a registry without a factor in force
  a metered mint reverts with the registry's own reason
"""

import pytest
from brownie import Contract, reverts, web3

from tests.suite import FACTOR, FINALITY_BLOCKS, NOTICE_SECONDS, reverts_with

CALLDATA = {
    "none": b"",
    "one": b"\x01",
    "a turn of the count and a byte": b"\x00\xff" * 14,
    "zeros": b"\x00" * 500,
    "ones": b"\xff" * 1_000,
    "mixed": b"\x00\x01" * 2_000,
    "10 kB of zeros": b"\x00" * 10_000,
    "10 kB": b"\xff" * 10_000,
    "10 kB mixed": b"\x01\x00\x00" * 3_333,
}


@pytest.fixture
def metered(suite, roles, project_contracts):
    return project_contracts.MeteredCollection.deploy(
        suite.EmissionsRegistry, {"from": roles.marketplace}
    )


@pytest.mark.parametrize("count", [1, 2, 10, 50])
@pytest.mark.parametrize("calldata", CALLDATA.values(), ids=CALLDATA)
def test_the_recorded_gas_is_the_receipts(metered, roles, count, calldata):
    for _ in range(2):
        tx = metered.mint(count, calldata, {"from": roles.collector})
        (record,) = tx.events["EmissionsRecorded"]
        assert 1 <= record["gasUsed"] / tx.gas_used <= 1.02


@pytest.mark.parametrize(("kind", "most"), [("clone", 1.045), ("upgradeable", 1.02)])
@pytest.mark.parametrize("bytes_count", [0, 1_000, 10_000])
@pytest.mark.parametrize("count", [1, 50])
def test_a_proxys_gas_is_recorded_too(
    metered, roles, project_contracts, kind, most, bytes_count, count
):
    if kind == "clone":
        # EIP-1167, and before it what deploys it.
        code = f"363d3d373d3d3d363d73{metered.address[2:]}5af43d82803e903d91602b57fd5bf3"
        made = roles.outsider.transfer(data=f"0x3d602d80600a3d3981f3{code}").contract_address
    else:
        made = project_contracts.UpgradeableProxy.deploy(metered, {"from": roles.outsider}).address
    proxied = Contract.from_abi("proxied", made, metered.abi)
    for _ in range(2):
        tx = proxied.mint(count, b"\xff" * bytes_count, {"from": roles.collector})
        (record,) = tx.events["EmissionsRecorded"]
        assert record["account"] == made
        assert 1 <= record["gasUsed"] / tx.gas_used <= most


def test_it_lets_a_reporter_commit(suite, metered, roles):
    registry = suite.EmissionsRegistry
    for approved in (True, False):
        metered.setReporter(roles.auditor, approved, {"from": roles.marketplace})
        assert registry.isReporter(metered, roles.auditor) is approved


def test_the_receipt_carries_what_was_emitted(suite, metered, roles):
    tx = metered.mint(3, b"", {"from": roles.collector})
    record = tx.events["EmissionsRecorded"]
    assert record["account"] == metered.address
    assert record["factorVersion"] == 1
    assert record["energyPicowattHours"] == record["gasUsed"] * FACTOR[1]
    assert record["co2eMicrograms"] == record["gasUsed"] * FACTOR[0] // 10**6
    assert suite.EmissionsRegistry.emittedBy(metered) == record["co2eMicrograms"]
    # Nothing else in the log, so that a marketplace finds it by the contract's address.
    registry = suite.EmissionsRegistry.address
    logs = web3.eth.get_transaction_receipt(tx.txid)["logs"]
    assert [log["address"] for log in logs].count(registry) == 1


def test_a_call_from_another_contract_is_recorded_too(metered, roles, project_contracts):
    relay = project_contracts.Relay.deploy({"from": roles.outsider})
    metered.mint(1, b"", {"from": roles.collector})
    tx = relay.relay(metered, metered.mint.encode_input(5, b"\x01" * 100), {"from": roles.outsider})
    assert 0.9 < tx.events["EmissionsRecorded"]["gasUsed"] / tx.gas_used < 1.1


def test_without_a_factor_it_reverts_with_the_registrys_reason(suite, roles, project_contracts):
    registry = project_contracts.EmissionsRegistry.deploy(
        suite.Authority,
        suite.CarbonCredits,
        NOTICE_SECONDS,
        FINALITY_BLOCKS,
        {"from": roles.deployer},
    )
    collection = project_contracts.MeteredCollection.deploy(registry, {"from": roles.marketplace})
    with reverts(reverts_with("NoFactorInForce")):
        collection.mint(1, b"", {"from": roles.collector})


def test_what_is_no_registry_reverts(roles, project_contracts):
    collection = project_contracts.MeteredCollection.deploy(
        roles.outsider, {"from": roles.marketplace}
    )
    with reverts():
        collection.mint(1, b"", {"from": roles.collector})
