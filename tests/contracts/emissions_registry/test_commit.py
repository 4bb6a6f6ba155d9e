"""commit and proveTransaction.

given a source, a reporter of it, and three blocks that make a block final
  what it commits counts with what it recorded, and the event says all of it
  a range without transactions is committed with root zero
  only the account and whom it approves commits, and only as long as it approves
  overlapping ranges, gaps, an empty range, and one that is not final are refused
  another chain's block hash is refused, where the contract can see it
  a factor that goes back, is unknown, or is not in force yet, is refused
  totals that contradict themselves, or pass what the blocks hold, are refused
  each record proves itself, by the factor of the commitment, and any other proves nothing
"""

from dataclasses import astuple, replace
from types import SimpleNamespace

import numpy as np
import pytest
from brownie import reverts, web3

from gasprint.record_tree import EMPTY_ROOT, RecordTree
from gasprint.units import co2e_micrograms_up
from tests.record_trees import leaves_of, levels_of, path_of, records_of
from tests.suite import FACTOR, FINALITY_BLOCKS, announce, publish, reverts_with

RECORDS_HASH = b"\x03" * 32
GAS = (21_000, 50_001, 33, 1_000_003, 7)


def mine(blocks=FINALITY_BLOCKS):
    for _ in range(blocks):
        web3.provider.make_request("evm_mine", [])


def final_block():
    return web3.eth.block_number - FINALITY_BLOCKS


def tree_at(block, gas=GAS, factor=FACTOR):
    """A tree of records that are all in one block."""
    hashes = b"".join(bytes([row + 1]) * 32 for row in range(len(gas)))
    return RecordTree(
        np.frombuffer(hashes, np.uint8).reshape(-1, 32),
        np.array([block] * len(gas), np.uint64),
        np.array(gas, np.uint64),
        picograms_per_gas=factor[0],
        picowatt_hours_per_gas=factor[1],
    )


def commitment_of(tree, first, last, **changes):
    """IEmissionsRegistry.Commitment of a tree, but for what `changes` names."""
    fields = {
        "first_block": first,
        "last_block": last,
        "last_block_hash": web3.eth.get_block(last)["hash"],
        "factor_version": 1,
        "record_count": tree.totals.record_count,
        "gas_used": tree.totals.gas_used,
        "co2e_micrograms": tree.totals.co2e_micrograms,
        "top_hash": tree.top_hash,
        "records_hash": RECORDS_HASH,
    }
    return tuple((fields | changes).values())


@pytest.fixture
def registry(suite):
    mine()
    return suite.EmissionsRegistry


@pytest.fixture
def source(roles):
    return roles.marketplace


@pytest.fixture
def committed(registry, source):
    """A commitment of blocks 1 to the newest final one."""
    last = final_block()
    tree = tree_at(last)
    tx = registry.commit(source, commitment_of(tree, 1, last), {"from": source})
    return SimpleNamespace(tree=tree, last=last, tx=tx)


@pytest.fixture
def refused(registry, source):
    """Has a commitment refused, with just this error."""

    def run(error, *arguments, commitment, sender=source):
        with reverts(reverts_with(error, *arguments)):
            registry.commit(source, commitment, {"from": sender})

    return run


def test_what_is_committed_counts(registry, source):
    registry.record(150_000, {"from": source})
    last = final_block()
    tree = tree_at(last)
    tx = registry.commit(source, commitment_of(tree, 1, last), {"from": source})
    gas = sum(GAS)
    co2e = sum(co2e_micrograms_up(each, FACTOR[0]) for each in GAS)
    assert dict(tx.events["EmissionsCommitted"]) == {
        "account": source,
        "index": 0,
        "factorVersion": 1,
        "firstBlock": 1,
        "lastBlock": last,
        "lastBlockHash": web3.eth.get_block(last)["hash"].to_0x_hex(),
        "recordCount": len(GAS),
        "gasUsed": gas,
        "energyPicowattHours": gas * FACTOR[1],
        "co2eMicrograms": co2e,
        "root": f"0x{tree.root.hex()}",
        "recordsHash": f"0x{RECORDS_HASH.hex()}",
    }
    assert tx.return_value == 0
    emissions = registry.emissionsOf(source)
    assert emissions["recordCount"] == 1 + len(GAS)
    assert emissions["gasUsed"] == 150_000 + gas
    assert emissions["energyPicowattHours"] == (150_000 + gas) * FACTOR[1]
    assert emissions["co2eMicrograms"] == 150_000 * 70 + co2e
    assert registry.commitmentCount(source) == 1
    kept = registry.getCommitment(source, 0)
    assert (str(kept["root"]), *kept[1:]) == (f"0x{tree.root.hex()}", 1, last, 1, *FACTOR[:2])


