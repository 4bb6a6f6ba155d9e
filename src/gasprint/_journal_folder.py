"""A folder in which one process at a time keeps a journal, from before it acts until it is known.

What is written is on the disk, whole or not at all, before the call returns: whoever starts after
a crash finds what the one before may have done.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gasprint.errors import InputError


@dataclass(frozen=True)
class JournalFolder:
    """A folder, and how to write in it.

    Attributes:
        path: the folder.
        worker: what works in it, such as `report`; at most one of them at a time.
        lock_name: of the file that says that one does.
    """

    path: Path
    worker: str
    lock_name: str = ".gasprint.lock"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other worker out of the folder, which is made if it is not there.

        Raises:
            InputError: if another one works in it, or it cannot be written.
        """
        with self.writing():
            self.path.mkdir(parents=True, exist_ok=True)
            lock = (self.path / self.lock_name).open("wb")
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise InputError(
                    f"another {self.worker} works in {self.path}; wait until it is done"
                ) from None
            yield

    def read(self, name: str) -> Any:
        """What was written last.

        Raises:
            FileNotFoundError: if nothing was.
            OSError: if it cannot be read.
            ValueError: if it is no JSON.
        """
        return json.loads((self.path / name).read_text(encoding="utf-8"))

    def write(self, name: str, document: Any) -> None:
        """Write, to the disk, in place of what was there before.

        Raises:
            InputError: if it cannot be written.
        """
        partial = (self.path / name).with_suffix(".partial")
        with self.writing():
            with partial.open("w", encoding="utf-8") as file:
                json.dump(document, file)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(self.path / name)
            self.sync()

    def remove(self, name: str) -> None:
        """Remove what was written.

        Raises:
            InputError: if it cannot be removed.
        """
        with self.writing():
            (self.path / name).unlink(missing_ok=True)
            self.sync()

    def sync(self) -> None:
        """See to it that the names of the folder's files are on the disk."""
        folder = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Write in the folder.

        Raises:
            InputError: in place of an OSError.
        """
        try:
            yield
        except OSError as error:
            problem = error.strerror or error
            raise InputError(
                f"{self.path} cannot be written: {problem}; check the folder"
            ) from error
