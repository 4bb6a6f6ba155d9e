"""What a custodian signs, so that the issuer can mint: EIP-712 over exactly one credit.

The types are those of `contracts/libraries/Attestations.sol`, so that a wallet shows the signer
the very serials, strings and recipient. An attestation is a JSON file that the custodian hands to
the issuer; it holds the signature and all that was signed, and no secret.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_account.signers.base import BaseAccount

from gasprint.token_ids import describe_token_id

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


def signer_of(attestation: Attestation, chain_id: int, contract: str) -> str:
    """The address whose key made the signature, where it is one of a key and not of a wallet."""
    document = typed_data(
        attestation.credit, attestation.evidence_hash, attestation.deadline, chain_id, contract
    )
    message = encode_typed_data(full_message=document)
    return str(Account.recover_message(message, signature=attestation.signature))


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
