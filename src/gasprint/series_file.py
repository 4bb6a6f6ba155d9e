"""A quantity over time in a CSV file of one's own, such as `file:series.csv`.

A row a span: `hour` or `day`, which last as long as they say, or `since`, which lasts until the
next row's, the last one as long as the one before it. The value is in a column named for the
quantity and its unit, such as `grams_per_kwh`, or in three that end in `_lower`, `_best` and
`_upper`. All rows may have a `source`. Times have a zone, days are UTC.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from gasprint.bounds import Bounds
from gasprint.errors import InputError
from gasprint.segments import Segment, moment

_LENGTHS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "since": None}
_MILLISECONDS_FROM = 1e11
_EARLIEST_YEAR, _LATEST_YEAR = 1970, 2199
_Row = dict[str, str]


@dataclass(frozen=True)
class Quantity:
    """What a file's values are of.

    Attributes:
        column: of the value: `grams_per_kwh`.
        unit: as messages say it: `g/kWh`.
        first_implausible: of values in order, the index of the first that cannot be, and what is
            wrong with it, in words that follow `is`; None where nothing is.
        error: what a wrong file is refused with.
    """

    column: str
    unit: str
    first_implausible: Callable[[Sequence[float]], tuple[int, str] | None]
    error: type[InputError]

    @property
    def columns(self) -> tuple[str, ...]:
        """Of a value's bounds, where it has three."""
        return tuple(f"{self.column}_{bound}" for bound in ("lower", "best", "upper"))


@dataclass(frozen=True)
class SeriesFile:
    """What a file holds.

    Attributes:
        name: its path.
        reference: such as `file:series.csv@sha256-0123456789ab`, which tells its content.
        rows: each with the number of its line.
        segments: one a row, in order, without overlaps, each with the reference for its label.
    """

    name: str
    reference: str
    rows: Sequence[tuple[int, _Row]]
    segments: Sequence[Segment]


def read_series_file(text: str, quantity: Quantity) -> SeriesFile:
    """The series in a CSV file.

    Args:
        text: path of the file, and if need be how its SHA-256 must begin, as in
            `series.csv@sha256-0123456789ab`.
        quantity: what it is of.

    Raises:
        InputError: of the quantity's kind, if the file cannot be read, is not the one that the
            hash is of, or a row of it is wrong, which it names.
    """
    path, at, digest = text.rpartition("@sha256-")
    name, release = (path, f"sha256-{digest}") if at else (text, "")
    try:
        content = Path(name).read_bytes()
    except (OSError, ValueError) as error:
        problem = getattr(error, "strerror", None) or error
        raise quantity.error(f"{name} cannot be read: {problem}; check the path") from error
    found = f"sha256-{hashlib.sha256(content).hexdigest()[:12]}"
    if release not in ("", found):
        raise quantity.error(
            f"{name} is {found} now, not {release}; restore it, or leave {release} out"
        )
    reference = f"file:{name}@{found}"
    try:
        rows = _rows(name, content)
        segments = segments_of_rows(name, rows, reference, quantity)
    except InputError as error:
        raise quantity.error(str(error)) from error
    return SeriesFile(name, reference, rows, segments)


def segments_of_rows(
    name: str, rows: Sequence[tuple[int, _Row]], label: str, quantity: Quantity
) -> list[Segment]:
    """A segment a row, in order.

    Args:
        name: of the file, for messages.
        rows: each with the number of its line.
        label: of every segment.
        quantity: what they are of.

    Raises:
        InputError: naming the row that is wrong.
    """
    column = _time_column(name, rows[0][1])
    length = _LENGTHS[column]
    segments: list[Segment] = []
    for number, row in rows:
        where = f"{name}, row {number}"
        since = _time(where, column, row[column])
        if segments and since <= segments[-1].since:
            raise InputError(f"{where}: {moment(since)} is not after the row above; sort the rows")
        if segments and not length:
            segments[-1] = replace(segments[-1], until=since)
        source = row.get("source") or f"the file {Path(name).name}"
        until = since + (length or timedelta())
        segments.append(
            Segment(since, until, _value(where, row, quantity), label, source, since.year)
        )
    if not length:
        segments[-1] = replace(segments[-1], until=_end_of_last(name, segments))
    best = [each.value.best for each in segments]
    if found := quantity.first_implausible(best):
        index, problem = found
        row_of = f"{name}, row {rows[index][0]}"
        raise InputError(f"{row_of}: {best[index]:g} {quantity.unit} is {problem}")
    return segments


def _rows(name: str, content: bytes) -> list[tuple[int, _Row]]:
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        rows = [(reader.line_num, row) for row in reader]
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not UTF-8; save it as that") from error
    except csv.Error as error:
        raise InputError(f"{name}, row {reader.line_num}: {error}; is it a CSV file?") from error
    if not rows:
        raise InputError(f"{name} has no rows; it takes a heading, and a row an hour or a day")
    for number, row in rows:
        if None in row or None in row.values():
            raise InputError(f"{name}, row {number}: has not as many cells as the heading")
    return rows


def _time_column(name: str, row: _Row) -> str:
    columns = [column for column in _LENGTHS if column in row]
    if len(columns) != 1:
        raise InputError(
            f"{name} must have one of the columns hour, day and since; "
            f"it has {', '.join(map(repr, row))}"
        )
    return columns[0]


def _time(where: str, column: str, text: str) -> datetime:
    if re.fullmatch(r"-?\d+(\.\d+)?", text.strip()):
        unit = "milliseconds" if abs(float(text)) >= _MILLISECONDS_FROM else "seconds"
        raise InputError(
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
        raise InputError(f"{where}: {column} {text!r} must look like {example}") from error
    if found.tzinfo is None:
        raise InputError(f"{where}: {column} {text!r} has no time zone; in UTC it ends in Z")
    if not _EARLIEST_YEAR <= found.year <= _LATEST_YEAR:
        raise InputError(f"{where}: {column} {text!r} is of the year {found.year}; correct it")
    found = found.astimezone(UTC)
    if column == "hour" and (found.minute or found.second or found.microsecond):
        raise InputError(f"{where}: hour {text!r} is no full hour; call the column since")
    return found


def _value(where: str, row: _Row, quantity: Quantity) -> Bounds:
    if (quantity.column in row) == any(column in row for column in quantity.columns):
        raise InputError(
            f"{where}: must have either {quantity.column} or all of {', '.join(quantity.columns)}"
        )
    values = []
    for column in (quantity.column,) if quantity.column in row else quantity.columns:
        try:
            values.append(float(row[column]))
        except (KeyError, ValueError) as error:
            raise InputError(f"{where}: {column} {row.get(column)!r} is no number") from error
        if found := quantity.first_implausible(values[-1:]):
            raise InputError(f"{where}: {column} {row[column]} is {found[1]}")
    try:
        return Bounds.exactly(*values) if len(values) == 1 else Bounds(*values)
    except InputError as error:
        raise InputError(f"{where}: {error}") from error


def _end_of_last(name: str, segments: list[Segment]) -> datetime:
    if len(segments) == 1:
        raise InputError(f"{name} has one row, and nothing says how long it lasts; use hour or day")
    return segments[-1].since + (segments[-2].until - segments[-2].since)
