"""The tree over a source's records, whose root binds each of them and the totals of all.

A Merkle-sum tree of the shape of RFC 9162: a node's sums are those of its two children, and an odd
node goes up unchanged. `gasprint.record_proofs` has the hashes. Built in columns, since a source
has millions of records.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from sha3 import keccak_256

from gasprint.errors import InputError
from gasprint.record_proofs import (
    HASH_BYTES,
    LEAF,
    NODE,
    EmissionRecord,
    RecordProof,
    Sibling,
    root_of,
    verify,
)
from gasprint.record_sums import NO_SUMS, Column, Sums, added_words, record_words, sums_of
from gasprint.units import co2e_micrograms_up, energy_picowatt_hours

__all__ = ["EMPTY_ROOT", "EmissionRecord", "RecordProof", "RecordTree", "Sibling", "verify"]

EMPTY_ROOT = bytes(32)
"""Of a tree of no records."""

Bytes: TypeAlias = npt.NDArray[np.uint8]

_NODE_BYTES = 64
_CHUNK = 4096
"""Nodes that are hashed at once: what they take stays in a core's own memory."""


class RecordTree:
    """A tree with all its nodes, 128 bytes a record."""

    def __init__(
        self,
        transaction_hashes: Bytes,
        block_numbers: Column,
        gas_used: Column,
        *,
        picograms_per_gas: int,
        picowatt_hours_per_gas: int,
        on_progress: Callable[[int], object] = lambda hashed: None,
    ) -> None:
        """Build the tree of n records, in their order.

        Args:
            transaction_hashes: shape (n, 32), bytes.
            block_numbers: shape (n,).
            gas_used: shape (n,), gas.
            picograms_per_gas: pg CO2e per gas, by which all are charged.
            picowatt_hours_per_gas: pWh per gas.
            on_progress: told how many of the about 2 n nodes are hashed.

        Raises:
            InputError: if a sum leaves its field, or a factor its 48 bits.
        """
        if not len(transaction_hashes) == len(block_numbers) == len(gas_used):
            raise InputError("the columns of the records differ in length; give one row a record")
        self.totals: Sums = NO_SUMS
        self._columns = (transaction_hashes, block_numbers, gas_used)
        self._factor = (picograms_per_gas, picowatt_hours_per_gas)
        self._hashed = 0
        self._on_progress = on_progress
        # Of each node its hash and its sums, 64 bytes: two in a row are what their parent hashes.
        self._levels = [self._leaves()]
        while len(self._levels[-1]) > 1:
            self._levels.append(self._level_above(self._levels[-1]))

    def __len__(self) -> int:
        """How many records it has."""
        return len(self._levels[0])

    @property
    def root(self) -> bytes:
        """Binds the records, their order and the totals; 32 bytes."""
        return root_of(self.top_hash, self.totals) if len(self) else EMPTY_ROOT

    @property
    def top_hash(self) -> bytes:
        """The hash at its top, 32 bytes; zero where there are no records."""
        return self._levels[-1][0, :HASH_BYTES].tobytes() if len(self) else bytes(HASH_BYTES)

    def record(self, index: int) -> EmissionRecord:
        """The record of an index.

        Raises:
            InputError: if there is none.
        """
        self._refuse_unknown(index)
        hashes, blocks, gas_used = self._columns
        gas = int(gas_used[index])
        picograms_per_gas, picowatt_hours_per_gas = self._factor
        return EmissionRecord(
            transaction_hash=hashes[index].tobytes(),
            block_number=int(blocks[index]),
            gas_used=gas,
            energy_picowatt_hours=energy_picowatt_hours(gas, picowatt_hours_per_gas),
            co2e_micrograms=co2e_micrograms_up(gas, picograms_per_gas),
        )

    def proof(self, index: int) -> RecordProof:
        """Shows that the record of an index is in the tree.

        Raises:
            InputError: if there is none.
        """
        self._refuse_unknown(index)
        siblings = []
        for depth, level in enumerate(self._levels):
            beside = index >> depth ^ 1
            if beside < len(level):
                entry = level[beside].tobytes()
                siblings.append(
                    Sibling(entry[:HASH_BYTES], int.from_bytes(entry[HASH_BYTES:], "big"))
                )
        return RecordProof(index, len(self), tuple(siblings))

    def _refuse_unknown(self, index: int) -> None:
        if not 0 <= index < len(self):
            raise InputError(f"record {index} is not among the {len(self)}, counted from 0")

    def _leaves(self) -> Bytes:
        hashes, blocks, gas_used = self._columns
        leaves = np.empty((len(hashes), _NODE_BYTES), np.uint8)
        for start in range(0, len(hashes), _CHUNK):
            chunk = slice(start, start + _CHUNK)
            # Where the totals keep to their fields, so does every sum on the way there.
            self.totals += sums_of(gas_used[chunk], *self._factor)
            sums = _big_endian(record_words(gas_used[chunk], *self._factor))
            numbers = _big_endian(blocks[chunk, np.newaxis])
            leaves[chunk, HASH_BYTES:] = sums
            leaves[chunk, :HASH_BYTES] = self._hash(LEAF, hashes[chunk], numbers, sums)
        return leaves

    def _level_above(self, level: Bytes) -> Bytes:
        pairs, odd = divmod(len(level), 2)
        children = level[: 2 * pairs].reshape(-1, 2 * _NODE_BYTES)
        above = np.empty((pairs + odd, _NODE_BYTES), np.uint8)
        above[pairs:] = level[2 * pairs :]
        for start in range(0, pairs, _CHUNK):
            both = children[start : start + _CHUNK]
            parents = above[start : start + len(both)]
            words = (_native(both[:, part : part + 32]) for part in (32, 96))
            parents[:, HASH_BYTES:] = _big_endian(added_words(*words))
            parents[:, :HASH_BYTES] = self._hash(NODE, both)
        return above

    def _hash(self, tag: bytes, *parts: Bytes) -> Bytes:
        count = len(parts[0])
        tags = np.broadcast_to(np.frombuffer(tag, np.uint8), (count, 1))
        messages = np.concatenate((tags, *parts), axis=1)
        rows = messages.view(f"V{messages.shape[1]}").ravel().tolist()
        digests = b"".join([keccak_256(row).digest() for row in rows])
        self._hashed += count
        self._on_progress(self._hashed)
        return np.frombuffer(digests, np.uint8).reshape(count, HASH_BYTES)


def _big_endian(words: npt.NDArray[np.uint64]) -> Bytes:
    return words.astype(">u8").view(np.uint8)


def _native(words: Bytes) -> npt.NDArray[np.uint64]:
    return words.view(">u8").astype(np.uint64)
