"""What deploying needs to be told: who signs, and the settings in the environment."""

import os
import sys
from pathlib import Path
from typing import Any, NoReturn

from brownie import accounts, network, web3
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


def whole_number_of(variable: str, default: int, least: int, most: int) -> int:
    """The whole number in an environment variable, or `default` where it is not set."""
    text = os.environ.get(variable)
    if not text:
        return default
    # Some digits of other scripts count as digits too, but not as one of these.
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(most))
    if not is_number or not least <= int(text) <= most:
        refuse(
            f"{variable} is {text!r}, and has to be a whole number from {least} to {most}; "
            f"{default} where it is not set"
        )
    return int(text)


def refuse(message: str) -> NoReturn:
    """Ends the script with one line and exit code 2, before anything is sent."""
    print(f"gasprint: {message}", file=sys.stderr)
    raise SystemExit(2)
