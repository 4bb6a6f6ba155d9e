"""A ledger file, opened to be read.

It stays as it was when it was opened; opened again, with all connections to it closed before, it is
newer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from gasprint.errors import InputError

LEDGER_VERSION = 1


@contextmanager
def opened_ledger(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a ledger file that only reads it.

    Raises:
        InputError: if it is not there, or no ledger, or of another version.
    """
    if not path.exists():
        raise InputError(f"{path} is not there; gasprint sync {path} makes it")
    try:
        connection = duckdb.connect(str(path), read_only=True)
    except duckdb.Error as error:
        raise _no_ledger(path, error) from error
    with connection:
        try:
            ((version,),) = connection.execute("SELECT version FROM ledger").fetchall()
        except (duckdb.Error, ValueError) as error:
            raise _no_ledger(path, error) from error
        if version != LEDGER_VERSION:
            raise InputError(
                f"{path} is a ledger of version {version}, and this gasprint knows version "
                f"{LEDGER_VERSION}; use a newer gasprint, or name another file"
            )
        yield connection


def _no_ledger(path: Path, error: Exception) -> InputError:
    problem = str(error).split("\n")[0]
    return InputError(
        f"{path} is no ledger that gasprint sync wrote, or something else writes it ({problem}); "
        "name another file"
    )
