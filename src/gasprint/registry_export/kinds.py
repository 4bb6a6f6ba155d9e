"""What can be said against tokenising a row of an export."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """Whether the export is wrong, or only says that a block is used up."""

    NOTE = "note"
    ERROR = "error"


class Kind(StrEnum):
    """One reason not to tokenise a row; a row has each kind at most once."""

    RETIRED = "retired"
    WRONG_CELLS = "wrong_cells"
    BAD_NUMBER = "bad_number"
    BAD_DATE = "bad_date"
    MALFORMED_SERIAL = "malformed_serial"
    WRONG_QUANTITY = "wrong_quantity"
    PROJECT_MISMATCH = "project_mismatch"
    VINTAGE_MISMATCH = "vintage_mismatch"
    CERTIFICATION_MISMATCH = "certification_mismatch"
    DUPLICATE = "duplicate"
    NESTED = "nested"
    CONTAINS = "contains"
    OVERLAPPING = "overlapping"

    @property
    def severity(self) -> Severity:
        """A retirement is what a registry is for; everything else contradicts something."""
        return Severity.NOTE if self is Kind.RETIRED else Severity.ERROR

    @property
    def meaning(self) -> str:
        """What a row of this kind has done, in a few words."""
        return _MEANINGS[self]


_MEANINGS = {
    Kind.RETIRED: "retired or cancelled at the registry; never to be tokenised",
    Kind.WRONG_CELLS: "more or fewer cells than the heading; nothing else was checked",
    Kind.BAD_NUMBER: "a number that cannot be read",
    Kind.BAD_DATE: "a date that cannot be read, or is missing",
    Kind.MALFORMED_SERIAL: "a serial in neither the modern nor the legacy form",
    Kind.WRONG_QUANTITY: "the quantity issued is not what the serial's block holds",
    Kind.PROJECT_MISMATCH: "the serial names another project than the row",
    Kind.VINTAGE_MISMATCH: "the serial names another vintage than the row",
    Kind.CERTIFICATION_MISMATCH: "the serial's last digit contradicts the certifications",
    Kind.DUPLICATE: "another row has the very same block",
    Kind.NESTED: "the block lies inside another row's",
    Kind.CONTAINS: "another row's block lies inside this one",
    Kind.OVERLAPPING: "the block shares some serials with another row's",
}
