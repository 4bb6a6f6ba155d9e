"""Amounts as a person writes them.

given a number with its unit
    it is that many credit units, exactly
given anything else, or a part of a unit
    it is refused, never rounded
"""

from __future__ import annotations

import pytest

from gasprint.amounts import parse_units
from gasprint.errors import InputError


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("1t", 10**8),
        ("2.5 t", 25 * 10**7),
        ("40kg", 4_000_000),
        ("0.1g", 10),
        ("10 mg", 1),
        ("250units", 250),
        ("1 unit", 1),
        ("0.00000001t", 1),
    ],
)
def test_an_amount_is_exact(text: str, units: int) -> None:
    assert parse_units(text) == units


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "t",
        "-1t",
        "1,5t",
        "1e3t",
        "5mg",
        "0.5units",
        "0.000000001t",
        "0g",
        "1 lb",
        "\u0661t",
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"^amount "):
        parse_units(text)
