"""Sums words, one at a time and in columns.

given sums
    a word reads back as they are, and words add up field by field as the sums do
    one that leaves its field is refused, by its name
given gas and a factor
    the columns hold what the whole numbers of `gasprint.units` give
    a figure that leaves its field, or a factor its bits, is refused
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gasprint.errors import InputError
from gasprint.record_sums import (
    FIELD_BITS,
    NO_SUMS,
    Sums,
    added_words,
    co2e_column,
    energy_limbs,
    record_words,
    sums_of,
)
from gasprint.units import co2e_micrograms_up, energy_picowatt_hours

HALVES = st.builds(Sums, *(st.integers(0, 2 ** (bits - 1) - 1) for bits in FIELD_BITS.values()))


def limbs_of(word: int) -> list[int]:
    return [word >> shift & 2**64 - 1 for shift in (192, 128, 64, 0)]


def word_of(limbs: list[int]) -> int:
    return sum(limb << shift for limb, shift in zip(limbs, (192, 128, 64, 0), strict=True))


@given(HALVES, HALVES)
def test_words_add_up_as_the_sums_do(left: Sums, right: Sums) -> None:
    both = left + right
    assert Sums.of_word(both.word) == both
    assert left.word + right.word == both.word
    words = (np.array([limbs_of(each.word)], np.uint64) for each in (left, right))
    assert word_of(added_words(*words)[0].tolist()) == both.word


@pytest.mark.parametrize("name", FIELD_BITS)
def test_a_sum_fills_its_field_and_goes_no_further(name: str) -> None:
    full = Sums(**{**vars(NO_SUMS), name: 2 ** FIELD_BITS[name] - 1})
    assert Sums.of_word(full.word) == full
    one = Sums(**{**vars(NO_SUMS), name: 1})
    with pytest.raises(InputError, match=f"{name} is {2 ** FIELD_BITS[name]}, which leaves"):
        full + one
    with pytest.raises(InputError, match=f"{name} is -1"):
        Sums(**{**vars(NO_SUMS), name: -1})


@pytest.mark.parametrize("word", [-1, 2**256])
def test_refuses_what_is_no_word(word: int) -> None:
    with pytest.raises(InputError, match="is not of 256 bits"):
        Sums.of_word(word)


@given(st.lists(st.integers(0, 2**53 - 1), max_size=6), st.data())
def test_columns_hold_what_whole_numbers_give(gas: list[int], data: st.DataObject) -> None:
    most = max(1, *gas, 1)
    picograms = data.draw(st.integers(0, min(2**48 - 1, (2**64 - 1) * 10**6 // most)))
    picowatt_hours = data.draw(st.integers(0, min(2**48 - 1, (2**85 - 1) // most)))
    column = np.array(gas, np.uint64)
    records = [
        Sums(1, g, energy_picowatt_hours(g, picowatt_hours), co2e_micrograms_up(g, picograms))
        for g in gas
    ]
    assert co2e_column(column, picograms).tolist() == [each.co2e_micrograms for each in records]
    high, low = (limb.tolist() for limb in energy_limbs(column, picowatt_hours))
    assert [h << 64 | w for h, w in zip(high, low, strict=True)] == [
        each.energy_picowatt_hours for each in records
    ]
    words = record_words(column, picograms, picowatt_hours).tolist()
    assert [word_of(word) for word in words] == [each.word for each in records]
    assert sums_of(column, picograms, picowatt_hours) == sum(records, start=NO_SUMS)


@pytest.mark.parametrize(
    ("gas", "picograms", "picowatt_hours", "problem"),
    [
        ([2**56], 1, 1, "gas_used is"),
        ([2**55, 2**55], 1, 1, "gas_used is"),
        ([2**41], 1, 2**47, "energy_picowatt_hours is"),
        ([2**40, 2**40], 1, 2**47, "energy_picowatt_hours is"),
        ([2**55], 2**47, 1, "co2e_micrograms of a record is"),
        ([1], 2**48, 1, "factor 281474976710656 does not fit 48 bits"),
        ([1], 1, -1, "factor -1"),
    ],
)
def test_refuses_what_leaves_its_field(
    gas: list[int], picograms: int, picowatt_hours: int, problem: str
) -> None:
    with pytest.raises(InputError, match=problem):
        sums_of(np.array(gas, np.uint64), picograms, picowatt_hours)


def test_a_record_of_as_much_co2e_as_64_bits_hold() -> None:
    gas = np.array([2**44], np.uint64)
    picograms = (2**64 - 1) * 10**6 // 2**44
    assert co2e_column(gas, picograms).tolist() == [co2e_micrograms_up(2**44, picograms)]
    with pytest.raises(InputError, match="beyond 64 bits"):
        co2e_column(gas, picograms + 1)
