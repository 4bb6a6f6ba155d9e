"""Sharing out over days.

given a grid whose intensity changes by the hour
    a transaction has its share of the whole day's energy and CO2e, whichever hour it was in
    no single power and intensity explains it, and so --explain refuses
given a block without gas
    over days, its energy is shared out with that of its day, and is in the totals
    over blocks, it is nobody's
given a day on which nobody used gas
    its energy is nobody's
given the day of the merge
    the hours before it and after it are shared out apart
"""

from __future__ import annotations

from datetime import UTC, datetime
from math import fsum
from pathlib import Path

import ibis
import pytest

from gasprint.choices import Allocation, Window
from gasprint.errors import SourceError
from gasprint.explanation import explained
from gasprint.footprint import Footprint, footprint_of
from gasprint.grid import grid_named
from gasprint.networks import network_named
from gasprint.sources.chain_data import BLOCKS_SCHEMA, TRANSACTIONS_SCHEMA, ChainData

SLOT_KWH = 6_190_000 / 8760 * 12 / 3600
"""Of all Ethereum in 12 s, at 6.19 GWh a year, its model's best."""

FIRST, SECOND = 18_000_000, 18_000_010
"""Numbers of blocks that do not follow on one another, so that each covers a slot of 12 s."""


def footprint(
    blocks: list[tuple[int, datetime, int]], grid: str, window: Window = Window.DAY
) -> Footprint:
    """Of blocks by number, time and gas, each with one transaction unless it has no gas."""
    of_blocks = [
        {"number": number, "timestamp": at, "gas_used": gas, "transaction_count": int(gas > 0)}
        for number, at, gas in blocks
    ]
    transactions = [
        {"hash": f"0x{number:064x}", "block_number": number, "transaction_index": 0}
        | {"from_address": None, "to_address": None, "gas_used": gas}
        for number, _, gas in blocks
        if gas
    ]
    chain = ChainData(
        ibis.memtable(of_blocks, schema=BLOCKS_SCHEMA),
        ibis.memtable(transactions, schema=TRANSACTIONS_SCHEMA),
    )
    network = network_named("ethereum")
    return footprint_of(chain, network, grid_named(grid), Allocation.GAS, window)


def at(hour: int, day: int = 1) -> datetime:
    return datetime(2024, 5, day, hour, 0, 11, tzinfo=UTC)


@pytest.fixture
def by_the_hour(tmp_path: Path) -> str:
    file = tmp_path / "grid.csv"
    file.write_text("hour,grams_per_kwh\n2024-05-01T00:00Z,100\n2024-05-01T01:00Z,300\n")
    return f"file:{file}"


def test_a_day_is_shared_out_whole(by_the_hour: str) -> None:
    found = footprint([(FIRST, at(0), 100), (SECOND, at(1), 300)], by_the_hour)
    first, second = found.table.to_pyarrow().to_pylist()
    assert first["energy_kwh_best"] == pytest.approx(SLOT_KWH * 2 / 4)
    assert second["energy_kwh_best"] == pytest.approx(SLOT_KWH * 2 * 3 / 4)
    # One slot at 100 g/kWh and one at 300.
    assert first["co2e_grams_best"] == pytest.approx(SLOT_KWH * 400 / 4)
    assert second["co2e_grams_best"] == pytest.approx(SLOT_KWH * 400 * 3 / 4)
    assert found.totals.co2e_grams.best == pytest.approx(SLOT_KWH * 400)
    with pytest.raises(SourceError, match=r"intensity change on 2024-05-01, .* --window block"):
        explained(found, first["hash"])


@pytest.mark.parametrize(("window", "slots", "without_gas"), [("day", 2, 0), ("block", 1, 1)])
def test_a_block_without_gas(window: str, slots: int, without_gas: int) -> None:
    found = footprint([(FIRST, at(0), 100), (SECOND, at(1), 0)], "fixed:500", Window(window))
    (row,) = found.table.to_pyarrow().to_pylist()
    assert row["energy_kwh_best"] == pytest.approx(SLOT_KWH * slots)
    assert found.totals.energy_kwh.best == pytest.approx(SLOT_KWH * slots)
    assert (found.totals.blocks, found.totals.blocks_without_gas) == (slots, without_gas)
    assert found.totals.seconds == 12 * slots


def test_a_day_without_gas() -> None:
    found = footprint([(FIRST, at(0), 100), (SECOND, at(0, day=2), 0)], "fixed:500")
    assert found.totals.energy_kwh.best == pytest.approx(SLOT_KWH)
    assert found.totals.blocks_without_gas == 1


def test_the_day_of_the_merge_is_two() -> None:
    times = [(6, 42, 18), (6, 42, 42), (6, 42, 59), (6, 43, 11)]
    blocks = [
        (15_537_392 + n, datetime(2022, 9, 15, *time, tzinfo=UTC), 21_000)
        for n, time in enumerate(times)
    ]
    found = footprint(blocks, "network:ethereum")
    rows = [row["energy_kwh_best"] for row in found.table.to_pyarrow().to_pylist()]
    assert rows[0] == rows[1] > 1000 * rows[2]
    assert rows[2] == rows[3]
    assert fsum(rows) == pytest.approx(found.totals.energy_kwh.best)
