"""What gasprint says of a transaction, and where it finds a place.

given a factor and an estimate of gas
  energy and CO2e are rounded up, and come back from the suffix
  a number of 32 bits or more comes back too
given data with a suffix already
  schema 2 keeps all that it said and gets the annotation, unless it has one
  schemas 0 and 1, and what only ends like a suffix, stay as they are
given metadata that are not ours
  there is no annotation
"""

from __future__ import annotations

from typing import Any

import pytest

from gasprint import data_suffix
from gasprint.annotations import (
    METADATA_KEY,
    Annotation,
    FactorInForce,
    annotated_data,
    annotation_in,
    annotation_of,
    has_room,
)
from gasprint.data_suffix import MARKER
from gasprint.errors import InputError

REGISTRY = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
FACTOR = FactorInForce(1, REGISTRY, 3, 69_661_138, 187_000_001)  # type: ignore[arg-type]
CALL = bytes.fromhex("a9059cbb") + bytes(64)
SCHEMA_0 = CALL + bytes.fromhex("62617365617070 07 00") + MARKER
SCHEMA_1 = CALL + bytes.fromhex(f"{20 * 'cc'} 2105 02 61 01 01") + MARKER


def annotation_at_the_end_of(data: bytes) -> Annotation | None:
    suffix = data_suffix.decode(data)
    assert suffix is not None
    return annotation_in(suffix.metadata)


def test_energy_and_co2e_are_rounded_up() -> None:
    assert annotation_of(21_000, FACTOR) == Annotation(
        chain_id=1,
        registry=FACTOR.registry,
        factor_version=3,
        gas=21_000,
        energy_microwatt_hours=3_927_001,
        co2e_micrograms=1_462_884,
    )


@pytest.mark.parametrize("gas", [0, 1, 21_000, 60_000_000, 2**64])
def test_an_annotation_comes_back_from_the_data(gas: int) -> None:
    annotation = annotation_of(gas, FACTOR)
    annotated = annotated_data(CALL, annotation)
    assert annotated.startswith(CALL)
    assert annotation_at_the_end_of(annotated) == annotation


def test_a_suffix_with_nothing_else_is_this_long() -> None:
    suffix = annotated_data(b"", annotation_of(21_000, FACTOR))
    assert len(suffix) == 145
    assert suffix[-19:] == (145 - 19).to_bytes(2, "big") + b"\x02" + MARKER


def test_schema_2_keeps_what_it_said() -> None:
    said = {"a": "baseapp", "s": ["titan"], "h": b"\x01", "m": {"source": "webapp", 7: 1.5}}
    annotation = annotation_of(21_000, FACTOR)
    annotated = annotated_data(CALL + data_suffix.encode(said), annotation)
    suffix = data_suffix.decode(annotated)
    assert suffix is not None
    assert annotated[: suffix.data_length] == CALL
    entry = {METADATA_KEY: annotation.as_entry()}
    assert suffix.fields == said | {"m": {"source": "webapp", 7: 1.5} | entry}


@pytest.mark.parametrize(
    "data",
    [
        SCHEMA_0,
        SCHEMA_1,
        CALL + MARKER,
        CALL + b"\x09" + MARKER,
        CALL + data_suffix.encode({"m": {METADATA_KEY: "of another kind"}}),
    ],
)
def test_other_suffixes_stay_as_they_are(data: bytes) -> None:
    assert not has_room(data)
    assert annotated_data(data, annotation_of(21_000, FACTOR)) == data


def test_an_annotation_is_not_made_twice() -> None:
    once = annotated_data(CALL, annotation_of(21_000, FACTOR))
    assert annotated_data(once, annotation_of(50_000, FACTOR)) == once


def test_a_suffix_without_room_for_more_bytes_is_refused() -> None:
    full = data_suffix.encode({"m": {"x": bytes(65_500)}})
    with pytest.raises(InputError, match="65535"):
        annotated_data(full, annotation_of(21_000, FACTOR))


GOOD = annotation_of(21_000, FACTOR).as_entry()


@pytest.mark.parametrize(
    "entry",
    [
        None,
        "text",
        [],
        {},
        GOOD | {"gas": -1},
        GOOD | {"gas": True},
        GOOD | {"gas": 1.5},
        GOOD | {"gas": "21000"},
        GOOD | {"gas": "0x" + 65 * "f"},
        GOOD | {"registry": REGISTRY},
        GOOD | {"registry": bytes(19)},
        {name: value for name, value in GOOD.items() if name != "co2e_micrograms"},
    ],
)
def test_other_metadata_are_no_annotation(entry: Any) -> None:
    assert annotation_in({METADATA_KEY: entry}) is None


def test_what_a_later_version_adds_is_passed_over() -> None:
    assert annotation_in({METADATA_KEY: GOOD | {"later": 1}}) == annotation_of(21_000, FACTOR)


def test_negative_gas_is_refused() -> None:
    with pytest.raises(InputError, match="gas_used is -1"):
        annotation_of(-1, FACTOR)
