"""`gasprint audit --ledger`, as a user runs it.

given a ledger, and no node
  exit 0, the tables, and each thing that was not checked with what would have it checked
given a forgery, a node, and all files
  exit 1, the finding, what it means, and where to look; the same as JSON, with whole ids as text
given texts in the ledger that would steer a terminal
  they are U+FFFD in the text
given two chains in one ledger
  each line has its chain; --chain and --deployment audit one of them
given what cannot be used
  exit 2, one line on stderr, nothing on stdout
"""

import json
import shutil

import duckdb
import pytest

from tests import commands
from tests.audited_chain import SETTLED_THROUGH


@pytest.fixture
def audited(honest):
    """Runs the command; its exit code, and what it wrote, or said where that is nothing."""

    def run(*words, ledger=honest.ledger):
        finished = commands.run("audit", "--ledger", ledger, *words)
        if finished.returncode == 2:
            assert finished.stdout == ""
            assert finished.stderr.count("\n") == 1
            return 2, finished.stderr
        assert finished.stderr == ""
        return finished.returncode, finished.stdout

    return run


def test_a_ledger_alone(audited, honest):
    code, text = audited()
    assert code == 0
    assert text.startswith("Chain 31337 as of block ")
    assert honest.collection.address in text
    _, left_out = text.split("Not checked\n\n")
    assert "no node of chain 31337 was given; name one with --rpc:\n    factors against" in left_out
    assert "records against receipts" in left_out
    assert "name its files, or folders, with --evidence:\n    factors against" in left_out


def test_a_forgery_is_told_with_what_it_means(audited, honest):
    given = honest.documents
    export = honest.export("forged.csv", SETTLED_THROUGH - 1)
    words = ("--rpc", honest.chain.url, "--evidence", given.evidence[0])
    words += ("--records", given.records, "--registry-export", export)
    code, text = audited(*words)
    assert code == 1
    assert "1 contradiction(s)" in text
    ((settled,),) = honest.rows("SELECT transaction_hash FROM serials_settled")
    assert f"were settled, but the registry's export shows them as not retired [{settled}]" in text
    assert "\n    The credits were said to be retired at the registry, but it shows them" in text
    code, text = audited(*words, "--json")
    document = json.loads(text)
    assert (code, document["ok"]) == (1, False)
    (finding,) = document["findings"]
    assert finding["transaction_hash"] == settled
    assert (finding["check"], finding["kind"]) == ("registry", "never_retired")
    assert finding["chain_id"] == 31337
    assert finding["meaning"].startswith("The credits were said to be retired")
    assert {type(each["retirement_id"]) for each in document["retirements"]} == {str}
    assert document["deployments"][0]["has_node"] is True
    assert [each["what"] for each in document["not_checked"]] == [
        "factor version 1",
        "deployed code against the sources, recompiled",
    ]


def test_no_text_steers_a_terminal(audited, honest, tmp_path):
    ledger = tmp_path / "steering.duckdb"
    shutil.copy(honest.ledger, ledger)
    with duckdb.connect(str(ledger)) as connection:
        connection.execute("UPDATE deployments SET holds = false")
        told = ["red: \x1b[31m, \u202e around, and\na line of its own"]
        connection.execute("UPDATE syncs SET contradictions = ?", [told])
    code, text = audited(ledger=ledger)
    assert code == 1
    assert "error: counters: red: \ufffd[31m, \ufffd around, and\ufffda line of its own\n" in text


def test_several_chains(audited, honest, other_chain):
    ledger = honest.synced("", other_chain)
    nodes = ("--rpc", honest.chain.url, "--rpc", other_chain.url)
    code, text = audited(*nodes, ledger=ledger)
    assert code == 0
    assert "Chain 31337 as of block" in text
    assert "Chain 10 as of block" in text
    assert "\nchain  " in text
    for words in (("--chain", "10"), ("--deployment", other_chain.deployment)):
        assert audited(*words, ledger=ledger)[1].startswith("Chain 10 as of block")


def test_what_cannot_be_used(audited, honest, other_chain, tmp_path):
    missing = tmp_path / "missing"
    for words, line in (
        (("--chain", "7"), "the ledger has nothing on chain 7 to audit"),
        (("--deployment", other_chain.deployment), "the ledger has nothing of that deployment"),
        (("--rpc", other_chain.url), "serves chain 10"),
        (("--evidence", missing), "No such file"),
        (("--records", missing), "is no folder"),
        (("--registry-export", missing), "No such file"),
        (("0x12",), "is no address"),
    ):
        code, said = audited(*words)
        assert (code, line in said) == (2, True), said
    assert "is not there; gasprint sync" in audited(ledger=missing)[1]
    finished = commands.run("audit", "--chain", "7")
    assert (finished.returncode, finished.stdout) == (2, "")
    assert "are for a --ledger" in finished.stderr


def test_a_chain_that_went_another_way_is_refused(audited, world):
    ledger = world.synced()
    world.chain.mine()
    assert audited("--rpc", world.chain.url, ledger=ledger)[0] == 0
    snapshot = world.chain.rpc("evm_snapshot")
    world.chain.mine()
    later = world.synced()
    world.chain.rpc("evm_revert", snapshot)
    assert (
        "does not know it; run gasprint sync again"
        in audited("--rpc", world.chain.url, ledger=later)[1]
    )
