"""How commands write: everything is made first, then written whole or not at all."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from gasprint.errors import InputError

_WIDTH_WHEN_PIPED = 200


def write_text(text: str, path: Path | None = None) -> None:
    """Write to stdout, or to `path`, where the file appears only once it is complete.

    Raises:
        InputError: if stdout or `path` cannot be written.
    """
    if path is None:
        _write_stdout(text)
    else:
        write_bytes(text.encode(), path)


def write_bytes(content: bytes, path: Path) -> None:
    """Write to `path`, where the file appears only once it is complete.

    Raises:
        InputError: if `path` cannot be written.
    """
    try:
        _write_file(content, path.resolve())
    except (OSError, RuntimeError) as error:
        # A loop of symbolic links is a RuntimeError up to Python 3.12.
        problem = getattr(error, "strerror", None) or error
        raise InputError(f"{path} cannot be written: {problem}; check the path") from error


def _write_file(content: bytes, path: Path) -> None:
    if path.exists() and not path.is_file():
        raise InputError(f"{path} is not a file; name another with -o")
    partial = path.with_name(f".gasprint.{os.getpid()}.partial")
    try:
        with partial.open("wb") as file:
            if path.exists():
                shutil.copymode(path, partial)
            file.write(content)
        partial.replace(path)
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()


def _write_stdout(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError as error:
        raise InputError("the output was closed early; write it to a file with -o") from error
    except OSError as error:
        raise InputError(
            f"the output cannot be written: {error.strerror}; send it elsewhere"
        ) from error


def json_text(value: Any) -> str:
    """Indented JSON; dates in ISO 8601. Give whole numbers that may pass 2^53 as text."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=_iso_8601) + "\n"


def csv_text(rows: Sequence[dict[str, Any]]) -> str:
    """CSV with a heading, from rows that all have the keys of the first one."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(
            {name: _iso_8601(v) if isinstance(v, date) else v for name, v in row.items()}
        )
    return stream.getvalue()


def _iso_8601(value: date) -> str:
    return value.isoformat()


def table_text(rows: Sequence[Mapping[str, object]]) -> str:
    """A table headed by the first row's keys; on a terminal, in colour and as wide as that."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading, value in rows[0].items() if rows else ():
        is_number = isinstance(value, int | float)
        table.add_column(
            heading,
            justify="right" if is_number else "left",
            no_wrap=is_number,
            overflow="fold",
            min_width=10,
        )
    for row in rows:
        table.add_row(*(_cell(value) for value in row.values()))
    is_terminal = sys.stdout.isatty()
    stream = io.StringIO()
    Console(
        file=stream,
        force_terminal=is_terminal,
        width=shutil.get_terminal_size().columns if is_terminal else _WIDTH_WHEN_PIPED,
        markup=False,
        highlight=False,
    ).print(table)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.1f}"
    return f"{value:,}" if type(value) is int else "" if value is None else str(value)


@contextlib.contextmanager
def working(on: str) -> Iterator[None]:
    """Show on stderr what is being worked on, if a person is watching."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(on):
        yield
