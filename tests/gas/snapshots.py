"""The committed snapshots: what each case costs, and how large each contract is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from scripts.deploy import SUITE

FOLDER = Path(__file__).parents[2] / "snapshots"
GAS, SIZES = FOLDER / "gas.json", FOLDER / "sizes.json"

TARGETS = {
    "retire": 53_474,
    "retire_for": 80_000,
    "retire_for_with_certificate": 130_000,
    "mint_credit_with_attestation": 290_000,
    "buy_and_retire_with_certificate": 190_000,
    "settle_from_deposits": 120_000,
    "commit_one_record": 120_000,
    "commit_a_million_records": 120_000,
    "prove_one_record_of_a_million": 60_000,
}
"""The most gas that a case may cost."""

METERING_GAS = 15_000
"""How much dearer than without gasprint a metered mint may be."""

OFFSETTING_GAS = 17_000
"""The same of a mint that offsets itself, in the mean of a hundred of which one settles."""

RANGES_FACTOR = 1.02
"""How much dearer the 10,000th range may be than the 10th."""

MAX_SIZE_BYTES = 24_576
"""EIP-170: the largest contract there may be."""


def read(path: Path) -> dict[str, int]:
    """A snapshot; empty where there is none yet."""
    return json.loads(path.read_text()) if path.exists() else {}


def write(path: Path, figures: dict[str, int]) -> None:
    """Writes a snapshot, in the order of the names."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(figures, indent=2, sort_keys=True) + "\n")


def targets_of(gas: dict[str, int]) -> dict[str, int]:
    """The targets, with those that depend on another case: a plain mint, the 10th range."""
    tenth = gas.get("mint_credit_10th_range")
    ranges = {"mint_credit_10000th_range": int(tenth * RANGES_FACTOR)} if tenth else {}
    plain = gas["plain_mint"]
    mints = {
        "metered_mint": plain + METERING_GAS,
        "offset_mint_mean_of_100": plain + OFFSETTING_GAS,
    }
    return TARGETS | ranges | mints


def sizes(contracts: Any) -> dict[str, int]:
    """The bytes of each contract of the suite, as deployed."""
    return {name: len(_code(contracts, name)) // 2 for name in SUITE}


def _code(contracts: Any, name: str) -> str:
    return str(contracts._build.get(name)["deployedBytecode"])
