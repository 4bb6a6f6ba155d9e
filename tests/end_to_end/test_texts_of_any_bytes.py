"""Texts on the chain that are no UTF-8, which anyone with one unit can leave there for ever.

given one in every event that has a text
    it  audits the ledger as if it were not there
    it  tells the text without loss
given retirements that say such a thing, and others on their page
    it  proves each of them, to count what was cancelled and to claim a certificate
"""

from dataclasses import astuple

import pytest

from gasprint.retirements import proof_of, rebuild
from tests.suite import (
    FACTOR,
    FIRST_SERIAL,
    NO_UTF8,
    NOTHING_SAID,
    NOTICE_SECONDS,
    STANDS_FOR_BYTES,
    TOKEN_ID,
    call_with_bytes,
    now,
    retire_for,
)

SAID = (NOTHING_SAID[0], STANDS_FOR_BYTES, "plain", STANDS_FOR_BYTES, 0, 0)


def original(text):
    return text.encode("utf-8", "surrogateescape")


@pytest.fixture
def retired(suite, roles):
    """Between two plain retirements, one that says what is no UTF-8."""
    retire_for(suite, roles, 10**8, details=(NOTHING_SAID[0], "Öko", "", "", 0, 0))
    arguments = (TOKEN_ID, roles.holder, 1, roles.beneficiary, SAID, True)
    call_with_bytes(suite.CarbonCredits, "retireFor", *arguments, sender=roles.holder)
    retire_for(suite, roles, 7)


@pytest.fixture
def everywhere(suite, roles, retired):
    """Wherever else an event has a text, too."""
    credits, records, registry = suite.CarbonCredits, suite.CreditRecords, suite.EmissionsRegistry
    text, serials = STANDS_FOR_BYTES, (FIRST_SERIAL, FIRST_SERIAL + 1)
    announced = (*FACTOR[:2], now() + 2 * NOTICE_SECONDS, *FACTOR[3:])
    for contract, function, sender, *arguments in (
        (credits, "redeem", roles.holder, TOKEN_ID, roles.holder, 1, text),
        (records, "settleSerials", roles.custodian, TOKEN_ID, FIRST_SERIAL, text),
        (records, "addLabel", roles.custodian, TOKEN_ID, text, 1),
        (credits, "invalidate", roles.custodian, TOKEN_ID, *serials, text),
        (credits, "suspend", roles.custodian, [TOKEN_ID], text),
        (registry, "publishFactor", roles.factor_publisher, announced, text, text),
    ):
        call_with_bytes(contract, function, *arguments, sender=sender)


def test_the_audit_of_accounts_beside_them(audit, roles, everywhere, collection):
    collection.mint(1, b"", {"from": roles.collector})

    result = audit()

    assert result.ok
    beneficiary, other = roles.beneficiary.address, collection.address
    assert {line.account for line in result.accounts} == {beneficiary, other}
    assert [line.units for line in result.retirements] == [10**8, 1, 7]
    assert {each.check for each in result.findings} == {"cancelled", "certificates"}
    assert audit([other]).findings == ()


def test_they_are_told_without_loss(reader, everywhere):
    _, described = reader.retirements_described()
    assert original(described.details.beneficiary_name) == NO_UTF8
    assert original(described.details.place) == NO_UTF8
    assert described.details.purpose == "plain"
    (cancelled,) = reader.serials_invalidated()
    assert original(cancelled.reason) == NO_UTF8
    assert [original(each.source) for each in reader.factors_published()] == [b"test", NO_UTF8]
    assert len(list(reader.serials_redeemed())) == 1


def test_each_retirement_proves_itself(audit, reader, suite, roles, everywhere):
    described = {each.retirement_id: each.details for each in reader.retirements_described()}
    rebuilt = rebuild(
        reader.retirements(), reader.retirements_described(), reader.block_time_unix_seconds
    )
    for index, retirement in rebuilt[TOKEN_ID].items():
        proof = proof_of(rebuilt[TOKEN_ID], index)
        assert reader.is_recorded(retirement, proof)
        suite.CarbonCredits.invalidateRetirement(
            astuple(retirement), astuple(proof), {"from": roles.outsider}
        )
    assert len(rebuilt[TOKEN_ID]) == 3
    assert len(described) == 2
    assert reader.invalidated_for(roles.beneficiary.address) == 10**8 + 8
    (finding,) = audit().findings
    assert (finding.check, finding.kind) == ("certificates", "invalid")
