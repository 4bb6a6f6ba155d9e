"""Checks a registry's export before any of its blocks is tokenised.

`csv_rows` reads the file, `row_checks` looks at one row alone, `meetings` at all blocks together,
and `checked_export` keeps what was found. A problem is always told with the number that a
spreadsheet gives its row.
"""

from gasprint.registry_export.checked_export import CheckedExport, check_export
from gasprint.registry_export.kinds import Kind, Severity

__all__ = ["CheckedExport", "Kind", "Severity", "check_export"]
