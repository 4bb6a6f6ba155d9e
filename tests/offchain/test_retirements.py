"""Retirement ids, page hashes and proofs without a chain.

given an id
    it  reads back as registry, first unit and units; one of no units is refused
given retirements of one credit
    it  chains them by pages of 32, and a proof leads to the page's hash from any of them
    it  proves none that is not there
given what was said
    it  has a hash of its own, and none where nothing was said
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_utils.crypto import keccak

from gasprint.errors import TokenIdError
from gasprint.ledger import RetirementDetails
from gasprint.retirements import (
    EMPTY_HASH,
    Retirement,
    details_hash,
    first_unit_of,
    page_chains,
    proof_of,
    registry_of,
    retirement_id,
    span_of,
    units_of,
)
from gasprint.token_ids import SerialSpan, TokenId

TOKEN_ID = int(TokenId(1, 1340, 100, 200))
ACCOUNT = "0x" + "11" * 20


def retirements_of(count: int) -> dict[int, Retirement]:
    return {
        index: Retirement(
            retirement_id(TOKEN_ID, index * 7, 7), TOKEN_ID, *(ACCOUNT,) * 3, index, EMPTY_HASH
        )
        for index in range(count)
    }


def test_an_id_reads_back() -> None:
    found = retirement_id(TOKEN_ID, 10**8 + 5, 10**8)
    assert (registry_of(found), first_unit_of(found), units_of(found)) == (
        *(1, 101 * 10**8 + 5),
        10**8,
    )
    assert span_of(found) == SerialSpan(101, 5, 102, 5)


@pytest.mark.parametrize("number", [0, 1 << 192, 5 << 96, -1, 1 << 256 | 1])
def test_no_id(number: int) -> None:
    with pytest.raises(TokenIdError, match="is none; check the digits"):
        span_of(number)


def test_pages_begin_anew_after_32() -> None:
    retirements = retirements_of(33)
    chains = page_chains(retirements)
    assert list(chains) == [0, 1]
    assert chains[1] == keccak(EMPTY_HASH + retirements[32].hash)
    assert chains[0] == page_chains(retirements_of(32))[0]
    assert page_chains({}) == {}


@pytest.mark.parametrize("index", [0, 1, 30, 31, 32, 39])
def test_a_proof_leads_to_the_pages_hash(index: int) -> None:
    retirements = retirements_of(40)
    proof = proof_of(retirements, index)
    chain = keccak(proof.chain_before + retirements[index].hash)
    for later in proof.later_hashes:
        chain = keccak(chain + later)
    assert proof.index == index
    assert chain == page_chains(retirements)[index // 32]


def test_what_is_not_there_has_no_proof() -> None:
    with pytest.raises(KeyError):
        proof_of(retirements_of(3), 3)


def test_what_was_said_has_a_hash() -> None:
    nothing = RetirementDetails()
    assert details_hash(nothing) == EMPTY_HASH
    said = [
        replace(nothing, **{field: value})  # type: ignore[arg-type]
        for field, value in (
            ("payer", ACCOUNT),
            ("beneficiary_name", "x"),
            ("purpose", "x"),
            ("place", "x"),
            ("period_start_seconds", 1),
            ("period_end_seconds", 1),
        )
    ]
    assert len({details_hash(each) for each in [nothing, *said]}) == 7
