"""Certificates: one for each retirement at most, with its beneficiary, for ever.

given retirements with and without a certificate
  it is issued with the retirement, or claimed later by anyone, and once
  a claim shows the retirement and what was said of it, or is refused
  it stays with its beneficiary, and says so by ERC-5192
  it tells by ERC-4906 that the registry cancelled, or somebody made good
"""

import pytest
from brownie import reverts

from tests.retirements import proof_of, retirement_of
from tests.suite import (
    FIRST_SERIAL,
    LAST_SERIAL,
    NOTHING_SAID,
    TOKEN_ID,
    reverts_with,
)

ZERO = "0x" + "00" * 20
SAID = ("0x" + "11" * 20, "Wäscherei Öhl", "laundry", "Jena", 1, 2)


@pytest.fixture
def certificates(suite):
    return suite.RetirementCertificates


@pytest.fixture
def retire(suite, roles):
    def retire(details=NOTHING_SAID, certificate=False, units=10**8, beneficiary=None):
        tx = suite.CarbonCredits.retireFor(
            TOKEN_ID,
            roles.holder,
            units,
            beneficiary or roles.beneficiary,
            details,
            certificate,
            {"from": roles.holder},
        )
        return tx, retirement_of(tx)

    return retire


@pytest.fixture
def claim(certificates, roles):
    def claim(retirement, details=NOTHING_SAID, proof=None, fields=None):
        return certificates.claim(
            fields or retirement.fields,
            proof or proof_of(retirement, [retirement]),
            details,
            {"from": roles.outsider},
        )

    return claim


@pytest.fixture
def certified(retire):
    return retire(SAID, certificate=True)[1]


@pytest.mark.parametrize("details", [NOTHING_SAID, SAID], ids=["nothing said", "said"])
def test_it_comes_with_the_retirement(roles, certificates, retire, details):
    tx, retirement = retire(details, certificate=True)
    assert certificates.ownerOf(retirement.id) == roles.beneficiary
    assert certificates.balanceOf(roles.beneficiary) == 1
    assert certificates.balanceOf(roles.holder) == 0
    assert dict(tx.events["Locked"]) == {"tokenId": retirement.id}
    issued = [event for event in tx.events["Transfer"] if event.address == certificates]
    assert [(e["from"], e["to"], e["id"]) for e in issued] == [
        (ZERO, roles.beneficiary, retirement.id)
    ]


def test_a_batch_brings_one_each(suite, roles, certificates):
    tx = suite.CarbonCredits.retireForBatch(
        [TOKEN_ID] * 3,
        roles.holder,
        [1, 2, 3],
        roles.beneficiary,
        SAID,
        True,
        {"from": roles.holder},
    )
    assert certificates.balanceOf(roles.beneficiary) == 3
    for retirement_id in tx.return_value:
        assert certificates.ownerOf(retirement_id) == roles.beneficiary


@pytest.mark.parametrize("details", [NOTHING_SAID, SAID], ids=["nothing said", "said"])
def test_anyone_claims_it_later(roles, certificates, retire, claim, details):
    tx, retirement = retire(details)
    assert "Locked" not in tx.events
    assert certificates.balanceOf(roles.beneficiary) == 0
    tx = claim(retirement, details)
    assert certificates.ownerOf(retirement.id) == roles.beneficiary
    assert dict(tx.events["Locked"]) == {"tokenId": retirement.id}


def test_a_plain_retirement_is_claimed_with_nothing_said(suite, roles, certificates, claim):
    tx = suite.CarbonCredits.retire(TOKEN_ID, roles.holder, 5, {"from": roles.holder})
    retirement = retirement_of(tx)
    claim(retirement)
    assert certificates.ownerOf(retirement.id) == roles.holder


def test_it_is_issued_once(retire, claim):
    _, with_it = retire(SAID, certificate=True)
    with reverts(reverts_with("CertificateAlreadyIssued", with_it.id)):
        claim(with_it, SAID)
    _, without = retire()
    proof = proof_of(without, [with_it, without])
    claim(without, proof=proof)
    with reverts(reverts_with("CertificateAlreadyIssued", without.id)):
        claim(without, proof=proof)


@pytest.mark.parametrize("place", range(6))
def test_other_details_are_refused(retire, claim, place):
    _, retirement = retire(SAID)
    value = ("0x" + "22" * 20, "Other", "other", "Weimar", 3, 4)[place]
    with reverts(reverts_with("DetailsDiffer", retirement.id)):
        claim(retirement, (*SAID[:place], value, *SAID[place + 1 :]))


def test_the_name_is_not_left_off(retire, claim):
    _, retirement = retire(SAID)
    with reverts(reverts_with("DetailsDiffer", retirement.id)):
        claim(retirement, NOTHING_SAID)
    with reverts(reverts_with("DetailsDiffer", retirement.id)):
        claim(retirement, (SAID[0], "", *SAID[2:]))


def test_a_name_is_not_made_up(retire, claim):
    _, retirement = retire()
    with reverts(reverts_with("DetailsDiffer", retirement.id)):
        claim(retirement, SAID)
    with reverts(reverts_with("DetailsDiffer", retirement.id)):
        claim(retirement, (ZERO, "A", "", "", 0, 0))


