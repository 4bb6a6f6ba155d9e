"""Grids in order, of which the first that answers is taken: `aws:us-east-1,country:USA`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gasprint.errors import GridError
from gasprint.grid._figure import Grid
from gasprint.segments import Segment


@dataclass(frozen=True)
class Fallback:
    """Grids in the order in which they are asked; one answers for all of the time, or none of it.

    Attributes:
        texts: as they were given.
        named: gives the grid of a text, or refuses it.
    """

    texts: Sequence[str]
    named: Callable[[str], Grid]

    @property
    def reference(self) -> str:
        """All of them; the segments' labels say which one answered."""
        return ",".join(self.texts)

    @property
    def basis(self) -> str:
        """Unknown before one has answered."""
        return "that of the first that answers"

    def intensity_segments(self, first: datetime, last: datetime) -> list[Segment]:
        """CO2e of electricity, g per kWh, from `first` to `last`, both included.

        The label says which one answered, the source also why those before it did not.

        Raises:
            GridError: if none of them has figures for all of that time.
        """
        reasons: list[str] = []
        for text in self.texts:
            try:
                segments = self.named(text).intensity_segments(first, last)
            except GridError as error:
                reasons.append(f"{text} did not answer: {error}")
                continue
            return [replace(each, source=". ".join([each.source, *reasons])) for each in segments]
        raise GridError("; ".join(reasons))
