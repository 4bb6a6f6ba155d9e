"""What a footprint takes: beside a bare scan, a plain loop, five times as much, and another engine.

The bare scan is DuckDB reading the three columns of the same file that a footprint by address
needs, and grouping them by the address with a count, a sum and a maximum. The footprint is all from
opening the files, with every check of them, to the rows.

The plain loop is a script's: a date, a factor and a product for each transaction. What npm has,
ethereum-emissions-calculator, is not measured: it asks Etherscan, its licence is for use without
commerce, and its loop copies all before it for each transaction, so that it is the slower one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.progress import Progress

from tests.bench.figures import Figure, steps

TRANSACTIONS, MORE_TRANSACTIONS, BOTH_ENGINES = 20_000_000, 100_000_000, 5_000_000
ROUNDS = 3

MAX_RATIO = 2.5
MAX_GROWTH = 6
MAX_MEMORY_MIB = 2048
MAX_TO_LOOP = 1 / 5
MAX_LOOP_DIFFERENCE = 1e-9
MAX_SPARK_DIFFERENCE = 1e-12


def engine_figures(progress: Progress, folder: str) -> list[Figure]:
    """Measures every size and engine in a process of its own, of files that are gone afterwards."""
    of_many = _measured(progress, folder, TRANSACTIONS, [("footprint", ROUNDS), ("command",)])
    of_more = _measured(progress, folder, MORE_TRANSACTIONS, [("footprint", 0), ("command",)])
    of_both = _measured(progress, folder, BOTH_ENGINES, [("spark",)])
    footprint, bare = _least(of_many, "footprint_seconds"), _least(of_many, "bare_seconds")
    more = _least(of_more, "footprint_seconds")
    return [
        Figure("footprint_20m_seconds", footprint, "files to rows by address, by DuckDB"),
        Figure("bare_20m_seconds", bare, "DuckDB: three columns of that file, grouped by address"),
        Figure("footprint_ratio_20m", footprint / bare, "these two, in turns", MAX_RATIO),
        Figure("footprint_100m_seconds", more, "files to rows by address, by DuckDB"),
        Figure(
            "footprint_growth", more / footprint, "100 million to 20 million, whole", MAX_GROWTH
        ),
        Figure(
            "footprint_peak_memory_100m_mib",
            _least(of_more, "peak_memory_mib"),
            "100 million, in a process of its own",
            MAX_MEMORY_MIB,
        ),
        *_beside_a_loop("20m", of_many, None),
        # At 20 million, most of what the command takes is to start.
        *_beside_a_loop("100m", of_more, MAX_TO_LOOP),
        Figure(
            "spark_difference_5m",
            _least(of_both, "spark_difference"),
            "the farthest figure of any address, Spark to DuckDB",
            MAX_SPARK_DIFFERENCE,
        ),
    ]


def _beside_a_loop(
    size: str, measured: list[dict[str, Any]], at_most: float | None
) -> list[Figure]:
    command, loop = _least(measured, "command_seconds"), _least(measured, "loop_seconds")
    difference = _least(measured, "command_difference")
    return [
        Figure(f"command_{size}_seconds", command, "the whole command, by day"),
        Figure(f"loop_{size}_seconds", loop, "a plain loop in Python over the same files"),
        Figure(f"command_to_loop_{size}", command / loop, "these two", at_most),
        Figure(
            f"command_difference_{size}",
            difference,
            "total of the command to that of the loop",
            MAX_LOOP_DIFFERENCE,
        ),
    ]


def _measured(
    progress: Progress, folder: str, count: int, measures: list[tuple[str | int, ...]]
) -> list[dict[str, Any]]:
    task = progress.add_task(f"{count:,} transactions", total=1 + len(measures))
    (made,) = steps("measure_engine", "make", count, folder)
    progress.advance(task)
    measured = []
    for measure in measures:
        measured += steps("measure_engine", *measure, made["blocks"], made["transactions"])
        progress.advance(task)
    for path in made.values():
        Path(path).unlink()
    return measured


def _least(measured: list[dict[str, Any]], name: str) -> float:
    return min(each[name] for each in measured if name in each)
