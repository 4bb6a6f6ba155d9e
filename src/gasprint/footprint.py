"""From blocks and transactions, or daily aggregates, to the footprint of each, and of all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import fsum
from pathlib import Path
from typing import Generic, TypeVar

import ibis
import ibis.expr.types as ir
from ibis import _

from gasprint._data import DATA
from gasprint.attribution import (
    METHOD,
    QUANTITIES,
    attribute,
    charged,
    with_seconds,
)
from gasprint.bounds import Bounds
from gasprint.charges import BOUNDS, WATT_SECONDS_PER_KWH, Charge, charges_of
from gasprint.choices import Allocation, By, Window
from gasprint.daily_attribution import attribute_days
from gasprint.errors import InputError, SourceError
from gasprint.grid import Grid, GridIntensity, grid_intensity
from gasprint.networks import Network, ProofOfStakeNetwork, proof_of_stake_network
from gasprint.networks.series import NetworkSeries
from gasprint.sources.chain_data import ChainData
from gasprint.sources.daily_aggregates import DailyAggregates
from gasprint.sources.ethereum_etl import read_ethereum_etl

LONGEST_GAP_SECONDS = 3600
"""Between two blocks in a row; more is missing data, not a network that stood still."""

SAMPLE_BLOCKS = DATA / "ethereum" / "blocks_17173049_17173050.jsonl"
SAMPLE_TRANSACTIONS = DATA / "ethereum" / "transactions_17173049_17173050.jsonl"

_DAY = timedelta(days=1)

Days = tuple[date | None, date | None]
"""The first and the last UTC day of a time, both included; None where it has no end."""

ANY_DAYS: Days = (None, None)

N = TypeVar("N", bound=Network)
G = TypeVar("G", bound=Grid)


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
class DailyTotals:
    """What all entities and days add up to.

    Attributes:
        transactions: how many; None where the source does not say.
        gas_used: by all of them; None where the source does not say.
        energy_kwh: kWh shared out to them.
        co2e_grams: g CO2e shared out to them.
    """

    transactions: int | None
    gas_used: int | None
    energy_kwh: Bounds
    co2e_grams: Bounds


@dataclass(frozen=True)
class Footprint(Generic[N, G]):
    """The footprint of some blocks.

    Attributes:
        table: a row a transaction, as `attribution.attribute` describes.
        totals: of the table.
        network: whose power was shared out.
        grid: the electricity that it was made of.
        allocation: by what.
        window: of what time at once.
    """

    table: ir.Table
    totals: Totals
    network: N
    grid: G
    allocation: Allocation = Allocation.GAS
    window: Window = Window.BLOCK

    def by(self, what: By) -> ir.Table:
        """A row a block, sender or UTC day, with the sums of its transactions; or one of these.

        Raises:
            InputError: if transactions are of no entity.
        """
        if what is By.TRANSACTION:
            return self.table
        if what is By.BLOCK:
            return summed(self.table, "block_number", "block_timestamp")
        if what is By.ADDRESS:
            return summed(self.table, "from_address")
        if what is By.DAY:
            return summed(self.table.mutate(day=_.block_timestamp.date()), "day")
        raise InputError("transactions are of no entity; use --by address")


@dataclass(frozen=True)
class DailyFootprint:
    """The footprint of entities, of whose use only daily sums are known.

    Attributes:
        table: a row a day and entity, as `daily_attribution.attribute_days` describes.
        network: whose power was shared out.
        grid: the electricity that it was made of.
        allocation: by what.
    """

    table: ir.Table
    network: Network
    grid: Grid
    allocation: Allocation

    def by(self, what: By) -> ir.Table:
        """A row an entity or a UTC day, with the sums of what it is about.

        Raises:
            InputError: if it is about single transactions, of which nothing is known.
        """
        if what not in (By.ENTITY, By.DAY):
            raise InputError(f"daily aggregates know no single {what}; use --by entity or day")
        return summed(self.table, str(what))

    @property
    def totals(self) -> DailyTotals:
        """What all entities and days add up to."""
        sums = {name: _[name].sum() for name in ("transactions", "gas_used", *QUANTITIES)}
        row = self.table.agg(**sums).to_pyarrow().to_pylist()[0]
        bounds = {
            name: Bounds(**{bound: row[f"{name}_{bound}"] for bound in BOUNDS})
            for name in ("energy_kwh", "co2e_grams")
        }
        return DailyTotals(row["transactions"], row["gas_used"], **bounds)


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
    days: Days = ANY_DAYS,
) -> Footprint[N, G]:
    """The footprint of `chain`, by the model of `network` and on the electricity of `grid`.

    Args:
        chain: blocks and transactions.
        network: whose power is shared out.
        grid: the electricity that it is made of.
        allocation: by what.
        window: of what time at once.
        days: first and last UTC day of the blocks that count.

    Raises:
        InputError: if the network or the grid has no figure for some of the time.
        SourceError: if two blocks in a row are not whole slots apart, or over an hour, or a column
            is missing that the allocation needs, or no block is of these days.
    """
    _refuse_wrong_gaps(chain, network)
    blocks = _of_days(with_seconds(chain.blocks, _usual_seconds(chain, network)), days)
    first, last = _time_of(blocks)
    if first is None or last is None:
        raise SourceError("no block is of these days; choose others")
    charges = charges_of(network, grid, first, last)
    return Footprint(
        table=attribute(blocks, chain.transactions, charges, allocation, window),
        totals=_totals(blocks, charges),
        network=network,
        grid=grid,
        allocation=allocation,
        window=window,
    )


def footprint_of_days(
    aggregates: DailyAggregates,
    network: Network,
    grid: Grid,
    allocation: Allocation = Allocation.GAS,
    days: Days = ANY_DAYS,
) -> DailyFootprint:
    """The footprint of entities, from their days and the network's.

    Args:
        aggregates: of both.
        network: whose power is shared out.
        grid: the electricity that it is made of.
        allocation: by what.
        days: first and last UTC day that counts.

    Raises:
        InputError: if the network or the grid has no figure for a day.
        SourceError: if a column is missing that the allocation needs, or no day is left.
    """
    entities, (since, until) = aggregates.entities, days
    if since is not None:
        entities = entities.filter(_.day >= since)
    if until is not None:
        entities = entities.filter(_.day <= until)
    edges = entities.agg(first=_.day.min(), last=_.day.max()).to_pyarrow().to_pylist()[0]
    if edges["first"] is None:
        raise SourceError("no row is of these days; choose others")
    first, last = (datetime.combine(edges[each], time(), UTC) for each in ("first", "last"))
    charges = charges_of(network, grid, first, last + _DAY - timedelta(microseconds=1))
    table = attribute_days(entities, aggregates.network, charges, allocation)
    return DailyFootprint(table, network, grid, allocation)


def totals_of(
    counts: Mapping[str, int], network: ProofOfStakeNetwork, grid: GridIntensity
) -> Totals:
    """What one power and one intensity make of the time and the gas of some blocks.

    Args:
        counts: every whole number of `Totals`, by its name.
        network: whose power is shared out.
        grid: the electricity that it is made of.
    """
    energy_kwh = network.power_watts * (counts["seconds"] / WATT_SECONDS_PER_KWH)
    return Totals(energy_kwh=energy_kwh, co2e_grams=energy_kwh * grid.grams_per_kwh, **counts)


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


def _of_days(blocks: ir.Table, days: Days) -> ir.Table:
    since, until = days
    if since is not None:
        first = datetime.combine(since, time(), UTC)
        blocks = blocks.filter(_.timestamp >= ibis.literal(first, type="timestamp('UTC')"))
    if until is not None:
        end = datetime.combine(until, time(), UTC) + _DAY
        blocks = blocks.filter(_.timestamp < ibis.literal(end, type="timestamp('UTC')"))
    return blocks


def _time_of(blocks: ir.Table) -> tuple[datetime | None, datetime | None]:
    times = blocks.agg(first=_.timestamp.min(), last=_.timestamp.max())
    row = times.to_pyarrow().to_pylist()[0]
    return row["first"], row["last"]


def _slotted(network: Network) -> ProofOfStakeNetwork | None:
    """The part of the network that makes a block in each slot of so many seconds, or none."""
    newest = network.later if isinstance(network, NetworkSeries) else network
    return newest if isinstance(newest, ProofOfStakeNetwork) else None


def _usual_seconds(chain: ChainData, network: Network) -> int:
    """Between two blocks, for one whose predecessor is not in the data."""
    slotted = _slotted(network)
    first, _last = _time_of(chain.blocks)
    if slotted is not None and first is not None and first >= slotted.valid_from:
        return slotted.slot_seconds
    gaps: float | None = with_seconds(chain.blocks, None).seconds.mean().to_pyarrow().as_py()
    if gaps is None:
        raise SourceError(
            f"no two blocks follow on one another, and {network.name} has no fixed time between "
            "blocks; add the block before each, or use daily aggregates"
        )
    return round(gaps)


def _refuse_wrong_gaps(chain: ChainData, network: Network) -> None:
    gaps = with_seconds(chain.blocks, None).filter(_.seconds.notnull()).order_by("number")
    wrong = _.seconds > LONGEST_GAP_SECONDS
    if slotted := _slotted(network):
        slot = slotted.slot_seconds
        in_slots = _.timestamp - ibis.interval(seconds=slot) >= slotted.valid_from
        wrong = wrong | (in_slots & (_.seconds % slot != 0))
    for block in gaps.filter(wrong).limit(1).to_pyarrow().to_pylist():
        rule = (
            f"makes one every {slotted.slot_seconds} s or a few times that, "
            if slotted
            else "makes one in "
        )
        raise SourceError(
            f"block {block['number']} is {block['seconds']} s after block {block['number'] - 1}, "
            f"but {network.name} {rule}{LONGEST_GAP_SECONDS} s at most; export both again"
        )


def _totals(blocks: ir.Table, charges: list[Charge]) -> Totals:
    # Summed in whole seconds and whole gas: the same to the last digit on every engine and run.
    blocks = charged(blocks, charges).mutate(shares=_.gas_used > 0)
    sums = (
        blocks.agg(
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
    columns = [f"{name}_{bound}" for name in ("watts", "grams_per_kwh") for bound in BOUNDS]
    parts = (
        blocks.filter(_.shares)
        .group_by(*columns)
        .agg(seconds=_.seconds.sum())
        .to_pyarrow()
        .to_pylist()
    )
    energy = {bound: [_kwh(part, bound) for part in parts] for bound in BOUNDS}
    co2e = {
        bound: [
            kwh * part[f"grams_per_kwh_{bound}"]
            for kwh, part in zip(energy[bound], parts, strict=True)
        ]
        for bound in BOUNDS
    }
    return Totals(
        energy_kwh=Bounds(**{bound: fsum(each) for bound, each in energy.items()}),
        co2e_grams=Bounds(**{bound: fsum(each) for bound, each in co2e.items()}),
        **{name: int(value) for name, value in sums.items()},
    )


def _kwh(part: Mapping[str, float], bound: str) -> float:
    return part[f"watts_{bound}"] * (int(part["seconds"]) / WATT_SECONDS_PER_KWH)
