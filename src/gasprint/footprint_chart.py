"""The chart of a footprint: its first rows by CO2e, or its days, with their bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from math import ceil
from typing import Any

import altair as alt
import vl_convert

MOST_BARS = 20
_WIDTH_PX = 560
_COLOUR, _BOUNDS_COLOUR = "#c2410c", "#431407"
_GRAMS_PER = {"t": 1e6, "kg": 1e3, "g": 1.0, "mg": 1e-3}
_LONGEST_NAME = 18
_MOST_TICKS = 8
_CALLED = {
    "day": "UTC day",
    "hash": "transaction",
    "from_address": "sender",
    "block_number": "block",
}


def footprint_chart(rows: Sequence[Mapping[str, Any]], key: str, method: str, ending: str) -> bytes:
    """Draw CO2e with its bounds: of days a line and its band, of all else the most as bars.

    Args:
        rows: of a footprint.
        key: the column that names a row, such as `from_address`; `day` makes a line.
        method: by which models, grids and allocation, in a line.
        ending: `.svg` or `.png`.
    """
    is_line = key == "day" and len(rows) > 1
    if is_line:
        shown = sorted(rows, key=lambda each: str(each[key]))
    else:
        shown = sorted(rows, key=lambda each: -each["co2e_grams_best"])[:MOST_BARS]
    most = max((each["co2e_grams_upper"] for each in shown), default=0.0)
    unit = next((name for name, grams in _GRAMS_PER.items() if most >= grams), "mg")
    points = [
        {
            bound: each[f"co2e_grams_{bound}"] / _GRAMS_PER[unit]
            for bound in ("lower", "best", "upper")
        }
        | {"name": _name(each[key])}
        for each in shown
    ]
    base = alt.Chart(alt.InlineData(values=points))
    drawn = _over_days(base, unit, points) if is_line else _bars(base, unit, points)
    of_all = f", the first {len(shown)} of {len(rows):,}" if len(shown) < len(rows) else ""
    title = alt.TitleParams(
        f"CO2e by {_CALLED.get(key, key)}{of_all}",
        subtitle=[method, "lower, best and upper; before any credits"],
        anchor="start",
        subtitlePadding=4,
    )
    chart = (
        drawn.properties(title=title, background="white", padding=12)
        .configure(font="system-ui, sans-serif")
        .configure_axis(labelFontSize=12, titleFontSize=12, titleFontWeight="normal")
        .configure_axisY(labelLimit=220)
        .configure_view(stroke=None)
    )
    document = chart.to_dict()
    if ending == ".png":
        return vl_convert.vegalite_to_png(document, scale=2)
    return vl_convert.vegalite_to_svg(document).encode()


def _bars(base: alt.Chart, unit: str, points: Sequence[Mapping[str, Any]]) -> alt.LayerChart:
    name = alt.Y("name:N", title=None, sort=[each["name"] for each in points])
    bars = base.mark_bar(color=_COLOUR, opacity=0.75).encode(
        x=alt.X("best:Q", title=f"{unit} CO2e"), y=name
    )
    bounds = base.mark_rule(strokeWidth=2, color=_BOUNDS_COLOUR).encode(
        x=alt.X("lower:Q"), x2="upper:Q", y=name
    )
    layered: alt.LayerChart = (bars + bounds).properties(width=_WIDTH_PX, height=alt.Step(24))
    return layered


def _over_days(base: alt.Chart, unit: str, points: Sequence[Mapping[str, Any]]) -> alt.LayerChart:
    # Days are of UTC, wherever the picture is made, and each that is named is named once.
    midnights = [datetime.fromisoformat(each["name"]).replace(tzinfo=UTC) for each in points]
    named = midnights[:: ceil(len(midnights) / _MOST_TICKS)]
    ticks = [int(each.timestamp() * 1000) for each in named]
    axis = alt.Axis(format="%Y-%m-%d", values=ticks)
    day = alt.X("utcyearmonthdate(name):T", title=None, axis=axis)
    band = base.mark_area(color=_COLOUR, opacity=0.25).encode(
        x=day, y=alt.Y("lower:Q", title=f"{unit} CO2e a day"), y2="upper:Q"
    )
    line = base.mark_line(color=_COLOUR, point={"color": _COLOUR}).encode(x=day, y=alt.Y("best:Q"))
    layered: alt.LayerChart = (band + line).properties(width=_WIDTH_PX, height=280)
    return layered


def _name(value: object) -> str:
    text = str(value)
    return (
        text
        if len(text) <= _LONGEST_NAME or not text.startswith("0x")
        else f"{text[:10]}…{text[-6:]}"
    )
