"""The chart of a comparison of networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import vl_convert

if TYPE_CHECKING:
    from gasprint.networks.scenario import Comparison

_WIDTH_PX = 560
_COLOUR = "#0f8a80"


def comparison_chart(comparison: Comparison, ending: str) -> bytes:
    """Draw the energy of each network, kWh a year: a point from its lower to its upper bound.

    On a scale of powers of ten, since networks differ by thousands.

    Args:
        comparison: what to draw.
        ending: `.svg` or `.png`.
    """
    points = [
        {
            "network": each.name,
            "lower": each.energy_kwh.lower,
            "best": each.energy_kwh.best,
            "upper": each.energy_kwh.upper,
            "label": f"{each.energy_kwh.best:,.4g} kWh"
            if each.energy_kwh.best < 1000
            else f"{each.energy_kwh.best:,.0f} kWh",
        }
        for each in comparison.alternatives
    ]
    order = [each.name for each in comparison.alternatives]
    scale = alt.Scale(type="log", nice=True)
    network = alt.Y("network:N", title=None, sort=order)
    base = alt.Chart(alt.InlineData(values=points))
    bounds = base.mark_rule(strokeWidth=3, color=_COLOUR, opacity=0.5).encode(
        x=alt.X("lower:Q", title="kWh a year", scale=scale), x2="upper:Q", y=network
    )
    best = base.mark_point(filled=True, size=90, opacity=1, color=_COLOUR).encode(
        x=alt.X("best:Q", scale=scale), y=network
    )
    label = base.mark_text(dy=-14, fontSize=12).encode(
        x=alt.X("best:Q", scale=scale), y=network, text="label:N"
    )
    title = alt.TitleParams(
        comparison.title,
        subtitle=f"{comparison.transactions_per_year:,} transactions a year; lower, best, upper",
        anchor="start",
    )
    chart = (
        (bounds + best + label)
        .properties(width=_WIDTH_PX, height=alt.Step(56), title=title, background="white")
        .configure(font="system-ui, sans-serif")
        .configure_axis(labelFontSize=12, titleFontSize=12, titleFontWeight="normal")
        .configure_axisX(grid=False)
        .configure_axisY(labelLimit=220)
        .configure_view(stroke=None)
    )
    document = chart.to_dict()
    if ending == ".png":
        return vl_convert.vegalite_to_png(document, scale=2)
    return vl_convert.vegalite_to_svg(document).encode()
