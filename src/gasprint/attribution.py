"""Shares the energy of a network out to its transactions.

    block seconds  = timestamp - timestamp of the block before, if that is in the data;
                     else the network's usual time between blocks
    block energy   = network power * block seconds
    window         = the block; or the UTC day, of which the energy is that of its blocks, however
                     often power and intensity change in it; a day on which the model or the grid
                     changes, as that of the merge, is two
    energy_kwh     = energy of the window * weight / weight of the window
    co2e_grams     = CO2e of the window * weight / weight of the window

The weight is the gas used, the fee paid (what is burnt included), one for each transaction, or in
the hybrid the fee, of which the window's weight then is all fees and the block rewards: what the
rewards stand for is the holders' and appears in no row.

The shares are ratios of whole numbers that add up to one, so what is shared out adds up to the
window's energy exactly; the columns are that in 64-bit floating point. A block without a weight
has nobody to share with, and its energy appears nowhere. All is written as Ibis expressions: any
engine that Ibis speaks can run it. Attributional average.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import ibis
import ibis.expr.types as ir
from ibis import _

from gasprint.charges import (
    BOUNDS,
    CHARGES_SCHEMA,
    WATT_SECONDS_PER_KWH,
    Charge,
    charge_rows,
    charge_table,
)
from gasprint.choices import Allocation, Window
from gasprint.errors import SourceError
from gasprint.sources.chain_data import SENDER

EPOCH = datetime.fromtimestamp(0, UTC)

WINDOW_KEYS = {Window.BLOCK: ["number"], Window.DAY: ["day", "method"]}
"""Columns of `charged` blocks by which they are of one window."""

_WEIGHT_OF_SUMS = {Allocation.GAS: "receipts_gas", Allocation.COUNT: "receipts"}
"""Column of `ChainData.sums` that has the weight of a block's transactions."""

QUANTITIES = tuple(f"{name}_{bound}" for name in ("energy_kwh", "co2e_grams") for bound in BOUNDS)


def with_seconds(blocks: ir.Table, usual_seconds: ir.Value | None) -> ir.Table:
    """Blocks with the column `seconds`, int64: the time that each block covers.

    Null where the block before it is not in the data, and no usual time is given.
    """
    in_order = ibis.window(order_by="number")
    unix_seconds = _.timestamp.epoch_seconds()
    since_parent = unix_seconds - unix_seconds.lag().over(in_order)
    parent_is_there = _.number.lag().over(in_order) == _.number - 1
    return blocks.mutate(
        seconds=ibis.ifelse(
            parent_is_there,
            since_parent,
            ibis.null("int64") if usual_seconds is None else usual_seconds,
        ).cast("int64")
    )


def attribute(
    blocks: ir.Table,
    transactions: ir.Table,
    charges: Sequence[Charge],
    allocation: Allocation = Allocation.GAS,
    window: Window = Window.BLOCK,
) -> ir.Table:
    """Energy and CO2e of every transaction of some blocks, and how they were found.

    Args:
        blocks: as `ChainData` has them, with `seconds`; with block rewards for the hybrid.
        transactions: as `ChainData` has them, of these blocks and maybe others; with fees where
            the allocation needs them.
        charges: of all the time that the blocks cover.
        allocation: by what a window's energy is shared out.
        window: a block, or a UTC day.

    Returns:
        A row a transaction, in no order: hash, block_number, block_timestamp, day,
        transaction_index, from_address, to_address, gas_used, block_gas_used,
        energy_kwh_{lower,best,upper}, co2e_grams_{lower,best,upper}, method, the number of its in
        `methods_of(charges)`, and `SENDER` if it is there.

    Raises:
        SourceError: if there is no column that the allocation needs.
    """
    weighed, of_blocks = _weighed(blocks, transactions, charges, allocation, window)
    sender = [SENDER] if SENDER in transactions.columns else []
    return _shares(weighed, of_blocks).select(
        *("hash", "block_number", "block_timestamp", "day", "transaction_index"),
        *("from_address", "to_address", "gas_used", "block_gas_used", *QUANTITIES, "method"),
        *sender,
    )


def attribute_blocks(
    blocks: ir.Table,
    transactions: ir.Table,
    charges: Sequence[Charge],
    allocation: Allocation = Allocation.GAS,
    window: Window = Window.BLOCK,
    sums: ir.Table | None = None,
) -> ir.Table:
    """The same, added up by block, for what is about blocks or days: many times faster.

    Args:
        blocks: as for `attribute`.
        transactions: likewise.
        charges: likewise.
        allocation: likewise.
        window: likewise.
        sums: of the transactions by block, as `ChainData` has them, so that these are not added up
            again by gas or by count.

    Returns:
        A row a block with transactions, in no order: block_number, block_timestamp, day,
        transactions, gas_used, energy_kwh_{lower,best,upper}, co2e_grams_{lower,best,upper},
        method.

    Raises:
        SourceError: if there is no column that the allocation needs.
    """
    weighed, of_blocks = _weighed(blocks, transactions, charges, allocation, window)
    if sums is None or allocation not in _WEIGHT_OF_SUMS:
        by_block = weighed.group_by("block_number").agg(
            weight=_.weight.sum(), gas_used=_.gas_used.sum(), transactions=_.count()
        )
    else:
        by_block = sums.select(
            "block_number",
            weight=_[_WEIGHT_OF_SUMS[allocation]],
            gas_used=_.receipts_gas,
            transactions=_.receipts,
        )
    return _shares(by_block, of_blocks).select(
        *("block_number", "block_timestamp", "day", "transactions", "gas_used"),
        *(*QUANTITIES, "method"),
    )


