"""A ledger file, in DuckDB: written in a copy beside it, which takes its place every few seconds.

DuckDB lets one process write a file and none read it meanwhile. So what is there under the ledger's
name is never written: it is whole, as of one block, and anybody opens it read-only at any time.
Whoever has it open keeps what it was; to see what is newer, open it again. A process that is killed
leaves a copy that the next one throws away, and has what it read since the last exchange to read
again.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from gasprint._journal_folder import JournalFolder
from gasprint.sync.events import EVENTS
from gasprint.sync.reading import LEDGER_VERSION, opened_ledger

_LEAST_SECONDS_BETWEEN = 2.0
_SHARE_OF_TIME = 20
"""An exchange takes at most one part of so many of the time."""

ADDRESS_COLUMNS = {
    name: "".join(f"_{each.lower()}" if each.isupper() else each for each in name).strip("_")
    for name in EVENTS
}
"""Of `deployments`: where each contract stands."""
_TABLES = f"""
CREATE TABLE ledger (version INTEGER);
INSERT INTO ledger VALUES ({LEDGER_VERSION});
CREATE TABLE deployments (
    deployment_id INTEGER, chain_id BIGINT, genesis_hash VARCHAR,
    {"".join(f"{each} VARCHAR, " for each in ADDRESS_COLUMNS.values())}
    first_block BIGINT, first_block_hash VARCHAR, final_block BIGINT, final_block_hash VARCHAR,
    read_block BIGINT, read_block_hash VARCHAR, holds BOOLEAN
);
CREATE TABLE blocks (
    deployment_id INTEGER, block_number BIGINT, block_hash VARCHAR, time_unix_seconds BIGINT
);
CREATE TABLE syncs (
    sync_id INTEGER, deployment_id INTEGER, began_unix_seconds BIGINT, ended_unix_seconds BIGINT,
    read_block BIGINT, events BIGINT, contradictions VARCHAR[]
);
"""


class LedgerFile:
    """The copy of a ledger that is written.

    Attributes:
        connection: to it.
        events: the names of the tables of events.
    """

    connection: duckdb.DuckDBPyConnection
    _is_whole = False
    """Whether the copy can take the ledger's place."""

    def __init__(self, path: Path, schemas: Mapping[str, pa.Schema]) -> None:
        """Take the ledger's path, and the tables of events; nothing is read yet."""
        self.events = sorted(schemas)
        self._schemas = schemas
        self._named, self._path = path, path.resolve()
        self._copy = self._path.with_name(f".{self._path.name}.syncing")
        self._folder = JournalFolder(self._path.parent, "sync", f".{self._path.name}.lock")

    @contextlib.contextmanager
    def opened(self) -> Iterator[LedgerFile]:
        """Keep other writers out, and exchange the ledger for what was written at the end.

        Raises:
            InputError: if it is no ledger, or of a newer version, or cannot be written.
        """
        with self._folder.locked():
            self._remove_copy()
            is_new = not self._path.exists()
            try:
                if not is_new:
                    self._copy_checked()
                self._connect()
                if is_new:
                    self._create()
                self._exchanged_at, self._exchange_seconds = time.monotonic(), 0.0
                try:
                    yield self
                finally:
                    if self._is_whole:
                        self._exchange()
            finally:
                self._remove_copy()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all or nothing."""
        self.connection.begin()
        try:
            yield
        except BaseException:
            self.connection.rollback()
            raise
        self.connection.commit()

    def insert(self, table: str, rows: pa.Table) -> None:
        """Append rows, which have the table's columns in their order."""
        self.connection.register("rows_to_insert", rows)
        self.connection.execute(f'INSERT INTO "{table}" SELECT * FROM rows_to_insert')
        self.connection.unregister("rows_to_insert")

    def exchange_in_time(self) -> None:
        """Have readers see what was written, where they have waited for long enough."""
        waited = time.monotonic() - self._exchanged_at
        if waited > max(_LEAST_SECONDS_BETWEEN, _SHARE_OF_TIME * self._exchange_seconds):
            began = time.monotonic()
            self._exchange()
            self._copy_ledger()
            self._connect()
            self._exchanged_at = time.monotonic()
            self._exchange_seconds = self._exchanged_at - began

    def _connect(self) -> None:
        self.connection = duckdb.connect(str(self._copy))
        self._is_whole = True

    def _create(self) -> None:
        with self.transaction():
            self.connection.execute(_TABLES)
            for table, schema in self._schemas.items():
                self.connection.register("columns", schema.empty_table())
                self.connection.execute(f'CREATE TABLE "{table}" AS SELECT * FROM columns')
                self.connection.unregister("columns")

    def _copy_checked(self) -> None:
        # While it is open here, nobody opens it to write.
        with opened_ledger(self._named):
            self._copy_ledger()

    def _copy_ledger(self) -> None:
        with self._folder.writing():
            shutil.copy(self._path, self._copy)

    def _exchange(self) -> None:
        # Once it is closed, all is in the one file.
        self._is_whole = False
        self.connection.close()
        with self._folder.writing():
            with self._copy.open("rb") as file:
                os.fsync(file.fileno())
            self._copy.replace(self._path)
            self._folder.sync()

    def _remove_copy(self) -> None:
        with self._folder.writing():
            for suffix in ("", ".wal"):
                self._copy.with_name(self._copy.name + suffix).unlink(missing_ok=True)
