"""What a custodian signs, so that the issuer can mint: EIP-712 over exactly one credit.

The types are those of `contracts/libraries/Attestations.sol`, so that a wallet shows the signer
the very serials, strings and recipient. An attestation is a JSON file that the custodian hands to
the issuer; it holds the signature and all that was signed, and no secret.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from eth_account import Account
from eth_account.messages import SignableMessage, encode_typed_data
from eth_account.signers.base import BaseAccount
from eth_utils.address import is_address, to_checksum_address
from eth_utils.crypto import keccak

from gasprint.errors import InputError
from gasprint.token_ids import describe_token_id

MAX_TEXT_BYTES = 255
"""Of each string of a credit."""

DOMAIN_NAME = "gasprint CarbonCredits"
DOMAIN_VERSION = "1"

_TYPES = {
    "Credit": {
        "recipient": "address",
        "registry": "uint256",
        "projectNumber": "uint256",
        "firstSerial": "uint256",
        "lastSerial": "uint256",
        "amountUnits": "uint256",
        "expiry": "uint256",
        "projectName": "string",
        "methodology": "string",
        "vintage": "string",
        "country": "string",
    },
    "Attestation": {"credit": "Credit", "evidenceHash": "bytes32", "deadline": "uint256"},
}


@dataclass(frozen=True)
class Credit:
    """A credit to be issued.

    Attributes:
        recipient: address that receives all units.
        token_id: tells registry, project and serials.
        project_name: as the registry has it; at most 255 bytes, as each string.
        methodology: as the registry has it.
        vintage: the years of the reductions.
        country: ISO 3166-1, two letters.
        expiry: Unix seconds from which it counts as expired; 0 for never.
    """

    recipient: str
    token_id: int
    project_name: str
    methodology: str
    vintage: str
    country: str
    expiry: int = 0

    @property
    def units(self) -> int:
        """What the serials stand for, in base units of ERC-8393."""
        return describe_token_id(self.token_id).units

    @property
    def metadata(self) -> tuple[int, int, str, str, str, str, int, int, bool]:
        """ERC-8393's CreditMetadata, in its order."""
        project_id, credit_id = divmod(self.token_id, 2**128)
        strings = (self.project_name, self.methodology, self.vintage, self.country)
        return (project_id, credit_id, *strings, self.units, self.expiry, False)

    @property
    def mint_arguments(self) -> tuple[Any, ...]:
        """The arguments of `mintCredit`."""
        metadata = self.metadata
        return (self.recipient, *metadata[:2], self.units, self.expiry, metadata)


@dataclass(frozen=True)
class Attestation:
    """A custodian's signature over a credit.

    Attributes:
        credit: what may be minted.
        evidence_hash: SHA-256 of the evidence that the serials are immobilised; 32 bytes.
        deadline: Unix seconds until which it may be minted.
        custodian: address of who signed.
        signature: as `SignatureChecker` takes it.
    """

    credit: Credit
    evidence_hash: bytes
    deadline: int
    custodian: str
    signature: bytes

    def attest_arguments(self, hint_first_serial: int = 0) -> tuple[Any, ...]:
        """The arguments of `attest`; the hint is the first serial of the range next below."""
        return (
            self.credit.recipient,
            self.credit.metadata,
            self.evidence_hash,
            self.deadline,
            self.custodian,
            self.signature,
            hint_first_serial,
        )


def typed_data(
    credit: Credit, evidence_hash: bytes, deadline: int, chain_id: int, contract: str
) -> dict[str, Any]:
    """The EIP-712 document that a custodian signs, for any wallet.

    Args:
        credit: what may be minted.
        evidence_hash: SHA-256 of the evidence; 32 bytes.
        deadline: Unix seconds.
        chain_id: the chain of the credit contract.
        contract: the credit contract's address.
    """
    parts = describe_token_id(credit.token_id)
    domain = {
        "name": DOMAIN_NAME,
        "version": DOMAIN_VERSION,
        "chainId": chain_id,
        "verifyingContract": contract,
    }
    domain_types = {
        "name": "string",
        "version": "string",
        "chainId": "uint256",
        "verifyingContract": "address",
    }
    types = {"EIP712Domain": domain_types} | _TYPES
    return {
        "types": {
            name: [{"name": field, "type": kind} for field, kind in fields.items()]
            for name, fields in types.items()
        },
        "primaryType": "Attestation",
        "domain": domain,
        "message": {
            "credit": {
                "recipient": credit.recipient,
                "registry": parts.registry,
                "projectNumber": parts.project_number,
                "firstSerial": parts.first_serial,
                "lastSerial": parts.last_serial,
                "amountUnits": credit.units,
                "expiry": credit.expiry,
                "projectName": credit.project_name,
                "methodology": credit.methodology,
                "vintage": credit.vintage,
                "country": credit.country,
            },
            "evidenceHash": evidence_hash,
            "deadline": deadline,
        },
    }


def attest(
    credit: Credit,
    evidence_hash: bytes,
    deadline: int,
    chain_id: int,
    contract: str,
    custodian: BaseAccount,
) -> Attestation:
    """Sign a credit.

    Args:
        credit: what may be minted.
        evidence_hash: SHA-256 of the evidence; 32 bytes.
        deadline: Unix seconds.
        chain_id: the chain of the credit contract.
        contract: the credit contract's address.
        custodian: who signs.
    """
    document = typed_data(credit, evidence_hash, deadline, chain_id, contract)
    signed = custodian.sign_message(encode_typed_data(full_message=document))
    return Attestation(credit, evidence_hash, deadline, custodian.address, bytes(signed.signature))


