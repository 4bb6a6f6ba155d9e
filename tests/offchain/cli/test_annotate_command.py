"""`gasprint annotate make`, with figures in place of a registry, and what both commands refuse.

given the figures of a factor
    the suffix comes out, or the data with it, and no node is asked
given arguments that make no sense
    they are refused in one line
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Command

from gasprint import data_suffix
from gasprint.annotations import FactorInForce, annotated_data, annotation_of

REGISTRY = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
FACTOR = FactorInForce(1, REGISTRY, 3, 69_661_138, 187_000_001)  # type: ignore[arg-type]
STANDS = ("--registry", REGISTRY, "--chain-id", "1")
FIGURES = (
    *("--factor-version", "3"),
    *("--picograms-per-gas", "69661138"),
    *("--picowatt-hours-per-gas", "187000001"),
)
NOWHERE = ("--rpc", "http://127.0.0.1:1")


@pytest.mark.parametrize("data", ["0x", "0xa9059cbb", "0xA9059CBB00"])
def test_make_writes_the_data_with_the_suffix(gasprint: Command, data: str) -> None:
    result = gasprint("annotate", "make", "--gas", "65000", "--data", data, *STANDS, *FIGURES)
    assert (result.returncode, result.stderr) == (0, "")
    expected = annotated_data(bytes.fromhex(data[2:]), annotation_of(65_000, FACTOR))
    assert result.stdout == f"0x{expected.hex()}\n"


def test_make_in_json_says_what_it_costs(gasprint: Command) -> None:
    result = gasprint("annotate", "make", "--gas", "21000", *STANDS, *FIGURES, "--json")
    document = json.loads(result.stdout)
    assert document["data_gas"] == 2284
    assert document["energy_microwatt_hours"] == "3927001"
    assert document["co2e_micrograms"] == "1462884"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--data", "a9059cbb", *STANDS, *FIGURES), "not hexadecimal"),
        (("--data", "0xa9059cb", *STANDS, *FIGURES), "not hexadecimal"),
        (("--data", "0xa9 05", *STANDS, *FIGURES), "not hexadecimal"),
        (("--registry", "0x12", *FIGURES), "'0x12' is no address"),
        (("--registry", REGISTRY, *FIGURES), "give --chain-id"),
        ((*STANDS, *FIGURES[:4]), "give all of --factor-version"),
        ((*STANDS, *NOWHERE), "no node answers"),
        (("--deployment", "nowhere.json", *FIGURES), "deploy first"),
        ((*STANDS, *FIGURES[:4], "--picowatt-hours-per-gas", str(2**256)), "256 bits"),
        (("--data", "0x" + 8 * "8021", *STANDS, *FIGURES), "no place for an annotation"),
    ],
)
def test_make_refuses(refused: Callable[..., str], arguments: tuple[str, ...], said: str) -> None:
    assert said in refused("annotate", "make", "--gas", "21000", *arguments)


def test_make_does_not_annotate_twice(gasprint: Command, refused: Callable[..., str]) -> None:
    once = gasprint("annotate", "make", "--gas", "1", *STANDS, *FIGURES).stdout.strip()
    assert data_suffix.decode(bytes.fromhex(once[2:])) is not None
    line = refused("annotate", "make", "--gas", "1", "--data", once, *STANDS, *FIGURES)
    assert "or has one" in line


def test_make_refuses_a_deployment_of_another_chain(
    refused: Callable[..., str], tmp_path: Path
) -> None:
    deployment = tmp_path / "deployment.json"
    contract = {"address": REGISTRY, "block_number": 1, "abi": []}
    document = {"chain_id": 1, "contracts": {"EmissionsRegistry": contract}}
    deployment.write_text(json.dumps(document))
    line = refused(
        *("annotate", "make", "--gas", "1", "--deployment", deployment, "--chain-id", "2"),
        *FIGURES,
    )
    assert "is of chain 1, not 2" in line


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("0x12", "neither a transaction's hash"),
        ("latest", "neither a transaction's hash"),
        ("7-5", "block 5 comes before block 7"),
        ("5-", "neither a transaction's hash"),
        ("5", "no node answers"),
        ("0x" + 64 * "a", "no node answers"),
    ],
)
def test_show_refuses(refused: Callable[..., str], what: str, said: str) -> None:
    assert said in refused("annotate", "show", what, *NOWHERE)
