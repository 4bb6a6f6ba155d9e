"""What every region of the electricity grid can be asked: its intensity over some time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from gasprint.bounds import Bounds
from gasprint.errors import GridError
from gasprint.segments import Segment, moment

# Blocks are dated in whole seconds, and the last moment asked for is part of what was asked.
LEAST = timedelta(seconds=1)


class Grid(Protocol):
    """Where electricity comes from: one region, a mix, a series, or one after another."""

    @property
    def reference(self) -> str:
        """Good for `grid_named`, which finds the same figures again by it."""

    @property
    def basis(self) -> str:
        """What kind of figures they are."""

    def intensity_segments(self, first: datetime, last: datetime) -> list[Segment]:
        """CO2e of electricity, g per kWh, from `first` to `last`, both included.

        Raises:
            GridError: where there is no figure for some of that time.
        """


@dataclass(frozen=True)
class GridIntensity:
    """CO2e of electricity in one region, as one figure.

    Attributes:
        region: as asked for, without the release: `egrid:SRVC`.
        name: the region's name in its table.
        grams_per_kwh: g CO2e per kWh; the three bounds are equal where the table publishes none.
        year: calendar year that the best figure is about.
        release: which edition of the table.
        basis: what kind of figure it is.
        source: who published it.
    """

    region: str
    name: str
    grams_per_kwh: Bounds
    year: int
    release: str
    basis: str
    source: str

    @property
    def reference(self) -> str:
        """Region and release in one, good for `grid_intensity`: `egrid:SRVC@eGRID2023rev2`."""
        return f"{self.region}@{self.release}"

    def intensity_segments(self, first: datetime, last: datetime) -> list[Segment]:
        """The one figure, for whatever time is asked; its year says what it is of."""
        refuse_wrong_span(first, last)
        return [
            Segment(
                since=first,
                until=last + LEAST,
                value=self.grams_per_kwh,
                label=self.reference,
                source=self.source,
                year=self.year,
            )
        ]


def refuse_wrong_span(first: datetime, last: datetime) -> None:
    """Refuse a span that is not one.

    Raises:
        GridError: if it ends before it begins, or its moments have no time zone.
    """
    if first.tzinfo is None or last.tzinfo is None:
        raise GridError("a time without its zone is asked for; give it in UTC")
    if last < first:
        raise GridError(f"{moment(last)} is before {moment(first)}; give the earlier time first")
