"""Checks one row of a Verra export against itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from gasprint.errors import SerialError
from gasprint.registry_export.csv_rows import OPTIONAL, Row
from gasprint.registry_export.kinds import Kind
from gasprint.serials import Serial, parse_serial

_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile("[0-9]{1,3}(,[0-9]{3}){1,6}|[0-9]{1,20}")
_RETIRED_ON = "Retirement/Cancellation Date"
# A date lost on the way must not make a retired block look as if it were still there.
_RETIREMENT_WORDS = OPTIONAL


class CheckedRow(NamedTuple):
    """What one row says, and what is wrong with it.

    Attributes:
        serial: None where it is malformed, or cannot be found.
        problems: a message for each kind.
    """

    serial: Serial | None
    problems: dict[Kind, str]


def check_row(row: Row) -> CheckedRow:
    """Everything that can be said against a row without looking at the others."""
    problems: dict[Kind, str] = {}
    if not row.cells:
        problems[Kind.WRONG_CELLS] = f"{row.cell_count} cells under {row.heading_count} headings"
        return CheckedRow(None, problems)
    cells = _Cells(row.cells, problems)
    cells.check_retirement()
    cells.day("Issuance Date")
    vintage = cells.day("Vintage Start"), cells.day("Vintage End")
    project_number = cells.number("ID")
    cells.number("Total Vintage Quantity")
    quantity_vcu = cells.number("Quantity Issued")

    text = row.cells["Serial Number"]
    try:
        serial = parse_serial(text)
    except SerialError as error:
        # The serial stands beside the message.
        problems[Kind.MALFORMED_SERIAL] = str(error).removeprefix(f"serial {text!r}: ")
        return CheckedRow(None, problems)
    if quantity_vcu not in (None, serial.quantity_vcu):
        problems[Kind.WRONG_QUANTITY] = (
            f"Quantity Issued is {quantity_vcu:,}, but the block holds {serial.quantity_vcu:,}"
        )
    if project_number not in (None, serial.project_number):
        problems[Kind.PROJECT_MISMATCH] = (
            f"ID is {project_number}, but the serial names {serial.project_number}"
        )
    _check_vintage(vintage, serial, problems)
    _check_certifications(row.cells["Additional Certifications"], serial, problems)
    return CheckedRow(serial, problems)


def _check_vintage(
    vintage: tuple[date | None, date | None], serial: Serial, problems: dict[Kind, str]
) -> None:
    named = (serial.vintage_start, serial.vintage_end)
    if any(day not in (None, other) for day, other in zip(vintage, named, strict=True)):
        shown = " to ".join("?" if day is None else str(day) for day in vintage)
        problems[Kind.VINTAGE_MISMATCH] = (
            f"the row's vintage is {shown}, but the serial names {named[0]} to {named[1]}"
        )


def _check_certifications(text: str, serial: Serial, problems: dict[Kind, str]) -> None:
    if bool(text) != serial.additional_certifications:
        digit = int(serial.additional_certifications)
        problems[Kind.CERTIFICATION_MISMATCH] = (
            f"Additional Certifications is {text or 'empty'!r}, but the serial ends in {digit}"
        )


# A million rows share a few thousand days.
@lru_cache(maxsize=10_000)
def _date_of(text: str) -> date | None:
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        # The 30th of February has the form of a date.
        return None


class _Cells(NamedTuple):
    by_column: Mapping[str, str]
    problems: dict[Kind, str]

    def check_retirement(self) -> None:
        day = self.by_column[_RETIRED_ON]
        if day:
            self.day(_RETIRED_ON)
            self.problems[Kind.RETIRED] = f"retired or cancelled on {day}"
            return
        for column in _RETIREMENT_WORDS:
            if self.by_column.get(column):
                self._add(Kind.BAD_DATE, f"{_RETIRED_ON} is empty, but {column} is not")
                return

    def day(self, column: str) -> date | None:
        text = self.by_column[column]
        day = _date_of(text)
        if day is None:
            self._add(Kind.BAD_DATE, f"{column} is {text!r}, but must be a date, YYYY-MM-DD")
        return day

    def number(self, column: str) -> int | None:
        text = self.by_column[column]
        if _NUMBER.fullmatch(text):
            return int(text.replace(",", ""))
        self._add(Kind.BAD_NUMBER, f"{column} is {text!r}, but must be a whole number")
        return None

    def _add(self, kind: Kind, message: str) -> None:
        before = f"{self.problems[kind]}; " if kind in self.problems else ""
        self.problems[kind] = before + message
