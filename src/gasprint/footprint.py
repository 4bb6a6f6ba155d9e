"""From blocks and transactions to the footprint of each, and of all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Generic, TypeVar

import ibis
import ibis.expr.types as ir
from ibis import _

from gasprint._data import DATA
from gasprint.attribution import attribute, attribute_blocks, charged
from gasprint.block_seconds import UsualTime, time_of, timed, usual_time
from gasprint.charges import Charge, charges_of, methods_of
from gasprint.choices import Allocation, By, Window
from gasprint.errors import InputError, SourceError
from gasprint.footprint_rows import ABOUT_BLOCKS, rows_by
from gasprint.grid import Grid, GridIntensity, grid_intensity, grid_named
from gasprint.layer_1 import on_layer_1, parts_on_layer_1, with_layer_1
from gasprint.methods import Method
from gasprint.networks import (
    Network,
    ProofOfStakeNetwork,
    RollupNetwork,
    chain_id_of,
    networks_of_chain,
    proof_of_stake_network,
)
from gasprint.sharing import BY_FEES, refuse_unknown_fees, with_sharing
from gasprint.sources.chain_data import ChainData
from gasprint.sources.ethereum_etl import read_ethereum_etl
from gasprint.totals import Part, Totals, parts_of_blocks, totals_of_blocks

SAMPLE_BLOCKS = DATA / "ethereum" / "blocks_17173049_17173050.jsonl"
SAMPLE_TRANSACTIONS = DATA / "ethereum" / "transactions_17173049_17173050.jsonl"

_DAY = timedelta(days=1)

Span = tuple[int | date | None, int | date | None]
"""The first and the last block or UTC day, both included; None where it has no end."""

ALL: Span = (None, None)

LOCAL_CHAIN_IDS = (1337, 31337)
"""Of chains that Ganache, Anvil and Hardhat make, which are taken for what they are said to be."""

Moved = Callable[[ir.Table, ir.Table], tuple[ir.Table, ir.Table]]
"""Gives two tables to another engine."""

N = TypeVar("N", bound=Network)
G = TypeVar("G", bound=Grid)


@dataclass(frozen=True)
class Footprint(Generic[N, G]):
    """The footprint of some blocks.

    Attributes:
        shares: of transactions, as `attribution.attribute` has them.
        block_shares: of blocks, as `attribution.attribute_blocks` has them.
        methods: by which they were found, by number.
        totals: of them.
        network: whose power was shared out.
        grid: the electricity that it was made of.
        allocation: by what.
        window: of what time at once.
        chain: what it was found from.
        blocks: those of it that count, with the `seconds` that each covers.
        charges: of all the time that they cover.
        usual: what a block covers of which no more is known.
        parts: what the totals are made of.
    """

    shares: ir.Table
    block_shares: ir.Table
    methods: Sequence[Method]
    totals: Totals
    network: N
    grid: G
    allocation: Allocation
    window: Window
    chain: ChainData
    blocks: ir.Table
    charges: Sequence[Charge]
    usual: UsualTime
    parts: Sequence[Part]

    @property
    def table(self) -> ir.Table:
        """A row a transaction, in the order of the chain."""
        return self.by(By.TRANSACTION)

    def by(self, what: By) -> ir.Table:
        """A row a block, sender or UTC day, with the sums of its transactions; or one of these.

        Raises:
            InputError: if transactions are of no entity.
        """
        shares = self.block_shares if what in ABOUT_BLOCKS else self.shares
        return rows_by(shares, what, self.allocation, self.methods)


def footprint_of_files(
    blocks: Path,
    transactions: Path,
    network: str = "ethereum",
    grid: str = "network:ethereum",
) -> Footprint[ProofOfStakeNetwork, GridIntensity]:
    """The footprint by which factors are made, of what ethereum-etl exported to two files.

    Args:
        blocks: JSON Lines or CSV.
        transactions: JSON Lines or CSV, with `receipt_gas_used`.
        network: name of the proof-of-stake network that the blocks are of.
        grid: region of the electricity, as `grid.grid_intensity` reads it.

    Raises:
        InputError: if a file, the network or the region is wrong, in one line that says how.
    """
    intensity, model = grid_intensity(grid), proof_of_stake_network(network)
    return footprint_of(read_ethereum_etl(blocks, transactions), model, intensity)


def footprint_of(
    chain: ChainData,
    network: N,
    grid: G,
    allocation: Allocation = Allocation.GAS,
    window: Window = Window.BLOCK,
    span: Span = ALL,
    moved: Moved | None = None,
) -> Footprint[N, G]:
    """The footprint of `chain`, by the model of `network` and on the electricity of `grid`.

    Of a rollup, `grid` is that of its own nodes; what it puts on layer 1 has layer 1's.

    Args:
        chain: blocks and transactions.
        network: whose power is shared out.
        grid: the electricity that it is made of.
        allocation: by what.
        window: of what time at once.
        span: first and last block or UTC day that counts.
        moved: gives blocks and transactions to the engine that is to share the energy out; without
            it, the one that checked them does.

    Raises:
        InputError: if the network or the grid has no figure for some of the time, or the chain is
            known to be another network.
        SourceError: if two blocks in a row are not whole slots apart, or over an hour, or a column
            is missing that the allocation needs, or no block is of these days.
    """
    _refuse_another_chain(chain, network)
    usual = usual_time(chain, network)
    blocks = _within(timed(chain, network, usual), span)
    first, last = time_of(blocks)
    if first is None or last is None:
        raise SourceError("no block is of these days or numbers; choose others")
    charges = charges_of(network, grid, first, last)
    if allocation in BY_FEES:
        refuse_unknown_fees(chain, blocks)
    tables = blocks, chain.transactions
    blocks_there, transactions = moved(*tables) if moved else tables
    given = blocks_there, transactions, charges, allocation, window
    shares, methods = attribute(*given), methods_of(charges)
    # Another engine is to do all of the work.
    block_shares = attribute_blocks(*given, sums=None if moved else chain.sums)
    sharing = with_sharing(charged(blocks, charges), chain.transactions, allocation, window)
    parts = parts_of_blocks(sharing)
    if isinstance(network, RollupNetwork):
        layer_1_grid = grid_named(f"network:{network.layer_1.name}")
        layer_1_charges = charges_of(network.layer_1, layer_1_grid, first, last)
        there = on_layer_1(blocks_there, transactions, network, layer_1_charges)
        shares, methods = with_layer_1(shares, there, methods, methods_of(layer_1_charges))
        block_shares, parts = shares, parts + parts_on_layer_1(there)
    return Footprint(
        shares=shares,
        block_shares=block_shares,
        methods=methods,
        totals=totals_of_blocks(sharing, parts),
        network=network,
        grid=grid,
        allocation=allocation,
        window=window,
        chain=chain,
        blocks=blocks,
        charges=charges,
        usual=usual,
        parts=parts,
    )


def _refuse_another_chain(chain: ChainData, network: Network) -> None:
    told, expected = chain.chain_id, chain_id_of(network.name)
    if told is None or told in (expected, *LOCAL_CHAIN_IDS):
        return
    if names := networks_of_chain(told):
        raise InputError(
            f"the source is of chain {told}, which is {names[0]} and not {network.name}; "
            f"add --network {names[0]}"
        )
    if expected is not None:
        raise InputError(
            f"the source is of chain {told}, and {network.name} is chain {expected}; name the "
            "network that it is of, or its power with --network file:power.csv"
        )


def _within(blocks: ir.Table, span: Span) -> ir.Table:
    since, until = span
    if isinstance(since, int):
        blocks = blocks.filter(_.number >= since)
    elif since is not None:
        blocks = blocks.filter(_.timestamp >= _midnight(since))
    if isinstance(until, int):
        blocks = blocks.filter(_.number <= until)
    elif until is not None:
        blocks = blocks.filter(_.timestamp < _midnight(until + _DAY))
    return blocks


def _midnight(day: date) -> ir.TimestampScalar:
    return ibis.literal(datetime.combine(day, time(), UTC), type="timestamp('UTC')")
