"""retireFor and retireForBatch: the holder's units, for a beneficiary, with exact serials.

given a credit over serials 941,467,007 to 941,467,431 with the holder
  it counts for the beneficiary, not for the holder or the caller
  it is the holder's, or the holder's operator's, to do, and nobody's to stop
  it says what was said of it, and refuses what is too long or reversed
  it fills the credit's serials from the front, with no gap and no overlap
  a batch does what one by one would, or nothing
"""

import random

import pytest
from brownie import reverts

from tests.retirements import retirement_of, retirements_of
from tests.suite import (
    FIRST_SERIAL,
    LAST_SERIAL,
    NOTHING_SAID,
    PROJECT_ID,
    TOKEN_ID,
    UNITS_ISSUED,
    issue,
    reverts_with,
)

ZERO = "0x" + "00" * 20
OTHER_TOKEN_ID = (PROJECT_ID << 128) | (1 << 64) | 10


def retire_for(suite, roles, units, beneficiary=None, details=NOTHING_SAID, **options):
    return suite.CarbonCredits.retireFor(
        TOKEN_ID,
        roles.holder,
        units,
        beneficiary or roles.beneficiary,
        details,
        options.get("certificate", False),
        {"from": options.get("agent", roles.holder)},
    )


def details_with(**changes):
    said = {
        "payer": "0x" + "11" * 20,
        "beneficiaryName": "Wäscherei Öhl",
        "purpose": "laundry",
        "place": "Jena",
        "periodStart": 1_700_000_000,
        "periodEnd": 1_700_000_001,
    }
    return tuple((said | changes).values())


def test_it_counts_for_the_beneficiary(suite, roles):
    credits = suite.CarbonCredits
    credits.setApprovalForAll(roles.marketplace, True, {"from": roles.holder})
    tx = retire_for(suite, roles, 123, agent=roles.marketplace)
    assert credits.retiredFor(roles.beneficiary) == 123
    assert credits.offsetFor(roles.beneficiary) == 123
    assert credits.retiredBalanceOf(roles.beneficiary, TOKEN_ID) == 123
    assert credits.retiredFor(roles.holder) == credits.retiredFor(roles.marketplace) == 0
    assert credits.balanceOf(roles.holder, TOKEN_ID) == UNITS_ISSUED - 123
    assert credits.balanceOf(roles.beneficiary, TOKEN_ID) == 0
    retirement_id = (1 << 192) | (FIRST_SERIAL * 10**8 << 96) | 123
    assert tx.return_value == retirement_id
    assert dict(tx.events["RetirementRecorded"]) == {
        "retirementId": retirement_id,
        "tokenId": TOKEN_ID,
        "beneficiary": roles.beneficiary,
        "holder": roles.holder,
        "agent": roles.marketplace,
        "index": 0,
    }
    assert dict(tx.events["CreditRetired"]) == {
        "account": roles.beneficiary,
        "tokenId": TOKEN_ID,
        "amount": 123,
    }
    assert dict(tx.events["TransferSingle"]) == {
        "operator": roles.marketplace,
        "from": roles.holder,
        "to": ZERO,
        "id": TOKEN_ID,
        "value": 123,
    }
    assert "RetirementDescribed" not in tx.events


@pytest.mark.parametrize("actor", ["outsider", "beneficiary", "administrator", "custodian"])
def test_an_outsider_cannot_retire_what_the_holder_has(suite, roles, actor):
    actor = getattr(roles, actor)
    refusal = reverts_with("ERC1155MissingApprovalForAll", str(actor), str(roles.holder))
    with reverts(refusal):
        retire_for(suite, roles, 1, actor, agent=actor)
    with reverts(refusal):
        suite.CarbonCredits.retireForBatch(
            [TOKEN_ID], roles.holder, [1], actor, NOTHING_SAID, False, {"from": actor}
        )


