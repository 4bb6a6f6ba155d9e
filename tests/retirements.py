"""Retirements as the contract hashes them, and the proofs that one was recorded.

Written from the documentation of `ICarbonCredits`, by other means than the contract's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from tests.suite import NOTHING_SAID

RETIREMENT_TYPE = "(uint256,uint256,address,address,address,uint40,bytes32)"
DETAILS_TYPE = "(address,string,string,string,uint40,uint40)"
RETIREMENTS_PER_PAGE = 32


@dataclass(frozen=True)
class Retirement:
    """One act of retirement.

    Attributes:
        fields: `ICarbonCredits.Retirement`, in its order.
        index: How many retirements of the credit came before.
    """

    fields: tuple[Any, ...]
    index: int

    @property
    def id(self) -> int:
        """Its id."""
        return int(self.fields[0])

    @property
    def token_id(self) -> int:
        """The credit it drew on."""
        return int(self.fields[1])

    @property
    def hash(self) -> bytes:
        """The hash that stands in the page's chain."""
        return keccak(encode([RETIREMENT_TYPE], [self.fields]))

    @property
    def units(self) -> int:
        """How many units, as the id says."""
        return self.id & (2**96 - 1)

    @property
    def span(self) -> tuple[int, int]:
        """Its first unit and the one after its last, counted through the registry's serials."""
        first = self.id >> 96 & (2**96 - 1)
        return first, first + self.units


def retirements_of(tx: Any) -> list[Retirement]:
    """The retirements that a transaction recorded, in order."""
    described = {
        event["retirementId"]: hash_of(tuple(event["details"]))
        for event in tx.events
        if event.name == "RetirementDescribed"
    }
    return [
        Retirement(
            (
                int(event["retirementId"]),
                int(event["tokenId"]),
                str(event["beneficiary"]),
                str(event["holder"]),
                str(event["agent"]),
                tx.timestamp,
                described.get(event["retirementId"], bytes(32)),
            ),
            int(event["index"]),
        )
        for event in tx.events
        if event.name == "RetirementRecorded"
    ]


def retirement_of(tx: Any) -> Retirement:
    """The one retirement of a transaction."""
    (retirement,) = retirements_of(tx)
    return retirement


def hash_of(details: tuple[Any, ...]) -> bytes:
    """What a retirement keeps of its details; zero where nothing was said."""
    if details == NOTHING_SAID:
        return bytes(32)
    return keccak(encode([DETAILS_TYPE], [details]))


def proof_of(
    retirement: Retirement, all_of_credit: list[Retirement]
) -> tuple[int, bytes, tuple[bytes, ...]]:
    """`ICarbonCredits.RetirementProof`, from all retirements of the credit in their order."""
    index = retirement.index
    page = index // RETIREMENTS_PER_PAGE * RETIREMENTS_PER_PAGE
    later = all_of_credit[index + 1 : page + RETIREMENTS_PER_PAGE]
    return index, chain_of(all_of_credit[page:index]), tuple(one.hash for one in later)


def chain_of(page: list[Retirement]) -> bytes:
    """The hash chain over the retirements of a page."""
    chain = bytes(32)
    for retirement in page:
        chain = keccak(chain + retirement.hash)
    return chain


def tiles(spans: Sequence[tuple[int, int]], start: int, holes: Sequence[tuple[int, int]]) -> bool:
    """Whether spans, in their order, fill the units from `start` on, but for holes.

    Args:
        spans: first unit and end (exclusive) of each.
        start: the first unit of all.
        holes: first unit and end (exclusive) of what may be passed over, apart and in order.
    """
    ends = [(start, start), *spans]
    return all(first < end for first, end in spans) and all(
        before <= after
        and sum(max(0, min(end, after) - max(first, before)) for first, end in holes)
        == after - before
        for (_, before), (after, _) in pairwise(ends)
    )
