"""Rows as CSV, in which nothing is a formula, and nothing steers a terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from fastapi import Response
from pydantic import BaseModel

from gasprint._output import csv_text, harmless

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_response(rows: Sequence[BaseModel], name: str) -> Response:
    """A file of the rows, with the names of their fields as its heading."""
    text = csv_text([_flat(each.model_dump(mode="json")) for each in rows])
    return Response(
        text,
        media_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def _flat(row: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{name}_")
        else:
            found[prefix + name] = _cell(value)
    return found


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        value = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, str):
        return value
    text = harmless(value)
    # A spreadsheet takes what follows an apostrophe for text.
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) or value != value.lstrip() else text
