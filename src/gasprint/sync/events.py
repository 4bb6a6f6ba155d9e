"""The events of the suite, and the columns in which a ledger file keeps each.

A table an event type. Its columns are the event's parameters in snake case; the parts of a struct
stand in its place, and `from`, `to` and `values`, which SQL reserves, end in an underscore.

    address, bytes      VARCHAR, 0x and digits; addresses in EIP-55's mixed case
    string              VARCHAR, with U+FFFD for what is no UTF-8; beside it `<name>_bytes`, a BLOB
                        of what was logged where it is none, and NULL where the text is just that
    bool                BOOLEAN
    up to 48 bits       BIGINT
    quantities          DECIMAL(38, 0): gas, energy, CO2e, units, serials, numbers and times, all of
                        which the contracts keep below 2^96
    ids, money          VARCHAR, decimal digits: an id fills 256 bits, and so may an amount of a
                        token that anyone made, or a threshold that anyone set
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gasprint.deployments import DeployedContract

EVENTS = {
    "CarbonCredits": (
        "event ApprovalForAll(address indexed account, address indexed operator, bool approved)",
        "event AttestationWithdrawn(bytes32 indexed digest, address indexed custodian)",
        "event AuthorityUpdated(address authority)",
        "event CreditAttested(uint256 indexed tokenId, address indexed custodian, bytes32 "
        "evidenceHash)",
        "event CreditMinted(address indexed to, uint256 indexed tokenId, uint256 projectId, "
        "uint256 creditId, uint256 amount, uint256 expiry)",
        "event CreditResumed(uint256 indexed tokenId)",
        "event CreditRetired(address indexed account, uint256 indexed tokenId, uint256 amount)",
        "event CreditSuspended(uint256 indexed tokenId, uint256 until, string reason)",
        "event Paused(address account)",
        "event RetirementDescribed(uint256 indexed retirementId, (address payer, string "
        "beneficiaryName, string purpose, string place, uint40 periodStart, uint40 periodEnd) "
        "details)",
        "event RetirementInvalidated(uint256 indexed retirementId, uint256 indexed tokenId, "
        "address indexed beneficiary, uint256 units)",
        "event RetirementRecorded(uint256 indexed retirementId, uint256 indexed tokenId, "
        "address indexed beneficiary, address holder, address agent, uint256 index)",
        "event RetirementReplaced(uint256 indexed retirementId, uint256 indexed replacedBy, "
        "address indexed beneficiary, uint256 units)",
        "event SerialsInvalidated(uint256 indexed tokenId, uint256 firstSerial, uint256 "
        "lastSerial, string reason)",
        "event SerialsRedeemed(uint256 indexed tokenId, address indexed holder, address "
        "agent, uint256 firstSerial, uint256 lastSerial, string registryAccount)",
        "event TransferBatch(address indexed operator, address indexed from, address indexed "
        "to, uint256[] ids, uint256[] values)",
        "event TransferSingle(address indexed operator, address indexed from, address indexed "
        "to, uint256 id, uint256 value)",
        "event URI(string value, uint256 indexed id)",
        "event Unpaused(address account)",
    ),
    "EmissionsRegistry": (
        "event AuthorityUpdated(address authority)",
        "event EmissionsCommitted(address indexed account, uint256 indexed index, uint256 "
        "indexed factorVersion, uint256 firstBlock, uint256 lastBlock, bytes32 lastBlockHash, "
        "uint256 recordCount, uint256 gasUsed, uint256 energyPicowattHours, uint256 "
        "co2eMicrograms, bytes32 root, bytes32 recordsHash)",
        "event EmissionsRecorded(address indexed account, uint256 factorVersion, uint256 "
        "gasUsed, uint256 energyPicowattHours, uint256 co2eMicrograms)",
        "event EmissionsReported(address indexed account, address indexed reporter)",
        "event FactorPublished(uint256 indexed version, (uint48 picogramsPerGas, uint48 "
        "picowattHoursPerGas, uint40 effectiveAt, uint48 picogramsPerGasLower, uint48 "
        "picogramsPerGasUpper, uint48 picowattHoursPerGasLower, uint48 "
        "picowattHoursPerGasUpper, bytes32 evidenceHash) factor, string evidenceLocation, "
        "string source)",
        "event ReporterSet(address indexed account, address indexed reporter, bool approved)",
    ),
    "AutoRetire": (
        "event Bought(address indexed account, uint256 indexed retirementId, uint256 indexed "
        "listingId, uint256 units, uint256 cost)",
        "event Deposited(address indexed account, uint256 indexed tokenId, address indexed "
        "from, uint256 units)",
        "event Dequeued(address indexed account, uint256 indexed tokenId)",
        "event KeeperSet(address indexed account, address indexed keeper, bool approved)",
        "event PaymentDeposited(address indexed account, address indexed paymentToken, "
        "address indexed from, uint256 amount)",
        "event PaymentWithdrawn(address indexed account, address indexed paymentToken, "
        "address indexed to, uint256 amount)",
        "event PolicySet(address indexed account, (uint256[] accepts, uint16 earliestVintage, "
        "string label, address paymentToken, uint128 maxPricePerTonne, uint128 budget, uint32 "
        "periodSeconds, bool withCertificate, string beneficiaryName, string purpose, string "
        "place) policy)",
        "event PurchaseFailed(address indexed account, uint256 indexed listingId, bytes reason)",
        "event Settled(address indexed account, uint256 indexed retirementId, uint256 indexed "
        "tokenId, uint256 units)",
        "event SettlementShort(address indexed account, uint256 co2eMicrograms)",
        "event ThresholdSet(address indexed account, uint256 thresholdCo2eMicrograms)",
        "event Withdrawn(address indexed account, uint256 indexed tokenId, address indexed "
        "to, uint256 units)",
    ),
    "CreditMarket": (
        "event Cancelled(uint256 indexed listingId, address indexed to, uint256 units)",
        "event Listed(uint256 indexed listingId, address indexed seller, uint256 indexed "
        "tokenId, address paymentToken, uint256 units, uint256 pricePerTonne, uint256 "
        "expiresAt)",
        "event ProceedsWithdrawn(address indexed seller, address indexed paymentToken, "
        "address indexed to, uint256 amount)",
        "event Sold(uint256 indexed listingId, address indexed buyer, uint256 units, uint256 "
        "cost, uint256 indexed retirementId)",
        "event Unbooked(uint256 indexed listingId)",
    ),
    "CreditRecords": (
        "event LabelAdded(uint256 indexed tokenId, uint256 indexed index, string name, "
        "uint256 from)",
        "event LabelEnded(uint256 indexed tokenId, uint256 indexed index, uint256 until)",
        "event SerialsSettled(uint256 indexed tokenId, uint256 firstSerial, uint256 "
        "lastSerial, string registryReference)",
    ),
    "RetirementCertificates": (
        "event Approval(address indexed owner, address indexed account, uint256 indexed id)",
        "event ApprovalForAll(address indexed owner, address indexed operator, bool isApproved)",
        "event BatchMetadataUpdate(uint256 _fromTokenId, uint256 _toTokenId)",
        "event Locked(uint256 tokenId)",
        "event MetadataUpdate(uint256 _tokenId)",
        "event Transfer(address indexed from, address indexed to, uint256 indexed id)",
    ),
    "Authority": (
        "event OperationCanceled(bytes32 indexed operationId, uint32 indexed nonce)",
        "event OperationExecuted(bytes32 indexed operationId, uint32 indexed nonce)",
        "event OperationScheduled(bytes32 indexed operationId, uint32 indexed nonce, uint48 "
        "schedule, address caller, address target, bytes data)",
        "event RoleAdminChanged(uint64 indexed roleId, uint64 indexed admin)",
        "event RoleGrantDelayChanged(uint64 indexed roleId, uint32 delay, uint48 since)",
        "event RoleGranted(uint64 indexed roleId, address indexed account, uint32 delay, "
        "uint48 since, bool newMember)",
        "event RoleGuardianChanged(uint64 indexed roleId, uint64 indexed guardian)",
        "event RoleLabel(uint64 indexed roleId, string label)",
        "event RoleRevoked(uint64 indexed roleId, address indexed account)",
        "event TargetAdminDelayUpdated(address indexed target, uint32 delay, uint48 since)",
        "event TargetClosed(address indexed target, bool closed)",
        "event TargetFunctionRoleUpdated(address indexed target, bytes4 selector, uint64 "
        "indexed roleId)",
    ),
}
"""By contract. Of a type that two contracts log, the first one names the columns."""

_WIDE = re.compile(
    # Ids.
    r"\w*(tokenId|TokenId|retirementId|listingId)|replacedBy|projectId|creditId|ids?|accepts|"
    # Money, and what an account sets as it likes.
    r"pricePerTonne|maxPricePerTonne|budget|cost|money|thresholdCo2eMicrograms"
)
_RESERVED = {"from", "to", "values"}


@dataclass(frozen=True)
class Column:
    """A parameter of an event, or of a struct in it.

    Attributes:
        name: in snake case.
        sql_type: as DuckDB has it.
        is_text: a string, beside which `<name>_bytes` stands.
    """

    name: str
    sql_type: str
    is_text: bool = False


@dataclass(frozen=True)
class EventType:
    """An event of one contract.

    Attributes:
        table: where it is kept.
        abi: of the event.
        columns: in the order of its parameters.
    """

    table: str
    abi: Mapping[str, Any]
    columns: tuple[Column, ...]


def event_types(contract: DeployedContract) -> Iterator[EventType]:
    """All events of a contract."""
    for abi in contract.abi:
        if abi["type"] == "event":
            columns = tuple(_columns(abi["inputs"], {each["name"] for each in abi["inputs"]}))
            yield EventType(table_name(abi["name"]), abi, columns)


def _columns(inputs: list[dict[str, Any]], siblings: set[str]) -> Iterator[Column]:
    for each in inputs:
        if each["type"] == "tuple":
            yield from _columns(each["components"], siblings)
            continue
        # An amount beside a payment token is money; the credits' own is units.
        is_money = each["name"] == "amount" and "paymentToken" in siblings
        name = "money" if is_money else each["name"]
        yield Column(
            column_name(each["name"]), _sql_type(each["type"], name), each["type"] == "string"
        )


def _sql_type(solidity: str, name: str) -> str:
    if solidity.endswith("[]"):
        return f"{_sql_type(solidity[:-2], name)}[]"
    if solidity == "bool":
        return "BOOLEAN"
    if not solidity.startswith("uint") or _WIDE.fullmatch(name):
        return "VARCHAR"
    return "BIGINT" if int(solidity.removeprefix("uint")) <= 48 else "DECIMAL(38, 0)"


def column_name(parameter: str) -> str:
    """Where an event's parameter, or a part of a struct in it, is kept."""
    name = _snake(parameter)
    return f"{name}_" if name in _RESERVED else name


def table_name(event: str) -> str:
    """Where an event is kept."""
    return _snake(event)


def _snake(name: str) -> str:
    if name.isupper():
        return name.lower()
    return re.sub(r"(?<=.)(?=[A-Z])", "_", name.strip("_")).lower()
