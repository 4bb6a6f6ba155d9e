"""Plots as SVG files, which a page shows as images; drawn once for the same figures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal

import altair as alt
import vl_convert

from gasprint.units import MICROGRAMS_PER_UNIT
from gasprint.web.models import BalancePoint, PeriodFigures

Width = Literal["wide", "narrow"]
_WIDTHS_PX = {"wide": 760, "narrow": 260}
# Each stands out from a white page as well as from a dark one, three to one.
_COLOURS = {"Emitted, gross": "#c2410c", "Retired": "#0f8a80"}
_MICROGRAMS_PER = {"t": 10**12, "kg": 10**9, "g": 10**6, "mg": 10**3}
_LEAST_SECONDS = 600
_MOST_BARS = 60
_STYLE = (
    "<style>text{fill:#56616c}.role-axis-grid line{stroke:#d9dfe4}"
    "@media (prefers-color-scheme:dark){text{fill:#a3aeb8}.role-axis-grid line,"
    ".role-axis-domain line,.role-axis-tick line{stroke:#363e45}}</style>"
)

Point = tuple[int, int, int, int]
"""Block, Unix seconds, µg CO2e emitted, units retired."""


def balance_chart(points: Sequence[BalancePoint], width: Width) -> str:
    """What was emitted, and beside it what was retired; never netted."""
    return _balance_chart(
        tuple(
            (
                *(each.block_number, each.time_unix_seconds),
                *(each.emitted_co2e_micrograms, each.retired_units),
            )
            for each in points
        ),
        width,
    )


@lru_cache(maxsize=512)
def _balance_chart(points: tuple[Point, ...], width: Width) -> str:
    most = max((max(point[2], point[3] * MICROGRAMS_PER_UNIT) for point in points), default=0)
    unit = next((name for name, each in _MICROGRAMS_PER.items() if most >= each), "mg")
    scale = _MICROGRAMS_PER[unit]
    is_over_time = bool(points) and points[-1][1] - points[0][1] >= _LEAST_SECONDS
    # A step before the first event, and one after the last, or neither could be seen.
    ends = [at(each, is_over_time) for each in (points[0], points[-1])] if points else [0, 1]
    margin = max(1, (ends[1] - ends[0]) // 50)
    values = []
    for name, place, factor in (("Emitted, gross", 2, 1), ("Retired", 3, MICROGRAMS_PER_UNIT)):
        steps = [(at(each, is_over_time), each[place] * factor / scale) for each in points]
        steps = [(ends[0] - margin, 0.0), *steps, (ends[1] + margin, steps[-1][1] if steps else 0)]
        values += [{"at": when, "co2e": co2e, "ledger": name} for when, co2e in steps]
    axis: dict[str, Any] = {"grid": False, "labelOverlap": True}
    if is_over_time:
        axis |= {"tickCount": 6 if width == "wide" else 3}
        x = alt.X("at:T", title="UTC", axis=alt.Axis(**axis), scale=alt.Scale(type="utc"))
    else:
        axis |= {"format": "d", "tickMinStep": 1}
        x = alt.X("at:Q", title="Block", axis=alt.Axis(**axis), scale=_tight())
    colour = alt.Color(
        "ledger:N",
        scale=alt.Scale(domain=list(_COLOURS), range=list(_COLOURS.values())),
        legend=alt.Legend(title=None, orient="top", offset=24),
    )
    steps_drawn = (
        alt.Chart(alt.InlineData(values=values))
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(x=x, y=alt.Y("co2e:Q", title=f"{unit} CO2e"), color=colour)
    )
    return _svg(steps_drawn, width)


def at(point: Point, is_over_time: bool) -> int:
    """Where a point stands: milliseconds, or its block."""
    return point[1] * 1000 if is_over_time else point[0]


def key_figures_chart(
    periods: Sequence[PeriodFigures], target_grams: float | None, width: Width
) -> str:
    """G CO2e a record over the newest periods, with the target as a line."""
    shown = [
        (each.period, each.co2e_grams_per_record)
        for each in periods[:_MOST_BARS][::-1]
        if each.co2e_grams_per_record is not None
    ]
    return _key_figures_chart(tuple(shown), target_grams, width)


@lru_cache(maxsize=128)
def _key_figures_chart(
    shown: tuple[tuple[str, float], ...], target_grams: float | None, width: Width
) -> str:
    values = [{"period": period, "grams": grams} for period, grams in shown]
    count = max(1, len(shown))
    bars = (
        alt.Chart(alt.InlineData(values=values))
        .mark_bar(color=_COLOURS["Emitted, gross"], size=min(36, 0.6 * _WIDTHS_PX[width] / count))
        .encode(
            x=alt.X("period:O", title=None, axis=alt.Axis(labelAngle=-40, labelOverlap=True)),
            y=alt.Y("grams:Q", title="g CO2e a record"),
        )
    )
    if target_grams is None:
        return _svg(bars, width)
    line = (
        alt.Chart(alt.InlineData(values=[{"grams": target_grams}]))
        .mark_rule(color=_COLOURS["Retired"], strokeWidth=2, strokeDash=[6, 4])
        .encode(y="grams:Q")
    )
    return _svg(bars + line, width)


def _tight() -> alt.Scale:
    return alt.Scale(zero=False, nice=False)


def _svg(chart: Any, width: Width) -> str:
    document = (
        chart.properties(width=_WIDTHS_PX[width], height=230, background="transparent", padding=4)
        .configure(font="system-ui, sans-serif")
        .configure_axis(labelFontSize=12, titleFontSize=12, titleFontWeight="normal")
        .configure_axisY(titleAngle=0, titleAlign="left", titleAnchor="end", titleY=-10, titleX=-30)
        .configure_legend(labelFontSize=13, columnPadding=24)
        .configure_view(stroke=None)
        .to_dict()
    )
    root, drawing = vl_convert.vegalite_to_svg(document).split(">", 1)
    return f"{root}>{_STYLE}{drawing}"
