"""A figure of the bench, and the steps in processes of their own that measure it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]


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


def steps(module: str, *arguments: str | int) -> Iterator[dict[str, Any]]:
    """What each step of another process measured, as soon as it says so."""
    command = [sys.executable, "-m", f"tests.bench.{module}", *map(str, arguments)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield from map(json.loads, process.stdout)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        sys.exit(f"measuring {' '.join(command[2:])} failed; its error stands above")
