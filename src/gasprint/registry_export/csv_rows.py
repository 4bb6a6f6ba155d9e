"""Reads the CSV file that the Verra registry exports, one row at a time.

A row has the number that a spreadsheet shows: the heading is row 1, a line break inside quotes
starts no row, and an empty row counts although nothing is read from it.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TextIO

from gasprint.errors import SourceError

REQUIRED = (
    "Issuance Date",
    "Vintage Start",
    "Vintage End",
    "ID",
    "Name",
    "Methodology",
    "Total Vintage Quantity",
    "Quantity Issued",
    "Serial Number",
    "Additional Certifications",
    "Retirement/Cancellation Date",
)
OPTIONAL = ("Retirement Beneficiary", "Retirement Reason", "Retirement Details")
_BYTES_BETWEEN_REPORTS = 1 << 20


class Row(NamedTuple):
    """One row as it stands in the file.

    Attributes:
        number: as a spreadsheet counts.
        cells: stripped text by column, of `REQUIRED` and what is there of `OPTIONAL`; empty if
            there are more or fewer cells than headings.
        cell_count: how many cells the row has.
        heading_count: how many it should have.
    """

    number: int
    cells: dict[str, str]
    cell_count: int
    heading_count: int


def read_rows(path: Path, on_bytes_read: Callable[[int], None]) -> Iterator[Row]:
    """Every row under the heading that is not empty.

    Args:
        path: a CSV file in UTF-8, with commas.
        on_bytes_read: called now and then with the bytes read so far.

    Raises:
        SourceError: naming the file and the row at which it cannot be read further.
    """
    if path.exists() and not path.is_file():
        raise SourceError(f"{path} is not a file; name one")
    try:
        # Whatever is not UTF-8 becomes a lone surrogate, so that its row can be named.
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            yield from _Reader(path, file, on_bytes_read).rows()
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}; check the path") from error


class _Reader:
    def __init__(self, path: Path, file: TextIO, on_bytes_read: Callable[[int], None]) -> None:
        self._path = path
        self._file = file
        self._on_bytes_read = on_bytes_read
        self._row_number = 0

    def rows(self) -> Iterator[Row]:
        records = csv.reader(self._lines(), strict=True)
        try:
            heading = next(records, [])
            self._row_number = 1
            columns = self._columns(heading)
            for self._row_number, cells in enumerate(records, start=2):
                if not any(map(str.strip, cells)):
                    continue
                fits = len(cells) == len(heading)
                text = {name: cells[at].strip() for name, at in columns.items()} if fits else {}
                yield Row(self._row_number, text, len(cells), len(heading))
        except csv.Error as error:
            # A quote that is never closed makes one cell of all that follows.
            raise SourceError(
                f"{self._path} row {self._row_number + 1} is damaged: {error}; export it again"
            ) from error

    def _lines(self) -> Iterator[str]:
        reported = 0
        for line in self._file:
            if not line.isascii():
                self._refuse_other_encodings(line)
            yield line
            read = self._file.buffer.tell()
            if read - reported >= _BYTES_BETWEEN_REPORTS:
                reported = read
                self._on_bytes_read(read)

    def _refuse_other_encodings(self, line: str) -> None:
        try:
            line.encode()
        except UnicodeEncodeError as error:
            byte = ord(line[error.start]) & 0xFF
            raise SourceError(
                f"{self._path} row {self._row_number + 1} is not UTF-8 (byte 0x{byte:02x}); "
                "save it as CSV UTF-8"
            ) from error

    def _columns(self, heading: list[str]) -> dict[str, int]:
        """Where each named column is; columns that nobody asks for are fine."""
        names = [name.strip() for name in heading]
        if not any(names):
            raise SourceError(f"{self._path} is empty or has no heading; export it again")
        missing = [name for name in REQUIRED if name not in names]
        if missing:
            raise SourceError(
                f"{self._path} has no column {missing[0]!r}; "
                "give the registry's own export, with commas between its columns"
            )
        for name in REQUIRED:
            if names.count(name) > 1:
                raise SourceError(f"{self._path} has two columns {name!r}; leave one")
        return {name: names.index(name) for name in (*REQUIRED, *OPTIONAL) if name in names}
