"""`gasprint prove` on a real node: the proof of a transaction, as the contract takes it.

given a source whose transactions were committed, and another that they were sent to
  each proves itself from the file of records, and from the chain where that is not there
  the proof in JSON is what anyone verifies against the root alone
  one that two accounts committed proves itself for both
given one that was metered, is not committed yet, or is somebody else's
  one line says so, and the exit code is 1
given a node that answers nonsense
  one line says so
given a file of records that was changed, or records that were committed wrongly
  it is refused in one line, where it was no other account that committed them
"""

import json
from dataclasses import replace

import pytest

from gasprint.record_proofs import EmissionRecord, RecordProof, Sibling, verify
from tests.relayed_node import relayed
from tests.reported_chain import OUTSIDER, REPORTER, SOURCE, local_chain
from tests.suite import FINALITY_BLOCKS


@pytest.fixture(autouse=True)
def isolation():
    """These tests have a chain of their own."""


@pytest.fixture(scope="module")
def sent():
    """The hashes of transactions, by what they are."""
    return {}


@pytest.fixture(scope="module")
def reported(tmp_path_factory, sent):
    """Two accounts that committed; the outsider was only sent to."""
    with local_chain(tmp_path_factory.mktemp("chain")) as chain:

        def note(name, receipt):
            sent[name] = receipt["transactionHash"].to_0x_hex()

        note("plain", chain.send(to=OUTSIDER.address, value=1))
        note("metered in part", chain.call(chain.registry.functions.record(10_000)))
        note("metered", chain.call(chain.registry.functions.record(1_000_000)))
        note("to another source", chain.send(to=REPORTER.address, value=1))
        note("of others", chain.send(OUTSIDER, to=key(9), value=1))
        chain.mine(FINALITY_BLOCKS)
        chain.report(SOURCE.address)
        chain.report(REPORTER.address, key=REPORTER)
        note("not final", chain.send(to=OUTSIDER.address, value=1))
        yield chain


def key(number):
    return "0x" + f"{number:040x}"


@pytest.fixture
def chain(reported):
    snapshot = reported.rpc("evm_snapshot")
    yield reported
    reported.rpc("evm_revert", snapshot)


@pytest.fixture
def proofs(chain):
    """Proves a transaction; the documents of its proofs."""

    def run(transaction_hash, *options):
        finished = chain.run("prove", transaction_hash, "--json", *options)
        assert (finished.returncode, finished.stderr) == (0, "")
        return json.loads(finished.stdout)["proofs"]

    return run


@pytest.fixture
def unproven(chain):
    """Tries to prove a transaction; the line that says why not."""

    def run(transaction_hash, *options):
        finished = chain.run("prove", transaction_hash, *options)
        assert (finished.returncode, finished.stderr) == (1, "")
        assert finished.stdout.count("\n") == 1
        return finished.stdout

    return run


def is_verified(document):
    record, proof = document["record"], document["proof"]
    return verify(
        EmissionRecord(
            bytes.fromhex(record["transaction_hash"][2:]),
            record["block_number"],
            int(record["gas_used"]),
            int(record["energy_picowatt_hours"]),
            int(record["co2e_micrograms"]),
        ),
        RecordProof(
            proof["index"],
            proof["record_count"],
            tuple(
                Sibling(bytes.fromhex(each["hash"][2:]), int(each["sums"]))
                for each in proof["siblings"]
            ),
        ),
        bytes.fromhex(document["root"][2:]),
    )


@pytest.mark.parametrize("name", ["plain", "metered in part"])
@pytest.mark.parametrize("has_file", [True, False], ids=["from the file", "from the chain"])
def test_it_proves_itself(chain, sent, proofs, tmp_path, name, has_file):
    folder = () if has_file else ("--records", tmp_path)
    (document,) = proofs(sent[name], *folder)
    assert document["proven"] is True
    assert document["account"] == SOURCE.address
    assert is_verified(document)
    receipt = chain.web3.eth.get_transaction_receipt(sent[name])
    metered = 10_000 if name == "metered in part" else 0
    assert int(document["record"]["gas_used"]) == receipt["gasUsed"] - metered


def test_a_person_reads_it(chain, sent):
    finished = chain.run("prove", sent["plain"])
    assert finished.returncode == 0
    assert finished.stdout.startswith("Proven.\n")
    assert "21,000" in finished.stdout


