"""`gasprint report` on a real node: what is committed is what the receipts say.

given an account that sends, is sent to, meters some of it, and fails at times
  all of its final transactions are committed, each once and less what it metered
  the transaction that created it counts, and one to itself counts once
  the ranges follow on one another, an empty one too, and end where the factor changes
  a dry run signs nothing, and says what is committed then
  a wallet signs as well as a key
given whoever may not
  a reporter nobody approved, or whose approval was withdrawn midway, is refused in one line
  without a yes nothing is written, and with --check go no options of a commitment
  a second report in the same folder is refused in one line
  two reports at once, of the same key in two folders, commit each range once
given a node that is busy at times, and takes no large batch
  the same is read from it, and one that stays busy is told in one line
  where it fails midway, that line says what was committed before
given what a crash left
  partial files are gone, whole ones stay, for a commitment may name them
given commitments that were made by hand
  --check names what is metered and committed, missing, doubled, changed, or of a wrong factor
  a file that is not of its commitment is found, and one that is not there is told
  what --check covers is told: nothing, too, and what was before the first commitment
"""

import fcntl
import json
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import pytest
import requests

from gasprint.commitments import build_commitment
from gasprint.emission_contracts import EmissionContracts
from gasprint.emission_records import write_records
from gasprint.errors import InputError
from gasprint.record_columns import EmissionRecords
from gasprint.record_sums import Sums
from gasprint.units import co2e_micrograms_up, energy_picowatt_hours
from tests.relayed_node import relayed
from tests.reported_chain import OUTSIDER, REPORTER, SOURCE, local_chain
from tests.suite import FACTOR, FINALITY_BLOCKS

NEXT_FACTOR = (100_000_000, 200_000_000, *FACTOR[2:4], 120_000_000, *FACTOR[5:])


@pytest.fixture(autouse=True)
def isolation():
    """These tests have a chain of their own."""


@pytest.fixture(scope="module")
def deployed(tmp_path_factory):
    with local_chain(tmp_path_factory.mktemp("chain")) as made:
        yield made


@pytest.fixture
def chain(deployed, tmp_path):
    snapshot = deployed.rpc("evm_snapshot")
    deployed.folder = tmp_path / "records"
    yield deployed
    deployed.rpc("evm_revert", snapshot)


@pytest.fixture
def used(chain):
    """Transactions of the source: plain, failed, metered in part and in whole; and of others."""
    chain.send(to=OUTSIDER.address, value=1)
    chain.call(chain.registry.functions.record(10_000))
    chain.call(chain.registry.functions.record(1_000_000))
    assert chain.send(to=chain.registry.address, data="0x12345678")["status"] == 0
    chain.send(OUTSIDER, to=SOURCE.address, value=1)
    chain.send(to=SOURCE.address, value=1)
    chain.send(OUTSIDER, to=REPORTER.address, value=1)
    chain.call(chain.collection.functions.mint(1, b""))
    chain.mine(FINALITY_BLOCKS)
    return chain


def totals_of(rows):
    gas = [each.gas_left for each in rows if each.gas_left]
    return Sums(
        len(gas),
        sum(gas),
        sum(energy_picowatt_hours(each, FACTOR[1]) for each in gas),
        sum(co2e_micrograms_up(each, FACTOR[0]) for each in gas),
    )


def committed_totals(commitments):
    return Sums(
        sum(each["recordCount"] for each in commitments),
        sum(each["gasUsed"] for each in commitments),
        sum(each["energyPicowattHours"] for each in commitments),
        sum(each["co2eMicrograms"] for each in commitments),
    )


