"""A ledger file, read from nodes that do not do as they should.

given a node that bounds the blocks of a request, or the logs of an answer
  it is asked for fewer, and the ledger is what one that does not makes
given one that is late, or refuses now and then
  it is asked again
given one that drops events, or changes one
  the contracts' own counters tell, the ledger is marked, and the exit code is 1
  the next run, of an honest node, reads all again
  where it hides all there is of an account that nothing else names, nothing tells: a known limit
given one that has no logs of its newest blocks yet
  they are there once it has, before the blocks are final
given one that gives an event twice, of another block, or with what no contract logs
  it is refused in one line, and the ledger stays what it was
given one that takes another way while it is read
  the ledger is of the new one alone
"""

import time

import pytest
from web3 import Web3

from gasprint._node import Node
from gasprint.errors import InputError
from gasprint.sync import sync, syncing
from tests.relayed_node import relayed
from tests.synced_chain import contents, emit, rows, synced


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    """A chain that changed is read again at once."""
    monkeypatch.setattr(syncing, "_PAUSE_SECONDS", 0)


@pytest.fixture
def honest(chain, tmp_path):
    """What the chain's own node makes."""
    synced(chain, tmp_path / "honest.duckdb")
    return contents(tmp_path / "honest.duckdb")


def topic_of(chain, name):
    """The topic of the first event of a name in the suite."""
    for contract in vars(chain.suite).values():
        for abi in contract.abi:
            if abi["type"] == "event" and abi["name"] == name:
                return contract.events[name]().topic
    raise AssertionError(name)


def changed_logs(change):
    """A node's answers, its logs as `change` leaves them."""

    def answer(question, ask):
        answered = ask(question)
        if question["method"] == "eth_getLogs":
            answered["result"] = change(answered["result"])
        return answered

    return answer


def refused(question, message):
    return {"jsonrpc": "2.0", "id": question["id"], "error": {"code": -32005, "message": message}}


def test_a_node_that_bounds_blocks(chain, ledger, honest):
    asked = []

    def answer(question, ask):
        if question["method"] == "eth_getLogs":
            wanted = question["params"][0]
            asked.append(int(wanted["toBlock"], 16) - int(wanted["fromBlock"], 16) + 1)
            if asked[-1] > 7:
                return refused(question, "query exceeds max block range 7")
        return ask(question)

    with relayed(chain.url, answer) as url:
        synced(chain, ledger, url)
    assert contents(ledger) == honest
    assert len([each for each in asked if each > 7]) < 8


def test_a_node_that_bounds_logs(chain, ledger, honest):
    def answer(question, ask):
        answered = ask(question)
        if question["method"] == "eth_getLogs" and len(answered["result"]) > 20:
            return refused(question, "query returned more than 20 results")
        return answered

    with relayed(chain.url, answer) as url:
        synced(chain, ledger, url)
    assert contents(ledger) == honest


def test_a_node_that_is_late_and_refuses_now_and_then(chain, ledger, honest):
    questions = []

    def answer(question, ask):
        if question["method"] not in ("eth_getLogs", "eth_getBlockByNumber"):
            return ask(question)
        questions.append(question["method"])
        if questions.count("eth_getLogs") == 1 and question["method"] == "eth_getLogs":
            time.sleep(1)
        if len(questions) % 11 == 5:
            return refused(question, "too many requests")
        return ask(question)

    with relayed(chain.url, answer) as url:
        sync(ledger, Node.at(url, timeout_seconds=0.5), chain.deployment)
    assert contents(ledger) == honest


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ("EmissionsRecorded", "EmissionsRegistry.emissionsOf"),
        ("CreditMinted", "CarbonCredits.creditCount"),
        ("CreditRetired", "CarbonCredits.stateOf"),
        ("Deposited", "AutoRetire.depositOf"),
        ("FactorPublished", "EmissionsRegistry.factorCount"),
        ("SerialsRedeemed", "CarbonCredits.stateOf"),
        ("TransferBatch", "CarbonCredits.balanceOf"),
        ("TransferSingle", "CarbonCredits.balanceOf"),
    ],
)
def test_a_node_that_drops_events(chain, ledger, event, told):
    (first, *_) = chain.rpc("eth_getLogs", {"fromBlock": "0x0", "topics": [topic_of(chain, event)]})

    def without_the_first(logs):
        return [log for log in logs if log != first]

    with relayed(chain.url, changed_logs(without_the_first)) as url:
        found = synced(chain, ledger, url)
    assert any(each.startswith(f"{told}: ") for each in found.contradictions)
    assert rows(ledger, "SELECT holds FROM deployments") == [(False,)]
    ((kept,),) = rows(ledger, "SELECT contradictions FROM syncs")
    assert kept == list(found.contradictions)


