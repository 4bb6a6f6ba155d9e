"""A report as PDF, set by Typst: tagged for screen readers, the same bytes for the same audit."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from gasprint.audit_report.content import chart, document_of
from gasprint.audit_report.data import ReportData
from gasprint.errors import InputError

_TEMPLATE = Path(__file__).parents[1] / "templates" / "audit_report.typ"
_STANDARDS = ["a-2a", "ua-1"]
_CHART_WIDTH_PX = 520


def check_typst() -> None:
    """Find out whether PDFs can be made.

    Raises:
        InputError: if not.
    """
    if find_spec("typst") is None:
        raise InputError("a report as PDF needs Typst; pip install 'gasprint[report]'")


def pdf_of(data: ReportData) -> bytes:
    """Draw a report as PDF/A-2a and PDF/UA-1, by the fonts that Typst has in itself.

    Raises:
        InputError: if Typst is missing.
    """
    return bytes(_compiled(data, format="pdf", pdf_standards=_STANDARDS))


def pages_of(data: ReportData, pixels_per_inch: float = 100) -> list[bytes]:
    """The pages of that PDF as PNG.

    Raises:
        InputError: if Typst is missing.
    """
    pages = _compiled(data, format="png", ppi=pixels_per_inch)
    return [pages] if isinstance(pages, bytes) else list(pages)


def _compiled(data: ReportData, **options: Any) -> Any:
    check_typst()
    import typst

    document = document_of(data)
    report = _each_text(asdict(document), drawn)
    inputs = {"report": json.dumps(report)}
    if document.chart_title:
        svg = str(chart(data, report["chart_title"], "chart", _CHART_WIDTH_PX))
        svg = svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
        inputs["chart"] = svg.replace("system-ui, sans-serif", "Libertinus Serif")
    return typst.compile(
        _TEMPLATE,
        ignore_system_fonts=True,
        sys_inputs=inputs,
        timestamp=data.dated,
        **options,
    )


def drawn(text: str) -> str:
    """A text in characters that the fonts have; of others, their number in place of a box.

    They have Latin, Greek and Cyrillic letters, and what is written with them.
    """
    return "".join(each if _has_glyph(ord(each)) else f"⟨U+{ord(each):04X}⟩" for each in text)


def _has_glyph(number: int) -> bool:
    return number < 0x485 or 0x1E00 <= number < 0x2041 or chr(number) in _FURTHER


_FURTHER = "⁸€→≤≥⟨⟩�"


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: _each_text(each, change) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_each_text(each, change) for each in value]
    return value
