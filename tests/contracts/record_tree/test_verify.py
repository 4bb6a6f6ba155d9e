"""RecordTree.verify: what nobody can prove to a contract.

given trees of many sizes
  each record proves itself, and with another index or count, or other siblings, nothing
  a changed record, and one of a tree with a record dropped, doubled or moved, proves nothing
  nothing below an inflated node proves itself, and sums that leave their field revert
  a tree that is deeper, or less deep, than its count says proves nothing
  a node shown as a record, a record shown as a node, and the last record twice prove nothing
given a record in a million
  proving it takes a small part of what the transaction may cost
"""

from dataclasses import astuple, replace

import numpy as np
import pytest
from brownie import reverts
from sha3 import keccak_256

from gasprint.record_proofs import root_of
from gasprint.record_sums import FIELD_BITS, Sums
from gasprint.record_tree import EmissionRecord, RecordProof, RecordTree, Sibling
from tests.record_trees import leaves_of, levels_of, path_of, records_of, tree_of
from tests.suite import reverts_with

SIZES = [*range(1, 10), 16, 17]
ATTEMPTS_A_CALL = 150
HOLDS, FAILS = "holds", "fails"
SUM_TOO_LARGE = keccak_256(b"SumTooLarge(uint256,uint256)").hexdigest()[:8]
GAS_OF_A_TRANSACTION, GAS_OF_EXECUTION = 60_000, 15_000


@pytest.fixture(autouse=True)
def isolation():
    """The library keeps nothing, and needs none of the suite."""


@pytest.fixture(scope="module")
def libraries(project_contracts, roles):
    return project_contracts.LibrariesHarness.deploy({"from": roles.deployer})


@pytest.fixture(params=SIZES, ids=lambda size: f"{size} records")
def tree(request):
    return tree_of([21_000 + 7 * row for row in range(request.param)])


def outcomes_of(libraries, attempts):
    """What the library makes of records, proofs and roots: it holds, fails, or reverts."""
    outcomes = []
    for start in range(0, len(attempts), ATTEMPTS_A_CALL):
        chunk = attempts[start : start + ATTEMPTS_A_CALL]
        records, proofs, roots = zip(*chunk, strict=True)
        answers = libraries.verifyRecords(
            [astuple(record) for record in records], [astuple(proof) for proof in proofs], roots
        )
        for held, reason in zip(*answers, strict=True):
            is_revert = bytes(reason).hex()[:8]
            outcomes.append(is_revert or (HOLDS if held else FAILS))
    return outcomes


def proven(tree):
    """Every record with its proof and the root."""
    return [(tree.record(index), tree.proof(index), tree.root) for index in range(len(tree))]


def refused(libraries, attempts):
    return set(outcomes_of(libraries, attempts)) <= {FAILS}


def test_each_record_proves_itself_and_not_elsewhere(libraries, tree):
    assert outcomes_of(libraries, proven(tree)) == [HOLDS] * len(tree)
    counts = {0, len(tree) - 1, len(tree), len(tree) + 1, 2 * len(tree), 2**32, 2**256 - 1}
    assert refused(
        libraries,
        [
            (record, replace(proof, index=index, record_count=count), root)
            for record, proof, root in proven(tree)
            for index in {*range(len(tree) + 1), 2**256 - 1}
            for count in sorted(counts)
            if (index, count) != (proof.index, len(tree))
        ],
    )


def test_other_siblings_prove_nothing(libraries, tree):
    attempts = [(*shown[:2], bytes(32)) for shown in proven(tree)]
    for record, proof, root in proven(tree):
        paths = [(*proof.siblings, Sibling(bytes(32), 0))]
        for at, sibling in enumerate(proof.siblings):
            for other in (
                replace(sibling, sums=sibling.sums + 1),
                replace(sibling, sums=sibling.sums - 1),
                replace(sibling, hash=bytes(32)),
            ):
                paths.append((*proof.siblings[:at], other, *proof.siblings[at + 1 :]))
            paths.append((*proof.siblings[:at], *proof.siblings[at + 1 :]))
        attempts += [(record, replace(proof, siblings=path), root) for path in paths]
    assert refused(libraries, attempts)


def test_changed_records_prove_nothing(libraries, tree):
    attempts = []
    for record, proof, root in proven(tree):
        attempts.append((replace(record, transaction_hash=bytes(32)), proof, root))
        for name in ("block_number", "gas_used", "energy_picowatt_hours", "co2e_micrograms"):
            for change in (1, -1):
                changed = replace(record, **{name: getattr(record, name) + change})
                attempts.append((changed, proof, root))
    assert refused(libraries, attempts)


def test_lists_with_a_record_dropped_doubled_or_moved_prove_nothing(libraries, tree):
    gas = [record.gas_used for record in records_of(tree)]
    rows = list(range(len(gas)))
    attempts = []
    for order in (rows[1:], rows[:-1], [*rows, rows[-1]], [0, *rows], [*rows[1:], 0]):
        if order and order != rows:
            other = tree_of(gas, order)
            attempts += [(*shown[:2], tree.root) for shown in proven(other)]
            attempts += [(*shown[:2], other.root) for shown in proven(tree)]
    assert refused(libraries, attempts)


