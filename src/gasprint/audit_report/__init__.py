"""Reports of an audit: for people as PDF and HTML, for machines as CSV, Parquet and JSON-LD.

data         all that a report says
reading      from a ledger, and a node
document     headings, texts and tables, however drawn
content      the words: first_page, sections, wording
html, pdf    draw it
tables       the same for machines
tabular      CSV and Parquet
linked_data  JSON-LD
writing      what a file's ending says, written whole or not at all
"""

from gasprint.audit_report.data import ReportData
from gasprint.audit_report.reading import read
from gasprint.audit_report.writing import check_reports, write_reports

__all__ = ["ReportData", "check_reports", "read", "write_reports"]
