"""What models share that read their parameters out of `data/networks/`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar


@dataclass(frozen=True)
class NetworkModel:
    """A network that follows one version of a model.

    Attributes:
        MODEL: name and version of the model, such as `proof_of_stake_v1`.
        KIND: how its networks agree on blocks, such as `proof_of_stake`.
        name: of the network, such as `ethereum`.
        valid_from: first moment that the model holds for, UTC.
    """

    MODEL: ClassVar[str]
    KIND: ClassVar[str]

    name: str
    valid_from: datetime

    @staticmethod
    def named(document: dict[str, Any]) -> dict[str, Any]:
        """The network's name and its model's start, as a document of `data/networks/` has them."""
        return {
            "name": document["network"],
            "valid_from": datetime.fromisoformat(document["valid_from"]["value"]),
        }

    @property
    def model(self) -> str:
        """Name and version of the model."""
        return self.MODEL

    @property
    def kind(self) -> str:
        """How the network agrees on blocks."""
        return self.KIND
