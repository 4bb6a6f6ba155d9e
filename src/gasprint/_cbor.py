"""CBOR (RFC 8949) from strangers: checked as bytes, before anything is made of it.

A decoder that follows tags may be told to build dates, regular expressions or numbers of any size;
one that collapses equal keys loses what it was given. So neither gets that far.
"""

from __future__ import annotations

from typing import Any

import cbor2

_DEEPEST = 16
_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG, _SIMPLE = range(8)
_FALSE_TRUE_NULL_UNDEFINED = range(20, 24)
_FLOATS = range(25, 28)
_INDEFINITE = 31
_BREAK = 0xFF


def decode(content: bytes) -> Any:
    """The one value that `content` holds.

    Raises:
        ValueError: if it is malformed or more than one value, has a tag, is nested more than 16
            deep, or a map in it has a key twice, or one that is neither text nor an integer.
    """
    try:
        if _end_of(content, 0, 0) != len(content):
            raise ValueError("more than one value")
        return cbor2.loads(content)
    except IndexError:
        raise ValueError("ends too early") from None
    except cbor2.CBORError as error:
        raise ValueError(str(error)) from error


def encode(value: Any) -> bytes:
    """The CBOR of what `decode` gives, or of the like."""
    return cbor2.dumps(value)


def _end_of(content: bytes, start: int, depth: int) -> int:
    """Where the value that starts there ends; IndexError where `content` ends before it."""
    if depth > _DEEPEST:
        raise ValueError("nested too deeply")
    major, info, argument, position = _head(content, start)
    if major in (_UNSIGNED, _NEGATIVE):
        return position
    if major == _SIMPLE:
        if info in _FALSE_TRUE_NULL_UNDEFINED or info in _FLOATS:
            return position
        raise ValueError("a simple value without meaning")
    if major == _TAG:
        raise ValueError("a tag")
    if major in (_BYTES, _TEXT) and argument is not None:
        end = position + argument
        if end > len(content):
            raise IndexError
        return end
    keys: set[tuple[int, bytes | int]] = set()
    items = 0
    while (content[position] != _BREAK) if argument is None else (items < argument):
        if major in (_BYTES, _TEXT):
            chunk_major, _, length, _ = _head(content, position)
            if chunk_major != major or length is None:
                raise ValueError("a chunk of another kind")
        if major == _MAP:
            key = _key(content, position)
            if key in keys:
                raise ValueError("a key that stands twice")
            keys.add(key)
            position = _end_of(content, position, depth + 1)
        position = _end_of(content, position, depth + 1)
        items += 1
    return position if argument is not None else position + 1


def _head(content: bytes, start: int) -> tuple[int, int, int | None, int]:
    """Major type, additional information, its argument (None: indefinite), and where that ends."""
    major, info = content[start] >> 5, content[start] & 31
    position = start + 1
    if info < 24:
        return major, info, info, position
    if info in range(24, 28):
        end = position + (1 << (info - 24))
        if end > len(content):
            raise IndexError
        return major, info, int.from_bytes(content[position:end]), end
    if info == _INDEFINITE and major in (_BYTES, _TEXT, _ARRAY, _MAP):
        return major, info, None, position
    raise ValueError("a length that is none")


def _key(content: bytes, start: int) -> tuple[int, bytes | int]:
    major, _, argument, position = _head(content, start)
    if argument is None or major not in (_UNSIGNED, _NEGATIVE, _TEXT):
        raise ValueError("a key that is neither text nor an integer")
    return major, content[position : position + argument] if major == _TEXT else argument
