"""Power of a proof-of-stake network: nodes * watts per node.

    power_watts = nodes * watts_per_node
    watts_per_node = published annual kWh * 1000 / 8760 h / nodes      (derived, not published)

Each of the lower, best and upper estimates is one publication of its own, with its own nodes and
watts, so that each reproduces its publication's annual total. A node is assumed to draw the same
power all year and whatever the network does; hardware and cooling are as the publication has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gasprint.bounds import Bounds
from gasprint.networks._figures import HOURS_PER_YEAR, Published, steady_segments
from gasprint.networks._model import NetworkModel
from gasprint.segments import Segment

POWER_FORMULA = f"nodes * (annual_electricity * 1000 / {HOURS_PER_YEAR} / nodes)"
"""`power_watts` in the order in which it is computed."""


@dataclass(frozen=True)
class Estimate:
    """What one publication says of a network.

    Attributes:
        annual_electricity: of the whole network, kWh in a year.
        nodes: how many nodes it counts.
    """

    annual_electricity: Published
    nodes: Published

    @property
    def watts_per_node(self) -> float:
        """Average electrical power of a node, W; derived from the annual total."""
        return self.annual_electricity.value * 1000 / HOURS_PER_YEAR / self.nodes.value

    @property
    def power_watts(self) -> float:
        """Average electrical power of the network, W."""
        return self.nodes.value * self.watts_per_node


@dataclass(frozen=True)
class ProofOfStakeNetwork(NetworkModel):
    """A network whose power follows this model.

    Attributes:
        slot_seconds: time between two blocks when none is missed.
        lower: the publication behind the lower bound; `best` and `upper` likewise.
    """

    MODEL = "proof_of_stake_v1"
    KIND = "proof_of_stake"

    slot_seconds: int
    lower: Estimate
    best: Estimate
    upper: Estimate

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> ProofOfStakeNetwork:
        """Read the parameters out of a document of `data/networks/`."""
        estimates: dict[str, Any] = {
            bound: Estimate(**{name: Published(**figure) for name, figure in figures.items()})
            for bound, figures in document["estimates"].items()
        }
        return cls(
            **cls.named(document),
            slot_seconds=document["slot_time"]["value"],
            **estimates,
        )

    @property
    def source(self) -> str:
        """Who published which bound."""
        estimates = {"lower": self.lower, "best": self.best, "upper": self.upper}
        return "; ".join(
            f"{bound}: {each.annual_electricity.source}" for bound, each in estimates.items()
        )

    @property
    def power_formula(self) -> str:
        """How `power_watts` comes out of the parameters, step by step."""
        return POWER_FORMULA

    @property
    def power_watts(self) -> Bounds:
        """Average electrical power of the network, W."""
        return Bounds(self.lower.power_watts, self.best.power_watts, self.upper.power_watts)

    def power_segments(self, first: datetime, last: datetime) -> list[Segment]:
        """Electrical power, W, as one segment from the model's start to after `last`.

        Raises:
            NetworkError: if `first` is before the model holds.
        """
        year = int(self.best.annual_electricity.as_of[:4])
        return steady_segments(self, self.power_watts, year, first, last)
