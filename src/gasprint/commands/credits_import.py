"""`gasprint credits import`: what in a registry's export can be tokenised, and what cannot."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gasprint._output import json_text, progress, table_text, working, write_text
from gasprint.errors import InputError

if TYPE_CHECKING:
    from gasprint.registry_export import CheckedExport

EXAMPLE = "Example: gasprint credits import transactions.csv -o ready.csv"
FOUND = 1
_SHOWN_ERRORS = 50
_SHOWN_CHARACTERS = 120
_READY_COLUMNS = (
    *("row", "serial", "project_number", "project_name", "methodology", "country"),
    *("vintage_start", "vintage_end", "first_serial", "last_serial", "quantity_vcu", "token_id"),
)


def import_export(
    file: Annotated[Path, typer.Argument(help="The Verra registry's CSV export.")],
    json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="CSV of the blocks ready to tokenise.")
    ] = None,
) -> None:
    """Check a registry's export before tokenising it: every problem, with its row's number.

    A row is ready if it is not retired, its serial agrees with its other columns, and its block
    shares no serial with another row's.

    Exit code 0: nothing is wrong, though rows may be retired. 1: something is. 2: the file could
    not be read.
    """
    from gasprint.registry_export import check_export

    try:
        size_bytes = file.stat().st_size
        if output is not None and output.exists() and output.samefile(file):
            raise InputError(f"{output} is the export itself; name another file with -o")
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}; check the path") from error
    with ExitStack() as stack:
        with progress(f"Checking {file.name}", size_bytes) as on_bytes_read:
            checked = stack.enter_context(check_export(file, on_bytes_read))
        if output is not None:
            with working(f"Writing {output.name} ..."):
                write_text(_csv_pieces(checked), output)
        write_text(_json_pieces(file, checked) if json else _text(file, checked))
        if checked.rows_with_errors:
            raise typer.Exit(FOUND)


def _csv_pieces(checked: CheckedExport) -> Iterator[str]:
    from gasprint.token_ids import VERRA_VCS, TokenId

    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_READY_COLUMNS)
    for block in checked.ready_blocks():
        token_id = TokenId(
            VERRA_VCS, block["project_number"], block["first_serial"], block["last_serial"]
        )
        block["token_id"] = int(token_id)
        writer.writerow([block[column] for column in _READY_COLUMNS])
        yield stream.getvalue()
        stream.seek(0)
        stream.truncate()
    yield stream.getvalue()


def _json_pieces(file: Path, checked: CheckedExport) -> Iterator[str]:
    """The document as `json_text` would write it, one problem at a time."""
    from gasprint.registry_export import Kind

    head = {
        "file": str(file),
        "rows": checked.rows,
        "rows_with_errors": checked.rows_with_errors,
        "ready": checked.ready,
        "ready_vcu": str(checked.ready_vcu),
        "counts": checked.counts,
    }
    yield json_text(head).removesuffix("\n}\n") + ',\n  "problems": ['
    separator = "\n"
    for problem in checked.problems():
        problem["severity"] = Kind(problem["kind"]).severity
        lines = json_text(problem).rstrip().replace("\n", "\n    ")
        yield f"{separator}    {lines}"
        separator = ",\n"
    yield "\n  ]\n}\n" if separator == ",\n" else "]\n}\n"


def _text(file: Path, checked: CheckedExport) -> str:
    counts = {kind: count for kind, count in checked.counts.items() if count}
    parts = [f"{count:,} {kind.value.replace('_', ' ')}" for kind, count in counts.items()]
    parts.append(f"{checked.ready:,} ready to tokenise ({checked.ready_vcu:,} VCU)")
    sections = [f"{_shown(file.name)}, {checked.rows:,} rows: {', '.join(parts)}.\n"]
    if counts:
        kinds = [
            {"kind": kind.value, "severity": kind.severity, "rows": n, "meaning": kind.meaning}
            for kind, n in counts.items()
        ]
        sections.append(table_text(kinds))
    errors = [_error_row(each) for each in checked.errors(_SHOWN_ERRORS)]
    if errors:
        sections.append(f"Errors, by the row that a spreadsheet shows\n\n{table_text(errors)}")
    further = sum(n for kind, n in counts.items() if kind.severity == "error") - len(errors)
    if further:
        sections.append(f"{further:,} more; --json has them all.\n")
    return "\n".join(sections)


def _error_row(problem: dict[str, Any]) -> dict[str, object]:
    return {
        "row": str(problem["row"]),
        "kind": problem["kind"],
        "problem": _shown(problem["message"]),
        "serial": _shown(problem["serial"] or ""),
    }


def _shown(text: str) -> str:
    """Text out of a file, short and without what would steer the terminal."""
    if not text.isprintable():
        text = repr(text)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…"
