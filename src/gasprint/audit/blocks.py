"""Are the blocks those of one chain, whose time goes on?"""

from __future__ import annotations

from collections.abc import Iterator

from gasprint.audit.findings import error
from gasprint.audit.result import Finding
from gasprint.audit.subject import Subject

_BACKWARDS = """
SELECT block_number, time_unix_seconds, before FROM (
    SELECT block_number, time_unix_seconds,
        lag(time_unix_seconds) OVER (ORDER BY block_number) AS before
    FROM blocks
) WHERE time_unix_seconds < before ORDER BY block_number
"""


def check_times(subject: Subject) -> Iterator[Finding]:
    """No block was made before an earlier one."""
    for number, seconds, before in subject.rows(_BACKWARDS):
        message = f"block {number} was made at {seconds:,}, before an earlier one, at {before:,}"
        yield error("blocks", message, kind="time")
