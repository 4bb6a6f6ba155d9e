"""The tables that ship inside the package; `data/README.md` says where each comes from."""

from __future__ import annotations

import csv
import difflib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


def read_rows(name: str) -> list[dict[str, str]]:
    """Rows of the shipped CSV file `name`, such as `grid/egrid.csv`."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_document(name: str) -> dict[str, Any]:
    """The shipped JSON document `name`, such as `networks/ethereum.json`."""
    document: dict[str, Any] = json.loads((DATA / name).read_text(encoding="utf-8"))
    return document


def close_matches(name: str, known: Iterable[str]) -> str:
    """A hint for an error message: the known names like `name`, or else the first few of them."""
    names = sorted(known)
    by_folded_name = {each.casefold(): each for each in names}
    close = difflib.get_close_matches(name.casefold(), by_folded_name, n=3, cutoff=0.5)
    if close:
        return f"did you mean {' or '.join(by_folded_name[each] for each in close)}?"
    return f"known are {', '.join(names[:8])}{' and others' if len(names) > 8 else ''}"
