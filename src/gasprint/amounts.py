"""Amounts and serials as a person reads them; the exact figures stand in the JSON."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from gasprint.errors import InputError
from gasprint.token_ids import VERRA_VCS, SerialSpan
from gasprint.units import MICROGRAMS_PER_UNIT, UNITS_PER_TONNE

_MICROGRAMS_PER = {"t": 10**12, "kg": 10**9, "g": 10**6, "mg": 10**3, "µg": 1}
_PICOWATT_HOURS_PER_KWH = 10**15


def co2e_text(co2e_micrograms: int) -> str:
    """An amount of CO2e in the unit that fits, to three decimals."""
    fitting = (item for item in _MICROGRAMS_PER.items() if abs(co2e_micrograms) >= item[1])
    unit, micrograms = next(fitting, ("g", 10**6))
    digits = f"{Decimal(co2e_micrograms) / micrograms:,.3f}"
    return f"{digits.rstrip('0').rstrip('.')} {unit}"


def units_text(units: int) -> str:
    """What credit units stand for, as CO2e."""
    return co2e_text(units * MICROGRAMS_PER_UNIT)


def energy_text(picowatt_hours: int) -> str:
    """An amount of energy: kWh to three decimals, less than one in Wh to six."""
    whole_kwh = abs(picowatt_hours) >= _PICOWATT_HOURS_PER_KWH
    unit, each, decimals = ("kWh", _PICOWATT_HOURS_PER_KWH, 3) if whole_kwh else ("Wh", 10**12, 6)
    digits = f"{Decimal(picowatt_hours) / each:,.{decimals}f}"
    return f"{digits.rstrip('0').rstrip('.')} {unit}"


def tonnes_text(co2e_micrograms: int) -> str:
    """An amount of CO2e in tonnes, to the microgram; without the unit."""
    whole, micrograms = divmod(co2e_micrograms, 10**12)
    return f"{whole:,}.{micrograms:012}".rstrip("0").rstrip(".")


def parse_units(text: str) -> int:
    """The credit units that a person means by "2.5 t", "40kg", "10 mg" or "250 units"; exact.

    Raises:
        InputError: if it is no amount, none at all, or no whole number of units.
    """
    match = re.fullmatch(r"([0-9]{1,40}(?:\.[0-9]{1,40})?)\s*(t|kg|g|mg|units?)", text.strip())
    if not match:
        raise InputError(f"amount {text!r} is none; write it like 2.5t, 40kg, 300g or 250units")
    number, unit = Fraction(match[1]), match[2]
    micrograms = _MICROGRAMS_PER.get(unit, MICROGRAMS_PER_UNIT)
    units = number * micrograms / MICROGRAMS_PER_UNIT
    if units.denominator != 1:
        raise InputError(f"amount {text!r} is no whole number of units; a unit is 10 mg")
    if units == 0:
        raise InputError(f"amount {text!r} is nothing; a unit is 10 mg")
    return int(units)


def span_text(span: SerialSpan) -> str:
    """Serials, and after a plus or "to" how far into the first or last one of 10^8 units."""
    parts = [str(span.first_serial)]
    if span.first_offset_units:
        parts.append(f"+ {span.first_offset_units:,}/10^8")
    if span.last_serial != span.first_serial:
        parts.append(f"… {span.last_serial}")
    if span.last_end_units != UNITS_PER_TONNE:
        parts.append(f"to {span.last_end_units:,}/10^8")
    return " ".join(parts)


def credit_text(token_id: int) -> str:
    """The registry and project that a credit is of."""
    registry = token_id >> 192
    name = "VCS" if registry == VERRA_VCS else f"registry {registry}"
    return f"{name} {token_id >> 128 & 2**64 - 1}"


def percent_text(percent: float) -> str:
    """A signed percentage, to two decimals."""
    return f"{percent:+.2f} %"
