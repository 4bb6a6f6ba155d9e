"""Transactions annotated by the middleware, sent to a real node, and read back from it.

given web3.py with the middleware, a node's account or a key of its own, and any kind of fee
  a transfer, a call and a deployment each carry the annotation that the registry's factor gives
  what the contract returns, keeps and logs is as without it, and so is the code deployed
  an estimate counts the suffix in, and a limit given is raised by what it costs
given what the suffix would change
  a transfer that runs receive(), less data than a selector, a contract that looks at its calldata's
    length or end, and initcode that deploys its own end go plain
  initcode that would pass EIP-3860's limit, and a sender that could not pay, blobs and all, go
    plain
given too little gas for the plain transaction
  it fails as it does without
given data with a suffix already
  schema 2 gets the annotation beside what it said, others stay
given no factor in force, or no registry
  the transaction goes plain
given a node that leaves a question without an answer
  the transaction goes plain, and that is logged
given a node of EIP-7623 and EIP-7702
  the limit keeps to the floor, and a delegated account counts as one with code
"""

import logging
import subprocess
import time
from types import SimpleNamespace

import pytest
import requests
import solcx
from eth_account import Account
from web3 import Web3
from web3.exceptions import Web3Exception
from web3.middleware import SignAndSendRawMiddlewareBuilder

from gasprint import data_suffix
from gasprint.annotated_transactions import Annotator
from gasprint.annotation_middleware import annotate_transaction, annotating
from gasprint.annotations import FactorInForce, annotated_data, annotation_in, annotation_of
from gasprint.data_suffix import MARKER
from gasprint.factor_in_force import RegistryFactors
from gasprint.intrinsic_gas import LARGEST_INITCODE_BYTES, data_gas, floor_gas
from scripts.local_node import free_port
from tests.suite import FACTOR, MNEMONIC, chain_id

SOURCE = """
// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

contract Counter {
    uint256 public count;
    event Counted(address indexed by, uint256 amount, bytes note);

    constructor(uint256 first) { count = first; }

    function add(uint256 amount, bytes calldata note) external payable returns (uint256) {
        emit Counted(msg.sender, amount, note);
        return count += amount;
    }
}

contract ReceiveOnly {
    event Received(uint256 amount);
    receive() external payable { emit Received(msg.value); }
}

contract ReceiveOrFallback {
    event Received(uint256 length);
    receive() external payable { emit Received(0); }
    fallback() external payable { emit Received(msg.data.length); }
}

contract Strict {
    uint256 public calls;
    function once() external { require(msg.data.length == 4, "no more"); ++calls; }
}

contract Echo {
    fallback(bytes calldata data) external returns (bytes memory) { return data; }
}
"""
DEPLOYS_ITS_OWN_END = "0x600b380380600b5f395ff3" + 20 * "00"
FEES = {
    "unsaid": {},
    "legacy": {"gasPrice": 3 * 10**9},
    "EIP-1559": {"maxFeePerGas": 4 * 10**9, "maxPriorityFeePerGas": 10**9},
}
SENDERS = ("node account", "local key")
SCHEMA_0 = bytes.fromhex("62617365617070 07 00") + MARKER


def key_of(role_number):
    return Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{role_number}")


@pytest.fixture(scope="module")
def artifacts():
    output = solcx.compile_standard(
        {
            "language": "Solidity",
            "sources": {"subjects.sol": {"content": SOURCE}},
            "settings": {
                "evmVersion": "shanghai",
                "outputSelection": {"*": {"*": ["abi", "evm.bytecode.object"]}},
            },
        },
        solc_version="0.8.30",
    )["contracts"]["subjects.sol"]
    return {
        name: (found["abi"], found["evm"]["bytecode"]["object"]) for name, found in output.items()
    }


@pytest.fixture
def plain(rpc_url):
    """web3.py without the middleware."""
    return Web3(Web3.HTTPProvider(rpc_url))


@pytest.fixture
def source(plain, suite):
    return RegistryFactors(plain, suite.EmissionsRegistry.address)


@pytest.fixture
def factor(suite):
    registry = suite.EmissionsRegistry.address
    return FactorInForce(chain_id(), registry, 1, FACTOR[0], FACTOR[1])


@pytest.fixture
def w3(rpc_url, source):
    """web3.py with the middleware; the collector's key is its own, the holder's is the node's."""
    connected = Web3(Web3.HTTPProvider(rpc_url))
    connected.middleware_onion.add(SignAndSendRawMiddlewareBuilder.build(key_of(7)))
    connected.middleware_onion.add(annotating(source))
    return connected


