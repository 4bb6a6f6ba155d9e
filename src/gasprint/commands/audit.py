"""`gasprint audit`: the ledger, recomputed from the chain alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gasprint._output import json_text, table_text, working, write_text

if TYPE_CHECKING:
    from gasprint.audit import AccountLine, Audit, Finding, RetirementLine

EXAMPLE = "Example: gasprint audit --rpc http://127.0.0.1:8545 --deployment deployments/1337.json"
FOUND = 1


def audit(
    accounts: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ACCOUNT...]", help="Whose emissions; all without it."),
    ] = None,
    rpc: Annotated[str, typer.Option(help="The node to read.")] = "http://127.0.0.1:8545",
    deployment: Annotated[Path, typer.Option(help="What the deploy script wrote.")] = Path(
        "deployments/1337.json"
    ),
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
    """Emissions and retirements, to the serial, recomputed from the chain and compared with it.

    Exit code 0: nothing contradicts the ledger. 1: something does. 2: the audit could not be made.
    """
    from gasprint.audit import audit as make_audit
    from gasprint.contracts import Suite

    if report:
        from gasprint.audit_report import check_reports

        check_reports(report)
    with working("Reading the chain ..."):
        found = make_audit(Suite.connect(rpc, deployment), accounts or None)
    if report:
        with working("Making the report ..."):
            write_reports_of(found, rpc, deployment, accounts, report)
    write_text(json_text(_document(found)) if json else _text(found))
    if not found.ok:
        raise typer.Exit(FOUND)


def write_reports_of(
    audit: Audit,
    rpc: str,
    deployment: Path,
    accounts: list[str] | None,
    paths: list[Path],
) -> None:
    """Write reports of an audit of one deployment, whose events are read into a ledger first."""
    from tempfile import TemporaryDirectory

    from gasprint._node import Node
    from gasprint.audit_report import read, write_reports
    from gasprint.sync import sync

    node = Node.at(rpc)
    with TemporaryDirectory(prefix="gasprint-report-") as folder:
        ledger = Path(folder) / "ledger.duckdb"
        sync(ledger, node, deployment)
        write_reports(read(audit, ledger, [node], accounts), paths)


def _document(audit: Audit) -> dict[str, Any]:
    document = audit.as_dict()
    for line in document["retirements"]:
        # No reader of JSON keeps 256 bits in a number.
        line["token_id"] = str(line["token_id"])
        line["retirement_id"] = str(line["retirement_id"])
    return document


def _text(audit: Audit) -> str:
    errors = sum(finding.severity == "error" for finding in audit.findings)
    verdict = f"{errors} contradiction(s)" if errors else "Nothing contradicts the ledger"
    sections = [f"Chain {audit.chain_id} as of block {audit.block_number}: {verdict}.\n"]
    if audit.accounts:
        rows = [_account_row(line) for line in audit.accounts]
        sections.append(
            f"Emissions by account, gross, beside what was retired\n\n{table_text(rows)}"
        )
    if audit.retirements:
        lines = [_retirement_row(*each) for each in enumerate(audit.retirements, start=1)]
        sections.append(
            f"Retirements\n\n{table_text(lines)}\n"
            "A serial is one tonne of 10^8 units: + n begins after n of them, to n ends with n.\n"
        )
    if audit.findings:
        sections.append("Findings\n\n" + "".join(map(_finding_text, audit.findings)))
    return "\n".join(sections)


def _account_row(line: AccountLine) -> dict[str, object]:
    from gasprint.amounts import co2e_text, percent_text, units_text

    percent = line.largest_metering_error_percent
    return {
        "account": line.account,
        "emitted": co2e_text(line.emitted_co2e_micrograms),
        "retired": units_text(line.retired_units),
        "cancelled": units_text(line.invalidated_units) if line.invalidated_units else "",
        "outstanding": co2e_text(line.outstanding_co2e_micrograms),
        "recorded_gas": line.recorded_gas,
        "committed_gas": line.committed_gas,
        "metering_error": "" if percent is None else percent_text(percent),
        "receipts_checked": f"{line.transactions_checked} of {line.transactions}",
    }


def _retirement_row(number: int, line: RetirementLine) -> dict[str, object]:
    from gasprint.amounts import credit_text, span_text, units_text

    return {
        "no.": number,
        "retired": units_text(line.units),
        "cancelled": units_text(line.invalid_units) if line.invalid_units else "",
        "project": credit_text(line.token_id),
        "serials": "" if line.span is None else span_text(line.span),
        "for": line.beneficiary,
        "transaction": line.transaction_hash,
    }


def _finding_text(finding: Finding) -> str:
    place = [each for each in (finding.account, finding.transaction_hash) if each]
    where = f" [{', '.join(place)}]" if place else ""
    return f"{finding.severity}: {finding.check}: {finding.message}{where}\n"
