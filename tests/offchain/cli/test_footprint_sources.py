"""`gasprint footprint`: what it reads, and what it says of it.

given receipts without timestamps
  it says how long each block is taken to be, and why, in every format
given impossible rows and --quarantine
  it says how many were set aside, and where, and that nobody has their shares
given blocks that say what the protocol issued for them
  the hybrid shares that part of their energy out to nobody
given the first and the last block that count
  the others share nothing out
given options that do not fit the source
  they are refused
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Command, ExportedFiles

DATA = Path(__file__).parents[1] / "sources" / "data"
RECEIPTS = DATA / "proof_of_work_receipts.csv"
# 2021-09-13 to 2021-10-04: 1,814,400 s, blocks 13213966 to 13349215.
COVERS = "each is taken to cover 13.415 s (1814400 s / 135249 blocks of ethereum"


def test_undated_blocks(gasprint: Command) -> None:
    table = gasprint("footprint", RECEIPTS, "--by", "block")
    assert f"dated by their numbers; {COVERS}" in table.stdout
    document = json.loads(gasprint("footprint", RECEIPTS, "--format", "json").stdout)
    assert COVERS in document["undated_blocks"]
    assert document["totals"]["seconds"] == 27
    rows = gasprint("footprint", RECEIPTS, "--format", "csv", "--at", "2021-09-30")
    assert "dated by --at; each is taken to cover 13.501 s" in rows.stderr
    assert len(list(csv.DictReader(io.StringIO(rows.stdout)))) == 73


def test_what_was_set_aside(gasprint: Command, exported: ExportedFiles) -> None:
    exported.transactions[5]["receipt_gas_used"] = -1
    aside = exported.folder / "aside.csv"
    result = gasprint("footprint", *exported.written(), "--by", "block", "--quarantine", aside)
    assert result.stderr == (
        f"gasprint: 1 impossible row was set aside into {aside}; its share goes to nobody\n"
    )
    assert "298 transactions" in result.stdout


def test_block_rewards(gasprint: Command, exported: ExportedFiles) -> None:
    """Of each block, fees get `fees / (fees + reward)`."""
    reward_wei = 2 * 10**18
    for block in exported.blocks:
        block["block_reward_wei"] = reward_wei
    found = {
        allocation: json.loads(
            gasprint(
                *("footprint", *exported.written(), "--allocation", allocation),
                *("--by", "block", "--format", "json"),
            ).stdout
        )["rows"]
        for allocation in ("fee", "hybrid")
    }
    for block, by_fee, by_hybrid in zip(exported.blocks, *found.values(), strict=True):
        fees_wei = sum(
            int(each["receipt_gas_used"]) * int(each["receipt_effective_gas_price"])
            for each in exported.transactions
            if each["block_number"] == block["number"]
        )
        share = fees_wei / (fees_wei + reward_wei)
        for bound in ("lower", "best", "upper"):
            name = f"co2e_grams_{bound}"
            assert by_hybrid[name] == pytest.approx(by_fee[name] * share, rel=1e-12)


@pytest.mark.parametrize("reward", [None, -1, "two"])
def test_block_rewards_that_are_none(
    refused: Callable[..., str], exported: ExportedFiles, reward: object
) -> None:
    for block in exported.blocks:
        block["block_reward_wei"] = reward
    shown = "" if reward is None else reward
    problem = refused("footprint", *exported.written(), "--allocation", "hybrid")
    assert f"block_reward_wei is '{shown}', but must be" in problem


def test_from_a_block_on(gasprint: Command) -> None:
    result = gasprint("footprint", "--since", "17173050", "--format", "json")
    document = json.loads(result.stdout)
    assert document["totals"]["transactions"] == len(document["rows"]) == 182
    assert document["totals"]["seconds"] == 12


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--parts", "x"), "--requests-per-second and --parts are for a node"),
        (("--since", "yesterday"), "--since 'yesterday' is no day; write it as 2022-01-31"),
        (("--until", "17173048"), "no block is of these days or numbers"),
        (
            (DATA / "platform_days.csv", DATA / "network_days.csv", "--since", "17173050"),
            "daily aggregates know no single block",
        ),
    ],
)
def test_refuses(refused: Callable[..., str], options: tuple[str, ...], problem: str) -> None:
    assert problem in refused("footprint", *options)
