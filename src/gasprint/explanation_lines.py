"""Lines that the footprint of a transaction is worked out in: energy, CO2e, and layer 1's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from gasprint.charges import WATT_SECONDS_PER_KWH
from gasprint.grid import Grid, grid_named
from gasprint.networks import RollupNetwork
from gasprint.networks.workings import BOUNDS, Line, given, power_lines, rounded, shown


def kwh_line(name: str, watts: Line, seconds: Line) -> Line:
    """Energy of a power over some time."""
    return Line(
        name,
        watts.bound,
        f"{shown(watts.result)} × {shown(seconds.result)} / {WATT_SECONDS_PER_KWH}",
        rounded(watts.result * seconds.result / WATT_SECONDS_PER_KWH),
        "kWh",
        "power × time / watt-seconds in a kWh",
    )


def intensity_lines(grid: Grid, moment: datetime, name: str) -> list[Line]:
    """What a kWh carries, a line a bound."""
    segment = grid.intensity_segments(moment, moment)[0]
    source = f"{segment.label}, of {segment.year}: {segment.source}"
    return [given(name, b, getattr(segment.value, b), "g/kWh", source) for b in BOUNDS]


def co2e_lines(name: str, energy: Sequence[Line], grams: Sequence[Line]) -> list[Line]:
    """CO2e of some energy, a line a bound."""
    return [
        Line(
            name,
            kwh.bound,
            f"{shown(kwh.result)} × {shown(each.result)}",
            rounded(kwh.result * each.result),
            "g",
        )
        for kwh, each in zip(energy, grams, strict=True)
    ]


def sum_lines(name: str, ones: Sequence[Line], others: Sequence[Line]) -> list[Line]:
    """Two things added up, a line a bound."""
    return [
        Line(
            name,
            one.bound,
            f"{shown(one.result)} + {shown(other.result)}",
            rounded(one.result + other.result),
            one.unit,
        )
        for one, other in zip(ones, others, strict=True)
    ]


def layer_1_lines(
    network: RollupNetwork,
    transaction: Mapping[str, Any],
    moment: datetime,
    energy: Sequence[Line],
    co2e: Sequence[Line],
) -> Iterator[Line]:
    """What a rollup's transaction takes on layer 1, and with its own nodes' share in all.

    Args:
        network: the rollup.
        transaction: a row of `ChainData.transactions`.
        moment: when its block was made.
        energy: what it takes of the rollup's own nodes, kWh, a line a bound.
        co2e: of that, g.
    """
    fee, price, calldata = (
        int(transaction[name] or 0) for name in ("l1_fee", "l1_gas_price", "l1_gas_used")
    )
    bought = Line("", "", f"{fee} / {price}", rounded(fee / price) if price else 0, "gas")
    if not price:
        bought = given("", "", 0, "gas", "")
    as_calldata = given("", "", calldata, "gas", "")
    low, high = sorted((bought, as_calldata), key=lambda each: each.result)
    name, source = "layer-1 gas", "receipt: fee / gas price of layer 1, or gas as calldata"
    per_second = network.layer_1_gas_per_second
    watts = power_lines(network.layer_1, moment, "power of layer 1")
    gas = [
        Line(name, bound, each.expression, each.result, "gas", source)
        for bound, each in zip(BOUNDS, (low, bought, high), strict=True)
    ]
    seconds = [
        Line(
            "time of layer 1",
            each.bound,
            f"{shown(each.result)} / {shown(per_second.value)}",
            rounded(each.result / per_second.value),
            "s",
            f"layer-1 gas / gas of layer 1 per second: {per_second.source}",
        )
        for each in gas
    ]
    kwh = [
        kwh_line("layer-1 energy", power, each)
        for power, each in zip(watts[-3:], seconds, strict=True)
    ]
    grid = grid_named(f"network:{network.layer_1.name}")
    grams = intensity_lines(grid, moment, "intensity of layer 1's electricity")
    there = co2e_lines("layer-1 CO2e", kwh, grams)
    yield from (*gas, *seconds, *watts, *kwh, *grams, *there)
    yield from sum_lines("energy of the transaction", energy, kwh)
    yield from sum_lines("CO2e of the transaction", co2e, there)
