"""Conversions in whole numbers, the same as `contracts/libraries/Units.sol`.

Emissions, and the credits drawn for them, round up. A product beyond the contract's 256 bits is
refused here as it reverts there; `tests/parity/vectors.json` holds both to one set of cases.
"""

from __future__ import annotations

from fractions import Fraction

from gasprint.errors import InputError

UNITS_PER_TONNE = 10**8
"""Base units of ERC-8393 in one credit (one VCU, one tonne of CO2e)."""

MICROGRAMS_PER_UNIT = 10_000
"""One tonne is 10^12 micrograms."""

_PICOGRAMS_PER_MICROGRAM = 10**6
_PICOGRAMS_PER_GRAM = 10**12
_PICOWATT_HOURS_PER_KWH = 10**15


def co2e_micrograms_up(gas_used: int, picograms_per_gas: int) -> int:
    """Emissions of `gas_used`, in micrograms of CO2e, rounded up.

    Raises:
        InputError: if either is negative, or their product does not fit 256 bits.
    """
    _refuse_negative(gas_used=gas_used, picograms_per_gas=picograms_per_gas)
    return _divide_up(_fitting(gas_used * picograms_per_gas), _PICOGRAMS_PER_MICROGRAM)


def energy_picowatt_hours(gas_used: int, picowatt_hours_per_gas: int) -> int:
    """Energy of `gas_used`, in picowatt-hours, exact.

    Raises:
        InputError: if either is negative, or their product does not fit 256 bits.
    """
    _refuse_negative(gas_used=gas_used, picowatt_hours_per_gas=picowatt_hours_per_gas)
    return _fitting(gas_used * picowatt_hours_per_gas)


def units_up(co2e_micrograms: int) -> int:
    """Credit units that cover an emission in micrograms of CO2e, rounded up.

    Raises:
        InputError: if it is negative.
    """
    _refuse_negative(co2e_micrograms=co2e_micrograms)
    return _divide_up(co2e_micrograms, MICROGRAMS_PER_UNIT)


def co2e_micrograms(units: int) -> int:
    """Micrograms of CO2e that credit `units` stand for, exact.

    Raises:
        InputError: if `units` is negative, or the result does not fit 256 bits.
    """
    _refuse_negative(units=units)
    return _fitting(units * MICROGRAMS_PER_UNIT)


def units_of_serials(first: int, last: int) -> int:
    """Credit units of the serials `first` to `last`, both included.

    Raises:
        InputError: if one is negative, or `last` comes before `first`.
    """
    _refuse_negative(first=first, last=last)
    if last < first:
        raise InputError(f"last serial {last} comes before first serial {first}; swap them")
    return (last - first + 1) * UNITS_PER_TONNE


def cost_up(units: int, price_per_tonne: int) -> int:
    """What credit `units` cost, in base units of the token that a tonne's price is in, rounded up.

    Raises:
        InputError: if either is negative, or the result does not fit 256 bits.
    """
    _refuse_negative(units=units, price_per_tonne=price_per_tonne)
    return _fitting(_divide_up(units * price_per_tonne, UNITS_PER_TONNE))


def units_for(amount: int, price_per_tonne: int) -> int:
    """The most credit units that cost no more than `amount`, in base units of the price's token.

    Raises:
        InputError: if `amount` is negative, the price is not positive, or the result does not fit
            256 bits.
    """
    _refuse_negative(amount=amount)
    if price_per_tonne <= 0:
        raise InputError(f"price_per_tonne is {price_per_tonne}; what is free has no most")
    return _fitting(amount * UNITS_PER_TONNE // price_per_tonne)


def picograms_per_gas_up(co2e_grams: Fraction, gas_used: int) -> int:
    """On-chain carbon factor from off-chain totals, in picograms of CO2e per gas, rounded up.

    Raises:
        InputError: if `co2e_grams` is negative or `gas_used` is not positive.
    """
    _refuse_negative(co2e_grams=co2e_grams)
    return _per_gas_up(co2e_grams * _PICOGRAMS_PER_GRAM, gas_used)


def picowatt_hours_per_gas_up(energy_kwh: Fraction, gas_used: int) -> int:
    """On-chain energy factor from off-chain totals, in picowatt-hours per gas, rounded up.

    Raises:
        InputError: if `energy_kwh` is negative or `gas_used` is not positive.
    """
    _refuse_negative(energy_kwh=energy_kwh)
    return _per_gas_up(energy_kwh * _PICOWATT_HOURS_PER_KWH, gas_used)


def _per_gas_up(amount: Fraction, gas_used: int) -> int:
    if gas_used <= 0:
        raise InputError(f"gas_used is {gas_used}; a factor needs at least one gas to divide by")
    return _divide_up(amount.numerator, amount.denominator * gas_used)


def _divide_up(amount: int, divisor: int) -> int:
    return -(-amount // divisor)


def _fitting(product: int) -> int:
    if product >= 2**256:
        raise InputError(f"{product} does not fit the contract's 256 bits; check the amounts")
    return product


def _refuse_negative(**quantities: int | Fraction) -> None:
    for name, value in quantities.items():
        if value < 0:
            raise InputError(f"{name} is {value}; give zero or more")
