"""What ethereum-etl exports, refused when it is damaged or contradicts itself.

given a file that is missing, empty, cut short, of another format, or without a column
    it refuses, naming the file
given a value that cannot be
    it refuses, naming row, column and value
given blocks and transactions that contradict each other
    it refuses, naming the block or the transaction
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from conftest import ExportedFiles

from gasprint.errors import SourceError
from gasprint.sources import open_source
from gasprint.sources.ethereum_etl import read_ethereum_etl


def refusal_of(blocks: Path, transactions: Path) -> str:
    with pytest.raises(SourceError) as refusal:
        read_ethereum_etl(blocks, transactions)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def test_missing_file(exported: ExportedFiles) -> None:
    blocks, transactions = exported.written()
    transactions.unlink()
    assert refusal_of(blocks, transactions).startswith(f"{transactions} cannot be read: No such")


def test_empty_file(exported: ExportedFiles) -> None:
    blocks, transactions = exported.written()
    blocks.write_text("")
    assert refusal_of(blocks, transactions) == f"{blocks} is empty; export it again"


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_file_cut_short(exported: ExportedFiles, ending: str) -> None:
    blocks, transactions = exported.written(ending)
    transactions.write_bytes(transactions.read_bytes()[:200_000])
    assert refusal_of(blocks, transactions).startswith(f"{transactions} is damaged: ")


def test_file_of_another_format(exported: ExportedFiles) -> None:
    blocks, transactions = exported.written()
    renamed = blocks.rename(blocks.with_suffix(".parquet"))
    assert "its name must end in .jsonl or .csv" in refusal_of(renamed, transactions)


def test_file_that_is_not_text(exported: ExportedFiles) -> None:
    blocks, transactions = exported.written()
    blocks.write_bytes(b"\x08\xff")
    expected = f"{blocks} line 1 is not UTF-8; save it as UTF-8"
    assert refusal_of(blocks, transactions) == expected


@pytest.mark.parametrize(
    ("ending", "text"),
    [
        *(("jsonl", text) for text in ("5", "null", "true", '{"a": ' + "9" * 5000, "[" * 100_000)),
        ("jsonl", "\ufeff{}"),
        ("csv", "x" * 140_000),
    ],
)
def test_file_that_begins_badly(exported: ExportedFiles, ending: str, text: str) -> None:
    blocks, transactions = exported.written(ending)
    blocks.write_text(text + "\n", encoding="utf-8")
    assert str(blocks) in refusal_of(blocks, transactions)


def test_no_regular_file(exported: ExportedFiles) -> None:
    blocks, transactions = exported.written()
    blocks.unlink()
    blocks.symlink_to("/dev/zero")
    assert refusal_of(blocks, transactions) == f"{blocks} is not a file; name one"


@pytest.mark.parametrize("value", [1_683_029_999_000, 253_402_300_800, 10**17])
def test_timestamp_that_is_not_in_seconds(exported: ExportedFiles, value: int) -> None:
    exported.blocks[1]["timestamp"] = value
    assert f"row 2: timestamp is '{value}', but must be Unix seconds" in refusal_of(
        *exported.written()
    )


def test_block_of_the_future(exported: ExportedFiles) -> None:
    exported.blocks[1]["timestamp"] = 9_999_999_999
    assert "block 17173050 is of 2286-11-20" in refusal_of(*exported.written())


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
@pytest.mark.parametrize("column", ["receipt_gas_used", "to_address"])
def test_missing_column(exported: ExportedFiles, ending: str, column: str) -> None:
    for row in exported.transactions:
        del row[column]
    blocks, transactions = exported.written(ending)
    assert f"{transactions} has no column '{column}'" in refusal_of(blocks, transactions)


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("receipt_gas_used", -21000, "is '-21000', but must be a whole number, zero or more"),
        ("receipt_gas_used", 1.5, "is '1.5'"),
        ("receipt_gas_used", None, "is ''"),
        ("receipt_gas_used", 10**19, "is '10000000000000000000'"),
        ("hash", "0x12", "is '0x12', but must be 0x and 64 hexadecimal digits"),
        ("from_address", "", "is ''"),
    ],
)
@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_impossible_value(
    exported: ExportedFiles, ending: str, column: str, value: Any, shown: str
) -> None:
    exported.transactions[6][column] = value
    blocks, transactions = exported.written(ending)
    assert f"{transactions} row 7: {column} {shown}" in refusal_of(blocks, transactions)


def test_duplicate_transaction(exported: ExportedFiles) -> None:
    exported.transactions.append(exported.transactions[3])
    expected = f"transaction {exported.transactions[3]['hash']} is there 2 times"
    assert expected in refusal_of(*exported.written())


def test_duplicate_block(exported: ExportedFiles) -> None:
    exported.blocks.append(exported.blocks[0])
    assert "block 17173049 is there 2 times" in refusal_of(*exported.written())


def test_transaction_of_a_block_that_is_not_there(exported: ExportedFiles) -> None:
    del exported.blocks[1]
    assert "is of block 17173050, which is not among" in refusal_of(*exported.written())


def test_transaction_left_out(exported: ExportedFiles) -> None:
    del exported.transactions[0]
    expected = "block 17173049 counts 116 transactions, but 115 are there"
    assert expected in refusal_of(*exported.written())


def test_gas_that_does_not_add_up(exported: ExportedFiles) -> None:
    exported.transactions[0]["receipt_gas_used"] += 1
    expected = "block 17173049 used 9755040 gas, but its receipts add up to 9755041"
    assert expected in refusal_of(*exported.written())


def test_transactions_without_any_gas(exported: ExportedFiles) -> None:
    exported.blocks[0]["gas_used"] = 0
    for row in exported.transactions[:116]:
        row["receipt_gas_used"] = 0
    assert "has 116 transactions, but used no gas" in refusal_of(*exported.written())


def test_block_that_is_not_later_than_the_one_before(exported: ExportedFiles) -> None:
    exported.blocks[1]["timestamp"] = exported.blocks[0]["timestamp"]
    files = exported.written()
    assert "block 17173050 is not later than block 17173049" in refusal_of(*files)
    assert open_source(*files, may_share_seconds=True)
