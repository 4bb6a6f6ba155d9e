"""How commands write: everything is made first, then written whole or not at all."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from gasprint.errors import InputError

_WIDTH_WHEN_PIPED = 200
_RUN_BY_SPREADSHEETS = ("=", "+", "-", "@")
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"


def write_text(text: str | Iterable[str], path: Path | None = None) -> None:
    """Write to stdout, or to `path`, where the file appears only once it is complete.

    What is too long to be held whole may come in pieces.

    Raises:
        InputError: if stdout or `path` cannot be written.
    """
    pieces = (text,) if isinstance(text, str) else text
    if path is None:
        _write_stdout(pieces)
    else:
        _write_pieces((piece.encode() for piece in pieces), path)


def write_bytes(content: bytes, path: Path) -> None:
    """Write to `path`, where the file appears only once it is complete.

    Raises:
        InputError: if `path` cannot be written.
    """
    _write_pieces((content,), path)


def check_writable(path: Path) -> None:
    """Find out whether `path` can be written, and leave it as it is.

    Raises:
        InputError: if it cannot.
    """
    _write_pieces((), path, keep=False)


def _write_pieces(pieces: Iterable[bytes], path: Path, *, keep: bool = True) -> None:
    try:
        if path.is_char_device() or path.is_fifo():
            # What is read as it is written: /dev/stdout, a pipe.
            with path.open("wb") as stream:
                stream.writelines(pieces)
        else:
            _write_file(pieces, path.resolve(), keep=keep)
    except (OSError, RuntimeError) as error:
        # A loop of symbolic links is a RuntimeError up to Python 3.12.
        problem = getattr(error, "strerror", None) or error
        raise InputError(f"{path} cannot be written: {problem}; check the path") from error


def _write_file(pieces: Iterable[bytes], path: Path, *, keep: bool) -> None:
    if path.is_dir():
        raise InputError(f"{path} is not a file; name another")
    partial = path.with_name(f".gasprint.{os.getpid()}.partial")
    try:
        with partial.open("wb") as file:
            if path.exists():
                shutil.copymode(path, partial)
            file.writelines(pieces)
        if keep:
            partial.replace(path)
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()


def _write_stdout(pieces: Iterable[str]) -> None:
    try:
        sys.stdout.writelines(pieces)
        sys.stdout.flush()
    except BrokenPipeError as error:
        raise InputError("the output was closed early; write it to a file with -o") from error
    except OSError as error:
        raise InputError(
            f"the output cannot be written: {error.strerror}; send it elsewhere"
        ) from error


def json_text(value: Any) -> str:
    """Indented JSON; dates in ISO 8601. Give whole numbers that may pass 2^53 as text.

    What cannot be printed is escaped, so that no text steers the reader's terminal.
    """
    text = readable(json.dumps(value, indent=2, ensure_ascii=False, default=_iso_8601))
    return "".join(f"{_escaped(line)}\n" for line in text.split("\n"))


def _escaped(line: str) -> str:
    if line.isprintable():
        return line
    return "".join(each if each.isprintable() else json.dumps(each)[1:-1] for each in line)


def readable(text: str) -> str:
    """`text` with U+FFFD for each piece that is no UTF-8, as the certificates show it.

    Anyone writes texts on the chain, of any bytes; `gasprint._abi` says how they are read.
    """
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def harmless(text: str) -> str:
    """`text` with U+FFFD for all that cannot be printed, and so might steer a terminal."""
    return "".join(each if is_one_line(each) else "\N{REPLACEMENT CHARACTER}" for each in text)


def is_one_line(text: str) -> bool:
    """Whether a text holds nothing that steers where it is shown; joiners are part of words."""
    return all(each.isprintable() or each in _JOINERS for each in text)


def csv_text(rows: Sequence[dict[str, Any]]) -> str:
    """CSV with a heading, from rows that all have the keys of the first one.

    A text that a spreadsheet would run has a `'` before it, and what steers a terminal is U+FFFD.
    """
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _csv_value(value) for name, value in row.items()})
    return stream.getvalue()


def _csv_value(value: object) -> object:
    if isinstance(value, date):
        return _iso_8601(value)
    if not isinstance(value, str):
        return value
    text = harmless(readable(value))
    # Some spreadsheets leave spaces out first.
    return f"'{text}" if text.lstrip().startswith(_RUN_BY_SPREADSHEETS) else text


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
    return f"{value:,}" if type(value) is int else "" if value is None else harmless(str(value))


@contextlib.contextmanager
def working(on: str) -> Iterator[None]:
    """Show on stderr what is being worked on, if a person is watching."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(on):
        yield


@contextlib.contextmanager
def progress(on: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show on stderr how much of `total` is done, if a person is watching.

    Yields:
        What takes how much of it is done by now.
    """
    with counting(on) as count:
        yield lambda done: count(done, total)


@contextlib.contextmanager
def counting(on: str) -> Iterator[Callable[[int, int], None]]:
    """Show on stderr how much is done and how long the rest may take, if a person is watching.

    Yields:
        What takes how much is done by now, and of how much.
    """
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(on, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
