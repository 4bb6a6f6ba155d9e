"""`make bench`: what building a tree of records costs; fails above a target."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

ROOT = Path(__file__).parents[2]
SNAPSHOT = ROOT / "snapshots" / "bench.json"

ROUNDS = {1_000_000: 5, 2_000_000: 4, 5_000_000: 3}
"""How often each number of records is measured; the best counts, as what disturbs only adds."""

MAX_RATIO = 2
MAX_MEMORY_MIB = 2048
MAX_GROWTH = 1.3


class Figure(NamedTuple):
    """One figure, with what it was compared with, and the most that it may be."""

    name: str
    value: float
    compared: str
    at_most: float | None = None

    @property
    def is_above(self) -> bool:
        """Whether it misses its target."""
        return self.at_most is not None and self.value > self.at_most


def main() -> None:
    """Measures every size in a process of its own."""
    console = Console(file=sys.stdout)
    with (
        Progress(console=console, transient=True) as progress,
        tempfile.TemporaryDirectory() as folder,
    ):
        measured = {}
        for count, rounds in ROUNDS.items():
            task = progress.add_task(f"{count:,} records", total=2 + 2 * rounds)
            (made,) = steps("make", count, folder)
            progress.advance(task)
            measured[count] = []
            for step in steps("measure", rounds, made["path"]):
                measured[count].append(step)
                progress.advance(task)
            Path(made["path"]).unlink()
    figures = figures_of(measured)
    console.print(table_of(figures))
    above = [figure for figure in figures if figure.is_above]
    for name, value, _, at_most in above:
        console.print(f"{name} is {value:,.2f}, above {at_most:,}", style="bold red")
    snapshot = {figure.name: round(figure.value, 3) for figure in figures}
    SNAPSHOT.write_text(json.dumps(snapshot, indent=2) + "\n")
    sys.exit(bool(above))


def steps(step: str, number: int, place: str) -> Iterator[dict[str, Any]]:
    """What each step of another process measured, as soon as it says so."""
    command = [sys.executable, "-m", "tests.bench.measure", step, str(number), place]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield from map(json.loads, process.stdout)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        sys.exit(f"measuring {step} {number:,} failed; its error stands above")


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


def table_of(figures: list[Figure]) -> Table:
    """The figures beside their targets and the last snapshot."""
    before = json.loads(SNAPSHOT.read_text()) if SNAPSHOT.exists() else {}
    title = f"{SNAPSHOT.relative_to(ROOT)}, seconds of the processor, the best of a few"
    table = Table("", "Measured", "At most", "Before", "What was compared", title=title)
    for column in table.columns[1:4]:
        column.justify = "right"
    for figure in figures:
        table.add_row(
            figure.name,
            f"{figure.value:,.2f}",
            "" if figure.at_most is None else f"{figure.at_most:,}",
            f"{before[figure.name]:,.2f}" if figure.name in before else "",
            figure.compared,
            style="bold red" if figure.is_above else None,
        )
    return table


if __name__ == "__main__":
    main()
