"""The tree over records, and what nobody can prove by it.

given any records
    the tree's sums are the records' sums, and each record proves itself
    more of them than are hashed at once give what RFC 9162's own definition gives
given a record that was changed, dropped, doubled or put elsewhere
    the root is another, and what the other tree proves is not proven here
given a reporter who inflates an inner node, by itself or against its sibling
    no record below it proves itself; sums that leave their field are refused
given a node that is shown as a record, a record as a node, or the last record twice
    it proves nothing
given another index or count, or a tree that is deeper or less deep than its count says
    it proves nothing
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gasprint.errors import InputError
from gasprint.record_proofs import leaf_hash, root_of
from gasprint.record_sums import FIELD_BITS, Sums
from gasprint.record_tree import (
    EMPTY_ROOT,
    EmissionRecord,
    RecordProof,
    RecordTree,
    Sibling,
    verify,
)
from tests.record_trees import leaves_of, levels_of, path_of, records_of, top_of, tree_of

GAS = st.lists(st.integers(1, 2**40), min_size=1, max_size=20)


def fails(record: EmissionRecord, proof: RecordProof, root: bytes) -> bool:
    """Whether it proves nothing, or is refused as in the contract."""
    try:
        return not verify(record, proof, root)
    except InputError as error:
        return "leaves its field" in str(error)


@given(GAS)
def test_sums_are_the_records_sums_and_each_proves_itself(gas: list[int]) -> None:
    tree = tree_of(gas)
    records = records_of(tree)
    assert tree.totals == sum((each.sums for each in records[1:]), start=records[0].sums)
    assert tree.root == root_of(*top_of(records))
    assert [each.gas_used for each in records] == gas
    for index, record in enumerate(records):
        assert verify(record, tree.proof(index), tree.root)


def test_more_records_than_are_hashed_at_once() -> None:
    tree = tree_of([21_000 + row for row in range(2 * 4096 + 1)])
    assert tree.root == root_of(*top_of(records_of(tree)))
    for index in (0, 4095, 4096, 8191, 8192):
        assert verify(tree.record(index), tree.proof(index), tree.root)


def test_no_records() -> None:
    tree = tree_of([])
    assert (len(tree), tree.root, tree.totals.word) == (0, EMPTY_ROOT, 0)
    with pytest.raises(InputError, match="record 0 is not among the 0"):
        tree.proof(0)
    alone = tree_of([1])
    assert not verify(alone.record(0), RecordProof(0, 0, ()), EMPTY_ROOT)
    assert not verify(alone.record(0), RecordProof(0, 1, ()), EMPTY_ROOT)


def test_progress_is_told() -> None:
    told: list[int] = []
    columns = (np.zeros((5, 32), np.uint8), *(np.ones(5, np.uint64) for _ in range(2)))
    RecordTree(*columns, picograms_per_gas=1, picowatt_hours_per_gas=1, on_progress=told.append)
    assert told == [5, 7, 8, 9]


@given(GAS, st.data())
def test_a_changed_record_proves_nothing(gas: list[int], data: st.DataObject) -> None:
    tree = tree_of(gas)
    index = data.draw(st.integers(0, len(tree) - 1))
    record, proof = tree.record(index), tree.proof(index)
    name = data.draw(st.sampled_from([each for each in vars(record) if each != "transaction_hash"]))
    value = data.draw(st.integers(0, 2**56 - 1))
    assume(value != getattr(record, name))
    assert fails(replace(record, **{name: value}), proof, tree.root)
    assert fails(replace(record, transaction_hash=bytes(32)), proof, tree.root)


@given(GAS, st.data())
def test_records_dropped_doubled_or_reordered_give_another_root(
    gas: list[int], data: st.DataObject
) -> None:
    honest = tree_of(gas)
    rows = list(range(len(gas)))
    at, to = (data.draw(st.integers(0, len(gas) - 1)) for _ in range(2))
    dropped, doubled, reordered = rows[:at] + rows[at + 1 :], [*rows], [*rows]
    doubled.insert(to, at)
    reordered.insert(to, reordered.pop(at))
    for order in (dropped, doubled, reordered):
        if order == rows:
            continue
        other = tree_of(gas, order)
        assert other.root != honest.root
        for index, row in enumerate(order):
            assert fails(other.record(index), other.proof(index), honest.root)
            assert fails(honest.record(row), honest.proof(row), other.root)


@given(GAS, st.data())
def test_nothing_below_an_inflated_node_proves_itself(gas: list[int], data: st.DataObject) -> None:
    records = records_of(tree_of(gas))
    levels = levels_of(leaves_of(records))
    depth = data.draw(st.integers(0, len(levels) - 1))
    position = data.draw(st.integers(0, len(levels[depth]) - 1))
    beside, inflated = position ^ 1, list(levels[depth])
    lowers = beside < len(inflated) and data.draw(st.booleans())
    room = vars(inflated[beside][1]).values() if lowers else [2**31] * len(FIELD_BITS)
    more = Sums(*(data.draw(st.integers(0, most)) for most in room))
    assume(more.word)
    inflated[position] = (inflated[position][0], inflated[position][1] + more)
    if lowers:  # so that the totals are those of an honest tree
        less = Sums.of_word(inflated[beside][1].word - more.word)
        inflated[beside] = (inflated[beside][0], less)
    published = levels[:depth] + levels_of(inflated)
    assert len(published) == len(levels)
    root = root_of(*published[-1][0])
    for index, record in enumerate(records):
        proof = RecordProof(index, len(records), path_of(published, index))
        is_below = index >> depth == position or (lowers and index >> depth == beside)
        # Others only see totals that are too high, which is the reporter's own loss.
        if is_below or (more.record_count and not lowers):
            assert fails(record, proof, root)


@given(GAS, st.data())
def test_a_siblings_sums_cannot_be_changed(gas: list[int], data: st.DataObject) -> None:
    assume(len(gas) > 1)
    tree = tree_of(gas)
    index = data.draw(st.integers(0, len(tree) - 1))
    proof = tree.proof(index)
    siblings = list(proof.siblings)
    at = data.draw(st.integers(0, len(siblings) - 1))
    word = data.draw(st.integers(0, 2**256 - 1))
    assume(word != siblings[at].sums)
    siblings[at] = replace(siblings[at], sums=word)
    assert fails(tree.record(index), replace(proof, siblings=tuple(siblings)), tree.root)


@pytest.mark.parametrize("name", FIELD_BITS)
def test_refuses_sums_that_leave_their_field(name: str) -> None:
    tree = tree_of([21_000] * 4)
    proof = tree.proof(1)
    full = replace(Sums.of_word(proof.siblings[0].sums), **{name: 2 ** FIELD_BITS[name] - 1})
    siblings = (replace(proof.siblings[0], sums=full.word), *proof.siblings[1:])
    changes = {} if name == "record_count" else {name: 1}
    record, forged = replace(tree.record(1), **changes), replace(proof, siblings=siblings)
    with pytest.raises(InputError, match=f"{name} is {2 ** FIELD_BITS[name]}"):
        verify(record, forged, tree.root)


@given(st.lists(st.integers(1, 2**40), min_size=2, max_size=20), st.data())
def test_a_node_is_no_record(gas: list[int], data: st.DataObject) -> None:
    tree = tree_of(gas)
    levels = levels_of(leaves_of(records_of(tree)))
    depth = data.draw(st.integers(1, len(levels) - 1))
    position = data.draw(st.integers(0, len(levels[depth]) - 1))
    node_hash, sums = levels[depth][position]
    left_child_hash = levels[depth - 1][2 * position][0]
    for shown in (node_hash, left_child_hash):
        posing = EmissionRecord(shown, 0, *list(vars(sums).values())[1:])
        for count in (len(levels[depth]), len(tree)):
            proof = RecordProof(position, count, path_of(levels[depth:], position))
            assert fails(posing, proof, tree.root)


@given(GAS, st.data())
def test_a_record_is_no_node(gas: list[int], data: st.DataObject) -> None:
    """A record's hash has other content and length than a node's: nothing is below it."""
    tree = tree_of(gas)
    index = data.draw(st.integers(0, len(tree) - 1))
    record, proof = tree.record(index), tree.proof(index)
    # What its leaf is hashed of, read as two children.
    children = record.transaction_hash, record.sums.word
    below = replace(record, block_number=0)
    for count in (len(tree), 2 * len(tree)):
        longer = RecordProof(2 * index, count, (Sibling(*children), *proof.siblings))
        assert fails(below, longer, tree.root)
        assert fails(record, longer, tree.root)


@given(st.integers(1, 8))
def test_the_last_record_is_not_there_twice(half: int) -> None:
    """CVE-2012-2459: where an odd node is paired with itself, a list and a longer one are alike."""
    gas = [21_000 + row for row in range(2 * half - 1)]
    honest, last = tree_of(gas), len(gas) - 1
    doubled = tree_of(gas, [*range(len(gas)), last])
    assert doubled.root != honest.root
    assert fails(doubled.record(last + 1), doubled.proof(last + 1), honest.root)
    leaf, sums = leaf_hash(honest.record(last)), honest.record(last).sums
    beside = (Sibling(leaf, sums.word), *honest.proof(last).siblings)
    for count in (len(gas), len(gas) + 1):
        for index in (last, last + 1):
            assert fails(honest.record(last), RecordProof(index, count, beside), honest.root)


@given(GAS, st.data())
def test_another_index_or_count_proves_nothing(gas: list[int], data: st.DataObject) -> None:
    tree = tree_of(gas)
    index = data.draw(st.integers(0, len(tree) - 1))
    proof = tree.proof(index)
    for other_index in (*range(-1, len(tree) + 2), 2**256):
        for count in (0, len(tree) - 1, len(tree), len(tree) + 1, 2 * len(tree), 2**32, 2**256):
            if (other_index, count) != (index, len(tree)):
                moved = replace(proof, index=other_index, record_count=count)
                assert not verify(tree.record(index), moved, tree.root)


@given(st.lists(st.integers(1, 2**40), min_size=2, max_size=20), st.data())
def test_a_proof_cut_short_or_made_longer_proves_nothing(
    gas: list[int], data: st.DataObject
) -> None:
    tree = tree_of(gas)
    index = data.draw(st.integers(0, len(tree) - 1))
    proof = tree.proof(index)
    for siblings in (
        proof.siblings[:-1],
        proof.siblings[1:],
        (*proof.siblings, Sibling(bytes(32), 0)),
    ):
        assert not verify(tree.record(index), replace(proof, siblings=siblings), tree.root)


@given(GAS)
def test_a_tree_of_another_depth_than_its_count_proves_nothing(gas: list[int]) -> None:
    """As a reporter may publish it, with all hashes and sums in order."""
    records = records_of(tree_of(gas))
    empty, many = ((bytes(32), Sums(count, 0, 0, 0)) for count in (0, 2**20))
    levels = levels_of(leaves_of(records))
    for beside, count in ((empty, len(gas)), (many, len(gas) + 2**20)):
        for top in ([*levels[-1], beside], [beside, *levels[-1]]):
            published = levels[:-1] + levels_of(top)
            root = root_of(*published[-1][0])
            for index, record in enumerate(records):
                path = path_of(levels, index)
                proof = RecordProof(index, count, (*path, Sibling(beside[0], beside[1].word)))
                assert not verify(record, proof, root)


def test_refuses_what_is_no_hash_or_block() -> None:
    tree = tree_of([1, 2])
    record, proof = tree.record(0), tree.proof(0)
    with pytest.raises(InputError, match="has 31 bytes, but must have 32"):
        verify(replace(record, transaction_hash=bytes(31)), proof, tree.root)
    longer = replace(proof, siblings=(replace(proof.siblings[0], hash=bytes(33)),))
    with pytest.raises(InputError, match="has 33 bytes, but must have 32"):
        verify(record, longer, tree.root)
    with pytest.raises(InputError, match="block_number is 18446744073709551616, beyond 64 bits"):
        verify(replace(record, block_number=2**64), proof, tree.root)


def test_refuses_columns_that_differ_in_length() -> None:
    with pytest.raises(InputError, match="differ in length"):
        RecordTree(
            np.zeros((2, 32), np.uint8),
            *(np.ones(count, np.uint64) for count in (2, 3)),
            picograms_per_gas=1,
            picowatt_hours_per_gas=1,
        )
