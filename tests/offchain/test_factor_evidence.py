"""A factor made again from its evidence alone.

given the evidence of a factor
    it makes the same factor, on each kind of electricity, whatever the shipped tables say by then
    a few lines without gasprint make the same figures
given evidence in which anything was changed
    a digit of a result, of a text of the method, or the form: it refuses and says what
    a digit of an input, with the results left as they were: it refuses the result
    any one byte: it refuses, or it is another document by its SHA-256
    a model, or a schema, of a later gasprint: it says to take a newer one
given what is no evidence
    whatever its depth, size or numbers: one line, nothing else
given eGRID2023's first release and its revision
    each subregion's factors are between -10 % and +20 % apart, which is within one step
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from gasprint import factor_evidence, grid
from gasprint._data import read_rows
from gasprint.bounds import Bounds
from gasprint.errors import EvidenceError, InputError, NetworkError
from gasprint.factor_evidence import MOST_BYTES, read_evidence, recompute
from gasprint.factors import DataFiles, Factor, canonical, factor_of
from gasprint.footprint import (
    SAMPLE_BLOCKS,
    SAMPLE_TRANSACTIONS,
    footprint_of_files,
)
from gasprint.grid import GridIntensity, grid_intensity
from gasprint.totals import totals_of

SAMPLE = footprint_of_files(SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS)
FILES = DataFiles.at(SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS)
COUNTS = {name: value for name, value in vars(SAMPLE.totals).items() if isinstance(value, int)}


def factor_on(electricity: GridIntensity) -> Factor:
    totals = totals_of(COUNTS, SAMPLE.network, electricity)
    return factor_of(totals, SAMPLE.network, electricity, FILES)


FACTOR = factor_on(SAMPLE.grid)
EVIDENCE = FACTOR.evidence


def changed(path: str, value: Any) -> str:
    """The evidence with one value changed, or added, and nothing else."""
    document = json.loads(EVIDENCE)
    *parents, name = path.split(".")
    place = document
    for parent in parents:
        place = place[parent]
    place[name] = value
    return canonical(document)


@pytest.mark.parametrize("region", ["network:ethereum", "egrid:SRVC", "egrid:US", "country:DEU"])
def test_it_makes_the_same_factor(region: str) -> None:
    factor = factor_on(grid_intensity(region))
    assert recompute(factor.evidence) == factor
    assert recompute(factor.evidence.encode()) == factor


def test_the_shipped_tables_play_no_part(monkeypatch: pytest.MonkeyPatch) -> None:
    def moved_on(*_: object) -> None:
        raise AssertionError

    for module, name in (
        (grid._tables, "read_rows"),
        (factor_evidence.Path, "read_text"),
        (factor_evidence.Path, "open"),
    ):
        monkeypatch.setattr(module, name, moved_on)
    assert recompute(EVIDENCE) == FACTOR


def test_without_gasprint_it_is_the_same() -> None:
    document = json.loads(EVIDENCE)
    inputs, results = document["inputs"], document["results"]
    totals = inputs["totals"]
    for bound, suffix in (("lower", "_lower"), ("best", ""), ("upper", "_upper")):
        nodes = inputs["network"][bound]["nodes"]["value"]
        annual = inputs["network"][bound]["annual_electricity"]["value"]
        energy_kwh = nodes * (annual * 1000 / 8760 / nodes) * (totals["seconds"] / 3_600_000)
        co2e_grams = energy_kwh * inputs["grid"]["grams_per_kwh"][bound]
        for name, amount in (
            ("picograms_per_gas", Fraction(co2e_grams) * 10**12),
            ("picowatt_hours_per_gas", Fraction(energy_kwh) * 10**15),
        ):
            assert results[name + suffix] == math.ceil(amount / totals["gas_used"])


@pytest.mark.parametrize("name", [name for name in vars(FACTOR) if "per_gas" in name])
@pytest.mark.parametrize("by", [-1, 1])
def test_a_result_that_is_off_by_one_is_refused(name: str, by: int) -> None:
    made = getattr(FACTOR, name)
    with pytest.raises(EvidenceError) as refused:
        recompute(changed(f"results.{name}", made + by))
    assert str(refused.value) == (
        f"evidence: results.{name} is {made + by}, but its inputs make it {made}"
    )


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("inputs.network.best.annual_electricity.value", 6_190_001),
        ("inputs.grid.grams_per_kwh.best", 373.33333333333337),
        ("inputs.totals.gas_used", 25_246_519),
        ("inputs.totals.seconds", 36),
        ("inputs.totals.first_block", 17_173_048),
    ],
)
def test_an_input_that_was_changed_is_refused(path: str, value: float) -> None:
    with pytest.raises(
        EvidenceError, match=r"^evidence: (results|source).* but its inputs make it"
    ):
        recompute(changed(path, value))


@pytest.mark.parametrize(
    ("evidence", "line"),
    [
        (EVIDENCE + "\n", "is not in canonical form"),
        (" " + EVIDENCE, "is not in canonical form"),
        (EVIDENCE.replace(":{", ": {", 1), "is not in canonical form"),
        (json.dumps(json.loads(EVIDENCE), indent=1), "is not in canonical form"),
        (EVIDENCE.replace("475.0", "475.00"), "is not in canonical form"),
        (EVIDENCE.replace('"name"', '"name":"first","name"', 1), "is not in canonical form"),
        (EVIDENCE.replace("ethereum", "ethere\\u0075m", 1), "is not in canonical form"),
        (EVIDENCE.replace("ethereum", "\\ud800", 1), "is not in canonical form"),
        (changed("results.picograms_per_gas", 69_661_138.0), "is 69661138.0, but its inputs"),
        (changed("method.co2e_grams", "energy_kwh"), "method.co2e_grams is 'energy_kwh', but"),
        (changed("source", "wind alone"), "source is 'wind alone', but its inputs make it"),
        (changed("schema", "mine"), "its schema is 'mine'"),
        (changed("more", 1), "'more' has no place there"),
        (changed("inputs.grid.more", 1), "'more' has no place there"),
        (changed("method.more", "x"), "method is {"),
        (changed("inputs", {}), "'files' is missing"),
        (changed("inputs.files.blocks.sha256", None), "inputs.files.blocks.sha256 is None"),
        (changed("inputs.totals.gas_used", True), "inputs.totals.gas_used is True"),
        (changed("inputs.totals.gas_used", -1), "inputs.totals.gas_used is -1"),
        (changed("inputs.totals.gas_used", 0), "inputs.totals contradict each other"),
        (changed("inputs.totals.seconds", 25), "inputs.totals contradict each other"),
        (changed("inputs.totals.seconds", 7212), "inputs.totals contradict each other"),
        (changed("inputs.totals.last_block", 17_173_049), "inputs.totals contradict each other"),
        (changed("inputs.network.slot_seconds", 0), "a parameter of zero or less"),
        (changed("inputs.network.best.nodes.value", 0), "a parameter of zero or less"),
        (changed("inputs.network.best.nodes.value", "11422"), "nodes.value is '11422'"),
        (changed("inputs.network.best.nodes.unit", "kWh"), "inputs.network has 'kWh' for nodes"),
        (changed("inputs.network.valid_from", "yesterday"), "valid_from is 'yesterday'"),
        (changed("inputs.network.model", 1), "inputs.network names no model"),
        (changed("inputs.network.best.annual_electricity.value", 10**29), "bounds must rise"),
        (changed("inputs.network.best.annual_electricity.value", 1e308), "bounds must rise"),
        (changed("inputs.grid.grams_per_kwh.lower", 400), "bounds must rise"),
    ],
)
def test_what_does_not_hold_is_refused(evidence: str, line: str) -> None:
    with pytest.raises(EvidenceError) as refused:
        recompute(evidence)
    assert line in str(refused.value)
    assert "\n" not in str(refused.value)


def test_no_changed_byte_goes_unseen() -> None:
    content = EVIDENCE.encode()
    passed = 0
    for position in range(len(content)):
        for bit in (0x01, 0x10):
            spoilt = bytearray(content)
            spoilt[position] ^= bit
            assert hashlib.sha256(spoilt).digest() != FACTOR.evidence_hash
            try:
                factor = recompute(bytes(spoilt))
            except InputError:
                pass
            else:
                # Then it is a letter of a text, or a number that no figure hangs on: in this
                # model, how many nodes share the power.
                assert factor.evidence_hash != FACTOR.evidence_hash
                passed += 1
    assert 0 < passed < 2 * len(content)


@pytest.mark.parametrize(
    ("path", "value", "kind"),
    [
        ("inputs.network.model", "proof_of_stake_v2", NetworkError),
        ("schema", "gasprint_factor_evidence_v2", InputError),
    ],
)
def test_a_later_model_takes_a_newer_gasprint(
    path: str, value: str, kind: type[InputError]
) -> None:
    with pytest.raises(kind, match="take a newer") as refused:
        recompute(changed(path, value))
    assert not isinstance(refused.value, EvidenceError)


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        "null",
        "[]",
        "{}",
        '"evidence"',
        "[" * (MOST_BYTES - 1),
        '{"a":' * 190_000,
        '{"inputs":NaN}',
        '{"inputs":-Infinity}',
        '{"inputs":1e999}',
        '{"inputs":' + "9" * 500_000 + "}",
        "\ufeff{}",
        b"\xff\xfe",
        " " * (MOST_BYTES + 1),
    ],
    ids=range(14),
)
def test_what_is_no_evidence_is_refused(hostile: str | bytes) -> None:
    with pytest.raises(EvidenceError) as refused:
        recompute(hostile)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize(
    "make",
    [
        lambda folder: folder,
        lambda folder: folder / "missing",
        lambda folder: Path("/dev/zero"),
        lambda folder: Path("a\0b"),
    ],
)
def test_what_is_no_file_is_refused(make: Callable[[Path], Path], tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^evidence "):
        read_evidence(make(tmp_path))


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(b" " * (MOST_BYTES + 1))
    with pytest.raises(InputError, match="more than 1,000,000 bytes"):
        read_evidence(path)


def egrid_2023(release: str) -> dict[str, GridIntensity]:
    """Every subregion of a release, with those too whose CO2e is refused as below their CO2."""
    any_region = grid_intensity("egrid:AZNM@eGRID2023rev2")
    return {
        row["code"]: replace(
            any_region,
            region=f"egrid:{row['code']}",
            name=row["name"],
            release=release,
            grams_per_kwh=Bounds.exactly(float(row["co2e_lb_per_mwh"]) * 453.59237 / 1000),
        )
        for row in read_rows("grid/egrid.csv")
        if row["release"] == release and row["level"] == "subregion"
    }


def test_egrid_2023_and_its_revision_are_one_step_apart() -> None:
    first, revised = egrid_2023("eGRID2023-jan2025"), egrid_2023("eGRID2023rev2")
    assert first.keys() <= revised.keys()
    assert len(first) == 27
    ratios = {}
    for code in first:
        before, after = recompute(factor_on(first[code]).evidence), factor_on(revised[code])
        assert after.picowatt_hours_per_gas_bounds == before.picowatt_hours_per_gas_bounds
        ratios[code] = after.picograms_per_gas / before.picograms_per_gas - 1
    least, most = min(ratios, key=ratios.__getitem__), max(ratios, key=ratios.__getitem__)
    print(f"{least} {ratios[least]:+.2%}, {most} {ratios[most]:+.2%}")
    # To the whole percent, as they are published side by side.
    assert (least, round(ratios[least], 2)) == ("NYCW", -0.10)
    assert (most, round(ratios[most], 2)) == ("NYLI", 0.20)
    assert all(0.5 <= 1 + ratio <= 2 for ratio in ratios.values())
