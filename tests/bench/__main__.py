"""`make bench`: what trees, footprints, syncs, audits and pages cost; fails above a target.

python -m tests.bench engine    measures one of them; the others' figures stay as they are
"""

from __future__ import annotations

import json
import sys
import tempfile

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tests.bench.audit import audit_figures
from tests.bench.engine import engine_figures
from tests.bench.figures import ROOT, Figure
from tests.bench.serve import serve_figures
from tests.bench.sync import sync_figures
from tests.bench.tree import tree_figures

SNAPSHOT = ROOT / "snapshots" / "bench.json"
PARTS = {
    "tree": tree_figures,
    "engine": engine_figures,
    "sync": sync_figures,
    "audit": audit_figures,
    "serve": serve_figures,
}


def main() -> None:
    """Measures all parts, or those that are named; each is kept before the next begins."""
    console = Console(file=sys.stdout)
    is_above = False
    for part in sys.argv[1:] or PARTS:
        with (
            Progress(console=console, transient=True) as progress,
            tempfile.TemporaryDirectory() as folder,
        ):
            figures = PARTS[part](progress, folder)
        before = json.loads(SNAPSHOT.read_text()) if SNAPSHOT.exists() else {}
        console.print(table_of(figures, before))
        for name, value, _, at_most in (each for each in figures if each.is_above):
            console.print(f"{name} is {_shown(value)}, above {_shown(at_most)}", style="bold red")
            is_above = True
        snapshot = before | {figure.name: float(f"{figure.value:.4g}") for figure in figures}
        SNAPSHOT.write_text(json.dumps(snapshot, indent=2) + "\n")
    sys.exit(is_above)


def table_of(figures: list[Figure], before: dict[str, float]) -> Table:
    """The figures beside their targets and the last snapshot."""
    title = f"{SNAPSHOT.relative_to(ROOT)}; seconds are the processor's, where nothing else is said"
    table = Table("", "Measured", "At most", "Before", "What was compared", title=title)
    for column in table.columns[1:4]:
        column.justify = "right"
    for figure in figures:
        table.add_row(
            figure.name,
            _shown(figure.value),
            _shown(figure.at_most),
            _shown(before.get(figure.name)),
            figure.compared,
            style="bold red" if figure.is_above else None,
        )
    return table


def _shown(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.2f}" if value >= 0.01 or not value else f"{value:.1e}"


if __name__ == "__main__":
    main()