@pytest.fixture
def sender(roles):
    """Both an account that the node signs for, and one whose key is here."""
    return {"node account": str(roles.holder), "local key": key_of(7).address}


@pytest.fixture
def deployed(artifacts, plain, roles):
    """Deploys a contract as it is, without the middleware."""

    def deploy(name, *arguments):
        abi, code = artifacts[name]
        factory = plain.eth.contract(abi=abi, bytecode=code)
        sent = factory.constructor(*arguments).transact({"from": str(roles.outsider)})
        address = plain.eth.wait_for_transaction_receipt(sent)["contractAddress"]
        return SimpleNamespace(address=address, abi=abi)

    return deploy


def mined(w3, sent):
    """The transaction and its receipt, which has to say that it succeeded."""
    receipt = w3.eth.wait_for_transaction_receipt(sent, poll_latency=0.02)
    assert receipt["status"] == 1
    return w3.eth.get_transaction(sent), receipt


def said_in(transaction):
    """The data before the suffix, and the annotation."""
    suffix = data_suffix.decode(bytes(transaction["input"]))
    assert suffix is not None
    return bytes(transaction["input"])[: suffix.data_length], annotation_in(suffix.metadata)


def logs_of(receipt):
    return [(log["topics"], log["data"]) for log in receipt["logs"]]


@pytest.mark.parametrize("fees", FEES.values(), ids=FEES)
@pytest.mark.parametrize("who", SENDERS)
def test_a_transfer_is_annotated(w3, sender, factor, roles, who, fees):
    before = w3.eth.get_balance(str(roles.beneficiary))
    sent = w3.eth.send_transaction(
        {"from": sender[who], "to": str(roles.beneficiary), "value": 7, **fees}
    )
    transaction, receipt = mined(w3, sent)
    assert said_in(transaction) == (b"", annotation_of(receipt["gasUsed"], factor))
    assert w3.eth.get_balance(str(roles.beneficiary)) == before + 7
    assert transaction["type"] == (0 if "gasPrice" in fees else 2)


@pytest.mark.parametrize("fees", FEES.values(), ids=FEES)
@pytest.mark.parametrize("who", SENDERS)
def test_a_call_is_annotated_and_does_the_same(w3, plain, deployed, sender, factor, who, fees):
    without, annotated = deployed("Counter", 5), deployed("Counter", 5)
    calls = [
        each.eth.contract(on.address, abi=on.abi).functions.add(3, b"note")
        for each, on in ((plain, without), (w3, annotated))
    ]
    options = {"from": sender[who], "value": 2, **({} if who == "local key" else fees)}
    plainly_sent = {"from": sender["node account"], "value": 2}
    assert calls[0].call(plainly_sent) == calls[1].call(options) == 8
    _, plain_receipt = mined(plain, calls[0].transact(plainly_sent))
    transaction, receipt = mined(w3, calls[1].transact(options))
    data, annotation = said_in(transaction)
    assert data == bytes.fromhex(calls[1]._encode_transaction_data()[2:])
    assert annotation == annotation_of(annotation.gas, factor)
    assert receipt["gasUsed"] <= annotation.gas < 1.02 * receipt["gasUsed"]
    if who == "node account":
        assert logs_of(receipt) == logs_of(plain_receipt)
    for on in (without, annotated):
        counter = plain.eth.contract(on.address, abi=on.abi)
        assert counter.functions.count().call() == 8
        assert plain.eth.get_balance(on.address) == 2


@pytest.mark.parametrize("fees", FEES.values(), ids=FEES)
@pytest.mark.parametrize("who", SENDERS)
def test_a_deployment_is_annotated_and_deploys_the_same(
    w3, plain, artifacts, deployed, sender, factor, who, fees
):
    abi, code = artifacts["Counter"]
    sent = (
        w3.eth.contract(abi=abi, bytecode=code)
        .constructor(5)
        .transact({"from": sender[who], **fees})
    )
    transaction, receipt = mined(w3, sent)
    data, annotation = said_in(transaction)
    assert data == bytes.fromhex(code) + (5).to_bytes(32)
    assert annotation == annotation_of(annotation.gas, factor)
    address = receipt["contractAddress"]
    assert plain.eth.get_code(address) == plain.eth.get_code(deployed("Counter", 5).address)
    assert plain.eth.contract(address, abi=abi).functions.count().call() == 5


