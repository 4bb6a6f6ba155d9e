"""A report that is killed, at any point, and run again.

given 2,000 transactions of a source, of which a quarter metered themselves
  killed 20 times while it reads, writes, signs and waits, it ends with one ledger: each transaction
    once, as its receipt has it, without a gap, and no commitment but one a range
given a report that was killed with a commitment signed
  one that was sent, and is still to be mined, is waited for, and no second one is signed
  one that was never sent is sent as it was signed
  one whose nonce another transaction took is given up, and the range is committed anew
  one that was mined meanwhile is found
  one that pays too little by now is replaced in its own nonce
given a range that somebody else committed
  what was signed is given up, and its file removed
"""

import json
import random
import subprocess
import time

import pytest
from web3 import Web3

from gasprint.record_sums import Sums
from gasprint.units import co2e_micrograms_up, energy_picowatt_hours
from tests.reported_chain import REPORTER, SOURCE, key_of, local_chain
from tests.suite import FACTOR, FINALITY_BLOCKS

TRANSACTIONS = 2_000
TRANSACTIONS_PER_BLOCK = 40
KILLS = 20
SEED = 20_261_124
BLOCKS_PER_COMMITMENT = 2


@pytest.fixture(autouse=True)
def isolation():
    """These tests have a chain of their own."""


@pytest.fixture(scope="module")
def deployed(tmp_path_factory):
    with local_chain(tmp_path_factory.mktemp("chain")) as made:
        approval = made.registry.functions.setReporter(REPORTER.address, True)
        made.call(approval, made.become(made.collection))
        yield made


@pytest.fixture
def chain(deployed, tmp_path):
    snapshot = deployed.rpc("evm_snapshot")
    deployed.folder = tmp_path / "records"
    yield deployed
    deployed.rpc("anvil_setNextBlockBaseFeePerGas", hex(10**9))
    deployed.rpc("evm_setAutomine", True)
    deployed.rpc("evm_revert", snapshot)


@pytest.fixture
def source(chain):
    """The collection, with some transactions that are final."""
    for _ in range(3):
        chain.call(chain.collection.functions.setApprovalForAll(REPORTER.address, True))
    chain.mine(FINALITY_BLOCKS)
    return chain.collection.address


