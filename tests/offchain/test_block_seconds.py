"""How long blocks took whose source does not say it.

given receipts without times, of proof-of-work Ethereum
  no gap is checked, and each block covers what Ethereum's blocks took on average then
  the same on the day that the user names
  shares add up to the network's power over that time
given a time after the last that is known
  the last known average counts
given a network of which nothing is known
  it is refused
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from gasprint.errors import SourceError
from gasprint.footprint import footprint_of
from gasprint.grid import grid_named
from gasprint.networks import network_named
from gasprint.sources import open_source
from gasprint.sources.block_times import usual_seconds_between
from gasprint.sources.chain_data import ChainData

RECEIPTS = Path(__file__).parent / "sources" / "data" / "proof_of_work_receipts.csv"
GRID = grid_named("network:ethereum")


def opened(**options: object) -> ChainData:
    source = open_source(RECEIPTS, **options)  # type: ignore[arg-type]
    assert isinstance(source, ChainData)
    return source


def test_a_week_of_blocks() -> None:
    """Between the daily counts of 2021-09-27 and 2021-10-04: 604,800 s / 44,798 blocks."""
    moment = datetime(2021, 9, 30, tzinfo=UTC)
    assert usual_seconds_between("ethereum", moment, moment) == (
        Decimal("13.501"),
        "604800 s / 44798 blocks of ethereum, 2021-09-27 to 2021-10-04, ethereum/block_times.csv",
    )


def test_receipts_without_times_have_a_footprint() -> None:
    """Two blocks, of 2021-09-17 and 2021-09-29: 1,814,400 s / 135,249 blocks."""
    result = footprint_of(opened(network="ethereum"), network_named("ethereum"), GRID)
    assert result.usual.seconds == Decimal("13.415")
    assert result.totals.seconds == 27
    assert result.totals.blocks == 2
    rows = result.table.to_pyarrow().to_pylist()
    assert {row["network_model"] for row in rows} == {"proof_of_work_v1"}
    shared_kwh = sum(row["energy_kwh_best"] for row in rows)
    assert shared_kwh == pytest.approx(result.totals.energy_kwh.best, rel=1e-12)


def test_receipts_of_a_day_that_is_given() -> None:
    chain = opened(at=date(2021, 9, 30))
    network = network_named("ethereum")
    result = footprint_of(chain, network, GRID)
    assert result.usual.seconds == Decimal("13.501")
    moment = datetime(2021, 9, 30, tzinfo=UTC)
    watts = network.power_segments(moment, moment)[0].value.best
    assert result.totals.energy_kwh.best == pytest.approx(watts * 2 * 13.501 / 3_600_000)


def test_after_the_last_known_time() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    known = usual_seconds_between("ethereum", moment, moment)
    assert known is not None
    # Slots of 12 s, of which some are missed.
    assert 12 <= known[0] < Decimal("12.2")


def test_a_network_of_which_nothing_is_known() -> None:
    chain = opened(at=date(2024, 1, 1))
    with pytest.raises(SourceError, match="solana has no fixed time between blocks"):
        footprint_of(chain, network_named("solana"), GRID)
