"""What building a tree of records takes, beside a plain loop of Keccak over the same nodes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.progress import Progress

from tests.bench.figures import Figure, steps

ROUNDS = {1_000_000: 5, 2_000_000: 4, 5_000_000: 3}
"""How often each number of records is measured; the best counts, as what disturbs only adds."""

MAX_RATIO = 2
MAX_MEMORY_MIB = 2048
MAX_GROWTH = 1.3


def tree_figures(progress: Progress, folder: str) -> list[Figure]:
    """Measures every size in a process of its own."""
    measured: dict[int, list[dict[str, Any]]] = {}
    for count, rounds in ROUNDS.items():
        task = progress.add_task(f"{count:,} records", total=2 + 2 * rounds)
        (made,) = steps("measure_tree", "make", count, folder)
        progress.advance(task)
        measured[count] = []
        for step in steps("measure_tree", "measure", rounds, made["path"]):
            measured[count].append(step)
            progress.advance(task)
        Path(made["path"]).unlink()
    return figures_of(measured)


def figures_of(measured: dict[int, list[dict[str, Any]]]) -> list[Figure]:
    """The figures of all sizes, and how they grow."""
    figures, per_record = [], {}
    for count, (first, *turns) in measured.items():
        tree = min(turn["tree_seconds"] for turn in turns if "tree_seconds" in turn)
        bare = min(turn["bare_seconds"] for turn in turns if "bare_seconds" in turn)
        per_record[count] = tree / count
        size = f"{count // 10**6}m"
        figures += [
            Figure(f"tree_{size}_seconds", tree, f"{count:,} records, columns to root"),
            Figure(f"bare_{size}_seconds", bare, "a plain loop of Keccak over the same nodes"),
            Figure(f"ratio_{size}", tree / bare, "the tree to the plain loop, in turns", MAX_RATIO),
            Figure(f"read_{size}_seconds", first["read_seconds"], "the file, with every check"),
            Figure(
                f"peak_memory_{size}_mib",
                first["peak_memory_mib"],
                "reading the file, the tree and a proof, in a process of its own",
                MAX_MEMORY_MIB,
            ),
        ]
    fewest, most = min(per_record), max(per_record)
    growth = per_record[most] / per_record[fewest]
    compared = f"time a record: {most:,} records to {fewest:,}"
    return [*figures, Figure("growth", growth, compared, MAX_GROWTH)]
