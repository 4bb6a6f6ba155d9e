"""How a network's power comes out of published figures, as one would check it on paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from gasprint.networks._figures import HOURS_PER_YEAR, Network, Published
from gasprint.networks._nodes import NodesNetwork
from gasprint.networks.proof_of_stake_v1 import ProofOfStakeNetwork
from gasprint.networks.proof_of_work_v1 import ProofOfWorkNetwork
from gasprint.networks.rollup_v1 import RollupNetwork
from gasprint.networks.series import NetworkSeries

BOUNDS = ("lower", "best", "upper")
_DIGITS = 12


@dataclass(frozen=True)
class Line:
    """One line of a calculation: `expression = result unit`.

    Attributes:
        name: of what it is about.
        bound: lower, best or upper; nothing where there is one figure only.
        expression: of numbers, `×`, `/`, `+`, `-` and brackets; a number alone is given.
        result: rounded to 12 digits, with which the next lines go on.
        unit: of the result.
        source: of what is given, or why it is so.
    """

    name: str
    bound: str
    expression: str
    result: float
    unit: str
    source: str = ""

    def __str__(self) -> str:
        """As a line for a person; a number that is given is not said twice."""
        bound = f", {self.bound}" if self.bound else ""
        source = f"   [{self.source}]" if self.source else ""
        result = shown(self.result)
        equals = "" if self.expression == result else f"{self.expression} = "
        unit = "" if self.unit == "1" else f" {self.unit}"
        return f"{self.name}{bound}: {equals}{result}{unit}{source}"


def rounded(value: float) -> float:
    """A result to the digits that the next line goes on with; whole numbers stay exact."""
    return value if isinstance(value, int) else float(f"{value:.{_DIGITS}g}")


def shown(value: float) -> str:
    """A number as it stands in an expression."""
    return str(value) if isinstance(value, int) or value % 1 or value > 1e15 else f"{value:.0f}"


def given(name: str, bound: str, value: float, unit: str, source: str) -> Line:
    """A line that says a figure, and whence it is."""
    value = rounded(value)
    return Line(name, bound, shown(value), value, unit, source)


def power_lines(network: Network, moment: datetime, name: str) -> list[Line]:
    """How a network's power at a moment comes out of its parameters; the last three are it.

    Args:
        network: any; of one whose model is not spelt out here, the power is given.
        moment: UTC.
        name: of the power's lines.

    Raises:
        NetworkError: if the model does not hold then.
    """
    if isinstance(network, NetworkSeries):
        at_the_time = network.earlier if moment < network.later.valid_from else network.later
        return power_lines(at_the_time, moment, name)
    if isinstance(network, ProofOfWorkNetwork):
        return list(_by_work(network, moment, name))
    if isinstance(network, ProofOfStakeNetwork):
        estimates = {bound: getattr(network, bound).annual_electricity for bound in BOUNDS}
        return [_of_a_year(name, bound, each) for bound, each in estimates.items()]
    if isinstance(network, RollupNetwork):
        published = {bound: getattr(network.own_annual_electricity, bound) for bound in BOUNDS}
        return [_of_a_year(name, bound, each) for bound, each in published.items()]
    if isinstance(network, NodesNetwork):
        return [_of_nodes(network, bound, name) for bound in BOUNDS]
    segment = network.power_segments(moment, moment)[0]
    return [given(name, b, getattr(segment.value, b), "W", segment.source) for b in BOUNDS]


def _of_a_year(name: str, bound: str, annual_kwh: Published) -> Line:
    watts = rounded(annual_kwh.value * 1000 / HOURS_PER_YEAR)
    expression = f"{shown(annual_kwh.value)} × 1000 / {HOURS_PER_YEAR}"
    return Line(name, bound, expression, watts, "W", f"kWh a year: {_said(annual_kwh)}")


def _of_nodes(network: NodesNetwork, bound: str, name: str) -> Line:
    nodes, watts = getattr(network.nodes, bound), getattr(network.watts_per_node, bound)
    return Line(
        name,
        bound,
        f"{shown(nodes.value)} × {shown(watts.value)}",
        rounded(nodes.value * watts.value),
        "W",
        f"nodes: {_said(nodes)}; W each: {_said(watts)}",
    )


def _by_work(network: ProofOfWorkNetwork, moment: datetime, name: str) -> Iterator[Line]:
    (segment,) = network.power_segments(moment, moment)
    midnight = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    gigahashes = rounded(network.gigahashes_per_second(midnight.date()))
    yield given("hashrate of the day", "", gigahashes, "GH/s", network.hashrate_source)
    slope, intercept = network.mining.slope, network.mining.intercept
    unix_seconds = int(midnight.timestamp())
    efficiency = rounded(slope.value * unix_seconds + intercept.value)
    yield Line(
        "hashing efficiency at midnight",
        "",
        f"{shown(slope.value)} × {unix_seconds}{_plus(intercept.value)}",
        efficiency,
        "MH/s per W",
        _said(slope),
    )
    for bound in BOUNDS:
        of: Mapping[str, Published] = {
            each: getattr(figures, bound) for each, figures in network.mining.parameters.items()
        }
        overheads = " × ".join(
            shown(of[each].value)
            for each in ("datacenter_overhead", "hardware_overhead", "grid_loss")
        )
        offset, psu = of["hashing_efficiency_offset"], of["psu_efficiency"]
        yield Line(
            name,
            bound,
            f"{shown(gigahashes)} × 1000 × {overheads} / "
            f"(({shown(efficiency)}{_plus(offset.value)}) × {shown(psu.value)})",
            rounded(getattr(segment.value, bound)),
            "W",
            "hashrate × overheads of datacentre, hardware and grid / ((efficiency + offset) × "
            f"efficiency of power supplies): {_said(offset)}",
        )


def _plus(value: float) -> str:
    return f" - {shown(-value)}" if value < 0 else f" + {shown(value)}"


def _said(figure: Published) -> str:
    return f"{figure.source}, {figure.as_of}"