def test_each_final_transaction_is_committed_once(used):
    final = used.final
    (made,) = used.report(SOURCE.address)
    rows = used.receipts(SOURCE.address, used.deployed_at, final)
    assert [each.metered_gas > 0 for each in rows] == [
        False,
        True,
        True,
        False,
        False,
        False,
        False,
    ]
    assert sum(each.gas_left > 0 for each in rows) == 6
    (event,) = used.commitments(SOURCE.address)
    assert committed_totals([event]) == totals_of(rows)
    assert (event["firstBlock"], event["lastBlock"]) == (used.deployed_at, final)
    assert f"0x{event['root'].hex()}" == made["root"]
    assert {each.name for each in used.folder.glob("*.parquet")} == {
        f"{event['recordsHash'].hex()}.parquet"
    }
    assert used.check(SOURCE.address) == (0, [])
    emissions = used.registry.functions.emissionsOf(SOURCE.address).call()
    assert emissions[0] == 2 + 6


def test_a_chain_too_young_has_nothing_final(used):
    young = ("report", SOURCE.address, "--dry-run", "--finality-blocks", 10**6)
    said = used.run(*young).stdout
    assert said.endswith(f"the next block is {used.deployed_at}, and none is final yet.\n")
    assert json.loads(used.run(*young, "--json").stdout)["final_block"] is None


def test_nothing_is_left_to_commit_until_another_block_is_final(used):
    used.report(SOURCE.address)
    used.rpc("evm_snapshot")
    finished = used.run("report", SOURCE.address, *used.key(), "--finality-blocks", "50")
    assert finished.returncode == 0
    assert finished.stdout.startswith("Nothing to commit: the next block is")
    # Its own commitment is a transaction of its own, once that is final.
    used.mine(FINALITY_BLOCKS)
    (second,) = used.report(SOURCE.address)
    assert second["record_count"] == 1
    assert used.check(SOURCE.address) == (0, [])


def test_a_contract_is_reported_from_its_creation_on(chain):
    collection = chain.collection
    chain.call(collection.functions.mint(2, b""), OUTSIDER)
    chain.call(collection.functions.setApprovalForAll(REPORTER.address, True), OUTSIDER)
    approval = chain.registry.functions.setReporter(REPORTER.address, True)
    chain.call(approval, chain.become(collection))
    chain.mine(FINALITY_BLOCKS)
    final = chain.final
    chain.report(collection.address, key=REPORTER)
    rows = chain.receipts(collection.address, chain.deployed_at, final)
    assert len(rows) == 4
    assert rows[0].receipt_gas > 1_000_000  # its creation
    assert rows[1].metered_gas > 0
    assert committed_totals(chain.commitments(collection.address)) == totals_of(rows)
    assert chain.check(collection.address) == (0, [])


def test_ranges_follow_on_one_another_with_empty_ones_between(used):
    first, final = used.deployed_at + 2, used.final
    made = used.report(SOURCE.address, "--first-block", first, "--blocks", 2)
    assert made[0]["first_block"] == first
    for one, other in pairwise(made):
        assert other["first_block"] == one["last_block"] + 1
    assert made[-1]["last_block"] == final
    assert 0 in [each["record_count"] for each in made]
    rows = used.receipts(SOURCE.address, first, final)
    assert committed_totals(used.commitments(SOURCE.address)) == totals_of(rows)
    line = used.refused(SOURCE.address, "--first-block", first + 1)
    assert f"began at block {first}; leave out --first-block, or repeat that" in line


def test_a_range_ends_where_the_factor_changes(used):
    used.publish(NEXT_FACTOR)
    changed_at = used.newest
    used.send(to=OUTSIDER.address, value=1)
    used.announce(FACTOR)
    used.mine(FINALITY_BLOCKS)
    final = used.final
    before, after = used.report(SOURCE.address)
    assert (before["factor_version"], before["last_block"]) == (1, changed_at - 1)
    assert (after["factor_version"], after["last_block"]) == (2, final)
    assert after["record_count"] == 1
    assert int(after["co2e_micrograms"]) == 21_000 * 100
    assert used.check(SOURCE.address) == (0, [])


