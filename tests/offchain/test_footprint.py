"""From files to the footprint of each transaction, and of all together.

given the two mainnet blocks that ship
    298 transactions and every gas are there; the totals are the network's power over 24 s
    transactions, blocks and senders add up to the same totals
    on any grid the totals are those that evidence is made of, to the last digit
given a block without gas
    its energy is shared with nobody, and it is counted
given blocks older than the network's model
    they are refused
"""

from __future__ import annotations

from math import fsum

import pytest
from conftest import ExportedFiles

from gasprint.choices import By
from gasprint.errors import GridError, NetworkError, SourceError
from gasprint.footprint import (
    SAMPLE_BLOCKS,
    SAMPLE_TRANSACTIONS,
    Footprint,
    footprint_of_files,
)
from gasprint.totals import totals_of


@pytest.fixture(scope="module")
def sample() -> Footprint:
    return footprint_of_files(SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS)


def test_totals_of_the_sample(sample: Footprint) -> None:
    totals = sample.totals
    assert totals.transactions == 298
    assert totals.gas_used == 9_755_040 + 15_491_478
    assert (totals.blocks, totals.blocks_without_gas, totals.seconds) == (2, 0, 24)
    assert (totals.first_block, totals.last_block) == (17_173_049, 17_173_050)
    assert totals.energy_kwh.lower == pytest.approx(2_601_000 / 8760 * 24 / 3600)
    assert totals.energy_kwh.best == pytest.approx(6_190_000 / 8760 * 24 / 3600)
    assert totals.energy_kwh.upper == pytest.approx(7_500_000 / 8760 * 24 / 3600)
    assert totals.co2e_grams.best == pytest.approx(1758.70, abs=0.01)


@pytest.mark.parametrize(
    ("by", "rows"), [(By.TRANSACTION, 298), (By.BLOCK, 2), (By.ADDRESS, 256), (By.DAY, 1)]
)
def test_rows_add_up_to_the_totals(sample: Footprint, by: By, rows: int) -> None:
    table = sample.by(by).to_pyarrow().to_pydict()
    assert len(table["gas_used"]) == rows
    assert sum(table["gas_used"]) == sample.totals.gas_used
    for quantity in ("energy_kwh", "co2e_grams"):
        for bound in ("lower", "best", "upper"):
            total = getattr(getattr(sample.totals, quantity), bound)
            assert fsum(table[f"{quantity}_{bound}"]) == pytest.approx(total, rel=1e-12)


@pytest.mark.parametrize("grid", ["egrid:US", "egrid:SRVC", "egrid:CAMX", "country:DEU"])
def test_the_totals_are_those_of_evidence_to_the_last_digit(grid: str) -> None:
    """Although an engine reads power and intensity out of SQL."""
    found = footprint_of_files(SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS, grid=grid)
    counts = {name: value for name, value in vars(found.totals).items() if isinstance(value, int)}
    assert totals_of(counts, found.network, found.grid) == found.totals


def test_another_grid_changes_the_carbon_and_not_the_energy(sample: Footprint) -> None:
    virginia = footprint_of_files(SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS, grid="egrid:SRVC")
    assert virginia.totals.energy_kwh == sample.totals.energy_kwh
    assert virginia.totals.co2e_grams.best < sample.totals.co2e_grams.best


def test_a_block_without_gas_is_counted_and_shares_nothing(
    sample: Footprint, exported: ExportedFiles
) -> None:
    last = exported.blocks[-1]
    exported.blocks.append(
        last
        | {"number": last["number"] + 1, "timestamp": last["timestamp"] + 12}
        | {"gas_used": 0, "transaction_count": 0}
    )
    totals = footprint_of_files(*exported.written()).totals
    assert (totals.blocks, totals.blocks_without_gas) == (2, 1)
    assert totals.energy_kwh == sample.totals.energy_kwh


def test_refuses_blocks_before_the_merge(exported: ExportedFiles) -> None:
    for block, timestamp in zip(exported.blocks, (1_663_224_162, 1_663_224_174), strict=True):
        block["timestamp"] = timestamp
    files = exported.written()
    with pytest.raises(
        NetworkError, match="ethereum from 2022-09-15 06:42:59 UTC on, not at 2022-09-15 06:42:42"
    ):
        footprint_of_files(*files)


@pytest.mark.parametrize("seconds", [11, 13, 3612])
def test_refuses_a_gap_that_cannot_be(exported: ExportedFiles, seconds: int) -> None:
    exported.blocks[1]["timestamp"] = exported.blocks[0]["timestamp"] + seconds
    files = exported.written()
    with pytest.raises(SourceError, match=f"17173050 is {seconds} s after block 17173049"):
        footprint_of_files(*files)


def test_refuses_an_unknown_network_or_region() -> None:
    with pytest.raises(NetworkError, match="'solana'"):
        footprint_of_files(SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS, network="solana")
    with pytest.raises(GridError, match="'egrid:NOWHERE"):
        footprint_of_files(SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS, grid="egrid:NOWHERE")
