"""Rows as CSV, in which nothing is a formula, and nothing steers a terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from fastapi import Response
from pydantic import BaseModel

from gasprint._output import csv_text


def csv_response(rows: Sequence[BaseModel], name: str) -> Response:
    """A file of the rows, with the names of their fields as its heading."""
    flat = [_flat(each.model_dump(mode="json")) for each in rows]
    # What is not there in one row may be a thing of several fields in another.
    names = dict.fromkeys(name for each in flat for name in each)
    text = csv_text([{name: each.get(name) for name in names} for each in flat])
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
            is_list = isinstance(value, list)
            found[prefix + name] = json.dumps(value, ensure_ascii=False) if is_list else value
    return found
