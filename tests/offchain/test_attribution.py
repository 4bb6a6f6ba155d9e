"""Energy of blocks, shared out to their transactions by gas.

given any blocks with any gas
    the shares, as fractions, add up to each block's energy exactly
    the columns agree with the fractions to 12 digits
given a block whose predecessor is in the data
    it covers the time between them; otherwise one slot
given the sample
    the table has the stated columns, in the order of the chain, and names its method
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gasprint.attribution import attribute_by_gas, with_seconds
from gasprint.footprint import SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS
from gasprint.grid import grid_intensity
from gasprint.networks import proof_of_stake_network
from gasprint.sources.chain_data import BLOCKS_SCHEMA, TRANSACTIONS_SCHEMA, ChainData
from gasprint.sources.ethereum_etl import read_ethereum_etl

ETHEREUM = proof_of_stake_network("ethereum")
GRID = grid_intensity("network:ethereum")
START = datetime(2024, 1, 1, tzinfo=UTC)
SENDER = "0x" + "ab" * 20

block = st.tuples(
    st.integers(min_value=1, max_value=3),
    st.integers(min_value=1, max_value=1000),
    st.lists(st.integers(min_value=1, max_value=60_000_000), min_size=1, max_size=5),
)


def chain_of(blocks: list[tuple[int, int, list[int]]]) -> ChainData:
    """A chain of blocks, each given by its step in number and in seconds, and its gas."""
    number, time = 20_000_000, START
    block_rows: list[dict[str, Any]] = []
    transactions: list[dict[str, Any]] = []
    for number_step, seconds, gas in blocks:
        number, time = number + number_step, time + timedelta(seconds=seconds)
        block_rows.append(
            {"number": number, "timestamp": time, "gas_used": sum(gas)}
            | {"transaction_count": len(gas)}
        )
        transactions += [
            {"hash": f"0x{number:032x}{index:032x}", "block_number": number}
            | {"transaction_index": index, "from_address": SENDER, "to_address": None}
            | {"gas_used": gas_used}
            for index, gas_used in enumerate(gas)
        ]
    return ChainData(
        ibis.memtable(block_rows, schema=BLOCKS_SCHEMA),
        ibis.memtable(transactions, schema=TRANSACTIONS_SCHEMA),
    )


def exact_block_energy_kwh(chain: ChainData) -> dict[int, Fraction]:
    power_kw = Fraction(ETHEREUM.best.annual_electricity.value) / 8760
    blocks = with_seconds(chain.blocks, ETHEREUM.slot_seconds).to_pyarrow().to_pylist()
    return {each["number"]: power_kw * each["seconds"] / 3600 for each in blocks}


@settings(max_examples=25)
@given(st.lists(block, min_size=1, max_size=4))
def test_shares_add_up_to_the_energy_of_each_block(
    blocks: list[tuple[int, int, list[int]]],
) -> None:
    chain = chain_of(blocks)
    energy_kwh = exact_block_energy_kwh(chain)
    shared_kwh: dict[int, Fraction] = defaultdict(Fraction)
    for row in attribute_by_gas(chain, ETHEREUM, GRID).to_pyarrow().to_pylist():
        number = row["block_number"]
        share_kwh = energy_kwh[number] * Fraction(row["gas_used"], row["block_gas_used"])
        shared_kwh[number] += share_kwh
        assert row["energy_kwh_best"] == pytest.approx(float(share_kwh), rel=1e-12)
        co2e_grams = share_kwh * 2_800_000_000 / 7_500_000
        assert row["co2e_grams_best"] == pytest.approx(float(co2e_grams), rel=1e-12)
    assert shared_kwh == energy_kwh


def test_a_block_covers_the_time_since_its_predecessor_or_one_slot() -> None:
    chain = chain_of([(1, 7, [1]), (1, 24, [1]), (2, 36, [1])])
    seconds = with_seconds(chain.blocks, 12).order_by("number").seconds
    assert seconds.to_pyarrow().to_pylist() == [12, 24, 12]


def test_the_table_names_its_method_and_keeps_the_order_of_the_chain() -> None:
    chain = read_ethereum_etl(SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS)
    table = attribute_by_gas(chain, ETHEREUM, GRID).to_pyarrow()
    assert table.column_names == [
        *("hash", "block_number", "block_timestamp", "from_address", "to_address"),
        *("gas_used", "block_gas_used"),
        *("energy_kwh_lower", "energy_kwh_best", "energy_kwh_upper"),
        *("co2e_grams_lower", "co2e_grams_best", "co2e_grams_upper"),
        *("network_model", "allocation", "grid_source", "factor_year"),
    ]
    first = table.to_pylist()[0]
    assert first["hash"].startswith("0xeb107a40")
    assert (first["network_model"], first["allocation"]) == ("proof_of_stake_v1", "gas")
    assert (first["grid_source"], first["factor_year"]) == (GRID.reference, 2023)


def test_bounds_stay_in_order() -> None:
    rows = attribute_by_gas(chain_of([(1, 12, [21_000, 7])]), ETHEREUM, GRID)
    for row in rows.to_pyarrow().to_pylist():
        assert row["energy_kwh_lower"] < row["energy_kwh_best"] < row["energy_kwh_upper"]
        assert row["co2e_grams_lower"] < row["co2e_grams_best"] < row["co2e_grams_upper"]
