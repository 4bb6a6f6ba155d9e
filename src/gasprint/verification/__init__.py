"""The deployed bytecode against the sources, recompiled: `gasprint verify`.

verifying    all contracts of a deployment
sources      the sources as the compiler takes them, from a clone or a file
compiler     the compiler, and what it makes of them
bytecode     what stands at an address, beside what should
immutables   what the constructor wrote into the code
creation     the transaction that created a contract
source_map   which line a byte of code was made from
"""

from __future__ import annotations

from gasprint.verification.bytecode import Match
from gasprint.verification.verifying import (
    ImmutableValue,
    Verification,
    VerifiedContract,
    hold_against,
    recompile,
    verify,
)

__all__ = [
    "ImmutableValue",
    "Match",
    "Verification",
    "VerifiedContract",
    "hold_against",
    "recompile",
    "verify",
]
