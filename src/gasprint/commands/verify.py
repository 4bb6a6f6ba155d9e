"""`gasprint verify`: the deployed bytecode against the sources, recompiled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gasprint._output import json_text, table_text, working, write_text
from gasprint.commands import _signing

if TYPE_CHECKING:
    from gasprint.verification import Verification, VerifiedContract

EXAMPLE = (
    "Example: gasprint verify --sources . --rpc http://127.0.0.1:8545 "
    "--deployment deployments/1337.json"
)
NO_MATCH = 1


def verify(
    sources: Annotated[
        Path, typer.Option(help="A clone of gasprint, or a file of solc's standard JSON.")
    ] = Path(),
    solc: Annotated[
        Path | None, typer.Option(help="The compiler; without, the clone's, or py-solc-x's.")
    ] = None,
    rpc: Annotated[str, typer.Option(help="The node to read.")] = _signing.DEFAULT_RPC,
    deployment: _signing.DeploymentFile = _signing.DEFAULT_DEPLOYMENT,
    json: _signing.Json = False,
) -> None:
    """Compile the sources, and hold the code of each contract of a deployment against them.

    Exit code 0: all of it matches. 1: something does not, and a line says what. 2: it could not be
    checked.
    """
    from gasprint._node import Node
    from gasprint.verification import verify as make_verification

    with working("Compiling ..."):
        found = make_verification(Node.at(rpc), deployment, sources, solc)
    write_text(json_text(found.as_dict()) if json else _text(found))
    if not found.ok:
        raise typer.Exit(NO_MATCH)


def _text(found: Verification) -> str:
    verdict = "all contracts are made from these sources"
    if not found.ok:
        verdict = "NOT all is made from these sources"
    sections = [
        f"Chain {found.chain_id} as of block {found.block_number}, by solc {found.compiler}: "
        f"{verdict}.\n",
        table_text([_row(each) for each in found.contracts]),
    ]
    values = [
        {
            "contract": each.name,
            "immutable": value.name,
            "is": value.value,
            "held_against": value.held_against or "nothing",
        }
        for each in found.contracts
        for value in each.immutables
    ]
    if values:
        sections.append(table_text(values))
    if found.findings:
        lines = [f"{each.severity}: {each.message}\n" for each in found.findings]
        sections.append("Findings\n\n" + "".join(lines))
    return "\n".join(sections)


def _row(contract: VerifiedContract) -> dict[str, object]:
    words = {"full": "matches", "partial": "matches but for its metadata", "none": "DIFFERS"}
    return {
        "contract": contract.name,
        "address": contract.address,
        "code": words[contract.match],
        "created_in": contract.transaction_hash or "not found",
    }