def send_many(chain, count):
    """Sends to the collection, many to a block, a quarter of them metered mints."""
    approve = chain.collection.functions.setApprovalForAll(REPORTER.address, True)
    calls = [
        chain.collection.functions.mint(1, b"")._encode_transaction_data(),
        *3 * [approve._encode_transaction_data()],
    ]
    senders = [key_of(3 + number).address for number in range(4)]
    nonces = [chain.web3.eth.get_transaction_count(each) for each in senders]
    chain.rpc("evm_setAutomine", False)
    for start in range(0, count, TRANSACTIONS_PER_BLOCK):
        asked = [
            (
                "eth_sendTransaction",
                [
                    {
                        "from": senders[row % 4],
                        # Where the node has to find them out, it runs all that wait each time.
                        "nonce": hex(nonces[row % 4] + row // 4),
                        "maxFeePerGas": hex(10**10),
                        "maxPriorityFeePerGas": hex(10**9),
                        "to": chain.collection.address,
                        "data": calls[row % 4],
                        "gas": hex(300_000),
                    }
                ],
            )
            for row in range(start, start + TRANSACTIONS_PER_BLOCK)
        ]
        answers = chain.web3.provider.make_batch_request(asked)
        assert not [each for each in answers if each.get("error")]
        chain.mine()
    chain.rpc("evm_setAutomine", True)


def receipts_of(chain, first, last):
    """What the blocks' receipts leave to commit, asked for block by block."""
    left = []
    topic = Web3.keccak(text="EmissionsRecorded(address,uint256,uint256,uint256,uint256)")
    for number in range(first, last + 1):
        for receipt in chain.rpc("eth_getBlockReceipts", hex(number)):
            named = (receipt["from"], receipt["to"] or receipt["contractAddress"])
            if chain.collection.address.lower() not in map(str.lower, named):
                continue
            metered = [
                int(log["data"][66:130], 16)
                for log in receipt["logs"]
                if log["topics"][0] == topic.to_0x_hex()
            ]
            left.append(int(receipt["gasUsed"], 16) - sum(metered))
    return left


def totals_of(left):
    gas = [each for each in left if each > 0]
    return Sums(
        len(gas),
        sum(gas),
        sum(energy_picowatt_hours(each, FACTOR[1]) for each in gas),
        sum(co2e_micrograms_up(each, FACTOR[0]) for each in gas),
    )


def journal_of(chain):
    return next(iter(chain.folder.glob(".*.json")), None)


def wait_for(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.001)
    return found


def started(chain, *options):
    """A report that was started; whoever did has to end it."""
    words = ("report", chain.collection.address, *chain.key(REPORTER), "--blocks", *options)
    return chain.started(*words)


def kill(process):
    process.kill()
    process.communicate()


def kill_after_work_began(chain, process, seconds):
    """Kills a report some time after it took the lock; False where it was done before."""
    lock = chain.folder / ".gasprint.lock"
    before = lock.stat().st_mtime_ns if lock.exists() else 0
    wait_for(
        lambda: (lock.exists() and lock.stat().st_mtime_ns > before) or process.poll() is not None
    )
    try:
        _, stderr = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        kill(process)
        return True
    assert (process.returncode, stderr) == (0, "")
    return False


def kill_with_a_journal(chain, process):
    """Kills a report at the moment when it has signed."""
    wait_for(lambda: journal_of(chain) or process.poll() is not None)
    was_running = process.poll() is None
    kill(process)
    return was_running


def test_killed_at_twenty_points_it_ends_with_one_ledger(chain):
    draw = random.Random(SEED)
    send_many(chain, TRANSACTIONS)
    chain.mine(FINALITY_BLOCKS)
    final, account = chain.final, chain.collection.address
    killed, with_journal, with_partial = 0, 0, 0
    while killed < KILLS:
        process = started(chain, BLOCKS_PER_COMMITMENT)
        if killed % 4 == 3:
            was_running = kill_with_a_journal(chain, process)
        else:
            was_running = kill_after_work_began(chain, process, draw.uniform(0, 0.25))
        assert was_running, f"the report was done after {killed} kills"
        killed += 1
        with_journal += journal_of(chain) is not None
        with_partial += bool(list(chain.folder.glob(".gasprint.*.partial")))
    # Its commitments make blocks of their own; what was final at the beginning has to be there.
    chain.report(account, "--blocks", BLOCKS_PER_COMMITMENT, key=REPORTER)

    found = chain.commitments(account)
    assert found[0]["firstBlock"] == chain.deployed_at
    for index, each in enumerate(found):
        assert each["index"] == index
        assert index == 0 or each["firstBlock"] == found[index - 1]["lastBlock"] + 1
    assert found[-1]["lastBlock"] >= final
    left = receipts_of(chain, chain.deployed_at, found[-1]["lastBlock"])
    assert len(left) >= TRANSACTIONS
    expected = totals_of(left)
    committed = Sums(
        sum(each["recordCount"] for each in found),
        sum(each["gasUsed"] for each in found),
        sum(each["energyPicowattHours"] for each in found),
        sum(each["co2eMicrograms"] for each in found),
    )
    assert committed == expected
    # Every transaction that the reporter sent committed: none was sent twice.
    assert chain.web3.eth.get_transaction_count(REPORTER.address) == len(found)
    named = {f"{each['recordsHash'].hex()}.parquet" for each in found}
    assert {each.name for each in chain.folder.glob("*.parquet")} >= named
    assert not journal_of(chain)
    assert chain.check(account) == (0, [])
    print(f"{killed} kills, {with_journal} with a journal, {with_partial} with a partial file")


def pending_of(chain, key):
    """What a key has sent that is not mined, by nonce."""
    pending = chain.rpc("txpool_content")["pending"]
    return next((pool for who, pool in pending.items() if who.lower() == key.address.lower()), {})


@pytest.fixture
def signed(chain, source):
    """A commitment that was signed and sent, and is not mined, by a report that was killed."""
    chain.rpc("evm_setAutomine", False)
    process = started(chain, 100)
    pool = wait_for(lambda: pending_of(chain, REPORTER))
    kill(process)
    (nonce,) = pool
    noted = json.loads(journal_of(chain).read_text())
    assert noted["transaction_hash"] == pool[nonce]["hash"]
    return noted


def rerun(chain, *, mine=True):
    """A report while blocks are made by hand; what it committed."""
    process = started(chain, 100, "--json")
    while mine and process.poll() is None:
        time.sleep(0.2)
        if chain.rpc("txpool_status")["pending"] != "0x0":
            chain.mine()
    stdout, stderr = process.communicate()
    assert (process.returncode, stderr) == (0, "")
    return json.loads(stdout)["commitments"]


def sent_by_the_reporter(chain):
    return chain.web3.eth.get_transaction_count(REPORTER.address)


def test_one_that_was_sent_is_waited_for(chain, source, signed):
    made = rerun(chain)
    assert made[0]["transaction_hash"] == signed["transaction_hash"]
    assert sent_by_the_reporter(chain) == len(chain.commitments(source)) == len(made)
    assert chain.check(source) == (0, [])


def test_one_that_was_never_sent_is_sent_as_it_was_signed(chain, source, signed):
    chain.rpc("anvil_dropTransaction", signed["transaction_hash"])
    made = rerun(chain)
    assert made[0]["transaction_hash"] == signed["transaction_hash"]
    assert sent_by_the_reporter(chain) == len(chain.commitments(source)) == len(made)


def test_one_that_was_mined_meanwhile_is_found(chain, source, signed):
    chain.rpc("evm_setAutomine", True)
    chain.mine()
    assert len(chain.commitments(source)) == 1
    made = chain.report(source, key=REPORTER)
    assert made[0]["transaction_hash"] == signed["transaction_hash"]
    assert sent_by_the_reporter(chain) == len(chain.commitments(source)) == len(made)
    assert not journal_of(chain)


def test_one_whose_nonce_was_taken_is_given_up(chain, source, signed):
    chain.rpc("anvil_dropTransaction", signed["transaction_hash"])
    chain.rpc("evm_setAutomine", True)
    chain.send(REPORTER, to=SOURCE.address, value=1)
    made = chain.report(source, key=REPORTER)
    assert signed["transaction_hash"] not in {each["transaction_hash"] for each in made}
    assert len(chain.commitments(source)) == len(made)
    assert sent_by_the_reporter(chain) == len(made) + 1
    assert chain.check(source) == (0, [])


def test_one_that_pays_too_little_by_now_is_replaced_in_its_own_nonce(chain, source, signed):
    chain.rpc("anvil_dropTransaction", signed["transaction_hash"])
    chain.rpc("anvil_setNextBlockBaseFeePerGas", hex(10 * signed["max_fee_per_gas_wei"]))
    chain.mine()
    chain.rpc("evm_setAutomine", True)
    made = chain.report(source, key=REPORTER)
    assert signed["transaction_hash"] not in {each["transaction_hash"] for each in made}
    first = chain.web3.eth.get_transaction(made[0]["transaction_hash"])
    assert first["nonce"] == signed["nonce"]
    assert sent_by_the_reporter(chain) == len(chain.commitments(source)) == len(made)


def test_what_somebody_else_committed_is_given_up(chain, source, signed):
    chain.rpc("anvil_dropTransaction", signed["transaction_hash"])
    chain.rpc("evm_setAutomine", True)
    first = chain.deployed_at
    chain.commit_by_hand(chain.become(chain.collection), [], first)
    assert chain.commitments(source)[0]["lastBlock"] == first
    assert (chain.folder / f"{signed['records_hash']}.parquet").exists()
    made = chain.report(source, key=REPORTER)
    assert made[0]["first_block"] == first + 1
    assert not (chain.folder / f"{signed['records_hash']}.parquet").exists()
    assert len(chain.commitments(source)) == 1 + len(made)


def test_a_broken_journal_is_told(chain, source, signed):
    journal_of(chain).write_text("{")
    chain.rpc("evm_setAutomine", True)
    chain.mine()
    finished = chain.run("report", source, *chain.key(REPORTER))
    assert (finished.returncode, finished.stdout) == (2, "")
    assert "look up whether a commitment" in finished.stderr
