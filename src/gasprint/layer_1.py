"""What the transactions of a rollup make layer 1 emit, added to their share of its own nodes.

    layer-1 gas  = l1_fee / l1_gas_price: what the fee would have bought; bounds: l1_gas_used, what
                   the bytes would have cost as calldata
    energy_kwh  += layer-1 gas * power of layer 1 / (gas of layer 1 per second * 3,600,000)
    co2e_grams  += that energy * the intensity of layer 1's electricity

as `networks.rollup_v1` has it. A transaction without any of these fields, such as a deposit, which
comes from layer 1, puts nothing there. Attributional average.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
from ibis import _

from gasprint.attribution import with_charge
from gasprint.charges import BOUNDS, Charge
from gasprint.errors import SourceError
from gasprint.methods import Method
from gasprint.networks import RollupNetwork
from gasprint.totals import ONE_CHARGE, Part, part_of

_FIELDS = (
    *("l1_fee", "l1_gas_used", "l1_gas_price", "l1_base_fee_scalar"),
    *("l1_blob_base_fee", "l1_blob_base_fee_scalar"),
)
_LEAST, _MOST = 1 - 1e-12, 1 + 1e-12


def on_layer_1(
    blocks: ir.Table, transactions: ir.Table, network: RollupNetwork, charges: Sequence[Charge]
) -> ir.Table:
    """What each transaction of some blocks of a rollup puts on layer 1.

    Args:
        blocks: of the rollup.
        transactions: of these and maybe others, with the fields of layer 1.
        network: the rollup.
        charges: of layer 1, of all the time that the blocks cover.

    Returns:
        A row a transaction: hash, layer_1_seconds_{lower,best,upper} (for how long layer 1 works
        for it), and layer 1's `ONE_CHARGE` and method.

    Raises:
        SourceError: if the fields are missing, or contradict each other.
    """
    for name in _FIELDS:
        # Of all that are there, at least one is no deposit; else they are of another chain.
        if name not in transactions.columns or not transactions[name].count().to_pyarrow().as_py():
            raise SourceError(
                f"{network.name} posts to {network.layer_1.name}, but the source has no {name}; "
                "give receipts of an OP Stack chain from its Ecotone upgrade on"
            )
    _refuse_contradictions(transactions)
    times = blocks.select("timestamp", of_block=_.number)
    rows = transactions.join(times, transactions.block_number == times.of_block)
    bought = (_.l1_fee.cast("float64") / _.l1_gas_price.nullif(0)).fill_null(0.0)
    calldata = _.l1_gas_used.cast("float64").fill_null(0.0)
    per_second = network.layer_1_gas_per_second.value
    seconds = {
        "layer_1_seconds_lower": ibis.least(bought, calldata) / per_second,
        "layer_1_seconds_best": bought / per_second,
        "layer_1_seconds_upper": ibis.greatest(bought, calldata) / per_second,
    }
    return with_charge(rows.mutate(**seconds), charges).select(
        "hash", *seconds, *ONE_CHARGE, "method"
    )


def with_layer_1(
    shares: ir.Table,
    on_layer_1: ir.Table,
    methods: Sequence[Method],
    layer_1_methods: Sequence[Method],
) -> tuple[ir.Table, list[Method]]:
    """The shares of `attribution.attribute`, with what is on layer 1 added to the same columns.

    Returns:
        The shares, and the methods of both together, by number.
    """
    theirs = on_layer_1.rename(layer_1_method="method")
    energy, co2e = {}, {}
    for bound in BOUNDS:
        hours = _[f"layer_1_seconds_{bound}"] / 3600
        kwh = _[f"watts_{bound}"] / 1000 * hours
        energy[f"energy_kwh_{bound}"] = _[f"energy_kwh_{bound}"] + kwh
        co2e[f"co2e_grams_{bound}"] = _[f"co2e_grams_{bound}"] + kwh * _[f"grams_per_kwh_{bound}"]
    both = [own.on(layer_1) for own in methods for layer_1 in layer_1_methods]
    number = _.method * len(layer_1_methods) + _.layer_1_method
    added = shares.join(theirs, "hash").mutate(**energy, **co2e, method=number)
    return added.select(*shares.columns), both


def parts_on_layer_1(on_layer_1: ir.Table) -> list[Part]:
    """The parts of the energy that is drawn on layer 1."""
    sums = {bound: _[f"layer_1_seconds_{bound}"].sum() for bound in BOUNDS}
    rows = on_layer_1.group_by(*ONE_CHARGE).agg(**sums).to_pyarrow().to_pylist()
    return [part_of(row, {bound: row[bound] for bound in BOUNDS}) for row in rows]


def _refuse_contradictions(transactions: ir.Table) -> None:
    """Refuse fees that are not what the other fields make them, as `LayerOneCharge` does."""
    number = {name: _[name].cast("float64") for name in _FIELDS}
    per_byte = (
        16 * number["l1_base_fee_scalar"] * number["l1_gas_price"]
        + number["l1_blob_base_fee_scalar"] * number["l1_blob_base_fee"]
    )
    # l1_gas_used is rounded down to whole gas, and the fee to whole wei.
    least = number["l1_gas_used"] / 16 * per_byte / 1e6 * _LEAST - 2
    most = (number["l1_gas_used"] + 1) / 16 * per_byte / 1e6 * _MOST + 2
    missing = sum(_[name].isnull().cast("int64") for name in _FIELDS)
    is_wrong = (missing > 0) & (missing < len(_FIELDS))
    is_wrong = is_wrong | (_.l1_gas_price == 0) | (_.l1_fee < least) | (_.l1_fee > most)
    wrong = transactions.filter(is_wrong).order_by("block_number", "transaction_index")
    for row in wrong.limit(1).to_pyarrow().to_pylist():
        raise SourceError(
            f"transaction {row['hash']}: l1_fee is {row['l1_fee']} wei, which its other fields do "
            "not make it; check that they are whole, of an OP Stack chain"
        )
