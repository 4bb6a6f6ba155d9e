"""Shares the energy of each UTC day out to entities, of whose use only daily sums are known.

    energy of a day = network power * 24 h
    energy_kwh      = energy of the day * the entity's weight / the network's weight
    co2e_grams      = CO2e of the day * the entity's weight / the network's weight

The weight is the gas used, the fees paid (what is burnt included), the number of transactions, or
in the hybrid the fees, of which the network's weight then is all fees and the block rewards. What
the network used beside the entities is nobody's here. Attributional average.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import fsum

import ibis
import ibis.expr.types as ir
from ibis import _

from gasprint.attribution import QUANTITIES
from gasprint.bounds import Bounds
from gasprint.charges import BOUNDS, Charge
from gasprint.choices import Allocation
from gasprint.errors import SourceError
from gasprint.methods import Method

_WEIGHTS = {
    Allocation.GAS: ("gas_used", ("gas_used",)),
    Allocation.FEE: ("fees_eth", ("fees_eth",)),
    Allocation.COUNT: ("transactions", ("transactions",)),
    Allocation.HYBRID: ("fees_eth", ("fees_eth", "block_rewards_eth")),
}
"""Of each allocation, the entity's column, and the network's that are added up."""


def attribute_days(
    entities: ir.Table, network: ir.Table, charges: Sequence[Charge], allocation: Allocation
) -> tuple[ir.Table, list[Method]]:
    """Energy and CO2e of every entity and day, and how they were found.

    Args:
        entities: a row a day and entity, as `DailyAggregates` has them.
        network: a row a day; both with what the allocation needs.
        charges: of all the days of the entities, each whole.
        allocation: by what a day's energy is shared out.

    Returns:
        A row a day and entity: day, entity, gas_used and transactions (null where the source has
        none), energy_kwh_{lower,best,upper}, co2e_grams_{lower,best,upper}, and method, the number
        of its; and the methods.

    Raises:
        SourceError: if a column is missing, or the network used nothing on a day.
    """
    own, of_network = _WEIGHTS[allocation]
    for column, table in [(own, entities), *((each, network) for each in of_network)]:
        if column not in table.columns:
            whose = "entities" if table is entities else "network"
            raise SourceError(
                f"sharing out by {allocation} needs {column} of the {whose}, which the source does "
                "not have; add it, or share out by something else"
            )
    weights = network.select("day", network_weight=sum(network[each] for each in of_network))
    _refuse_days_without_weight(entities, weights, own)
    # Nothing of nothing is nothing.
    share = (_[own] / _.network_weight.nullif(0)).fill_null(0.0)
    days, methods = _day_table(charges)
    unknown = {
        name: ibis.null("int64")
        for name in ("gas_used", "transactions")
        if name not in entities.columns
    }
    shares = (
        entities.join(weights, "day")
        .join(days, "day")
        .mutate(share=share)
        .mutate(**{name: _[f"day_{name}"] * _.share for name in QUANTITIES}, **unknown)
        .select("day", "entity", "transactions", "gas_used", *QUANTITIES, "method")
    )
    return shares, methods


def _refuse_days_without_weight(entities: ir.Table, weights: ir.Table, own: str) -> None:
    unknown = entities.filter(_[own].isnull()).order_by("day", "entity")
    for row in unknown.limit(1).to_pyarrow().to_pylist():
        raise SourceError(
            f"on {row['day']} it is not known what {own} {row['entity']!r} has; complete the "
            "file, or share out by something else"
        )
    nothing = entities.join(weights, "day").filter(
        (_[own] > 0) & ~(_.network_weight.fill_null(0) > 0)
    )
    for row in nothing.order_by("day").limit(1).to_pyarrow().to_pylist():
        raise SourceError(
            f"on {row['day']} {row['entity']!r} has {own} of {row[own]}, but the network has none; "
            "complete its file"
        )


def _day_table(charges: Sequence[Charge]) -> tuple[ir.Table, list[Method]]:
    days: dict[object, list[Charge]] = {}
    for charge in charges:
        days.setdefault(charge.since.date(), []).append(charge)
    method_of = {
        day: Method(
            _in_one(each.network_model for each in of_day),
            _in_one(each.grid_source for each in of_day),
            of_day[-1].factor_year,
        )
        for day, of_day in days.items()
    }
    methods = list(dict.fromkeys(method_of.values()))
    rows = []
    for day, of_day in days.items():
        energy_kwh = [each.energy_kwh for each in of_day]
        co2e_grams = [each.energy_kwh * each.grams_per_kwh for each in of_day]
        rows.append(
            {"day": day, "method": methods.index(method_of[day])}
            | _sums("day_energy_kwh", energy_kwh)
            | _sums("day_co2e_grams", co2e_grams)
        )
    numbers = {f"day_{name}": "float64" for name in QUANTITIES}
    schema = ibis.schema({"day": "date", "method": "int64"} | numbers)
    return ibis.memtable(rows, schema=schema), methods


def _sums(name: str, parts: Sequence[Bounds]) -> dict[str, float]:
    return {f"{name}_{bound}": fsum(getattr(each, bound) for each in parts) for bound in BOUNDS}


def _in_one(names: Iterable[str]) -> str:
    """One name, or those of a day on which the network changed, joined."""
    return " then ".join(dict.fromkeys(names))