def signer_of(attestation: Attestation, chain_id: int, contract: str) -> str | None:
    """The address whose key made the signature; None where no key can have made it."""
    message = _message(attestation, chain_id, contract)
    try:
        return str(Account.recover_message(message, signature=attestation.signature))
    except Exception:
        # The libraries below raise many kinds for a signature that is malformed.
        return None


def digest_of(attestation: Attestation, chain_id: int, contract: str) -> bytes:
    """The 32 bytes that were signed, for a wallet that is a contract (ERC-1271) to judge."""
    message = _message(attestation, chain_id, contract)
    return keccak(b"\x19" + message.version + message.header + message.body)


def _message(attestation: Attestation, chain_id: int, contract: str) -> SignableMessage:
    return encode_typed_data(
        full_message=typed_data(
            attestation.credit, attestation.evidence_hash, attestation.deadline, chain_id, contract
        )
    )


def typed_data_json(document: dict[str, Any]) -> dict[str, Any]:
    """The document of `typed_data` as wallets read it: numbers may pass 2^53, so they are text."""
    message = document["message"]
    return document | {
        "message": {
            "credit": {
                name: str(value) if isinstance(value, int) else value
                for name, value in message["credit"].items()
            },
            "evidenceHash": "0x" + message["evidenceHash"].hex(),
            "deadline": str(message["deadline"]),
        }
    }


def to_json(attestation: Attestation, chain_id: int, contract: str) -> dict[str, Any]:
    """The attestation as a document; numbers that may pass 2^53 are strings."""
    return {
        "chain_id": chain_id,
        "contract": contract,
        "credit": asdict(attestation.credit) | {"token_id": str(attestation.credit.token_id)},
        "evidence_hash": "0x" + attestation.evidence_hash.hex(),
        "deadline": attestation.deadline,
        "custodian": attestation.custodian,
        "signature": "0x" + attestation.signature.hex(),
    }


def from_json(document: object) -> tuple[Attestation, int, str]:
    """Read what `to_json` made: the attestation, its chain, and its contract.

    Raises:
        InputError: naming the first entry that is missing, unknown or wrong, in one line.
    """
    names = ("chain_id", "contract", "credit", *_field_names(Attestation)[1:])
    entries = _Entries(document, names, "attestation")
    credit = _Entries(entries.of["credit"], _field_names(Credit), "attestation: credit")
    token_id = credit.digits("token_id")
    describe_token_id(token_id)
    return (
        Attestation(
            credit=Credit(
                recipient=credit.address("recipient"),
                token_id=token_id,
                project_name=credit.text("project_name"),
                methodology=credit.text("methodology"),
                vintage=credit.text("vintage"),
                country=credit.text("country"),
                expiry=credit.number("expiry", 2**40),
            ),
            evidence_hash=entries.hexadecimal("evidence_hash", 32),
            deadline=entries.number("deadline", 2**32),
            custodian=entries.address("custodian"),
            signature=entries.hexadecimal("signature"),
        ),
        entries.number("chain_id", 2**64),
        entries.address("contract"),
    )


def _field_names(kind: type[Attestation] | type[Credit]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


class _Entries:
    """The entries of a JSON object, which has to have just these."""

    def __init__(self, document: object, names: tuple[str, ...], what: str) -> None:
        if not isinstance(document, dict):
            raise InputError(f"{what} is no JSON object; take the file as `attest` wrote it")
        for name in names:
            if name not in document:
                raise InputError(f"{what}: {name!r} is missing; take the file as it was written")
        for name in document:
            if name not in names:
                raise InputError(f"{what}: {name!r} is no entry of it; was it signed at all?")
        self.of: dict[str, Any] = document
        self._what = what

    def text(self, name: str) -> str:
        value = self.of[name]
        if not isinstance(value, str) or not value.isprintable():
            raise self._wrong(name, "is no text of one line")
        if len(value.encode()) > MAX_TEXT_BYTES:
            raise self._wrong(name, f"has more than {MAX_TEXT_BYTES} bytes")
        return value

    def number(self, name: str, below: int) -> int:
        value = self.of[name]
        if type(value) is not int or not 0 <= value < below:
            raise self._wrong(name, f"is no whole number from 0 to {below - 1}")
        return value

    def digits(self, name: str) -> int:
        value = self.of[name]
        if not isinstance(value, str) or not (value.isascii() and value.isdigit()):
            raise self._wrong(name, "is no text of decimal digits")
        if len(value) > 78:
            raise self._wrong(name, "has more than 78 digits")
        return int(value)

    def address(self, name: str) -> str:
        value = self.of[name]
        if not isinstance(value, str) or not is_address(value):
            raise self._wrong(name, "is no address")
        return to_checksum_address(value)

    def hexadecimal(self, name: str, length_bytes: int | None = None) -> bytes:
        value = self.of[name]
        try:
            if not isinstance(value, str) or value[:2] != "0x":
                raise ValueError
            data = bytes.fromhex(value[2:])
        except ValueError:
            raise self._wrong(name, "is no text of 0x and hexadecimal digits") from None
        if length_bytes not in (None, len(data)):
            raise self._wrong(name, f"has {len(data)} bytes instead of {length_bytes}")
        return data

    def _wrong(self, name: str, problem: str) -> InputError:
        return InputError(f"{self._what}: {name} {problem}")
