"""Points Brownie at a local node of its own, whatever else runs on the machine."""

import os
import signal
import socket
from contextlib import suppress
from typing import Any, NoReturn

import psutil
from brownie import web3
from brownie._config import CONFIG
from brownie.network.transaction import TransactionReceipt
from web3.exceptions import TimeExhausted

ANVIL = "anvil --max-persisted-states 0"
"""Anvil writes each block's state to the disk, and leaves gigabytes there where it is killed."""

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
    TransactionReceipt._await_confirmation = _await_receipt
    CONFIG.networks[network]["cmd_settings"]["port"] = free_port()
    if node == "anvil":
        CONFIG.networks[network]["cmd"] = ANVIL
    return network


def exit_on_signals() -> None:
    """Makes SIGINT and SIGTERM end this process at once, with what it started."""
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, _end)


def _end(signal_number: int, frame: Any) -> NoReturn:
    # No exception, since one that is raised while Python runs a finaliser or a callback is lost.
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            child.kill()
    os._exit(128 + signal_number)


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


_await_confirmation = TransactionReceipt._await_confirmation


def _await_receipt(receipt: TransactionReceipt, *arguments: Any, **options: Any) -> None:
    """Waits for the node's receipt before Brownie does.

    A busy anvil tells the sender's new nonce a moment before the receipt, and Brownie, which asks
    in that order, would take the transaction for dropped.
    """
    with suppress(TimeExhausted):
        web3.eth.wait_for_transaction_receipt(receipt.txid, timeout=15, poll_latency=0.02)
    _await_confirmation(receipt, *arguments, **options)
