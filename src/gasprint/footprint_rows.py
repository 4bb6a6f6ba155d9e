"""A footprint's rows: of single transactions, or added up by what they are about."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
from ibis import _

from gasprint.attribution import QUANTITIES
from gasprint.choices import Allocation, By
from gasprint.errors import InputError
from gasprint.methods import Method, words_of
from gasprint.sources.chain_data import SENDER
from gasprint.sources.columns import address_of

ABOUT_BLOCKS = (By.BLOCK, By.DAY)
METHOD = ("network_model", "allocation", "grid_source", "factor_year")


def rows_by(
    shares: ir.Table, what: By, allocation: Allocation, methods: Sequence[Method]
) -> ir.Table:
    """A row a transaction, in the order of the chain; or the sums of those of a block and so on.

    Args:
        shares: of transactions, as `attribution.attribute` has them; for rows of blocks and days,
            those of `attribute_blocks` will do.
        what: a row is about.
        allocation: by what they were shared out.
        methods: by number.

    Raises:
        InputError: if transactions are of no entity.
    """
    if what is By.TRANSACTION:
        return (
            shares.order_by("block_number", "transaction_index")
            .mutate(**words_of(shares.method, shares.method, methods), **_named(allocation))
            .select(
                *("hash", "block_number", "block_timestamp", "from_address", "to_address"),
                *("gas_used", "block_gas_used", *QUANTITIES, *METHOD),
            )
        )
    keys = {
        By.BLOCK: ("block_number", "block_timestamp"),
        By.ADDRESS: ("from_address",),
        By.DAY: ("day",),
    }
    if what not in keys:
        raise InputError("transactions are of no entity; use --by address")
    return summed(shares, keys[what], allocation, methods)


def summed(
    shares: ir.Table, keys: Sequence[str], allocation: Allocation, methods: Sequence[Method]
) -> ir.Table:
    """The sums of shares by some of their columns, and how they were found, ordered by the first.

    Args:
        shares: of transactions, or of entities and days, which say how many transactions they are.
        keys: columns.
        allocation: by what they were shared out.
        methods: by number.
    """
    if tuple(keys) == ("from_address",) and SENDER in shares.columns:
        by_sender = _added_up(shares, [SENDER])
        shares = by_sender.mutate(from_address=address_of(by_sender[SENDER]))
    sums = _added_up(shares, keys)
    return (
        sums.mutate(**words_of(sums.first_method, sums.last_method, methods), **_named(allocation))
        .order_by(keys[0])
        .select(*keys, "transactions", "gas_used", *QUANTITIES, *METHOD)
    )


def _added_up(rows: ir.Table, keys: Sequence[str]) -> ir.Table:
    """Sums of shares, or of such sums, with the first and the last of their methods."""
    counted = _.transactions.sum() if "transactions" in rows.columns else _.count()
    first, last = ("first_method", "last_method")
    if first not in rows.columns:
        first = last = "method"
    return rows.group_by(*keys).agg(
        transactions=counted,
        **{name: _[name].sum() for name in ("gas_used", *QUANTITIES)},
        first_method=_[first].min(),
        last_method=_[last].max(),
    )


def _named(allocation: Allocation) -> dict[str, ir.StringValue]:
    return {"allocation": ibis.literal(str(allocation))}