def test_a_dry_run_says_what_is_committed_then(used):
    before = used.newest
    finished = used.run("report", SOURCE.address, "--dry-run")
    assert finished.returncode == 0
    assert finished.stdout.startswith("Would be committed\n")
    assert used.newest == before
    assert not used.folder.exists()
    (made,) = used.report(SOURCE.address)
    assert f"{made['first_block']} to {made['last_block']}" in finished.stdout
    assert f"{made['gas_used']:,}" in finished.stdout


def test_a_wallet_signs(used):
    finished = used.run(
        *("report", SOURCE.address, "--provider", used.url, "--from", SOURCE.address, "--yes")
    )
    assert (finished.returncode, finished.stderr) == (0, "")
    assert finished.stdout.startswith("Committed\n")
    assert len(used.commitments(SOURCE.address)) == 1
    assert not list(used.folder.glob(".*.json"))


def test_a_reporter_nobody_approved_is_refused(used):
    line = used.refused(SOURCE.address, key=REPORTER)
    assert f"{SOURCE.address} has not approved {REPORTER.address} as its reporter" in line
    assert not list(used.folder.glob("*.parquet"))


def test_what_nobody_agreed_to_is_not_written(used):
    *options, _yes = used.key()
    finished = used.run("report", SOURCE.address, *options)
    assert (finished.returncode, finished.stdout) == (2, "")
    assert "there is no terminal to ask whether to sign; give --yes" in finished.stderr
    assert not list(used.folder.glob("*.parquet"))


def test_what_was_committed_before_a_failure_is_told(used, monkeypatch):
    sent = []

    def failing(question, ask):
        sent.extend([question] if question["method"] == "eth_sendRawTransaction" else [])
        if len(sent) > 1 and question["method"] != "eth_chainId":
            problem = {"code": -32000, "message": "gone"}
            return {"jsonrpc": "2.0", "id": question["id"], "error": problem}
        return ask(question)

    first = used.deployed_at
    with relayed(used.url, failing) as url, monkeypatch.context() as patched:
        patched.setattr(used, "url", url)
        finished = used.run(*("report", SOURCE.address, *used.key(), "--blocks", 3, "--timeout", 1))
    assert (finished.returncode, finished.stdout) == (2, "")
    assert finished.stderr.count("\n") == 1
    assert f"blocks {first} to {first + 2} were committed, but" in finished.stderr
    assert "gone" in finished.stderr
    assert len(used.commitments(SOURCE.address)) == 1


@pytest.mark.parametrize(
    "option",
    [("--dry-run",), ("--first-block", 7), ("--blocks", 2), ("--finality-blocks", 9)],
    ids=lambda option: option[0],
)
def test_what_does_not_go_with_a_check_is_refused(used, option):
    line = used.refused(SOURCE.address, "--check", *option)
    assert f"--check takes all that was committed, and no {option[0]}" in line


def test_an_approval_withdrawn_midway_ends_there(used):
    approve = used.registry.functions.setReporter
    used.call(approve(REPORTER.address, True))
    made = used.report(SOURCE.address, "--blocks", 50, key=REPORTER)
    used.call(approve(REPORTER.address, False))
    used.mine(FINALITY_BLOCKS)
    line = used.refused(SOURCE.address, key=REPORTER)
    assert "has not approved" in line
    assert len(used.commitments(SOURCE.address)) == len(made) == 1
    (after,) = used.report(SOURCE.address)
    assert after["first_block"] == made[-1]["last_block"] + 1
    assert used.check(SOURCE.address) == (0, [])


