"""Retirements as the contract hashed them, rebuilt from its events.

    retirementId = registry (64 bits) | first unit (96) | units (96)

A registry's units are counted through its serials: serial `s` begins at unit `s * 10^8`. The
contract keeps one hash for each page of 32 retirements of a credit, chained in their order, and
believes a retirement that is shown to it with the rest of its page: `proof_of` makes that proof.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import astuple, dataclass

from eth_utils.crypto import keccak

from gasprint._abi import CODEC
from gasprint.errors import TokenIdError
from gasprint.ledger import RetirementDescribed, RetirementDetails, RetirementRecorded
from gasprint.token_ids import SerialSpan, describe_token_id, serial_span, span_of_units
from gasprint.units import UNITS_PER_TONNE

RETIREMENTS_PER_PAGE = 32

EMPTY_HASH = bytes(32)
"""Of details where nothing is said, and of a page on which no retirement stands yet."""

_PART_BITS = 96
_PART_MASK = (1 << _PART_BITS) - 1
_REGISTRY_BIT = 192


@dataclass(frozen=True)
class Retirement:
    """One act of retirement: ICarbonCredits.Retirement, field for field.

    Attributes:
        retirement_id: its id, which tells its serials.
        token_id: the credit it drew on.
        beneficiary: for whom, a checksummed address.
        holder: whose units they were.
        agent: who called.
        retired_at_seconds: Unix seconds of its block.
        details_hash: of what was said of it; 32 zero bytes where nothing was.
    """

    retirement_id: int
    token_id: int
    beneficiary: str
    holder: str
    agent: str
    retired_at_seconds: int
    details_hash: bytes

    @property
    def hash(self) -> bytes:
        """The hash that the contract chained: keccak256 of the ABI-encoded fields."""
        types = ["uint256", "uint256", "address", "address", "address", "uint40", "bytes32"]
        return keccak(CODEC.encode(types, astuple(self)))


@dataclass(frozen=True)
class RetirementProof:
    """Shows that a retirement was recorded: ICarbonCredits.RetirementProof, field for field.

    Attributes:
        index: how many retirements of the credit came before.
        chain_before: the page's chain before it.
        later_hashes: the hashes of the retirements after it on its page, in order.
    """

    index: int
    chain_before: bytes
    later_hashes: tuple[bytes, ...]


def retirement_id(token_id: int, start_units: int, units: int) -> int:
    """The id of a retirement of `units` that starts `start_units` into the credit.

    Raises:
        TokenIdError: if no credit can have this id, or the span is empty or leaves the credit.
    """
    serial_span(token_id, start_units, units)  # refuses what cannot be
    credit = describe_token_id(token_id)
    first_unit = credit.first_serial * UNITS_PER_TONNE + start_units
    return credit.registry << _REGISTRY_BIT | first_unit << _PART_BITS | units


def registry_of(retirement_id: int) -> int:
    """The registry's number, as in a token id."""
    return retirement_id >> _REGISTRY_BIT


def first_unit_of(retirement_id: int) -> int:
    """The first unit that a retirement owns, counted through all serials of its registry."""
    return retirement_id >> _PART_BITS & _PART_MASK


def units_of(retirement_id: int) -> int:
    """How many units a retirement took."""
    return retirement_id & _PART_MASK


def span_of(retirement_id: int) -> SerialSpan:
    """The serials that a retirement owns.

    Raises:
        TokenIdError: if no retirement can have this id.
    """
    if not 0 <= retirement_id < 2**256 or units_of(retirement_id) == 0:
        raise TokenIdError(f"retirement id {retirement_id} is none; check the digits")
    return span_of_units(first_unit_of(retirement_id), units_of(retirement_id))


def details_hash(details: RetirementDetails) -> bytes:
    """The hash of what was said of a retirement, as the contract makes it, of its very bytes."""
    fields = astuple(details)
    if fields == astuple(RetirementDetails()):
        return EMPTY_HASH
    return keccak(CODEC.encode(["(address,string,string,string,uint40,uint40)"], [fields]))


def rebuild(
    recorded: Iterable[RetirementRecorded],
    described: Iterable[RetirementDescribed],
    block_time: Callable[[int], int],
) -> dict[int, dict[int, Retirement]]:
    """All retirements, from the contract's events.

    Args:
        recorded: the events `RetirementRecorded`.
        described: the events `RetirementDescribed`.
        block_time: Unix seconds of the block of a number; asked once for each block.

    Returns:
        By token id, the retirements by their index, from the first on.
    """
    hashes = {each.retirement_id: details_hash(each.details) for each in described}
    times_seconds: dict[int, int] = {}
    credits: dict[int, dict[int, Retirement]] = {}
    for each in sorted(recorded, key=lambda event: event.index):
        if each.block_number not in times_seconds:
            times_seconds[each.block_number] = block_time(each.block_number)
        credits.setdefault(each.token_id, {})[each.index] = Retirement(
            retirement_id=each.retirement_id,
            token_id=each.token_id,
            beneficiary=each.beneficiary,
            holder=each.holder,
            agent=each.agent,
            retired_at_seconds=times_seconds[each.block_number],
            details_hash=hashes.get(each.retirement_id, EMPTY_HASH),
        )
    return credits


def page_chains(retirements: Mapping[int, Retirement]) -> dict[int, bytes]:
    """The hash chain of each page, from the retirements of one credit by their index, in order."""
    chains: dict[int, bytes] = {}
    for index, retirement in retirements.items():
        page = index // RETIREMENTS_PER_PAGE
        chains[page] = _chained(chains.get(page, EMPTY_HASH), retirement)
    return chains


def proof_of(retirements: Mapping[int, Retirement], index: int) -> RetirementProof:
    """Shows that the retirement of `index` was recorded.

    Args:
        retirements: those of one credit, at least all of the page, by their index, in order.
        index: which to prove.

    Raises:
        KeyError: if it is not among them.
    """
    first = index // RETIREMENTS_PER_PAGE * RETIREMENTS_PER_PAGE
    chain = EMPTY_HASH
    for before in range(first, index):
        chain = _chained(chain, retirements[before])
    retirements[index]  # has to be there
    page = range(index + 1, first + RETIREMENTS_PER_PAGE)
    return RetirementProof(
        index, chain, tuple(retirements[later].hash for later in page if later in retirements)
    )


def _chained(chain: bytes, retirement: Retirement) -> bytes:
    return keccak(chain + retirement.hash)
