"""Trees of a few records, and their nodes one by one, for whoever tries to cheat with them."""

from __future__ import annotations

import numpy as np
from sha3 import keccak_256

from gasprint.record_proofs import leaf_hash, node_hash_of
from gasprint.record_sums import Sums
from gasprint.record_tree import EmissionRecord, RecordTree, Sibling

PICOGRAMS, PICOWATT_HOURS = 69_661_138, 187_000_003
"""Of one gas."""

Node = tuple[bytes, Sums]


def tree_of(gas: list[int], order: list[int] | None = None) -> RecordTree:
    """A tree of records of these amounts of gas, or of those of `order` among them."""
    rows = range(len(gas)) if order is None else order
    hashes = b"".join(keccak_256(row.to_bytes(4, "big")).digest() for row in rows)
    return RecordTree(
        np.frombuffer(hashes, np.uint8).reshape(-1, 32),
        np.array([19_000_000 + row // 3 for row in rows], np.uint64),
        np.array([gas[row] for row in rows], np.uint64),
        picograms_per_gas=PICOGRAMS,
        picowatt_hours_per_gas=PICOWATT_HOURS,
    )


def records_of(tree: RecordTree) -> list[EmissionRecord]:
    """All its records, in order."""
    return [tree.record(index) for index in range(len(tree))]


def leaves_of(records: list[EmissionRecord]) -> list[Node]:
    """The leaves of records."""
    return [(leaf_hash(each), each.sums) for each in records]


def node_of(left: Node, right: Node) -> Node:
    """The node above two others."""
    return node_hash_of(*left, *right), left[1] + right[1]


def top_of(records: list[EmissionRecord]) -> Node:
    """The topmost node by RFC 9162's definition: split at the largest power of two below."""
    if len(records) == 1:
        return leaves_of(records)[0]
    split = 1 << (len(records) - 1).bit_length() - 1
    return node_of(top_of(records[:split]), top_of(records[split:]))


def levels_of(nodes: list[Node]) -> list[list[Node]]:
    """A level of nodes, and all above it; an odd one goes up unchanged."""
    levels = [nodes]
    while len(nodes) > 1:
        pairs = zip(nodes[::2], nodes[1::2], strict=False)
        nodes = [node_of(*pair) for pair in pairs] + nodes[len(nodes) & ~1 :]
        levels.append(nodes)
    return levels


def path_of(levels: list[list[Node]], index: int) -> tuple[Sibling, ...]:
    """The siblings from a node of the first level up."""
    beside = [(level, index >> up ^ 1) for up, level in enumerate(levels)]
    return tuple(
        Sibling(level[at][0], level[at][1].word) for level, at in beside if at < len(level)
    )
