"""From files of blocks and transactions to the footprint of each, and of all together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import ibis.expr.types as ir
from ibis import _

from gasprint._data import DATA
from gasprint.attribution import BOUNDS, WATT_SECONDS_PER_KWH, attribute_by_gas, with_seconds
from gasprint.bounds import Bounds
from gasprint.errors import SourceError
from gasprint.grid import GridIntensity, grid_intensity
from gasprint.networks import ProofOfStakeNetwork, proof_of_stake_network
from gasprint.sources.chain_data import ChainData
from gasprint.sources.ethereum_etl import read_ethereum_etl

LONGEST_GAP_SECONDS = 3600
"""Between two blocks in a row; more is missing data, not a network that stood still."""

SAMPLE_BLOCKS = DATA / "ethereum" / "blocks_17173049_17173050.jsonl"
SAMPLE_TRANSACTIONS = DATA / "ethereum" / "transactions_17173049_17173050.jsonl"


@dataclass(frozen=True)
class Totals:
    """What all transactions have in common, and add up to.

    Attributes:
        transactions: how many.
        gas_used: by all of them.
        energy_kwh: kWh shared out to them.
        co2e_grams: g CO2e shared out to them.
        blocks: how many blocks shared their energy out.
        blocks_without_gas: how many more had nobody to share with.
        first_block: number of the first block, with gas or without.
        last_block: number of the last.
        seconds: time that the sharing blocks cover.
    """

    transactions: int
    gas_used: int
    energy_kwh: Bounds
    co2e_grams: Bounds
    blocks: int
    blocks_without_gas: int
    first_block: int
    last_block: int
    seconds: int


@dataclass(frozen=True)
class Footprint:
    """The footprint of some blocks.

    Attributes:
        table: a row a transaction, as `attribution.attribute_by_gas` describes.
        totals: of the table.
        network: whose power was shared out.
        grid: the electricity that it was made of.
    """

    table: ir.Table
    totals: Totals
    network: ProofOfStakeNetwork
    grid: GridIntensity

    @property
    def by_block(self) -> ir.Table:
        """A row a block: block_number, block_timestamp, and the sums of its transactions."""
        return _summed(self.table, "block_number", "block_timestamp")

    @property
    def by_address(self) -> ir.Table:
        """A row a sender: from_address, and the sums of the transactions that it sent."""
        return _summed(self.table, "from_address")


def footprint_of_files(
    blocks: Path,
    transactions: Path,
    network: str = "ethereum",
    grid: str = "network:ethereum",
) -> Footprint:
    """The footprint of what ethereum-etl exported to two files.

    Args:
        blocks: JSON Lines or CSV.
        transactions: JSON Lines or CSV, with `receipt_gas_used`.
        network: name of the network that the blocks are of.
        grid: region of the electricity, as `grid.grid_intensity` reads it.

    Raises:
        InputError: if a file, the network or the region is wrong, in one line that says how.
    """
    intensity, model = grid_intensity(grid), proof_of_stake_network(network)
    return footprint_of(read_ethereum_etl(blocks, transactions), model, intensity)


def footprint_of(chain: ChainData, network: ProofOfStakeNetwork, grid: GridIntensity) -> Footprint:
    """The footprint of `chain`, by the model of `network` and on the electricity of `grid`.

    Raises:
        NetworkError: if a block is older than the network's model.
        SourceError: if two blocks in a row are not whole slots apart, or over an hour.
    """
    oldest = chain.blocks.order_by("timestamp").limit(1).to_pyarrow().to_pylist()[0]
    network.refuse_before_start(oldest["number"], oldest["timestamp"])
    _refuse_wrong_gaps(chain, network)
    return Footprint(
        table=attribute_by_gas(chain, network, grid),
        totals=_totals(chain, network, grid),
        network=network,
        grid=grid,
    )


def totals_of(
    counts: Mapping[str, int], network: ProofOfStakeNetwork, grid: GridIntensity
) -> Totals:
    """What the model makes of the time and the gas of some blocks.

    Args:
        counts: every whole number of `Totals`, by its name.
        network: whose power is shared out.
        grid: the electricity that it is made of.
    """
    energy_kwh = network.power_watts * (counts["seconds"] / WATT_SECONDS_PER_KWH)
    return Totals(energy_kwh=energy_kwh, co2e_grams=energy_kwh * grid.grams_per_kwh, **counts)


def _refuse_wrong_gaps(chain: ChainData, network: ProofOfStakeNetwork) -> None:
    slot = network.slot_seconds
    gaps = with_seconds(chain.blocks, slot).order_by("number")
    wrong = gaps.filter((_.seconds % slot != 0) | (_.seconds > LONGEST_GAP_SECONDS)).limit(1)
    for block in wrong.to_pyarrow().to_pylist():
        raise SourceError(
            f"block {block['number']} is {block['seconds']} s after block {block['number'] - 1}, "
            f"but {network.name} makes one every {slot} s or a few times that, "
            f"{LONGEST_GAP_SECONDS} s at most; export both again"
        )


def _totals(chain: ChainData, network: ProofOfStakeNetwork, grid: GridIntensity) -> Totals:
    # Summed in whole seconds and whole gas: the same to the last digit on every engine and run.
    sums = (
        with_seconds(chain.blocks, network.slot_seconds)
        .mutate(shares=_.gas_used > 0)
        .agg(
            transactions=_.transaction_count.sum(),
            gas_used=_.gas_used.sum(),
            blocks=_.shares.sum(),
            blocks_without_gas=(~_.shares).sum(),
            first_block=_.number.min(),
            last_block=_.number.max(),
            seconds=_.seconds.sum(where=_.shares).fill_null(0),
        )
        .to_pyarrow()
        .to_pylist()[0]
    )
    sums = {name: int(value) for name, value in sums.items()}
    return totals_of(sums, network, grid)


def _summed(table: ir.Table, *keys: str) -> ir.Table:
    quantities = [f"{name}_{bound}" for name in ("energy_kwh", "co2e_grams") for bound in BOUNDS]
    method = ["network_model", "allocation", "grid_source", "factor_year"]
    return (
        table.group_by(*keys, *method)
        .agg(
            transactions=_.count(),
            gas_used=_.gas_used.sum(),
            **{name: _[name].sum() for name in quantities},
        )
        .order_by(keys[0])
        .select(*keys, "transactions", "gas_used", *quantities, *method)
    )
