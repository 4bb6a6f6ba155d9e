"""`gasprint prove`: one transaction's emissions, from the commitment that holds it."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gasprint._output import json_text, table_text, write_text
from gasprint.commands import _records, _signing
from gasprint.commands.report import build_with_progress
from gasprint.errors import InputError

if TYPE_CHECKING:
    from eth_typing import ChecksumAddress

    from gasprint.emission_contracts import EmissionContracts

EXAMPLE = (
    "Example: gasprint prove "
    "0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060 --records records"
)
NOT_PROVEN = 1


def prove(
    transaction: Annotated[str, typer.Argument(metavar="TX", help="A transaction's hash.")],
    records: _records.Folder = _records.DEFAULT_FOLDER,
    account: Annotated[
        str | None,
        typer.Option(help="Whose; without, of whoever sent it, and whom it was sent to."),
    ] = None,
    rpc: Annotated[str, typer.Option(help="The node to read.")] = _signing.DEFAULT_RPC,
    deployment: _signing.DeploymentFile = _signing.DEFAULT_DEPLOYMENT,
    json: _signing.Json = False,
) -> None:
    """Prove from a commitment's root what a transaction emitted; the contract checks the proof.

    The records come from the commitment's file, or else from the chain. Exit code 0: proven.
    1: not, and a line says why.
    """
    from gasprint.addresses import checksummed
    from gasprint.emission_contracts import EmissionContracts
    from gasprint.transaction_proofs import accounts_of

    if not re.fullmatch("0x[0-9a-fA-F]{64}", transaction):
        raise InputError(
            f"{transaction!r} is no transaction's hash; give 0x and 64 hexadecimal digits"
        )
    wanted = transaction.lower()
    chosen = None if account is None else checksummed(account, "account")
    contracts = EmissionContracts.connect(rpc, deployment)
    accounts = accounts_of(contracts, wanted)
    if chosen is not None:
        accounts = [chosen]
    found, reasons, failures = [], [], []
    for each in accounts:
        try:
            outcome = _outcome(contracts, each, wanted, records)
        except InputError as error:
            # A stranger may have committed what is wrong, and bars nobody else's proof by that.
            failures.append(error)
            continue
        if isinstance(outcome, str):
            reasons.append(outcome)
        else:
            found.append(outcome)
    if failures and not found:
        raise failures[0]
    reason = "; ".join(map(str, failures if found else reasons))
    if json:
        write_text(json_text({"proofs": found, "reason": reason or None}))
    else:
        write_text("\n".join(map(_text, found)))
        if reason:
            write_text(f"Not proven: {reason}.\n")
    if not found or not all(each["proven"] for each in found):
        raise typer.Exit(NOT_PROVEN)


def _outcome(
    contracts: EmissionContracts, account: ChecksumAddress, transaction_hash: str, folder: Path
) -> dict[str, Any] | str:
    """The proof, or why there is none."""
    from gasprint.transaction_proofs import find_proof, proof_document

    build = partial(build_with_progress, contracts, account)
    found = find_proof(contracts, account, transaction_hash, folder, build)
    return found if isinstance(found, str) else proof_document(contracts, found)


def _text(document: dict[str, Any]) -> str:
    from gasprint.amounts import co2e_text

    record, proof = document["record"], document["proof"]
    facts = {
        "transaction": record["transaction_hash"],
        "account": document["account"],
        "block": str(record["block_number"]),
        "gas": f"{int(record['gas_used']):,}",
        "energy": f"{int(record['energy_picowatt_hours']):,} pWh",
        "co2e": co2e_text(int(record["co2e_micrograms"])),
        "factor": str(document["factor_version"]),
        "commitment": f"{document['index']}, record {proof['index']} of {proof['record_count']}",
        "root": document["root"],
    }
    siblings = [
        {"sibling": each["hash"], "sums": hex(int(each["sums"]))} for each in proof["siblings"]
    ]
    verdict = "Proven" if document["proven"] else "The contract does not take the proof"
    shown = f"{verdict}.\n\n{_signing.facts_text(facts)}"
    return f"{shown}\n{table_text(siblings)}" if siblings else shown
