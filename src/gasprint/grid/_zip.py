"""The eGRID figures of where a ZIP code of the United States is: `zip:02139`.

Which subregion a ZIP code is served from, EPA's own table says (Power Profiler): a file of several
megabytes that changes with each release, and so does not ship. Give its path in
`GASPRINT_ZIP_CODES`: `zip.csv` of github.com/USEPA/power-profiler, or the sheet "Zip-subregion" of
the Power Profiler Emissions Tool, saved as CSV. Without it, the figure is that of the state, by the
first three digits; the name of the answer says so.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from gasprint._data import read_rows
from gasprint.errors import GridError
from gasprint.grid._figure import GridIntensity
from gasprint.grid._tables import egrid

VARIABLE = "GASPRINT_ZIP_CODES"
_ZIP_COLUMNS = ("zip", "ZIP (character)")
_SUBREGION_COLUMNS = ("SUBRGN", *(f"eGRID Subregion #{number}" for number in (1, 2, 3)))
_PREDOMINANT = "Predominant Utility"


def zip_code(code: str, release: str) -> GridIntensity:
    """The subregion that serves most of a ZIP code; its state where no table is given.

    Raises:
        GridError: if it is no ZIP code, or eGRID has no figures of it, or the table is none.
    """
    if not re.fullmatch("[0-9]{5}(-[0-9]{4})?", code):
        raise GridError(f"zip:{code} is no ZIP code; write five digits, as zip:02139")
    code = code[:5]
    path = os.environ.get(VARIABLE)
    if not path:
        found = egrid(_state_of(code), release)
        where = f"{found.name}, by the first digits of ZIP code {code}"
        return replace(found, name=f"{where}; {VARIABLE} would tell its subregion")
    subregions = _subregions(Path(path)).get(code)
    if not subregions:
        raise GridError(f"ZIP code {code} is not in {path}; name its subregion, such as egrid:NEWE")
    first, *others = subregions
    found = egrid(first, release)
    partly = f", in part {' and '.join(others)}" if others else ""
    return replace(
        found,
        name=f"{found.name}, of ZIP code {code}{partly}",
        source=f"{found.source}; subregion by {Path(path).name}",
    )


def _state_of(code: str) -> str:
    for row in read_rows("grid/zip_prefix.csv"):
        if row["first_prefix"] <= code[:3] <= row["last_prefix"]:
            return row["code"]
    raise GridError(f"eGRID has no figures of where ZIP code {code} is; name another region")


@cache
def _subregions(path: Path) -> dict[str, list[str]]:
    """Of each ZIP code its subregions, that of its predominant utility first."""
    subregions: dict[str, list[str]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for code, subregion, is_first in _served(path, csv.DictReader(file)):
                known = subregions.setdefault(code, [])
                if is_first and subregion in known:
                    known.remove(subregion)
                if subregion not in known:
                    known.insert(0 if is_first else len(known), subregion)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise GridError(f"{VARIABLE}: {path} cannot be read: {error}; check it") from error
    return subregions


def _served(path: Path, rows: csv.DictReader[str]) -> Iterator[tuple[str, str, bool]]:
    names = rows.fieldnames or ()
    zips = [each for each in _ZIP_COLUMNS if each in names]
    subregions = [each for each in _SUBREGION_COLUMNS if each in names]
    if not (zips and subregions):
        raise GridError(
            f"{VARIABLE}: {path} has no columns {_ZIP_COLUMNS[0]} and {_SUBREGION_COLUMNS[0]}; "
            "take zip.csv of EPA's Power Profiler"
        )
    for row in rows:
        for name in subregions:
            if subregion := (row[name] or "").strip():
                # Spreadsheets take a code for a number, and leave its first zeros out.
                yield (row[zips[0]] or "").strip().zfill(5), subregion, row.get(_PREDOMINANT) == "1"
