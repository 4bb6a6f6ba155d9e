"""What the tests share: the shipped sample, as files that a test may spoil, and the command."""

from __future__ import annotations

import csv
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from gasprint.footprint import SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS
from tests import commands

# How long an example takes says how busy the machine is.
settings.register_profile("gasprint", deadline=None)
settings.load_profile("gasprint")

Rows = list[dict[str, Any]]
Command = Callable[..., subprocess.CompletedProcess[str]]


class ExportedFiles:
    """The sample as rows, and where to write them once a test has changed them."""

    def __init__(self, folder: Path) -> None:
        """Read the sample; write into `folder`."""
        self.folder = folder
        self.blocks: Rows = [json.loads(line) for line in SAMPLE_BLOCKS.open()]
        self.transactions: Rows = [json.loads(line) for line in SAMPLE_TRANSACTIONS.open()]

    def written(self, ending: str = "jsonl") -> tuple[Path, Path]:
        """Paths of blocks and transactions, written as `jsonl` or `csv`."""
        paths = (self.folder / f"blocks.{ending}", self.folder / f"transactions.{ending}")
        for path, rows in zip(paths, (self.blocks, self.transactions), strict=True):
            with path.open("w", newline="") as file:
                if ending == "csv":
                    writer = csv.DictWriter(file, fieldnames=list(rows[0]))
                    writer.writeheader()
                    writer.writerows(rows)
                else:
                    file.writelines(json.dumps(row) + "\n" for row in rows)
        return paths


@pytest.fixture
def exported(tmp_path: Path) -> ExportedFiles:
    """The shipped sample, free to be changed and written again."""
    return ExportedFiles(tmp_path)


@pytest.fixture(scope="session")
def gasprint() -> Command:
    """Runs `gasprint` with some arguments, its output to files."""

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return commands.run(*arguments, timeout=60)

    return run


@pytest.fixture(scope="session")
def refused(gasprint: Command) -> Callable[..., str]:
    """Runs a command that must be refused in one line with exit code 2; gives that line."""

    def run(*arguments: str | Path) -> str:
        result = gasprint(*arguments)
        assert result.returncode == 2
        assert result.stdout == ""
        lines = [line for line in result.stderr.splitlines() if "no files given" not in line]
        assert len(lines) == 1
        assert lines[0].startswith("gasprint: ")
        return lines[0]

    return run


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.getreports("skipped")
    if any("Java is missing" in str(each.longrepr) for each in skipped):
        terminalreporter.write_line(
            "Skipped tests of Spark, as Java is missing: apt-get install default-jre-headless"
        )
