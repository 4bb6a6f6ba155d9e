"""The Python side of `vectors.json`, on which Solidity is tested too.

given a case of a conversion, an id, a span or a suffix
    Python gives exactly what was derived independently
given trees of up to nine records
    Python builds them, and proves each record, exactly as was derived
given a case that both sides must refuse
    Python refuses it
given the derivation
    the committed file is what it derives
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from derive_vectors import vectors

from gasprint import data_suffix, units
from gasprint.errors import InputError, TokenIdError
from gasprint.record_proofs import leaf_hash
from gasprint.record_sums import Sums
from gasprint.record_tree import EmissionRecord, RecordProof, RecordTree, Sibling, verify
from gasprint.retirements import retirement_id, span_of
from gasprint.token_ids import TokenId, describe_token_id, serial_span

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def isolation() -> None:
    """Nothing here needs the chain that the other half of this folder runs on."""


def token_id(**parts: int) -> int:
    return int(TokenId(**parts))


def record_sums(**figures: int) -> int:
    return EmissionRecord(bytes(32), 0, **figures).sums.word


def added_sums(left: int, right: int) -> int:
    return (Sums.of_word(left) + Sums.of_word(right)).word


CONVERSIONS: dict[str, Callable[..., Any]] = {
    "co2e_micrograms_up": units.co2e_micrograms_up,
    "energy_picowatt_hours": units.energy_picowatt_hours,
    "units_up": units.units_up,
    "co2e_micrograms": units.co2e_micrograms,
    "units_of_serials": units.units_of_serials,
    "cost_up": units.cost_up,
    "units_for": units.units_for,
    "token_id": token_id,
    "serial_span": serial_span,
    "record_sums": record_sums,
    "added_sums": added_sums,
}


def numbers_of(case: dict[str, str]) -> dict[str, int]:
    return {name: int(text) for name, text in case.items()}


@pytest.mark.parametrize(
    ("name", "case"),
    [(n, c) for n in CONVERSIONS if n != "serial_span" for c in VECTORS[n]],
)
def test_gives_what_was_derived(name: str, case: dict[str, str]) -> None:
    arguments = numbers_of(case)
    expected = arguments.pop("expected")
    assert CONVERSIONS[name](**arguments) == expected


@pytest.mark.parametrize("case", VECTORS["token_id"])
def test_an_id_reads_back_as_its_parts(case: dict[str, str]) -> None:
    parts = numbers_of(case)
    assert asdict(describe_token_id(parts.pop("expected"))) == parts


@pytest.mark.parametrize("case", VECTORS["serial_span"])
def test_gives_the_span_and_the_id_that_were_derived(case: dict[str, str]) -> None:
    span = numbers_of(case)
    expected_id = span.pop("retirement_id")
    arguments = {name: span.pop(name) for name in ("token_id", "start_units", "units")}
    assert asdict(serial_span(**arguments)) == span
    assert retirement_id(**arguments) == expected_id
    assert asdict(span_of(expected_id)) == span


@pytest.mark.parametrize("case", VECTORS["record_tree"], ids=lambda case: len(case["records"]))
def test_builds_the_tree_that_was_derived(case: dict[str, Any]) -> None:
    rows = case["records"]
    hashes = b"".join(bytes.fromhex(row["transaction_hash"]) for row in rows)
    tree = RecordTree(
        np.frombuffer(hashes, np.uint8).reshape(-1, 32),
        np.array([int(row["block_number"]) for row in rows], np.uint64),
        np.array([int(row["gas_used"]) for row in rows], np.uint64),
        picograms_per_gas=int(case["picograms_per_gas"]),
        picowatt_hours_per_gas=int(case["picowatt_hours_per_gas"]),
    )
    assert tree.root.hex() == case["root"]
    assert tree.totals.word == int(case["totals"])
    for index, row in enumerate(rows):
        record, proof = tree.record(index), tree.proof(index)
        numbers = numbers_of({name: row[name] for name in row if name != "transaction_hash"})
        assert record == EmissionRecord(bytes.fromhex(row["transaction_hash"]), **numbers)
        leaf = {"hash": leaf_hash(record).hex(), "sums": str(record.sums.word)}
        assert leaf == case["leaves"][index]
        siblings = [
            Sibling(bytes.fromhex(each["hash"]), int(each["sums"]))
            for each in case["proofs"][index]
        ]
        assert proof == RecordProof(index, len(rows), tuple(siblings))
        assert verify(record, proof, bytes.fromhex(case["root"]))


@pytest.mark.parametrize(
    ("name", "case"), [(n, c) for n, cases in VECTORS["refused"].items() for c in cases]
)
def test_refuses_what_both_sides_must(name: str, case: dict[str, str]) -> None:
    with pytest.raises(InputError):
        CONVERSIONS[name](**numbers_of(case))


@pytest.mark.parametrize("case", VECTORS["refused"]["serial_span"])
def test_refuses_the_id_of_a_span_that_cannot_be(case: dict[str, str]) -> None:
    with pytest.raises(TokenIdError):
        retirement_id(**numbers_of(case))


def test_the_file_is_what_the_derivation_gives() -> None:
    assert vectors() == VECTORS


@pytest.mark.parametrize("case", VECTORS["data_suffix"])
def test_finds_the_suffix_that_was_derived(case: dict[str, str]) -> None:
    found = data_suffix.find(bytes.fromhex(case["data"]))
    assert (found is not None) == (case["found"] == "true")
    if found is not None:
        assert str(found.schema_id) == case["schema_id"]
        assert found.schema_data.hex() == case["schema_data"]
        assert str(found.data_length) == case["data_length"]
