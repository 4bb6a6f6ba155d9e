"""Retirements rebuilt from events, shown to the contract that hashed them.

given more than two pages of retirements, some with details, several in a block
    it  proves the first, the middle and the last of each page, full or not
    it  computes each page's hash as the contract keeps it, and each span as the contract reads it
given a proof of a retirement
    where one field, one hash or the index is changed, the contract refuses it
"""

from dataclasses import astuple, fields, replace

import pytest

from gasprint.ledger import RetirementDetails
from gasprint.retirements import (
    EMPTY_HASH,
    RETIREMENTS_PER_PAGE,
    Retirement,
    details_hash,
    page_chains,
    proof_of,
    rebuild,
    retirement_id,
    span_of,
)
from tests.suite import NOTHING_SAID, TOKEN_ID

COUNT = 2 * RETIREMENTS_PER_PAGE + 6
UNITS = 37_000_001
"""Such that spans begin and end inside of serials."""


@pytest.fixture
def retirements(suite, roles, reader):
    """Retirements by their index, up to ten in a block; every fifth says something."""
    credits = suite.CarbonCredits
    calls = []
    for index in range(COUNT):
        said = (roles.marketplace.address, f"Name {index}", "Why", "", 0, index + 1)
        details = NOTHING_SAID if index % 5 else said
        call = (TOKEN_ID, roles.holder, UNITS, roles.beneficiary, details, False)
        calls.append(credits.retireFor.encode_input(*call))
    for first in range(0, COUNT, 10):
        credits.multicall(calls[first : first + 10], {"from": roles.holder})
    rebuilt = rebuild(
        reader.retirements(), reader.retirements_described(), reader.block_time_unix_seconds
    )
    assert list(rebuilt) == [TOKEN_ID]
    return rebuilt[TOKEN_ID]


def test_each_can_be_proved(reader, retirements):
    assert list(retirements) == list(range(COUNT))
    for index in (0, 1, 15, 30, 31, 32, 33, 62, 63, 64, 67, COUNT - 1):
        proof = proof_of(retirements, index)
        assert reader.is_recorded(retirements[index], proof)
        page_end = min(COUNT, (index // 32 + 1) * 32)
        assert len(proof.later_hashes) == page_end - index - 1
    assert {r.details_hash == EMPTY_HASH for r in retirements.values()} == {True, False}


def test_pages_are_as_the_contract_keeps_them(reader, retirements):
    chains = page_chains(retirements)
    assert list(chains) == [0, 1, 2]
    for page in range(4):
        assert reader.page_chain(TOKEN_ID, page) == chains.get(page, EMPTY_HASH)


def test_spans_are_as_the_contract_reads_them(reader, retirements):
    for index, retirement in retirements.items():
        assert retirement.retirement_id == retirement_id(TOKEN_ID, index * UNITS, UNITS)
        assert span_of(retirement.retirement_id) == reader.serial_span_of(retirement.retirement_id)


@pytest.mark.parametrize("field", [field.name for field in fields(Retirement)])
def test_a_changed_field_is_refused(reader, roles, retirements, field):
    retirement, proof = retirements[40], proof_of(retirements, 40)
    value = getattr(retirement, field)
    changed = {
        int: lambda: value + 1,
        str: lambda: roles.outsider.address,
        bytes: lambda: b"\x01" * 32,
    }[type(value)]()
    assert reader.is_recorded(retirement, proof)
    assert not reader.is_recorded(replace(retirement, **{field: changed}), proof)


@pytest.mark.parametrize(
    "change",
    [
        lambda proof: replace(proof, index=0),
        lambda proof: replace(proof, index=10**9),
        lambda proof: replace(proof, chain_before=EMPTY_HASH),
        lambda proof: replace(proof, later_hashes=proof.later_hashes[1:]),
        lambda proof: replace(proof, later_hashes=proof.later_hashes[:-1]),
        lambda proof: replace(proof, later_hashes=(*proof.later_hashes, EMPTY_HASH)),
        lambda proof: replace(proof, later_hashes=proof.later_hashes[::-1]),
        lambda proof: replace(proof, later_hashes=()),
    ],
)
def test_a_changed_proof_is_refused(reader, retirements, change):
    proof = proof_of(retirements, 40)
    assert reader.is_recorded(retirements[40], proof)
    assert not reader.is_recorded(retirements[40], change(proof))


def test_a_certificate_is_claimed_with_the_details(suite, roles, reader, retirements):
    (described, *_) = (e for e in reader.retirements_described())
    retirement, proof = retirements[0], proof_of(retirements, 0)
    assert described.retirement_id == retirement.retirement_id
    assert details_hash(described.details) == retirement.details_hash
    suite.RetirementCertificates.claim(
        *(astuple(retirement), astuple(proof), astuple(described.details)),
        {"from": roles.outsider},
    )
    certificates = suite.RetirementCertificates
    assert certificates.ownerOf(retirement.retirement_id) == roles.beneficiary


def test_nothing_said_has_no_hash():
    assert details_hash(RetirementDetails()) == EMPTY_HASH
