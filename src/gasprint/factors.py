"""Factors as the registry on-chain takes them, with the evidence that they rest on.

The evidence is a JSON document: what went in, by which method, what came out. Its canonical form
has sorted keys, no spaces and UTF-8; `evidence_hash` is the SHA-256 of exactly these bytes.
`factor_evidence.recompute` makes the factor again from nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from gasprint._output import is_one_line
from gasprint.charges import WATT_SECONDS_PER_KWH
from gasprint.errors import InputError
from gasprint.grid import GridIntensity
from gasprint.networks import ProofOfStakeNetwork
from gasprint.totals import Totals
from gasprint.units import picograms_per_gas_up, picowatt_hours_per_gas_up

SCHEMA = "gasprint_factor_evidence_v1"

FIGURES = tuple(
    f"{quantity}_per_gas{bound}"
    for quantity in ("picograms", "picowatt_hours")
    for bound in ("_lower", "", "_upper")
)
"""What a factor says, by its names here and in `ledger.RegisteredFactor`."""

_METHOD = {
    "arithmetic": "each bound by itself; IEEE 754 binary64 in the order that is written here, "
    "the figures per gas exactly from the two binary64 results",
    "co2e_grams": "energy_kwh * grams_per_kwh",
    "energy_kwh": f"power_watts * (seconds / {WATT_SECONDS_PER_KWH})",
    "picograms_per_gas": "co2e_grams * 10^12 / gas_used, rounded up",
    "picowatt_hours_per_gas": "energy_kwh * 10^15 / gas_used, rounded up",
}


@dataclass(frozen=True)
class Factor:
    """Energy and CO2e of one gas, in whole numbers, each rounded up.

    Attributes:
        picograms_per_gas: pg CO2e per gas, best; `_lower` and `_upper` are its bounds.
        picowatt_hours_per_gas: pWh per gas, best; `_lower` and `_upper` are its bounds.
        source: one short line: model, electricity, blocks.
        evidence: the canonical JSON document.
    """

    picograms_per_gas_lower: int
    picograms_per_gas: int
    picograms_per_gas_upper: int
    picowatt_hours_per_gas_lower: int
    picowatt_hours_per_gas: int
    picowatt_hours_per_gas_upper: int
    source: str
    evidence: str

    @property
    def picograms_per_gas_bounds(self) -> tuple[int, int, int]:
        """Lower, best and upper, pg CO2e per gas."""
        return (self.picograms_per_gas_lower, self.picograms_per_gas, self.picograms_per_gas_upper)

    @property
    def picowatt_hours_per_gas_bounds(self) -> tuple[int, int, int]:
        """Lower, best and upper, pWh per gas."""
        return (
            self.picowatt_hours_per_gas_lower,
            self.picowatt_hours_per_gas,
            self.picowatt_hours_per_gas_upper,
        )

    @property
    def evidence_hash(self) -> bytes:
        """SHA-256 of the evidence, 32 bytes."""
        return hashlib.sha256(self.evidence.encode()).digest()


@dataclass(frozen=True)
class DataFile:
    """A file that a factor was computed from.

    Attributes:
        name: its name, without the folders that it lay in.
        sha256: of its bytes, 64 hexadecimal digits.
    """

    name: str
    sha256: str


@dataclass(frozen=True)
class DataFiles:
    """The two files that a factor was computed from."""

    blocks: DataFile
    transactions: DataFile

    @classmethod
    def at(cls, blocks: Path, transactions: Path) -> DataFiles:
        """The files at two paths.

        Raises:
            InputError: if one cannot be read, or its name is not one line of plain text.
        """
        return cls(_data_file(blocks), _data_file(transactions))


def _data_file(path: Path) -> DataFile:
    if not is_one_line(path.name):
        raise InputError(f"{path.name!r} is not one line of plain text; rename the file")
    try:
        with path.open("rb") as file:
            return DataFile(path.name, hashlib.file_digest(file, "sha256").hexdigest())
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}; check the path") from error


def factor_of(
    totals: Totals, network: ProofOfStakeNetwork, grid: GridIntensity, files: DataFiles
) -> Factor:
    """The factor that spreads `totals` evenly over all of their gas.

    Args:
        totals: of a footprint.
        network: the model by which its energy was found.
        grid: the electricity by which its CO2e was found.
        files: that the footprint was made of.

    Raises:
        InputError: if no gas was used.
    """
    per_gas = {}
    for suffix, bound in (("_lower", "lower"), ("", "best"), ("_upper", "upper")):
        co2e_grams = Fraction(getattr(totals.co2e_grams, bound))
        energy_kwh = Fraction(getattr(totals.energy_kwh, bound))
        per_gas[f"picograms_per_gas{suffix}"] = picograms_per_gas_up(co2e_grams, totals.gas_used)
        per_gas[f"picowatt_hours_per_gas{suffix}"] = picowatt_hours_per_gas_up(
            energy_kwh, totals.gas_used
        )
    source = f"{network.model} x {grid.region}, {_blocks_of(totals)}"
    counts = asdict(totals)
    quantities = {name: counts.pop(name) for name in ("co2e_grams", "energy_kwh")}
    evidence = {
        "schema": SCHEMA,
        "inputs": {
            "files": asdict(files),
            "grid": asdict(grid),
            "network": asdict(network) | {"model": network.model},
            "totals": counts,
        },
        "method": {"power_watts": network.power_formula} | _METHOD,
        "results": per_gas | quantities,
        "source": source,
    }
    return Factor(**per_gas, source=source, evidence=canonical(evidence))


def _blocks_of(totals: Totals) -> str:
    span = f"{totals.first_block}-{totals.last_block}"
    there = totals.blocks + totals.blocks_without_gas
    is_whole = there == totals.last_block - totals.first_block + 1
    return f"blocks {span}" if is_whole else f"{there} blocks of {span}"


def canonical(evidence: Mapping[str, Any]) -> str:
    """A document in the one form in which it is hashed."""
    return json.dumps(
        evidence,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        default=datetime.isoformat,
    )
