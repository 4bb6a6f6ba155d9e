"""What `gasprint audit` says to a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gasprint._output import harmless, readable, table_text
from gasprint.amounts import co2e_text, credit_text, percent_text, span_text, units_text

if TYPE_CHECKING:
    from gasprint.audit import AccountLine, Audit, Finding, RetirementLine


def audit_text(audit: Audit) -> str:
    """The verdict, the tables, the findings by what they mean, and what was left out."""
    errors = sum(finding.severity == "error" for finding in audit.findings)
    verdict = f"{errors} contradiction(s)" if errors else "Nothing contradicts the ledger"
    read = ", ".join(
        f"Chain {each.chain_id} as of block {each.block_number}" for each in audit.deployments
    )
    sections = [f"{read}: {verdict}.\n"]
    has_chains = len({each.chain_id for each in audit.deployments}) > 1
    if audit.accounts:
        rows = [_account_row(line, has_chains=has_chains) for line in audit.accounts]
        sections.append(
            f"Emissions by account, gross, beside what was retired\n\n{table_text(rows)}"
        )
    if audit.retirements:
        lines = [
            _retirement_row(*each, has_chains=has_chains)
            for each in enumerate(audit.retirements, start=1)
        ]
        sections.append(
            f"Retirements\n\n{table_text(lines)}\n"
            "A serial is one tonne of 10^8 units: + n begins after n of them, to n ends with n.\n"
        )
    if audit.findings:
        sections.append("Findings\n\n" + "".join(_finding_lines(audit, has_chains=has_chains)))
    if audit.not_checked:
        sections.append("Not checked\n\n" + "".join(_left_out_lines(audit)))
    return "\n".join(sections)


def _account_row(line: AccountLine, *, has_chains: bool) -> dict[str, object]:
    percent = line.largest_metering_error_percent
    row: dict[str, object] = {"chain": str(line.chain_id)} if has_chains else {}
    return row | {
        "account": line.account,
        "metered": co2e_text(line.metered_co2e_micrograms),
        "committed": co2e_text(line.committed_co2e_micrograms),
        "retired": units_text(line.retired_units),
        "invalid": units_text(line.invalid_units) if line.invalid_units else "",
        "outstanding": co2e_text(line.outstanding_co2e_micrograms),
        "recorded_gas": line.recorded_gas,
        "committed_gas": line.committed_gas,
        "metering_error": "" if percent is None else percent_text(percent),
        "receipts_checked": f"{line.transactions_checked} of {line.transactions}",
    }


def _retirement_row(number: int, line: RetirementLine, *, has_chains: bool) -> dict[str, object]:
    row: dict[str, object] = {"no.": number}
    if has_chains:
        row["chain"] = str(line.chain_id)
    return row | {
        "retired": units_text(line.units),
        "cancelled": units_text(line.invalid_units) if line.invalid_units else "",
        "project": credit_text(line.token_id),
        "serials": "" if line.span is None else span_text(line.span),
        "for": line.beneficiary,
        "transaction": line.transaction_hash,
    }


def _finding_lines(audit: Audit, *, has_chains: bool) -> Iterator[str]:
    """Each kind of finding with what it means, errors before notes."""
    by_meaning: dict[str, list[Finding]] = {}
    for finding in sorted(audit.findings, key=lambda each: each.severity):
        by_meaning.setdefault(finding.meaning, []).append(finding)
    for meaning, findings in by_meaning.items():
        for finding in findings:
            chain = f"chain {finding.chain_id}" if has_chains and finding.chain_id else None
            place = [each for each in (chain, finding.account, finding.transaction_hash) if each]
            where = f" [{', '.join(place)}]" if place else ""
            yield _line(f"{finding.severity}: {finding.check}: {finding.message}{where}")
        yield f"    {meaning}\n"


def _left_out_lines(audit: Audit) -> Iterator[str]:
    """What was left out, for each reason once."""
    by_reason: dict[str, list[str]] = {}
    for each in audit.not_checked:
        by_reason.setdefault(each.reason, []).append(each.what)
    for reason, left_out in by_reason.items():
        yield _line(f"{reason}:")
        yield from (_line(f"    {each}") for each in dict.fromkeys(left_out))


def _line(text: str) -> str:
    """A line with texts from the chain, or from a file, none of which steers a terminal."""
    return f"{harmless(readable(text))}\n"