def test_a_range_without_transactions(registry, source):
    last = final_block()
    commitment = commitment_of(tree_at(last, ()), 1, last)
    tx = registry.commit(source, commitment, {"from": source})
    assert tx.events["EmissionsCommitted"]["root"] == f"0x{EMPTY_ROOT.hex()}"
    assert registry.emittedBy(source) == 0
    assert registry.commitmentCount(source) == 1


@pytest.mark.parametrize(
    "changes", [{"gas_used": 1}, {"co2e_micrograms": 1}, {"top_hash": b"\x01" * 32}]
)
def test_no_transactions_have_nothing(refused, changes):
    last = final_block()
    commitment = commitment_of(tree_at(last, ()), 1, last, **changes)
    gas, co2e = changes.get("gas_used", 0), changes.get("co2e_micrograms", 0)
    refused("TotalsContradict", 0, gas, co2e, commitment=commitment)


def test_a_reporter_nobody_approved_is_refused(registry, roles, source, refused):
    registry.setReporter(roles.auditor, True, {"from": roles.holder})
    last = final_block()
    commitment = commitment_of(tree_at(last), 1, last)
    for reporter in (roles.auditor, roles.administrator, roles.outsider):
        refused("NotReporter", str(source), str(reporter), commitment=commitment, sender=reporter)
    assert registry.commitmentCount(source) == 0


def test_an_approval_withdrawn_midway_ends_there(registry, roles, source, refused):
    registry.setReporter(roles.auditor, True, {"from": source})
    last = final_block()
    registry.commit(source, commitment_of(tree_at(last), 1, last), {"from": roles.auditor})
    registry.setReporter(roles.auditor, False, {"from": source})
    mine()
    after = commitment_of(tree_at(last + 1), last + 1, last + 1)
    refused("NotReporter", str(source), str(roles.auditor), commitment=after, sender=roles.auditor)
    registry.commit(source, after, {"from": source})
    assert registry.commitmentCount(source) == 2


def test_overlapping_ranges_and_gaps_are_refused(registry, committed, refused):
    mine()
    following = committed.last + 1
    for first in (1, committed.last, following + 1):
        commitment = commitment_of(tree_at(following + 1), first, following + 1)
        refused("RangeNotNext", first, following, commitment=commitment)
    registry.commit(*_of_source(committed, following), {"from": committed.tx.sender})
    assert registry.commitmentCount(committed.tx.sender) == 2


def _of_source(committed, block):
    return committed.tx.sender, commitment_of(tree_at(block), block, block)


def test_the_same_commitment_twice_is_refused(registry, committed, refused):
    commitment = commitment_of(committed.tree, 1, committed.last)
    refused("RangeNotNext", 1, committed.last + 1, commitment=commitment)


def test_a_range_that_ends_before_it_begins_is_refused(registry, refused):
    last = final_block()
    refused("RangeIsEmpty", last + 1, last, commitment=commitment_of(tree_at(last), last + 1, last))


@pytest.mark.parametrize("beyond", [1, 2])
def test_a_range_that_is_not_final_is_refused(registry, refused, beyond):
    # The transaction is in a block of its own.
    final = web3.eth.block_number + 1 - FINALITY_BLOCKS
    commitment = commitment_of(tree_at(final + beyond), 1, final + beyond)
    refused("RangeNotFinal", final + beyond, final, commitment=commitment)


def test_another_chains_block_is_refused(registry, source, refused):
    last = final_block()
    other = commitment_of(tree_at(last), 1, last, last_block_hash=b"\x05" * 32)
    true_hash = bytes(web3.eth.get_block(last)["hash"])
    refused("WrongBlockHash", last, true_hash, commitment=other)


def test_a_block_too_old_to_be_given_up_goes_unchecked(registry, source):
    last = final_block()
    mine(256)
    commitment = commitment_of(tree_at(last), 1, last, last_block_hash=b"\x05" * 32)
    registry.commit(source, commitment, {"from": source})
    assert registry.commitmentCount(source) == 1


def test_a_factor_that_goes_back_is_refused(suite, registry, roles, source, refused):
    publish(suite, roles)
    mine()
    last = final_block()
    newer = commitment_of(tree_at(last), 1, last, factor_version=2)
    registry.commit(source, newer, {"from": source})
    mine()
    older = commitment_of(tree_at(last + 1), last + 1, last + 1, factor_version=1)
    refused("FactorGoesBack", 1, 2, commitment=older)


