"""Serials of the Verra registry, each naming a block of credits of one tonne.

Two forms are in use. The modern one has 13 fields:

    batch-start-end-VCS-VCU-program-VER-country-scope-project-DDMMYYYY-DDMMYYYY-certified

and the legacy one, of the registries APX and MER, 12:

    batch-start-end-VCU-program-registry-country-scope-project-DDMMYYYY-DDMMYYYY-certified

where `certified` is 1 if the credits carry additional certifications and 0 if not. Widths vary.
A serial that is neither is refused by the name of its first wrong field, never repaired.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from gasprint import units
from gasprint.errors import SerialError

_BLOCK = ("batch", "start", "end")
_PROJECT = ("country", "scope", "project")
_VINTAGE = ("vintage_start", "vintage_end", "additional_certifications")
_MODERN = (*_BLOCK, "standard", "unit", "program", "registry", *_PROJECT, *_VINTAGE)
_LEGACY = (*_BLOCK, "unit", "program", "registry", *_PROJECT, *_VINTAGE)
_FITS_64_BITS = 2**64


@dataclass(frozen=True)
class Serial:
    """One parsed serial; `str()` gives the text it was read from.

    Attributes:
        text: the serial as given.
        form: `modern` (13 fields) or `legacy` (12 fields).
        registry: who kept it: `VER`, `APX` or `MER`.
        batch: the registry's batch number.
        start: first serial number of the block.
        end: last serial number of the block.
        program: the field between unit and registry, as written.
        country: two capital letters.
        scope: Verra's sectoral scope.
        project_number: the project's number at Verra.
        vintage_start: first day in which the reductions took place.
        vintage_end: last such day.
        additional_certifications: whether labels such as CCB are attached.
    """

    text: str
    form: str
    registry: str
    batch: int
    start: int
    end: int
    program: str
    country: str
    scope: int
    project_number: int
    vintage_start: date
    vintage_end: date
    additional_certifications: bool

    def __str__(self) -> str:
        """The serial as it was given."""
        return self.text

    @property
    def quantity_vcu(self) -> int:
        """Credits in the block, in VCU of one tonne each."""
        return self.end - self.start + 1

    @property
    def units(self) -> int:
        """Credits in the block, in base units of ERC-8393."""
        return units.units_of_serials(self.start, self.end)


def parse_serial(text: str) -> Serial:
    """Read a serial in the modern or the legacy form.

    Raises:
        SerialError: naming the first field that is wrong.
    """
    text = text.strip()
    parts = text.split("-")
    form, names = _form_of(text, parts)
    fields = _Fields(text, dict(zip(names, parts, strict=True)))

    batch = fields.number("batch")
    start, end = fields.number("start", at_least=1), fields.number("end", at_least=1)
    if end < start:
        raise SerialError(text, "end", f"is {end}, before start {start}; the block is reversed")
    if form == "modern":
        fields.match("standard", "VCS", "must be VCS")
    fields.match("unit", "VCU", "must be VCU")
    if form == "modern":
        program = fields.match("program", "[0-9]+", "must be digits")
        registry = fields.match("registry", "VER", "must be VER when there are 13 fields")
    else:
        program = fields.match("program", "[0-9]{3}", "must be three digits")
        registry = fields.match("registry", "APX|MER", "must be APX or MER with 12 fields")
    country = fields.match("country", "[A-Z]{2}", "must be two capital letters")
    scope = fields.number("scope", at_least=1)
    project_number = fields.number("project", at_least=1)
    vintage_start, vintage_end = fields.day("vintage_start"), fields.day("vintage_end")
    if vintage_end < vintage_start:
        raise SerialError(
            text, "vintage_end", f"is {vintage_end}, before vintage_start {vintage_start}"
        )
    certified = fields.match("additional_certifications", "[01]", "must be the digit 0 or 1")
    return Serial(
        text=text,
        form=form,
        registry=registry,
        batch=batch,
        start=start,
        end=end,
        program=program,
        country=country,
        scope=scope,
        project_number=project_number,
        vintage_start=vintage_start,
        vintage_end=vintage_end,
        additional_certifications=certified == "1",
    )


def _form_of(text: str, parts: list[str]) -> tuple[str, tuple[str, ...]]:
    if len(parts) == len(_MODERN):
        return "modern", _MODERN
    # A modern serial cut short has lost its VCS from the place where it belongs, so look anywhere.
    if len(parts) == len(_LEGACY) and "VCS" not in parts:
        return "legacy", _LEGACY
    problem = f"are {len(parts)}, but must be 13, or 12 without VCS; copy the whole serial"
    raise SerialError(text, "fields", problem)


@dataclass(frozen=True)
class _Fields:
    text: str
    by_name: dict[str, str]

    def match(self, name: str, pattern: str, rule: str) -> str:
        value = self.by_name[name]
        if not re.fullmatch(pattern, value):
            raise SerialError(self.text, name, f"is {value!r}, but {rule}")
        return value

    def number(self, name: str, at_least: int = 0) -> int:
        number = int(self.match(name, "[0-9]{1,100}", "must be a whole number in digits"))
        if not at_least <= number < _FITS_64_BITS:
            raise SerialError(self.text, name, f"is {number}, outside {at_least} to 2^64 - 1")
        return number

    def day(self, name: str) -> date:
        value = self.match(name, "[0-9]{8}", "must be eight digits, DDMMYYYY")
        try:
            return date(int(value[4:]), int(value[2:4]), int(value[:2]))
        except ValueError as error:
            problem = f"is {value!r}, which is no day of the calendar (DDMMYYYY)"
            raise SerialError(self.text, name, problem) from error
