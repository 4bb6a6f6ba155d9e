"""Which files `gasprint credits import` reads, and which it refuses.

given another order of columns, further columns, a byte order mark, other line ends, empty rows,
    line breaks in quotes, or a name that is a pattern
    it reads the file, and counts rows as a spreadsheet does
given what is no export of the registry
    it refuses in one line that names the file and the row
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Command
from registry_export import HEADINGS, clean_rows, write_export

HEADING = ",".join(HEADINGS)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return write_export(tmp_path / "export.csv", clean_rows(3))


def rows_told(gasprint: Command, path: Path) -> list[int]:
    document = json.loads(gasprint("credits", "import", path, "--json").stdout)
    return [each["row"] for each in document["problems"] if each["kind"] == "malformed_serial"]


def written(path: Path, rows: int, spoiled: int) -> str:
    made = list(clean_rows(rows))
    made[spoiled - 2]["Serial Number"] = "nonsense"
    made[0]["Retirement Details"] = "three\nlines,\nquoted"
    return write_export(path, made).read_text(encoding="utf-8")


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_counts_rows_as_a_spreadsheet(
    gasprint: Command, tmp_path: Path, line_end: str, mark: str
) -> None:
    path = tmp_path / "ex[p]ort*.csv"
    heading, rest = written(path, rows=4, spoiled=5).split("\n", 1)
    two_empty_rows = ["", "," * (len(HEADINGS) - 1)]
    text = mark + "\n".join((heading, *two_empty_rows, rest))
    path.write_bytes(text.replace("\n", line_end).encode())
    assert rows_told(gasprint, path) == [7]


def test_a_line_break_in_quotes_starts_no_row(gasprint: Command, tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    written(path, rows=4, spoiled=5)
    assert rows_told(gasprint, path) == [5]


def test_columns_may_be_in_another_order_and_more(gasprint: Command, export: Path) -> None:
    with export.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with export.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*reversed(HEADINGS), "Note"])
        writer.writeheader()
        writer.writerows({**row, "Note": "x"} for row in rows)
    assert gasprint("credits", "import", export).returncode == 0


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (HEADING.encode(), "holds no rows"),
        (HEADING.replace("Serial Number", "Serial").encode(), "has no column 'Serial Number'"),
        (HEADING.replace(",", ";").encode(), "has no column 'Issuance Date'"),
        (f"{HEADING},ID\n".encode(), "has two columns 'ID'"),
        (HEADING.encode() + b"\n\nZa\xbf", "row 3 is not UTF-8 (byte 0xbf)"),
        (HEADING.encode("utf-16"), "row 1 is not UTF-8"),
        (f'{HEADING}\n\n"never closed\n\n'.encode(), "row 3 is damaged: unexpected end of data"),
        (f'{HEADING}\n"a" b\n'.encode(), "row 2 is damaged"),
        (f'{HEADING}\n"{"x" * 200_000}"\n'.encode(), "row 2 is damaged: field larger"),
    ],
    # The content of some is too long for a name.
    ids=range(11),
)
def test_refuses_what_is_no_export(
    refused: Callable[..., str], export: Path, content: bytes, problem: str
) -> None:
    export.write_bytes(content)
    line = refused("credits", "import", export, "-o", export.with_name("ready.csv"))
    assert str(export) in line
    assert problem in line
    assert [each.name for each in export.parent.iterdir()] == ["export.csv"]


def test_refuses_a_missing_file_and_a_folder(refused: Callable[..., str], tmp_path: Path) -> None:
    assert "No such file" in refused("credits", "import", tmp_path / "none.csv")
    assert "is not a file" in refused("credits", "import", tmp_path)
