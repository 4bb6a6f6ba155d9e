"""Factors as the registry on-chain takes them, with the evidence that they rest on.

The evidence is a JSON document: what went in, what came out. Its canonical form has sorted keys,
no spaces and UTF-8; `evidence_hash` is the SHA-256 of exactly these bytes.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from gasprint.footprint import Totals
from gasprint.grid import GridIntensity
from gasprint.networks import ProofOfStakeNetwork
from gasprint.units import picograms_per_gas_up, picowatt_hours_per_gas_up


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


def factor_of(totals: Totals, network: ProofOfStakeNetwork, grid: GridIntensity) -> Factor:
    """The factor that spreads `totals` evenly over all of their gas.

    Args:
        totals: of a footprint.
        network: the model by which its energy was found.
        grid: the electricity by which its CO2e was found.

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
    evidence = {
        "inputs": {
            "grid": asdict(grid),
            "network": asdict(network) | {"model": network.model},
            "totals": asdict(totals),
        },
        "results": per_gas,
        "source": source,
    }
    return Factor(**per_gas, source=source, evidence=_canonical(evidence))


def _blocks_of(totals: Totals) -> str:
    span = f"{totals.first_block}-{totals.last_block}"
    there = totals.blocks + totals.blocks_without_gas
    is_whole = there == totals.last_block - totals.first_block + 1
    return f"blocks {span}" if is_whole else f"{there} blocks of {span}"


def _canonical(evidence: dict[str, Any]) -> str:
    return json.dumps(
        evidence,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        default=datetime.isoformat,
    )
