"""A commitment of a range of blocks, built from the chain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from eth_typing import ChecksumAddress

from gasprint._node import Node
from gasprint.chain_transactions import SourceTransaction, block_hash, read_blocks
from gasprint.errors import InputError, ReorganisedError
from gasprint.ledger import RegisteredFactor
from gasprint.record_columns import EmissionRecords
from gasprint.record_header import RecordsHeader
from gasprint.record_tree import RecordTree

READ_ATTEMPTS = 5
"""How often a range is read anew, where the chain changes under it."""


@dataclass(frozen=True, eq=False)
class BuiltCommitment:
    """What there is to commit of a range of blocks.

    Attributes:
        records: a row a transaction.
        tree: over them.
        transactions: all transactions of the account in the range, those left out too.
    """

    records: EmissionRecords
    tree: RecordTree
    transactions: tuple[SourceTransaction, ...]

    def arguments(self, records_hash: bytes) -> tuple[Any, ...]:
        """IEmissionsRegistry.Commitment, field for field; `records_hash` is that of the file."""
        header, totals = self.records.header, self.tree.totals
        return (
            header.first_block,
            header.last_block,
            bytes.fromhex(header.last_block_hash[2:]),
            header.factor_version,
            totals.record_count,
            totals.gas_used,
            totals.co2e_micrograms,
            self.tree.top_hash,
            records_hash,
        )


class Registry(Protocol):
    """What is needed of the registry of emissions."""

    @property
    def chain_id(self) -> int:
        """Of the chain that it stands on."""

    @property
    def node(self) -> Node:
        """What reads the chain."""

    @property
    def address(self) -> str:
        """Where it stands."""

    def factors(self) -> list[RegisteredFactor]:
        """All factors, the first version first."""


def version_at(factors: Sequence[RegisteredFactor], time_unix_seconds: int) -> int:
    """The version of the factor in force at a time; what was before the first is charged by it."""
    in_force = [each.effective_at_seconds <= time_unix_seconds for each in factors]
    return max(sum(in_force), 1)


def build_commitment(
    contracts: Registry,
    account: ChecksumAddress,
    first_block: int,
    last_block: int,
    on_block: Callable[[int], object] = lambda number: None,
) -> BuiltCommitment:
    """Read a range from the chain; it ends earlier where the factor in force changes.

    Where the chain changes meanwhile, it is read anew.

    Args:
        contracts: the registry.
        account: whose transactions.
        first_block: the first block.
        last_block: the last one, included; final.
        on_block: told the number of each block that was read.

    Raises:
        ReorganisedError: if the chain goes on changing.
        InputError: if the node fails, or no factor is in force.
    """
    factors = contracts.factors()
    newest = contracts.node.newest_block()
    now = contracts.node.block_time_unix_seconds(newest)
    if not factors or factors[0].effective_at_seconds > now:
        raise InputError("no factor is in force yet; wait until the first one is")
    for _ in range(READ_ATTEMPTS - 1):
        try:
            return _read(contracts, account, range(first_block, last_block + 1), factors, on_block)
        except ReorganisedError:
            pass
    return _read(contracts, account, range(first_block, last_block + 1), factors, on_block)


def records_of(
    header: RecordsHeader, transactions: Sequence[SourceTransaction], *, with_metered: bool = False
) -> EmissionRecords:
    """The records of transactions: their gas less what was metered, or all of it."""
    gas = [each.receipt_gas if with_metered else each.gas_left for each in transactions]
    kept = [pair for pair in zip(transactions, gas, strict=True) if pair[1]]
    hashes = b"".join(each.transaction_hash for each, _ in kept)
    return EmissionRecords(
        header,
        np.array([each.block_number for each, _ in kept], np.uint64),
        np.array([each.transaction_index for each, _ in kept], np.uint32),
        np.frombuffer(hashes, np.uint8).reshape(-1, 32),
        np.array([left for _, left in kept], np.uint64),
    )


def _read(
    contracts: Registry,
    account: ChecksumAddress,
    blocks: range,
    factors: Sequence[RegisteredFactor],
    on_block: Callable[[int], object],
) -> BuiltCommitment:
    transactions: list[SourceTransaction] = []
    version, last, last_hash = 0, blocks.start, ""
    for block in read_blocks(contracts.node, account, contracts.address, blocks):
        its_version = version_at(factors, block.time_unix_seconds)
        if version not in (0, its_version):
            break
        version, last, last_hash = its_version, block.number, block.hash
        transactions += block.transactions
        on_block(block.number)
    if block_hash(contracts.node, last) != last_hash:
        raise ReorganisedError(f"block {last} changed while it was read; try again")
    factor = factors[version - 1]
    header = RecordsHeader(
        chain_id=contracts.chain_id,
        registry=contracts.address,
        source=account,
        first_block=blocks.start,
        last_block=last,
        last_block_hash=last_hash,
        factor_version=version,
        picograms_per_gas=factor.picograms_per_gas,
        picowatt_hours_per_gas=factor.picowatt_hours_per_gas,
    )
    records = records_of(header, transactions)
    return BuiltCommitment(records, records.tree(), tuple(transactions))
