"""Commands of gasprint as processes of their own, without the second that each takes to import.

A server that has everything imported forks one for each command. It is a process like any other:
with its own output, folder and environment, to be sent signals and killed.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pkgutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable
from multiprocessing import connection
from pathlib import Path
from typing import Any

import gasprint

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(
    [
        each.name
        for each in pkgutil.walk_packages(gasprint.__path__, "gasprint.")
        if not each.name.endswith("__main__")
    ]
    + ["ibis.backends.duckdb", "pandas", "pyarrow.dataset", "rich.console", "rich.table"]
)


class Command:
    """A command that was started, with what `subprocess.Popen` has of it."""

    def __init__(
        self,
        *words: Any,
        cwd: Path | None = None,
        stdout: Path | None = None,
        stderr: Path | None = None,
    ) -> None:
        """Start `gasprint` with these words; its output can go to files of one's own."""
        self.args = [str(each) for each in words]
        self._output = tempfile.TemporaryDirectory()
        self._stdout = stdout or Path(self._output.name) / "stdout"
        self._stderr = stderr or Path(self._output.name) / "stderr"
        place = (str(cwd or Path.cwd()), str(self._stdout), str(self._stderr))
        self._process = _SERVER.Process(
            target=_work, args=(self.args, *place, dict(os.environ)), daemon=True
        )
        self._process.start()
        # How it ended can be read only once, whichever thread asks.
        self._asking = threading.Lock()

    @property
    def pid(self) -> int:
        return int(self._process.pid or 0)

    @property
    def returncode(self) -> int | None:
        return self.poll()

    def poll(self) -> int | None:
        with self._asking:
            return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        connection.wait([self._process.sentinel], timeout)
        if (code := self.poll()) is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return code

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Wait until it ends; what it wrote."""
        self.wait(timeout)
        return _text_of(self._stdout), _text_of(self._stderr)

    def completed(self, timeout: float | None = None) -> subprocess.CompletedProcess[str]:
        """Wait until it ends, which it has to in time; what `subprocess.run` would give."""
        try:
            stdout, stderr = self.communicate(timeout)
        finally:
            self.kill()
        return subprocess.CompletedProcess(self.args, self.wait(), stdout, stderr)


def run(
    *words: Any, timeout: float | None = None, **place: Any
) -> subprocess.CompletedProcess[str]:
    """Run `gasprint` with these words to its end."""
    return Command(*words, **place).completed(timeout)


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _work(
    words: Iterable[str], cwd: str, stdout: str, stderr: str, environment: dict[str, str]
) -> None:
    from gasprint.cli import main

    for number, path in enumerate((os.devnull, stdout, stderr)):
        opened = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)
    # The server ignores it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    sys.argv = ["gasprint", *words]
    main()
