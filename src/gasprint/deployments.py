"""What `scripts/deploy.py` wrote: on which chain the contracts stand, where, and since when."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_typing import ChecksumAddress
from web3 import Web3

from gasprint.errors import InputError

# Everything that `contracts.Suite` asks of a contract: the file of another one, or one edited by
# hand, is refused here, so that whatever cannot be read later on is the node's doing.
FACTOR_TYPES = "(uint48, uint48, uint40, uint48, uint48, uint48, uint48, bytes32)"
FACTOR_FIELDS = (
    "(uint48 picogramsPerGas, uint48 picowattHoursPerGas, uint40 effectiveAt, "
    "uint48 picogramsPerGasLower, uint48 picogramsPerGasUpper, uint48 picowattHoursPerGasLower, "
    "uint48 picowattHoursPerGasUpper, bytes32 evidenceHash)"
)
_RETIREMENT_TYPES = "(uint256, uint256, address, address, address, uint40, bytes32)"
NEEDED = {
    "CarbonCredits": (
        "event CreditMinted(address indexed to, uint256 indexed tokenId, uint256 projectId, "
        "uint256 creditId, uint256 amount, uint256 expiry)",
        "event CreditRetired(address indexed account, uint256 indexed tokenId, uint256 amount)",
        "event RetirementDescribed(uint256 indexed retirementId, (address payer, "
        "string beneficiaryName, string purpose, string place, uint40 periodStart, "
        "uint40 periodEnd) details)",
        "event RetirementInvalidated(uint256 indexed retirementId, uint256 indexed tokenId, "
        "address indexed beneficiary, uint256 units)",
        "event RetirementRecorded(uint256 indexed retirementId, uint256 indexed tokenId, "
        "address indexed beneficiary, address holder, address agent, uint256 index)",
        "event RetirementReplaced(uint256 indexed retirementId, uint256 indexed replacedBy, "
        "address indexed beneficiary, uint256 units)",
        "event SerialsInvalidated(uint256 indexed tokenId, uint256 firstSerial, "
        "uint256 lastSerial, string reason)",
        "event SerialsRedeemed(uint256 indexed tokenId, address indexed holder, address agent, "
        "uint256 firstSerial, uint256 lastSerial, string registryAccount)",
        "event TransferBatch(address indexed operator, address indexed from, address indexed to, "
        "uint256[] ids, uint256[] values)",
        "event TransferSingle(address indexed operator, address indexed from, "
        "address indexed to, uint256 id, uint256 value)",
        "function balanceOf(address, uint256) returns (uint256)",
        "function creditAt(uint256) returns (uint256)",
        "function creditCount() returns (uint256)",
        "function invalidUnitsOf(uint256, uint256) returns (uint256)",
        "function invalidatedFor(address) returns (uint256)",
        "function invalidityOf(uint256) returns (uint256, uint256)",
        f"function isRecorded({_RETIREMENT_TYPES}, (uint256, bytes32, bytes32[])) returns (bool)",
        "function offsetFor(address) returns (uint256)",
        "function pageChain(uint256, uint256) returns (bytes32)",
        "function replacedFor(address) returns (uint256)",
        "function retiredBalanceOf(address, uint256) returns (uint256)",
        "function retiredFor(address) returns (uint256)",
        "function serialSpanOf(uint256) returns ((uint256, uint256, uint256, uint256))",
        "function stateOf(uint256) returns ((uint256, uint256, uint256, uint256, uint256))",
    ),
    "EmissionsRegistry": (
        "event EmissionsCommitted(address indexed account, uint256 indexed index, "
        "uint256 indexed factorVersion, uint256 firstBlock, uint256 lastBlock, "
        "bytes32 lastBlockHash, uint256 recordCount, uint256 gasUsed, "
        "uint256 energyPicowattHours, uint256 co2eMicrograms, bytes32 root, bytes32 recordsHash)",
        "event EmissionsRecorded(address indexed account, uint256 factorVersion, "
        "uint256 gasUsed, uint256 energyPicowattHours, uint256 co2eMicrograms)",
        f"event FactorPublished(uint256 indexed version, {FACTOR_FIELDS} factor, "
        "string evidenceLocation, string source)",
        "function carbonCredits() returns (address)",
        "function emittedBy(address) returns (uint256)",
        "function factorCount() returns (uint256)",
        "function factorVersion() returns (uint256)",
        f"function getFactor(uint256) returns ({FACTOR_TYPES})",
        "function outstanding(address) returns (uint256)",
    ),
}


@dataclass(frozen=True)
class DeployedContract:
    """One contract of the suite.

    Attributes:
        address: where it stands.
        block_number: the block that created it; it has no events before.
        abi: as much of its ABI as a client needs, as the compiler wrote it.
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
    chain_id, found = read_contracts(path, NEEDED)
    return Deployment(chain_id, found["CarbonCredits"], found["EmissionsRegistry"])


def read_contracts(
    path: Path, needed: Mapping[str, tuple[str, ...]]
) -> tuple[int, dict[str, DeployedContract]]:
    """The chain, and of each contract in `needed` the events and functions that it names.

    Raises:
        InputError: if there is no such file, or it lacks any of them; in one line.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            f"deployment {path}: {error.strerror or error}; deploy first, or name another file"
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"deployment {path}: is no JSON ({error})") from error
    try:
        chain_id = _whole_number(document["chain_id"])
        return chain_id, {
            name: _contract(document, name, declarations) for name, declarations in needed.items()
        }
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise InputError(
            f"deployment {path}: {what}; only a file that scripts/deploy.py wrote will do"
        ) from error


def _contract(
    document: dict[str, Any], name: str, declarations: tuple[str, ...]
) -> DeployedContract:
    entry = document["contracts"][name]
    if not Web3.is_address(entry["address"]):
        raise ValueError(f"{name} has no address")
    abi = {_declaration(item): item for item in entry["abi"]}
    for needed in declarations:
        if needed not in abi:
            raise ValueError(f"the ABI of {name} lacks {needed}")
    return DeployedContract(
        address=Web3.to_checksum_address(entry["address"]),
        block_number=_whole_number(entry["block_number"]),
        abi=[abi[needed] for needed in declarations],
    )


def _declaration(item: Any) -> str | None:
    """An entry of an ABI as in Solidity: of a function only the types, of an event all names too.

    None for what is neither.
    """
    try:
        if item["type"] == "event" and item["anonymous"] is False:
            return f"event {item['name']}({_parameters(item['inputs'], are_named=True)})"
        if item["type"] == "function":
            returned = _parameters(item["outputs"], are_named=False)
            return (
                f"function {item['name']}({_parameters(item['inputs'], are_named=False)}) "
                f"returns ({returned})"
            )
    except (AttributeError, KeyError, TypeError):
        pass
    return None


def _parameters(items: list[dict[str, Any]], *, are_named: bool) -> str:
    parameters = []
    for item in items:
        name, kind = item["name"], item["type"]
        if kind.startswith("tuple"):
            components = _parameters(item["components"], are_named=are_named)
            kind = f"({components}){kind.removeprefix('tuple')}"
        indexed = " indexed" if item.get("indexed") else ""
        parameters.append(f"{kind}{indexed} {name}" if are_named else kind)
    return ", ".join(parameters)


def _whole_number(value: object) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError(f"{value!r} is no block or chain number")
    return value
