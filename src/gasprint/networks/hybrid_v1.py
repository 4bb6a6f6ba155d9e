"""Power of a sidechain that anchors itself in a main chain.

    power_watts = annual electricity of its own nodes * 1000 / 8760 h
                  + anchors' share of the main chain's gas * power of the main chain

Anchors are all that the sidechain makes the main chain do: checkpoints, deposits, withdrawals and
its token. Their share is taken to be the same all the time; the main chain's power is that of the
day, so that the sidechain's falls with the main chain's merge.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gasprint.bounds import Bounds
from gasprint.networks._figures import (
    HOURS_PER_YEAR,
    Network,
    PublishedBounds,
    refuse_before,
    summed,
)
from gasprint.networks._model import NetworkModel
from gasprint.segments import Segment


@dataclass(frozen=True)
class HybridNetwork(NetworkModel):
    """A network whose power follows this model.

    Attributes:
        own_annual_electricity: of its own nodes, kWh in a year.
        anchor_share: part of the main chain's gas that its anchors use, 0 to 1.
        main_chain: the network that it anchors to.
    """

    MODEL = "hybrid_v1"
    KIND = "hybrid"

    own_annual_electricity: PublishedBounds
    anchor_share: PublishedBounds
    main_chain: Network

    @classmethod
    def from_document(cls, document: dict[str, Any], main_chain: Network) -> HybridNetwork:
        """Read the parameters out of a document of `data/networks/`."""
        return cls(
            **cls.named(document),
            own_annual_electricity=PublishedBounds.from_document(
                document["own_annual_electricity"]
            ),
            anchor_share=PublishedBounds.from_document(document["anchor_share"]),
            main_chain=main_chain,
        )

    @property
    def source(self) -> str:
        """Who published the parameters."""
        return (
            f"own nodes: {self.own_annual_electricity.source}; "
            f"anchors: {self.anchor_share.source}; {self.main_chain.name}: {self.main_chain.source}"
        )

    @property
    def own_power_watts(self) -> Bounds:
        """Average electrical power of its own nodes, W."""
        return self.own_annual_electricity.values * (1000 / HOURS_PER_YEAR)

    def power_segments(self, first: datetime, last: datetime) -> list[Segment]:
        """Electrical power with the anchors, W: a segment for each of the main chain's.

        Raises:
            NetworkError: if this model or the main chain's does not hold for some of that time.
        """
        refuse_before(self, first)
        own, share = self.own_power_watts, self.anchor_share.values
        segments = []
        for main in self.main_chain.power_segments(first, last):
            watts = summed([own, main.value * share])
            since = max(main.since, self.valid_from)
            segments.append(
                replace(main, since=since, value=watts, label=self.MODEL, source=self.source)
            )
        return segments
