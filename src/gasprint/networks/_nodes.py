"""What models share whose network is so many nodes of so many watts each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from gasprint.bounds import Bounds
from gasprint.networks._figures import PublishedBounds, steady_segments
from gasprint.networks._model import NetworkModel
from gasprint.segments import Segment


@dataclass(frozen=True)
class NodesNetwork(NetworkModel):
    """A network whose power is `nodes * watts_per_node`, whatever it does.

    Attributes:
        nodes: how many there are.
        watts_per_node: average electrical power of one, W.
    """

    nodes: PublishedBounds
    watts_per_node: PublishedBounds

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Read the parameters out of a document of `data/networks/`."""
        return cls(
            **cls.named(document),
            nodes=PublishedBounds.from_document(document["nodes"]),
            watts_per_node=PublishedBounds.from_document(document["watts_per_node"]),
        )

    @property
    def source(self) -> str:
        """Who published the parameters."""
        return f"nodes: {self.nodes.source}; watts per node: {self.watts_per_node.source}"

    @property
    def power_watts(self) -> Bounds:
        """Average electrical power of the network, W.

        The two are multiplied estimate by estimate, since each publication counts its own nodes.
        """
        pairs = (
            (self.nodes.lower, self.watts_per_node.lower),
            (self.nodes.best, self.watts_per_node.best),
            (self.nodes.upper, self.watts_per_node.upper),
        )
        return Bounds(*(nodes.value * watts.value for nodes, watts in pairs))

    def power_segments(self, first: datetime, last: datetime) -> list[Segment]:
        """Electrical power, W, as one segment from the model's start to after `last`.

        Raises:
            NetworkError: if `first` is before the model holds.
        """
        year = int(self.watts_per_node.best.as_of[:4])
        return steady_segments(self, self.power_watts, year, first, last)
