"""Accounts that failed are left alone for longer and longer, and none for ever.

given an account that fails
  it waits twice as long after each failure, up to the longest pause
  its reason is new the first time, and whenever it changes
  once it is settled, nothing is held against it
"""

from __future__ import annotations

from gasprint.keeper.backoff import Backoff


def wait_of(backoff, account, now):
    """For how many whole seconds it is left alone."""
    return next(each for each in range(10_000) if not backoff.is_waiting(account, now + each))


def test_it_waits_twice_as_long_each_time_up_to_the_longest():
    backoff, waits = Backoff(10, 100), []
    for _ in range(6):
        backoff.note("a", "why", 1000.0)
        waits.append(wait_of(backoff, "a", 1000.0))
    assert waits == [10, 20, 40, 80, 100, 100]
    assert not backoff.is_waiting("b", 1000.0)


def test_after_any_number_of_failures_it_is_tried_again():
    backoff = Backoff(10, 100)
    for _ in range(5_000):
        backoff.note("a", "why", 0.0)
    assert wait_of(backoff, "a", 0.0) == 100


def test_a_reason_is_new_once():
    backoff = Backoff(10, 100)
    told = [backoff.note("a", reason, 0.0) for reason in ("one", "one", "two", "one")]
    assert told == [True, False, True, True]
    assert backoff.reasons() == {"a": "one"}


def test_once_settled_it_begins_anew():
    backoff = Backoff(10, 100)
    backoff.note("a", "why", 0.0)
    backoff.note("a", "why", 0.0)
    backoff.clear("a")
    assert len(backoff) == 0
    assert not backoff.is_waiting("a", 0.0)
    assert backoff.note("a", "why", 0.0)
    assert wait_of(backoff, "a", 0.0) == 10
