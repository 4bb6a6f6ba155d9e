"""The tables of a report for machines: exact, typed, with the unit in each column's name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gasprint.audit.result import AccountLine, Finding, MeteredTransaction, RetirementLine
from gasprint.audit_report.data import (
    CreditLine,
    EmissionLine,
    FactorLine,
    Place,
    ReportData,
)
from gasprint.audit_report.document import shown


class Type(StrEnum):
    """What stands in a column: an id has 256 bits, which no number of a file keeps."""

    ID = "id"
    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"
    BOOLEAN = "boolean"


@dataclass(frozen=True)
class DataTable:
    """A table: its columns with their types, and rows that have them all."""

    name: str
    columns: Mapping[str, Type]
    rows: tuple[dict[str, Any], ...]


def data_tables(data: ReportData) -> list[DataTable]:
    """Every table of a report."""
    return [
        _table("deployments", _PLACE, data.places, _place),
        _table("accounts", _ACCOUNT, data.audit.accounts, lambda each: _account(data, each)),
        _table("emissions", _EMISSION, data.emissions, _emission),
        _table("factors", _FACTOR, data.factors, _factor),
        _table(
            "retirements", _RETIREMENT, data.audit.retirements, lambda each: _retirement(data, each)
        ),
        _table("credits", _CREDIT, data.credits, _credit),
        _table(
            "transactions", _METERED, data.audit.transactions, lambda each: _metered(data, each)
        ),
        _table("findings", _FINDING, data.audit.findings, lambda each: _finding(data, each)),
    ]


def _table(
    name: str,
    columns: Mapping[str, Type],
    lines: Iterable[Any],
    values: Callable[[Any], tuple[Any, ...]],
) -> DataTable:
    rows = (dict(zip(columns, values(each), strict=True)) for each in lines)
    return DataTable(name, columns, tuple(rows))


_PLACE = {
    "chain_id": Type.WHOLE,
    "block_number": Type.WHOLE,
    "block_hash": Type.ID,
    "block_time_unix_seconds": Type.WHOLE,
    "carbon_credits": Type.ID,
    "emissions_registry": Type.ID,
}


def _place(line: Place) -> tuple[Any, ...]:
    return (
        line.chain_id,
        line.block_number,
        line.block_hash,
        line.block_time_unix_seconds,
        line.carbon_credits,
        line.emissions_registry,
    )


_ACCOUNT = {
    "chain_id": Type.WHOLE,
    "account": Type.ID,
    "transactions": Type.WHOLE,
    "transactions_checked": Type.WHOLE,
    "recorded_gas": Type.WHOLE,
    "committed_gas": Type.WHOLE,
    "emitted_gross_co2e_micrograms": Type.WHOLE,
    "retired_units": Type.WHOLE,
    "invalidated_units": Type.WHOLE,
    "replaced_units": Type.WHOLE,
    "outstanding_co2e_micrograms": Type.WHOLE,
    "largest_metering_error_percent": Type.NUMBER,
}


def _account(data: ReportData, line: AccountLine) -> tuple[Any, ...]:
    return (
        data.chain_of(line),
        shown(line.account),
        line.transactions,
        line.transactions_checked,
        line.recorded_gas,
        line.committed_gas,
        line.emitted_co2e_micrograms,
        line.retired_units,
        line.invalidated_units,
        line.replaced_units,
        line.outstanding_co2e_micrograms,
        line.largest_metering_error_percent,
    )


_EMISSION = {
    "chain_id": Type.WHOLE,
    "account": Type.ID,
    "way_of_recording": Type.ID,
    "factor_version": Type.WHOLE,
    "records": Type.WHOLE,
    "gas_used": Type.WHOLE,
    "energy_picowatt_hours": Type.WHOLE,
    "gross_co2e_micrograms": Type.WHOLE,
    "gross_co2e_lower_micrograms": Type.WHOLE,
    "gross_co2e_upper_micrograms": Type.WHOLE,
}


def _emission(line: EmissionLine) -> tuple[Any, ...]:
    return (
        line.chain_id,
        shown(line.account),
        line.way.value,
        line.factor_version,
        line.records,
        line.gas_used,
        line.energy_picowatt_hours,
        line.co2e_micrograms,
        line.co2e_lower_micrograms,
        line.co2e_upper_micrograms,
    )


_FACTOR = {
    "chain_id": Type.WHOLE,
    "factor_version": Type.WHOLE,
    "picograms_per_gas": Type.WHOLE,
    "picograms_per_gas_lower": Type.WHOLE,
    "picograms_per_gas_upper": Type.WHOLE,
    "picowatt_hours_per_gas": Type.WHOLE,
    "picowatt_hours_per_gas_lower": Type.WHOLE,
    "picowatt_hours_per_gas_upper": Type.WHOLE,
    "effective_at_unix_seconds": Type.WHOLE,
    "source": Type.TEXT,
    "evidence_hash": Type.ID,
    "evidence_location": Type.TEXT,
}


def _factor(line: FactorLine) -> tuple[Any, ...]:
    carbon, energy = line.picograms_per_gas, line.picowatt_hours_per_gas
    return (
        line.chain_id,
        line.version,
        carbon.best,
        carbon.lower,
        carbon.upper,
        energy.best,
        energy.lower,
        energy.upper,
        line.effective_at_unix_seconds,
        shown(line.source),
        line.evidence_hash,
        shown(line.evidence_location),
    )


_RETIREMENT = {
    "chain_id": Type.WHOLE,
    "retirement_id": Type.ID,
    "token_id": Type.ID,
    "units": Type.WHOLE,
    "cancelled_units": Type.WHOLE,
    "first_serial": Type.WHOLE,
    "first_offset_units": Type.WHOLE,
    "last_serial": Type.WHOLE,
    "last_end_units": Type.WHOLE,
    "beneficiary": Type.ID,
    "holder": Type.ID,
    "agent": Type.ID,
    "transaction_hash": Type.ID,
    "has_certificate": Type.BOOLEAN,
    "payer": Type.ID,
    "beneficiary_name": Type.TEXT,
    "purpose": Type.TEXT,
    "place": Type.TEXT,
    "period_start_unix_seconds": Type.WHOLE,
    "period_end_unix_seconds": Type.WHOLE,
}


def _retirement(data: ReportData, line: RetirementLine) -> tuple[Any, ...]:
    said, span = data.details_of(line), line.span
    return (
        data.chain_of(line),
        str(line.retirement_id),
        str(line.token_id),
        line.units,
        line.invalid_units,
        span.first_serial if span else None,
        span.first_offset_units if span else None,
        span.last_serial if span else None,
        span.last_end_units if span else None,
        shown(line.beneficiary),
        shown(line.holder),
        shown(line.agent),
        line.transaction_hash,
        data.has_certificate(line),
        shown(said.payer),
        shown(said.beneficiary_name),
        shown(said.purpose),
        shown(said.place),
        said.period_start_seconds or None,
        said.period_end_seconds or None,
    )


_CREDIT = {
    "chain_id": Type.WHOLE,
    "token_id": Type.ID,
    "project_name": Type.TEXT,
    "methodology": Type.TEXT,
    "vintage": Type.TEXT,
    "country": Type.TEXT,
    "issued_units": Type.WHOLE,
    "evidence_hash": Type.ID,
}


def _credit(line: CreditLine) -> tuple[Any, ...]:
    return (
        line.chain_id,
        str(line.token_id),
        shown(line.project_name),
        shown(line.methodology),
        shown(line.vintage),
        shown(line.country),
        line.issued_units,
        line.evidence_hash,
    )


_METERED = {
    "chain_id": Type.WHOLE,
    "account": Type.ID,
    "transaction_hash": Type.ID,
    "recorded_gas": Type.WHOLE,
    "receipt_gas": Type.WHOLE,
    "error_percent": Type.NUMBER,
}


def _metered(data: ReportData, line: MeteredTransaction) -> tuple[Any, ...]:
    return (
        data.chain_of(line),
        shown(line.account),
        line.transaction_hash,
        line.recorded_gas,
        line.receipt_gas,
        line.error_percent,
    )


_FINDING = {
    "chain_id": Type.WHOLE,
    "severity": Type.ID,
    "check": Type.ID,
    "message": Type.TEXT,
    "meaning": Type.TEXT,
    "account": Type.ID,
    "transaction_hash": Type.ID,
}


def _finding(data: ReportData, line: Finding) -> tuple[Any, ...]:
    return (
        data.chain_of(line),
        line.severity.value,
        line.check,
        shown(line.message),
        shown(line.meaning),
        line.account,
        line.transaction_hash,
    )
