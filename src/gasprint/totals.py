"""What all rows of a footprint add up to, and the parts that have one power and one intensity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from typing import Any

import ibis.expr.types as ir
from ibis import _

from gasprint.bounds import Bounds
from gasprint.charges import BOUNDS, WATT_SECONDS_PER_KWH, Charge
from gasprint.grid import GridIntensity
from gasprint.networks import ProofOfStakeNetwork

ONE_CHARGE = (
    *(f"{name}_{bound}" for name in ("watts", "grams_per_kwh") for bound in BOUNDS),
    *("network_model", "grid_source"),
)
"""Columns by which rows are of one part."""


@dataclass(frozen=True)
class Part:
    """Energy that was drawn at one power, and has one intensity.

    Attributes:
        energy_kwh: kWh shared out.
        grams_per_kwh: g CO2e of each.
        network_model: name and version of the model behind the power.
        grid_source: region and release of the intensity.
    """

    energy_kwh: Bounds
    grams_per_kwh: Bounds
    network_model: str
    grid_source: str


@dataclass(frozen=True)
class Totals:
    """What all transactions have in common, and add up to.

    Attributes:
        transactions: how many.
        gas_used: by all of them.
        energy_kwh: kWh shared out to them; in the hybrid without the part of the block rewards.
        co2e_grams: g CO2e shared out to them.
        blocks: how many blocks shared their energy out.
        blocks_without_gas: how many more had nobody to share with, by fee none who paid any; over a
            day, those of days on which nobody did.
        first_block: number of the first block, with gas or without.
        last_block: number of the last.
        seconds: time that the sharing blocks cover, to the next whole second.
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


def totals_of_blocks(blocks: ir.Table, parts: Sequence[Part]) -> Totals:
    """What blocks add up to.

    Args:
        blocks: with their `seconds`, and whether each `shares`.
        parts: of their energy.
    """
    # Summed in whole seconds and whole gas: the same to the last digit on every engine and run.
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
    return Totals(
        energy_kwh=energy_of(parts),
        co2e_grams=co2e_of(parts),
        **{name: round(value) for name, value in sums.items()},
    )


def parts_of_blocks(blocks: ir.Table) -> list[Part]:
    """The parts of the energy of those blocks that `shares`, as `sharing.with_sharing` has them."""
    seconds = _.seconds * _.share if "share" in blocks.columns else _.seconds
    sums = blocks.filter(_.shares).group_by(*ONE_CHARGE).agg(seconds=seconds.sum())
    return [
        part_of(row, {bound: float(row["seconds"]) for bound in BOUNDS})
        for row in sums.to_pyarrow().to_pylist()
    ]


def part_of(charge: Mapping[str, Any], seconds: Mapping[str, float]) -> Part:
    """What a row with `ONE_CHARGE` makes of so many seconds of its power, bound by bound."""
    watts, grams = (
        {bound: charge[f"{name}_{bound}"] for bound in BOUNDS}
        for name in ("watts", "grams_per_kwh")
    )
    energy_kwh = {bound: watts[bound] * (seconds[bound] / WATT_SECONDS_PER_KWH) for bound in BOUNDS}
    return Part(
        Bounds(**energy_kwh), Bounds(**grams), charge["network_model"], charge["grid_source"]
    )


def parts_of_days(table: ir.Table, charges: Sequence[Charge]) -> list[Part]:
    """The parts of the energy of a daily footprint; a day's charges have the same share of it."""
    sums = table.group_by("day").agg(energy_kwh=_.energy_kwh_best.sum())
    used = {row["day"]: row["energy_kwh"] for row in sums.to_pyarrow().to_pylist()}
    whole = {
        day: fsum(each.energy_kwh.best for each in charges if each.since.date() == day)
        for day in used
    }
    return [
        Part(
            each.energy_kwh * (used[day] / whole[day]),
            each.grams_per_kwh,
            each.network_model,
            each.grid_source,
        )
        for each in charges
        if (day := each.since.date()) in used
    ]


def energy_of(parts: Sequence[Part]) -> Bounds:
    """The sum of their energy, kWh."""
    return _summed([each.energy_kwh for each in parts])


def co2e_of(parts: Sequence[Part]) -> Bounds:
    """The sum of their CO2e, g."""
    return _summed([each.energy_kwh * each.grams_per_kwh for each in parts])


def _summed(values: Sequence[Bounds]) -> Bounds:
    return Bounds(**{bound: fsum(getattr(each, bound) for each in values) for bound in BOUNDS})
