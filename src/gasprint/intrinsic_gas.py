"""What a transaction's data costs before any code runs, in gas.

Sources: EIP-2028 (a byte of calldata), EIP-3860 (a word of initcode), EIP-7623 (the floor).
"""

from __future__ import annotations

GAS_PER_ZERO_BYTE = 4
GAS_PER_OTHER_BYTE = 16
GAS_PER_INITCODE_WORD = 2
GAS_OF_ANY_TRANSACTION = 21_000
FLOOR_GAS_PER_ZERO_BYTE = 10
FLOOR_GAS_PER_OTHER_BYTE = 40

LARGEST_INITCODE_BYTES = 49_152
"""EIP-3860; no transaction that creates a contract may carry more."""

_WORD_BYTES = 32


def data_gas(data: bytes, *, is_creation: bool) -> int:
    """Gas for `data` itself; of initcode that includes its words."""
    zeros = data.count(0)
    words = -(-len(data) // _WORD_BYTES) if is_creation else 0
    return (
        zeros * GAS_PER_ZERO_BYTE
        + (len(data) - zeros) * GAS_PER_OTHER_BYTE
        + words * GAS_PER_INITCODE_WORD
    )


def floor_gas(data: bytes) -> int:
    """The least that a transaction with `data` pays, and must allow, where EIP-7623 is in force."""
    zeros = data.count(0)
    return (
        GAS_OF_ANY_TRANSACTION
        + zeros * FLOOR_GAS_PER_ZERO_BYTE
        + (len(data) - zeros) * FLOOR_GAS_PER_OTHER_BYTE
    )
