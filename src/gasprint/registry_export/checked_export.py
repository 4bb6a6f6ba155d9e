"""Checks a whole export, and keeps what was found where it takes no memory of Python's.

Rows go in batches into DuckDB, which may put them on disk; only three numbers a row are held
together, to find the blocks that meet.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from gasprint.errors import SourceError
from gasprint.registry_export.csv_rows import Row, read_rows
from gasprint.registry_export.kinds import Kind, Severity
from gasprint.registry_export.meetings import find_meetings
from gasprint.registry_export.row_checks import CheckedRow, check_row

_ROWS = pa.schema(
    {
        "row": pa.int64(),
        "serial": pa.string(),
        "project_number": pa.uint64(),
        "project_name": pa.string(),
        "methodology": pa.string(),
        "country": pa.string(),
        "vintage_start": pa.date32(),
        "vintage_end": pa.date32(),
        "first_serial": pa.uint64(),
        "last_serial": pa.uint64(),
    }
)
_PROBLEMS = pa.schema(
    {"row": pa.int64(), "kind": pa.string(), "message": pa.string(), "other_row": pa.int64()}
)
_MEETINGS = """
    INSERT INTO problems
    SELECT met.row, ?, format('block {} to {} {} {} to {} of row {}', own.first_serial,
        own.last_serial, ?, other.first_serial, other.last_serial, met.other_row), met.other_row
    FROM met JOIN rows own ON own.row = met.row JOIN rows other ON other.row = met.other_row
"""
_VERBS = {
    Kind.DUPLICATE: "is also",
    Kind.NESTED: "lies inside",
    Kind.CONTAINS: "contains",
    Kind.OVERLAPPING: "shares a part with",
}
_BATCH_ROWS = 20_000
_MEMORY_LIMIT = "400MB"


@dataclass(frozen=True)
class CheckedExport:
    """What an export holds, and what is wrong with it; alive within `check_export`."""

    _database: duckdb.DuckDBPyConnection

    @property
    def rows(self) -> int:
        """Rows that are not empty, without the heading."""
        return int(self._number("SELECT count(*) FROM rows"))

    @property
    def ready(self) -> int:
        """Rows against which nothing can be said."""
        return int(self._number("SELECT count(*) FROM ready"))

    @property
    def ready_vcu(self) -> int:
        """Credits in these rows, in VCU of one tonne each."""
        return int(self._number("SELECT coalesce(sum(quantity_vcu), 0) FROM ready"))

    @property
    def rows_with_errors(self) -> int:
        """Rows of which something contradicts something, retired or not."""
        return int(self._number("SELECT count(DISTINCT row) FROM errors"))

    @property
    def counts(self) -> dict[Kind, int]:
        """How many rows have each kind of problem."""
        found = self._database.execute("SELECT kind, count(*) FROM problems GROUP BY kind")
        by_kind = dict(found.fetchall())
        return {kind: by_kind.get(kind.value, 0) for kind in Kind}

    def problems(self) -> Iterator[dict[str, Any]]:
        """Every problem: `row`, `kind`, `serial`, `message` and `other_row`; in the file's order.

        `serial` is None where the row's cells do not fit the heading.
        """
        return self._dicts(
            "SELECT row, kind, serial, message, other_row FROM problems JOIN rows USING (row) "
            "ORDER BY row, kind"
        )

    def errors(self, limit: int) -> Iterator[dict[str, Any]]:
        """The first problems that are no plain retirements."""
        return self._dicts(
            "SELECT row, kind, serial, message, other_row FROM errors JOIN rows USING (row) "
            f"ORDER BY row, kind LIMIT {limit}"
        )

    def ready_blocks(self) -> Iterator[dict[str, Any]]:
        """The blocks of the rows against which nothing can be said, in the file's order."""
        return self._dicts("SELECT * FROM ready ORDER BY row")

    def blocks(self) -> pa.Table:
        """Every block whose serial can be read, retired or not."""
        return self._database.execute(
            "SELECT project_number, first_serial, last_serial, row IN ("
            "SELECT row FROM problems WHERE kind = ?) AS is_retired "
            "FROM rows WHERE first_serial IS NOT NULL",
            [Kind.RETIRED.value],
        ).to_arrow_table()

    def _number(self, query: str) -> Any:
        found = self._database.execute(query).fetchone()
        return found[0] if found else 0

    def _dicts(self, query: str) -> Iterator[dict[str, Any]]:
        # A cursor of its own, so that other questions may be asked in between.
        cursor = self._database.cursor().execute(query)
        names = [column[0] for column in cursor.description or ()]
        while found := cursor.fetchmany(_BATCH_ROWS):
            yield from (dict(zip(names, values, strict=True)) for values in found)


