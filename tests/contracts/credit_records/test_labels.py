"""Labels: attributes that the registry gives a credit for a time.

given a credit
  labels are added, each with its start, and ended, each once and not before its start
  a label is had from its start until its end
"""

import pytest
from brownie import reverts, web3

from tests.suite import TOKEN_ID, now, pass_time, reverts_with


@pytest.fixture
def add(suite, roles):
    return lambda name, start: suite.CreditRecords.addLabel(
        TOKEN_ID, name, start, {"from": roles.custodian}
    )


@pytest.fixture
def end(suite, roles):
    return lambda index, until: suite.CreditRecords.endLabel(
        TOKEN_ID, index, until, {"from": roles.custodian}
    )


def labels(suite):
    return [tuple(label) for label in suite.CreditRecords.labelsOf(TOKEN_ID)]


def test_they_are_kept_in_order(suite, add, end):
    assert labels(suite) == []
    tx = add("CCP", 100)
    assert tx.return_value == 0
    assert dict(tx.events["LabelAdded"]) == {
        "tokenId": TOKEN_ID,
        "index": 0,
        "name": "CCP",
        "from": 100,
    }
    assert add("CORSIA Phase 1", 2**40 - 1).return_value == 1
    tx = end(0, 200)
    assert dict(tx.events["LabelEnded"]) == {"tokenId": TOKEN_ID, "index": 0, "until": 200}
    assert labels(suite) == [("CCP", 100, 200), ("CORSIA Phase 1", 2**40 - 1, 0)]
    end(1, 2**40 - 1)
    # The same label can be given again.
    assert add("CCP", 300).return_value == 2


def test_it_is_had_from_its_start_until_its_end(suite, add, end):
    hashes = [web3.keccak(text=name) for name in ("CCP", "CORSIA Phase 1, " * 4, "SDG 13")]

    def had():
        return [suite.CreditRecords.hasLabel(TOKEN_ID, one) for one in hashes]

    assert had() == [False, False, False]
    add("SDG 13", now() + 1000)
    add("CORSIA Phase 1, " * 4, 0)
    add("CCP", now())
    assert had() == [True, True, False]
    pass_time(1000)
    assert had() == [True, True, True]
    end(1, now() + 1000)
    assert had() == [True, True, True]
    pass_time(1000)
    assert had() == [True, False, True]


def test_it_does_not_end_before_it_starts(add, end):
    add("CCP", 100)
    for until in (0, 1, 99):
        with reverts(reverts_with("PeriodReversed", 100, until)):
            end(0, until)
    end(0, 100)


def test_the_end_zero_is_none(add, end):
    add("CCP", 0)
    with reverts(reverts_with("PeriodReversed", 0, 0)):
        end(0, 0)
    end(0, 1)


def test_it_ends_once(suite, add, end):
    add("CCP", 100)
    end(0, 200)
    for until in (200, 300, 0):
        with reverts(reverts_with("UnknownLabel", TOKEN_ID, 0)):
            end(0, until)
    assert labels(suite) == [("CCP", 100, 200)]


@pytest.mark.parametrize("index", [0, 1, 2**256 - 1])
def test_what_was_not_given_does_not_end(end, index):
    with reverts(reverts_with("UnknownLabel", TOKEN_ID, index)):
        end(index, 200)


def test_its_name_has_a_longest(suite, add):
    with reverts(reverts_with("TextTooLong", "name", 65, 64)):
        add("é" * 32 + "e", 1)
    add("é" * 32, 1)
    assert labels(suite) == [("é" * 32, 1, 0)]


def test_an_unknown_credit_has_none(suite, roles):
    with reverts(reverts_with("UnknownCredit", 5)):
        suite.CreditRecords.addLabel(5, "CCP", 1, {"from": roles.custodian})
    assert list(suite.CreditRecords.labelsOf(5)) == []


def test_a_credit_has_32_labels_at_most(suite, add, end):
    for index in range(32):
        add(f"label {index}", 1)
    end(0, 2)
    with reverts(reverts_with("TooManyLabels", TOKEN_ID, 32)):
        add("one more", 1)
