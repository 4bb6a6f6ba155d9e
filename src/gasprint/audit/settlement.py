"""Were serials retired at the registry once they were on-chain, and how long did that take?"""

from __future__ import annotations

from collections.abc import Iterator

from gasprint.audit.findings import differs, error, note
from gasprint.audit.ranges import without
from gasprint.audit.result import Finding
from gasprint.audit.subject import Subject
from gasprint.units import UNITS_PER_TONNE

_DAY_SECONDS = 86_400
_SETTLED = """
SELECT token_id, settled.first_serial, settled.last_serial, settled.transaction_hash,
    coalesce(lag(settled.last_serial) OVER (
        PARTITION BY token_id ORDER BY block_number, log_index
    ) + 1, credit.first_serial) AS expected,
    (
        SELECT max(end_unit) FROM retirement
        WHERE retirement.token_id = settled.token_id
            AND (retirement.block_number, retirement.log_index)
                < (settled.block_number, settled.log_index)
    ) AS front
FROM serials_settled AS settled JOIN credit USING (token_id)
ORDER BY block_number, log_index
"""
_WAITING = """
SELECT token_id, settled_unit, max(end_unit)
FROM retirement JOIN (
    SELECT token_id,
        coalesce((max(settled.last_serial)::HUGEINT + 1) * {tonne}, any_value(first_unit))
            AS settled_unit
    FROM credit LEFT JOIN serials_settled AS settled USING (token_id) GROUP BY token_id
) USING (token_id)
GROUP BY ALL HAVING max(end_unit) >= settled_unit + {tonne} ORDER BY token_id
"""
_SINCE = """
SELECT time_unix_seconds, retirement.transaction_hash
FROM retirement JOIN blocks USING (block_number)
WHERE token_id = $token_id AND end_unit >= $unit::HUGEINT
ORDER BY block_number, log_index LIMIT 1
"""


def check_settlement(subject: Subject) -> Iterator[Finding]:
    """What is settled was wholly retired before, and none is passed over."""
    for token_id, first, last, transaction, expected, front in subject.rows(_SETTLED):
        place = None, transaction
        what = f"first serial of credit {token_id} settled next"
        yield from differs("settlement", what, int(expected), int(first), *place)
        retired_through = int(front or 0) // UNITS_PER_TONNE - 1
        if int(last) > retired_through:
            message = (
                f"serials {first} to {last} of credit {token_id} were settled at the registry, "
                f"but were wholly retired only through {max(retired_through, int(first) - 1)}"
            )
            yield error("settlement", message, *place, kind="not_retired")


def check_lag(subject: Subject) -> Iterator[Finding]:
    """A note for each credit of which serials wait for the registry for too long."""
    now = subject.deployment.time_unix_seconds
    cancelled = subject.cancelled()
    for token_id, settled, front in subject.rows(_WAITING.format(tonne=UNITS_PER_TONNE)):
        end = int(front) // UNITS_PER_TONNE * UNITS_PER_TONNE
        # What the registry cancelled, it need not retire.
        waiting = without(int(settled), end, cancelled.get(token_id, []))
        if not waiting or now is None:
            continue
        first = waiting[0][0] // UNITS_PER_TONNE
        unit = str((first + 1) * UNITS_PER_TONNE)
        ((since, transaction),) = subject.rows(_SINCE, token_id=token_id, unit=unit)
        days = (now - since) / _DAY_SECONDS
        if days > subject.documents.settlement_days:
            message = (
                f"serials {first} to {end // UNITS_PER_TONNE - 1} of credit {token_id} are wholly "
                f"retired, and not settled at the registry; the first of them for {days:.1f} days"
            )
            yield note("settlement", message, None, transaction, kind="waiting")