def test_the_command_tells_what_does_not_add_up_and_reads_again(chain, run, ledger, honest):
    topic = topic_of(chain, "CreditRetired")
    dropping = changed_logs(lambda logs: [log for log in logs if log["topics"][0] != topic])
    with relayed(chain.url, dropping) as url:
        code, out, err = run("--rpc", url)
    assert (code, err) == (1, "")
    assert "CarbonCredits.stateOf: units retired of credit 62771" in out
    assert "the contract tells 200,077,003, the events add up to 0" in out
    code, out, err = run()
    assert (code, err) == (0, "")
    assert contents(ledger) == honest


def test_a_node_that_changes_a_figure(chain, ledger):
    topic = topic_of(chain, "EmissionsRecorded")

    def changed(logs):
        for log in logs:
            if log["topics"][0] == topic:
                log["data"] = log["data"][:129] + "9" + log["data"][130:]
        return logs

    with relayed(chain.url, changed_logs(changed)) as url:
        found = synced(chain, ledger, url)
    assert any("gas recorded of account 0x" in each for each in found.contradictions)


def test_an_account_of_which_all_is_hidden_is_not_missed(chain, ledger):
    emit(chain, 1)
    ((account,),) = [
        (log["topics"][1],)
        for log in chain.rpc(
            "eth_getLogs", {"fromBlock": "latest", "topics": [topic_of(chain, "EmissionsRecorded")]}
        )
    ]
    hiding = changed_logs(lambda logs: [log for log in logs if account not in log["topics"]])
    with relayed(chain.url, hiding) as url:
        assert synced(chain, ledger, url).contradictions == ()


def test_a_node_that_lacks_logs_of_its_newest_blocks(chain, ledger, tmp_path):
    emit(chain, 3)
    newest = chain.web3.eth.block_number
    late = changed_logs(
        lambda logs: [log for log in logs if int(log["blockNumber"], 16) <= newest - 3]
    )
    with relayed(chain.url, late) as url:
        assert synced(chain, ledger, url, finality_blocks=4).contradictions == ()
    emit(chain, 1)
    synced(chain, ledger, finality_blocks=4)
    synced(chain, tmp_path / "one.duckdb", finality_blocks=4)
    assert contents(ledger) == contents(tmp_path / "one.duckdb")


def another_block(logs):
    return [*logs[:-1], logs[-1] | {"blockNumber": hex(10**6)}]


def too_much(logs):
    topic = Web3.keccak(text="EmissionsRecorded(address,uint256,uint256,uint256,uint256)")
    for log in logs:
        if log["topics"][0] == topic.to_0x_hex():
            log["data"] = log["data"][:66] + "f" * 64 + log["data"][130:]
    return logs


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda logs: [*logs, logs[-1]], "gave one twice, or one of another block"),
        (another_block, "gave one twice, or one of another block"),
        (lambda logs: [log | {"topics": ["0x" + "11" * 32]} for log in logs], "does not know"),
        (lambda logs: [log | {"data": "0x12"} for log in logs], "makes no sense"),
        (too_much, "EmissionsRecorded .* has a figure that no contract of the suite logs"),
        (
            lambda logs: [log | {"blockHash": "0x" + "11" * 32} for log in logs],
            "changed while they were read",
        ),
        (lambda _: "no list", "makes no sense"),
    ],
)
def test_a_node_that_makes_no_sense(chain, ledger, change, problem):
    synced(chain, ledger)
    before = contents(ledger)
    emit(chain, 2)
    refused_by = pytest.raises(InputError, match=problem)
    with relayed(chain.url, changed_logs(change)) as url, refused_by as told:
        synced(chain, ledger, url)
    assert "\n" not in str(told.value)
    after = contents(ledger)
    # It may have found that more is final by now.
    assert {**after, "deployments": 0} == {**before, "deployments": 0}


def test_a_node_that_takes_another_way_while_it_is_read(chain, ledger, tmp_path):
    snapshot = chain.rpc("evm_snapshot")
    emit(chain, 4)
    newest, turned = chain.web3.eth.block_number, []

    def answer(question, ask):
        answered = ask(question)
        is_last = "eth_getLogs" in question["method"] and (
            int(question["params"][0]["toBlock"], 16) == newest
        )
        if is_last and not turned:
            turned.append(True)
            chain.rpc("evm_revert", snapshot)
            chain.rpc("evm_increaseTime", 7)
            emit(chain, 5)
        return answered

    with relayed(chain.url, answer) as url:
        synced(chain, ledger, url, finality_blocks=10)
    synced(chain, tmp_path / "one.duckdb", finality_blocks=10)
    assert turned
    assert contents(ledger) == contents(tmp_path / "one.duckdb")
