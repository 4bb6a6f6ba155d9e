"""A record, and the proof that it is in a tree of a given root.

    leafHash = keccak256(0x00 | transactionHash | blockNumber (64 bits) | sums)
    nodeHash = keccak256(0x01 | leftHash | leftSums | rightHash | rightSums)
    root     = keccak256(0x02 | topHash | totals)

`contracts/libraries/RecordTree.sol` verifies the same proofs; `tests/parity/vectors.json` holds
both to one set of trees.
"""

from __future__ import annotations

from dataclasses import dataclass

from sha3 import keccak_256

from gasprint.errors import InputError
from gasprint.record_sums import Sums

LEAF, NODE, ROOT = b"\x00", b"\x01", b"\x02"
"""What a hash begins with, so that none can pass for one of another kind."""

HASH_BYTES = 32


@dataclass(frozen=True)
class EmissionRecord:
    """What one transaction emitted: IEmissionsRegistry.EmissionRecord, field for field.

    Attributes:
        transaction_hash: 32 bytes.
        block_number: its block.
        gas_used: gas.
        energy_picowatt_hours: energy.
        co2e_micrograms: CO2e.
    """

    transaction_hash: bytes
    block_number: int
    gas_used: int
    energy_picowatt_hours: int
    co2e_micrograms: int

    @property
    def sums(self) -> Sums:
        """The sums of this record alone; an InputError where a figure leaves its field."""
        return Sums(1, self.gas_used, self.energy_picowatt_hours, self.co2e_micrograms)


@dataclass(frozen=True)
class Sibling:
    """A node beside the way from a record to the root: IEmissionsRegistry.Sibling.

    Attributes:
        hash: 32 bytes.
        sums: its sums word.
    """

    hash: bytes
    sums: int


@dataclass(frozen=True)
class RecordProof:
    """Shows that a record is in a tree: IEmissionsRegistry.RecordProof, field for field.

    Attributes:
        index: of the record, from 0.
        record_count: how many records the tree has.
        siblings: from the record up.
    """

    index: int
    record_count: int
    siblings: tuple[Sibling, ...]


def verify(record: EmissionRecord, proof: RecordProof, root: bytes) -> bool:
    """Whether a proof shows that a record is in the tree of a root (RFC 9162, 2.1.3.2).

    The totals that it arrives at are part of the root, and have to count `proof.record_count`.

    Raises:
        InputError: if a sum leaves its field, as it reverts in the contract, or a part cannot be.
    """
    if not 0 <= proof.index < proof.record_count:
        return False
    index, last = proof.index, proof.record_count - 1
    node_hash, sums = leaf_hash(record), record.sums
    for sibling in proof.siblings:
        if last == 0:
            return False
        beside = Sums.of_word(sibling.sums)
        if index & 1 or index == last:
            node_hash = node_hash_of(sibling.hash, beside, node_hash, sums)
            while not index & 1 and index:  # an odd node, which went up unchanged until here
                index, last = index >> 1, last >> 1
        else:
            node_hash = node_hash_of(node_hash, sums, sibling.hash, beside)
        sums += beside
        index, last = index >> 1, last >> 1
    return (
        last == 0 and sums.record_count == proof.record_count and root_of(node_hash, sums) == root
    )


def leaf_hash(record: EmissionRecord) -> bytes:
    """The hash of a record; an InputError where a part of it leaves its field."""
    if not 0 <= record.block_number < 1 << 64:
        raise InputError(f"block_number is {record.block_number}, beyond 64 bits; check the record")
    block_number = record.block_number.to_bytes(8, "big")
    return _keccak(LEAF, _checked(record.transaction_hash), block_number, _bytes_of(record.sums))


def node_hash_of(left_hash: bytes, left: Sums, right_hash: bytes, right: Sums) -> bytes:
    """The hash of a node of two children."""
    parts = (_checked(left_hash), _bytes_of(left), _checked(right_hash), _bytes_of(right))
    return _keccak(NODE, *parts)


def root_of(top_hash: bytes, totals: Sums) -> bytes:
    """The root of a tree by its topmost node."""
    return _keccak(ROOT, _checked(top_hash), _bytes_of(totals))


def _keccak(*parts: bytes) -> bytes:
    digest: bytes = keccak_256(b"".join(parts)).digest()
    return digest


def _checked(found: bytes) -> bytes:
    # One of another length would move what comes after it into another's place.
    if len(found) != HASH_BYTES:
        raise InputError(f"hash 0x{found.hex()} has {len(found)} bytes, but must have 32")
    return found


def _bytes_of(sums: Sums) -> bytes:
    return sums.word.to_bytes(32, "big")
