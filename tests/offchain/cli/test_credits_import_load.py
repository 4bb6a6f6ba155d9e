"""`gasprint credits import` with a million rows.

given an export of a million rows, and a terminal to watch
    it stays under 1 GiB, shows its progress, and finds the one row that is wrong
"""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import threading
from pathlib import Path

from registry_export import block_of, clean_rows, write_export

ROWS = 1_000_000
GIBIBYTE_IN_KIBIBYTES = 1 << 20
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TERM": "xterm"}


def write_large_export(path: Path) -> Path:
    """A few rows again and again, each with the next blocks of its own size."""
    templates = []
    for row in clean_rows(500):
        first, last = block_of(row)
        row["Serial Number"] = row["Serial Number"].replace(f"{first}-{last}", "@")
        text = write_export(path, [row]).read_text(encoding="utf-8")
        heading, line = text.split("\n", 1)
        templates.append((*line.split("@"), last - first + 1))
    first = 1
    with path.open("w", encoding="utf-8") as file:
        file.write(f"{heading}\n")
        for _ in range(ROWS // len(templates)):
            for before, after, quantity in templates:
                file.write(f"{before}{first}-{first + quantity - 1}{after}")
                first += quantity
        # The last block again.
        file.write(f"{before}{first - quantity}-{first - 1}{after}")
    return path


def test_a_million_rows_stay_under_a_gibibyte_and_show_progress(tmp_path: Path) -> None:
    export = write_large_export(tmp_path / "export.csv")
    watcher, terminal = pty.openpty()
    shown = bytearray()

    def watch() -> None:
        try:
            while piece := os.read(watcher, 1 << 16):
                shown.extend(piece)
        except OSError:
            # How Linux tells that nobody writes to a terminal any more.
            pass

    with (tmp_path / "document.json").open("w+") as document_file:
        process = subprocess.Popen(
            [sys.executable, "-m", "gasprint", "credits", "import", str(export), "--json"],
            stdout=document_file,
            stderr=terminal,
            env=ENVIRONMENT,
        )
        os.close(terminal)
        watching = threading.Thread(target=watch)
        watching.start()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        watching.join()
        os.close(watcher)
        document_file.seek(0)
        document = json.load(document_file)
    assert process.returncode == 1
    assert usage.ru_maxrss < GIBIBYTE_IN_KIBIBYTES
    assert b"Checking export.csv" in shown
    assert re.search(rb"\b[1-9][0-9]?%", shown)
    assert document["rows"] == ROWS + 1
    assert document["counts"]["duplicate"] == 2
    assert document["rows_with_errors"] == 2
