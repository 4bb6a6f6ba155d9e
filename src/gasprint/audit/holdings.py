"""Is all that was issued still there: held, retired, or redeemed?

What came into being is held against what was issued in `issuance`, and what went out of it here, so
that what is held is what is left.
"""

from __future__ import annotations

from collections.abc import Iterator

from gasprint.audit.findings import differs, error
from gasprint.audit.ranges import within
from gasprint.audit.result import Finding
from gasprint.audit.state import Expected
from gasprint.audit.subject import Subject
from gasprint.ledger import ZERO_ADDRESS
from gasprint.units import UNITS_PER_TONNE

_HELD = f"""
SELECT token_id, account, sum(value) AS units FROM (
    SELECT token_id, recipient AS account, value FROM moved
    UNION ALL SELECT token_id, sender, -value FROM moved
) WHERE account != '{ZERO_ADDRESS}' GROUP BY ALL ORDER BY ALL
"""
_LEFT = f"""
SELECT token_id, account, sum(taken), sum(gone) FROM (
    SELECT token_id, sender AS account, 0 AS taken, value AS gone FROM moved WHERE is_gone
    UNION ALL SELECT token_id, holder, units, 0 FROM retirement
    UNION ALL SELECT token_id, holder,
        (last_serial - first_serial + 1)::HUGEINT * {UNITS_PER_TONNE}, 0 FROM serials_redeemed
) GROUP BY ALL HAVING sum(taken) != sum(gone) ORDER BY ALL
"""
_STATES = """
SELECT token_id, first_unit, coalesce(front, first_unit), coalesce(back, end_unit),
    coalesce(retired, 0), coalesce(redeemed, 0)
FROM credit
LEFT JOIN (
    SELECT token_id, max(end_unit) AS front, sum(units) AS retired FROM retirement GROUP BY ALL
) USING (token_id)
LEFT JOIN (
    SELECT token_id, min(first_serial)::HUGEINT * {tonne} AS back,
        sum(last_serial - first_serial + 1)::HUGEINT * {tonne} AS redeemed
    FROM serials_redeemed GROUP BY ALL
) USING (token_id)
WHERE is_sound AND token_id IN (FROM credit_list) ORDER BY token_id
"""


def check_holdings(subject: Subject) -> Iterator[Finding]:
    """Nobody sends more than it has, and what leaves circulation is retired or redeemed."""
    for token_id, account, units in subject.rows(f"SELECT * FROM ({_HELD}) WHERE units < 0"):
        message = f"{-int(units):,} more units of credit {token_id} left the account than came"
        yield error("holdings", message, account)
    for token_id, account, taken, gone in subject.rows(_LEFT):
        what = f"units of credit {token_id} that left the account, by transfers to nobody"
        yield from differs("holdings", what, int(taken), int(gone), account)


def check_balances(subject: Subject) -> Iterator[Finding]:
    """Balances are what the transfers add up to."""
    yield from subject.told.contradictions(
        "holdings",
        "balanceOf",
        [
            Expected(
                (account, int(token_id)),
                ((f"units of credit {token_id} that the account holds", int(units)),),
                account,
            )
            for token_id, account, units in subject.rows(_HELD)
        ],
    )


def check_states(subject: Subject) -> Iterator[Finding]:
    """What the contract says of each credit is what its events add up to."""
    cancelled = subject.cancelled()
    expected = []
    for token_id, *figures in subject.rows(_STATES.format(tonne=UNITS_PER_TONNE)):
        origin, front, back, retired, redeemed = map(int, figures)
        cancelled_units = within(cancelled.get(token_id, []), front, back)
        named = [
            ("retired", retired),
            ("redeemed", redeemed),
            ("available", back - front - cancelled_units),
            ("passed", front - origin),
        ]
        told = tuple((f"units of credit {token_id} {what}", figure) for what, figure in named)
        expected.append(Expected((int(token_id),), told))
    yield from subject.told.contradictions("sums", "stateOf", expected)
