"""Power models of networks, one file a version; parameters in `data/networks/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gasprint._data import DATA, read_document
from gasprint.errors import NetworkError
from gasprint.networks._figures import Network
from gasprint.networks.annual_total_v1 import AnnualTotalNetwork
from gasprint.networks.dag_v1 import DagNetwork
from gasprint.networks.file_series import network_of_file
from gasprint.networks.hybrid_v1 import HybridNetwork
from gasprint.networks.proof_of_authority_v1 import ProofOfAuthorityNetwork
from gasprint.networks.proof_of_history_v1 import ProofOfHistoryNetwork
from gasprint.networks.proof_of_stake_v1 import ProofOfStakeNetwork
from gasprint.networks.proof_of_work_v1 import ProofOfWorkNetwork
from gasprint.networks.reference import ANNUAL_ELECTRICITY, figures_of, known_networks
from gasprint.networks.rollup_v1 import RollupNetwork
from gasprint.networks.series import NetworkSeries

__all__ = [
    "MODELS",
    "Network",
    "NetworkSeries",
    "ProofOfStakeNetwork",
    "RollupNetwork",
    "chain_id_of",
    "network_named",
    "networks_of_chain",
    "parameters_of",
    "proof_of_stake_network",
]

MODELS: Mapping[str, type[ProofOfStakeNetwork]] = {ProofOfStakeNetwork.MODEL: ProofOfStakeNetwork}
"""Every version of a model that factors were made by, so that they can be made again."""

_FROM_DOCUMENT: Mapping[str, Callable[[dict[str, Any]], Network]] = {
    ProofOfStakeNetwork.MODEL: ProofOfStakeNetwork.from_document,
    ProofOfWorkNetwork.MODEL: ProofOfWorkNetwork.from_document,
    ProofOfAuthorityNetwork.MODEL: ProofOfAuthorityNetwork.from_document,
    ProofOfHistoryNetwork.MODEL: ProofOfHistoryNetwork.from_document,
    DagNetwork.MODEL: DagNetwork.from_document,
    RollupNetwork.MODEL: lambda document: RollupNetwork.from_document(
        document, network_named(document["layer_1"])
    ),
    HybridNetwork.MODEL: lambda document: HybridNetwork.from_document(
        document, network_named(document["main_chain"])
    ),
}


def network_named(name: str) -> Network:
    """The network `name`, such as `ethereum`, whose power is known over time.

    Or a power series of one's own, as `file:power.csv`. A network without parameters of a model of
    its own goes by its published annual totals.

    Raises:
        NetworkError: if nothing of it ships, or nothing that its power follows from; or if the file
            cannot be read, or a row of it is wrong.
    """
    kind, colon, path = name.partition(":")
    if colon and kind.lower() == "file":
        return network_of_file(path)
    document = parameters_of(name)
    if not document:
        return _by_annual_total(name)
    network = _FROM_DOCUMENT[document["model"]](document)
    if "before" in document:
        return NetworkSeries(network_named(document["before"]), network)
    return network


def parameters_of(name: str) -> dict[str, Any]:
    """The document of `data/networks/` with what the model of a network is fed with.

    Empty for a network that goes by its published figures.
    """
    return read_document(f"networks/{name}.json") if name in _documents() else {}


def chain_id_of(name: str) -> int | None:
    """The number of a network's chain (EIP-155), where it is known."""
    told = parameters_of(name).get("chain_id")
    return None if told is None else int(told["value"])


def networks_of_chain(chain_id: int) -> list[str]:
    """The networks that are this chain, whole or for some time; none where it is not known."""
    return [name for name in known_networks() if chain_id_of(name) == chain_id]


def proof_of_stake_network(name: str) -> ProofOfStakeNetwork:
    """The network `name` from when it runs on proof of stake, as factors are made of it.

    Raises:
        NetworkError: if it is unknown, or has no parameters of that model.
    """
    figures_of(name)
    document = parameters_of(name)
    if document.get("model") in MODELS:
        return MODELS[document["model"]].from_document(document)
    raise NetworkError(
        f"network {name!r} has no parameters of {' or '.join(MODELS)}; take ethereum"
    )


def _by_annual_total(name: str) -> Network:
    figures = figures_of(name, ANNUAL_ELECTRICITY)
    if not figures:
        raise NetworkError(
            f"network {name!r} is published per transaction only, so that its power is not known; "
            f"see gasprint network show {name}"
        )
    return AnnualTotalNetwork(figures)


def _documents() -> set[str]:
    return {path.stem for path in (DATA / "networks").glob("*.json")}
