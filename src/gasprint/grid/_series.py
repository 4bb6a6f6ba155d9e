"""Intensity that changes with time: spans in order, and none left out of what is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gasprint.errors import GridError
from gasprint.grid._figure import refuse_wrong_span
from gasprint.segments import Segment, within


@dataclass(frozen=True)
class Series:
    """A grid whose figures change with time.

    Attributes:
        reference: good for `grid_named`.
        basis: what kind of figures they are.
        is_market_based: whether they are of a contract, and not of the place.
        segments: in order, without overlaps; what is not in them, it does not know.
    """

    reference: str
    basis: str
    is_market_based: bool
    segments: Sequence[Segment]

    def intensity_segments(self, first: datetime, last: datetime) -> list[Segment]:
        """CO2e of electricity, g per kWh, from `first` to `last`, both included.

        Raises:
            GridError: naming the first moment that has no figure.
        """
        refuse_wrong_span(first, last)
        return within(self.segments, first, last, self.reference, GridError)
