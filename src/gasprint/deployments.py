"""What `scripts/deploy.py` wrote: on which chain the contracts stand, where, and since when."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_typing import ChecksumAddress
from web3 import Web3

from gasprint.errors import InputError

# Everything that `contracts.Suite` asks of a contract, so that a foreign file is refused by name.
_NEEDED = {
    "CarbonCredits": {
        "CreditMinted",
        "CreditRetired",
        "RetirementRecorded",
        "getRetirement",
        "retiredBalanceOf",
        "retiredFor",
        "retiredUnits",
        "retirementCount",
        "serialSpanOf",
    },
    "EmissionsRegistry": {
        "EmissionsRecorded",
        "FactorPublished",
        "carbonCredits",
        "emittedBy",
        "factorVersion",
        "getFactor",
        "outstanding",
    },
}


@dataclass(frozen=True)
class DeployedContract:
    """One contract of the suite.

    Attributes:
        address: where it stands.
        block_number: the block that created it; it has no events before.
        abi: its ABI, as the compiler wrote it.
    """

    address: ChecksumAddress
    block_number: int
    abi: list[dict[str, Any]]


@dataclass(frozen=True)
class Deployment:
    """The contracts that a client reads.

    Attributes:
        chain_id: of the chain that they stand on.
        carbon_credits: the credits and their retirements.
        emissions_registry: the emissions and their factors.
    """

    chain_id: int
    carbon_credits: DeployedContract
    emissions_registry: DeployedContract


def read_deployment(path: Path) -> Deployment:
    """Read the file that the deploy script wrote.

    Raises:
        InputError: if there is none, or it is no such file; in one line.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            f"deployment {path}: {error.strerror or error}; deploy first, or name another file"
        ) from error
    except ValueError as error:
        raise InputError(f"deployment {path}: is no JSON ({error})") from error
    try:
        return Deployment(
            chain_id=_whole_number(document["chain_id"]),
            carbon_credits=_contract(document, "CarbonCredits"),
            emissions_registry=_contract(document, "EmissionsRegistry"),
        )
    except (KeyError, TypeError, ValueError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise InputError(
            f"deployment {path}: {what}; only a file that scripts/deploy.py wrote will do"
        ) from error


def _contract(document: dict[str, Any], name: str) -> DeployedContract:
    entry = document["contracts"][name]
    if not Web3.is_address(entry["address"]):
        raise ValueError(f"{name} has no address")
    abi = entry["abi"]
    missing = _NEEDED[name] - {item.get("name") for item in abi}
    if missing:
        raise ValueError(f"the ABI of {name} lacks {', '.join(sorted(missing))}")
    return DeployedContract(
        address=Web3.to_checksum_address(entry["address"]),
        block_number=_whole_number(entry["block_number"]),
        abi=abi,
    )


def _whole_number(value: object) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError(f"{value!r} is no block or chain number")
    return value
