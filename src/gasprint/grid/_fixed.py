"""An intensity of one's own, the same at all times: `fixed:583.2`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gasprint.bounds import Bounds
from gasprint.errors import GridError
from gasprint.grid._figure import LEAST, refuse_wrong_span
from gasprint.grid._plausible import implausible
from gasprint.segments import Segment


@dataclass(frozen=True)
class Fixed:
    """One intensity for whatever time is asked for.

    Attributes:
        grams_per_kwh: g CO2e per kWh.
    """

    grams_per_kwh: float

    @property
    def reference(self) -> str:
        """Such as `fixed:583.2`."""
        return f"fixed:{self.grams_per_kwh!r}"

    @property
    def basis(self) -> str:
        """Not known: only who gave it knows what it is an average of."""
        return "as the user says"

    def intensity_segments(self, first: datetime, last: datetime) -> list[Segment]:
        """CO2e of electricity, g per kWh, from `first` to `last`, both included.

        The year is the last that is asked for, since the user gives the figure for all of that.
        """
        refuse_wrong_span(first, last)
        value = Bounds.exactly(self.grams_per_kwh)
        return [Segment(first, last + LEAST, value, self.reference, "given by the user", last.year)]


def fixed_of(text: str) -> Fixed:
    """The intensity that `text` gives, in g CO2e per kWh.

    Raises:
        GridError: if it is no number, or no grid emits so much or so little.
    """
    try:
        grams_per_kwh = float(text)
    except ValueError as error:
        raise GridError(f"fixed:{text} is no number of g/kWh, such as fixed:583.2") from error
    if problem := implausible(grams_per_kwh):
        raise GridError(f"fixed:{text} is {problem}")
    if 0 < grams_per_kwh < 1:
        raise GridError(f"fixed:{text} is less than any grid emits; give it in g/kWh, not kg/kWh")
    return Fixed(grams_per_kwh)