def _weighed(
    blocks: ir.Table,
    transactions: ir.Table,
    charges: Sequence[Charge],
    allocation: Allocation,
    window: Window,
) -> tuple[ir.Table, ir.Table]:
    _require_columns(blocks, transactions, allocation)
    weighed = transactions.mutate(weight=_weight(allocation))
    return weighed, _with_window(charged(blocks, charges), weighed, allocation, window)


def _shares(weighed: ir.Table, of_blocks: ir.Table) -> ir.Table:
    quantities = {name: _[f"{name}_of_weight"] * _.weight.cast("float64") for name in QUANTITIES}
    return weighed.join(of_blocks, weighed.block_number == of_blocks.number).mutate(**quantities)


def _require_columns(blocks: ir.Table, transactions: ir.Table, allocation: Allocation) -> None:
    needs = {
        Allocation.FEE: {"fee_wei": transactions},
        Allocation.HYBRID: {"fee_wei": transactions, "block_reward_wei": blocks},
    }
    for column, table in needs.get(allocation, {}).items():
        if column not in table.columns:
            raise SourceError(
                f"sharing out by {allocation} needs {column}, which the source does not have; "
                "use --allocation gas, or files that have it"
            )


def _weight(allocation: Allocation) -> ir.Deferred:
    if allocation is Allocation.GAS:
        return _.gas_used
    return ibis.literal(1, type="int64") if allocation is Allocation.COUNT else _.fee_wei


def charged(blocks: ir.Table, charges: Sequence[Charge]) -> ir.Table:
    """Blocks, with their `seconds`, with the energy and CO2e of those, and how they were found."""
    energy = {
        f"energy_kwh_{bound}": _.seconds * (_[f"watts_{bound}"] / WATT_SECONDS_PER_KWH)
        for bound in BOUNDS
    }
    co2e = {
        f"co2e_grams_{bound}": _[f"energy_kwh_{bound}"] * _[f"grams_per_kwh_{bound}"]
        for bound in BOUNDS
    }
    return with_charge(blocks, charges).mutate(**energy).mutate(**co2e)


def with_charge(rows: ir.Table, charges: Sequence[Charge]) -> ir.Table:
    """Rows that have a `timestamp`, each with the columns of the charge that holds then."""
    rows = rows.mutate(day=_.timestamp.date())
    if len({replace(each, since=EPOCH, until=EPOCH) for each in charges}) == 1:
        # One model and one grid for all of them: nothing to look up.
        return rows.mutate(**_literals(charges[0]))
    return rows.join(charge_table(charges), "day").filter(
        (_.timestamp >= _.since) & (_.timestamp < _.until)
    )


def with_weight(blocks: ir.Table, transactions: ir.Table, allocation: Allocation) -> ir.Table:
    """Blocks with the column `block_weight`: what all of their transactions weigh."""
    if allocation is Allocation.GAS:
        # As the blocks have it, so that a transaction that is set aside leaves its share with it.
        return blocks.mutate(block_weight=_.gas_used)
    if allocation is Allocation.COUNT:
        return blocks.mutate(block_weight=_.transaction_count)
    fees = transactions.group_by(of_block="block_number").agg(fees_wei=_.fee_wei.sum())
    there = blocks.left_join(fees, blocks.number == fees.of_block)
    return there.mutate(block_weight=_.fees_wei.fill_null(0))


def _literals(charge: Charge) -> dict[str, ir.Value]:
    (row,) = charge_rows([charge])
    return {
        name: _literal(row[name])
        for name in CHARGES_SCHEMA.names
        if name not in ("day", "since", "until")
    }


def _literal(value: float | str) -> ir.Value:
    # A number with a point is a decimal to Spark, which would round what comes of it.
    if isinstance(value, float):
        return ibis.literal(repr(value)).cast("float64")
    return ibis.literal(value, type="int64" if isinstance(value, int) else "string")


def _with_window(
    blocks: ir.Table, weighed: ir.Table, allocation: Allocation, window: Window
) -> ir.Table:
    """Blocks with what a weight of one has in their window; nothing, where that has no weight.

    Worked out here, of blocks, which are a few hundred times fewer than their transactions.
    """
    blocks, keys = with_weight(blocks, weighed, allocation), WINDOW_KEYS[window]
    if allocation is Allocation.HYBRID:
        blocks = blocks.mutate(block_weight=_.block_weight + _.block_reward_wei)
    sums = {f"window_{name}": _[name].sum() for name in QUANTITIES}
    windows = blocks.group_by(keys).agg(**sums, window_weight=_.block_weight.sum())
    return blocks.join(windows, keys).select(
        *("number", "day", "method"),
        block_timestamp=_.timestamp,
        block_gas_used=_.gas_used,
        **{
            f"{name}_of_weight": ibis.ifelse(
                _.window_weight > 0,
                _[f"window_{name}"] / _.window_weight.cast("float64").nullif(0.0),
                0.0,
            )
            for name in QUANTITIES
        },
    )
