"""Which blocks share their energy out, and whether a source tells all by which they do.

A block without a weight, gas, transactions or fees, has nobody to share with. In the hybrid, the
part of the fees in fees and block rewards is shared out; the rest is the holders'.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from gasprint.attribution import WINDOW_KEYS, with_weight
from gasprint.choices import Allocation, Window
from gasprint.errors import SourceError
from gasprint.sources.chain_data import ChainData

BY_FEES = (Allocation.FEE, Allocation.HYBRID)


def refuse_unknown_fees(chain: ChainData, blocks: ir.Table) -> None:
    """Refuse to share out by fees of which some are not known, and others would get their part.

    Args:
        chain: with `fee_wei`, or without it.
        blocks: those of it that count.

    Raises:
        SourceError: naming the first transaction without a fee, or if some were set aside.
    """
    if "fee_wei" not in chain.transactions.columns:
        return
    if chain.set_aside is not None and chain.set_aside.transactions:
        raise SourceError(
            "the fees of transactions that are set aside are not known, and the others of their "
            "blocks would get their part; use --allocation gas or count, or mend the rows"
        )
    counts = blocks.select(of_block=_.number)
    there = chain.transactions.join(counts, chain.transactions.block_number == counts.of_block)
    missing = there.filter(_.fee_wei.isnull()).order_by("block_number", "transaction_index")
    for row in missing.limit(1).to_pyarrow().to_pylist():
        raise SourceError(
            f"transaction {row['hash']} has no fee and no gas price, and the others of its block "
            "would get its part; use --allocation gas or count, or complete the row"
        )


def with_sharing(
    blocks: ir.Table, transactions: ir.Table, allocation: Allocation, window: Window
) -> ir.Table:
    """Blocks, as `attribution.charged` has them, with `shares` and `share`.

    Args:
        blocks: of whatever windows.
        transactions: of these and maybe others, with fees where the allocation needs them.
        allocation: by what a window's energy is shared out.
        window: a block, or a UTC day.

    Returns:
        The same, with `shares`, whether the energy of its window is shared out, and in the hybrid
        `share`, float64, which part of it.
    """
    blocks = with_weight(blocks, transactions, allocation)
    of_window, rewards = _.block_weight, _.block_reward_wei
    if window is Window.DAY:
        over = ibis.window(group_by=WINDOW_KEYS[window])
        of_window, rewards = of_window.sum().over(over), rewards.sum().over(over)
    blocks = blocks.mutate(window_weight=of_window, shares=of_window > 0)
    if allocation is not Allocation.HYBRID:
        return blocks
    weight = _.window_weight.cast("float64")
    return blocks.mutate(share=weight / (weight + rewards.cast("float64")).nullif(0.0))
