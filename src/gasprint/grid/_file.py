"""A series of one's own, `file:series.csv`, with the column `grams_per_kwh`, or three.

All rows may have a `basis`, which is `location` where it is not said.
"""

from __future__ import annotations

from gasprint.errors import GridError
from gasprint.grid._plausible import first_implausible
from gasprint.grid._series import Series
from gasprint.series_file import Quantity, SeriesFile, read_series_file

GRID_INTENSITY = Quantity("grams_per_kwh", "g/kWh", first_implausible, GridError)


def series_of_file(text: str) -> Series:
    """The series in a CSV file.

    Args:
        text: path of the file, with its hash or without, as in `series.csv@sha256-0123456789ab`.

    Raises:
        GridError: if the file cannot be read, or a row of it is wrong, which it names.
    """
    file = read_series_file(text, GRID_INTENSITY)
    basis = _basis(file)
    return Series(
        reference=file.reference,
        basis=f"{basis}-based, of the file {file.name}",
        is_market_based=basis == "market",
        segments=file.segments,
    )


def _basis(file: SeriesFile) -> str:
    bases = {row.get("basis") or "location" for _, row in file.rows}
    if len(bases) > 1 or not bases <= {"location", "market"}:
        raise GridError(
            f"{file.name} has the basis {' and '.join(sorted(bases))}; in all rows it must be "
            "location, or in all of them market"
        )
    return bases.pop()
