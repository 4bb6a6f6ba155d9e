"""invalidateRetirement and replace: what was cancelled counts as outstanding until it is made good.

given retirements of a credit of ten serials, 1 to 10, of which the registry cancels some
  exactly the cancelled units are counted, once, and more when more are cancelled
  only what was recorded is counted, by its own proof
  they are made good up to the shortfall, and not beyond
"""

from dataclasses import replace

import pytest
from brownie import reverts

from tests.retirements import proof_of, retirement_of
from tests.suite import NOTHING_SAID, PROJECT_ID, TOKEN_ID, issue, reverts_with

T = 10**8
CREDIT_ID = (1 << 64) | 10
TOKEN = (PROJECT_ID << 128) | CREDIT_ID


@pytest.fixture
def retirements(suite, roles):
    """Units 0 to 1.5 T for the beneficiary, 1.5 T to 4 T for the collector."""
    issue(suite, roles, CREDIT_ID)
    return [
        retirement_of(
            suite.CarbonCredits.retireFor(
                TOKEN, roles.holder, units, whom, NOTHING_SAID, False, {"from": roles.holder}
            )
        )
        for units, whom in ((3 * T // 2, roles.beneficiary), (5 * T // 2, roles.collector))
    ]


@pytest.fixture
def cancel(suite, roles):
    return lambda first, last: suite.CarbonCredits.invalidate(
        TOKEN, first, last, "", {"from": roles.custodian}
    )


@pytest.fixture
def count(suite, roles, retirements):
    """Counts what of a retirement is cancelled; by an outsider."""
    return lambda index: suite.CarbonCredits.invalidateRetirement(
        retirements[index].fields,
        proof_of(retirements[index], retirements),
        {"from": roles.outsider},
    )


@pytest.fixture
def make_good(suite, roles, retirements):
    return lambda index, units, holder=roles.holder, sender=roles.holder: (
        suite.CarbonCredits.replace(
            retirements[index].id, TOKEN_ID, holder, units, NOTHING_SAID, {"from": sender}
        )
    )


def figures(suite, account):
    """Retired, cancelled, made good, and offset."""
    credits = suite.CarbonCredits
    return tuple(
        int(figure(account))
        for figure in (
            credits.retiredFor,
            credits.invalidatedFor,
            credits.replacedFor,
            credits.offsetFor,
        )
    )


def test_exactly_the_cancelled_units_count(suite, roles, retirements, cancel, count):
    cancel(2, 2)
    credits = suite.CarbonCredits
    for index, account in ((0, roles.beneficiary), (1, roles.collector)):
        before = figures(suite, account)
        assert before[1:3] == (0, 0)
        assert credits.invalidUnitsOf(TOKEN, retirements[index].id) == T // 2
        tx = count(index)
        assert tx.return_value == T // 2
        assert dict(tx.events["RetirementInvalidated"]) == {
            "retirementId": retirements[index].id,
            "tokenId": TOKEN,
            "beneficiary": account,
            "units": T // 2,
        }
        assert figures(suite, account) == (before[0], T // 2, 0, before[0] - T // 2)
        assert tuple(credits.invalidityOf(retirements[index].id)) == (T // 2, 0)
        # A retired balance itself never falls.
        assert credits.retiredBalanceOf(account, TOKEN) == before[0]


def test_they_count_once_and_more_when_more_is_cancelled(suite, roles, retirements, cancel, count):
    nothing = reverts_with("NothingInvalid", retirements[1].id)
    with reverts(nothing):
        count(1)
    cancel(4, 9)
    assert count(1).return_value == T
    with reverts(nothing):
        count(1)
    cancel(2, 3)
    assert count(1).return_value == 3 * T // 2
    with reverts(nothing):
        count(1)
    assert figures(suite, roles.collector) == (5 * T // 2, 5 * T // 2, 0, 0)
    assert count(0).return_value == T // 2


def test_serials_beside_it_do_not_count(retirements, cancel, count):
    cancel(3, 10)
    with reverts(reverts_with("NothingInvalid", retirements[0].id)):
        count(0)


def test_only_what_was_recorded_counts(suite, roles, retirements, cancel):
    cancel(1, 10)
    retirement, sender = retirements[0], {"from": roles.outsider}
    proof = proof_of(retirement, retirements)
    changes = [
        (0, retirement.id + 1),
        (1, TOKEN_ID),
        (2, str(roles.outsider)),
        (3, str(roles.outsider)),
        (5, 1),
        (6, b"\x01" * 32),
    ]
    for place, value in changes:
        fields = (*retirement.fields[:place], value, *retirement.fields[place + 1 :])
        retirement_id = fields[0]
        with reverts(reverts_with("RetirementNotRecorded", retirement_id)):
            suite.CarbonCredits.invalidateRetirement(fields, proof, sender)
    for wrong in ((32, *proof[1:]), (0, b"\x01" * 32, proof[2]), (0, proof[1], [])):
        with reverts(reverts_with("RetirementNotRecorded", retirement.id)):
            suite.CarbonCredits.invalidateRetirement(retirement.fields, wrong, sender)


def test_a_retirement_of_another_credit_lends_no_proof(suite, roles, retirements, cancel):
    """The token id stands in the hash, so that a credit with cancelled serials cannot be put in."""
    tx = suite.CarbonCredits.retire(TOKEN_ID, roles.holder, T, {"from": roles.holder})
    retirement = retirement_of(tx)
    cancel(1, 10)
    forged = replace(retirement, fields=(retirement.id, TOKEN, *retirement.fields[2:]))
    with reverts(reverts_with("RetirementNotRecorded", retirement.id)):
        suite.CarbonCredits.invalidateRetirement(
            forged.fields, proof_of(retirement, [retirement]), {"from": roles.outsider}
        )


def test_it_is_made_good_up_to_the_shortfall(suite, roles, retirements, cancel, count, make_good):
    cancel(1, 1)
    count(0)
    tx = make_good(0, T // 4)
    assert dict(tx.events["RetirementReplaced"]) == {
        "retirementId": retirements[0].id,
        "replacedBy": tx.return_value,
        "beneficiary": roles.beneficiary,
        "units": T // 4,
    }
    assert tx.return_value == retirement_of(tx).id
    assert tx.events["RetirementRecorded"]["beneficiary"] == roles.beneficiary
    assert figures(suite, roles.beneficiary) == (7 * T // 4, T, T // 4, 3 * T // 4)
    with reverts(reverts_with("NothingToReplace", retirements[0].id, T, 3 * T // 4)):
        make_good(0, T)
    make_good(0, 3 * T // 4)
    assert figures(suite, roles.beneficiary) == (5 * T // 2, T, T, 3 * T // 2)
    assert tuple(suite.CarbonCredits.invalidityOf(retirements[0].id)) == (T, T)
    with reverts(reverts_with("NothingToReplace", retirements[0].id, 1, 0)):
        make_good(0, 1)


def test_what_was_not_counted_is_not_made_good(retirements, cancel, make_good):
    cancel(1, 1)
    with reverts(reverts_with("NothingToReplace", retirements[0].id, 1, 0)):
        make_good(0, 1)


def test_nothing_is_made_good_with_nothing(cancel, count, make_good):
    cancel(1, 1)
    count(0)
    with reverts(reverts_with("NothingToDo")):
        make_good(0, 0)


def test_nobody_makes_good_with_what_another_holds(roles, cancel, count, make_good):
    cancel(1, 1)
    count(0)
    for actor in (roles.beneficiary, roles.custodian, roles.outsider):
        refusal = reverts_with("ERC1155MissingApprovalForAll", str(actor), str(roles.holder))
        with reverts(refusal):
            make_good(0, 1, sender=actor)


def test_nothing_is_made_good_with_what_is_cancelled(suite, roles, retirements, cancel, count):
    cancel(1, 10)
    count(0)
    with reverts(reverts_with("UnitsNotAvailable", TOKEN, 1, 0)):
        suite.CarbonCredits.replace(
            retirements[0].id, TOKEN, roles.holder, 1, NOTHING_SAID, {"from": roles.holder}
        )


def test_what_made_good_can_be_cancelled_in_its_turn(
    suite, roles, retirements, cancel, count, make_good
):
    cancel(1, 1)
    count(0)
    second = retirement_of(make_good(0, T))
    credits = suite.CarbonCredits
    first_serial = TOKEN_ID >> 64 & (2**64 - 1)
    credits.invalidate(TOKEN_ID, first_serial, first_serial, "", {"from": roles.custodian})
    credits.invalidateRetirement(
        second.fields, proof_of(second, [second]), {"from": roles.outsider}
    )
    assert figures(suite, roles.beneficiary) == (5 * T // 2, 2 * T, T, T // 2)
    credits.replace(second.id, TOKEN_ID, roles.holder, T, NOTHING_SAID, {"from": roles.holder})
    assert figures(suite, roles.beneficiary) == (7 * T // 2, 2 * T, 2 * T, 3 * T // 2)


def test_it_says_what_is_said_of_it(suite, roles, retirements, cancel, count):
    cancel(1, 1)
    count(0)
    said = (str(roles.auditor), "A", "B", "C", 1, 2)
    tx = suite.CarbonCredits.replace(
        retirements[0].id, TOKEN_ID, roles.holder, 1, said, {"from": roles.holder}
    )
    assert tuple(tx.events["RetirementDescribed"]["details"]) == said
    with reverts(reverts_with("TextTooLong", "purpose", 257, 256)):
        suite.CarbonCredits.replace(
            retirements[0].id,
            TOKEN_ID,
            roles.holder,
            1,
            (*said[:2], "a" * 257, *said[3:]),
            {"from": roles.holder},
        )
