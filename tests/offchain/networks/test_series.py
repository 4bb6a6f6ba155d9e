"""Ethereum as one series through the merge.

given a span that holds the merge
    its segments follow one another without gap or overlap, from before its first moment to after
    its last, and change from proof of work to proof of stake at the merge
given a moment
    the last second before the merge is proof of work's, the merge itself proof of stake's
given a time before the network began
    it is refused
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from gasprint.errors import NetworkError
from gasprint.networks import network_named, proof_of_stake_network

ETHEREUM = network_named("ethereum")
MERGE = datetime(2022, 9, 15, 6, 42, 59, tzinfo=UTC)


def test_segments_follow_one_another_through_the_merge() -> None:
    first, last = datetime(2022, 9, 13, 20, tzinfo=UTC), datetime(2022, 9, 20, tzinfo=UTC)
    segments = ETHEREUM.power_segments(first, last)
    assert segments[0].since <= first
    assert last < segments[-1].until
    assert all(one.until == other.since for one, other in pairwise(segments))
    assert [each.label for each in segments] == ["proof_of_work_v1"] * 3 + ["proof_of_stake_v1"]
    assert segments[2].until == MERGE
    assert segments[3].value == proof_of_stake_network("ethereum").power_watts


@pytest.mark.parametrize(
    ("moment", "label", "year"),
    [
        (datetime(2016, 1, 1, tzinfo=UTC), "proof_of_work_v1", 2016),
        (MERGE - timedelta(seconds=1), "proof_of_work_v1", 2022),
        (MERGE, "proof_of_stake_v1", 2023),
        (datetime(2023, 5, 2, 12, 36, 59, tzinfo=UTC), "proof_of_stake_v1", 2023),
    ],
)
def test_a_moment_is_one_models(moment: datetime, label: str, year: int) -> None:
    (segment,) = ETHEREUM.power_segments(moment, moment)
    assert segment.since <= moment < segment.until
    assert (segment.label, segment.year) == (label, year)
    assert segment.source


def test_the_merge_saves_more_than_999_of_1000_watts() -> None:
    before, after = ETHEREUM.power_segments(MERGE - timedelta(hours=1), MERGE)
    assert after.value.upper < before.value.lower / 1000


def test_says_what_it_is_today() -> None:
    assert (ETHEREUM.name, ETHEREUM.kind) == ("ethereum", "proof_of_stake")
    assert ETHEREUM.model == "proof_of_work_v1 then proof_of_stake_v1"


def test_refuses_a_time_before_the_network_began() -> None:
    with pytest.raises(NetworkError, match="proof_of_work_v1 holds for ethereum-pow from 2015"):
        ETHEREUM.power_segments(datetime(2014, 1, 1, tzinfo=UTC), MERGE)
