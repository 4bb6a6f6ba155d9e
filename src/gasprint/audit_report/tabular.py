"""A report's tables as files of CSV or Parquet, by their names.

CSV is for spreadsheets, and runs nothing there. Parquet has columns of the types that fit, and in
its metadata (`gasprint`) how the figures came about.
"""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq

from gasprint._output import csv_text
from gasprint.audit_report.data import ReportData
from gasprint.audit_report.tables import DataTable, Type, data_tables
from gasprint.audit_report.wording import METHOD, NEVER_NETTED, SERIALS

_ARROW = {
    Type.ID: pa.string(),
    Type.TEXT: pa.string(),
    # Every figure of the contracts is below 2^96.
    Type.WHOLE: pa.decimal128(38, 0),
    Type.NUMBER: pa.float64(),
    Type.BOOLEAN: pa.bool_(),
}
_SMALL = ("chain_id", "block_number", "factor_version", "records", "_unix_seconds")


def csv_files(data: ReportData) -> dict[str, bytes]:
    """The tables as CSV, by the names of their files."""
    return {f"{table.name}.csv": _csv(table).encode() for table in data_tables(data)}


def parquet_files(data: ReportData) -> dict[str, bytes]:
    """The tables as Parquet, by the names of their files."""
    metadata = {"gasprint": json.dumps(_method(data), ensure_ascii=False)}
    return {f"{table.name}.parquet": _parquet(table, metadata) for table in data_tables(data)}


def _csv(table: DataTable) -> str:
    if not table.rows:
        return ",".join(table.columns) + "\n"
    return csv_text(table.rows)


def _parquet(table: DataTable, metadata: dict[str, str]) -> bytes:
    fields = [pa.field(name, _type_of(name, kind)) for name, kind in table.columns.items()]
    arrays = [pa.array([row[each.name] for row in table.rows], each.type) for each in fields]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata)), sink)
    return bytes(sink.getvalue().to_pybytes())


def _type_of(name: str, kind: Type) -> pa.DataType:
    is_small = kind is Type.WHOLE and name.endswith(_SMALL)
    return pa.int64() if is_small else _ARROW[kind]


def _method(data: ReportData) -> dict[str, object]:
    return {
        "fingerprint": data.fingerprint,
        "nothing_contradicts_the_ledger": data.audit.ok,
        "emissions": METHOD,
        "retirements": SERIALS,
        "gross": NEVER_NETTED,
    }