@pytest.mark.parametrize("lowers", [False, True])
def test_nothing_below_an_inflated_node_proves_itself(libraries, tree, lowers):
    """By itself, or against its sibling, so that the totals are those of an honest tree."""
    records = records_of(tree)
    levels = levels_of(leaves_of(records))
    attempts = []
    for depth, level in enumerate(levels):
        for position in range(len(level)):
            beside = position ^ 1
            if lowers and beside >= len(level):
                continue
            inflated = list(level)
            more = level[beside][1] if lowers else Sums(0, 1, 1, 1)
            more = replace(more, record_count=0)
            inflated[position] = (level[position][0], level[position][1] + more)
            if lowers:
                less = Sums.of_word(level[beside][1].word - more.word)
                inflated[beside] = (level[beside][0], less)
            published = levels[:depth] + levels_of(inflated)
            root = root_of(*published[-1][0])
            for index, record in enumerate(records):
                if index >> depth == position or (lowers and index >> depth == beside):
                    path = path_of(published, index)
                    attempts.append((record, RecordProof(index, len(records), path), root))
    assert refused(libraries, attempts)


def test_sums_that_leave_their_field_revert(libraries, tree):
    """Where what they wrap round to is what the totals should be, too."""
    attempts = []
    for record, proof, root in proven(tree):
        for at, sibling in enumerate(proof.siblings):
            for name, bits in FIELD_BITS.items():
                full = replace(Sums.of_word(sibling.sums), **{name: 2**bits - 1})
                path = list(proof.siblings)
                path[at] = replace(sibling, sums=full.word)
                attempts.append((record, replace(proof, siblings=tuple(path)), root))
    assert set(outcomes_of(libraries, attempts)) <= {SUM_TOO_LARGE}


def test_nodes_are_no_records(libraries, tree):
    levels = levels_of(leaves_of(records_of(tree)))
    attempts = []
    for depth, level in enumerate(levels[1:], 1):
        for position, (node_hash, sums) in enumerate(level):
            left_child_hash = levels[depth - 1][2 * position][0]
            for shown in (node_hash, left_child_hash):
                posing = EmissionRecord(shown, 0, *list(vars(sums).values())[1:])
                for count in (len(level), len(tree)):
                    path = path_of(levels[depth:], position)
                    attempts.append((posing, RecordProof(position, count, path), tree.root))
    assert refused(libraries, attempts)


def test_records_are_no_nodes(libraries, tree):
    attempts = []
    for record, proof, root in proven(tree):
        child = Sibling(record.transaction_hash, record.sums.word)
        for count in (len(tree), 2 * len(tree)):
            longer = RecordProof(2 * proof.index, count, (child, *proof.siblings))
            attempts.append((record, longer, root))
    assert refused(libraries, attempts)


def test_the_last_record_is_not_there_twice(libraries, tree):
    """CVE-2012-2459: where an odd node is paired with itself, a list and a longer one are alike."""
    last = len(tree) - 1
    record, proof, root = proven(tree)[last]
    (leaf_hash, sums), *_ = leaves_of([record])
    twice = (Sibling(leaf_hash, sums.word), *proof.siblings)
    attempts = [
        (record, RecordProof(index, count, path), root)
        for path in (twice, proof.siblings)
        for count in (len(tree), len(tree) + 1)
        for index in (last, last + 1)
        if (path, count, index) != (proof.siblings, len(tree), last)
    ]
    assert refused(libraries, attempts)


def test_a_tree_of_another_depth_than_its_count_proves_nothing(libraries, tree):
    """As a reporter may publish it, with all hashes and sums in order."""
    levels = levels_of(leaves_of(records_of(tree)))
    empty, many = ((bytes(32), Sums(count, 0, 0, 0)) for count in (0, 2**20))
    attempts = []
    for beside, count in ((empty, len(tree)), (many, len(tree) + 2**20)):
        for top in ([*levels[-1], beside], [beside, *levels[-1]]):
            root = root_of(*levels_of(top)[-1][0])
            for record, proof, _ in proven(tree):
                path = (*proof.siblings, Sibling(beside[0], beside[1].word))
                attempts.append((record, RecordProof(proof.index, count, path), root))
    assert refused(libraries, attempts)


def test_a_record_in_a_million(libraries, roles):
    count = 1_000_000
    random = np.random.default_rng(1)
    tree = RecordTree(
        random.integers(0, 256, (count, 32), np.uint8),
        19_000_000 + np.arange(count, dtype=np.uint64) // np.uint64(150),
        random.integers(21_000, 500_000, count, np.uint64),
        picograms_per_gas=69_661_138,
        picowatt_hours_per_gas=187_000_003,
    )
    index = 0b1010_1010_1010_1010_1010
    record, proof = tree.record(index), tree.proof(index)
    assert len(proof.siblings) == 20
    shown = libraries.showRecord(
        astuple(record), astuple(proof), tree.root, {"from": roles.outsider}
    )
    calldata = bytes.fromhex(shown.input[2:])
    zeros = calldata.count(0)
    others = len(calldata) - zeros
    executed = shown.gas_used - 21_000 - 4 * zeros - 16 * others
    print(f"{shown.gas_used:,} gas, of which {executed:,} are not for the calldata")
    assert shown.gas_used <= GAS_OF_A_TRANSACTION
    assert executed <= GAS_OF_EXECUTION
    with reverts(reverts_with("NotProven")):
        libraries.showRecord(
            astuple(record),
            astuple(replace(proof, index=index ^ 1)),
            tree.root,
            {"from": roles.outsider},
        )
