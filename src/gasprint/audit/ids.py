"""Ids of tokens and retirements, taken apart in SQL.

An id fills 256 bits, which no number of DuckDB's holds; so a ledger has it as decimal digits.
`id_words(id)` makes four words of 64 bits of it, the lowest first.
"""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from duckdb.func import ARROW

_DIGITS = 78
_LIMBS, _LIMB_BITS = 16, 16
_LIMB_MASK = np.uint64(2**_LIMB_BITS - 1)
# Each power of ten in limbs of 16 bits: 78 digits times these add up to far less than 2^53, so that
# a product of matrices in floating point is exact.
_POWERS = np.array(
    [
        [
            10 ** (_DIGITS - 1 - place) >> _LIMB_BITS * limb & int(_LIMB_MASK)
            for limb in range(_LIMBS)
        ]
        for place in range(_DIGITS)
    ],
    np.float64,
)


def add_id_words(connection: duckdb.DuckDBPyConnection) -> None:
    """Let a connection's queries call `id_words`."""
    connection.create_function("id_words", _words, ["VARCHAR"], "UBIGINT[4]", type=ARROW)


def _words(ids: pa.ChunkedArray | pa.Array) -> pa.Array:
    array = ids.combine_chunks() if isinstance(ids, pa.ChunkedArray) else ids
    padded = pc.utf8_lpad(array, _DIGITS, "0")
    start = padded.offset * _DIGITS
    text = np.frombuffer(padded.buffers()[2], np.uint8)[start : start + len(array) * _DIGITS]
    digits = (text.reshape(-1, _DIGITS) - ord("0")).astype(np.float64)
    limbs = (digits @ _POWERS).astype(np.uint64)
    for limb in range(_LIMBS - 1):
        limbs[:, limb + 1] += limbs[:, limb] >> np.uint64(_LIMB_BITS)
    words = np.ascontiguousarray((limbs & _LIMB_MASK).astype("<u2")).view("<u8")
    return pa.FixedSizeListArray.from_arrays(pa.array(words.ravel()), 4)
