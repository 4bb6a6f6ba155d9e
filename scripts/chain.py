"""What every script needs of Brownie's network: who signs, and where the suite is."""

import json
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

from brownie import Contract, accounts, network, web3
from brownie._config import CONFIG
from brownie.network import rpc

from scripts.local_node import NETWORKS

DEPLOYMENTS = Path(
    os.environ.get("GASPRINT_DEPLOYMENTS", Path(__file__).parents[1] / "deployments")
)
"""Where the deployment files are; GASPRINT_DEPLOYMENTS names another folder."""


def signer() -> Any:
    """The first account of a local node; elsewhere GASPRINT_ACCOUNT of Brownie's keystore."""
    if network.show_active() in NETWORKS.values():
        if rpc.is_child():
            port = CONFIG.active_network["cmd_settings"]["port"]
            refuse(f"no node runs on port {port}, and one started here would end at once")
        return accounts[0]
    name = os.environ.get("GASPRINT_ACCOUNT")
    if name is None or name not in accounts.load():
        known = ", ".join(accounts.load()) or "none; brownie accounts generate <name>"
        refuse(f"set GASPRINT_ACCOUNT to an account of Brownie's keystore: {known}")
    return accounts.load(name)


def address_of(variable: str, default: Any) -> Any:
    """The address in an environment variable, or `default` where it is not set."""
    text = os.environ.get(variable)
    if not text:
        return default
    if not web3.is_address(text):
        refuse(f"{variable} is {text!r}, which is no address; give 0x and 40 hexadecimal digits")
    return web3.to_checksum_address(text)


def deployed(name: str) -> Any:
    """A contract of the suite, as the deployment file of this chain has it."""
    path = DEPLOYMENTS / f"{web3.eth.chain_id}.json"
    if not path.exists():
        refuse(f"{path} is missing; deploy first: make deploy NETWORK={network.show_active()}")
    entry = json.loads(path.read_text())["contracts"][name]
    return Contract.from_abi(name, entry["address"], entry["abi"])


def refuse(message: str) -> NoReturn:
    """Ends the script with one line and exit code 2, before anything is sent."""
    print(f"gasprint: {message}", file=sys.stderr)
    raise SystemExit(2)