def test_a_collection_mints_as_without(w3, suite, collection, sender, roles):
    minter = w3.eth.contract(collection.address, abi=collection.abi)
    mint = minter.functions.mint(2, b"")
    transaction, receipt = mined(w3, mint.transact({"from": sender["node account"]}))
    assert said_in(transaction)[1] is not None
    assert minter.functions.balanceOf(sender["node account"]).call() == 2
    recorded = w3.eth.contract(
        suite.EmissionsRegistry.address, abi=suite.EmissionsRegistry.abi
    ).events.EmissionsRecorded()
    event = recorded.process_log(receipt["logs"][-1])
    # Its meter counts the suffix in, as the network does.
    assert abs(event["args"]["gasUsed"] - receipt["gasUsed"]) < 0.05 * receipt["gasUsed"]


def test_an_estimate_counts_the_suffix_in(w3, plain, sender, roles, factor):
    transfer = {"from": sender["node account"], "to": str(roles.beneficiary), "value": 1}
    estimate = w3.eth.estimate_gas(transfer)
    suffix = annotated_data(b"", annotation_of(estimate, factor))
    assert estimate == plain.eth.estimate_gas(transfer) + data_gas(suffix, is_creation=False)
    _, receipt = mined(w3, w3.eth.send_transaction(transfer))
    assert receipt["gasUsed"] == estimate


def test_a_limit_is_raised_by_what_the_suffix_costs(w3, sender, roles):
    transfer = {"from": sender["node account"], "to": str(roles.beneficiary), "gas": 21_000}
    transaction, receipt = mined(w3, w3.eth.send_transaction(transfer))
    _, annotation = said_in(transaction)
    assert annotation.gas == receipt["gasUsed"] > 21_000
    assert transaction["gas"] >= floor_gas(bytes(transaction["input"])) > receipt["gasUsed"]


def test_a_transaction_signed_elsewhere(w3, plain, source, deployed, factor):
    counter = deployed("Counter", 5)
    key = key_of(7)
    built = (
        plain.eth.contract(counter.address, abi=counter.abi)
        .functions.add(3, b"")
        .build_transaction(
            {"from": key.address, "nonce": plain.eth.get_transaction_count(key.address)}
        )
    )
    signed = key.sign_transaction(annotate_transaction(plain, built, source))
    transaction, receipt = mined(plain, plain.eth.send_raw_transaction(signed.raw_transaction))
    data, annotation = said_in(transaction)
    assert data == bytes.fromhex(built["data"][2:])
    assert annotation == annotation_of(annotation.gas, factor)
    assert receipt["gasUsed"] <= annotation.gas


def test_calls_are_left_alone(w3, deployed):
    echo = deployed("Echo")
    assert w3.eth.call({"to": echo.address, "data": "0x0102"}) == b"\x01\x02"


@pytest.mark.parametrize("name", ["ReceiveOnly", "ReceiveOrFallback"])
@pytest.mark.parametrize("who", SENDERS)
def test_a_transfer_that_runs_receive_goes_plain(w3, deployed, sender, name, who):
    receiver = deployed(name)
    sent = w3.eth.send_transaction({"from": sender[who], "to": receiver.address, "value": 1})
    transaction, receipt = mined(w3, sent)
    assert transaction["input"] == b""
    assert len(receipt["logs"]) == 1


def test_less_than_a_selector_goes_plain(w3, deployed, sender):
    transaction, _ = mined(
        w3,
        w3.eth.send_transaction(
            {
                "from": sender["node account"],
                "to": deployed("ReceiveOrFallback").address,
                "data": "0x010203",
            }
        ),
    )
    assert transaction["input"] == bytes.fromhex("010203")


@pytest.mark.parametrize(("name", "data"), [("Strict", "0x0a9edbb0"), ("Echo", "0x01020304")])
def test_a_contract_that_would_notice_gets_it_plain(w3, deployed, sender, name, data):
    if name == "Strict":
        data = Web3.keccak(text="once()")[:4].to_0x_hex()
    sent = w3.eth.send_transaction(
        {"from": sender["node account"], "to": deployed(name).address, "data": data}
    )
    transaction, _ = mined(w3, sent)
    assert transaction["input"].to_0x_hex() == data


def test_a_precompile_gets_it_plain(w3, sender):
    identity = "0x0000000000000000000000000000000000000004"
    sent = w3.eth.send_transaction({"from": sender["node account"], "to": identity, "data": "0x01"})
    assert mined(w3, sent)[0]["input"] == b"\x01"


