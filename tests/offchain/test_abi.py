"""Texts of any bytes, through Python and back.

given bytes, of UTF-8 or not
    it  decodes and encodes them as they were, alone and inside of a tuple or an array
    it  hashes details by their bytes
    it  says why a contract refused, though the reason holds them
"""

from __future__ import annotations

import random

import pytest
from eth_abi.abi import encode
from eth_abi.codec import ABICodec
from eth_utils.abi import function_signature_to_4byte_selector
from eth_utils.crypto import keccak
from web3._utils.abi import build_strict_registry

from gasprint._abi import CODEC, codec_of
from gasprint._node import Node
from gasprint._reverts import sentence
from gasprint.ledger import RetirementDetails
from gasprint.retirements import details_hash

RANDOM = random.Random(8)
TEXTS = [
    b"",
    b"plain",
    "Öko 🌳".encode(),
    b"\xff\xfe\x80\xc0",
    b"cut off \xe2\x82",
    b"\xed\xa0\x80 a surrogate, \xed\xb3\xbf and one that stands for a byte",
    bytes(range(256)),
    *(RANDOM.randbytes(size) for size in (1, 31, 32, 33, 128)),
]
DETAILS_OF_BYTES = "(address,bytes,bytes,bytes,uint40,uint40)"
"""As RetirementDetails, but for the type of its texts, which Solidity encodes alike."""


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("codec", [CODEC, codec_of(build_strict_registry())])
def test_bytes_are_what_they_were(codec: ABICodec, text: bytes) -> None:
    for in_bytes, in_texts, wrap in (
        ("bytes", "string", lambda one: one),
        ("(uint256,bytes)[]", "(uint256,string)[]", lambda one: ((7, one), (8, one))),
    ):
        data = encode([in_bytes], [wrap(text)])
        decoded = codec.decode([in_texts], data)
        assert decoded[0] == wrap(text.decode("utf-8", "surrogateescape"))
        assert codec.encode([in_texts], decoded) == data
        assert codec.is_encodable(in_texts, decoded[0])


@pytest.mark.parametrize("text", TEXTS[1:])
def test_details_are_hashed_by_their_bytes(text: bytes) -> None:
    logged = (f"0x{1:040x}", text, b"", text, 0, 2**40 - 1)
    (said,) = CODEC.decode(
        ["(address,string,string,string,uint40,uint40)"], encode([DETAILS_OF_BYTES], [logged])
    )
    hashed = keccak(encode([DETAILS_OF_BYTES], [logged]))
    assert details_hash(RetirementDetails(*said)) == hashed
    assert details_hash(RetirementDetails(*said[:2])) != hashed


def test_a_refusal_that_holds_them_has_its_sentence() -> None:
    signature = "TextTooLong(string,uint256,uint256)"
    data = function_signature_to_4byte_selector(signature)
    data += encode(["bytes", "uint256", "uint256"], [b"\xff", 9, 8])
    assert sentence("0x" + data.hex()) == "\udcff has 9 bytes, and may have at most 8"


def test_a_node_reads_and_sends_them() -> None:
    codec = Node.at("http://127.0.0.1:1").web3.codec
    data = encode(["bytes"], [b"\xff"])
    assert codec.encode(["string"], codec.decode(["string"], data)) == data
