"""What a custodian signed, as `attest`, `issue` and `withdraw` read and show it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gasprint.errors import InputError

if TYPE_CHECKING:
    from gasprint.attestations import Attestation, Credit
    from gasprint.credit_contracts import CreditContracts


def read_attestation(path: Path, rpc: str, deployment: Path) -> tuple[Attestation, CreditContracts]:
    """The attestation in a file, and the contracts that it was signed for.

    Raises:
        InputError: if the file is broken, or was signed for another chain or contract.
    """
    from gasprint.credit_contracts import CreditContracts

    signed, chain_id, contract = _read(path)
    contracts = CreditContracts.connect(rpc, deployment)
    if chain_id != contracts.chain_id:
        raise InputError(f"{path} was signed for chain {chain_id}, not for {contracts.chain_id}")
    if contract != contracts.credits_address:
        raise InputError(
            f"{path} was signed for the contract {contract}, not for {contracts.credits_address}"
        )
    return signed, contracts


def credit_facts(credit: Credit) -> dict[str, object]:
    """Which credit it is, for its owner to see: project, serials, amount."""
    from gasprint.amounts import credit_text, units_text
    from gasprint.token_ids import describe_token_id

    parts = describe_token_id(credit.token_id)
    return {
        "project": f"{credit_text(credit.token_id)}, {credit.project_name}",
        "serials": f"{parts.first_serial} to {parts.last_serial}",
        "amount": units_text(credit.units),
    }


def _read(path: Path) -> tuple[Attestation, int, str]:
    import json

    from gasprint.attestations import from_json

    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"attestation {path}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"attestation {path}: is no JSON ({error})") from error
    return from_json(document)