def test_what_was_not_recorded_is_not_certified(roles, retire, claim):
    _, retirement = retire()
    refusal = reverts_with("RetirementNotRecorded", retirement.id)
    for proof in ((32, bytes(32), []), (0, b"\x01" * 32, []), (0, bytes(32), [bytes(32)])):
        with reverts(refusal):
            claim(retirement, proof=proof)
    outsider = str(roles.outsider)
    for place, value in (
        (1, 5),
        (2, outsider),
        (3, outsider),
        (4, outsider),
        (5, 1),
        (6, b"1" * 32),
    ):
        fields = (*retirement.fields[:place], value, *retirement.fields[place + 1 :])
        with reverts(refusal):
            claim(retirement, fields=fields)
    fields = (retirement.id + 1, *retirement.fields[1:])
    with reverts(reverts_with("RetirementNotRecorded", retirement.id + 1)):
        claim(retirement, fields=fields)


def test_it_stays_with_its_beneficiary(roles, certificates, certified):
    owner = {"from": roles.beneficiary}
    for sender in (owner, {"from": roles.outsider}, {"from": roles.administrator}):
        with reverts(reverts_with("CertificateIsLocked")):
            certificates.transferFrom(roles.beneficiary, roles.outsider, certified.id, sender)
        with reverts(reverts_with("CertificateIsLocked")):
            certificates.safeTransferFrom(roles.beneficiary, roles.outsider, certified.id, sender)
        with reverts(reverts_with("CertificateIsLocked")):
            certificates.safeTransferFrom(
                roles.beneficiary, roles.outsider, certified.id, b"", sender
            )
        with reverts(reverts_with("CertificateIsLocked")):
            certificates.approve(roles.outsider, certified.id, sender)
        with reverts(reverts_with("CertificateIsLocked")):
            certificates.setApprovalForAll(roles.outsider, True, sender)
    assert certificates.ownerOf(certified.id) == roles.beneficiary
    assert certificates.getApproved(certified.id) == ZERO
    assert certificates.isApprovedForAll(roles.beneficiary, roles.outsider) is False


def test_it_says_that_it_is_locked(certificates, certified):
    assert certificates.locked(certified.id) is True
    for call in (
        certificates.locked,
        certificates.ownerOf,
        certificates.tokenURI,
        certificates.svgOf,
    ):
        with reverts(reverts_with("TokenDoesNotExist")):
            call(certified.id + 1)


@pytest.mark.parametrize(
    ("interface_id", "supported"),
    [
        ("0x01ffc9a7", True),  # ERC-165
        ("0x80ac58cd", True),  # ERC-721
        ("0x5b5e139f", True),  # its metadata
        ("0xb45a3c0e", True),  # ERC-5192
        ("0x49064906", True),  # ERC-4906
        ("0x780e9d63", False),  # enumerable
        ("0xd9b67a26", False),  # ERC-1155
        ("0xffffffff", False),
    ],
)
def test_it_says_what_it_is(certificates, interface_id, supported):
    assert certificates.supportsInterface(interface_id) is supported


def test_it_tells_of_a_change(suite, roles, certificates, certified):
    credits = suite.CarbonCredits
    tx = credits.invalidate(TOKEN_ID, FIRST_SERIAL, FIRST_SERIAL, "", {"from": roles.custodian})
    assert_all_of_the_credit_may_have_changed(tx)
    tx = credits.invalidateRetirement(
        certified.fields, proof_of(certified, [certified]), {"from": roles.outsider}
    )
    assert dict(tx.events["MetadataUpdate"]) == {"_tokenId": certified.id}
    tx = credits.replace(
        certified.id, TOKEN_ID, roles.holder, 5, NOTHING_SAID, {"from": roles.holder}
    )
    assert dict(tx.events["MetadataUpdate"]) == {"_tokenId": certified.id}


def test_it_tells_of_a_settlement(suite, roles, retire):
    retire(units=10**8)
    tx = suite.CreditRecords.settleSerials(TOKEN_ID, FIRST_SERIAL, "", {"from": roles.custodian})
    assert_all_of_the_credit_may_have_changed(tx)


def assert_all_of_the_credit_may_have_changed(tx):
    """From the id of the credit's first unit to the last that one of its units can begin."""
    registry, first_unit = TOKEN_ID >> 192, FIRST_SERIAL * 10**8
    end_unit = (LAST_SERIAL + 1) * 10**8
    assert dict(tx.events["BatchMetadataUpdate"]) == {
        "_fromTokenId": registry << 192 | first_unit << 96,
        "_toTokenId": (registry << 192 | end_unit << 96) - 1,
    }


def test_without_a_certificate_there_is_nothing_to_tell(suite, roles, retire, claim, certificates):
    credits, (_, retirement) = suite.CarbonCredits, retire()
    credits.invalidate(TOKEN_ID, FIRST_SERIAL, FIRST_SERIAL, "", {"from": roles.custodian})
    proof = proof_of(retirement, [retirement])
    tx = credits.invalidateRetirement(retirement.fields, proof, {"from": roles.outsider})
    assert "MetadataUpdate" not in tx.events
    # What is cancelled can be certified all the same: the certificate shows it.
    claim(retirement)
    assert certificates.ownerOf(retirement.id) == roles.beneficiary


def test_a_contract_that_takes_no_certificates_gets_one(certificates, retire, collection):
    """Nobody can keep his own certificate, or a batch with it, from being issued."""
    _, retirement = retire(certificate=True, beneficiary=collection)
    assert certificates.ownerOf(retirement.id) == collection


def test_a_beneficiary_is_not_called(roles, certificates, retire, claim, project_contracts):
    receiver = project_contracts.ReenteringReceiver.deploy({"from": roles.outsider})
    receiver.arm(certificates, certificates.locked.encode_input(0), {"from": roles.outsider})
    _, first = retire(certificate=True, beneficiary=receiver)
    _, second = retire(beneficiary=receiver)
    claim(second, proof=proof_of(second, [first, second]))
    assert certificates.balanceOf(receiver) == 2
    assert receiver.calls() == 0
