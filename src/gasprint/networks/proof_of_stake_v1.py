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
from gasprint.errors import NetworkError
from gasprint.networks._figures import HOURS_PER_YEAR, Published, steady_segments
from gasprint.segments import Segment

MODEL = "proof_of_stake_v1"
KIND = "proof_of_stake"
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
class ProofOfStakeNetwork:
    """A network whose power follows this model.

    Attributes:
        name: such as `ethereum`.
        valid_from: first moment that the model holds for, UTC.
        slot_seconds: time between two blocks when none is missed.
        lower: the publication behind the lower bound; `best` and `upper` likewise.
    """

    name: str
    valid_from: datetime
    slot_seconds: int
    lower: Estimate
    best: Estimate
    upper: Estimate

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> ProofOfStakeNetwork:
        """Read the parameters out of a document of `data/networks/`."""
        estimates = {
            bound: Estimate(**{name: Published(**figure) for name, figure in figures.items()})
            for bound, figures in document["estimates"].items()
        }
        return cls(
            name=document["network"],
            valid_from=datetime.fromisoformat(document["valid_from"]["value"]),
            slot_seconds=document["slot_time"]["value"],
            **estimates,
        )

    @property
    def model(self) -> str:
        """Name and version of the model."""
        return MODEL

    @property
    def kind(self) -> str:
        """How the network agrees on blocks."""
        return KIND

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

    def refuse_before_start(self, block_number: int, timestamp: datetime) -> None:
        """Refuse a block that was made before the model holds.

        Raises:
            NetworkError: naming the block and its time.
        """
        if timestamp < self.valid_from:
            raise NetworkError(
                f"block {block_number} is of {timestamp:%Y-%m-%d %H:%M:%S} UTC, but {MODEL} holds "
                f"for {self.name} from {self.valid_from:%Y-%m-%d %H:%M:%S} UTC on; "
                "leave earlier blocks out"
            )
