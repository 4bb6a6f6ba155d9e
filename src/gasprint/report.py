"""A report as one HTML file: no script, nothing loaded from anywhere, every value escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from gasprint import amounts
from gasprint._chart import ledger_chart
from gasprint._output import write_text

if TYPE_CHECKING:
    from gasprint.audit import Audit
    from gasprint.totals import Totals

_CHART_WIDTHS_PX = {"wide": 850, "narrow": 270}


@dataclass(frozen=True)
class ReportFactor:
    """The factor by which gas became CO2e.

    Attributes:
        version: its version in the registry.
        picograms_per_gas: pg CO2e per gas.
        source: the model, electricity and blocks that it comes from.
    """

    version: int
    picograms_per_gas: int
    source: str


@dataclass(frozen=True)
class ReportCredit:
    """The credit that was drawn on.

    Attributes:
        serial: as the registry writes it.
        token_id: under which it was issued.
        issued_units: how many units were issued, of 10 mg each.
    """

    serial: str
    token_id: int
    issued_units: int


@dataclass(frozen=True)
class ReportMint:
    """One mint, and where the ledger stood after it.

    Attributes:
        transaction_hash: of the mint.
        gas_used: by its receipt.
        recorded_gas: that it recorded itself.
        emitted_co2e_micrograms: µg CO2e emitted up to and with it, gross.
        retired_co2e_micrograms: µg CO2e retired up to and with it.
    """

    transaction_hash: str
    gas_used: int
    recorded_gas: int
    emitted_co2e_micrograms: int
    retired_co2e_micrograms: int

    @property
    def metering_error_percent(self) -> float:
        """By how much the recorded gas differs from the receipt's."""
        return 100 * (self.recorded_gas - self.gas_used) / self.gas_used


def write_report(
    path: Path,
    *,
    title: str,
    footprint: Totals,
    factor: ReportFactor,
    credit: ReportCredit,
    mints: Sequence[ReportMint],
    audit: Audit,
) -> Path:
    """Write the report, whole or not at all.

    Args:
        path: the HTML file; its folder is made.
        title: its heading.
        footprint: of the blocks that the factor comes from.
        factor: as published.
        credit: as issued.
        mints: in their order.
        audit: of the chain after the last of them.

    Returns:
        The file.

    Raises:
        InputError: if it cannot be written.
    """
    templates = Environment(
        loader=PackageLoader("gasprint"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {
        "co2e": amounts.co2e_text,
        "units": amounts.units_text,
        "span": amounts.span_text,
        "percent": amounts.percent_text,
        "significant": _significant,
    }
    style = (Path(__file__).parent / "templates" / "report.css").read_text(encoding="utf-8")
    page = templates.get_template("report.html.j2").render(
        title=title,
        style=Markup(style),
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        charts=_charts(mints),
        footprint=footprint,
        factor=factor,
        credit=credit,
        mints=mints,
        audit=audit,
        emitted_co2e_micrograms=sum(each.emitted_co2e_micrograms for each in audit.accounts),
        retired_units=sum(each.retired_units for each in audit.accounts),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(page, path)
    return path


def _charts(mints: Sequence[ReportMint]) -> dict[str, Markup]:
    """The same chart for a wide and for a narrow page, so that its text is legible on both."""
    if not mints:
        return {}
    emitted = [each.emitted_co2e_micrograms for each in mints]
    retired = [each.retired_co2e_micrograms for each in mints]
    title = (
        f"After {len(mints)} mints: {amounts.co2e_text(emitted[-1])} CO2e emitted, gross; "
        f"{amounts.co2e_text(retired[-1])} retired"
    )
    return {
        name: ledger_chart(emitted, retired, title, f"chart-{name}", width_px)
        for name, width_px in _CHART_WIDTHS_PX.items()
    }


def _significant(value: float) -> str:
    return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
