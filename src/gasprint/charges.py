"""What each moment of a network is charged with: its power, and the carbon of its electricity.

Two series, power and grid intensity, are cut at each other's edges, and at midnight UTC, so that
a block or a day finds its charge by equality of days, which every engine joins well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from gasprint.bounds import Bounds
from gasprint.grid import Grid
from gasprint.methods import Method
from gasprint.networks import Network
from gasprint.segments import Segment

WATT_SECONDS_PER_KWH = 3_600_000
BOUNDS = ("lower", "best", "upper")

_JUST_AFTER = timedelta(microseconds=1)

CHARGES_SCHEMA = ibis.schema(
    {"day": "date", "since": "timestamp('UTC')", "until": "timestamp('UTC')"}
    | {f"watts_{bound}": "float64" for bound in BOUNDS}
    | {f"grams_per_kwh_{bound}": "float64" for bound in BOUNDS}
    | {"network_model": "string", "grid_source": "string"}
    | {"factor_year": "int64", "method": "int64"}
)


@dataclass(frozen=True)
class Charge:
    """One piece of time with one power and one intensity.

    Attributes:
        since: first moment, UTC; `until` is the first one after it.
        power_watts: of the whole network, W.
        grams_per_kwh: of its electricity, g CO2e per kWh.
        network_model: name and version of the model behind the power.
        grid_source: region and release of the intensity.
        factor_year: calendar year that the intensity is about.
    """

    since: datetime
    until: datetime
    power_watts: Bounds
    grams_per_kwh: Bounds
    network_model: str
    grid_source: str
    factor_year: int

    @property
    def energy_kwh(self) -> Bounds:
        """Of the network in all of that time, kWh."""
        seconds = (self.until - self.since).total_seconds()
        return self.power_watts * (seconds / WATT_SECONDS_PER_KWH)

    @property
    def method(self) -> Method:
        """By what it was found."""
        return Method(self.network_model, self.grid_source, self.factor_year)


def methods_of(charges: Sequence[Charge]) -> list[Method]:
    """Each method once, in the order of time; its place is its number."""
    return list(dict.fromkeys(each.method for each in charges))


def charges_of(network: Network, grid: Grid, first: datetime, last: datetime) -> list[Charge]:
    """What a network is charged with, day by day, from `first` to `last`, both included, UTC.

    Raises:
        InputError: if the network or the grid has no figure for some of that time.
    """
    power, intensity = network.power_segments(first, last), grid.intensity_segments(first, last)
    return [
        Charge(since, until, watts.value, grams.value, watts.label, grams.label, grams.year)
        for watts, grams in _overlaps(power, intensity)
        for since, until in _days_between(
            max(watts.since, grams.since, first),
            min(watts.until, grams.until, last + _JUST_AFTER),
        )
    ]


def charge_table(charges: Sequence[Charge]) -> ir.Table:
    """Charges as a table of `CHARGES_SCHEMA`, a row each."""
    return ibis.memtable(charge_rows(charges), schema=CHARGES_SCHEMA)


def charge_rows(charges: Sequence[Charge]) -> list[dict[str, Any]]:
    """Charges as rows of `CHARGES_SCHEMA`; a method's number is its place in `methods_of`."""
    number = {method: n for n, method in enumerate(methods_of(charges))}
    return [
        {"day": charge.since.date(), "since": charge.since, "until": charge.until}
        | {f"watts_{bound}": getattr(charge.power_watts, bound) for bound in BOUNDS}
        | {f"grams_per_kwh_{bound}": getattr(charge.grams_per_kwh, bound) for bound in BOUNDS}
        | {"network_model": charge.network_model, "grid_source": charge.grid_source}
        | {"factor_year": charge.factor_year, "method": number[charge.method]}
        for charge in charges
    ]


def _overlaps(
    power: Sequence[Segment], intensity: Sequence[Segment]
) -> Iterator[tuple[Segment, Segment]]:
    place = 0
    for watts in power:
        while place < len(intensity) and intensity[place].since < watts.until:
            if intensity[place].until > watts.since:
                yield watts, intensity[place]
            if intensity[place].until > watts.until:
                break
            place += 1


def _days_between(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    while since < until:
        midnight = datetime.combine(since.date() + timedelta(days=1), time(), UTC)
        yield since, min(midnight, until)
        since = midnight
