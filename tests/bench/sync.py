"""What a sync takes: beside a plain loop of web3.py's `get_logs`, and of ten times the events.

The loop is a script's: a request for each range of blocks, and web3.py's own decoding. It keeps
what it found in a list, writes no file, asks no block for its time, and checks nothing. Both read
the same chain of anvil.

A chain of a million events takes anvil hours, so the memory is measured by a node that makes its
chain up as it is asked.
"""

from __future__ import annotations

from typing import Any

from rich.progress import Progress

from tests.bench.figures import Figure, steps

EVENTS, ROUNDS = 20_000, 4
FEWER_EVENTS, MORE_EVENTS = 100_000, 1_000_000

MAX_TO_LOOP = 1 / 3
MAX_MEMORY_GROWTH = 1.5


def sync_figures(progress: Progress, folder: str) -> list[Figure]:
    """Measures both; each memory in a process of its own."""
    task = progress.add_task(f"{EVENTS:,} events", total=2 * ROUNDS)
    turns: list[dict[str, Any]] = []
    for step in steps("measure_sync", "beside_loop", EVENTS, ROUNDS, folder):
        turns.append(step)
        progress.advance(task)
    memory = {}
    for events in (FEWER_EVENTS, MORE_EVENTS):
        task = progress.add_task(f"{events:,} events", total=1)
        (memory[events],) = steps("measure_sync", "memory", events, folder)
        progress.advance(task)
    return figures_of(turns, memory)


def figures_of(turns: list[dict[str, Any]], memory: dict[int, dict[str, Any]]) -> list[Figure]:
    """How the two compare, by the best turn of each, and how memory grows."""
    of_sync, of_loop = (
        min(turn[f"{what}_seconds"] for turn in turns if f"{what}_seconds" in turn)
        for what in ("sync", "loop")
    )
    fewer, more = (memory[each]["peak_memory_mib"] for each in (FEWER_EVENTS, MORE_EVENTS))
    return [
        Figure("sync_20k_seconds", of_sync, "by the clock: anvil to a ledger that was checked"),
        Figure("loop_logs_20k_seconds", of_loop, "by the clock: web3.py's get_logs and decoding"),
        Figure("sync_to_loop_20k", of_sync / of_loop, "these two, in turns", MAX_TO_LOOP),
        Figure("sync_peak_memory_100k_mib", fewer, "100,000 events, in a process of its own"),
        Figure("sync_peak_memory_1m_mib", more, "1,000,000 events, in a process of its own"),
        Figure("sync_memory_growth", more / fewer, "these two", MAX_MEMORY_GROWTH),
    ]
