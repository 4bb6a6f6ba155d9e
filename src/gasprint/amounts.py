"""Amounts and serials as a person reads them; the exact figures stand in the JSON."""

from __future__ import annotations

from decimal import Decimal

from gasprint.token_ids import VERRA_VCS, SerialSpan
from gasprint.units import MICROGRAMS_PER_UNIT, UNITS_PER_TONNE

_MICROGRAMS_PER = {"t": 10**12, "kg": 10**9, "g": 10**6, "mg": 10**3, "µg": 1}


def co2e_text(co2e_micrograms: int) -> str:
    """An amount of CO2e in the unit that fits, to three decimals."""
    fitting = (item for item in _MICROGRAMS_PER.items() if abs(co2e_micrograms) >= item[1])
    unit, micrograms = next(fitting, ("g", 10**6))
    digits = f"{Decimal(co2e_micrograms) / micrograms:,.3f}"
    return f"{digits.rstrip('0').rstrip('.')} {unit}"


def units_text(units: int) -> str:
    """What credit units stand for, as CO2e."""
    return co2e_text(units * MICROGRAMS_PER_UNIT)


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
