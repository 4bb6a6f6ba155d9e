"""The board of key figures: energy and CO2e of 1,000 transactions, and of a record, over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from gasprint import units
from gasprint.web.models import KeyFigures, PeriodFigures

_PICOWATT_HOURS_PER_KWH = 10**15
_MICROGRAMS_PER_GRAM = 10**6
_MONTH = len("YYYY-MM")


def key_figures(
    days: Mapping[str, Sequence[int]],
    by: Literal["day", "month"],
    target_grams_per_record: float | None,
) -> KeyFigures:
    """The board, the newest period first.

    Args:
        days: by UTC day: records, transactions, gas, pWh, µg CO2e, units retired.
        by: `day` or `month`.
        target_grams_per_record: g CO2e that a record is to stay within.
    """
    periods: dict[str, list[int]] = {}
    for day, figures in days.items():
        sums = periods.setdefault(day[:_MONTH] if by == "month" else day, [0] * len(figures))
        for place, each in enumerate(figures):
            sums[place] += each
    rows = [_period(period, sums, target_grams_per_record) for period, sums in periods.items()]
    emitting = [each.co2e_grams_per_record for each in rows if each.co2e_grams_per_record]
    trend = 100 * (emitting[-1] / emitting[-2] - 1) if len(emitting) > 1 else None
    return KeyFigures(
        by=by,
        target_grams_per_record=target_grams_per_record,
        trend_percent=trend,
        periods=rows[::-1],
    )


def _period(period: str, sums: Sequence[int], target: float | None) -> PeriodFigures:
    records, transactions, _, energy, co2e, retired = sums
    energy_kwh, co2e_grams = energy / _PICOWATT_HOURS_PER_KWH, co2e / _MICROGRAMS_PER_GRAM
    per_record = co2e_grams / records if records else None
    return PeriodFigures(
        period=period,
        records=records,
        transactions=transactions,
        energy_kwh=energy_kwh,
        co2e_grams=co2e_grams,
        retired_grams=units.co2e_micrograms(retired) / _MICROGRAMS_PER_GRAM,
        energy_kwh_per_1000_transactions=1000 * energy_kwh / transactions if transactions else None,
        co2e_grams_per_1000_transactions=1000 * co2e_grams / transactions if transactions else None,
        energy_kwh_per_record=energy_kwh / records if records else None,
        co2e_grams_per_record=per_record,
        is_within_target=None if target is None or per_record is None else per_record <= target,
    )
