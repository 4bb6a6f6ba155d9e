"""The contracts of credits, to issue, retire and show by: what the command line does on a chain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_typing import ChecksumAddress
from eth_utils.abi import function_signature_to_4byte_selector
from web3.contract import Contract
from web3.contract.contract import ContractFunction
from web3.logs import DISCARD
from web3.types import TxReceipt

from gasprint._node import Node
from gasprint.attestations import Attestation, digest_of, signer_of
from gasprint.deployments import DeployedContract, read_contracts
from gasprint.errors import InputError
from gasprint.ledger import RetirementDescribed, RetirementDetails, RetirementRecorded
from gasprint.retirements import Retirement, RetirementProof, proof_of, rebuild
from gasprint.signers import Signer, send_call

CUSTODIAN_ROLE = 3

_METADATA = "(uint256, uint256, string, string, string, string, uint256, uint256, bool)"
_DETAILS = "(address, string, string, string, uint40, uint40)"
_RETIREMENT = "(uint256, uint256, address, address, address, uint40, bytes32)"
_PROOF = "(uint256, bytes32, bytes32[])"
_NEEDED = {
    "Authority": (
        "function canCall(address, address, bytes4) returns (bool, uint32)",
        "function hasRole(uint64, address) returns (bool, uint32)",
    ),
    "CarbonCredits": (
        "event RetirementDescribed(uint256 indexed retirementId, (address payer, "
        "string beneficiaryName, string purpose, string place, uint40 periodStart, "
        "uint40 periodEnd) details)",
        "event RetirementRecorded(uint256 indexed retirementId, uint256 indexed tokenId, "
        "address indexed beneficiary, address holder, address agent, uint256 index)",
        f"function attest(address, {_METADATA}, bytes32, uint256, address, bytes, uint256) "
        "returns ()",
        "function creditAt(uint256) returns (uint256)",
        "function creditCount() returns (uint256)",
        "function evidenceHashOf(uint256) returns (bytes32)",
        f"function getMetadata(uint256) returns ({_METADATA})",
        "function invalidUnitsOf(uint256, uint256) returns (uint256)",
        "function invalidityOf(uint256) returns (uint256, uint256)",
        "function isExpired(uint256) returns (bool)",
        f"function mintCredit(address, uint256, uint256, uint256, uint256, {_METADATA}) returns ()",
        "function multicall(bytes[]) returns (bytes[])",
        "function retirableUnits(uint256) returns (uint256)",
        f"function retireFor(uint256, address, uint256, address, {_DETAILS}, bool) "
        "returns (uint256)",
        "function stateOf(uint256) returns ((uint256, uint256, uint256, uint256, uint256))",
        "function suspendedUntil(uint256) returns (uint256)",
        "function tokenExists(uint256) returns (bool)",
        "function withdrawAttestation(bytes32) returns ()",
    ),
    "CreditRecords": (
        "function labelsOf(uint256) returns ((string, uint40, uint40)[])",
        "function settledThrough(uint256) returns (uint256)",
    ),
    "RetirementCertificates": (
        "event Locked(uint256 tokenId)",
        f"function claim({_RETIREMENT}, {_PROOF}, {_DETAILS}) returns ()",
        "function ownerOf(uint256) returns (address)",
        "function supportsInterface(bytes4) returns (bool)",
        "function svgOf(uint256) returns (string)",
    ),
}
_ERC_1271_ABI = [
    {
        "type": "function",
        "name": "isValidSignature",
        "stateMutability": "view",
        "inputs": [{"name": "hash", "type": "bytes32"}, {"name": "signature", "type": "bytes"}],
        "outputs": [{"name": "", "type": "bytes4"}],
    }
]
_ERC_1271_VALID = bytes.fromhex("1626ba7e")
_CREDITS_PER_REQUEST = 500


def read_place(deployment: Path) -> tuple[int, ChecksumAddress]:
    """The chain, and the credits' address on it; asks no node.

    Raises:
        InputError: if the file is broken.
    """
    chain_id, found = read_contracts(deployment, {"CarbonCredits": _NEEDED["CarbonCredits"]})
    return chain_id, found["CarbonCredits"].address


@dataclass(frozen=True)
class FoundRetirement:
    """A retirement as its events tell it.

    Attributes:
        recorded: the event.
        details: what was said of it.
        retired_at_seconds: Unix seconds of its block.
    """

    recorded: RetirementRecorded
    details: RetirementDetails
    retired_at_seconds: int


@dataclass(frozen=True)
class CreditContracts:
    """The credits, their records and certificates, and who may do what.

    Every method raises InputError where the node fails, or a contract refuses.

    Attributes:
        chain_id: of the chain that they stand on.
        node: what reads and sends.
    """

    chain_id: int
    node: Node
    _authority: Contract
    _credits: Contract
    _records: Contract
    _certificates: Contract
    _first_block: int
    _blocks_per_request: int = 2_000

    @classmethod
    def connect(cls, rpc_url: str, deployment: Path) -> CreditContracts:
        """Find the contracts of `deployment` through the node at `rpc_url`.

        Raises:
            InputError: if the file is broken, no node answers, it serves another chain, or the
                contracts do not stand where the file says.
        """
        expected_chain_id, found = read_contracts(deployment, _NEEDED)
        node = Node.at(rpc_url)
        chain_id = node.chain_id()
        if chain_id != expected_chain_id:
            raise InputError(
                f"the node serves chain {chain_id}, but {deployment} is of chain "
                f"{expected_chain_id}; name the other node or the other file"
            )

        def contract(name: str) -> Contract:
            deployed: DeployedContract = found[name]
            return node.contract(name, deployed)

        return cls(
            chain_id,
            node,
            contract("Authority"),
            contract("CarbonCredits"),
            contract("CreditRecords"),
            contract("RetirementCertificates"),
            found["CarbonCredits"].block_number,
        )

    @property
    def credits_address(self) -> ChecksumAddress:
        """Where the credits stand."""
        return self._credits.address

    def check_attestation(self, attestation: Attestation) -> None:
        """Refuse what the credits would refuse.

        Raises:
            InputError: if its time has passed, its custodian is none, or did not sign it.
        """
        now = self.node.block_time_unix_seconds(self.node.newest_block())
        if now > attestation.deadline:
            raise InputError(
                f"the attestation expired at {utc_text(attestation.deadline)}; "
                "ask the custodian for another"
            )
        self.check_signature(attestation)
        custodian = attestation.custodian
        is_custodian, delay_seconds = self._call(
            self._authority, "hasRole", CUSTODIAN_ROLE, custodian
        )
        if not is_custodian or delay_seconds:
            raise InputError(f"{custodian} signed, but does not have the custodian's role")

    def check_signature(self, attestation: Attestation) -> None:
        """Refuse what its custodian did not sign, or what was changed since.

        Raises:
            InputError: saying so.
        """
        custodian = self.node.web3.to_checksum_address(attestation.custodian)
        if self.node.has_code(custodian):
            self._check_wallet_signature(custodian, attestation)
        elif signer_of(attestation, self.chain_id, self.credits_address) != custodian:
            raise InputError(
                f"the signature is not that of custodian {custodian}, or the attestation was "
                "changed since; ask the custodian for another"
            )

    def _check_wallet_signature(self, custodian: ChecksumAddress, attestation: Attestation) -> None:
        wallet = self.node.web3.eth.contract(custodian, abi=_ERC_1271_ABI)
        digest = digest_of(attestation, self.chain_id, self.credits_address)
        answer = self._call(wallet, "isValidSignature", digest, attestation.signature)
        if bytes(answer) != _ERC_1271_VALID:
            raise InputError(f"the contract {custodian} says that the signature is not its own")

    def check_issuer(self, account: ChecksumAddress) -> None:
        """Refuse an account that may not mint.

        Raises:
            InputError: if `account` does not have the issuer's role, or has to wait.
        """
        metadata_type = _METADATA.replace(" ", "")
        selector = function_signature_to_4byte_selector(
            f"mintCredit(address,uint256,uint256,uint256,uint256,{metadata_type})"
        )
        may, delay_seconds = self._call(
            self._authority, "canCall", account, self.credits_address, selector
        )
        if delay_seconds:
            raise InputError(
                f"{account} may issue only {delay_seconds} seconds after it schedules to"
            )
        if not may:
            raise InputError(f"{account} does not have the issuer's role")

    def token_ids(self) -> list[int]:
        """All credits, in the order of issuance."""
        count = int(self._call(self._credits, "creditCount"))
        found: list[int] = []
        for first in range(1, count + 1, _CREDITS_PER_REQUEST):
            numbers = range(first, min(first + _CREDITS_PER_REQUEST, count + 1))
            calls = [self._credits.encode_abi("creditAt", [number]) for number in numbers]
            found += map(int.from_bytes, self._call(self._credits, "multicall", calls))
        return found

    def issue(self, attestation: Attestation) -> ContractFunction:
        """The call that brings an attestation and mints."""
        from gasprint.token_ids import describe_token_id

        credit = describe_token_id(attestation.credit.token_id)
        others = map(describe_token_id, self.token_ids())
        below = [
            other.first_serial
            for other in others
            if other.registry == credit.registry and other.first_serial < credit.first_serial
        ]
        hint = max(below, default=0)
        return self._credits.functions["multicall"](
            [
                self._credits.encode_abi("attest", list(attestation.attest_arguments(hint))),
                self._credits.encode_abi("mintCredit", list(attestation.credit.mint_arguments)),
            ]
        )

    def withdraw(self, digest: bytes) -> ContractFunction:
        """The call that withdraws the attestation of that digest."""
        return self._credits.functions["withdrawAttestation"](digest)

    def data_of(self, function: ContractFunction) -> str:
        """What a transaction to the credits has to carry to make that call."""
        return str(self._credits.encode_abi(function.fn_name, function.args))

    def retire(
        self,
        token_id: int,
        holder: ChecksumAddress,
        units: int,
        beneficiary: ChecksumAddress,
        details: RetirementDetails,
        *,
        with_certificate: bool,
    ) -> ContractFunction:
        """The call that retires."""
        return self._credits.functions["retireFor"](
            token_id, holder, units, beneficiary, _fields(details), with_certificate
        )

    def claim(self, found: FoundRetirement) -> ContractFunction:
        """The call that mints the certificate of a retirement."""
        retirement, proof = self.proof_of(found.recorded)
        return self._certificates.functions["claim"](
            _fields(retirement), _fields(proof), _fields(found.details)
        )

    def send(self, signer: Signer, function: ContractFunction, timeout_seconds: float) -> TxReceipt:
        """Have `signer` call, and wait until it is mined.

        Raises:
            InputError: with the contract's reason, where it reverts.
        """
        return send_call(signer, self.node, function, self.chain_id, timeout_seconds)

    def recorded_in(self, receipt: TxReceipt) -> RetirementRecorded:
        """The retirement that a transaction of `retire` recorded."""
        for event in self._credits.events["RetirementRecorded"]().process_receipt(receipt, DISCARD):
            if event["address"] == self.credits_address:
                place = {
                    "block_number": event["blockNumber"],
                    "log_index": event["logIndex"],
                    "transaction_hash": event["transactionHash"].to_0x_hex(),
                }
                return _recorded(event["args"], place)
        raise InputError("the transaction is mined, but recorded no retirement; look it up")

    def is_credit(self, token_id: int) -> bool:
        """Whether a credit of that id was issued."""
        return bool(self._call(self._credits, "tokenExists", token_id))

    def read(self, function: str, *arguments: object) -> Any:
        """What a view function of the credits returns."""
        return self._call(self._credits, function, *arguments)

    def read_records(self, function: str, *arguments: object) -> Any:
        """What a view function of the records returns."""
        return self._call(self._records, function, *arguments)

    def certificate_svg(self, retirement_id: int) -> str | None:
        """The certificate of a retirement as it is drawn today; None where it has none."""
        if not self.has_certificate(retirement_id):
            return None
        return str(self._call(self._certificates, "svgOf", retirement_id))

    def has_certificate(self, retirement_id: int) -> bool:
        """Whether a retirement has a certificate."""
        try:
            self._call(self._certificates, "ownerOf", retirement_id)
        except InputError as error:
            if str(error) == "there is no such certificate":
                return False
            raise
        return True

    def retirement(self, retirement_id: int) -> FoundRetirement | None:
        """A retirement by its id; None where none was recorded."""
        recorded = next(self._recorded({"retirementId": retirement_id}), None)
        return None if recorded is None else self._with_details(recorded)

    def retirements_for(self, beneficiary: ChecksumAddress) -> Iterator[FoundRetirement]:
        """All retirements for an account, the oldest first."""
        return map(self._with_details, self._recorded({"beneficiary": beneficiary}))

    def retirements_of(self, token_id: int) -> list[RetirementRecorded]:
        """All retirements of a credit, in their order."""
        return sorted(self._recorded({"tokenId": token_id}), key=lambda each: each.index)

    def _with_details(self, recorded: RetirementRecorded) -> FoundRetirement:
        block = recorded.block_number
        described = self._described(recorded.retirement_id, block)
        details = next((each.details for each in described), RetirementDetails())
        return FoundRetirement(recorded, details, self.node.block_time_unix_seconds(block))

    def proof_of(self, recorded: RetirementRecorded) -> tuple[Retirement, RetirementProof]:
        """A retirement as the contract hashed it, and the proof that the contract takes for it."""
        # Only the page matters, but events cannot be filtered by it.
        page = [
            each
            for each in self.retirements_of(recorded.token_id)
            if each.index // 32 == recorded.index // 32
        ]
        described = [
            each
            for other in page
            for each in self._described(other.retirement_id, other.block_number)
        ]
        of_credit = rebuild(page, described, self.node.block_time_unix_seconds)[recorded.token_id]
        return of_credit[recorded.index], proof_of(of_credit, recorded.index)

    def _recorded(self, filters: dict[str, Any]) -> Iterator[RetirementRecorded]:
        blocks = range(self._first_block, self.node.newest_block() + 1, self._blocks_per_request)
        for args, place in self.node.events(self._credits, "RetirementRecorded", filters, blocks):
            yield _recorded(args, place)

    def _described(self, retirement_id: int, block: int) -> Iterator[RetirementDescribed]:
        filters = {"retirementId": retirement_id}
        blocks = range(block, block + 1)
        for args, place in self.node.events(self._credits, "RetirementDescribed", filters, blocks):
            yield RetirementDescribed(
                retirement_id=args["retirementId"],
                details=RetirementDetails(*args["details"].values()),
                **place,
            )

    def _call(self, contract: Contract, function: str, *arguments: object) -> Any:
        return self.node.call(contract, function, *arguments, block=None)


def utc_text(unix_seconds: int) -> str:
    """A time to the second, in UTC."""
    from datetime import UTC, datetime

    try:
        return datetime.fromtimestamp(unix_seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError):
        return f"Unix second {unix_seconds}"


def expiry_text(unix_seconds: int) -> str:
    """When a credit expires; 0 is never."""
    return utc_text(unix_seconds) if unix_seconds else "never"


def _fields(record: RetirementDetails | Retirement | RetirementProof) -> tuple[Any, ...]:
    from dataclasses import astuple

    return astuple(record)


def _recorded(args: Mapping[str, Any], place: dict[str, Any]) -> RetirementRecorded:
    return RetirementRecorded(
        retirement_id=args["retirementId"],
        token_id=args["tokenId"],
        beneficiary=args["beneficiary"],
        holder=args["holder"],
        agent=args["agent"],
        index=args["index"],
        **place,
    )
