"""Ids of tokens and retirements, taken apart in SQL.

An id fills 256 bits, which no number of DuckDB's holds; so a ledger has it as decimal digits.
`id_words(id)` makes four words of 64 bits of it, the lowest first.
"""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
from duckdb.func import ARROW

_BYTES = 32


def add_id_words(connection: duckdb.DuckDBPyConnection) -> None:
    """Let a connection's queries call `id_words`."""
    connection.create_function("id_words", _words, ["VARCHAR"], "UBIGINT[4]", type=ARROW)


def _words(ids: pa.ChunkedArray | pa.Array) -> pa.Array:
    # Python's own integers take less time for this than arrays of digits do.
    together = b"".join(int(each).to_bytes(_BYTES, "little") for each in ids.to_pylist())
    return pa.FixedSizeListArray.from_arrays(pa.array(np.frombuffer(together, "<u8")), 4)
