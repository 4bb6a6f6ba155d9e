"""Deploys the suite: `make deploy NETWORK=<name>`, or `brownie run deploy --network <name>`.

On a local network the first account of the node pays. On any other, the account of Brownie's
encrypted keystore that GASPRINT_ACCOUNT names (`brownie accounts new <name>`); Brownie asks for
its password. Roles go to GASPRINT_ADMINISTRATOR, GASPRINT_ISSUER and GASPRINT_FACTOR_PUBLISHER,
addresses, each the deployer where unset.
"""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from brownie import project, web3

from scripts.chain import DEPLOYMENTS, address_of, signer

SUITE = ("Authority", "CarbonCredits", "EmissionsRegistry", "AutoRetire")


def deploy(
    contracts: Any, deployer: Any, administrator: Any, issuer: Any, factor_publisher: Any
) -> SimpleNamespace:
    """Deploys the suite and binds its roles; leaves the deployer no right that is not named here.

    Args:
        contracts: The loaded Brownie project.
        deployer: The account that pays.
        administrator: Who may grant and revoke roles.
        issuer: Who may issue credits.
        factor_publisher: Who may publish factors.

    Returns:
        The contracts, by the names in `SUITE`.
    """
    sender = {"from": deployer}
    authority = contracts.Authority.deploy(deployer, sender)
    credits = contracts.CarbonCredits.deploy(authority, sender)
    registry = contracts.EmissionsRegistry.deploy(authority, credits, sender)
    auto_retire = contracts.AutoRetire.deploy(registry, credits, sender)

    for role, name, holder, target, function in (
        (authority.ISSUER_ROLE(), "issuer", issuer, credits, "mintCredit"),
        (
            authority.FACTOR_PUBLISHER_ROLE(),
            "factor publisher",
            factor_publisher,
            registry,
            "publishFactor",
        ),
    ):
        authority.labelRole(role, name, sender)
        authority.grantRole(role, holder, 0, sender)
        selector = target.signatures[function]
        authority.setTargetFunctionRole(target, [selector], role, sender)
    if administrator != deployer:
        authority.grantRole(authority.ADMIN_ROLE(), administrator, 0, sender)
        authority.renounceRole(authority.ADMIN_ROLE(), deployer, sender)

    return SimpleNamespace(
        Authority=authority,
        CarbonCredits=credits,
        EmissionsRegistry=registry,
        AutoRetire=auto_retire,
    )


def write_deployment(suite: SimpleNamespace, folder: Path) -> Path:
    """Writes `<chain id>.json`: what a client needs to find and read the suite, and to verify it.

    Args:
        suite: What `deploy` returned.
        folder: Where the file goes.

    Returns:
        The file.
    """
    contracts = {}
    for name in SUITE:
        contract = getattr(suite, name)
        receipt = contract.tx
        contracts[name] = {
            "address": contract.address,
            "block_number": receipt.block_number,
            "transaction_hash": receipt.txid,
            "abi": contract.abi,
        }
    build = project.get_loaded_projects()[0]._build.get("CarbonCredits")["compiler"]
    document = {
        "chain_id": web3.eth.chain_id,
        "compiler": {
            "version": build["version"],
            "evm_version": build["evm_version"],
            "optimizer": build["optimizer"],
        },
        "contracts": contracts,
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{document['chain_id']}.json"
    path.write_text(json.dumps(document, indent=1) + "\n")
    return path


def main() -> None:
    """Deploys to the network that Brownie is connected to."""
    deployer = signer()
    holders = {
        role: address_of(f"GASPRINT_{role.upper()}", deployer)
        for role in ("administrator", "issuer", "factor_publisher")
    }
    suite = deploy(project.get_loaded_projects()[0], deployer, **holders)
    print(f"Deployed. Addresses and ABIs: {write_deployment(suite, DEPLOYMENTS)}")
