"""Token ids that say which serials they hold.

given a serial, or the four parts of an id
    the id reads back as the same parts
given a retirement inside a credit
    its span starts where the last one ended, and spans fill the credit with nothing left over
given an impossible id, or a span that is empty or leaves the credit
    it refuses
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gasprint.errors import TokenIdError
from gasprint.serials import parse_serial
from gasprint.token_ids import VERRA_VCS, TokenId, describe_token_id, serial_span, token_id_of
from gasprint.units import UNITS_PER_TONNE

SERIAL = parse_serial("9660-115597313-115618057-VCS-VCU-261-VER-US-14-1060-01012019-31122019-0")
THREE_TONNES = int(TokenId(VERRA_VCS, 1060, 100, 102))

part = st.integers(min_value=1, max_value=2**64 - 1)


def test_an_id_holds_the_serial_it_was_made_of() -> None:
    credit = describe_token_id(token_id_of(SERIAL))
    assert credit == TokenId(VERRA_VCS, 1060, 115_597_313, 115_618_057)
    assert credit.units == SERIAL.units


@given(part, part, part, part)
def test_every_id_reads_back(registry: int, project: int, one: int, other: int) -> None:
    credit = TokenId(registry, project, min(one, other), max(one, other))
    assert describe_token_id(int(credit)) == credit


@given(st.lists(st.integers(min_value=1, max_value=UNITS_PER_TONNE), min_size=1, max_size=3))
def test_spans_follow_each_other_without_gap_or_overlap(retirements: list[int]) -> None:
    start_units = 0
    for units in retirements:
        span = serial_span(THREE_TONNES, start_units, units)
        begins = (span.first_serial - 100) * UNITS_PER_TONNE + span.first_offset_units
        ends = (span.last_serial - 100) * UNITS_PER_TONNE + span.last_end_units
        assert (begins, ends) == (start_units, start_units + units)
        assert 0 <= span.first_offset_units < UNITS_PER_TONNE
        assert 1 <= span.last_end_units <= UNITS_PER_TONNE
        start_units += units


@pytest.mark.parametrize("token_id", [-1, 2**256])
def test_refuses_an_id_beyond_256_bits(token_id: int) -> None:
    with pytest.raises(TokenIdError, match="256 bits"):
        describe_token_id(token_id)


@pytest.mark.parametrize(
    ("parts", "named"),
    [
        ((0, 1, 1, 1), "registry is 0"),
        ((1, 0, 1, 1), "project_number is 0"),
        ((1, 1, 0, 1), "first_serial is 0"),
        ((1, 1, 1, 2**64), "last_serial is"),
        ((1, 1, 2, 1), "last_serial 1 comes before first_serial 2"),
    ],
)
def test_refuses_impossible_parts(parts: tuple[int, int, int, int], named: str) -> None:
    with pytest.raises(TokenIdError, match=named):
        TokenId(*parts)


def test_a_span_may_use_the_whole_credit() -> None:
    span = serial_span(THREE_TONNES, 0, 3 * UNITS_PER_TONNE)
    assert (span.last_serial, span.last_end_units) == (102, UNITS_PER_TONNE)


@pytest.mark.parametrize(
    ("start_units", "units", "named"),
    [
        (0, 0, "is empty"),
        (-1, 1, "is empty"),
        (0, 3 * UNITS_PER_TONNE + 1, "ends beyond"),
        (3 * UNITS_PER_TONNE, 1, "ends beyond"),
    ],
)
def test_refuses_a_span_that_is_not_inside(start_units: int, units: int, named: str) -> None:
    with pytest.raises(TokenIdError, match=named):
        serial_span(THREE_TONNES, start_units, units)
