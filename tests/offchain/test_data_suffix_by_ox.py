"""The npm package ox reads the suffixes that we write, and we read those that it writes.

given our annotations, alone or merged into what others said
  ox decodes each figure, those of 32 bits and more as text
given attributions of each schema that ox encodes
  we decode the same
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from gasprint import data_suffix
from gasprint.annotations import FactorInForce, annotated_data, annotation_of

SCRIPT = Path(__file__).with_name("suffix_by_ox.cjs")
REGISTRY = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
FACTOR = FactorInForce(31_337, REGISTRY, 3, 70_000_000, 187_000_000)  # type: ignore[arg-type]
DATA = bytes.fromhex("dddddddd")


def by_ox(action: str, *lines: str) -> list[Any]:
    """One document for each line."""
    finished = subprocess.run(
        ["node", SCRIPT, action],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        check=False,
    )
    if "Cannot find module 'ox/erc8021'" in finished.stderr:
        pytest.skip("ox is not installed; run make setup")
    assert finished.returncode == 0, finished.stderr
    return [json.loads(line) for line in finished.stdout.splitlines()]


@pytest.mark.parametrize("said", [{}, {"a": "baseapp", "m": {"source": "webapp"}}])
def test_ox_decodes_our_annotations(said: dict[str, Any]) -> None:
    amounts = [0, 21_000, 60_000_000, 2**32 - 1, 2**32, 2**64]
    data = DATA + (data_suffix.encode(said) if said else b"")
    annotations = [annotation_of(gas, FACTOR) for gas in amounts]
    decoded = by_ox("decode", *(f"0x{annotated_data(data, each).hex()}" for each in annotations))
    for document, annotation in zip(decoded, annotations, strict=True):
        entry = annotation.as_entry() | {"registry": REGISTRY.lower()}
        metadata = {**said.get("m", {}), "gasprint": entry}
        expected = {"id": 2, "metadata": metadata}
        assert document == expected | ({"appCode": said["a"]} if said else {})


ATTRIBUTIONS: list[dict[str, Any]] = [
    {"codes": []},
    {"codes": ["baseapp", "morpho"]},
    {"codes": ["baseapp"], "codeRegistry": {"address": REGISTRY, "chainId": 8453}},
    {"appCode": "baseapp"},
    {
        "appCode": "baseapp",
        "walletCode": "privy",
        "serviceCodes": ["flashbots", "titan"],
        "registries": {
            "app": {"address": REGISTRY, "chainId": 8453},
            "wallet": {"address": REGISTRY, "chainId": 1},
        },
        "metadata": {"text": "é\n", "half": 0.5, "list": [1, None, True], "map": {"x": -(2**32)}},
    },
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_we_decode_what_ox_encodes(attribution: dict[str, Any]) -> None:
    (suffix,) = by_ox("encode", json.dumps(attribution))
    found = data_suffix.decode(DATA + bytes.fromhex(suffix[2:]))
    assert found is not None
    assert found.data_length == len(DATA)
    assert list(found.codes) == attribution.get("codes", [])
    assert found.app_code == attribution.get("appCode")
    assert found.wallet_code == attribution.get("walletCode")
    assert list(found.service_codes) == attribution.get("serviceCodes", [])
    assert found.metadata == attribution.get("metadata", {})
    registries = attribution.get("registries", {})
    if "codeRegistry" in attribution:
        registries = {"codes": attribution["codeRegistry"]}
    assert {
        name: {"address": each.address.lower(), "chainId": each.chain_id}
        for name, each in found.registries.items()
    } == {name: each | {"address": each["address"].lower()} for name, each in registries.items()}


def test_both_refuse_the_same() -> None:
    refused = [b"", DATA, data_suffix.MARKER, DATA + b"\xff" + data_suffix.MARKER]
    assert by_ox("decode", *(f"0x{data.hex()}" for data in refused)) == [None] * len(refused)
    assert [data_suffix.decode(data) for data in refused] == [None] * len(refused)
