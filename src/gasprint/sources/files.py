"""Opens files for DuckDB to scan, once it is seen that each is what its name says.

Text (`.csv`, `.jsonl`, `.json`) is read as text throughout, so that a value that is not what it
should be is named rather than guessed at; Parquet is never read as a whole. Nothing in a file is
ever run: a formula is a text like any other, and no number, hash or address.
"""

from __future__ import annotations

import codecs
import csv
import glob
import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
from ibis import _

from gasprint.errors import SourceError

FILE, ROW = "_file", "_row"
"""Columns of an opened file that say where a row stands; the first row is 1."""

TEXT_ENDINGS = (".csv", ".json", ".jsonl")
MOST_COLUMNS = 1000
_LONGEST_HEADER_BYTES = 1 << 20
_LONGEST_JSON_ROW_BYTES = 1 << 26
_LONGEST_PARQUET_FOOTER_BYTES = 1 << 25
_BLOCK_BYTES = 1 << 20
_MEMORY = re.compile(r" *[0-9]+(\.[0-9]+)? *[kmgt]i?b *", re.IGNORECASE)
_OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
_MAGIC = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "zip", b"\x28\xb5\x2f\xfd": "zstd"}


def connect(memory_limit: str | None = None) -> ibis.BaseBackend:
    """A DuckDB of its own, which writes to the disk what does not fit `memory_limit` (`2GB`).

    Raises:
        SourceError: if that is no amount of memory.
    """
    if memory_limit is not None and not _MEMORY.fullmatch(memory_limit):
        raise SourceError(f"{memory_limit!r} is no amount of memory; write it like 2GB")
    try:
        # DuckDB makes the folder when it needs one, and removes it; two cannot share one.
        overflow = Path(tempfile.gettempdir()) / f"gasprint-duckdb-{uuid4().hex}"
        options = {} if memory_limit is None else {"memory_limit": memory_limit}
        return ibis.duckdb.connect(temp_directory=str(overflow), **options)
    except duckdb.Error as error:
        raise SourceError(f"{memory_limit!r} is no amount of memory; write it like 2GB") from error


def open_files(connection: ibis.BaseBackend, paths: Sequence[Path]) -> ir.Table:
    """The rows of some files of the same columns, with `FILE` and `ROW`.

    Raises:
        SourceError: naming the file that cannot be read, and why.
    """
    for path in paths:
        if path.suffix not in (*TEXT_ENDINGS, ".parquet"):
            raise SourceError(
                f"{path} is of an unknown format; its name must end in .jsonl or .csv, "
                "or in .parquet"
            )
    with damages_of(paths[0]):
        if paths[0].suffix == ".parquet":
            for path in paths:
                check_parquet(path)
            table = connection.read_parquet(
                [_exactly(path) for path in paths],
                filename=True,
                file_row_number=True,
                hive_partitioning=False,
            )
            return (
                table.rename({FILE: "filename"})
                .mutate(**{ROW: _.file_row_number + 1})
                .drop("file_row_number")
            )
        path, *more = paths
        if more:
            raise SourceError(f"{more[0]} is one text file too many; give one, or Parquet")
        there = columns_of_text(path)
        read = _read_csv if path.suffix == ".csv" else _read_json_lines
        return read(connection, path, there).mutate(
            **{FILE: ibis.literal(str(path)), ROW: ibis.row_number() + 1}
        )


@contextmanager
def damages_of(path: Path) -> Iterator[None]:
    """Read a file.

    Raises:
        SourceError: in place of whatever comes of one that is damaged or not there.
    """
    try:
        yield
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}; check the path") from error
    except duckdb.OutOfMemoryException as error:
        raise SourceError(
            "the memory does not do for it; give more with --memory-limit, such as 2GB"
        ) from error
    except (duckdb.Error, pa.ArrowException, ValueError, RecursionError, csv.Error) as error:
        problem = str(error).splitlines()[0]
        if "new-line character" in problem:
            problem = "its lines end in a carriage return alone, where a line feed should be"
        raise SourceError(f"{path} is damaged: {problem}; export it again") from error


