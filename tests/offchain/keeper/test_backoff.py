"""Accounts that failed are left alone for longer and longer, and none for ever.

given an account that fails
  it waits twice as long after each failure, up to the longest pause
  its reason is new the first time, and whenever it changes
  once it is settled, or not due any more, nothing is held against it
given an account for which a transaction was paid in vain
  it waits longer, twice as long each time, and also once it was settled or not due meanwhile
"""

from __future__ import annotations

import pytest

from gasprint.keeper.backoff import Backoff, Pauses
from gasprint.keeper.trials import Failure

WHY = Failure("reverted", "why")


@pytest.fixture
def backoff():
    return Backoff(Pauses(10, 100), Pauses(1_000, 5_000))


def wait_of(backoff, account, now):
    """For how many whole seconds it is left alone."""
    return next(each for each in range(10_000) if not backoff.is_waiting(account, now + each))


def test_it_waits_twice_as_long_each_time_up_to_the_longest(backoff):
    waits = []
    for _ in range(6):
        backoff.note("a", WHY, 1000.0)
        waits.append(wait_of(backoff, "a", 1000.0))
    assert waits == [10, 20, 40, 80, 100, 100]
    assert not backoff.is_waiting("b", 1000.0)


def test_after_any_number_of_failures_it_is_tried_again(backoff):
    for _ in range(5_000):
        backoff.note("a", WHY, 0.0)
    assert wait_of(backoff, "a", 0.0) == 100


def test_a_reason_is_new_once(backoff):
    one, two = Failure("reverted", "one"), Failure("reverted", "two")
    told = [backoff.note("a", failure, 0.0) for failure in (one, one, two, one)]
    assert told == [True, False, True, True]
    assert backoff.failures() == {"a": one}


@pytest.mark.parametrize(
    "forget", [lambda backoff: backoff.clear("a"), lambda backoff: backoff.keep(["b"])]
)
def test_once_settled_or_not_due_it_begins_anew(backoff, forget):
    backoff.note("a", WHY, 0.0)
    backoff.note("a", WHY, 0.0)
    backoff.keep(["a", "b"])
    assert len(backoff) == 1
    forget(backoff)
    assert len(backoff) == 0
    assert not backoff.is_waiting("a", 0.0)
    assert backoff.note("a", WHY, 0.0)
    assert wait_of(backoff, "a", 0.0) == 10


def test_what_was_paid_in_vain_is_not_forgotten(backoff):
    waits, now = [], 0.0
    for forget in (
        lambda: None,
        lambda: backoff.clear("a"),
        lambda: backoff.keep([]),
        lambda: None,
    ):
        backoff.note("a", WHY, now, was_mined=True)
        forget()
        waits.append(wait_of(backoff, "a", now))
        now += waits[-1]
    assert waits == [1_000, 2_000, 4_000, 5_000]
    assert not backoff.is_waiting("a", now)
