"""The tables of a report, as a person reads them; `tables` has the same for machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gasprint.amounts import (
    co2e_text,
    credit_text,
    energy_text,
    percent_text,
    span_text,
    tonnes_text,
    units_text,
)
from gasprint.audit.result import AccountLine, Finding, RetirementLine, Severity
from gasprint.audit_report.data import FactorLine, ReportData
from gasprint.audit_report.document import Column, Fact, Kind, Row, Section, Table, shown
from gasprint.audit_report.wording import NOT_CHECKED, glossary_section, standards_section
from gasprint.credit_contracts import utc_text
from gasprint.ledger import ZERO_ADDRESS
from gasprint.units import co2e_micrograms

ROWS_AT_MOST = 10_000
_TRANSACTIONS_AT_MOST = 20


def sections(data: ReportData) -> Iterator[Section]:
    """Every chapter, in order."""
    yield _accounts(data)
    yield _emissions(data)
    yield _factors(data)
    yield _retirements(data)
    yield _credits(data)
    yield _findings(data)
    yield _not_checked(data)
    yield _places(data)
    yield _transactions(data)
    yield standards_section(
        tonnes_text(data.emitted_co2e_micrograms),
        tonnes_text(co2e_micrograms(data.retired_units)),
        tonnes_text(co2e_micrograms(data.cancelled_units)),
    )
    yield glossary_section()


def _chain(data: ReportData, chain_id: int) -> tuple[Fact, ...]:
    """Which chain a row is of, where there are several."""
    several = len({each.chain_id for each in data.places}) > 1
    return (Fact("Chain", str(chain_id)),) if several else ()


def _number(heading: str) -> Column:
    return Column(heading, Kind.NUMBER)


def _section(
    name: str, title: str, caption: str, columns: tuple[Column, ...], rows: Iterable[Row]
) -> Section:
    every = tuple(rows)
    if not every:
        return Section(name, title, ("None.",))
    left = len(every) - ROWS_AT_MOST
    note = (
        f"{left:,} more are left off here; --report FILE.csv has all of them." if left > 0 else ""
    )
    return Section(name, title, table=Table(caption, columns, every[:ROWS_AT_MOST], note))


def _accounts(data: ReportData) -> Section:
    columns = (
        Column("Account", Kind.CODE),
        _number("Emitted, gross"),
        _number("Retired"),
        _number("Outstanding"),
    )
    caption = "Each account, recomputed from the events"
    rows = (_account(data, each) for each in data.audit.accounts)
    return _section("accounts", "Accounts", caption, columns, rows)


def _account(data: ReportData, line: AccountLine) -> Row:
    percent = line.largest_metering_error_percent
    differing = "" if percent is None else f"; largest difference {percent_text(percent)}"
    details = [
        *_chain(data, data.chain_of(line)),
        Fact(
            "Gas",
            f"{line.recorded_gas:,} metered in {line.transactions:,} transactions, of which "
            f"{line.transactions_checked:,} were held against their receipts{differing}; "
            f"{line.committed_gas:,} committed",
        ),
        Fact("Exactly", f"{line.emitted_co2e_micrograms:,} µg, {line.retired_units:,} units"),
    ]
    if line.invalidated_units:
        counted, replaced = map(units_text, (line.invalidated_units, line.replaced_units))
        details.append(Fact("Cancelled", f"{counted} of it counted as such, {replaced} made good"))
    return Row(
        (
            shown(line.account),
            co2e_text(line.emitted_co2e_micrograms),
            units_text(line.retired_units),
            co2e_text(line.outstanding_co2e_micrograms),
        ),
        tuple(details),
    )


def _emissions(data: ReportData) -> Section:
    columns = (
        Column("Account", Kind.CODE),
        Column("Way", Kind.WORD),
        _number("Factor"),
        _number("Records"),
        _number("Gas"),
        _number("CO2e, gross"),
    )
    rows = (
        Row(
            (
                shown(each.account),
                each.way.value,
                str(each.factor_version),
                f"{each.records:,}",
                f"{each.gas_used:,}",
                co2e_text(each.co2e_micrograms),
            ),
            (
                *_chain(data, each.chain_id),
                Fact("Energy", energy_text(each.energy_picowatt_hours)),
                Fact(
                    "Bounds",
                    "the factor is not known"
                    if each.co2e_lower_micrograms is None or each.co2e_upper_micrograms is None
                    else f"{co2e_text(each.co2e_lower_micrograms)} to "
                    f"{co2e_text(each.co2e_upper_micrograms)}",
                ),
            ),
        )
        for each in data.emissions
    )
    caption = "By account, way of recording and version of the factor, as recorded"
    return _section("emissions", "Emissions", caption, columns, rows)


def _factors(data: ReportData) -> Section:
    columns = (
        _number("Version"),
        Column("Per gas"),
        _number("Lower"),
        _number("Best"),
        _number("Upper"),
    )
    rows = (row for each in data.factors for row in _factor(data, each))
    caption = "Each factor published; the best value is charged"
    return _section("factors", "Factors", caption, columns, rows)


def _factor(data: ReportData, line: FactorLine) -> Iterator[Row]:
    carbon, energy = line.picograms_per_gas, line.picowatt_hours_per_gas
    yield Row((str(line.version), "CO2e, pg", *_three(carbon.lower, carbon.best, carbon.upper)))
    yield Row(
        ("", "energy, pWh", *_three(energy.lower, energy.best, energy.upper)),
        (
            *_chain(data, line.chain_id),
            Fact("In force from", utc_text(line.effective_at_unix_seconds)),
            Fact("Source", shown(line.source)),
            Fact("Evidence", shown(line.evidence_location)),
            Fact("SHA-256", line.evidence_hash, is_code=True),
        ),
    )


def _three(*figures: int) -> tuple[str, ...]:
    return tuple(f"{each:,}" for each in figures)


def _retirements(data: ReportData) -> Section:
    columns = (_number("No."), _number("CO2e"), Column("Serials"), Column("Credit", Kind.WORD))
    rows = (_retirement(data, *each) for each in enumerate(data.audit.retirements, start=1))
    caption = "Each retirement, with the serials that it alone owns"
    return _section("retirements", "Retirements", caption, columns, rows)


def _retirement(data: ReportData, number: int, line: RetirementLine) -> Row:
    cancelled = f", {units_text(line.invalid_units)} cancelled" if line.invalid_units else ""
    serials = "none that make sense" if line.span is None else span_text(line.span)
    return Row(
        (
            str(number),
            units_text(line.units) + cancelled,
            serials.replace("10^8", "10⁸"),
            credit_text(line.token_id),
        ),
        tuple(_retirement_details(data, line)),
    )


def _retirement_details(data: ReportData, line: RetirementLine) -> Iterator[Fact]:
    yield from _chain(data, data.chain_of(line))
    yield Fact("For", shown(line.beneficiary), is_code=True)
    said = data.details_of(line)
    for term, text in (
        ("Name", said.beneficiary_name),
        ("Purpose", said.purpose),
        ("Place", said.place),
    ):
        if text:
            yield Fact(term, f"“{shown(text)}”")
    if said.period_start_seconds or said.period_end_seconds:
        times = said.period_start_seconds, said.period_end_seconds
        yield Fact("Period", " to ".join(utc_text(each) if each else "unsaid" for each in times))
    if said.payer != ZERO_ADDRESS:
        yield Fact("Paid by", shown(said.payer), is_code=True)
    yield Fact("Transaction", line.transaction_hash, is_code=True)
    certificate = "has a certificate" if data.has_certificate(line) else "no certificate"
    yield Fact("Id", f"{line.retirement_id} ({certificate})", is_code=True)


def _credits(data: ReportData) -> Section:
    columns = (
        Column("Credit", Kind.WORD),
        Column("Project"),
        Column("Vintage", Kind.WORD),
        _number("Issued"),
    )
    rows = (
        Row(
            (
                credit_text(each.token_id),
                shown(each.project_name),
                shown(f"{each.vintage}, {each.country}"),
                units_text(each.issued_units),
            ),
            (
                *_chain(data, each.chain_id),
                Fact("Methodology", shown(each.methodology)),
                Fact("Token id", str(each.token_id), is_code=True),
                Fact("Evidence, SHA-256", each.evidence_hash, is_code=True),
            ),
        )
        for each in data.credits
    )
    caption = "Each credit that was drawn on, in its issuer's words"
    return _section("credits", "Credits", caption, columns, rows)


def _findings(data: ReportData) -> Section:
    columns = (Column("Severity", Kind.WORD), Column("Check", Kind.WORD), Column("Finding"))
    caption = "All that is wrong, or has to be weighed"
    rows = (_finding(data, each) for each in data.audit.findings)
    return _section("findings", "Findings", caption, columns, rows)


def _finding(data: ReportData, finding: Finding) -> Row:
    facts = [
        ("Means", finding.meaning, False),
        ("Account", finding.account, True),
        ("Look at", finding.transaction_hash, True),
    ]
    return Row(
        (finding.severity.value, shown(finding.check), shown(finding.message)),
        (
            *(Fact(term, shown(text), is_code) for term, text, is_code in facts if text),
            *_chain(data, data.chain_of(finding)),
        ),
        is_wrong=finding.severity is Severity.ERROR,
    )


def _not_checked(data: ReportData) -> Section:
    columns = (Column("Check", Kind.WORD), Column("Why"))
    rows = [
        Row(
            (shown(each.check), shown(each.reason)),
            () if each.chain_id is None else _chain(data, each.chain_id),
        )
        for each in data.audit.not_checked
    ]
    rows += [Row(("always", text)) for text in NOT_CHECKED]
    caption = "What this audit left out, and what no audit of a ledger sees"
    return _section("not-checked", "What was not checked", caption, columns, rows)


def _places(data: ReportData) -> Section:
    columns = (_number("Chain"), _number("Block"), Column("Made"))
    rows = (
        Row(
            (
                str(each.chain_id),
                f"{each.block_number:,}",
                utc_text(each.block_time_unix_seconds),
            ),
            (
                *([Fact("Hash", each.block_hash, is_code=True)] if each.block_hash else []),
                Fact("Credits", each.carbon_credits, is_code=True),
                Fact("Registry", each.emissions_registry, is_code=True),
            ),
        )
        for each in data.places
    )
    return _section("chains", "Chains", "Each deployment, and as of when", columns, rows)


def _transactions(data: ReportData) -> Section:
    columns = (
        Column("Transaction", Kind.CODE),
        _number("Gas, recorded"),
        _number("Gas, receipt"),
        _number("Difference"),
    )
    known = [each for each in data.audit.transactions if each.error_percent is not None]
    largest = sorted(known, key=lambda each: -abs(each.error_percent or 0))
    rows = (
        Row(
            (
                each.transaction_hash,
                f"{each.recorded_gas:,}",
                f"{each.receipt_gas:,}",
                percent_text(each.error_percent or 0),
            ),
            (Fact("Account", shown(each.account), is_code=True),)
            if len(data.audit.accounts) > 1
            else (),
        )
        for each in largest[:_TRANSACTIONS_AT_MOST]
    )
    caption = (
        f"Of {len(data.audit.transactions):,} transactions that recorded, {len(known):,} could be "
        f"held against their receipts; the largest differences, {_TRANSACTIONS_AT_MOST} at most"
    )
    return _section("metering", "Recorded gas and receipts", caption, columns, rows)