def test_initcode_that_deploys_its_own_end_goes_plain(w3, sender):
    sent = w3.eth.send_transaction({"from": sender["node account"], "data": DEPLOYS_ITS_OWN_END})
    transaction, receipt = mined(w3, sent)
    assert transaction["input"].to_0x_hex() == DEPLOYS_ITS_OWN_END
    assert w3.eth.get_code(receipt["contractAddress"]) == bytes(20)


@pytest.mark.parametrize("room", [0, 100, 200])
def test_initcode_keeps_to_its_limit(w3, artifacts, sender, room):
    code = artifacts["Counter"][1] + (5).to_bytes(32).hex()
    padded = bytes.fromhex(code).ljust(LARGEST_INITCODE_BYTES - room, b"\x00")
    sent = w3.eth.send_transaction(
        {"from": sender["node account"], "data": padded, "gas": 3_000_000}
    )
    transaction, _ = mined(w3, sent)
    assert (bytes(transaction["input"]) == padded) == (room < 146)


@pytest.mark.parametrize("fees", [FEES["legacy"], FEES["EIP-1559"]], ids=["legacy", "EIP-1559"])
def test_a_sender_who_sends_all_he_has_sends_it_plain(w3, plain, rpc_url, source, roles, fees):
    poor = Account.create()
    price = fees.get("gasPrice", fees.get("maxFeePerGas"))
    funds = 21_000 * price + 5
    funding = {"from": str(roles.outsider), "to": poor.address, "value": funds}
    mined(plain, plain.eth.send_transaction(funding))
    w3.middleware_onion.clear()
    w3.middleware_onion.add(SignAndSendRawMiddlewareBuilder.build(poor))
    w3.middleware_onion.add(annotating(source))
    all_of_it = {"from": poor.address, "to": str(roles.beneficiary), "value": 5, "gas": 21_000}
    transaction, _ = mined(w3, w3.eth.send_transaction({**all_of_it, **fees}))
    assert transaction["input"] == b""


@pytest.mark.parametrize("gas", [20_999, 24_000])
def test_too_little_gas_fails_as_without(w3, plain, deployed, sender, gas):
    counter = deployed("Counter", 5)
    failures = []
    for each in (plain, w3):
        add = each.eth.contract(counter.address, abi=counter.abi).functions.add(3, b"note")
        try:
            sent = add.transact({"from": sender["node account"], "gas": gas})
            receipt = each.eth.wait_for_transaction_receipt(sent)
            used = each.eth.get_transaction(sent)
            failures.append((receipt["status"], used["gas"], bytes(used["input"])))
        except (Web3Exception, ValueError) as error:
            failures.append((type(error), str(error).split("0x")[0]))
    assert failures[0][0] != 1
    assert failures[0] == failures[1]


def test_what_reverts_without_reverts_with(w3, plain, deployed, sender):
    strict = deployed("Strict")
    messages = []
    for each in (plain, w3):
        with pytest.raises(Web3Exception) as raised:
            each.eth.send_transaction(
                {"from": sender["node account"], "to": strict.address, "data": "0x01020304"}
            )
        messages.append((type(raised.value), str(raised.value).split("0x")[0]))
    assert messages[0] == messages[1]


def test_schema_2_keeps_what_it_said(w3, deployed, sender, factor):
    counter = deployed("Counter", 5)
    add = w3.eth.contract(counter.address, abi=counter.abi).functions.add(3, b"")
    data = bytes.fromhex(add._encode_transaction_data()[2:])
    said = {"a": "baseapp", "w": "privy", "m": {"source": "webapp"}}
    sent = w3.eth.send_transaction(
        {
            "from": sender["node account"],
            "to": counter.address,
            "data": data + data_suffix.encode(said),
        }
    )
    transaction, _ = mined(w3, sent)
    suffix = data_suffix.decode(bytes(transaction["input"]))
    assert bytes(transaction["input"])[: suffix.data_length] == data
    assert (suffix.app_code, suffix.wallet_code) == ("baseapp", "privy")
    assert suffix.metadata["source"] == "webapp"
    annotation = annotation_in(suffix.metadata)
    assert annotation == annotation_of(annotation.gas, factor)


@pytest.mark.parametrize("suffix", [SCHEMA_0, MARKER], ids=["schema 0", "no schema"])
def test_other_suffixes_stay(w3, sender, roles, suffix):
    sent = w3.eth.send_transaction(
        {"from": sender["node account"], "to": str(roles.beneficiary), "data": suffix}
    )
    assert mined(w3, sent)[0]["input"] == suffix


