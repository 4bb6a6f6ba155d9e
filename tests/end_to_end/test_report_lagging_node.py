"""`gasprint report` by a node that is behind, or a service of several of which some are.

given a node that knows the state of a commitment, but not its event yet
  it is waited for, and told once it is there
  where it does not come in time, one line says so, and the next run finds it
given a service of which one node tells no receipt yet, and another only the state of before
  nothing is signed a second time, and what was committed is told
given a node that has forgotten the commitments of some blocks
  no file of records is removed
"""

import time

import pytest

from tests.relayed_node import relayed
from tests.reported_chain import OUTSIDER, SOURCE, local_chain
from tests.suite import FINALITY_BLOCKS


@pytest.fixture(autouse=True)
def isolation():
    """These tests have a chain of their own."""


@pytest.fixture(scope="module")
def deployed(tmp_path_factory):
    with local_chain(tmp_path_factory.mktemp("chain")) as made:
        yield made


@pytest.fixture
def chain(deployed, tmp_path):
    snapshot, url = deployed.rpc("evm_snapshot"), deployed.url
    deployed.folder = tmp_path / "records"
    deployed.send(to=OUTSIDER.address, value=1)
    deployed.mine(FINALITY_BLOCKS)
    yield deployed
    deployed.url = url
    deployed.rpc("evm_revert", snapshot)


@pytest.fixture
def through(chain):
    """Has the commands ask a node that answers in its own way."""
    open_nodes = []

    def start(answer):
        node = relayed(chain.url, answer)
        open_nodes.append(node)
        chain.url = node.__enter__()

    yield start
    for node in open_nodes:
        node.__exit__(None, None, None)


def files_of(chain):
    return {each.stem for each in chain.folder.glob("*.parquet")}


def test_an_event_that_comes_late_is_waited_for(chain, through):
    asked = []

    def late(question, ask):
        answer = ask(question)
        if question["method"] == "eth_getLogs":
            asked.append(question)
            if len(asked) < 4:
                answer["result"] = []
        return answer

    through(late)
    (made,) = chain.report(SOURCE.address)
    assert files_of(chain) == {made["records_hash"][2:]}
    assert len(asked) >= 4


def test_an_event_that_does_not_come_is_found_by_the_next_run(chain, through):
    url = chain.url

    def without_events(question, ask):
        answer = ask(question)
        return {**answer, "result": []} if question["method"] == "eth_getLogs" else answer

    through(without_events)
    finished = chain.run("report", SOURCE.address, *chain.key(), "--timeout", 2)
    assert (finished.returncode, finished.stdout) == (2, "")
    assert "commitment 0 of" in finished.stderr
    assert "the node gave no event of it in 2 seconds" in finished.stderr
    chain.url = url
    (event,) = chain.commitments(SOURCE.address)
    assert files_of(chain) == {event["recordsHash"].hex()}
    (made, *_) = chain.report(SOURCE.address)
    assert made["records_hash"] == f"0x{event['recordsHash'].hex()}"
    assert made["records_hash"][2:] in files_of(chain)


def test_what_an_earlier_run_committed_is_not_signed_again(chain, through):
    url, old, runs = chain.url, hex(chain.newest), []

    def answer(question, ask):
        """Without events in the first run; with the state of before in the second."""
        parameters, method = question["params"], question["method"]
        if method == "eth_getLogs" and len(runs) == 1:
            return {**ask(question), "result": []}
        if method in ("eth_call", "eth_estimateGas") and len(runs) == 2:
            parameters = [old if each == "latest" else each for each in parameters]
        return ask({**question, "params": parameters})

    through(answer)
    nonce = chain.web3.eth.get_transaction_count(SOURCE.address)
    runs.append("first")
    first = chain.run("report", SOURCE.address, *chain.key(), "--timeout", 1)
    assert first.returncode == 2
    runs.append("second")
    finished = chain.run("report", SOURCE.address, *chain.key())
    assert (finished.returncode, finished.stdout) == (2, "")
    assert f"blocks {chain.deployed_at} to " in finished.stderr
    assert chain.web3.eth.get_transaction_count(SOURCE.address) == nonce + 1
    chain.url = url
    assert len(chain.commitments(SOURCE.address)) == 1


def test_a_service_of_nodes_that_lag_has_nothing_signed_twice(chain, through):
    """For six seconds: longer than it takes to give up what another transaction replaced."""
    lag = {"until": 0.0, "block": "0x0", "sent": 0}

    def lagging(question, ask):
        method, is_behind = question["method"], time.monotonic() < lag["until"]
        parameters = question["params"]
        if method == "eth_sendRawTransaction":
            lag.update(until=time.monotonic() + 6, block=hex(chain.newest), sent=lag["sent"] + 1)
        if is_behind and method in ("eth_call", "eth_estimateGas"):
            parameters = [lag["block"] if each == "latest" else each for each in parameters]
            if int(parameters[-1], 16) > int(lag["block"], 16):
                problem = {"code": -32000, "message": "header not found"}
                return {"jsonrpc": "2.0", "id": question["id"], "error": problem}
        answer = ask({**question, "params": parameters})
        if is_behind and method == "eth_getTransactionReceipt":
            answer["result"] = None
        return answer

    through(lagging)
    nonce = chain.web3.eth.get_transaction_count(SOURCE.address)
    (made,) = chain.report(SOURCE.address)
    assert lag["sent"] == 1
    assert chain.web3.eth.get_transaction_count(SOURCE.address) == nonce + 1
    assert len(chain.commitments(SOURCE.address)) == 1
    assert files_of(chain) == {made["records_hash"][2:]}


def test_a_node_that_is_behind_has_no_file_removed(chain, through):
    chain.report(SOURCE.address)
    chain.mine(FINALITY_BLOCKS)
    chain.report(SOURCE.address)
    before = files_of(chain)
    assert len(before) == 2
    old = hex(chain.deployed_at + 1)

    def behind(question, ask):
        answer = ask(
            {**question, "params": [old if p == "latest" else p for p in question["params"]]}
        )
        if question["method"] == "eth_blockNumber":
            answer["result"] = old
        return answer

    through(behind)
    finished = chain.run("report", SOURCE.address, *chain.key())
    assert (finished.returncode, finished.stderr) == (0, "")
    assert files_of(chain) == before
