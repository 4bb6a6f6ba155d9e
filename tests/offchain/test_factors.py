"""Factors for the registry on-chain, and their evidence.

given the totals of the sample
    each factor is the total per gas, rounded up, its bounds in order
    the evidence holds inputs and results, and its SHA-256 is the evidence hash
given the same totals twice, or other totals
    the hash is the same, or another
given a range with gaps
    the source says how many blocks of it are there
given no gas
    it refuses
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from math import ceil

import pytest

from gasprint.errors import InputError
from gasprint.factors import DataFiles, factor_of
from gasprint.footprint import SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS, footprint_of_files

SAMPLE = footprint_of_files(SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS)
FILES = DataFiles.at(SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS)
FACTOR = factor_of(SAMPLE.totals, SAMPLE.network, SAMPLE.grid, FILES)


def test_factors_are_the_totals_per_gas_rounded_up() -> None:
    totals = SAMPLE.totals
    assert FACTOR.picograms_per_gas == ceil(totals.co2e_grams.best * 1e12 / totals.gas_used)
    assert FACTOR.picowatt_hours_per_gas == ceil(totals.energy_kwh.best * 1e15 / totals.gas_used)


def test_bounds_are_in_order() -> None:
    assert FACTOR.picograms_per_gas_bounds == (26_225_417, 69_661_138, 107_388_561)
    assert FACTOR.picowatt_hours_per_gas_bounds == (78_404_953, 186_592_334, 226_081_180)


def test_source_names_model_electricity_and_blocks() -> None:
    assert FACTOR.source == "proof_of_stake_v1 x network:ethereum, blocks 17173049-17173050"


def test_source_counts_the_blocks_of_a_range_with_gaps() -> None:
    gapped = replace(SAMPLE.totals, last_block=17_173_060)
    source = factor_of(gapped, SAMPLE.network, SAMPLE.grid, FILES).source
    assert source.endswith(", 2 blocks of 17173049-17173060")


def test_evidence_hash_is_the_sha_256_of_the_evidence() -> None:
    assert FACTOR.evidence_hash == hashlib.sha256(FACTOR.evidence.encode()).digest()
    evidence = json.loads(FACTOR.evidence)
    assert evidence["results"]["picograms_per_gas"] == FACTOR.picograms_per_gas
    assert evidence["inputs"]["totals"]["gas_used"] == SAMPLE.totals.gas_used
    assert evidence["inputs"]["network"]["best"]["nodes"]["value"] == 11_422
    assert evidence["inputs"]["grid"]["grams_per_kwh"]["upper"] == 475
    (blocks, transactions) = (evidence["inputs"]["files"][n] for n in ("blocks", "transactions"))
    assert blocks["sha256"] == hashlib.sha256(SAMPLE_BLOCKS.read_bytes()).hexdigest()
    assert transactions["sha256"] == hashlib.sha256(SAMPLE_TRANSACTIONS.read_bytes()).hexdigest()
    assert (blocks["name"], transactions["name"]) == (SAMPLE_BLOCKS.name, SAMPLE_TRANSACTIONS.name)


def test_evidence_is_the_same_every_time() -> None:
    again = footprint_of_files(SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS)
    assert factor_of(again.totals, again.network, again.grid, FILES) == FACTOR


def test_evidence_hash_changes_with_the_inputs() -> None:
    other = factor_of(replace(SAMPLE.totals, gas_used=1), SAMPLE.network, SAMPLE.grid, FILES)
    assert other.evidence_hash != FACTOR.evidence_hash


def test_refuses_totals_without_gas() -> None:
    with pytest.raises(InputError, match="gas_used is 0"):
        factor_of(replace(SAMPLE.totals, gas_used=0), SAMPLE.network, SAMPLE.grid, FILES)