def test_without_a_factor_it_goes_plain(rpc_url, sender, roles):
    w3 = Web3(Web3.HTTPProvider(rpc_url))
    w3.middleware_onion.add(annotating(lambda: None))
    transfer = {"from": sender["node account"], "to": str(roles.beneficiary)}
    assert mined(w3, w3.eth.send_transaction(transfer))[0]["input"] == b""


def test_without_a_registry_it_goes_plain_and_says_so(rpc_url, plain, sender, roles, caplog):
    w3 = Web3(Web3.HTTPProvider(rpc_url))
    w3.middleware_onion.add(annotating(RegistryFactors(plain, str(roles.outsider))))
    transfer = {"from": sender["node account"], "to": str(roles.beneficiary)}
    with caplog.at_level(logging.WARNING):
        sent = w3.eth.send_transaction(transfer)
    assert mined(w3, sent)[0]["input"] == b""
    assert "no EmissionsRegistry answers" in caplog.text


@pytest.mark.parametrize(
    "silent_method", ["eth_getCode", "eth_estimateGas", "eth_getBlockByNumber", "eth_gasPrice"]
)
def test_what_the_node_does_not_answer_goes_plain_and_is_logged(
    rpc_url, source, roles, sender, caplog, silent_method
):
    w3 = Web3(Web3.HTTPProvider(rpc_url))
    transfer = {"from": sender["node account"], "to": str(roles.beneficiary), "value": 1}

    def silent(method, parameters):
        if method == silent_method:
            raise requests.HTTPError("429 Too Many Requests")
        return w3.provider.make_request(method, parameters)

    with caplog.at_level(logging.WARNING):
        assert Annotator(silent, source).annotated(transfer) == transfer
    assert "not annotated: 429 Too Many Requests" in caplog.text


def test_a_blobs_fee_is_left_to_pay(plain, source, roles):
    poor = Account.create()
    fees = {"maxFeePerGas": 4 * 10**9, "maxPriorityFeePerGas": 10**9, "maxFeePerBlobGas": 10**10}
    unnamed = {"from": poor.address, "to": str(roles.beneficiary), "gas": 30_000, **fees}
    named = unnamed | {"blobVersionedHashes": [f"0x01{62 * '0'}"]}
    annotator = Annotator(plain.provider.make_request, source)
    plain_wei = 30_000 * 4 * 10**9 + 131_072 * 10**10
    for annotated in (False, True):
        plain.eth.send_transaction(
            {"from": str(roles.outsider), "to": poor.address, "value": plain_wei}
        )
        assert (annotator.annotated(named) != named) == annotated
        assert annotator.annotated(unnamed) == unnamed


@pytest.fixture(scope="module")
def prague():
    """An anvil of the newest rules, on a port of its own."""
    port = free_port()
    node = subprocess.Popen(
        ["anvil", "--port", str(port), "--hardfork", "prague", "--mnemonic", MNEMONIC, "--silent"]
    )
    connected = Web3(Web3.HTTPProvider(f"http://127.0.0.1:{port}"))
    for _ in range(100):
        if connected.is_connected():
            break
        time.sleep(0.1)
    yield connected
    node.terminate()
    node.wait()


def test_the_floor_is_kept_where_it_is_in_force(prague, factor):
    w3 = Web3(prague.provider)
    w3.middleware_onion.add(annotating(lambda: factor))
    giver, taker = key_of(0).address, key_of(1).address
    transfer = {"from": giver, "to": taker, "value": 1}
    for limit in ({}, {"gas": 21_000}):
        transaction, receipt = mined(w3, w3.eth.send_transaction({**transfer, **limit}))
        _, annotation = said_in(transaction)
        assert annotation.gas == receipt["gasUsed"] == floor_gas(bytes(transaction["input"]))


def test_a_delegated_account_has_code(prague, artifacts, factor):
    w3 = Web3(prague.provider)
    w3.middleware_onion.add(annotating(lambda: factor))
    giver, taker = key_of(0).address, key_of(2).address
    delegation = "0xef0100" + giver[2:]
    prague.provider.make_request("anvil_setCode", [taker, delegation])
    sent = w3.eth.send_transaction({"from": giver, "to": taker, "value": 1})
    assert mined(w3, sent)[0]["input"] == b""
