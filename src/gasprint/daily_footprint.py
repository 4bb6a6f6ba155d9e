"""From daily aggregates to the footprint of entities, and of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import ibis.expr.types as ir
from ibis import _

from gasprint.attribution import QUANTITIES
from gasprint.bounds import Bounds
from gasprint.charges import BOUNDS, charges_of
from gasprint.choices import Allocation, By
from gasprint.daily_attribution import attribute_days
from gasprint.errors import InputError, SourceError
from gasprint.footprint import ALL, Span
from gasprint.footprint_rows import summed
from gasprint.grid import Grid
from gasprint.methods import Method
from gasprint.networks import Network
from gasprint.sources.daily_aggregates import DailyAggregates
from gasprint.totals import DailyTotals, Part, parts_of_days

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class DailyFootprint:
    """The footprint of entities, of whose use only daily sums are known.

    Attributes:
        shares: of a day and entity, as `daily_attribution.attribute_days` has them.
        methods: by which they were found, by number.
        network: whose power was shared out.
        grid: the electricity that it was made of.
        allocation: by what.
        parts: what the totals are made of.
    """

    shares: ir.Table
    methods: Sequence[Method]
    network: Network
    grid: Grid
    allocation: Allocation
    parts: Sequence[Part]

    def by(self, what: By) -> ir.Table:
        """A row an entity or a UTC day, with the sums of what it is about.

        Raises:
            InputError: if it is about single transactions, of which nothing is known.
        """
        if what not in (By.ENTITY, By.DAY):
            raise InputError(f"daily aggregates know no single {what}; use --by entity or day")
        return summed(self.shares, [str(what)], self.allocation, self.methods)

    @property
    def totals(self) -> DailyTotals:
        """What all entities and days add up to."""
        sums = {name: _[name].sum() for name in ("transactions", "gas_used", *QUANTITIES)}
        row = self.shares.agg(**sums).to_pyarrow().to_pylist()[0]
        bounds = {
            name: Bounds(**{bound: row[f"{name}_{bound}"] for bound in BOUNDS})
            for name in ("energy_kwh", "co2e_grams")
        }
        return DailyTotals(row["transactions"], row["gas_used"], **bounds)


def footprint_of_days(
    aggregates: DailyAggregates,
    network: Network,
    grid: Grid,
    allocation: Allocation = Allocation.GAS,
    span: Span = ALL,
) -> DailyFootprint:
    """The footprint of entities, from their days and the network's.

    Args:
        aggregates: of both.
        network: whose power is shared out.
        grid: the electricity that it is made of.
        allocation: by what.
        span: first and last block or UTC day that counts.

    Raises:
        InputError: if the network or the grid has no figure for a day.
        SourceError: if a column is missing that the allocation needs, or no day is left.
    """
    entities, (since, until) = aggregates.entities, span
    if isinstance(since, int) or isinstance(until, int):
        raise SourceError("daily aggregates know no single block; give days, as 2022-01-31")
    if since is not None:
        entities = entities.filter(_.day >= since)
    if until is not None:
        entities = entities.filter(_.day <= until)
    edges = entities.agg(first=_.day.min(), last=_.day.max()).to_pyarrow().to_pylist()[0]
    if edges["first"] is None:
        raise SourceError("no row is of these days; choose others")
    first, last = (datetime.combine(edges[each], time(), UTC) for each in ("first", "last"))
    charges = charges_of(network, grid, first, last + _DAY - timedelta(microseconds=1))
    shares, methods = attribute_days(entities, aggregates.network, charges, allocation)
    parts = parts_of_days(shares, charges)
    return DailyFootprint(shares, methods, network, grid, allocation, parts)
