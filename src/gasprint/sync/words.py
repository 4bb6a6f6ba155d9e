"""Columns of events whose parameters are a word each, all rows at once.

Most events are of that kind, and it takes a fraction of the time of decoding them one by one. Words
stand in an array of bytes, of shape (rows, 32).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from web3 import Web3

Words = NDArray[np.uint8]


def fits_a_word(kind: str) -> bool:
    """Whether a value of a Solidity type is one word."""
    return kind not in ("bytes", "string") and not kind.endswith(("]", ")"))


def words_of(texts: list[str], count: int) -> NDArray[np.uint8]:
    """Hexadecimal digits of so many words a row, as bytes of shape (rows, count, 32).

    Raises:
        ValueError: if a row has another length.
    """
    if any(len(each) != 64 * count for each in texts):
        raise ValueError("an event of another length")
    return np.frombuffer(bytes.fromhex("".join(texts)), np.uint8).reshape(len(texts), count, 32)


def column_of(kind: str, sql_type: str, words: Words) -> pa.Array:
    """A column of the values of a Solidity type.

    Raises:
        OverflowError: if a number does not fit its column.
        ValueError: if there is anything beside a value of the type.
    """
    if sql_type == "DECIMAL(38, 0)":
        _refuse(words[:, :20], OverflowError)
        # Arrow keeps a decimal of 38 digits as 16 bytes, the lowest first.
        lowest_first = np.ascontiguousarray(words[:, :15:-1])
        buffers = [None, pa.py_buffer(lowest_first)]
        return pa.Array.from_buffers(pa.decimal128(38, 0), len(words), buffers)
    if sql_type == "BIGINT":
        _refuse(words[:, :26], OverflowError)
        return pa.array(np.ascontiguousarray(words[:, 24:]).view(">i8").ravel().astype(np.int64))
    if sql_type == "BOOLEAN":
        _refuse(words[:, :31], ValueError)
        _refuse(words[:, 31] >> 1, ValueError)
        return pa.array(words[:, 31] == 1)
    text = _text_of(kind)
    used = _used(kind)
    _refuse(np.delete(words, np.arange(32)[used], axis=1), ValueError)
    whole = np.ascontiguousarray(words[:, used])
    size, raw = whole.shape[1], whole.tobytes()
    return pa.array([text(raw[at : at + size]) for at in range(0, len(raw), size)], pa.string())


def _used(kind: str) -> slice:
    if kind == "address":
        return slice(12, 32)
    return slice(0, int(kind[5:])) if kind.startswith("bytes") else slice(0, 32)


def _text_of(kind: str) -> Callable[[bytes], str]:
    if kind == "address":
        return checksummed
    if kind.startswith("bytes"):
        return lambda value: f"0x{value.hex()}"
    return lambda value: str(int.from_bytes(value))


@lru_cache(maxsize=100_000)
def checksummed(address: Any) -> str:
    """An address, as bytes or text, in EIP-55's mixed case."""
    return Web3.to_checksum_address(address)


def _refuse(others: NDArray[Any], error: type[Exception]) -> None:
    if others.any():
        raise error("more than a value of its type")
