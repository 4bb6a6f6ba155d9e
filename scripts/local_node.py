"""Points Brownie at a local node of its own, whatever else runs on the machine."""

import socket

from brownie._config import CONFIG

NETWORKS = {"ganache": "ganache-cli", "anvil": "anvil"}
"""Brownie's name for the network that each node serves."""


def use_free_port(node: str) -> str:
    """Gives the node a free port instead of 8545, which another node may hold.

    Args:
        node: "ganache" or "anvil".

    Returns:
        The name of the Brownie network to connect to; Brownie starts and ends the node.
    """
    network = NETWORKS[node]
    CONFIG.networks[network]["cmd_settings"]["port"] = free_port()
    return network


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