@contextlib.contextmanager
def check_export(
    path: Path, on_bytes_read: Callable[[int], None] = lambda _: None
) -> Iterator[CheckedExport]:
    """Read and check a registry's export.

    Args:
        path: the registry's CSV file.
        on_bytes_read: called now and then with the bytes read so far.

    Raises:
        SourceError: naming the file, and the row from which it cannot be read further.
    """
    with (
        tempfile.TemporaryDirectory(prefix="gasprint.") as folder,
        duckdb.connect(
            config={"memory_limit": _MEMORY_LIMIT, "temp_directory": folder, "threads": 2}
        ) as database,
    ):
        for table, schema in (("rows", _ROWS), ("problems", _PROBLEMS)):
            _insert(database, f"CREATE TABLE {table} AS FROM batch", schema.empty_table())
        errors = ", ".join(f"'{kind}'" for kind in Kind if kind.severity is Severity.ERROR)
        database.execute(f"CREATE VIEW errors AS FROM problems WHERE kind IN ({errors})")
        database.execute(
            "CREATE VIEW ready AS SELECT *, last_serial::HUGEINT - first_serial + 1 AS quantity_vcu"
            " FROM rows ANTI JOIN problems USING (row)"
        )
        _read_into(database, path, on_bytes_read)
        _add_meetings(database)
        yield CheckedExport(database)


def _read_into(
    database: duckdb.DuckDBPyConnection, path: Path, on_bytes_read: Callable[[int], None]
) -> None:
    rows: list[dict[str, Any]] = []
    problems: list[dict[str, Any]] = []
    is_empty = True

    def flush() -> None:
        for table, held, schema in (("rows", rows, _ROWS), ("problems", problems, _PROBLEMS)):
            batch = pa.Table.from_pylist(held, schema=schema)
            _insert(database, f"INSERT INTO {table} FROM batch", batch)
            held.clear()

    for row in read_rows(path, on_bytes_read):
        is_empty = False
        checked = check_row(row)
        rows.append(_stored(row, checked))
        problems += (
            {"row": row.number, "kind": kind.value, "message": message}
            for kind, message in checked.problems.items()
        )
        if len(rows) == _BATCH_ROWS:
            flush()
    flush()
    if is_empty:
        raise SourceError(f"{path} holds no rows; export at least one")


def _stored(row: Row, checked: CheckedRow) -> dict[str, Any]:
    stored: dict[str, Any] = {"row": row.number, "serial": row.cells.get("Serial Number")}
    serial = checked.serial
    if serial is not None:
        stored |= {
            "project_number": serial.project_number,
            "project_name": row.cells["Name"],
            "methodology": row.cells["Methodology"],
            "country": serial.country,
            "vintage_start": serial.vintage_start,
            "vintage_end": serial.vintage_end,
            "first_serial": serial.start,
            "last_serial": serial.end,
        }
    return stored


def _add_meetings(database: duckdb.DuckDBPyConnection) -> None:
    blocks = database.execute(
        "SELECT row, first_serial, last_serial FROM rows WHERE first_serial IS NOT NULL"
    ).fetchnumpy()
    meetings = find_meetings(blocks["row"], blocks["first_serial"], blocks["last_serial"])
    for kind, row_numbers, other_rows in meetings:
        met = pa.table({"row": row_numbers, "other_row": other_rows})
        database.register("met", met)
        database.execute(_MEETINGS, [kind.value, _VERBS[kind]])
        database.unregister("met")


def _insert(database: duckdb.DuckDBPyConnection, statement: str, batch: pa.Table) -> None:
    database.register("batch", batch)
    database.execute(statement)
    database.unregister("batch")