def test_a_second_report_in_the_same_folder_is_refused(used):
    used.folder.mkdir()
    with (used.folder / ".gasprint.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        line = used.refused(SOURCE.address)
    assert f"another report works in {used.folder}; wait until it is done" in line
    assert used.report(SOURCE.address)


def test_two_reports_from_two_machines_commit_each_range_once(used, tmp_path):
    options = (*used.key(), "--blocks", 1, "--records")
    both = [
        used.started("report", SOURCE.address, *options, tmp_path / name)
        for name in ("one", "other")
    ]
    for process in both:
        _, stderr = process.communicate(timeout=60)
        assert stderr.count("\n") == (process.returncode != 0)
    used.report(SOURCE.address)
    found = used.commitments(SOURCE.address)
    assert found[0]["firstBlock"] == used.deployed_at
    for one, other in pairwise(found):
        assert other["firstBlock"] == one["lastBlock"] + 1
    assert used.check(SOURCE.address) == (0, [])


@pytest.fixture
def busy(used):
    """The node behind one that refuses large batches, and every other request while it is told."""
    counts = {"requests": 0, "refuse every": 2}

    class Busy(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            questions = json.loads(asked)
            counts["requests"] += isinstance(questions, list)
            refuse = isinstance(questions, list) and (
                len(questions) > 4 or counts["requests"] % counts["refuse every"] == 0
            )
            answer = requests.post(used.url, asked, headers={"Content-Type": "application/json"})
            body = b'{"jsonrpc":"2.0","error":{"code":-32005,"message":"busy"},"id":0}'
            body = body if refuse else answer.content
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Busy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", counts
        server.shutdown()


def test_a_busy_node_is_asked_again(used, busy):
    url, counts = busy
    ranges = (SOURCE.address, used.deployed_at, used.final)
    contracts = EmissionContracts.connect(url, used.deployment)
    built = build_commitment(contracts, *ranges)
    assert counts["requests"] > 2
    assert list(built.transactions) == used.receipts(*ranges)
    counts["refuse every"] = 1
    with pytest.raises(InputError, match="refused: busy"):
        build_commitment(contracts, *ranges)


def test_what_a_crash_left_is_removed(used):
    rows = used.receipts(SOURCE.address, used.deployed_at, used.final)
    snapshot = used.rpc("evm_snapshot")
    used.commit_by_hand(SOURCE, rows[:1], used.final)
    used.rpc("evm_revert", snapshot)
    (unnamed,) = used.folder.glob("*.parquet")
    partial = used.folder / ".gasprint.1.partial"
    partial.write_bytes(b"half")
    (made,) = used.report(SOURCE.address)
    assert not partial.exists()
    assert unnamed.exists()
    assert (used.folder / f"{made['records_hash'][2:]}.parquet").exists()


@pytest.fixture
def rows(used):
    return used.receipts(SOURCE.address, used.deployed_at, used.final)


@pytest.mark.parametrize("has_file", [True, False], ids=["with its file", "without"])
def test_a_metered_transaction_that_was_committed_too_is_found(used, rows, has_file):
    used.commit_by_hand(SOURCE, rows, used.final, with_metered=True)
    if not has_file:
        next(used.folder.glob("*.parquet")).unlink()
    code, (problem,) = used.check(SOURCE.address)
    assert code == 1
    metered = rows[1]
    assert f"0x{metered.transaction_hash.hex()}" in problem
    assert f"{metered.metered_gas} " in problem
    assert ("itself, and was committed with" in problem) == has_file


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows: rows[1:], "0x{0} is missing, with 21000 gas"),
        (lambda rows: [replace(rows[0], receipt_gas=20_999), *rows[1:]], "0x{0} was committed as"),
        (
            lambda rows: [
                *rows,
                replace(rows[-1], transaction_hash=b"\x07" * 32, transaction_index=9),
            ],
            "0x" + "07" * 32 + " is none of the account's",
        ),
    ],
    ids=["missing", "changed", "invented"],
)
def test_another_set_of_transactions_is_found(used, rows, change, said):
    used.commit_by_hand(SOURCE, change(rows), used.final)
    code, (problem,) = used.check(SOURCE.address)
    assert code == 1
    assert said.format(rows[0].transaction_hash.hex()) in problem
    next(used.folder.glob("*.parquet")).unlink()
    code, (problem,) = used.check(SOURCE.address)
    assert code == 1
    assert "were committed, but the chain has" in problem


