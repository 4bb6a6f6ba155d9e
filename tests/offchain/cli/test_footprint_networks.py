"""`gasprint footprint --network`: the energy of the network that the transactions are of.

given a network, and no grid
  its electricity is that of where its nodes are; else the world's, and the rows say which
given a power series of one's own, and no grid
  it is refused, as nothing is known of its electricity
given what is another network's: the sample, or a source that tells its chain
  it is refused
given a block that was made at another time, by its number, or of which only some receipts are there
  it is told on stderr
given days of which one is of two methods
  the line about the method names each once
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Command, ExportedFiles

from gasprint.grid import grid_intensity
from gasprint.networks.reference import GRID_INTENSITY, default_of


@pytest.mark.parametrize(
    ("network", "grid"),
    [
        ("ethereum", "network:ethereum@published-2023"),
        ("solana", "network:solana@published-2022"),
        ("flow", "network:flow@published-2022"),
        ("algorand", "network:world@published-2019"),
    ],
)
def test_its_own_electricity(
    gasprint: Command, exported: ExportedFiles, network: str, grid: str
) -> None:
    options = ("--network", network, "--by", "block", "--format", "json")
    document = json.loads(gasprint("footprint", *exported.written(), *options).stdout)
    (kwh, grams) = (document["totals"][each] for each in ("energy_kwh", "co2e_grams"))
    assert {row["grid_source"] for row in document["rows"]} == {grid}
    assert grams["best"] / kwh["best"] == pytest.approx(grid_intensity(grid).grams_per_kwh.best)


def test_bounds_are_of_what_competes() -> None:
    solana, best = grid_intensity("network:solana"), default_of("solana", GRID_INTENSITY)
    assert best is not None
    assert solana.grams_per_kwh.best == solana.grams_per_kwh.lower == best.value
    assert solana.grams_per_kwh.upper > best.value
    assert best.source in solana.source


@pytest.mark.parametrize(
    ("grid", "problem"),
    [
        ("network:algorand", "nothing is published of where the nodes of algorand are"),
        ("network:solanna", "did you mean solana"),
    ],
)
def test_no_figures(refused: Callable[..., str], grid: str, problem: str) -> None:
    assert problem in refused("grid", grid)


def test_a_file_has_no_electricity(refused: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "power.csv").write_text("day,power_watts\n2023-05-02,1000\n")
    network = f"file:{tmp_path / 'power.csv'}"
    assert "name it with --grid" in refused("footprint", "--network", network)


def test_the_sample_is_of_ethereum(refused: Callable[..., str]) -> None:
    problem = refused("footprint", "--network", "solana")
    assert "the sample that ships is of ethereum, not of solana" in problem


@pytest.mark.parametrize("chain_id", [1, 137, 56, 1337])
def test_a_chain_that_is_known(
    gasprint: Command, refused: Callable[..., str], exported: ExportedFiles, chain_id: int
) -> None:
    for each in exported.blocks:
        each["chain_id"] = chain_id
    files = exported.written()
    if chain_id == 137:
        problem = refused("footprint", *files)
        assert "chain 137, which is polygon and not ethereum; add --network polygon" in problem
    elif chain_id == 56:
        assert "of chain 56, and ethereum is chain 1; name the network" in refused(
            "footprint", *files
        )
        assert gasprint("footprint", *files, "--network", "solana").returncode == 0
    else:
        assert gasprint("footprint", *files).returncode == 0


def test_a_method_is_named_once(gasprint: Command, tmp_path: Path) -> None:
    days, network = tmp_path / "days.csv", tmp_path / "network.csv"
    each = [f"2022-09-{day}" for day in (14, 15, 16)]
    days.write_text("day,entity,gas_used\n" + "".join(f"{day},Ours,10\n" for day in each))
    network.write_text("day,gas_used\n" + "".join(f"{day},100\n" for day in each))
    last_line = gasprint("footprint", days, network, "--by", "day").stdout.splitlines()[-1]
    for method in ("proof_of_work_v1", "proof_of_stake_v1", "@published-2023"):
        assert last_line.count(method) == 1


def test_a_time_that_cannot_be(gasprint: Command, exported: ExportedFiles) -> None:
    for each in exported.blocks:
        each["timestamp"] += 366 * 86_400
    told = gasprint("footprint", *exported.written(), "--by", "block", "--format", "csv").stderr
    assert told == (
        "gasprint: block 17173049 is dated 2024-05-02 12:19 UTC, but that of ethereum was made "
        "about 2023-05-02: is it of another chain, or is its time wrong?\n"
    )


def test_receipts_alone(gasprint: Command, tmp_path: Path) -> None:
    (tmp_path / "receipts.csv").write_text(
        "hash,block_number,transaction_index,from_address,gas_used,block_timestamp\n"
        f"0x{1:064x},17173049,0,0x{1:040x},21000,1683029999\n"
    )
    result = gasprint("footprint", tmp_path / "receipts.csv", "--explain", f"0x{1:064x}")
    assert "does not tell what gas each block used" in result.stderr
    assert "gas used by the transactions given of its block" in result.stdout
