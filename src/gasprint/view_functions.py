"""Functions of contracts that only tell something, by their declaration in Solidity's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eth_abi.exceptions import DecodingError
from eth_utils.crypto import keccak

from gasprint._abi import CODEC
from gasprint.errors import InputError


@dataclass(frozen=True)
class ViewFunction:
    """One function.

    Attributes:
        name: of the function.
        takes: the types of its arguments.
        gives: the types of its results.
    """

    name: str
    takes: tuple[str, ...]
    gives: tuple[str, ...]

    @classmethod
    def of(cls, declaration: str) -> ViewFunction:
        """Read a declaration, such as `function balanceOf(address, uint256) returns (uint256)`."""
        match = re.fullmatch(r"function (\w+)\((.*)\) returns \((.*)\)", declaration)
        assert match is not None, declaration
        return cls(match[1], _types(match[2]), _types(match[3]))

    def data(self, arguments: Sequence[Any]) -> str:
        """What a call sends."""
        selector = keccak(text=f"{self.name}({','.join(self.takes)})")[:4]
        return f"0x{(selector + CODEC.encode(self.takes, arguments)).hex()}"

    def results(self, answer: Any) -> Sequence[Any] | None:
        """What an answer tells, a struct by its fields; None where it is a refusal, or nonsense."""
        if isinstance(answer, InputError):
            return None
        try:
            values: Sequence[Any] = CODEC.decode(self.gives, bytes.fromhex(answer[2:]))
        except (DecodingError, TypeError, ValueError):
            return None
        return values[0] if isinstance(values[0], tuple) else values


def _types(text: str) -> tuple[str, ...]:
    """Types by the commas between them, but for those inside of a struct."""
    return tuple(re.findall(r"(?:\([^()]*\)|\w+)(?:\[\d*\])*", text.replace(" ", "")))
