"""Power of a network that keeps its messages in a directed acyclic graph.

    power_watts = nodes * (watts_per_node + joules_per_message_and_node * messages_per_second)
                  + joules_of_work_per_message * messages_per_second

Every node handles every message; the small proof of work that keeps off spam is done once, by
whoever sends the message. What nodes draw while idle is by far the most of it, so that what a
message costs falls with how many there are: the published energy of one message on one node
leaves that out.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from gasprint.bounds import Bounds
from gasprint.networks._figures import PublishedBounds, steady_segments
from gasprint.networks._model import NetworkModel
from gasprint.segments import Segment


@dataclass(frozen=True)
class DagNetwork(NetworkModel):
    """A network whose power follows this model.

    Attributes:
        nodes: how many there are.
        watts_per_node: electrical power of one that has nothing to do, W.
        joules_per_message_and_node: what one node draws more for one message, J.
        joules_of_work_per_message: the proof of work of one message, J.
        messages_per_second: how many messages the whole network has.
    """

    MODEL = "dag_v1"
    KIND = "dag"

    nodes: PublishedBounds
    watts_per_node: PublishedBounds
    joules_per_message_and_node: PublishedBounds
    joules_of_work_per_message: PublishedBounds
    messages_per_second: PublishedBounds

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> DagNetwork:
        """Read the parameters out of a document of `data/networks/`."""
        names = [each.name for each in fields(cls) if each.name not in ("name", "valid_from")]
        figures: dict[str, Any] = {
            name: PublishedBounds.from_document(document[name]) for name in names
        }
        return cls(**cls.named(document), **figures)

    @property
    def source(self) -> str:
        """Who published the parameters."""
        return (
            f"nodes: {self.nodes.source}; watts per node: {self.watts_per_node.source}; "
            f"work: {self.joules_of_work_per_message.source}"
        )

    @property
    def power_watts(self) -> Bounds:
        """Average electrical power of the network at its published traffic, W."""
        return Bounds(*(self._watts(bound) for bound in ("lower", "best", "upper")))

    def _watts(self, bound: str) -> float:
        of = {
            each.name: getattr(getattr(self, each.name), bound).value
            for each in fields(self)
            if each.name not in ("name", "valid_from")
        }
        handling = of["joules_per_message_and_node"] * of["messages_per_second"]
        work = of["joules_of_work_per_message"] * of["messages_per_second"]
        watts: float = of["nodes"] * (of["watts_per_node"] + handling) + work
        return watts

    def power_segments(self, first: datetime, last: datetime) -> list[Segment]:
        """Electrical power, W, as one segment from the model's start to after `last`.

        Raises:
            NetworkError: if `first` is before the model holds.
        """
        year = int(self.watts_per_node.best.as_of[:4])
        return steady_segments(self, self.power_watts, year, first, last)
