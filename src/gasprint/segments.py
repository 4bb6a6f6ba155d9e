"""A quantity over time, as a sequence of spans in each of which it has one value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gasprint.bounds import Bounds


@dataclass(frozen=True)
class Segment:
    """One value of a quantity, and when it holds.

    A quantity over time is a sequence of these in order, without gaps or overlaps within what was
    asked for; the first may begin earlier, and the last end later.

    Attributes:
        since: first moment that it holds for, UTC.
        until: first moment that it holds for no more, UTC.
        value: with its bounds; what is asked says in which unit.
        label: name of the model, or of the region, that it is from.
        source: who published what it is made of.
        year: calendar year that the best value is about.
    """

    since: datetime
    until: datetime
    value: Bounds
    label: str
    source: str
    year: int
