"""Which line of the sources a byte of code was made from."""

from __future__ import annotations

from gasprint.verification.compiler import Build, Compiled
from gasprint.verification.sources import Sources

_PUSH1, _PUSH32 = 0x60, 0x7F


def line_of(offset: int, compiled: Compiled, build: Build, sources: Sources) -> str | None:
    """Such as `contracts/CarbonCredits.sol, line 120`; None where no line stands for it."""
    entries = compiled.source_map.split(";")
    at, number = 0, -1
    while at <= offset and number + 1 < len(entries):
        opcode = compiled.runtime[at] if at < len(compiled.runtime) else 0
        at += 1 + (opcode - _PUSH1 + 1 if _PUSH1 <= opcode <= _PUSH32 else 0)
        number += 1
    if at <= offset:
        return None
    # An entry leaves out what is the same as in the one before.
    start = file = -1
    for entry in entries[: number + 1]:
        fields = entry.split(":")
        start = int(fields[0]) if fields[0] else start
        file = int(fields[2]) if len(fields) > 2 and fields[2] else file
    path = build.files.get(file)
    if path is None or start < 0:
        return None
    text = sources.standard_input["sources"][path]["content"].encode()
    return f"{path}, line {text[:start].count(10) + 1}"
