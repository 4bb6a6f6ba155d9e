"""Power models of networks, one file a version; parameters in `data/networks/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gasprint._data import DATA, close_matches, read_document
from gasprint.errors import NetworkError
from gasprint.networks import proof_of_stake_v1, proof_of_work_v1
from gasprint.networks._figures import Network
from gasprint.networks.proof_of_stake_v1 import ProofOfStakeNetwork
from gasprint.networks.proof_of_work_v1 import ProofOfWorkNetwork
from gasprint.networks.series import NetworkSeries

__all__ = [
    "MODELS",
    "Network",
    "NetworkSeries",
    "ProofOfStakeNetwork",
    "network_named",
    "proof_of_stake_network",
]

MODELS: Mapping[str, type[ProofOfStakeNetwork]] = {proof_of_stake_v1.MODEL: ProofOfStakeNetwork}
"""Every version of a model that factors were made by, so that they can be made again."""

_FROM_DOCUMENT: Mapping[str, Callable[[dict[str, Any]], Network]] = {
    proof_of_stake_v1.MODEL: ProofOfStakeNetwork.from_document,
    proof_of_work_v1.MODEL: ProofOfWorkNetwork.from_document,
}


def network_named(name: str) -> Network:
    """The network `name`, such as `ethereum`, whose power is known over time.

    Raises:
        NetworkError: if no parameters ship for it.
    """
    document = _document(name)
    network = _FROM_DOCUMENT[document["model"]](document)
    if "before" in document:
        return NetworkSeries(network_named(document["before"]), network)
    return network


def proof_of_stake_network(name: str) -> ProofOfStakeNetwork:
    """The network `name` from when it runs on proof of stake, as factors are made of it.

    Raises:
        NetworkError: if no parameters ship for it, or if it does not run on proof of stake.
    """
    document = _document(name)
    if document["model"] not in MODELS:
        raise NetworkError(f"network {name!r} does not run on proof of stake; try ethereum")
    return MODELS[document["model"]].from_document(document)


def _document(name: str) -> dict[str, Any]:
    known = [path.stem for path in (DATA / "networks").glob("*.json")]
    if name not in known:
        raise NetworkError(f"network {name!r} is unknown; {close_matches(name, known)}")
    return read_document(f"networks/{name}.json")
