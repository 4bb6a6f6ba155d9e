"""A figure that is not known exactly: a lower, a best and an upper value."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gasprint.errors import InputError


@dataclass(frozen=True)
class Bounds:
    """A non-negative figure with its bounds, all in one unit, which the variable's name states.

    Attributes:
        lower: the least that the sources support.
        best: the value to use when one is needed.
        upper: the most that the sources support.

    Raises:
        InputError: unless 0 <= lower <= best <= upper, all finite.
    """

    lower: float
    best: float
    upper: float

    def __post_init__(self) -> None:
        """Refuse bounds out of order."""
        if not (0 <= self.lower <= self.best <= self.upper < math.inf):
            raise InputError(
                f"bounds must rise from 0: lower {self.lower}, best {self.best}, "
                f"upper {self.upper}; put them in order"
            )

    @classmethod
    def exactly(cls, value: float) -> Bounds:
        """A published figure that came without bounds: all three are `value`."""
        return cls(value, value, value)

    def __mul__(self, other: Bounds | float) -> Bounds:
        """Multiply bound by bound; correct because every figure is non-negative."""
        by = other if isinstance(other, Bounds) else Bounds.exactly(other)
        return Bounds(self.lower * by.lower, self.best * by.best, self.upper * by.upper)
