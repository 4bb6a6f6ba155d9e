"""`gasprint footprint`: rows add up to the totals, by whatever energy is shared out.

given blocks of which one's transactions paid nothing, by fee and in the hybrid
  they have rows of nothing, and the total is what the rows add up to
given block rewards, the hybrid's total is without the part that is nobody's
given a transaction of which the fee is not known, or one that was set aside
  sharing out by fee is refused; by gas and count it is not
given a proof-of-stake block without its parent, after earlier blocks
  it takes a slot, as it does by itself
given outputs that would be written over a source, or over one another, or options out of bounds
  they are refused before anything is written
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from math import fsum
from pathlib import Path
from typing import Any

import pytest
from conftest import Command, ExportedFiles

QUANTITIES = [
    f"{name}_{bound}"
    for name in ("energy_kwh", "co2e_grams")
    for bound in ("lower", "best", "upper")
]


def found(gasprint: Command, exported: ExportedFiles, *options: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        gasprint("footprint", *exported.written(), *options, "--format", "json").stdout
    )
    return document


def of_block(exported: ExportedFiles, number: int) -> list[dict[str, Any]]:
    return [each for each in exported.transactions if each["block_number"] == number]


@pytest.mark.parametrize("window", ["block", "day"])
@pytest.mark.parametrize("allocation", ["fee", "hybrid", "gas", "count"])
@pytest.mark.parametrize("by", ["transaction", "block", "day"])
def test_rows_add_up_to_the_total(
    gasprint: Command, exported: ExportedFiles, allocation: str, window: str, by: str
) -> None:
    first, last = exported.blocks
    for block, reward in ((first, 10**17), (last, 3 * 10**17)):
        block["block_reward_wei"] = reward
    for each in of_block(exported, last["number"]):
        each["receipt_effective_gas_price"] = 0
    options = ("--allocation", allocation, "--window", window, "--by", by)
    document = found(gasprint, exported, *options)
    totals, rows = document["totals"], document["rows"]
    for name in QUANTITIES:
        quantity, bound = name.rsplit("_", 1)
        total = totals[quantity][bound]
        assert fsum(row[name] for row in rows) == pytest.approx(total, rel=1e-12)
        assert total > 0
    if by == "transaction":
        assert len(rows) == totals["transactions"] == len(exported.transactions)
    if allocation in ("fee", "hybrid") and window == "block":
        assert totals["blocks"] == totals["blocks_without_gas"] == 1


def test_all_fees_are_nothing(
    gasprint: Command, refused: Callable[..., str], exported: ExportedFiles
) -> None:
    for each in exported.transactions:
        each["receipt_effective_gas_price"] = 0
    document = found(gasprint, exported, "--allocation", "fee")
    assert {row["energy_kwh_best"] for row in document["rows"]} == {0}
    assert len(document["rows"]) == len(exported.transactions)
    assert document["totals"]["energy_kwh"]["best"] == 0
    transaction = exported.transactions[0]["hash"]
    arguments = (*exported.written(), "--allocation", "fee", "--explain", transaction)
    assert "has a share by fee" in refused("footprint", *arguments)


@pytest.mark.parametrize("allocation", ["fee", "hybrid"])
def test_a_fee_that_is_not_known(
    gasprint: Command, refused: Callable[..., str], exported: ExportedFiles, allocation: str
) -> None:
    for block in exported.blocks:
        block["block_reward_wei"] = 1
    transaction = exported.transactions[7]
    transaction["receipt_effective_gas_price"] = transaction["gas_price"] = None
    problem = refused("footprint", *exported.written(), "--allocation", allocation)
    assert f"transaction {transaction['hash']} has no fee and no gas price" in problem
    assert len(found(gasprint, exported)["rows"]) == len(exported.transactions)


def test_a_price_stands_for_a_fee_that_is_missing(
    gasprint: Command, exported: ExportedFiles
) -> None:
    by_price = found(gasprint, exported, "--allocation", "fee")["rows"]
    for number, each in enumerate(exported.transactions):
        fee = int(each["receipt_gas_used"]) * int(each["receipt_effective_gas_price"])
        each["fee_wei"] = None if number % 2 else fee
    assert found(gasprint, exported, "--allocation", "fee")["rows"] == by_price


def test_fees_that_were_set_aside(gasprint: Command, exported: ExportedFiles) -> None:
    exported.transactions[5]["receipt_gas_used"] = -1
    options = (*exported.written(), "--quarantine", exported.folder / "aside.csv")
    result = gasprint("footprint", *options, "--allocation", "fee")
    assert (result.returncode, result.stdout) == (2, "")
    assert "the fees of transactions that are set aside are not known" in result.stderr
    assert gasprint("footprint", *options, "--allocation", "count").returncode == 0


def test_a_block_without_its_parent_takes_a_slot(
    gasprint: Command, exported: ExportedFiles
) -> None:
    *_, last = exported.blocks
    by_itself = found(gasprint, exported, "--since", str(last["number"]), "--by", "block")
    earlier, later = exported.blocks
    # The first of proof of work: 14 s apart, as the average then is.
    for number, seconds in ((15_000_000, 0), (15_000_001, 14)):
        block = {**earlier, "number": number, "transaction_count": 0, "gas_used": 0}
        exported.blocks.append({**block, "timestamp": 1_655_000_000 + seconds})
    exported.blocks.remove(earlier)
    exported.transactions = of_block(exported, later["number"])
    assert found(gasprint, exported, "--by", "block")["rows"] == by_itself["rows"]


@pytest.mark.parametrize("option", ["-o", "--quarantine", "--plot"])
def test_a_source_is_not_written_over(
    refused: Callable[..., str], exported: ExportedFiles, tmp_path: Path, option: str
) -> None:
    blocks, transactions = exported.written()
    before = transactions.read_bytes()
    link = tmp_path / "link.svg"
    link.symlink_to(transactions)
    problem = refused("footprint", blocks, transactions, option, link)
    assert "is read, or written twice" in problem
    assert transactions.read_bytes() == before


def test_outputs_are_not_written_over_one_another(
    refused: Callable[..., str], tmp_path: Path
) -> None:
    path = tmp_path / "one.svg"
    assert "written twice" in refused("footprint", "--plot", path, "-o", path)
    assert not path.exists()


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--until", "9999-12-31"), "is no day of a blockchain, from 2009 to 2100"),
        (("--since", "2023-W18-2"), "write it as 2022-01-31"),
        (("--since", "9" * 20), "is no day"),
        (("--samples", "1000000000000"), "1000000"),
    ],
)
def test_options_out_of_bounds(
    refused: Callable[..., str], options: tuple[str, ...], problem: str
) -> None:
    assert problem in refused("footprint", *options)


def test_a_day_of_which_the_weight_is_not_known(
    refused: Callable[..., str], tmp_path: Path
) -> None:
    entities, network = tmp_path / "entities.csv", tmp_path / "network.csv"
    with entities.open("w", newline="") as file:
        csv.writer(file).writerows(
            [("day", "entity", "gas_used"), ("2022-01-01", "A", 5), ("2022-01-01", "B", "")]
        )
    network.write_text("day,gas_used\n2022-01-01,10\n")
    problem = refused("footprint", entities, network)
    assert "on 2022-01-01 it is not known what gas_used 'B' has" in problem
