"""Conversions in whole numbers, and from off-chain figures to on-chain factors.

given emissions or credits drawn for them
    it rounds up, never down, and by less than one
given credits, or serials
    it is exact
given a price a tonne
    it rounds a cost up by less than one, and buys the most that an amount pays for
given off-chain totals
    the factor, times the gas, is never less than the total
given a negative amount, no gas to divide by, reversed serials, or more than 256 bits
    it refuses, naming the quantity
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gasprint import units
from gasprint.errors import InputError

amounts = st.integers(min_value=0, max_value=2**96)


@given(amounts, amounts)
def test_emissions_round_up_by_less_than_a_microgram(gas: int, picograms: int) -> None:
    exact = Fraction(gas * picograms, 10**6)
    assert 0 <= units.co2e_micrograms_up(gas, picograms) - exact < 1


@given(amounts)
def test_credits_cover_an_emission_by_less_than_a_unit_more(micrograms: int) -> None:
    surplus = units.co2e_micrograms(units.units_up(micrograms)) - micrograms
    assert 0 <= surplus < units.MICROGRAMS_PER_UNIT


def test_a_tonne_is_a_hundred_million_units() -> None:
    assert units.units_up(10**12) == units.UNITS_PER_TONNE == units.units_of_serials(5, 5)


@given(amounts, amounts)
def test_a_cost_rounds_up_by_less_than_a_base_unit(number: int, price: int) -> None:
    exact = Fraction(number * price, units.UNITS_PER_TONNE)
    assert 0 <= units.cost_up(number, price) - exact < 1


@given(amounts, st.integers(min_value=1, max_value=2**96))
def test_an_amount_buys_the_most_units_that_it_pays_for(amount: int, price: int) -> None:
    most = units.units_for(amount, price)
    assert units.cost_up(most, price) <= amount < units.cost_up(most + 1, price)


def test_energy_is_exact() -> None:
    assert units.energy_picowatt_hours(21_000, 186_592_334) == 3_918_439_014_000


@given(
    st.fractions(min_value=0, max_value=10**9),
    st.integers(min_value=1, max_value=10**15),
)
def test_factors_never_fall_short_of_the_total(total: Fraction, gas: int) -> None:
    assert 0 <= units.picograms_per_gas_up(total, gas) - total * 10**12 / gas < 1
    assert 0 <= units.picowatt_hours_per_gas_up(total, gas) - total * 10**15 / gas < 1


@pytest.mark.parametrize(
    ("convert", "arguments", "named"),
    [
        (units.co2e_micrograms_up, (-1, 1), "gas_used"),
        (units.co2e_micrograms_up, (1, -1), "picograms_per_gas"),
        (units.energy_picowatt_hours, (1, -1), "picowatt_hours_per_gas"),
        (units.units_up, (-1,), "co2e_micrograms"),
        (units.co2e_micrograms, (-1,), "units"),
        (units.units_of_serials, (-1, 1), "first"),
        (units.units_of_serials, (2, 1), "last serial 1 comes before first serial 2"),
        (units.cost_up, (-1, 1), "units"),
        (units.cost_up, (1, -1), "price_per_tonne"),
        (units.units_for, (-1, 1), "amount"),
        (units.units_for, (1, 0), "price_per_tonne is 0"),
        (units.picograms_per_gas_up, (Fraction(-1), 1), "co2e_grams"),
        (units.picowatt_hours_per_gas_up, (Fraction(-1), 1), "energy_kwh"),
        (units.picograms_per_gas_up, (Fraction(1), 0), "gas_used"),
        (units.picowatt_hours_per_gas_up, (Fraction(1), 0), "gas_used"),
        (units.co2e_micrograms_up, (2**128, 2**128), "256 bits"),
        (units.energy_picowatt_hours, (2**128, 2**128), "256 bits"),
        (units.co2e_micrograms, (2**255,), "256 bits"),
        (units.cost_up, (2**255, 2**255), "256 bits"),
        (units.units_for, (2**255, 1), "256 bits"),
    ],
)
def test_refuses_by_name(
    convert: Callable[..., int], arguments: tuple[int | Fraction, ...], named: str
) -> None:
    with pytest.raises(InputError, match=named):
        convert(*arguments)
