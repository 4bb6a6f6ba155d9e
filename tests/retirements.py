"""Retirements as the contract hashes them, and the proofs that one was recorded; by hand."""

from dataclasses import dataclass
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


def retirements_of(tx: Any, details: tuple[Any, ...] = NOTHING_SAID) -> list[Retirement]:
    """The retirements of a transaction, all of which say the same `details`."""
    return [
        Retirement(
            (
                int(event["retirementId"]),
                int(event["tokenId"]),
                str(event["beneficiary"]),
                str(event["holder"]),
                str(event["agent"]),
                tx.timestamp,
                hash_of(details),
            ),
            int(event["index"]),
        )
        for event in tx.events["RetirementRecorded"]
    ]


def retirement_of(tx: Any, details: tuple[Any, ...] = NOTHING_SAID) -> Retirement:
    """The one retirement of a transaction."""
    (retirement,) = retirements_of(tx, details)
    return retirement


def hash_of(details: tuple[Any, ...]) -> bytes:
    """What a retirement keeps of its details."""
    if details == NOTHING_SAID:
        return bytes(32)
    return keccak(encode([DETAILS_TYPE], [details]))


def proof_of(retirement: Retirement, all_of_credit: list[Retirement]) -> tuple[Any, ...]:
    """`ICarbonCredits.RetirementProof`, from all retirements of the credit in their order."""
    page = retirement.index // RETIREMENTS_PER_PAGE * RETIREMENTS_PER_PAGE
    on_page = all_of_credit[page : page + RETIREMENTS_PER_PAGE]
    place = retirement.index - page
    chain = bytes(32)
    for earlier in on_page[:place]:
        chain = keccak(chain + earlier.hash)
    return retirement.index, chain, [later.hash for later in on_page[place + 1 :]]


def chain_of(page: list[Retirement]) -> bytes:
    """The hash chain over the retirements of a page."""
    chain = bytes(32)
    for retirement in page:
        chain = keccak(chain + retirement.hash)
    return chain