def check_parquet(path: Path) -> pa.Schema:
    """The columns of a Parquet file, which are in its footer.

    Raises:
        SourceError: if it is none, or cut short, or has too many columns.
    """
    _refuse_what_is_no_file(path)
    with damages_of(path), path.open("rb") as file:
        size = path.stat().st_size
        head = file.read(4)
        file.seek(max(size - 8, 0))
        tail = file.read()
        if size < 12 or head != b"PAR1" or tail[4:] != b"PAR1":
            raise ValueError("no Parquet, or cut short")
        if int.from_bytes(tail[:4], "little") > _LONGEST_PARQUET_FOOTER_BYTES:
            raise ValueError(f"its footer is over {_LONGEST_PARQUET_FOOTER_BYTES} bytes")
        schema = pq.read_schema(path)
    _refuse_wrong_names(path, schema.names)
    return schema


def columns_of_text(path: Path) -> list[str]:
    """The columns of a text file: of a CSV those in its header, of JSON Lines those of row 1.

    Raises:
        SourceError: if it is not UTF-8, or its name says something else than what it is.
    """
    _refuse_what_is_no_file(path)
    with damages_of(path):
        _refuse_other_than_utf8(path)
        is_csv = path.suffix == ".csv"
        longest = _LONGEST_HEADER_BYTES if is_csv else _LONGEST_JSON_ROW_BYTES
        with path.open("rb") as file:
            first_line = file.readline(longest + 1)
        if len(first_line) > longest:
            raise ValueError(f"its first line is over {longest} bytes")
        text = first_line.decode("utf-8-sig")
        if not text.strip():
            raise SourceError(f"{path} is empty; export it again")
        if not is_csv:
            first_row = json.loads(text)
            if not isinstance(first_row, dict):
                raise ValueError("row 1 is no JSON object")
        names = next(csv.reader([text])) if is_csv else list(first_row)
        if is_csv:
            _refuse_other_separators(path, names)
        _refuse_wrong_names(path, names)
        return names


def _refuse_what_is_no_file(path: Path) -> None:
    # Of a link that leads back to itself, stat says so where exists() says that nothing is there.
    with damages_of(path):
        path.stat()
    if not path.is_file():
        raise SourceError(f"{path} is not a file; name one")


def _refuse_other_separators(path: Path, names: list[str]) -> None:
    for separator, name in _OTHER_SEPARATORS.items():
        if len(names) == 1 and separator in names[0]:
            raise SourceError(f"{path} has {name} between its columns; write commas")


def _refuse_wrong_names(path: Path, names: list[str]) -> None:
    if len(names) > MOST_COLUMNS:
        raise SourceError(f"{path} has {len(names)} columns; leave all but {MOST_COLUMNS} out")
    folded = [name.casefold() for name in names]
    for name, each in zip(names, folded, strict=True):
        if folded.count(each) > 1:
            raise SourceError(f"{path} has several columns named {name!r}; keep one of them")


def _refuse_other_than_utf8(path: Path) -> None:
    line, decoder = 1, codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        head = file.read(4)
        for magic, name in _MAGIC.items():
            if head.startswith(magic):
                raise SourceError(f"{path} is {name}, not {path.suffix}; unpack it first")
        if head == b"PAR1":
            raise SourceError(f"{path} is Parquet; give it a name that ends in .parquet")
        if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) or b"\0" in head:
            raise SourceError(f"{path} is not UTF-8, but UTF-16 or the like; save it as UTF-8")
        file.seek(0)
        while True:
            block = file.read(_BLOCK_BYTES)
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                # What was left of the block before has no end of a line in it.
                line += error.object[: error.start].count(b"\n")
                raise SourceError(f"{path} line {line} is not UTF-8; save it as UTF-8") from error
            if not block:
                return
            line += block.count(b"\n")


def _exactly(path: Path) -> str:
    """The path for DuckDB, which would take `*`, `?` and `[` in it for other files' names too."""
    exact = str(path.absolute())
    if "\\" in exact:
        raise SourceError(
            f"{path} has a backslash in its path, which DuckDB cannot read; rename it"
        )
    return glob.escape(exact)


def _read_csv(connection: ibis.BaseBackend, path: Path, there: list[str]) -> ir.Table:
    # DuckDB's sniffer would guess the dialect from the first rows; an exporter's is known.
    return connection.read_csv(
        _exactly(path),
        columns=dict.fromkeys(there, "VARCHAR"),
        auto_detect=False,
        header=True,
        delim=",",
        quote='"',
        escape='"',
        hive_partitioning=False,
    )


def _read_json_lines(connection: ibis.BaseBackend, path: Path, there: list[str]) -> ir.Table:
    return connection.read_json(
        _exactly(path),
        columns=dict.fromkeys(there, "VARCHAR"),
        format="newline_delimited",
        hive_partitioning=False,
    )
