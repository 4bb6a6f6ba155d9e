"""Shares the energy of each block out to its transactions, by gas.

    block seconds  = timestamp - timestamp of the block before, if that is in the data;
                     else the network's slot time
    block energy   = network power * block seconds
    energy_kwh     = block energy * gas_used / block_gas_used
    co2e_grams     = energy_kwh * grid intensity

The shares are ratios of whole numbers that add up to one, so what is shared out adds up to the
block's energy exactly; the columns are that in 64-bit floating point. A block without gas has
nobody to share with, and its energy appears nowhere. All is written as Ibis expressions: any
engine that Ibis speaks can run it. Attributional average, by location.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
from ibis import _

from gasprint.grid import GridIntensity
from gasprint.networks import ProofOfStakeNetwork
from gasprint.sources.chain_data import ChainData

ALLOCATION = "gas"
BOUNDS = ("lower", "best", "upper")

WATT_SECONDS_PER_KWH = 3_600_000


def with_seconds(blocks: ir.Table, slot_seconds: int) -> ir.Table:
    """Blocks with the column `seconds`, int64: the time that each block covers."""
    in_order = ibis.window(order_by="number")
    unix_seconds = _.timestamp.epoch_seconds()
    since_parent = unix_seconds - unix_seconds.lag().over(in_order)
    parent_is_there = _.number.lag().over(in_order) == _.number - 1
    return blocks.mutate(
        seconds=ibis.ifelse(parent_is_there, since_parent, slot_seconds).cast("int64")
    )


def attribute_by_gas(
    chain: ChainData, network: ProofOfStakeNetwork, grid: GridIntensity
) -> ir.Table:
    """Energy and CO2e of every transaction, with how they were found.

    Returns:
        A row a transaction: hash, block_number, block_timestamp, from_address, to_address,
        gas_used, block_gas_used, energy_kwh_{lower,best,upper}, co2e_grams_{lower,best,upper},
        network_model, allocation, grid_source, factor_year.
    """
    blocks = with_seconds(chain.blocks, network.slot_seconds).select(
        "number", "seconds", block_timestamp=_.timestamp, block_gas_used=_.gas_used
    )
    shares = chain.transactions.join(blocks, _.block_number == blocks.number)
    power_watts, grams_per_kwh = network.power_watts, grid.grams_per_kwh
    energy = {
        f"energy_kwh_{bound}": _.seconds
        * (getattr(power_watts, bound) / WATT_SECONDS_PER_KWH)
        * _.gas_used
        / _.block_gas_used
        for bound in BOUNDS
    }
    co2e = {
        f"co2e_grams_{bound}": _[f"energy_kwh_{bound}"] * getattr(grams_per_kwh, bound)
        for bound in BOUNDS
    }
    return (
        shares.mutate(**energy)
        .mutate(**co2e)
        .mutate(
            network_model=ibis.literal(network.model),
            allocation=ibis.literal(ALLOCATION),
            grid_source=ibis.literal(grid.reference),
            factor_year=ibis.literal(grid.year, type="int64"),
        )
        .order_by("block_number", "transaction_index")
        .select(
            *("hash", "block_number", "block_timestamp", "from_address", "to_address"),
            *("gas_used", "block_gas_used", *energy, *co2e),
            *("network_model", "allocation", "grid_source", "factor_year"),
        )
    )
