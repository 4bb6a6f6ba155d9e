"""A footprint's rows: of single transactions, or added up by what they are about."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from gasprint.attribution import METHOD, QUANTITIES
from gasprint.choices import By
from gasprint.errors import InputError


def rows_by(table: ir.Table, what: By) -> ir.Table:
    """A row a transaction of `attribution.attribute`, or the sums of those of a block and so on.

    Raises:
        InputError: if transactions are of no entity.
    """
    if what is By.TRANSACTION:
        return table
    if what is By.BLOCK:
        return summed(table, "block_number", "block_timestamp")
    if what is By.ADDRESS:
        return summed(table, "from_address")
    if what is By.DAY:
        return summed(table.mutate(day=_.block_timestamp.date()), "day")
    raise InputError("transactions are of no entity; use --by address")


def summed(table: ir.Table, *keys: str) -> ir.Table:
    """The sums of a footprint by some of its columns, and how it was found, ordered by the first.

    Where it was found in two ways, as before the merge and after it, both are named; the factor's
    year is the newest.
    """
    counted = _.transactions.sum() if "transactions" in table.columns else _.count()
    return (
        table.group_by(*keys)
        .agg(
            transactions=counted,
            gas_used=_.gas_used.sum(),
            **{name: _[name].sum() for name in QUANTITIES},
            **{name: _both(_[name]) for name in METHOD if name != "factor_year"},
            factor_year=_.factor_year.max(),
        )
        .order_by(keys[0])
        .select(*keys, "transactions", "gas_used", *QUANTITIES, *METHOD)
    )


def _both(names: ir.Deferred) -> ir.Deferred:
    first, last = names.min(), names.max()
    return ibis.ifelse(first == last, first, first + " and " + last)
