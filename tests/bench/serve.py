"""How long pages and API of a served ledger take: of more events, and under load while syncing.

Two of three requests are for account pages, so that the p50 is a page's, and one for the same
figures in the API. The client is on the same machine, and takes about as much of it as the server.
Of several rounds the best counts, as whatever else the machine does makes a round worse.
"""

from __future__ import annotations

from typing import Any

from rich.progress import Progress

from tests.bench.figures import Figure, steps

FEW, MANY = 100_000, 1_000_000
ROUNDS, LOAD_SECONDS = 4, 10

MAX_GROWTH = 1.5
MAX_TO_IDLE = 5


def serve_figures(progress: Progress, _folder: str) -> list[Figure]:
    """Measures a ledger of few events, and one of many."""
    task = progress.add_task("a served ledger", total=2)
    few = list(steps("measure_serve", FEW, ROUNDS, 0))
    progress.advance(task)
    many = list(steps("measure_serve", MANY, ROUNDS, LOAD_SECONDS))
    progress.advance(task)
    idle, idle_of_many = _least(few, "idle_p50_seconds"), _least(many, "idle_p50_seconds")
    p99 = _least(many, "loaded_p99_seconds")
    per_second = max(each.get("saturated_per_second", 0) for each in many)
    return [
        Figure("serve_p50_100k_seconds", idle, "an account's page by the clock, nobody else asks"),
        Figure("serve_p50_1m_seconds", idle_of_many, "likewise, of ten times as many events"),
        Figure("serve_growth", idle_of_many / idle, "these two", MAX_GROWTH),
        Figure("serve_saturated_per_second", per_second, "pages and answers, while syncing"),
        Figure("serve_p99_1m_seconds", p99, "at half of that, while syncing"),
        Figure("serve_p99_to_idle", p99 / idle_of_many, "to the idle p50", MAX_TO_IDLE),
    ]


def _least(measured: list[dict[str, Any]], name: str) -> float:
    return min(each[name] for each in measured if name in each)
