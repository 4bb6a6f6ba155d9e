"""Derives the trees of records in `vectors.json`.

Independent of both sides: the recursion by which RFC 9162 defines a tree and a path in it (2.1.1
and 2.1.3.1), where they go level by level; words put together from hexadecimal text, where they
shift bits; and another implementation of Keccak.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import Any

from Crypto.Hash import keccak

SIZES = (0, 1, 2, 3, 4, 5, 7, 8, 9)
FACTOR = (69_661_138, 187_000_003)
"""Picograms and picowatt-hours of one gas."""

Fields = tuple[int, int, int, int]
Record = dict[str, str]
Node = tuple[str, Fields]


def word(fields: Fields) -> str:
    """Records, gas, energy and CO2e side by side in 64 hexadecimal digits."""
    count, gas, energy, co2e = fields
    return f"{count:08x}{gas:014x}{energy:022x}{co2e:020x}"


def number(text: str) -> str:
    """A word as decimal text: JSON readers keep only 53 bits of a number."""
    return str(int(text, 16))


def hashed(text: str) -> str:
    """Keccak-256 of hexadecimal text, as such."""
    return keccak.new(digest_bits=256, data=bytes.fromhex(text)).hexdigest()


def record(position: int) -> Record:
    """A record of a tree, the last ones of more gas than any transaction."""
    gas = 21_000 + 999_983 * position if position < 6 else 2 ** (36 + position) - 1
    return {
        "transaction_hash": hashed(f"{position:064x}"),
        "block_number": str(19_000_000 + position // 3 if position < 8 else 2**64 - 1),
        "gas_used": str(gas),
        "energy_picowatt_hours": str(gas * FACTOR[1]),
        "co2e_micrograms": str(ceil(Fraction(gas * FACTOR[0], 10**6))),
    }


def leaf(each: Record) -> Node:
    """The hash of a record, and its fields."""
    names = ("gas_used", "energy_picowatt_hours", "co2e_micrograms")
    fields = (1, *(int(each[name]) for name in names))
    block = f"{int(each['block_number']):016x}"
    return hashed(f"00{each['transaction_hash']}{block}{word(fields)}"), fields


def node(left: Node, right: Node) -> Node:
    """The hash of two nodes, and their fields added up."""
    parts = "".join(each[0] + word(each[1]) for each in (left, right))
    fields = tuple(sum(pair) for pair in zip(left[1], right[1], strict=True))
    return hashed(f"01{parts}"), fields


def split_of(count: int) -> int:
    """The largest power of two below a count."""
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def tree(records: list[Record]) -> Node:
    """MTH(D_n)."""
    if len(records) == 1:
        return leaf(records[0])
    k = split_of(len(records))
    return node(tree(records[:k]), tree(records[k:]))


def path(m: int, records: list[Record]) -> list[Node]:
    """PATH(m, D_n)."""
    if len(records) == 1:
        return []
    k = split_of(len(records))
    if m < k:
        return [*path(m, records[:k]), tree(records[k:])]
    return [*path(m - k, records[k:]), tree(records[:k])]


def record_trees() -> list[dict[str, Any]]:
    """Trees of some sizes: their records, totals, root, and the proof of each record."""
    trees = []
    for size in SIZES:
        records = [record(position) for position in range(size)]
        top = tree(records) if records else None
        trees.append(
            {
                "picograms_per_gas": str(FACTOR[0]),
                "picowatt_hours_per_gas": str(FACTOR[1]),
                "records": records,
                "leaves": [{"hash": h, "sums": number(word(f))} for h, f in map(leaf, records)],
                "totals": number(word(top[1])) if top else "0",
                "root": hashed(f"02{top[0]}{word(top[1])}") if top else "00" * 32,
                "proofs": [
                    [{"hash": h, "sums": number(word(f))} for h, f in path(m, records)]
                    for m in range(size)
                ],
            }
        )
    return trees


def added_sums() -> list[tuple[str, str, str]]:
    """Words, and what they add up to: fields that are full, and nothing carried anywhere."""
    full = (2**32 - 1, 2**56 - 1, 2**88 - 1, 2**80 - 1)
    halves = [tuple(value - value // 2 for value in full), tuple(value // 2 for value in full)]
    ones = (1, 1, 1, 1)
    pairs = [(full, (0,) * 4), ((0,) * 4, full), tuple(halves), (ones, ones)]
    return [
        (
            number(word(a)),
            number(word(b)),
            number(word(tuple(x + y for x, y in zip(a, b, strict=True)))),
        )
        for a, b in pairs
    ]


def overflowing_sums() -> list[tuple[str, str]]:
    """Words of which one field adds up to more than it holds; the others to what they hold."""
    pairs = []
    for at, bits in enumerate((32, 56, 88, 80)):
        most = 2**bits - 1
        for a, b in ((most, 1), (most, most), (most // 2 + 1, most // 2 + 1)):
            for rest in (0, 1):
                pairs.append(
                    tuple(
                        number(word(tuple(each if place == at else rest for place in range(4))))
                        for each in (a, b)
                    )
                )
    return pairs
