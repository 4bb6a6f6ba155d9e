"""Power models of networks, one file a version; parameters in `data/networks/`."""

from __future__ import annotations

from collections.abc import Mapping

from gasprint._data import DATA, close_matches, read_document
from gasprint.errors import NetworkError
from gasprint.networks import proof_of_stake_v1
from gasprint.networks.proof_of_stake_v1 import ProofOfStakeNetwork

__all__ = ["MODELS", "ProofOfStakeNetwork", "network_named"]

MODELS: Mapping[str, type[ProofOfStakeNetwork]] = {proof_of_stake_v1.MODEL: ProofOfStakeNetwork}
"""Every version of a model by its name, so that what an old one made can be made again."""


def network_named(name: str) -> ProofOfStakeNetwork:
    """The power model of the network `name`, such as `ethereum`.

    Raises:
        NetworkError: if no parameters ship for it.
    """
    known = [path.stem for path in (DATA / "networks").glob("*.json")]
    if name not in known:
        raise NetworkError(f"network {name!r} is unknown; {close_matches(name, known)}")
    return ProofOfStakeNetwork.from_document(read_document(f"networks/{name}.json"))
