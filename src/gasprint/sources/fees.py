"""What transactions paid, and what of it was burnt, from prices and gas."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from gasprint.sources.chain_data import SENDER, TRANSACTIONS_SCHEMA
from gasprint.sources.columns import L1_FIELDS

ADDRESSES = {"from_address", "to_address"}
_OPTIONAL = ("fee_wei", "burnt_wei", *L1_FIELDS, SENDER)


def with_fees(transactions: ir.Table, blocks: ir.Table) -> ir.Table:
    """The columns that `chain_data` describes, with those of the optional ones that can be known.

    Args:
        transactions: as they were read.
        blocks: of them, with `base_fee_wei` if it is known.
    """
    there = transactions.columns
    if "gas_price_wei" in there:
        paid = _wei(_.gas_price_wei, _.gas_used)
        fee = ibis.coalesce(_.fee_wei, paid) if "fee_wei" in there else paid
        transactions = transactions.mutate(fee_wei=fee)
    if "burnt_wei" not in there and "base_fee_wei" in there:
        transactions = transactions.mutate(burnt_wei=_wei(_.base_fee_wei, _.gas_used))
    elif "burnt_wei" not in there and "base_fee_wei" in blocks.columns:
        fees = blocks.select(of_block=_.number, base_fee_wei=_.base_fee_wei)
        transactions = transactions.left_join(
            fees, transactions.block_number == fees.of_block
        ).mutate(burnt_wei=_wei(_.base_fee_wei, _.gas_used))
    nowhere = ibis.null("string")
    addresses = {n: nowhere for n in sorted(ADDRESSES) if n not in transactions.columns}
    transactions = transactions.mutate(**addresses) if addresses else transactions
    return transactions.select(
        *TRANSACTIONS_SCHEMA, *(name for name in _OPTIONAL if name in transactions.columns)
    )


def _wei(price_wei: ir.IntegerValue, gas: ir.IntegerValue) -> ir.DecimalValue:
    # Nineteen digits hold any int64, and two of them fit 38.
    exact = price_wei.cast("decimal(19, 0)") * gas.cast("decimal(19, 0)")
    return exact.cast("decimal(38, 0)")