def test_two_accounts_prove_it(sent, proofs):
    documents = proofs(sent["to another source"])
    assert [each["account"] for each in documents] == [SOURCE.address, REPORTER.address]
    assert all(is_verified(each) for each in documents)
    (only,) = proofs(sent["to another source"], "--account", REPORTER.address)
    assert only == documents[1]


def test_what_was_metered_is_in_no_commitment(sent, unproven):
    line = unproven(sent["metered"], "--account", SOURCE.address)
    assert f"all of its gas was recorded for {SOURCE.address} in the transaction itself" in line


def test_what_is_not_final_is_not_committed_yet(sent, unproven):
    line = unproven(sent["not final"])
    assert f"{SOURCE.address} has not committed block " in line
    assert f"{OUTSIDER.address} has committed nothing" in line


@pytest.mark.parametrize(
    "receipt",
    [[], {}, 7, "x", {"blockNumber": None}, {"from": "0x12", "blockNumber": "0x1"}],
    ids=json.dumps,
)
@pytest.mark.parametrize("options", [(), ("--account", SOURCE.address)], ids=["any", "of one"])
def test_an_answer_that_makes_no_sense_is_told(chain, sent, receipt, options, monkeypatch):
    def nonsense(question, ask):
        is_receipt = question["method"] == "eth_getTransactionReceipt"
        return {**ask(question), "result": receipt} if is_receipt else ask(question)

    with relayed(chain.url, nonsense) as url, monkeypatch.context() as patched:
        patched.setattr(chain, "url", url)
        finished = chain.run("prove", sent["plain"], *options)
    assert (finished.returncode, finished.stdout) == (2, "")
    assert finished.stderr.count("\n") == 1
    assert "gave an answer that makes no sense" in finished.stderr


def test_what_is_somebody_elses(sent, unproven):
    line = unproven(sent["of others"], "--account", SOURCE.address)
    assert line == f"Not proven: it was neither sent by {SOURCE.address} nor to it.\n"
    assert f"{OUTSIDER.address} has committed nothing" in unproven(sent["of others"])


@pytest.mark.parametrize(
    ("transaction_hash", "said"),
    [("0x" + "12" * 32, "knows no mined transaction"), ("0x12", "is no transaction's hash")],
)
def test_what_is_no_transaction(chain, transaction_hash, said):
    finished = chain.run("prove", transaction_hash)
    assert (finished.returncode, finished.stdout) == (2, "")
    assert finished.stderr.count("\n") == 1
    assert said in finished.stderr


def test_a_changed_file_is_refused(chain, sent, tmp_path):
    (made,) = chain.commitments(SOURCE.address)
    name = f"{made['recordsHash'].hex()}.parquet"
    (tmp_path / name).write_bytes((chain.folder / name).read_bytes() + b"\x00")
    finished = chain.run("prove", sent["plain"], "--records", tmp_path)
    assert (finished.returncode, finished.stdout) == (2, "")
    assert "its name is not the SHA-256 of what is in it" in finished.stderr


def test_records_that_were_committed_wrongly_prove_nothing(chain, sent, tmp_path):
    chain.mine(FINALITY_BLOCKS)
    first = chain.commitments(SOURCE.address)[-1]["lastBlock"] + 1
    rows = chain.receipts(SOURCE.address, first, chain.final)
    wanted = bytes.fromhex(sent["not final"][2:])
    others = [each for each in rows if each.transaction_hash != wanted]
    assert len(others) == len(rows) - 1
    chain.commit_by_hand(SOURCE, others, chain.final)
    finished = chain.run("prove", sent["not final"], "--records", tmp_path)
    assert (finished.returncode, finished.stdout) == (2, "")
    assert f"gasprint report {SOURCE.address} --check says why" in finished.stderr


def test_what_a_stranger_committed_wrongly_bars_no_proof_of_others(chain, sent, proofs, tmp_path):
    rows = chain.receipts(OUTSIDER.address, chain.deployed_at, chain.final)
    wrong = [replace(rows[0], receipt_gas=5), *rows[1:]]
    folder, chain.folder = chain.folder, tmp_path
    chain.commit_by_hand(OUTSIDER, wrong, chain.final)
    chain.folder = folder
    (document,) = proofs(sent["plain"])
    assert document["account"] == SOURCE.address
    finished = chain.run("prove", sent["plain"])
    assert (finished.returncode, finished.stderr) == (0, "")
    assert finished.stdout.startswith("Proven.\n")
    assert f"Not proven: the records of blocks {chain.deployed_at} to" in finished.stdout
    assert f"gasprint report {OUTSIDER.address} --check says why" in finished.stdout
