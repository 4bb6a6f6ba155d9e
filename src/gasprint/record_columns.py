"""The records of one commitment, in columns.

52 bytes a record, since a source has millions. What cannot be committed cannot be made: blocks
outside of the range, another order than the chain's, a transaction twice, or one without gas.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gasprint.errors import InputError
from gasprint.record_header import RecordsHeader
from gasprint.record_proofs import HASH_BYTES
from gasprint.record_tree import RecordTree


@dataclass(frozen=True, eq=False)
class EmissionRecords:
    """The records of a source over a range of blocks, in the order of the chain.

    Attributes:
        header: what they are of.
        block_numbers: shape (n,).
        transaction_indices: shape (n,), place in the block.
        transaction_hashes: shape (n, 32), bytes.
        gas_used: shape (n,), gas less what the source metered itself.
    """

    header: RecordsHeader
    block_numbers: npt.NDArray[np.uint64]
    transaction_indices: npt.NDArray[np.uint32]
    transaction_hashes: npt.NDArray[np.uint8]
    gas_used: npt.NDArray[np.uint64]

    def __post_init__(self) -> None:
        """Refuse what cannot be committed.

        Raises:
            InputError: naming the first transaction that is wrong.
        """
        lengths = {
            len(self.block_numbers),
            len(self.transaction_indices),
            len(self.transaction_hashes),
            len(self.gas_used),
        }
        if len(lengths) > 1:
            raise InputError("the columns of the records differ in length; give one row a record")
        first, last = self.header.first_block, self.header.last_block
        blocks = self.block_numbers
        self.refuse(
            (blocks < np.uint64(first)) | (blocks > np.uint64(last)),
            f"is outside of blocks {first} to {last}",
        )
        self.refuse(self.gas_used == 0, "has no gas; leave it out")
        same_block = blocks[1:] == blocks[:-1]
        later = self.transaction_indices[1:] > self.transaction_indices[:-1]
        rising = (blocks[1:] > blocks[:-1]) | same_block & later
        self.refuse(np.append(False, ~rising), "does not come after the one before it; sort them")
        self.refuse(_repeated(self.transaction_hashes), "is there twice")

    def __len__(self) -> int:
        """How many they are."""
        return len(self.block_numbers)

    def tree(self, on_progress: Callable[[int], object] = lambda hashed: None) -> RecordTree:
        """The tree over them; `on_progress` is told how many of the about 2 n nodes are hashed.

        Raises:
            InputError: if a sum leaves its field.
        """
        return RecordTree(
            self.transaction_hashes,
            self.block_numbers,
            self.gas_used,
            picograms_per_gas=self.header.picograms_per_gas,
            picowatt_hours_per_gas=self.header.picowatt_hours_per_gas,
            on_progress=on_progress,
        )

    def index_of(self, transaction_hash: bytes) -> int:
        """The index of a transaction, from 0.

        Raises:
            InputError: if it is not among them.
        """
        same = np.zeros(len(self), np.bool_)
        if len(transaction_hash) == HASH_BYTES:
            wanted = np.frombuffer(transaction_hash, np.uint8)
            same = (self.transaction_hashes == wanted).all(axis=1)
        found = np.flatnonzero(same)
        if not len(found):
            raise InputError(f"transaction 0x{transaction_hash.hex()} is not among the records")
        return int(found[0])

    def refuse(self, wrong: npt.NDArray[np.bool_], problem: str) -> None:
        """Refuse the first record of those that are wrong, if one is; shape (n,)."""
        if wrong.any():
            row = int(wrong.argmax())
            raise InputError(
                f"transaction 0x{self.transaction_hashes[row].tobytes().hex()} "
                f"of block {self.block_numbers[row]} {problem}"
            )


def _repeated(hashes: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Where a hash stands that was there before; shape (n,)."""
    words = np.ascontiguousarray(hashes).view(np.uint64)
    wrong = np.zeros(len(words), np.bool_)
    # Of honest hashes hardly two begin alike, and only those that do are compared whole.
    beginnings = np.sort(words[:, 0])
    alike = np.unique(beginnings[1:][beginnings[1:] == beginnings[:-1]])
    rows = np.flatnonzero(np.isin(words[:, 0], alike)) if len(alike) else np.empty(0, np.intp)
    in_order = rows[np.lexsort(words[rows].T)]
    wrong[in_order[1:]] = (words[in_order[1:]] == words[in_order[:-1]]).all(axis=1)
    return wrong
