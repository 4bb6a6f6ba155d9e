"""Encodes and decodes as Solidity does, texts without loss.

Solidity's `string` need not be UTF-8, and an event is for ever. A byte that is none stands in a
`str` as a lone surrogate (PEP 383): encoded again, and hashed, a text has the bytes that it had.
`_output.readable` makes of it what can be written out.
"""

from __future__ import annotations

from eth_abi.codec import ABICodec
from eth_abi.decoding import StringDecoder
from eth_abi.encoding import ByteStringEncoder, TextStringEncoder
from eth_abi.registry import ABIRegistry
from eth_abi.registry import registry as default_registry

_LOSSLESS = "surrogateescape"


class _TextEncoder(TextStringEncoder):
    @classmethod
    def encode(cls, value: str) -> bytes:
        cls.validate_value(value)  # type: ignore[no-untyped-call]
        as_bytes = value.encode("utf-8", _LOSSLESS)
        return bytes(ByteStringEncoder.encode(as_bytes))  # type: ignore[no-untyped-call]


def codec_of(registry: ABIRegistry) -> ABICodec:
    """A codec of the types in `registry`, made to take and give any `string`."""
    registry.unregister("string")
    decoder = StringDecoder(_LOSSLESS)  # type: ignore[no-untyped-call]
    registry.register("string", _TextEncoder, decoder, label="string")
    return ABICodec(registry)


CODEC = codec_of(default_registry.copy())  # type: ignore[no-untyped-call]
