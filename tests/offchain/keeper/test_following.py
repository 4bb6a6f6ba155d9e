"""Blocks read on, a bounded number at a time.

given a service that bounds the blocks of a request
  all are read, in order, with no more than it takes; and many at a time again once it takes more
given one that refuses even one block, or does not answer
  it is told, and what was read before is read once more at most
"""

from __future__ import annotations

import pytest

from gasprint.errors import InputError, UnansweredError
from gasprint.keeper.following import Following

BLOCKS = 10_000


class Service:
    """What was read of it."""

    def __init__(self) -> None:
        """Begin without a bound."""
        self.bound = BLOCKS
        self.read: list[range] = []
        self.refused = 0

    def __call__(self, blocks):
        assert blocks.step == len(range(blocks.start, blocks.stop))
        if blocks.step > self.bound:
            self.refused += 1
            raise InputError("too many blocks")
        self.read.append(range(blocks.start, blocks.stop))


@pytest.fixture
def service():
    return Service()


@pytest.mark.parametrize("bound", [1, 700, 2_000])
def test_all_are_read_within_the_bound(service, bound):
    service.bound = bound
    Following(5).read_on(BLOCKS, service)
    assert [each for part in service.read for each in part] == list(range(5, BLOCKS + 1))
    assert max(map(len, service.read)) <= bound
    # Most of what is asked is answered.
    assert service.refused <= len(service.read) + 11


def test_many_are_read_at_a_time_again_once_they_may(service):
    following = Following(0)
    service.bound = 1
    following.read_on(200, service)
    service.bound, service.read = BLOCKS, []
    following.read_on(BLOCKS, service)
    assert max(map(len, service.read)) == 2_000
    assert len(service.read) < 20


@pytest.mark.parametrize("error", [InputError, UnansweredError])
def test_what_fails_is_told_and_read_later(service, error):
    following = Following(0)

    def fail_at_the_end(blocks):
        if blocks.stop > 5_000:
            raise error("not now")
        service(blocks)

    with pytest.raises(error, match="not now"):
        following.read_on(BLOCKS, fail_at_the_end)
    read_before = {each for part in service.read for each in part}
    service.read = []
    following.read_on(BLOCKS, service)
    again = [each for part in service.read for each in part]
    assert sorted(read_before | set(again)) == list(range(BLOCKS + 1))
    assert len(again) == len(set(again))
    assert len(read_before & set(again)) <= 64
