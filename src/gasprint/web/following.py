"""Watches a ledger file, and keeps the index up to date; a process of its own.

So that what takes seconds, of a ledger of a million events, keeps no page waiting. It ends with
the process that started it.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from gasprint.errors import GasprintError
from gasprint.sync.reading import opened_ledger
from gasprint.web.auditing import audits_of
from gasprint.web.index_tables import create_index
from gasprint.web.index_writing import IndexWriter

_LOOK_SECONDS = 0.25
_SHARE_OF_TIME = 20
"""Audits take at most one part of so many of the time."""
_NICENESS = 10
"""Pages go first."""


@dataclass(frozen=True)
class Followed:
    """What to follow.

    Attributes:
        ledger: the ledger file.
        index: where the index is made.
        rpc: a node from which to sync; None where somebody else does.
        deployment: the deployment's address file.
        sync_seconds: how long to wait from one sync to the next.
    """

    ledger: str
    index: str
    rpc: str | None = None
    deployment: str = ""
    sync_seconds: float = 2.0

    def command(self) -> list[str]:
        """What starts the process."""
        return [sys.executable, "-m", "gasprint.web.following", json.dumps(asdict(self))]


def follow(followed: Followed) -> None:
    """Go on until the parent process ends."""
    os.nice(_NICENESS)
    parent, ledger, seen = os.getppid(), Path(followed.ledger), None
    writer = IndexWriter(create_index(Path(followed.index)))
    if followed.rpc is not None:
        threading.Thread(target=_sync_for_ever, args=(followed,), daemon=True).start()
    told, audited, next_audit = "", None, 0.0
    while os.getppid() == parent:
        try:
            now = ledger.stat()
            if seen != (now.st_ino, now.st_mtime_ns, now.st_size):
                with opened_ledger(ledger) as connection:
                    writer.write(connection)
                seen = now.st_ino, now.st_mtime_ns, now.st_size
            if audited != seen and time.monotonic() >= next_audit:
                began, audited = time.monotonic(), seen
                # Of that version, or of the next, which is then read and audited right after.
                writer.write_audits(audits_of(ledger))
                ended = time.monotonic()
                next_audit = ended + _SHARE_OF_TIME * (ended - began)
            told = ""
        except (GasprintError, OSError, duckdb.Error) as error:
            # It may be exchanged just now, or moved away; what was served stays served.
            told = _tell(error, told)
        time.sleep(_LOOK_SECONDS)


def _sync_for_ever(followed: Followed) -> None:
    from gasprint._node import Node
    from gasprint.sync import sync

    assert followed.rpc is not None, "only started with a node"
    told = ""
    while True:
        try:
            sync(Path(followed.ledger), Node.at(followed.rpc), Path(followed.deployment))
            told = ""
        except (GasprintError, OSError, duckdb.Error) as error:
            told = _tell(error, told)
        time.sleep(followed.sync_seconds)


def _tell(error: Exception, told: str) -> str:
    """Say it once, and not every time."""
    text = str(error).split("\n")[0]
    if text != told:
        print(f"gasprint: {text}", file=sys.stderr, flush=True)
    return text


if __name__ == "__main__":
    follow(Followed(**json.loads(sys.argv[1])))
