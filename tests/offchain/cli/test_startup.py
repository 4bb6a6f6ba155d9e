"""The command starts at once.

given `gasprint --help`
    it takes less than three times as long as Python with a bare `import typer`
    nothing heavy is imported
"""

from __future__ import annotations

import os
import subprocess
import sys
from statistics import median
from time import perf_counter

RUNS = 7
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], check=True, capture_output=True, text=True, env=ENVIRONMENT
    )


def seconds_of(*arguments: str) -> float:
    start = perf_counter()
    run(*arguments)
    return perf_counter() - start


def test_help_starts_in_under_three_times_a_bare_typer() -> None:
    # In turns, so that a busy machine slows both alike.
    bare, helped = zip(
        *(
            (seconds_of("-c", "import typer"), seconds_of("-m", "gasprint", "--help"))
            for _ in range(RUNS)
        ),
        strict=True,
    )
    assert median(helped) < 3 * median(bare)


def test_the_command_line_imports_nothing_heavy() -> None:
    loaded = run("-c", "import sys, gasprint.cli; print(*sys.modules)").stdout.split()
    assert "gasprint.cli" in loaded
    assert not {"ibis", "duckdb", "pandas", "pyarrow", "rich", "web3"} & set(loaded)
