"""retireFor: the holder's units, for a beneficiary, with an exact span of serials.

given a credit over serials 941,467,007 to 941,467,431 with the holder
  it counts for the beneficiary, not for the holder or the caller
  it is the holder's, or the holder's operator's, to do
  it fills the credit's serials from the front, with no gap and no overlap
"""

import random

import pytest
from brownie import reverts

from tests.suite import FIRST_SERIAL, LAST_SERIAL, TOKEN_ID, UNITS_ISSUED, reverts_with

ZERO = "0x" + "00" * 20


def test_it_counts_for_the_beneficiary(suite, roles):
    credits = suite.CarbonCredits
    credits.setApprovalForAll(roles.marketplace, True, {"from": roles.holder})
    tx = credits.retireFor(
        TOKEN_ID, roles.holder, 123, roles.beneficiary, {"from": roles.marketplace}
    )
    assert credits.retiredFor(roles.beneficiary) == 123
    assert credits.retiredBalanceOf(roles.beneficiary, TOKEN_ID) == 123
    assert credits.retiredFor(roles.holder) == credits.retiredFor(roles.marketplace) == 0
    assert credits.balanceOf(roles.holder, TOKEN_ID) == UNITS_ISSUED - 123
    assert dict(tx.events["RetirementRecorded"]) == {
        "retirementId": 1,
        "tokenId": TOKEN_ID,
        "beneficiary": roles.beneficiary,
        "holder": roles.holder,
        "agent": roles.marketplace,
        "startUnits": 0,
        "units": 123,
    }
    assert tx.events["CreditRetired"]["account"] == roles.beneficiary
    retirement = credits.getRetirement(1)
    assert retirement["beneficiary"] == roles.beneficiary
    assert retirement["holder"] == roles.holder
    assert (retirement["startUnits"], retirement["units"]) == (0, 123)


def test_an_outsider_cannot_retire_what_the_holder_has(suite, roles):
    for actor in (roles.outsider, roles.beneficiary, roles.administrator, roles.issuer):
        with reverts(reverts_with("NotOwnerNorApproved")):
            suite.CarbonCredits.retireFor(TOKEN_ID, roles.holder, 1, actor, {"from": actor})


@pytest.mark.parametrize("function", ["retire", "retireFor"])
def test_nothing_cannot_be_retired(suite, roles, function):
    extra = [roles.beneficiary] if function == "retireFor" else []
    with reverts(reverts_with("NothingToRetire")):
        getattr(suite.CarbonCredits, function)(
            TOKEN_ID, roles.holder, 0, *extra, {"from": roles.holder}
        )


def test_a_beneficiary_is_needed(suite, roles):
    with reverts(reverts_with("BeneficiaryMissing")):
        suite.CarbonCredits.retireFor(TOKEN_ID, roles.holder, 1, ZERO, {"from": roles.holder})


def test_an_unknown_retirement_is_refused(suite):
    for retirement_id in (0, 1):
        with reverts(reverts_with("UnknownRetirement", retirement_id)):
            suite.CarbonCredits.getRetirement(retirement_id)
        with reverts(reverts_with("UnknownRetirement", retirement_id)):
            suite.CarbonCredits.serialSpanOf(retirement_id)


def test_whole_tonnes_own_whole_serials(suite, roles):
    credits = suite.CarbonCredits
    credits.retire(TOKEN_ID, roles.holder, 2 * 10**8, {"from": roles.holder})
    credits.retire(TOKEN_ID, roles.holder, UNITS_ISSUED - 2 * 10**8, {"from": roles.holder})
    first, second = credits.serialSpanOf(1), credits.serialSpanOf(2)
    assert (first["firstSerial"], first["firstOffsetUnits"]) == (FIRST_SERIAL, 0)
    assert (first["lastSerial"], first["lastEndUnits"]) == (FIRST_SERIAL + 1, 10**8)
    assert (second["firstSerial"], second["firstOffsetUnits"]) == (FIRST_SERIAL + 2, 0)
    assert (second["lastSerial"], second["lastEndUnits"]) == (LAST_SERIAL, 10**8)


def test_random_retirements_tile_the_front(suite, roles):
    """Positions in units from the credit's front, as the spans on-chain say them."""
    credits, draw, position = suite.CarbonCredits, random.Random(1155), 0
    for retirement_id in range(1, 26):
        units = draw.choice([1, 7, 10**8 - 1, 10**8, draw.randint(1, 5 * 10**8)])
        beneficiary = draw.choice([roles.beneficiary, roles.marketplace, roles.holder])
        credits.retireFor(TOKEN_ID, roles.holder, units, beneficiary, {"from": roles.holder})
        span = credits.serialSpanOf(retirement_id)
        start = (span["firstSerial"] - FIRST_SERIAL) * 10**8 + span["firstOffsetUnits"]
        end = (span["lastSerial"] - FIRST_SERIAL) * 10**8 + span["lastEndUnits"]
        assert (start, end) == (position, position + units)
        position = end
    assert credits.retiredUnits(TOKEN_ID) == position
    assert position == sum(
        credits.retiredFor(a) for a in (roles.beneficiary, roles.marketplace, roles.holder)
    )
