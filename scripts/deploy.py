"""Deploys the suite: `make deploy NETWORK=<name>`, or `brownie run deploy --network <name>`.

On a local network the first account of the node pays. On any other, the account of Brownie's
encrypted keystore that GASPRINT_ACCOUNT names (`brownie accounts new <name>`); Brownie asks for
its password. Roles go to GASPRINT_ADMINISTRATOR, GASPRINT_ISSUER, GASPRINT_CUSTODIAN,
GASPRINT_GUARDIAN and GASPRINT_FACTOR_PUBLISHER, addresses, each the deployer where unset; the
custodian has to be another than all of them. GASPRINT_NOTICE_SECONDS is how long before it binds a
factor is announced (a day where unset), GASPRINT_FINALITY_BLOCKS how many blocks have to follow on
one before emissions in it can be committed (64, two epochs of Ethereum's, where unset). Nobody can
change either afterwards; both can be read from the registry.
"""

import json
from dataclasses import dataclass, fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from brownie import project, web3

from scripts.chain import DEPLOYMENTS, address_of, refuse, signer, whole_number_of

SUITE = (
    "Authority",
    "CreditRecords",
    "RetirementCertificates",
    "CarbonCredits",
    "EmissionsRegistry",
    "CreditMarket",
    "AutoRetire",
)


NOTICE_SECONDS = 86_400
FINALITY_BLOCKS = 64
NOTICE_SECONDS_ALLOWED = (3_600, 90 * 86_400)
FINALITY_BLOCKS_ALLOWED = (1, 1_000_000)
"""Least and most, as the registry takes them: it comes last, when the others are deployed."""


@dataclass(frozen=True)
class Roles:
    """Who may do what.

    Attributes:
        administrator: May grant and revoke roles, but the custodian's.
        issuer: May mint credits that a custodian attested to.
        custodian: Speaks for the registry; has to be another than all the others.
        guardian: May pause issuance.
        factor_publisher: May publish factors.
    """

    administrator: Any
    issuer: Any
    custodian: Any
    guardian: Any
    factor_publisher: Any


def deploy(
    contracts: Any,
    deployer: Any,
    roles: Roles,
    notice_seconds: int = NOTICE_SECONDS,
    finality_blocks: int = FINALITY_BLOCKS,
) -> SimpleNamespace:
    """Deploys the suite and binds its roles; leaves the deployer no right that is not named here.

    Args:
        contracts: The loaded Brownie project.
        deployer: The account that pays.
        roles: Who may do what.
        notice_seconds: How long before it binds a factor has to be announced.
        finality_blocks: How many blocks have to follow on one before it is final.

    Returns:
        The contracts, by the names in `SUITE`.
    """
    sender = {"from": deployer}
    # The credits and what speaks of them know each other, so that one address is told ahead: by the
    # nonce before anything is sent, for after that Brownie may still give an older one.
    credits_address = deployer.get_deployment_address(deployer.nonce + 3)
    authority = contracts.Authority.deploy(deployer, roles.custodian, sender)
    records = contracts.CreditRecords.deploy(authority, credits_address, sender)
    certificates = contracts.RetirementCertificates.deploy(credits_address, records, sender)
    # Not tried by a call before, which ganache would make at another address than it will have.
    untried = sender | {"allow_revert": True}
    credits = contracts.CarbonCredits.deploy(authority, certificates, records, untried)
    registry = contracts.EmissionsRegistry.deploy(
        authority, credits, notice_seconds, finality_blocks, sender
    )
    market = contracts.CreditMarket.deploy(credits, sender)
    auto_retire = contracts.AutoRetire.deploy(registry, market, sender)

    authority.labelRole(authority.CUSTODIAN_ROLE(), "custodian", sender)
    for role, name, holder, target, function in (
        (authority.ISSUER_ROLE(), "issuer", roles.issuer, credits, "mintCredit"),
        (authority.GUARDIAN_ROLE(), "guardian", roles.guardian, credits, "pauseIssuance"),
        (
            authority.FACTOR_PUBLISHER_ROLE(),
            "factor publisher",
            roles.factor_publisher,
            registry,
            "publishFactor",
        ),
    ):
        authority.labelRole(role, name, sender)
        authority.grantRole(role, holder, 0, sender)
        selector = target.signatures[function]
        authority.setTargetFunctionRole(target, [selector], role, sender)
    if roles.administrator != deployer:
        authority.grantRole(authority.ADMIN_ROLE(), roles.administrator, 0, sender)
        authority.renounceRole(authority.ADMIN_ROLE(), deployer, sender)

    suite = (authority, records, certificates, credits, registry, market, auto_retire)
    return SimpleNamespace(**dict(zip(SUITE, suite, strict=True)))


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
        role.name: address_of(f"GASPRINT_{role.name.upper()}", deployer) for role in fields(Roles)
    }
    others = {name: holder for name, holder in holders.items() if name != "custodian"}
    for name, holder in (others | {"deployer": deployer}).items():
        if holders["custodian"] == holder:
            refuse(
                f"the custodian would be the {name.replace('_', ' ')} too, {holder}, and has to "
                "stand apart; set GASPRINT_CUSTODIAN to another address"
            )
    notice_seconds = whole_number_of(
        "GASPRINT_NOTICE_SECONDS", NOTICE_SECONDS, *NOTICE_SECONDS_ALLOWED
    )
    finality_blocks = whole_number_of(
        "GASPRINT_FINALITY_BLOCKS", FINALITY_BLOCKS, *FINALITY_BLOCKS_ALLOWED
    )
    contracts = project.get_loaded_projects()[0]
    suite = deploy(contracts, deployer, Roles(**holders), notice_seconds, finality_blocks)
    print(
        f"Deployed. Addresses and ABIs: {write_deployment(suite, DEPLOYMENTS)}\n"
        f"A factor is announced {notice_seconds:,} s before it binds; a block is final once "
        f"{finality_blocks:,} follow on it."
    )
