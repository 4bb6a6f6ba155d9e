"""What a ledger file is made of, without a chain.

given words of every kind that an event of words has
  each column is what eth_abi decodes, value by value
  what does not fit its column, or has anything beside its value, is refused
given a deployment of which the first block was given up
  it is the same one, begun anew, while nothing of it was final; another one afterwards
"""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from eth_abi.abi import encode

from gasprint.addresses import checksummed
from gasprint.sync.decoding import schema_of
from gasprint.sync.deployed import Deployed, Place
from gasprint.sync.events import Column
from gasprint.sync.file import ADDRESS_COLUMNS, LedgerFile
from gasprint.sync.logs import Block
from gasprint.sync.words import column_of, words_of

SEED = 20_261_128
ROWS = 50
DECIMAL = "DECIMAL(38, 0)"


def drawn(kind: str, sql_type: str, draw: random.Random) -> object:
    if kind == "bool":
        return draw.random() < 0.5
    if kind == "address":
        return checksummed(f"0x{draw.randbytes(20).hex()}", "account")
    if kind.startswith("bytes"):
        return draw.randbytes(int(kind[5:]))
    bits = min(int(kind[4:]), 96 if sql_type == DECIMAL else 256)
    return draw.choice([0, 1, 2**bits - 1, draw.getrandbits(bits)])


@pytest.mark.parametrize(
    ("kind", "sql_type"),
    [
        ("address", "VARCHAR"),
        ("bool", "BOOLEAN"),
        ("bytes4", "VARCHAR"),
        ("bytes32", "VARCHAR"),
        ("uint16", "BIGINT"),
        ("uint48", "BIGINT"),
        ("uint64", DECIMAL),
        ("uint256", DECIMAL),
        ("uint256", "VARCHAR"),
    ],
)
def test_a_column_of_words(kind: str, sql_type: str) -> None:
    draw = random.Random(SEED)
    values = [drawn(kind, sql_type, draw) for _ in range(ROWS)]
    texts = [encode([kind, "uint256"], [each, 7]).hex() for each in values]
    column = column_of(kind, sql_type, words_of(texts, 2)[:, 0])
    column.validate(full=True)
    found = column.to_pylist()
    if kind.startswith("uint"):
        assert [int(each) for each in found] == values
        assert all(isinstance(each, str) == (sql_type == "VARCHAR") for each in found)
    else:
        assert found == [f"0x{each.hex()}" if isinstance(each, bytes) else each for each in values]


@pytest.mark.parametrize(
    ("kind", "sql_type", "number"),
    [
        ("uint256", DECIMAL, 2**96),
        ("uint256", DECIMAL, 2**256 - 1),
        ("uint48", "BIGINT", 2**48),
        ("bool", "BOOLEAN", 2),
        ("bool", "BOOLEAN", 2**200),
        ("address", "VARCHAR", 2**160),
        ("bytes4", "VARCHAR", 1),
    ],
)
def test_what_does_not_fit(kind: str, sql_type: str, number: int) -> None:
    words = np.frombuffer(number.to_bytes(32), np.uint8).reshape(1, 32)
    with pytest.raises((OverflowError, ValueError)):
        column_of(kind, sql_type, words)


def test_rows_of_another_length() -> None:
    with pytest.raises(ValueError, match="another length"):
        words_of(["00" * 32, "00" * 31], 1)


def test_a_deployment_that_was_given_up(tmp_path: Path) -> None:
    schemas = {"paused": schema_of([Column("account", "VARCHAR")])}
    addresses = tuple(f"0x{number:040x}" for number in range(len(ADDRESS_COLUMNS)))
    first, second, third = (Block(5, f"0x{number:064x}", 100) for number in range(3))

    def place(block: Block) -> Place:
        return Place(31337, "0x00", addresses, block)

    with LedgerFile(tmp_path / "ledger.duckdb", schemas).opened() as file:
        found = Deployed.find(file, place(first))
        found.add({}, [first], first, is_final=False)
        assert Deployed.find(file, place(first)).read == (5, first.hash)
        anew = Deployed.find(file, place(second))
        assert (anew.deployment_id, anew.read) == (1, None)
        assert file.connection.execute("SELECT count(*) FROM blocks").fetchall() == [(0,)]
        anew.add({}, [second], second, is_final=True)
        assert Deployed.find(file, place(third)).deployment_id == 2
        assert Deployed.find(file, place(second)).final == (5, second.hash)
