"""What an audit of a ledger takes, beside a bare scan and join of the same tables by DuckDB.

The ledger has a million events that contradict nothing, so that every check looks at all of them.
No node is asked: that would take as long as the node does.
"""

from __future__ import annotations

from rich.progress import Progress

from tests.bench.figures import Figure, steps

EVENTS, ROUNDS = 1_000_000, 5
MAX_RATIO = 3


def audit_figures(progress: Progress, folder: str) -> list[Figure]:
    """Measures both in turns, in a process of their own."""
    task = progress.add_task(f"{EVENTS:,} events, audited", total=1 + 2 * ROUNDS)
    (made,) = steps("measure_audit", "make", EVENTS, folder)
    progress.advance(task)
    turns = []
    for turn in steps("measure_audit", "audit", ROUNDS, made["ledger"]):
        turns.append(turn)
        progress.advance(task)
    audit, bare = (
        min(turn[name] for turn in turns if name in turn)
        for name in ("audit_seconds", "bare_seconds")
    )
    return [
        Figure(
            "audit_1m_seconds", audit, "a ledger of 1,000,000 events, all checks without a node"
        ),
        Figure("bare_audit_1m_seconds", bare, "DuckDB: scan and join of the same tables, to rows"),
        Figure("audit_ratio_1m", audit / bare, "these two, in turns", MAX_RATIO),
    ]
