"""Retirements as the contract writes them down: their hashes, their pages, and the proof of one.

Written from the documentation of `ICarbonCredits`, by other means than the contract's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from eth_abi.abi import encode
from eth_hash.auto import keccak

RETIREMENTS_PER_PAGE = 32
NO_HASH = bytes(32)

DETAILS_TYPE = "(address,string,string,string,uint40,uint40)"
RETIREMENT_TYPE = "(uint256,uint256,address,address,address,uint40,bytes32)"

Retirement = tuple[int, int, str, str, str, int, bytes]
"""Of `ICarbonCredits.Retirement`: id, credit, beneficiary, holder, agent, time, details' hash."""


def details_hash(details: Sequence[Any]) -> bytes:
    """What a retirement keeps of its details; zero where they are empty."""
    if not any(int(value, 16) if str(value).startswith("0x") else value for value in details):
        return NO_HASH
    return keccak(encode([DETAILS_TYPE], [tuple(details)]))


def retirement_hash(retirement: Retirement) -> bytes:
    """What a page keeps of a retirement."""
    return keccak(encode([RETIREMENT_TYPE], [retirement]))


def retirements_of(tx: Any) -> list[tuple[Retirement, int]]:
    """The retirements that a transaction recorded, each with its index in its credit."""
    described: dict[int, bytes] = {}
    recorded = []
    for event in tx.events:
        if event.name == "RetirementDescribed":
            described[event["retirementId"]] = details_hash(event["details"])
        elif event.name == "RetirementRecorded":
            recorded.append(event)
    return [
        (
            (
                int(event["retirementId"]),
                int(event["tokenId"]),
                str(event["beneficiary"]),
                str(event["holder"]),
                str(event["agent"]),
                tx.timestamp,
                described.get(event["retirementId"], NO_HASH),
            ),
            int(event["index"]),
        )
        for event in recorded
    ]


def retirement_of(tx: Any) -> tuple[Retirement, int]:
    """The one retirement that a transaction recorded, with its index in its credit."""
    [retirement] = retirements_of(tx)
    return retirement


def page_chain(retirements: Sequence[Retirement]) -> bytes:
    """The hash chain over the retirements of one page."""
    chain = NO_HASH
    for retirement in retirements:
        chain = keccak(chain + retirement_hash(retirement))
    return chain


def proof(index: int, retirements: Sequence[Retirement]) -> tuple[int, bytes, list[bytes]]:
    """Of `ICarbonCredits.RetirementProof`: shows that a retirement was recorded.

    Args:
        index: how many retirements of the credit came before.
        retirements: all those of the credit so far, in order.
    """
    page_start = index - index % RETIREMENTS_PER_PAGE
    later = retirements[index + 1 : page_start + RETIREMENTS_PER_PAGE]
    return (
        index,
        page_chain(retirements[page_start:index]),
        [retirement_hash(retirement) for retirement in later],
    )


def span_units(retirement_id: int) -> tuple[int, int, int]:
    """What a retirement id says: registry, first unit, and units."""
    return retirement_id >> 192, (retirement_id >> 96) & (2**96 - 1), retirement_id & (2**96 - 1)


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
