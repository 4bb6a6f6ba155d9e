"""Energy of blocks and days, shared out to their transactions.

given any blocks with any gas, fees and rewards
    by gas, fee and count, over blocks and over days, the shares as fractions add up to all energy
    in the hybrid they add up to all but what the block rewards stand for
    the columns agree with the fractions to 12 digits
given a block whose predecessor is in the data
    it covers the time between them; otherwise the usual time
given blocks before the merge and after it
    each is charged by the model of its moment, and their sum names both, in the order of time
given a transaction that was set aside
    its share goes to nobody
given a source without fees
    it is refused where fees are needed
given the sample
    the table has the stated columns, in the order of the chain, and names its method
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gasprint.attribution import attribute, with_seconds
from gasprint.charges import Charge, charges_of, methods_of
from gasprint.choices import Allocation, By, Window
from gasprint.errors import SourceError
from gasprint.footprint import SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS, footprint_of
from gasprint.footprint_rows import rows_by
from gasprint.grid import grid_intensity, grid_named
from gasprint.networks import network_named, proof_of_stake_network
from gasprint.sources.chain_data import BLOCKS_SCHEMA, TRANSACTIONS_SCHEMA, ChainData
from gasprint.sources.ethereum_etl import read_ethereum_etl

ETHEREUM = proof_of_stake_network("ethereum")
GRID = grid_intensity("network:ethereum")
START = datetime(2024, 1, 1, 23, 59, 30, tzinfo=UTC)
SENDER = "0x" + "ab" * 20
SLOT_SECONDS = 12
REWARD_WEI = 10**17

transaction = st.tuples(st.integers(1, 60_000_000), st.integers(1, 10**19))
block = st.tuples(
    st.integers(min_value=1, max_value=3),
    st.integers(min_value=1, max_value=1000),
    st.lists(transaction, min_size=1, max_size=5),
)
WEIGHTS: dict[Allocation, Callable[[dict[str, Any]], int]] = {
    Allocation.GAS: lambda row: int(row["gas_used"]),
    Allocation.FEE: lambda row: int(row["fee_wei"]),
    Allocation.COUNT: lambda row: 1,
    Allocation.HYBRID: lambda row: int(row["fee_wei"]),
}


def chain_of(blocks: list[tuple[int, int, list[tuple[int, int]]]], with_fees: bool = True) -> Any:
    """A chain of blocks: of each its step in number and in seconds, and its gas and fees."""
    number, time = 20_000_000, START
    block_rows: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for number_step, seconds, used in blocks:
        number, time = number + number_step, time + timedelta(seconds=seconds)
        block_rows.append(
            {"number": number, "timestamp": time, "gas_used": sum(gas for gas, _ in used)}
            | {"transaction_count": len(used), "block_reward_wei": REWARD_WEI}
        )
        rows += [
            {"hash": f"0x{number:032x}{index:032x}", "block_number": number}
            | {"transaction_index": index, "from_address": SENDER, "to_address": None}
            | {"gas_used": gas_used, "fee_wei": fee_wei}
            for index, (gas_used, fee_wei) in enumerate(used)
        ]
    of_blocks = ibis.schema({**BLOCKS_SCHEMA, "block_reward_wei": "decimal(38, 0)"})
    of_transactions = ibis.schema({**TRANSACTIONS_SCHEMA, "fee_wei": "decimal(38, 0)"})
    if not with_fees:
        of_blocks, of_transactions = BLOCKS_SCHEMA, TRANSACTIONS_SCHEMA
    tables = [
        ibis.memtable([{name: row[name] for name in schema.names} for row in each], schema=schema)
        for each, schema in ((block_rows, of_blocks), (rows, of_transactions))
    ]
    return ChainData(*tables), rows


def charges_for(chain: ChainData) -> list[Charge]:
    times = chain.blocks.timestamp.to_pyarrow().to_pylist()
    return charges_of(ETHEREUM, GRID, min(times), max(times))


def shared_out(
    chain: ChainData, allocation: Allocation = Allocation.GAS, window: Window = Window.BLOCK
) -> list[dict[str, Any]]:
    blocks, charges = with_seconds(chain.blocks, SLOT_SECONDS), charges_for(chain)
    shares = attribute(blocks, chain.transactions, charges, allocation, window)
    rows = rows_by(shares, By.TRANSACTION, allocation, methods_of(charges))
    return rows.to_pyarrow().to_pylist()


def exact_energy_kwh(chain: ChainData, window: Window) -> tuple[dict[Any, Fraction], Any]:
    """Of each block or day; and which of them each block is of."""
    power_kw = Fraction(ETHEREUM.best.annual_electricity.value) / 8760
    energy_kwh: dict[Any, Fraction] = defaultdict(Fraction)
    window_of = {}
    for each in with_seconds(chain.blocks, SLOT_SECONDS).to_pyarrow().to_pylist():
        key = each["number"] if window is Window.BLOCK else each["timestamp"].date()
        window_of[each["number"]] = key
        energy_kwh[key] += power_kw * each["seconds"] / 3600
    return energy_kwh, window_of


@pytest.mark.parametrize("window", Window)
@pytest.mark.parametrize("allocation", Allocation)
@settings(max_examples=8)
@given(st.lists(block, min_size=1, max_size=4))
def test_shares_add_up_to_all_energy(
    allocation: Allocation, window: Window, blocks: list[tuple[int, int, list[tuple[int, int]]]]
) -> None:
    chain, used = chain_of(blocks)
    energy_kwh, window_of = exact_energy_kwh(chain, window)
    weight_of = WEIGHTS[allocation]
    weights: dict[Any, int] = defaultdict(int)
    for row in used:
        weights[window_of[row["block_number"]]] += weight_of(row)
    if allocation is Allocation.HYBRID:
        for key in window_of.values():
            weights[key] += REWARD_WEI
    share_of = {
        row["hash"]: Fraction(weight_of(row), weights[window_of[row["block_number"]]])
        for row in used
    }
    shared_kwh: dict[Any, Fraction] = defaultdict(Fraction)
    for row in shared_out(chain, allocation, window):
        key = window_of[row["block_number"]]
        share_kwh = energy_kwh[key] * share_of[row["hash"]]
        shared_kwh[key] += share_kwh
        assert row["energy_kwh_best"] == pytest.approx(float(share_kwh), rel=1e-12)
        co2e_grams = share_kwh * 2_800_000_000 / 7_500_000
        assert row["co2e_grams_best"] == pytest.approx(float(co2e_grams), rel=1e-12)
        assert row["allocation"] == allocation
    if allocation is not Allocation.HYBRID:
        assert shared_kwh == energy_kwh
        return
    for key, shared in shared_kwh.items():
        rewards = REWARD_WEI * list(window_of.values()).count(key)
        assert shared == energy_kwh[key] * (1 - Fraction(rewards, weights[key]))


def test_a_block_covers_the_time_since_its_predecessor_or_the_usual_time() -> None:
    chain, _ = chain_of([(1, 7, [(1, 1)]), (1, 24, [(1, 1)]), (2, 36, [(1, 1)])])
    seconds = with_seconds(chain.blocks, SLOT_SECONDS).order_by("number").seconds
    assert seconds.to_pyarrow().to_pylist() == [12, 24, 12]


def test_each_block_is_charged_by_the_model_of_its_moment() -> None:
    """The last two blocks of proof of work and the first two of proof of stake, as they were."""
    times = [
        (15_537_392, datetime(2022, 9, 15, 6, 42, 18, tzinfo=UTC)),
        (15_537_393, datetime(2022, 9, 15, 6, 42, 42, tzinfo=UTC)),
        (15_537_394, datetime(2022, 9, 15, 6, 42, 59, tzinfo=UTC)),
        (15_537_395, datetime(2022, 9, 15, 6, 43, 11, tzinfo=UTC)),
    ]
    chain = ChainData(
        ibis.memtable(
            [
                {"number": number, "timestamp": at, "gas_used": 21_000, "transaction_count": 1}
                for number, at in times
            ],
            schema=BLOCKS_SCHEMA,
        ),
        ibis.memtable(
            [
                {"hash": f"0x{number:064x}", "block_number": number, "transaction_index": 0}
                | {"from_address": SENDER, "to_address": None, "gas_used": 21_000}
                for number, _ in times
            ],
            schema=TRANSACTIONS_SCHEMA,
        ),
    )
    network, grid = network_named("ethereum"), grid_named("network:ethereum")
    footprint = footprint_of(chain, network, grid)
    rows = footprint.table.to_pyarrow().to_pylist()
    assert [row["network_model"] for row in rows] == 2 * ["proof_of_work_v1"] + 2 * [
        "proof_of_stake_v1"
    ]
    # 24 s of some 2 to 3 GW, and 17 s of 0.7 MW.
    assert 10_000 < rows[1]["energy_kwh_best"] < 20_000
    assert rows[2]["energy_kwh_best"] == pytest.approx(6_190_000 / 8760 * 17 / 3600)
    (of_all,) = footprint.by(By.ADDRESS).to_pyarrow().to_pylist()
    assert of_all["network_model"] == "proof_of_work_v1 and proof_of_stake_v1"
    assert of_all["factor_year"] == 2023


def test_what_is_set_aside_takes_its_share_with_it() -> None:
    chain, _ = chain_of([(1, 12, [(30_000, 1), (70_000, 1)])])
    whole = shared_out(chain)
    left = ChainData(
        chain.blocks.mutate(set_aside_transactions=ibis.literal(1, type="int64")),
        chain.transactions.filter(ibis._.transaction_index == 0),
    )
    (row,) = shared_out(left)
    assert row == whole[0]
    assert row["energy_kwh_best"] == pytest.approx(0.3 * 6_190_000 / 8760 * 12 / 3600)


@pytest.mark.parametrize("allocation", [Allocation.FEE, Allocation.HYBRID])
def test_fees_are_needed_where_they_are_shared_by(allocation: Allocation) -> None:
    chain, _ = chain_of([(1, 12, [(1, 1)])], with_fees=False)
    with pytest.raises(SourceError, match=f"by {allocation} needs fee_wei, which"):
        shared_out(chain, allocation)


def test_the_table_names_its_method_and_keeps_the_order_of_the_chain() -> None:
    chain = read_ethereum_etl(SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS)
    rows = shared_out(chain)
    assert list(rows[0]) == [
        *("hash", "block_number", "block_timestamp", "from_address", "to_address"),
        *("gas_used", "block_gas_used"),
        *("energy_kwh_lower", "energy_kwh_best", "energy_kwh_upper"),
        *("co2e_grams_lower", "co2e_grams_best", "co2e_grams_upper"),
        *("network_model", "allocation", "grid_source", "factor_year"),
    ]
    first = rows[0]
    assert first["hash"].startswith("0xeb107a40")
    assert (first["network_model"], first["allocation"]) == ("proof_of_stake_v1", "gas")
    assert (first["grid_source"], first["factor_year"]) == (GRID.reference, 2023)


def test_bounds_stay_in_order() -> None:
    chain, _ = chain_of([(1, 12, [(21_000, 1), (7, 1)])])
    for row in shared_out(chain):
        assert row["energy_kwh_lower"] < row["energy_kwh_best"] < row["energy_kwh_upper"]
        assert row["co2e_grams_lower"] < row["co2e_grams_best"] < row["co2e_grams_upper"]
