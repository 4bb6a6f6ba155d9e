"""Receipts that do not say when their blocks were made.

given blocks whose times are known from elsewhere
  the time by their number is within the error that is stated
given a block beyond those known, or of another network
  it is refused
given all receipts of two proof-of-work blocks
  their blocks are made of them, and dated by number, or as the user says
  their gas is what the last cumulative gas says, and their fees are exact
given receipts of which some are missing, or all, or impossible, and the blocks with them
  it is refused
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gasprint.errors import SourceError
from gasprint.sources import open_source
from gasprint.sources.block_times import ERROR_SECONDS, times_of_blocks
from gasprint.sources.chain_data import ChainData

RECEIPTS = Path(__file__).parent / "data" / "proof_of_work_receipts.csv"


@pytest.mark.parametrize(
    ("number", "unix_seconds", "source"),
    [
        (543_626, 1_447_577_992, "TrueBlocks, its named block devcon1"),
        (1_428_756, 1_461_980_573, "TrueBlocks, its named block daofund"),
        (17_173_049, 1_683_029_999, "the sample"),
        (19_000_000, 1_705_173_443, "tests of BeanstalkFarms"),
        (19_426_587, 1_710_338_135, "documentation of revm, where Cancun began"),
    ],
)
def test_known_times(number: int, unix_seconds: int, source: str) -> None:
    (time,) = times_of_blocks([number], "ethereum")
    assert abs(time - unix_seconds) < ERROR_SECONDS, source


def test_blocks_a_week_are_equally_far_apart() -> None:
    # 2021-09-27 and 2021-10-04, 00:00 UTC, by the daily counts.
    first, last = 13_304_417, 13_349_215
    middle = (first + last) // 2
    times = times_of_blocks([first, middle, last], "ethereum")
    assert times == [1_632_700_800, 1_632_700_800 + 7 * 86_400 // 2, 1_633_305_600]


@pytest.mark.parametrize("number", [0, 22_431_085])
def test_a_block_beyond_those_known(number: int) -> None:
    with pytest.raises(SourceError, match=f"block {number} of ethereum cannot be dated"):
        times_of_blocks([number], "ethereum")


def test_another_network() -> None:
    with pytest.raises(SourceError, match="'polygon' cannot be dated by their number"):
        times_of_blocks([1], "polygon")


def chain_of(path: Path, **options: Any) -> ChainData:
    chain = open_source(path, **options)
    assert isinstance(chain, ChainData)
    return chain


def test_dated_by_number() -> None:
    chain = chain_of(RECEIPTS, network="ethereum")
    blocks = chain.blocks.order_by("number").to_pyarrow().to_pylist()
    assert chain.block_times == "interpolated"
    # The last cumulative gas of each, and how many receipts it has.
    counted = [(b["number"], b["gas_used"], b["transaction_count"]) for b in blocks]
    assert counted == [(13_244_807, 5_623_117, 35), (13_323_642, 4_836_000, 38)]
    # By Etherscan's counts of blocks a day, which are no part of the table: 13239785 before
    # 2021-09-17, 6467 on that day, and 13323641 before 2021-09-30.
    counted_times = (
        datetime(2021, 9, 17, tzinfo=UTC) + timedelta(days=(13_244_807 - 13_239_785) / 6467),
        datetime(2021, 9, 30, tzinfo=UTC),
    )
    for block, time in zip(blocks, counted_times, strict=True):
        assert abs(block["timestamp"] - time) < timedelta(hours=3)
    first = chain.transactions.filter(chain.transactions.block_number == 13_323_642)
    row = first.order_by("transaction_index").to_pyarrow().to_pylist()[0]
    assert row["fee_wei"] == 71_695_248_684 * 459_566
    assert row["burnt_wei"] == 65_177_498_804 * 459_566


@pytest.mark.parametrize("at", [date(2021, 10, 8), datetime(2021, 10, 8, tzinfo=UTC)])
def test_dated_as_the_user_says(at: date) -> None:
    chain = chain_of(RECEIPTS, network="ethereum", at=at)
    assert chain.block_times == "given"
    assert set(chain.blocks.timestamp.to_pyarrow().to_pylist()) == {
        datetime(2021, 10, 8, tzinfo=UTC)
    }


def test_not_dated() -> None:
    with pytest.raises(SourceError, match="has no column 'block_timestamp'; give the blocks too"):
        open_source(RECEIPTS)


def written(path: Path, change: Callable[[list[list[str]]], None]) -> Path:
    with RECEIPTS.open(newline="") as file:
        header, *rows = list(csv.reader(file))
    change(rows)
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


@pytest.mark.parametrize("missing", [0, 5, 36])
def test_missing_receipts(tmp_path: Path, missing: int) -> None:
    path = written(tmp_path / "receipts.csv", lambda rows: rows.pop(missing) and None)
    with pytest.raises(SourceError, match=r"transactions, but 3[47] are there"):
        open_source(path, network="ethereum")


def test_no_receipts(tmp_path: Path) -> None:
    path = written(tmp_path / "receipts.csv", list.clear)
    with pytest.raises(SourceError, match=f"{path} holds no rows; export at least one"):
        open_source(path, network="ethereum")


def test_a_share_that_is_not_known(tmp_path: Path) -> None:
    def spoil(rows: list[list[str]]) -> None:
        rows[72][4] = "-1"

    path = written(tmp_path / "receipts.csv", spoil)
    with pytest.raises(SourceError, match="is not known what share of the gas they had"):
        open_source(path, network="ethereum", quarantine=tmp_path / "impossible.csv")
