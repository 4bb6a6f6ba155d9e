"""A network that changed how it agrees on blocks, as one series: each time by its own model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gasprint.networks._figures import Network
from gasprint.segments import Segment

_LEAST = timedelta(microseconds=1)


@dataclass(frozen=True)
class NetworkSeries:
    """Networks that followed one another without a gap, under one name.

    Attributes:
        earlier: the model before the change.
        later: the model from its own `valid_from` on, the moment of the change.
    """

    earlier: Network
    later: Network

    @property
    def name(self) -> str:
        """That of the network today."""
        return self.later.name

    @property
    def kind(self) -> str:
        """How the network agrees on blocks today."""
        return self.later.kind

    @property
    def model(self) -> str:
        """Both models, in the order of time."""
        return f"{self.earlier.model} then {self.later.model}"

    @property
    def valid_from(self) -> datetime:
        """First moment of the earlier model, UTC."""
        return self.earlier.valid_from

    @property
    def source(self) -> str:
        """Who published the parameters of both models."""
        return f"{self.earlier.source}; then {self.later.source}"

    def power_segments(self, first: datetime, last: datetime) -> list[Segment]:
        """Electrical power of the network, W, from `first` to `last`, both included, UTC.

        Raises:
            NetworkError: if `first` is before the network began.
        """
        change = self.later.valid_from
        segments: list[Segment] = []
        if first < change:
            segments += self.earlier.power_segments(first, min(last, change - _LEAST))
        if last >= change:
            segments += self.later.power_segments(max(first, change), last)
        return segments
