"""Published figures, and what every model makes of those that do not change with time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from gasprint.bounds import Bounds
from gasprint.errors import NetworkError
from gasprint.segments import Segment

HOURS_PER_YEAR = 8760


@dataclass(frozen=True)
class Published:
    """One published figure: its value, unit, date and source."""

    value: float
    unit: str
    as_of: str
    source: str


@dataclass(frozen=True)
class PublishedBounds:
    """A figure whose lower, best and upper value are published each by itself."""

    lower: Published
    best: Published
    upper: Published

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> PublishedBounds:
        """Read it out of a document that has `lower`, `best` and `upper`."""
        return cls(**{bound: Published(**document[bound]) for bound in ("lower", "best", "upper")})

    @property
    def values(self) -> Bounds:
        """The three values; all have the one unit that the data file says.

        Raises:
            InputError: if they are out of order.
        """
        return Bounds(self.lower.value, self.best.value, self.upper.value)

    @property
    def source(self) -> str:
        """Who published which bound, in one line."""
        figures = {"lower": self.lower, "best": self.best, "upper": self.upper}
        sources = dict.fromkeys(each.source for each in figures.values())
        if len(sources) == 1:
            return next(iter(sources))
        return "; ".join(f"{bound}: {each.source}" for bound, each in figures.items())


class Network(Protocol):
    """A network whose electrical power a model knows, over some time."""

    @property
    def name(self) -> str:
        """Such as `ethereum`."""

    @property
    def kind(self) -> str:
        """How it agrees on blocks, such as `proof_of_stake`."""

    @property
    def model(self) -> str:
        """Name and version of the model, such as `proof_of_stake_v1`."""

    @property
    def valid_from(self) -> datetime:
        """First moment that the model holds for, UTC."""

    @property
    def source(self) -> str:
        """Who published the parameters."""

    def power_segments(self, first: datetime, last: datetime) -> list[Segment]:
        """Electrical power of the network, W, from `first` to `last`, both included, UTC.

        Raises:
            NetworkError: if the model does not hold for some of that time.
        """


def summed(values: Iterable[Bounds]) -> Bounds:
    """The sum of figures of one unit, bound by bound."""
    each = list(values)
    return Bounds(sum(v.lower for v in each), sum(v.best for v in each), sum(v.upper for v in each))


def steady_segments(
    network: Network, power_watts: Bounds, year: int, first: datetime, last: datetime
) -> list[Segment]:
    """The one segment of a network that draws the same power all the time.

    Args:
        network: whose model holds from `valid_from` on.
        power_watts: its electrical power, W.
        year: calendar year that the best value is about.
        first: first moment asked for, UTC.
        last: last moment asked for, UTC.

    Raises:
        NetworkError: if `first` is before the model holds.
    """
    refuse_before(network, first)
    until = max(first, last) + timedelta(days=1)
    return [Segment(network.valid_from, until, power_watts, network.model, network.source, year)]


def refuse_before(network: Network, first: datetime) -> None:
    """Refuse a time before the model holds.

    Raises:
        NetworkError: naming both times.
    """
    if first < network.valid_from:
        raise NetworkError(
            f"{network.model} holds for {network.name} from "
            f"{network.valid_from:%Y-%m-%d %H:%M:%S} UTC on, not at {first:%Y-%m-%d %H:%M:%S}; "
            "leave earlier times out"
        )
