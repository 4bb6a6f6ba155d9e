"""What the audit's checks are made of, without a chain.

given ids of any 256 bits
  SQL takes them apart as Python does, in a column of many
given ranges of units
  merged, cut and counted unit by unit they are the same
given a declaration of a function
  its call and its answer are those that web3.py makes
"""

from __future__ import annotations

import random
from itertools import pairwise

import duckdb
import pytest
from web3 import Web3

from gasprint.audit.ids import add_id_words
from gasprint.audit.meanings import meaning_of
from gasprint.audit.ranges import merged, within, without
from gasprint.view_functions import ViewFunction

SEED = 20_261_128


def test_ids_taken_apart_in_sql() -> None:
    draw = random.Random(SEED)
    ids = [0, 1, 2**64, 2**192 - 1, 2**256 - 1]
    ids += [draw.getrandbits(draw.randint(1, 256)) for _ in range(5_000)]
    with duckdb.connect() as connection:
        add_id_words(connection)
        connection.execute("CREATE TABLE ids (number INTEGER, id VARCHAR)")
        connection.executemany(
            "INSERT INTO ids VALUES (?, ?)", [(n, str(i)) for n, i in enumerate(ids)]
        )
        query = "SELECT words FROM (SELECT number, id_words(id) AS words FROM ids) ORDER BY number"
        rows = connection.execute(query).fetchall()
    assert [sum(word << 64 * place for place, word in enumerate(words)) for (words,) in rows] == ids


def test_ranges_unit_by_unit() -> None:
    draw = random.Random(SEED)
    for _ in range(300):
        pairs = [sorted(draw.sample(range(40), 2)) for _ in range(draw.randint(0, 5))]
        ranges = merged((a, b) for a, b in pairs)
        units = {unit for a, b in pairs for unit in range(a, b)}
        assert {unit for a, b in ranges for unit in range(a, b)} == units
        assert all(one[1] < other[0] for one, other in pairwise(ranges))
        first, end = sorted(draw.sample(range(40), 2))
        asked = set(range(first, end))
        assert within(ranges, first, end) == len(units & asked)
        left = without(first, end, ranges)
        assert {unit for a, b in left for unit in range(a, b)} == asked - units


@pytest.mark.parametrize(
    ("declaration", "arguments", "answer", "results"),
    [
        (
            "function balanceOf(address, uint256) returns (uint256)",
            ("0x" + "11" * 20, 7),
            f"0x{5:064x}",
            (5,),
        ),
        (
            "function stateOf(uint256) returns ((uint256, uint256))",
            (7,),
            f"0x{5:064x}{6:064x}",
            (5, 6),
        ),
        ("function factorCount() returns (uint256)", (), "0x", None),
    ],
)
def test_a_declared_function(
    declaration: str, arguments: tuple[object, ...], answer: str, results: object
) -> None:
    function = ViewFunction.of(declaration)
    types = [{"name": "", "type": each} for each in function.takes]
    abi = [{"type": "function", "name": function.name, "inputs": types, "outputs": []}]
    contract = Web3().eth.contract(abi=abi)
    assert function.data(arguments) == contract.encode_abi(function.name, args=list(arguments))
    assert function.results(answer) == results


def test_a_kind_without_a_meaning_of_its_own_has_that_of_its_check() -> None:
    assert meaning_of("serials", "gap") != meaning_of("serials", "") == meaning_of("serials", "?")
