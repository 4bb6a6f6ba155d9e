"""`gasprint audit`: a ledger, recomputed and held against the chain."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gasprint._output import counting, json_text, working, write_text
from gasprint.commands import _signing
from gasprint.errors import InputError

if TYPE_CHECKING:
    from gasprint.audit import Audit

EXAMPLE = "Example: gasprint audit --rpc http://127.0.0.1:8545 --deployment deployments/1337.json"
FOUND = 1


def audit(
    accounts: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ACCOUNT...]", help="Whose emissions; all without it."),
    ] = None,
    ledger: Annotated[
        Path | None,
        typer.Option(help="The file of gasprint sync; without, one is made and thrown away."),
    ] = None,
    chain: Annotated[
        int | None, typer.Option(help="Of a ledger: the id of the chain to audit; all without it.")
    ] = None,
    rpc: Annotated[
        list[str] | None,
        typer.Option(
            help="The node to read; of a ledger, one a chain, for what only a node can tell. "
            f"Without --ledger {_signing.DEFAULT_RPC} by default.",
        ),
    ] = None,
    deployment: Annotated[
        list[Path] | None,
        typer.Option(
            help="What the deploy script wrote; of a ledger, which to audit. "
            f"Without --ledger {_signing.DEFAULT_DEPLOYMENT} by default.",
        ),
    ] = None,
    evidence: Annotated[
        list[Path] | None, typer.Option(help="Evidence of factors: a file, or a folder of them.")
    ] = None,
    records: Annotated[
        Path | None, typer.Option(help="Folder of the files of records that were committed.")
    ] = None,
    registry_export: Annotated[
        Path | None, typer.Option(help="The registry's CSV export of these credits.")
    ] = None,
    sources: Annotated[
        Path | None,
        typer.Option(help="A clone of the contracts' sources, to compile and hold against them."),
    ] = None,
    settlement_days: Annotated[
        int, typer.Option(help="After which serials that wait for the registry are noted.", min=0)
    ] = 30,
    report: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Write a report too: .pdf, .html or .jsonld, or a folder .csv or .parquet, "
            "as the name ends; may be given several times.",
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """Emissions and retirements, to the serial, recomputed from events and held against the chain.

    Exit code 0: nothing contradicts the ledger. 1: something does. 2: the audit could not be made.
    What could not be checked is said in any case.
    """
    from gasprint._node import Node
    from gasprint.addresses import checksummed
    from gasprint.audit import Documents, audit_ledger, audit_read_anew, ledger_of_deployment
    from gasprint.commands._audit_text import audit_text

    documents = Documents(tuple(evidence or ()), records, registry_export, sources, settlement_days)
    urls, deployments = rpc or [], deployment or []
    if ledger is None and (len(urls) > 1 or len(deployments) > 1 or chain is not None):
        raise InputError("--chain, and several of --rpc or --deployment, are for a --ledger")
    chosen = [checksummed(each, "account") for each in accounts or ()] or None
    if report:
        from gasprint.audit_report import check_reports, read, write_reports

        check_reports(report)
    with ExitStack() as stack:
        if ledger is None:
            (url,) = urls or [_signing.DEFAULT_RPC]
            deployments = deployments or [_signing.DEFAULT_DEPLOYMENT]
            with counting("Reading blocks") as count:
                made = ledger_of_deployment(url, deployments[0], count)
                ledger, node = stack.enter_context(made)
            nodes = [node]
            with working("Auditing ..."):
                found = audit_read_anew(ledger, node, deployments[0], chosen, documents)
        else:
            nodes = [Node.at(each) for each in urls]
            with working("Auditing ..."):
                found = audit_ledger(
                    *(ledger, nodes, chosen),
                    chain_id=chain,
                    deployments=deployments,
                    documents=documents,
                )
        if report:
            with working("Making the report ..."):
                write_reports(read(found, ledger, nodes, chosen), report)
    write_text(json_text(_document(found)) if json else audit_text(found))
    if not found.ok:
        raise typer.Exit(FOUND)


def _document(audit: Audit) -> dict[str, Any]:
    document = audit.as_dict()
    for line in document["retirements"]:
        # No reader of JSON keeps 256 bits in a number.
        line["token_id"] = str(line["token_id"])
        line["retirement_id"] = str(line["retirement_id"])
    return document
