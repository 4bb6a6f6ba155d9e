"""What stands at an address, beside what should."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from gasprint.verification.compiler import Compiled

_ADDRESS_BYTES = 20
_PUSH20 = b"\x73"
_DELEGATION = bytes.fromhex("ef0100")
_CLONES = (
    # EIP-1167, and ERC-7511's with PUSH0.
    (bytes.fromhex("363d3d373d3d3d363d73"), bytes.fromhex("5af43d82803e903d91602b57fd5bf3")),
    (bytes.fromhex("365f5f375f5f365f73"), bytes.fromhex("5af43d5f5f3e5f3d91602a57fd5bf3")),
)
PROXY_SLOTS = {
    "implementation": "0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc",
    "beacon": "0xa3f0ad74e5423aebfd80d3ef4346578335a9a72aeaee59ff6cb3582b35133d50",
}
"""Where a proxy keeps whom it passes calls on to (EIP-1967)."""


class Match(StrEnum):
    """How code is what it should be: whole, but for the metadata's hash at its end, or not."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


class Comparison(NamedTuple):
    """How two codes compare, and the first byte that differs where they do not match."""

    match: Match
    first_difference: int | None = None


def compare(compiled: Compiled, code: bytes) -> Comparison:
    """Code on a chain beside a contract; what only a chain knows is left out of it."""
    unknown = [place for each in compiled.immutables for place in each.places]
    unknown += [place for places in compiled.runtime_links.values() for place in places]
    if compiled.is_library and compiled.runtime[:1] == _PUSH20:
        unknown.append((1, _ADDRESS_BYTES))
    wanted, found = blanked(compiled.runtime, unknown), blanked(code, unknown)
    if wanted == found:
        return Comparison(Match.FULL)
    end = len(wanted) - metadata_length(wanted)
    if wanted[:end] == found[: len(found) - metadata_length(found)]:
        return Comparison(Match.PARTIAL)
    pairs = enumerate(zip(wanted, found, strict=False))
    shorter = min(len(wanted), len(found))
    return Comparison(Match.NONE, next((at for at, (a, b) in pairs if a != b), shorter))


def blanked(code: bytes, places: Iterable[tuple[int, int]]) -> bytes:
    """Code with zeros at some places; its length stays what it is."""
    made = bytearray(code)
    for start, length in places:
        stop = min(start + length, len(made))
        made[start:stop] = bytes(max(0, stop - start))
    return bytes(made)


def metadata_length(code: bytes) -> int:
    """How many bytes at the end of code are solc's metadata (CBOR, and its length in two bytes)."""
    length = int.from_bytes(code[-2:]) + 2
    # A map of few entries; what else stands there is no metadata.
    is_map = 2 < length <= len(code) and code[-length] >> 4 == 0xA
    return length if is_map else 0


def passes_on(code: bytes) -> str | None:
    """What code is that does nothing itself, and to which address it passes all calls on."""
    if code.startswith(_DELEGATION) and len(code) == len(_DELEGATION) + _ADDRESS_BYTES:
        return f"an account's delegation to 0x{code[3:].hex()} (EIP-7702)"
    for head, tail in _CLONES:
        if code.startswith(head) and code[len(head) + _ADDRESS_BYTES :].startswith(tail):
            target = code[len(head) : len(head) + _ADDRESS_BYTES]
            return f"a clone that has 0x{target.hex()} do all (EIP-1167)"
    return None
