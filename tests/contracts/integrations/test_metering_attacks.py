"""Whoever pays for a transaction must not be able to make a collection record far more, or less.

given a collection whose mints call their receiver
  mints inside of a mint are recorded once
  calldata that an inner call only points at is recorded up to 1,024 bytes
given a chain with the calldata floor of EIP-7623
  a mint with much calldata records the floor
"""

import subprocess
import time

import pytest
from web3 import HTTPProvider, Web3
from web3.utils import get_create_address

from scripts.local_node import free_port


def recorded_gas(tx):
    return sum(event["gasUsed"] for event in tx.events["EmissionsRecorded"])


@pytest.fixture
def minter(suite, roles, project_contracts):
    nesting = project_contracts.NestingCollection.deploy(
        suite.AutoRetire, 10**15, {"from": roles.marketplace}
    )
    nesting.mint({"from": roles.collector})
    return project_contracts.NestingMinter.deploy(nesting, {"from": roles.outsider})


@pytest.mark.parametrize("depth", [1, 2, 10, 30])
def test_mints_inside_of_a_mint_are_recorded_once(minter, roles, depth):
    tx = minter.mintNested(depth, {"from": roles.outsider})
    assert len(tx.events["EmissionsRecorded"]) == depth
    # The minter's own work is in the receipt, and not the collection's.
    assert 0.75 < recorded_gas(tx) / tx.gas_used < 1.25


@pytest.mark.parametrize("padding_bytes", [0, 1000, 100_000])
def test_calldata_that_nobody_pays_for_is_hardly_recorded(minter, roles, padding_bytes):
    tx = minter.mintPadded(10, padding_bytes, {"from": roles.outsider})
    assert recorded_gas(tx) / tx.gas_used < 2


@pytest.fixture
def prague():
    """A node on which EIP-7623 is in force; ganache has none, and the other tests' node neither."""
    port = free_port()
    command = ["anvil", "--quiet", "--hardfork", "prague", "--port", str(port)]
    node = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    client = Web3(HTTPProvider(f"http://127.0.0.1:{port}"))
    for _ in range(100):
        if client.is_connected():
            break
        time.sleep(0.1)
    yield client
    node.kill()
    node.wait()


@pytest.mark.parametrize("byte", [b"\x00", b"\xff"])
def test_the_calldata_floor_is_recorded_where_it_is_in_force(prague, project_contracts, byte):
    sender = {"from": prague.eth.accounts[0]}

    def deploy(name, *arguments):
        compiled = project_contracts[name]
        factory = prague.eth.contract(abi=compiled.abi, bytecode=compiled.bytecode)
        created = factory.constructor(*arguments).transact(sender)
        address = prague.eth.wait_for_transaction_receipt(created)["contractAddress"]
        return prague.eth.contract(address, abi=compiled.abi)

    administrator = sender["from"]
    authority = deploy("Authority", administrator, prague.eth.accounts[1])
    nonce = prague.eth.get_transaction_count(administrator)
    # The credits and what speaks of them know each other, so that one address is told ahead.
    credits_address = get_create_address(administrator, nonce + 2)
    records = deploy("CreditRecords", authority.address, credits_address)
    certificates = deploy("RetirementCertificates", credits_address, records.address)
    credits = deploy("CarbonCredits", authority.address, certificates.address, records.address)
    registry = deploy("EmissionsRegistry", authority.address, credits.address, 3600, 1)
    market = deploy("CreditMarket", credits.address)
    auto_retire = deploy("AutoRetire", registry.address, market.address)
    collection = deploy("OffsettingCollection", auto_retire.address, 10**15)
    effective_at = prague.eth.get_block("latest")["timestamp"] + 3700
    factor = (70 * 10**6, 1, effective_at, 1, 10**9, 1, 1, b"\1" * 32)
    registry.functions.publishFactor(factor, "", "").transact(sender)
    for method, arguments in (("evm_increaseTime", [3800]), ("evm_mine", [])):
        prague.provider.make_request(method, arguments)

    for size_bytes in (0, 1_000, 10_000, 60_000):
        before = registry.functions.gasUsedBy(collection.address).call()
        minted = collection.functions.mint(1, byte * size_bytes).transact(sender)
        receipt = prague.eth.wait_for_transaction_receipt(minted)
        recorded = registry.functions.gasUsedBy(collection.address).call() - before
        assert 1 <= recorded / receipt["gasUsed"] <= 1.02


def test_no_floor_is_recorded_where_none_is_in_force(collection, roles):
    tx = collection.mint(1, b"\xff" * 20_000, {"from": roles.collector})
    assert 1 <= recorded_gas(tx) / tx.gas_used <= 1.02
