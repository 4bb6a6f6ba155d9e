"""A chain that is given up, before, while and after it is reported.

given final transactions and some that are not
  only the final ones are committed, so that those given up leave no record
given a chain that is given up deeper than is final
  between reading and sending, the contract refuses, and what is on the new chain is committed
  with a commitment signed and not mined, that one is replaced in its own nonce
  while it is read, the range is read anew
  a commitment that was given up with it is made anew
"""

import json
import time

import pytest

from gasprint import commitments
from gasprint.chain_transactions import read_blocks
from gasprint.commitments import build_commitment
from gasprint.emission_contracts import EmissionContracts
from gasprint.errors import ReorganisedError
from tests.reported_chain import OUTSIDER, SOURCE, local_chain
from tests.suite import FINALITY_BLOCKS


@pytest.fixture(autouse=True)
def isolation():
    """These tests have a chain of their own."""


@pytest.fixture
def chain(tmp_path_factory):
    with local_chain(tmp_path_factory.mktemp("chain")) as made:
        made.send(to=OUTSIDER.address, value=1)
        yield made


def replace_blocks(chain, snapshot, count):
    """Gives up all since `snapshot`, and makes other blocks in their place."""
    chain.rpc("evm_revert", snapshot)
    chain.rpc("evm_increaseTime", 7)
    chain.send(to=OUTSIDER.address, value=2)
    chain.mine(count)


def committed_of_chain(chain):
    """What is committed, once it is seen that it is what the receipts say."""
    found = chain.commitments(SOURCE.address)
    first = chain.deployed_at
    for each in found:
        assert each["firstBlock"] == first
        rows = chain.receipts(SOURCE.address, first, each["lastBlock"])
        assert each["recordCount"] == len(rows)
        assert each["gasUsed"] == sum(row.gas_left for row in rows)
        first = each["lastBlock"] + 1
    assert chain.check(SOURCE.address) == (0, [])
    return found


def test_transactions_that_are_not_final_leave_no_record(chain):
    chain.mine(FINALITY_BLOCKS)
    snapshot = chain.rpc("evm_snapshot")
    final = chain.final
    given_up = chain.send(to=OUTSIDER.address, value=3)["transactionHash"].to_0x_hex()
    finished = chain.run("report", SOURCE.address, "--dry-run", "--json")
    assert json.loads(finished.stdout)["final_block"] == final + 1
    replace_blocks(chain, snapshot, FINALITY_BLOCKS)
    chain.report(SOURCE.address)
    (made,) = committed_of_chain(chain)
    assert made["recordCount"] == 2
    finished = chain.run("prove", given_up)
    assert finished.returncode == 2
    assert "knows no mined transaction" in finished.stderr


def test_given_up_while_a_commitment_waits_it_is_replaced(chain):
    snapshot = chain.rpc("evm_snapshot")
    chain.send(to=OUTSIDER.address, value=3)
    chain.mine(FINALITY_BLOCKS)
    chain.rpc("evm_setAutomine", False)
    process = chain.started("report", SOURCE.address, *chain.key(), "--json")
    while chain.rpc("txpool_status")["pending"] == "0x0":
        assert process.poll() is None
        time.sleep(0.01)
    ((old,),) = [list(pool.values()) for pool in chain.rpc("txpool_content")["pending"].values()]
    chain.rpc("anvil_dropAllTransactions")
    chain.rpc("evm_setAutomine", True)
    replace_blocks(chain, snapshot, FINALITY_BLOCKS + 2)
    # A node that gave its chain up has the old transaction still: it reverts, or comes too late.
    signed = chain.folder.glob(".*.json")
    raw = [json.loads(each.read_text())["raw_transaction"] for each in signed]
    for each in raw:
        chain.web3.provider.make_request("eth_sendRawTransaction", [each])
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr) == (0, "")
    (made,) = json.loads(stdout)["commitments"]
    assert made["transaction_hash"] != old["hash"]
    assert len(committed_of_chain(chain)) == 1
    assert (chain.folder / f"{made['records_hash'][2:]}.parquet").exists()


def test_given_up_between_reading_and_sending_the_contract_refuses(chain):
    snapshot = chain.rpc("evm_snapshot")
    chain.send(to=OUTSIDER.address, value=3)
    chain.mine(FINALITY_BLOCKS)
    contracts = EmissionContracts.connect(chain.url, chain.deployment)
    built = build_commitment(contracts, SOURCE.address, chain.deployed_at, chain.final)
    replace_blocks(chain, snapshot, FINALITY_BLOCKS)
    last = built.records.header.last_block
    call = contracts.commit(SOURCE.address, built.arguments(b"\x01" * 32))
    with pytest.raises(Exception, match=f"block {last} is another on this chain by now"):
        contracts.node.simulate(call, SOURCE.address)
    sent = chain.send(to=chain.registry.address, data=call._encode_transaction_data())
    assert sent["status"] == 0
    chain.report(SOURCE.address)
    assert len(committed_of_chain(chain)) == 1


def test_given_up_while_it_is_read_it_is_read_anew(chain, monkeypatch):
    snapshot = chain.rpc("evm_snapshot")
    chain.send(to=OUTSIDER.address, value=3)
    chain.mine(FINALITY_BLOCKS)
    last = chain.final
    contracts = EmissionContracts.connect(chain.url, chain.deployment)
    given_up = []

    def read_and_give_up(*arguments):
        for block in read_blocks(*arguments):
            yield block
            if block.number == last and not given_up:
                given_up.append(block.hash)
                replace_blocks(chain, snapshot, FINALITY_BLOCKS)

    monkeypatch.setattr(commitments, "read_blocks", read_and_give_up)
    built = build_commitment(contracts, SOURCE.address, chain.deployed_at, last)
    assert (
        built.records.header.last_block_hash == chain.web3.eth.get_block(last)["hash"].to_0x_hex()
    )
    assert given_up != [built.records.header.last_block_hash]
    assert list(built.transactions) == chain.receipts(SOURCE.address, chain.deployed_at, last)


def test_a_block_that_does_not_follow_is_noticed(chain):
    chain.mine(5)
    contracts = EmissionContracts.connect(chain.url, chain.deployment)
    blocks = range(2, 5)
    first = next(read_blocks(contracts.node, SOURCE.address, chain.registry.address, blocks))
    true_parent = chain.web3.eth.get_block(1)["hash"].to_0x_hex()
    arguments = (contracts.node, SOURCE.address, chain.registry.address, blocks)
    assert next(read_blocks(*arguments, true_parent)) == first
    with pytest.raises(ReorganisedError, match="block 2 changed while it was read"):
        next(read_blocks(*arguments, first.hash))
    beyond = range(chain.newest, chain.newest + 2)
    with pytest.raises(ReorganisedError):
        list(read_blocks(contracts.node, SOURCE.address, chain.registry.address, beyond))


def test_a_commitment_that_was_given_up_is_made_anew(chain):
    snapshot = chain.rpc("evm_snapshot")
    chain.send(to=OUTSIDER.address, value=3)
    chain.mine(FINALITY_BLOCKS)
    (gone,) = chain.report(SOURCE.address)
    replace_blocks(chain, snapshot, FINALITY_BLOCKS + 1)
    assert chain.commitments(SOURCE.address) == []
    (made,) = chain.report(SOURCE.address)
    assert made["root"] != gone["root"]
    assert len(committed_of_chain(chain)) == 1
    assert (chain.folder / f"{made['records_hash'][2:]}.parquet").exists()
