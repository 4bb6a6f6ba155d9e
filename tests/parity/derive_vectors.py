"""Derives `vectors.json`, the cases on which Solidity and Python must agree.

Independent of both: exact fractions and `ceil` here, where they divide whole numbers, and ids put
together from 16-digit hexadecimal text, where they shift bits. `derive_record_trees.py` has the
trees of records. Run it to write the file again:

    python tests/parity/derive_vectors.py
"""

from __future__ import annotations

import json
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from typing import Any

from derive_record_trees import added_sums, overflowing_sums, record_trees, word

VECTORS = Path(__file__).parent / "vectors.json"
TONNE = 10**8
WORD = 2**256 - 1
PART = 2**64 - 1

Case = dict[str, str]


def case(**numbers: int) -> Case:
    """Numbers as decimal text: JSON readers keep only 53 bits of a number."""
    return {name: str(number) for name, number in numbers.items()}


def products() -> list[tuple[int, int]]:
    """Pairs of gas and factor: zero, edges of rounding, real ones, and the largest products."""
    around_a_microgram = [(1, pg) for pg in (1, 999_999, 1_000_000, 1_000_001)]
    real = [(21_000, 69_661_138), (25_246_518, 107_388_561), (30_000_000, 1)]
    largest = [(WORD, 1), (1, WORD), (2**128 - 1, 2**128 + 1), (2**128, 2**128 - 1), (PART, PART)]
    return [(0, 0), (0, WORD), (WORD, 0), *around_a_microgram, *real, *largest]


