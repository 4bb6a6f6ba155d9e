"""The chart of a report: what was emitted, and beside it what was retired; never netted."""

from __future__ import annotations

import re
from collections.abc import Sequence

import altair as alt
import vl_convert
from markupsafe import Markup, escape

# Each stands out from a white page as well as from a dark one, three to one.
_COLOURS = {"Emitted, gross": "#c2410c", "Retired": "#0f8a80"}
_MICROGRAMS_PER = {"t": 10**12, "kg": 10**9, "g": 10**6}


def ledger_chart(
    emitted_co2e_micrograms: Sequence[int],
    retired_co2e_micrograms: Sequence[int],
    title: str,
    title_id: str,
    width_px: int,
    step: str = "Mint",
) -> Markup:
    """Draw both ledgers over mints or other steps, as SVG for a page; a dot marks each retirement.

    In tonnes, kilograms or grams: the largest of which there is one at the end.

    Args:
        emitted_co2e_micrograms: µg CO2e emitted up to each mint.
        retired_co2e_micrograms: µg CO2e retired up to each mint.
        title: what who cannot see the chart is told.
        title_id: id of the title's element, unique on the page.
        width_px: of the plot itself; the text around it keeps its size.
        step: what the steps are.
    """
    ledgers = zip(_COLOURS, (emitted_co2e_micrograms, retired_co2e_micrograms), strict=True)
    most = max(*emitted_co2e_micrograms, *retired_co2e_micrograms)
    unit = next((name for name, each in _MICROGRAMS_PER.items() if most >= each), "g")
    scale = _MICROGRAMS_PER[unit]
    # Half a mint more, so that the last step can be seen.
    end = len(emitted_co2e_micrograms) + 0.5
    points = [
        {"mint": min(mint, end), "co2e": co2e_micrograms / scale, "ledger": name}
        for name, ledger in ledgers
        for mint, co2e_micrograms in enumerate([0, *ledger, ledger[-1]])
    ]
    before = [0, *retired_co2e_micrograms]
    retirements = [
        {"mint": mint, "co2e": after / scale, "ledger": "Retired"}
        for mint, after in enumerate(retired_co2e_micrograms, 1)
        if after > before[mint - 1]
    ]
    mint = alt.X(
        "mint:Q",
        title=step,
        axis=alt.Axis(tickMinStep=1, format="d", grid=False),
        scale=alt.Scale(domain=[0, end], nice=False),
    )
    co2e = alt.Y("co2e:Q", title=f"{unit} CO2e")
    colour = alt.Color(
        "ledger:N",
        scale=alt.Scale(domain=list(_COLOURS), range=list(_COLOURS.values())),
        legend=alt.Legend(title=None, orient="top", offset=24),
    )
    steps = alt.Chart(alt.InlineData(values=points)).mark_line(
        interpolate="step-after", strokeWidth=2
    )
    dots = alt.Chart(alt.InlineData(values=retirements)).mark_point(filled=True, size=50, opacity=1)
    chart = (
        (steps.encode(x=mint, y=co2e, color=colour) + dots.encode(x=mint, y=co2e, color=colour))
        .properties(width=width_px, height=240, background="transparent", padding=2)
        .configure(font="system-ui, sans-serif")
        .configure_axis(labelFontSize=12, titleFontSize=12, titleFontWeight="normal")
        .configure_axisY(titleAngle=0, titleAlign="left", titleAnchor="end", titleY=-10, titleX=-30)
        .configure_legend(labelFontSize=13, columnPadding=24)
        .configure_view(stroke=None)
    )
    return _inline(vl_convert.vegalite_to_svg(chart.to_dict()), title, title_id)


def _inline(svg: str, title: str, title_id: str) -> Markup:
    """Give the drawing a root of its own: it scales with the page and has a name."""
    root, drawing = svg.split(">", 1)
    found = re.search(r'viewBox="0 0 ([0-9.]+) ([0-9.]+)"', root)
    assert found, "vl-convert always writes a viewBox"
    width_px, height_px = found.groups()
    return Markup(
        f'<svg viewBox="0 0 {width_px} {height_px}" width="{width_px}" role="img" '
        f'aria-labelledby="{escape(title_id)}"><title id="{escape(title_id)}">{escape(title)}'
        f"</title>{drawing}"
    )