def test_nobody_can_stop_a_holder_from_retiring(suite, roles):
    """But for a custodian, who can put the credit on hold; see test_suspension.py."""
    suite.CarbonCredits.pauseIssuance({"from": roles.guardian})
    admin = {"from": roles.administrator}
    suite.Authority.setTargetClosed(suite.CarbonCredits, True, admin)
    credits, authority = suite.CarbonCredits, suite.Authority
    selectors = [credits.signatures[name] for name in ("retire", "retireFor", "retireForBatch")]
    authority.setTargetFunctionRole(credits, selectors, authority.ISSUER_ROLE(), admin)
    retire_for(suite, roles, 1)
    credits.retire(TOKEN_ID, roles.holder, 1, {"from": roles.holder})
    credits.retireForBatch(
        [TOKEN_ID], roles.holder, [1], roles.holder, NOTHING_SAID, True, {"from": roles.holder}
    )
    assert credits.stateOf(TOKEN_ID)["retiredUnits"] == 3


@pytest.mark.parametrize("function", ["retire", "retireFor", "retireForBatch"])
def test_nothing_cannot_be_retired(suite, roles, function):
    arguments = {
        "retire": (TOKEN_ID, roles.holder, 0),
        "retireFor": (TOKEN_ID, roles.holder, 0, roles.holder, NOTHING_SAID, False),
        "retireForBatch": ([TOKEN_ID], roles.holder, [0], roles.holder, NOTHING_SAID, False),
    }
    with reverts(reverts_with("NothingToDo")):
        getattr(suite.CarbonCredits, function)(*arguments[function], {"from": roles.holder})


def test_a_beneficiary_is_needed(suite, roles):
    with reverts(reverts_with("BeneficiaryMissing")):
        retire_for(suite, roles, 1, ZERO)
    with reverts(reverts_with("BeneficiaryMissing")):
        suite.CarbonCredits.retireForBatch(
            [TOKEN_ID], roles.holder, [1], ZERO, NOTHING_SAID, False, {"from": roles.holder}
        )


def test_an_unknown_credit_is_refused(suite, roles):
    with reverts(reverts_with("UnknownCredit", TOKEN_ID + 1)):
        suite.CarbonCredits.retireFor(
            TOKEN_ID + 1,
            roles.holder,
            1,
            roles.holder,
            NOTHING_SAID,
            False,
            {"from": roles.holder},
        )


def test_what_was_said_stands_in_the_event(suite, roles):
    said = details_with()
    tx = retire_for(suite, roles, 5, details=said)
    event = tx.events["RetirementDescribed"]
    assert event["retirementId"] == tx.return_value
    assert tuple(event["details"]) == said
    names = [event.name for event in tx.events]
    assert names.index("RetirementDescribed") == names.index("RetirementRecorded") + 1