def purchases() -> list[tuple[int, int]]:
    """Pairs of units, or an amount, and a price a tonne: edges of rounding, real ones, the largest.

    Prices are of tokens with 6 and with 18 decimals.
    """
    around_a_base_unit = [(units, 1) for units in (0, 1, TONNE - 1, TONNE, TONNE + 1)]
    real = [(number, price) for number in (1, 9, 123_456_789) for price in (12_345_678, 7 * 10**18)]
    beyond_a_word_between = [(2**128, 2**128), (WORD // 10**9, 10**17), (WORD, TONNE)]
    return [*around_a_base_unit, (5, 3 * TONNE), *real, *beyond_a_word_between, (WORD, WORD)]


def fitting(cases: list[Case]) -> list[Case]:
    """Those of which the result has 256 bits."""
    return [one for one in cases if int(one["expected"]) <= WORD]


def token_ids() -> list[tuple[int, int, int, int]]:
    """Registry, project number, first and last serial."""
    return [
        (1, 1, 1, 1),
        (1, 1060, 115_597_313, 115_618_057),
        (1, 101, 7_863_589, 7_889_021),
        (1, 1340, 941_467_007, 941_467_431),
        (PART, PART, PART, PART),
        (1, PART, 1, PART),
    ]


def id_of(*parts: int) -> int:
    """Four parts side by side, 16 hexadecimal digits each."""
    return int("".join(f"{part:016x}" for part in parts), 16)


def spans() -> list[Case]:
    """Retirements inside credits, to the edges of a serial and of the credit, and their ids."""
    cases = []
    for registry, project, first, last in token_ids():
        whole = (last - first + 1) * TONNE
        retirements = [(0, 1), (0, whole), (whole - 1, 1), (0, TONNE), (1, TONNE - 1)]
        if whole > TONNE:
            retirements += [(TONNE - 1, 2), (TONNE, 1), (50, TONNE), (123_456_789, whole // 2)]
        for start, units in retirements:
            begins, ends = Fraction(start, TONNE), Fraction(start + units, TONNE)
            last_whole = ceil(ends) - 1
            cases.append(
                case(
                    token_id=id_of(registry, project, first, last),
                    start_units=start,
                    units=units,
                    retirement_id=int(
                        f"{registry:016x}{first * TONNE + start:024x}{units:024x}", 16
                    ),
                    first_serial=first + floor(begins),
                    first_offset_units=int((begins - floor(begins)) * TONNE),
                    last_serial=first + last_whole,
                    last_end_units=int((ends - last_whole) * TONNE),
                )
            )
    return cases


def refused() -> dict[str, list[Case]]:
    """What both sides must refuse: products beyond 256 bits, and ids or spans that cannot be."""
    ordinary = id_of(1, 1060, 100, 102)
    too_large = [(WORD, 2), (2**128, 2**128)]
    figures = ("gas_used", "energy_picowatt_hours", "co2e_micrograms")
    return {
        "record_sums": [
            case(**dict(zip(figures, each, strict=True)))
            for each in [(2**56, 0, 0), (0, 2**88, 0), (0, 0, 2**80), (WORD, WORD, WORD)]
        ],
        "added_sums": [{"left": left, "right": right} for left, right in overflowing_sums()],
        "co2e_micrograms_up": [case(gas_used=g, picograms_per_gas=f) for g, f in too_large],
        "energy_picowatt_hours": [case(gas_used=g, picowatt_hours_per_gas=f) for g, f in too_large],
        "co2e_micrograms": [case(units=WORD // 10_000 + 1), case(units=WORD)],
        "units_of_serials": [case(first=2, last=1), case(first=PART, last=0)],
        "cost_up": [
            case(units=WORD, price_per_tonne=WORD),
            case(units=WORD, price_per_tonne=TONNE + 1),
        ],
        "units_for": [
            case(amount=0, price_per_tonne=0),
            case(amount=1, price_per_tonne=0),
            case(amount=WORD, price_per_tonne=TONNE - 1),
        ],
        "token_id": [
            case(registry=0, project_number=1060, first_serial=1, last_serial=1),
            case(registry=1, project_number=0, first_serial=1, last_serial=1),
            case(registry=1, project_number=1060, first_serial=0, last_serial=1),
            case(registry=1, project_number=1060, first_serial=2, last_serial=1),
        ],
        "serial_span": [
            case(token_id=ordinary, start_units=0, units=0),
            case(token_id=ordinary, start_units=0, units=3 * TONNE + 1),
            case(token_id=ordinary, start_units=3 * TONNE, units=1),
        ],
    }


def record_sums() -> list[Case]:
    """Figures of one record, to the edges of their fields, and its sums word."""
    full = (2**56 - 1, 2**88 - 1, 2**80 - 1)
    return [
        case(
            gas_used=gas,
            energy_picowatt_hours=energy,
            co2e_micrograms=co2e,
            expected=int(word((1, gas, energy, co2e)), 16),
        )
        for gas, energy, co2e in [(0, 0, 0), (1, 2, 3), full, (full[0], 0, 0), (0, full[1], 0)]
    ]


def vectors() -> dict[str, Any]:
    """Every case, by the name of the conversion in Python."""
    micrograms = [0, 1, 9_999, 10_000, 10_001, 10**12 - 1, 10**12, 10**12 + 1, WORD - 1, WORD]
    serials = [(1, 1), (1, 2), (115_597_313, 115_618_057), (1, PART), (PART, PART), (0, PART)]
    return {
        "co2e_micrograms_up": [
            case(gas_used=g, picograms_per_gas=f, expected=ceil(Fraction(g) * f / 10**6))
            for g, f in products()
        ],
        "energy_picowatt_hours": [
            case(gas_used=g, picowatt_hours_per_gas=f, expected=int(Fraction(g) * f))
            for g, f in products()
        ],
        "units_up": [
            case(co2e_micrograms=m, expected=ceil(Fraction(m, 10_000))) for m in micrograms
        ],
        "co2e_micrograms": [
            case(units=u, expected=int(f"{u}0000")) for u in (0, 1, 12, TONNE, WORD // 10_000)
        ],
        "units_of_serials": [
            case(first=first, last=last, expected=int(f"{last - first + 1}00000000"))
            for first, last in serials
        ],
        "cost_up": fitting(
            [
                case(units=u, price_per_tonne=p, expected=ceil(Fraction(u * p, TONNE)))
                for u, p in purchases()
            ]
        ),
        "units_for": fitting(
            [
                case(amount=a, price_per_tonne=p, expected=floor(Fraction(a, p) * TONNE))
                for a, p in purchases()
            ]
        ),
        "token_id": [
            case(
                registry=registry,
                project_number=project,
                first_serial=first,
                last_serial=last,
                expected=id_of(registry, project, first, last),
            )
            for registry, project, first, last in token_ids()
        ],
        "serial_span": spans(),
        "record_sums": record_sums(),
        "added_sums": [
            {"left": left, "right": right, "expected": both} for left, right, both in added_sums()
        ],
        "record_tree": record_trees(),
        "refused": refused(),
        "data_suffix": data_suffixes(),
    }


def suffixed(*parts: str) -> str:
    """Data and the parts of an ERC-8021 suffix, as hexadecimal text."""
    return "".join(parts).replace(" ", "") + "8021" * 8


def data_suffixes() -> list[Case]:
    """Data with the suffix that it ends in, put together from text, and data that have none."""
    codes, registry = b"baseapp,morpho".hex(), 20 * "cc"
    one_code, long_codes = b"baseapp".hex(), 255 * "61"
    found = [
        ("dddddddd", 0, f"{one_code} 07"),
        ("", 0, "00"),
        ("", 0, f"{long_codes} ff"),
        ("dddddddd", 1, f"{registry} 2105 02 {codes} 0e"),
        ("", 1, f"{registry} 01 01 00"),
        ("", 1, f"{registry} {32 * 'ff'} 20 {one_code} 07"),
        ("dddddddd", 2, "a161616762617365617070 000b"),
        ("", 2, "a0 0001"),
        ("dd" * 68, 2, f"a1616d a16178 590200 {512 * '00'} 0209"),
        ("dddddddd", 2, "0000"),
        (suffixed(f"{one_code} 07 00"), 2, "a0 0001"),
    ]
    none = [
        "",
        "dddddddd",
        "8021" * 8,
        suffixed("dddddddd 03"),
        suffixed("dddddddd ff"),
        suffixed("00"),
        suffixed("01"),
        suffixed("02"),
        suffixed("61 02 00"),
        suffixed("00 01"),
        suffixed(f"{registry} 00 61 01 01"),
        suffixed(f"{registry} {33 * '01'} 21 61 01 01"),
        suffixed(f"{19 * 'cc'} 01 01 00 01"),
        suffixed("ff 02"),
        suffixed("a0 0002 02"),
        suffixed("a0 ffff 02"),
        suffixed("dddddddd 07 00")[:-2] + "20",
    ]
    return [
        {
            "data": suffixed(data, schema_data, f"{schema_id:02x}"),
            "found": "true",
            "schema_id": str(schema_id),
            "schema_data": schema_data.replace(" ", ""),
            "data_length": str(len(data) // 2),
        }
        for data, schema_id, schema_data in found
    ] + [
        {
            "data": data,
            "found": "false",
            "schema_id": "0",
            "schema_data": "",
            "data_length": str(len(data) // 2),
        }
        for data in none
    ]


if __name__ == "__main__":
    VECTORS.write_text(json.dumps(vectors(), indent=2) + "\n", encoding="utf-8")