def test_a_transaction_that_is_there_twice_is_found(used, rows, monkeypatch):
    with monkeypatch.context() as cheating:
        cheating.setattr(EmissionRecords, "__post_init__", lambda records: None)
        used.commit_by_hand(SOURCE, [rows[0], replace(rows[0], transaction_index=1)], used.final)
    code, (problem,) = used.check(SOURCE.address)
    assert code == 1
    assert f"0x{rows[0].transaction_hash.hex()}" in problem
    assert problem.endswith("is there twice")


def test_a_transaction_that_was_committed_in_two_ranges_is_found(used, rows):
    used.commit_by_hand(SOURCE, rows, used.final)
    used.mine(FINALITY_BLOCKS)
    again = used.receipts(SOURCE.address, used.final, used.final)
    moved = replace(rows[0], block_number=used.final - 1)
    used.commit_by_hand(
        SOURCE, sorted([*again, moved], key=lambda each: each.block_number), used.final
    )
    code, (problem,) = used.check(SOURCE.address)
    assert code == 1
    assert f"0x{rows[0].transaction_hash.hex()} is none of the account's in these blocks" in problem


def test_a_wrong_factor_is_found(used):
    used.publish(NEXT_FACTOR)
    changed_at = used.newest
    used.send(to=OUTSIDER.address, value=1)
    used.mine(FINALITY_BLOCKS)
    rows = used.receipts(SOURCE.address, used.deployed_at, used.final)
    used.commit_by_hand(SOURCE, rows, used.final, version=1)
    code, (problem,) = used.check(SOURCE.address)
    assert code == 1
    assert problem == (
        f"it is charged by factor 1, but from block {changed_at} on a later one was in force"
    )


@pytest.mark.parametrize("part", ["gas", "header"])
def test_a_file_that_is_not_of_its_commitment_is_found(used, part):
    contracts = EmissionContracts.connect(used.url, used.deployment)
    built = build_commitment(contracts, SOURCE.address, used.deployed_at, used.final)
    records = built.records
    other = replace(records, gas_used=records.gas_used + 5)
    if part == "header":
        other = replace(records, header=replace(records.header, last_block_hash="0x" + "12" * 32))
    used.folder.mkdir()
    path = write_records(other, used.folder)
    arguments = built.arguments(bytes.fromhex(path.stem))
    used.call(used.registry.functions.commit(SOURCE.address, arguments))
    code, (problem,) = used.check(SOURCE.address)
    assert code == 1
    said = {"gas": "has other records than were committed", "header": "says that it is of"}
    assert f"{path} {said[part]}" in problem
    path.unlink()
    assert used.check(SOURCE.address) == (0, [])


def test_a_check_says_what_it_covers(used):
    finished = used.run("report", SOURCE.address, "--check")
    assert finished.returncode == 0
    assert finished.stdout == (
        f"{SOURCE.address} has committed nothing; the registry began at block {used.deployed_at}, "
        f"the newest final block is {used.final}.\n"
    )
    first, last = used.deployed_at + 2, used.final
    used.report(SOURCE.address, "--first-block", first)
    next(used.folder.glob("*.parquet")).unlink()
    used.mine(50)
    finished = used.run("report", SOURCE.address, "--check")
    assert finished.returncode == 0
    assert finished.stdout.splitlines() == [
        f"1 commitment(s) of {SOURCE.address}: the chain agrees with all of them.",
        f"They are of blocks {first} to {last}; the newest final block is {used.final}.",
        f"note: the registry began before the first commitment; blocks {used.deployed_at} to "
        f"{first - 1} are in none",
        "note: of 1 commitment(s) the file of records was not seen, so that what it lists was not "
        "compared; --records names its folder",
    ]
    said = json.loads(used.run("report", SOURCE.address, "--check", "--json").stdout)
    assert said["commitments"] == 1
    assert (said["first_block"], said["last_block"]) == (first, last)
    assert said["registry_first_block"] == used.deployed_at
    assert (said["final_block"], said["files_not_seen"]) == (used.final, [0])