@pytest.mark.parametrize(
    "changes",
    [
        {"payer": "0x" + "22" * 20},
        {"beneficiaryName": "a"},
        {"purpose": "a"},
        {"place": "a"},
        {"periodStart": 1},
        {"periodEnd": 1},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_each_word_alone_is_said(suite, roles, changes):
    said = details_with(
        **{"payer": ZERO, "beneficiaryName": "", "purpose": "", "place": ""}
        | {"periodStart": 0, "periodEnd": 0}
        | changes
    )
    tx = retire_for(suite, roles, 5, details=said)
    assert tuple(tx.events["RetirementDescribed"]["details"]) == said


@pytest.mark.parametrize(
    ("field", "max_bytes"), [("beneficiaryName", 128), ("purpose", 256), ("place", 128)]
)
def test_a_string_has_a_longest(suite, roles, field, max_bytes):
    longest = "ü" * (max_bytes // 2)
    retire_for(suite, roles, 1, details=details_with(**{field: longest}), certificate=True)
    too_long = details_with(**{field: longest + "u"})
    refusal = reverts_with("TextTooLong", field, max_bytes + 1, max_bytes)
    with reverts(refusal):
        retire_for(suite, roles, 1, details=too_long)
    with reverts(refusal):
        suite.CarbonCredits.retireForBatch(
            [TOKEN_ID], roles.holder, [1], roles.holder, too_long, False, {"from": roles.holder}
        )


def test_a_period_cannot_end_before_it_starts(suite, roles):
    with reverts(reverts_with("PeriodReversed", 11, 10)):
        retire_for(suite, roles, 1, details=details_with(periodStart=11, periodEnd=10))
    for start, end in ((10, 10), (11, 0), (0, 10)):
        retire_for(suite, roles, 1, details=details_with(periodStart=start, periodEnd=end))


def test_whole_tonnes_own_whole_serials(suite, roles):
    first = retire_for(suite, roles, 2 * 10**8).return_value
    second = retire_for(suite, roles, UNITS_ISSUED - 2 * 10**8).return_value
    first, second = (suite.CarbonCredits.serialSpanOf(i) for i in (first, second))
    assert (first["firstSerial"], first["firstOffsetUnits"]) == (FIRST_SERIAL, 0)
    assert (first["lastSerial"], first["lastEndUnits"]) == (FIRST_SERIAL + 1, 10**8)
    assert (second["firstSerial"], second["firstOffsetUnits"]) == (FIRST_SERIAL + 2, 0)
    assert (second["lastSerial"], second["lastEndUnits"]) == (LAST_SERIAL, 10**8)


def test_random_retirements_tile_the_front(suite, roles):
    """Positions in units from the credit's front, as the spans on-chain say them."""
    credits, draw, position = suite.CarbonCredits, random.Random(1155), 0
    for index in range(25):
        units = draw.choice([1, 7, 10**8 - 1, 10**8, draw.randint(1, 5 * 10**8)])
        beneficiary = draw.choice([roles.beneficiary, roles.marketplace, roles.holder])
        tx = retire_for(suite, roles, units, beneficiary)
        retirement = retirement_of(tx)
        span = credits.serialSpanOf(retirement.id)
        start = (span["firstSerial"] - FIRST_SERIAL) * 10**8 + span["firstOffsetUnits"]
        end = (span["lastSerial"] - FIRST_SERIAL) * 10**8 + span["lastEndUnits"]
        assert retirement.index == index
        assert (start, end) == (position, position + units)
        position = end
    state = credits.stateOf(TOKEN_ID)
    assert state["retiredUnits"] == state["passedUnits"] == position
    assert state["retirementCount"] == 25
    assert state["availableUnits"] == UNITS_ISSUED - position
    assert credits.retirableUnits(TOKEN_ID) == UNITS_ISSUED - position
    assert position == sum(
        credits.retiredFor(a) for a in (roles.beneficiary, roles.marketplace, roles.holder)
    )


def test_a_batch_retires_of_each(suite, roles):
    credits, said = suite.CarbonCredits, details_with()
    issue(suite, roles, OTHER_TOKEN_ID & (2**128 - 1))
    tx = credits.retireForBatch(
        [TOKEN_ID, OTHER_TOKEN_ID, TOKEN_ID],
        roles.holder,
        [5, 10**9, 6],
        roles.beneficiary,
        said,
        False,
        {"from": roles.holder},
    )
    retirements = retirements_of(tx)
    front = FIRST_SERIAL * 10**8
    assert [r.id for r in retirements] == list(tx.return_value)
    assert [r.span for r in retirements] == [
        (front, front + 5),
        (10**8, 11 * 10**8),
        (front + 5, front + 11),
    ]
    assert [r.index for r in retirements] == [0, 0, 1]
    described = [event["retirementId"] for event in tx.events["RetirementDescribed"]]
    assert described == [r.id for r in retirements]
    assert credits.retiredFor(roles.beneficiary) == 10**9 + 11
    assert credits.getMetadata(OTHER_TOKEN_ID)["isRetired"] is True


def test_a_batch_is_done_whole_or_not_at_all(suite, roles):
    credits = suite.CarbonCredits
    refusal = reverts_with(
        "ERC1155InsufficientBalance", str(roles.holder), UNITS_ISSUED - 5, UNITS_ISSUED, TOKEN_ID
    )
    with reverts(refusal):
        credits.retireForBatch(
            [TOKEN_ID, TOKEN_ID],
            roles.holder,
            [5, UNITS_ISSUED],
            roles.holder,
            NOTHING_SAID,
            True,
            {"from": roles.holder},
        )
    assert credits.stateOf(TOKEN_ID)["retirementCount"] == 0


@pytest.mark.parametrize(("token_ids", "units"), [([TOKEN_ID], []), ([], [1])])
def test_the_arrays_of_a_batch_are_of_one_length(suite, roles, token_ids, units):
    with reverts(reverts_with("LengthsDiffer", len(token_ids), len(units))):
        suite.CarbonCredits.retireForBatch(
            token_ids,
            roles.holder,
            units,
            roles.holder,
            NOTHING_SAID,
            False,
            {"from": roles.holder},
        )
