"""Every number of one transaction's footprint, worked out line by line.

given a transaction of the sample, of proof-of-work Ethereum, or of a rollup
  with fees and block rewards, over blocks or days, shared out in every way
  every line, parsed and recomputed in exact arithmetic, comes to what it says
  every number in a line is given, or the result of a line before
  the last six are the figures of the footprint's table
given the sample, by hand
  the lines are those of a pocket calculator
given a transaction that is not among them
  it is refused
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import ibis
import pytest
from test_layer_1 import footprint as footprint_of_rollup
from test_layer_1 import rows as rows_of_rollup

from gasprint.choices import Allocation, Window
from gasprint.errors import SourceError
from gasprint.explanation import explained
from gasprint.footprint import SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS, Footprint, footprint_of
from gasprint.grid import grid_named
from gasprint.networks import network_named
from gasprint.sources import open_source
from gasprint.sources.chain_data import ChainData

RECEIPTS = Path(__file__).parent / "sources" / "data" / "proof_of_work_receipts.csv"
REWARD_WEI = 2 * 10**18
FIRST = "0xeb107a40ba73a50c79a9f2026e902d758d1c5e5e211f7a7db1b294f88f118dd0"
OPERATIONS: dict[type, Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def recomputed(expression: str) -> Fraction:
    """What `a × b / c` comes to, exactly."""

    def value(node: ast.expr) -> Fraction:
        if isinstance(node, ast.BinOp):
            return OPERATIONS[type(node.op)](value(node.left), value(node.right))
        text = ast.get_source_segment(python, node)
        assert isinstance(node, ast.Constant)
        assert text is not None
        return Fraction(text)

    python = expression.replace("×", "*")
    return value(ast.parse(python, mode="eval").body)


@cache
def chain_of(*files: Path, at: date | None = None) -> ChainData:
    """Of some files, with a reward for each block."""
    chain = open_source(*files, at=at)
    assert isinstance(chain, ChainData)
    reward = ibis.literal(REWARD_WEI, type="decimal(38, 0)")
    return replace(chain, blocks=chain.blocks.mutate(block_reward_wei=reward))


def footprint(chain: ChainData, allocation: Allocation, window: Window) -> Footprint[Any, Any]:
    network, grid = network_named("ethereum"), grid_named("network:ethereum")
    return footprint_of(chain, network, grid, allocation, window)


def check(result: Footprint[Any, Any], transaction: str) -> str:
    """Recompute every line as it is printed, and hold the last six to the table."""
    text = str(explained(result, transaction))
    computed: list[Fraction] = []
    found = re.findall(r"^([\w' -]+?)(?:, (\w+))?: (?:(.+?) = )?([\d.e+-]+)(?: |$)", text, re.M)
    assert len(found) == len(text.split("\n\n")[1].splitlines())
    for _name, _bound, expression, said in found:
        value = Fraction(said)
        if expression:
            assert float(recomputed(expression)) == pytest.approx(float(value), rel=1e-11)
        computed.append(value)
    (row,) = (each for each in result.table.to_pyarrow().to_pylist() if each["hash"] == transaction)
    names = [
        f"{what}_{b}" for what in ("energy_kwh", "co2e_grams") for b in ("lower", "best", "upper")
    ]
    for name, value in zip(names, computed[-6:], strict=True):
        assert float(value) == pytest.approx(row[name], rel=1e-10), name
    return text


@pytest.mark.parametrize("window", Window)
@pytest.mark.parametrize("allocation", Allocation)
def test_of_proof_of_stake(allocation: Allocation, window: Window) -> None:
    result = footprint(chain_of(SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS), allocation, window)
    check(result, FIRST)
    last = result.table.to_pyarrow().to_pylist()[-1]["hash"]
    assert "1683030011 - 1683029999 = 12 s" in check(result, last)


@pytest.mark.parametrize("window", Window)
@pytest.mark.parametrize("allocation", Allocation)
def test_of_proof_of_work(allocation: Allocation, window: Window) -> None:
    result = footprint(chain_of(RECEIPTS, at=date(2021, 9, 30)), allocation, window)
    transaction = result.table.to_pyarrow().to_pylist()[0]["hash"]
    text = check(result, transaction)
    assert "604800 s / 44798 blocks of ethereum" in text
    assert "hashing efficiency at midnight: 1.3744496624e-09 × 1632960000 - 1.8104637778" in text


@pytest.mark.parametrize("which", [0, 1, 2])
def test_of_a_rollup(tmp_path: Path, which: int) -> None:
    row = rows_of_rollup()[which]
    result = footprint_of_rollup(tmp_path, rows_of_rollup(), "egrid:SRVC")
    text = check(result, row["transaction_hash"])
    assert f"layer-1 gas, best: {row['l1_fee']} / {row['l1_gas_price']} = " in text


def test_a_deposit_of_a_rollup(tmp_path: Path) -> None:
    rows = rows_of_rollup()
    deposit = rows[0] | {name: None for name in rows[0] if name.startswith("l1_")}
    result = footprint_of_rollup(tmp_path, [deposit, rows[1]], "network:ethereum")
    check(result, deposit["transaction_hash"])


def test_by_hand() -> None:
    result = footprint(chain_of(SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS), Allocation.GAS, Window.BLOCK)
    text = check(result, FIRST)
    # 6,190,000 kWh a year; 12 s; 85,143 of 9,755,040 gas.
    assert "power of the network, best: 6190000 × 1000 / 8760 = 706621.004566 W" in text
    assert "energy of the window, best: 706621.004566 × 12 / 3600000 = 2.35540334855 kWh" in text
    assert "× 85143 / 9755040 = 0.02055820" in text
    assert "block 17173048 is not in the source; ethereum makes a block in so many seconds" in text


def test_refuses_another_transaction() -> None:
    result = footprint(chain_of(SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS), Allocation.GAS, Window.BLOCK)
    with pytest.raises(SourceError, match="0x00 is not among those that count"):
        explained(result, "0x00")
