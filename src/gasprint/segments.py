"""A quantity over time: pieces in order, each with one value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gasprint.bounds import Bounds


@dataclass(frozen=True)
class Segment:
    """One value from `since` up to `until`.

    Attributes:
        since: first moment, UTC.
        until: first moment that is no longer part of it, UTC.
        value: in the unit that the series states.
        label: of the model or region, with its version.
        source: who published it.
        year: calendar year that the value is about.
    """

    since: datetime
    until: datetime
    value: Bounds
    label: str
    source: str
    year: int
