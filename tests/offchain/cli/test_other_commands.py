"""`gasprint grid`, `gasprint network show` and `gasprint factors compute`.

given what they ask for
    they show it in a table, or in JSON
given what they do not know
    they refuse in one line
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Command


def test_grid_shows_regions_with_release_and_source(gasprint: Command) -> None:
    out = gasprint("grid", "egrid:SRVC", "egrid:SRVC@eGRID2022", "network:ethereum").stdout
    for shown in ("270.5", "283.9", "eGRID2022", "373.3", "Source: US EPA eGRID2023rev2"):
        assert shown in out


def test_grid_json(gasprint: Command) -> None:
    (document,) = json.loads(gasprint("grid", "country:DEU", "--json").stdout)
    assert document["grams_per_kwh"] == {"lower": 380.95, "best": 380.95, "upper": 380.95}
    assert document["year"] == 2023


def test_grid_refuses_all_when_one_is_unknown(refused: Callable[..., str]) -> None:
    assert "did you mean SRVC" in refused("grid", "country:DEU", "egrid:SRVX")


def test_network_show_says_that_watts_are_derived(gasprint: Command) -> None:
    out = gasprint("network", "show", "ethereum").stdout
    for shown in ("proof_of_stake_v1", "14,072", "60.84", "watts_per_node is derived", "CCRI"):
        assert shown in out


def test_network_show_json(gasprint: Command) -> None:
    document = json.loads(gasprint("network", "show", "ethereum", "--json").stdout)
    assert document["valid_from"] == "2022-09-15T06:42:59+00:00"
    assert document["derived"]["best"]["power_watts"] == pytest.approx(706_621, abs=1)


def test_network_show_refuses_an_unknown_network(refused: Callable[..., str]) -> None:
    assert "did you mean ethereum or" in refused("network", "show", "etherium")


def test_factors_compute_shows_whole_numbers(gasprint: Command) -> None:
    out = gasprint("factors", "compute").stdout
    assert "26,225,417   69,661,138  107,388,561" in out
    assert "evidence_hash 0x" in out


def test_the_evidence_file_hashes_to_the_evidence_hash(gasprint: Command, tmp_path: Path) -> None:
    evidence = tmp_path / "evidence.json"
    result = gasprint("factors", "compute", "--json", "--evidence", evidence)
    document = json.loads(result.stdout)
    digest = hashlib.sha256(evidence.read_bytes()).hexdigest()
    assert document["evidence_hash"] == f"0x{digest}"
    assert document["picograms_per_gas"]["best"] == 69_661_138


def test_factors_compute_refuses_a_missing_file(refused: Callable[..., str]) -> None:
    line = refused("factors", "compute", "nowhere.jsonl", "nowhere.jsonl")
    assert "nowhere.jsonl cannot be read: No such file" in line
