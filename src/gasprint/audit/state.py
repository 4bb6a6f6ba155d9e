"""What a deployment's contracts tell of themselves, as of the block that its ledger was read to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gasprint._node import Node
from gasprint.audit.findings import differs
from gasprint.audit.result import Finding
from gasprint.deployments import NEEDED
from gasprint.view_functions import ViewFunction

_CALLS_PER_REQUEST = 100
_MOST_UNKNOWN = 1_000
_COMMITTED = "(bytes32, uint48, uint48, uint32, uint48, uint48)"
_METADATA = "(uint256, uint256, string, string, string, string, uint256, uint256, bool)"
_DECLARED = NEEDED | {
    "CarbonCredits": (
        *NEEDED["CarbonCredits"],
        "function evidenceHashOf(uint256) returns (bytes32)",
        f"function getMetadata(uint256) returns ({_METADATA})",
    ),
    "EmissionsRegistry": (
        *NEEDED["EmissionsRegistry"],
        f"function getCommitment(address, uint256) returns ({_COMMITTED})",
    ),
}
_FUNCTIONS = {
    function.name: (contract, function)
    for contract, declared in _DECLARED.items()
    for function in (ViewFunction.of(each) for each in declared if each.startswith("function "))
}


@dataclass(frozen=True)
class Expected:
    """What a function should tell.

    Attributes:
        arguments: of the function.
        figures: what it tells, in its order, and what that should be; shorter where the rest does
            not matter.
        account: whom it is about, if anyone.
        transaction_hash: to look at, if there is one.
    """

    arguments: tuple[Any, ...]
    figures: tuple[tuple[str, object], ...]
    account: str | None = None
    transaction_hash: str | None = None


@dataclass(frozen=True)
class State:
    """The contracts, asked as of one block.

    Attributes:
        node: what is asked.
        addresses: of the contracts, by their names.
        block_number: as of which.
    """

    node: Node
    addresses: Mapping[str, str]
    block_number: int

    def ask(self, name: str, rows: Iterable[Sequence[Any]]) -> list[Sequence[Any] | None]:
        """What a function tells for each row of arguments; None where it refuses.

        Raises:
            InputError: if the node fails.
        """
        contract, function = _FUNCTIONS[name]
        asked = [
            ({"to": self.addresses[contract], "data": function.data(row)}, hex(self.block_number))
            for row in rows
        ]
        answers: list[Any] = []
        for start in range(0, len(asked), _CALLS_PER_REQUEST):
            answers += self.node.batch_each("eth_call", asked[start : start + _CALLS_PER_REQUEST])
        return [function.results(each) for each in answers]

    def number(self, name: str, *arguments: Any) -> int | None:
        """The one number that a function tells; None where it refuses."""
        (told,) = self.ask(name, [arguments])
        return None if told is None else int(told[0])

    def count(self, name: str, known: int) -> int:
        """How many of something a contract has, or far more than are known where it tells more.

        Whoever tells of 2^255 is not to be asked for each.
        """
        return min(self.number(name) or 0, known + _MOST_UNKNOWN)

    def contradictions(
        self, check: str, name: str, expected: Iterable[Expected]
    ) -> Iterator[Finding]:
        """Where a function tells something else than it should."""
        rows = list(expected)
        for each, told in zip(rows, self.ask(name, [e.arguments for e in rows]), strict=True):
            values = [None] * len(each.figures) if told is None else told
            for (what, figure), value in zip(each.figures, values, strict=False):
                yield from differs(check, what, figure, value, each.account, each.transaction_hash)
