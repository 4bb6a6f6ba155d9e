"""A time series of one's own: `file:series.csv`.

A row a span: `hour` or `day`, which last as long as they say, or `since`, which lasts until the
next row's, the last one as long as the one before it. With `grams_per_kwh`, or
`grams_per_kwh_lower`, `_best` and `_upper`. All rows may have a `source`; all a `basis`, which is
`location` where it is not said. Times have a zone, days are UTC.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from gasprint.bounds import Bounds
from gasprint.errors import GridError, InputError
from gasprint.grid._figure import moment
from gasprint.grid._plausible import first_implausible, implausible
from gasprint.grid._series import Series
from gasprint.segments import Segment

_LENGTHS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "since": None}
_BOUNDS = ("grams_per_kwh_lower", "grams_per_kwh_best", "grams_per_kwh_upper")
_MILLISECONDS_FROM = 1e11
_EARLIEST_YEAR, _LATEST_YEAR = 1970, 2199
_Row = dict[str, str]


def series_of_file(name: str, release: str = "") -> Series:
    """The series in the CSV file `name`.

    Args:
        name: path of the file.
        release: how the file's SHA-256 must begin, as in `sha256-0123456789ab`, or nothing.

    Raises:
        GridError: if the file cannot be read, or a row of it is wrong, which it names.
    """
    try:
        content = Path(name).read_bytes()
    except (OSError, ValueError) as error:
        problem = getattr(error, "strerror", None) or error
        raise GridError(f"{name} cannot be read: {problem}; check the path") from error
    found = f"sha256-{hashlib.sha256(content).hexdigest()[:12]}"
    if release not in ("", found):
        raise GridError(f"{name} is {found} now, not {release}; restore it, or leave {release} out")
    reference = f"file:{name}@{found}"
    rows = _rows(name, content)
    basis = _basis(name, rows)
    return Series(
        reference=reference,
        basis=f"{basis}-based, of the file {name}",
        is_market_based=basis == "market",
        segments=segments_of_rows(name, rows, reference),
    )


def segments_of_rows(name: str, rows: list[tuple[int, _Row]], label: str) -> list[Segment]:
    """A segment a row, in order.

    Args:
        name: of the file, for messages.
        rows: each with the number of its line.
        label: of every segment.

    Raises:
        GridError: naming the row that is wrong.
    """
    column = _time_column(name, rows[0][1])
    length = _LENGTHS[column]
    segments: list[Segment] = []
    for number, row in rows:
        where = f"{name}, row {number}"
        since = _time(where, column, row[column])
        if segments and since <= segments[-1].since:
            raise GridError(f"{where}: {moment(since)} is not after the row above; sort the rows")
        if segments and not length:
            segments[-1] = replace(segments[-1], until=since)
        source = row.get("source") or f"the file {Path(name).name}"
        until = since + (length or timedelta())
        segments.append(Segment(since, until, _value(where, row), label, source, since.year))
    if not length:
        segments[-1] = replace(segments[-1], until=_end_of_last(name, segments))
    best = [each.value.best for each in segments]
    if found := first_implausible(best):
        index, problem = found
        raise GridError(f"{name}, row {rows[index][0]}: {best[index]:g} g/kWh is {problem}")
    return segments


def _rows(name: str, content: bytes) -> list[tuple[int, _Row]]:
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        rows = [(reader.line_num, row) for row in reader]
    except UnicodeDecodeError as error:
        raise GridError(f"{name} is not UTF-8; save it as that") from error
    except csv.Error as error:
        raise GridError(f"{name}, row {reader.line_num}: {error}; is it a CSV file?") from error
    if not rows:
        raise GridError(f"{name} has no rows; it takes a heading, and a row an hour or a day")
    for number, row in rows:
        if None in row or None in row.values():
            raise GridError(f"{name}, row {number}: has not as many cells as the heading")
    return rows


def _time_column(name: str, row: _Row) -> str:
    columns = [column for column in _LENGTHS if column in row]
    if len(columns) != 1:
        raise GridError(
            f"{name} must have one of the columns hour, day and since; "
            f"it has {', '.join(map(repr, row))}"
        )
    return columns[0]


def _time(where: str, column: str, text: str) -> datetime:
    if re.fullmatch(r"-?\d+(\.\d+)?", text.strip()):
        unit = "milliseconds" if abs(float(text)) >= _MILLISECONDS_FROM else "seconds"
        raise GridError(
            f"{where}: {column} {text} is a number, of {unit} since 1970 as it seems; "
            "write it as 2024-05-01T00:00:00Z"
        )
    try:
        if column == "day":
            found = datetime.combine(date.fromisoformat(text), time(), UTC)
        else:
            found = datetime.fromisoformat(text)
    except ValueError as error:
        example = "2024-05-01" if column == "day" else "2024-05-01T00:00:00Z"
        raise GridError(f"{where}: {column} {text!r} must look like {example}") from error
    if found.tzinfo is None:
        raise GridError(f"{where}: {column} {text!r} has no time zone; in UTC it ends in Z")
    if not _EARLIEST_YEAR <= found.year <= _LATEST_YEAR:
        raise GridError(f"{where}: {column} {text!r} is of the year {found.year}; correct it")
    found = found.astimezone(UTC)
    if column == "hour" and (found.minute or found.second or found.microsecond):
        raise GridError(f"{where}: hour {text!r} is no full hour; call the column since")
    return found


def _value(where: str, row: _Row) -> Bounds:
    if ("grams_per_kwh" in row) == any(column in row for column in _BOUNDS):
        raise GridError(f"{where}: must have either grams_per_kwh or all of {', '.join(_BOUNDS)}")
    columns = ("grams_per_kwh",) if "grams_per_kwh" in row else _BOUNDS
    values = []
    for column in columns:
        try:
            values.append(float(row[column]))
        except (KeyError, ValueError) as error:
            raise GridError(f"{where}: {column} {row.get(column)!r} is no number") from error
        if problem := implausible(values[-1]):
            raise GridError(f"{where}: {column} {row[column]} is {problem}")
    try:
        return Bounds.exactly(*values) if len(values) == 1 else Bounds(*values)
    except InputError as error:
        raise GridError(f"{where}: {error}") from error


def _end_of_last(name: str, segments: list[Segment]) -> datetime:
    if len(segments) == 1:
        raise GridError(f"{name} has one row, and nothing says how long it lasts; use hour or day")
    return segments[-1].since + (segments[-2].until - segments[-2].since)


def _basis(name: str, rows: list[tuple[int, _Row]]) -> str:
    bases = {row.get("basis") or "location" for _, row in rows}
    if len(bases) > 1 or not bases <= {"location", "market"}:
        raise GridError(
            f"{name} has the basis {' and '.join(sorted(bases))}; in all rows it must be location, "
            "or in all of them market"
        )
    return bases.pop()
