"""A report as one HTML file: no script, nothing loaded from anywhere, every value escaped."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from gasprint.audit_report.content import chart, document_of
from gasprint.audit_report.data import ReportData

_TEMPLATES = Path(__file__).parents[1] / "templates"
_CHART_WIDTHS_PX = {"wide": 850, "narrow": 270}


def html_of(data: ReportData) -> bytes:
    """Draw a report as a page, for screens of any width and for print."""
    document = document_of(data)
    style = (_TEMPLATES / "audit_report.css").read_text(encoding="utf-8")
    templates = Environment(
        loader=PackageLoader("gasprint"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = templates.get_template("audit_report.html.j2").render(
        document=document,
        style=Markup(style),
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        # The same for a wide and for a narrow page, so that its text is legible on both.
        charts={
            name: chart(data, document.chart_title, f"chart-{name}", width_px)
            for name, width_px in _CHART_WIDTHS_PX.items()
        }
        if data.course.steps
        else {},
    )
    return page.encode()
