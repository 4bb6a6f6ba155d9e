"""Power of a network of which only annual totals are published: kWh * 1000 / 8760 h.

Best is the figure that the reference table names as the default, lower and upper are the least and
the most of those that compete with it. A network with one figure has no bounds, which says nothing
about how sure it is. It holds from the year of the default on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from gasprint.bounds import Bounds
from gasprint.networks._figures import HOURS_PER_YEAR, steady_segments
from gasprint.networks.reference import Figure
from gasprint.segments import Segment

MODEL = "annual_total_v1"


@dataclass(frozen=True)
class AnnualTotalNetwork:
    """A network whose power follows this model.

    Attributes:
        figures: what was published of its annual electricity, kWh; one is the default.
    """

    figures: Sequence[Figure]

    @property
    def _default(self) -> Figure:
        return next(each for each in self.figures if each.is_default)

    @property
    def name(self) -> str:
        """Such as `bitcoin`."""
        return self._default.network

    @property
    def kind(self) -> str:
        """How the network agrees on blocks."""
        return self._default.kind

    @property
    def model(self) -> str:
        """Name and version of the model."""
        return MODEL

    @property
    def valid_from(self) -> datetime:
        """First moment of the default figure's year, UTC."""
        return datetime(self._default.year, 1, 1, tzinfo=UTC)

    @property
    def source(self) -> str:
        """Who published which figure."""
        others = "; ".join(each.source for each in self.figures if not each.is_default)
        return self._default.source + (f"; competing: {others}" if others else "")

    @property
    def power_watts(self) -> Bounds:
        """Average electrical power of the network, W."""
        annual_kwh = [each.value for each in self.figures]
        bounds = Bounds(min(annual_kwh), self._default.value, max(annual_kwh))
        return bounds * (1000 / HOURS_PER_YEAR)

    def power_segments(self, first: datetime, last: datetime) -> list[Segment]:
        """Electrical power, W, as one segment from the model's start to after `last`.

        Raises:
            NetworkError: if `first` is before the model holds.
        """
        return steady_segments(self, self.power_watts, self._default.year, first, last)
