"""Publishes a factor computed from blocks: `make publish_factor NETWORK=<name>`.

GASPRINT_BLOCKS and GASPRINT_TRANSACTIONS are files as ethereum-etl exports them (the mainnet blocks
that ship with gasprint where unset), GASPRINT_GRID is the electricity (network:ethereum where
unset). The signer needs the role of factor publisher.
"""

import os
from pathlib import Path
from typing import Any

from gasprint.errors import GasprintError
from gasprint.factors import Factor, factor_of
from gasprint.footprint import SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS, footprint_of_files
from scripts.chain import deployed, refuse, signer


def publish_factor(registry: Any, factor: Factor, publisher: Any, effective_at: int) -> Any:
    """Announces `factor` as the registry's next version, in force from `effective_at` on."""
    return registry.publishFactor(
        (
            factor.picograms_per_gas,
            factor.picowatt_hours_per_gas,
            effective_at,
            factor.picograms_per_gas_lower,
            factor.picograms_per_gas_upper,
            factor.picowatt_hours_per_gas_lower,
            factor.picowatt_hours_per_gas_upper,
            factor.evidence_hash,
        ),
        "",
        factor.source,
        {"from": publisher},
    )


def main() -> None:
    """Publishes to the suite on the network that Brownie is connected to."""
    try:
        footprint = footprint_of_files(
            Path(os.environ.get("GASPRINT_BLOCKS") or SAMPLE_BLOCKS),
            Path(os.environ.get("GASPRINT_TRANSACTIONS") or SAMPLE_TRANSACTIONS),
            grid=os.environ.get("GASPRINT_GRID") or "network:ethereum",
        )
        factor = factor_of(footprint.totals, footprint.network, footprint.grid)
    except GasprintError as error:
        refuse(str(error))
    registry = deployed("EmissionsRegistry")
    publish_factor(registry, factor, signer())
    print(
        f"Published version {registry.factorVersion()}: "
        f"{factor.picograms_per_gas:,} pg CO2e per gas, from {factor.source}"
    )