def test_a_factor_not_in_force_is_refused(suite, registry, roles, refused):
    announce(suite, roles)
    last = final_block()
    for version in (0, 2, 3):
        commitment = commitment_of(tree_at(last), 1, last, factor_version=version)
        refused("UnknownFactor", version, commitment=commitment)


@pytest.mark.parametrize(
    "changes",
    [
        {"co2e_micrograms": -1},
        {"co2e_micrograms": len(GAS)},
        {"gas_used": 20_000},
        {"gas_used": -sum(GAS)},
        {"record_count": -len(GAS)},
        {"record_count": sum(GAS)},
    ],
)
def test_totals_that_contradict_themselves_are_refused(registry, refused, changes):
    last = final_block()
    tree = tree_at(last)
    # The least that the gas makes, to which each transaction adds less than one by its rounding.
    totals = {
        "record_count": len(GAS),
        "gas_used": sum(GAS),
        "co2e_micrograms": co2e_micrograms_up(sum(GAS), FACTOR[0]),
    }
    totals |= {name: totals[name] + by for name, by in changes.items()}
    commitment = commitment_of(tree, 1, last, **totals)
    refused("TotalsContradict", *totals.values(), commitment=commitment)


def test_more_gas_than_the_blocks_hold_is_refused(registry, refused):
    last = final_block()
    most = 2 * 2 * web3.eth.get_block("latest")["gasLimit"]
    commitment = commitment_of(tree_at(last), last - 1, last, gas_used=most + 1)
    refused("GasExceedsBlock", most + 1, most, commitment=commitment)


def test_a_reporter_leaves_the_account_room_to_record(registry, source, refused):
    mine(100)
    last, most = final_block(), 2**31 - 1
    for count in (most + 1, most):
        totals = {"record_count": count, "gas_used": count, "co2e_micrograms": count * 70}
        commitment = commitment_of(tree_at(last), 1, last, **totals)
        if count > most:
            refused("CommitmentTooLarge", count, count, commitment=commitment)
    registry.commit(source, commitment, {"from": source})
    registry.record(21_000, {"from": source})
    assert registry.emissionsOf(source)["recordCount"] == most + 1
    commitment = commitment_of(tree_at(last + 1, (1,)), last + 1, last + 1)
    refused("CommitmentTooLarge", 1, 1, commitment=commitment)


def test_each_record_proves_itself(registry, source, committed):
    tree = committed.tree
    for index, record in enumerate(records_of(tree)):
        proof = astuple(tree.proof(index))
        assert registry.proveTransaction(source, 0, astuple(record), proof)


def test_any_other_record_proves_nothing(registry, source, committed):
    tree = committed.tree
    record, proof = tree.record(1), astuple(tree.proof(1))
    others = [
        tree.record(0),
        replace(record, transaction_hash=b"\x09" * 32),
        replace(record, block_number=record.block_number - 1),
        replace(record, block_number=committed.last + 1),
        replace(record, block_number=0),
        replace(record, gas_used=record.gas_used + 1),
        replace(record, energy_picowatt_hours=record.energy_picowatt_hours + 1),
        replace(record, co2e_micrograms=record.co2e_micrograms + 1),
    ]
    for other in others:
        assert not registry.proveTransaction(source, 0, astuple(other), proof)
    assert not registry.proveTransaction(source, 0, astuple(record), astuple(tree.proof(2)))


def test_a_record_of_another_factor_proves_nothing(registry, source):
    last = final_block()
    # What one record has too much, another has too little, so that the totals agree.
    tree = tree_at(last, (100_000, 100_000), (FACTOR[0], FACTOR[1]))
    cheating = [
        replace(tree.record(row), co2e_micrograms=tree.record(row).co2e_micrograms + by)
        for row, by in ((0, 5), (1, -5))
    ]
    levels = levels_of(leaves_of(cheating))
    ((top_hash, totals),) = levels[-1]
    assert totals == tree.totals
    commitment = commitment_of(tree, 1, last, top_hash=top_hash)
    registry.commit(source, commitment, {"from": source})
    for index, record in enumerate(cheating):
        siblings = [astuple(each) for each in path_of(levels, index)]
        assert not registry.proveTransaction(source, 0, astuple(record), (index, 2, siblings))


def test_of_another_commitment_it_proves_nothing(registry, source, roles, committed):
    mine()
    following = committed.last + 1
    registry.commit(*_of_source(committed, following), {"from": source})
    record, proof = astuple(committed.tree.record(0)), astuple(committed.tree.proof(0))
    assert registry.proveTransaction(source, 0, record, proof)
    assert not registry.proveTransaction(source, 1, record, proof)
    assert not registry.proveTransaction(source, 2, record, proof)
    assert not registry.proveTransaction(roles.outsider, 0, record, proof)
