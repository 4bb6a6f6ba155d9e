"""What a report says, from what it is made of."""

from __future__ import annotations

from gasprint._chart import ledger_chart
from gasprint.amounts import co2e_text
from gasprint.audit_report.data import ReportData
from gasprint.audit_report.document import Document
from gasprint.audit_report.first_page import first_page
from gasprint.audit_report.sections import sections


def document_of(data: ReportData) -> Document:
    """Put a report into words."""
    places = data.places
    where = [f"Chain {each.chain_id}, as of block {each.block_number:,}" for each in places]
    course = data.course
    return Document(
        title="Audit of emissions and retirements",
        running_title=where[0] if len(where) == 1 else f"{len(where)} deployments",
        first_page=first_page(data),
        chart_title=f"After {course.transactions:,} transactions: "
        f"{co2e_text(course.steps[-1].emitted_co2e_micrograms)} CO2e emitted, gross; "
        f"{co2e_text(course.steps[-1].retired_co2e_micrograms)} retired"
        if course.steps
        else "",
        sections=tuple(sections(data)),
        fingerprint=data.fingerprint,
    )


def chart(data: ReportData, title: str, title_id: str, width_px: int) -> str:
    """The ledger over its transactions as SVG; a dot marks each that retired."""
    course = data.course
    return ledger_chart(
        [each.emitted_co2e_micrograms for each in course.steps],
        [each.retired_co2e_micrograms for each in course.steps],
        title,
        title_id,
        width_px,
        step="Transaction" if course.stride == 1 else f"Every {course.stride:,} transactions",
    )
