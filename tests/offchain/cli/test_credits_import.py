"""`gasprint credits import`, on a generated export of 120 rows.

given no problems but retirements
    exit code 0, and -o holds every row that is not retired, with its token id
given problems planted in known rows
    exactly these are told, each with its row, and exit code 1
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conftest import Command
from registry_export import HEADINGS, block_of, clean_rows, set_block, write_export

from gasprint.serials import parse_serial
from gasprint.token_ids import token_id_of

RETIRED_ON = "Retirement/Cancellation Date"
Rows = list[dict[str, str]]
Planted = dict[tuple[int, str], int | None]


def rows_of_export() -> Rows:
    return list(clean_rows(120))


def unretired(rows: Rows) -> Rows:
    for row in rows:
        row |= dict.fromkeys(HEADINGS[-4:], "")
    return rows


def document_of(gasprint: Command, path: Path, code: int) -> dict[str, Any]:
    result = gasprint("credits", "import", path, "--json")
    assert (result.returncode, result.stderr) == (code, "")
    return json.loads(result.stdout)  # type: ignore[no-any-return]


def told(document: dict[str, Any]) -> Planted:
    return {(each["row"], each["kind"]): each["other_row"] for each in document["problems"]}


def plant(rows: Rows) -> Planted:
    """Spoil some of `rows`; give what has to be told, with the other row."""

    def row(number: int) -> dict[str, str]:
        return rows[number - 2]

    row(3)["Serial Number"] = row(3)["Serial Number"][:-1] + "O"
    row(5)["Quantity Issued"] = "1,234,567"
    row(7)["ID"] = "9999"
    row(9)["Vintage End"] = "2031-12-31"
    row(11)["Additional Certifications"] = "" if row(11)["Additional Certifications"] else "CCB"
    row(13)["Issuance Date"] = "4/3/2026"
    row(15)["Total Vintage Quantity"] = "12,34"
    row(17)["Retirement Reason"] = "Other"
    row(19)[RETIRED_ON] = "2026-02-30"
    set_block(row(30), *block_of(row(20)))
    set_block(row(41), 10_000, 20_000)
    set_block(row(42), 12_000, 12_999)
    set_block(row(51), 30_000, 40_000)
    set_block(row(52), 40_000, 50_000)
    return {
        (3, "malformed_serial"): None,
        (5, "wrong_quantity"): None,
        (7, "project_mismatch"): None,
        (9, "vintage_mismatch"): None,
        (11, "certification_mismatch"): None,
        (13, "bad_date"): None,
        (15, "bad_number"): None,
        (17, "bad_date"): None,
        (19, "bad_date"): None,
        (19, "retired"): None,
        (20, "duplicate"): 30,
        (30, "duplicate"): 20,
        (41, "contains"): 42,
        (42, "nested"): 41,
        (51, "overlapping"): 52,
        (52, "overlapping"): 51,
    }


def test_retirements_alone_are_no_errors(gasprint: Command, tmp_path: Path) -> None:
    rows = rows_of_export()
    retired = {at for at, row in enumerate(rows, 2) if row[RETIRED_ON]}
    document = document_of(gasprint, write_export(tmp_path / "export.csv", rows), code=0)
    assert 0 < len(retired) < 120
    assert told(document) == {(at, "retired"): None for at in retired}
    assert (document["rows"], document["ready"]) == (120, 120 - len(retired))
    assert document["counts"]["retired"] == len(retired)


def test_exactly_the_planted_problems_are_told(gasprint: Command, tmp_path: Path) -> None:
    rows = unretired(rows_of_export())
    planted = plant(rows)
    document = document_of(gasprint, write_export(tmp_path / "export.csv", rows), code=1)
    assert told(document) == planted
    assert document["ready"] == 120 - len({row for row, _ in planted})
    assert sum(document["counts"].values()) == len(planted) == len(document["problems"])
    by_kind = {each["kind"]: each for each in document["problems"]}
    assert by_kind["retired"]["severity"] == "note"
    assert by_kind["nested"]["severity"] == "error"
    assert by_kind["nested"]["serial"] == rows[40]["Serial Number"]
    assert by_kind["nested"]["message"] == (
        "block 12000 to 12999 lies inside 10000 to 20000 of row 41"
    )
    assert by_kind["malformed_serial"]["message"] == (
        "additional_certifications is 'O', but must be the digit 0 or 1"
    )


def test_a_retired_part_spoils_the_block_around_it(gasprint: Command, tmp_path: Path) -> None:
    rows = unretired(list(clean_rows(3)))
    set_block(rows[0], 1, 100)
    set_block(rows[2], 20, 30)
    rows[2][RETIRED_ON] = "2026-04-10"
    document = document_of(gasprint, write_export(tmp_path / "export.csv", rows), code=1)
    assert told(document) == {(2, "contains"): 4, (4, "nested"): 2, (4, "retired"): None}
    assert document["ready"] == 1


def test_blocks_of_every_registry_are_one_sequence(gasprint: Command, tmp_path: Path) -> None:
    (row,) = unretired(list(clean_rows(1)))
    legacy = row["Serial Number"].replace("-VCS-VCU-1507-VER-", "-VCU-042-MER-")
    rows = [row, {**row, "Serial Number": legacy}]
    document = document_of(gasprint, write_export(tmp_path / "export.csv", rows), code=1)
    assert told(document) == {(2, "duplicate"): 3, (3, "duplicate"): 2}


def test_the_table_counts_and_names_rows(gasprint: Command, tmp_path: Path) -> None:
    rows = rows_of_export()
    was_ready = not rows[0][RETIRED_ON]
    retired = sum(bool(row[RETIRED_ON]) for row in rows)
    rows[0]["Serial Number"] = "\x1b[2Jnonsense"
    result = gasprint("credits", "import", write_export(tmp_path / "export.csv", rows))
    assert (result.returncode, result.stderr) == (1, "")
    assert "120 rows: " in result.stdout.splitlines()[0]
    assert f", {120 - retired - was_ready} ready to tokenise" in result.stdout
    assert "1 malformed serial" in result.stdout
    assert "\x1b" not in result.stdout


def test_writes_the_blocks_that_are_ready(gasprint: Command, tmp_path: Path) -> None:
    rows = rows_of_export()
    ready = tmp_path / "ready.csv"
    export = write_export(tmp_path / "export.csv", rows)
    assert gasprint("credits", "import", export, "-o", ready).returncode == 0
    with ready.open(newline="") as file:
        written = {int(each["row"]): each for each in csv.DictReader(file)}
    expected = {at: row for at, row in enumerate(rows, 2) if not row[RETIRED_ON]}
    assert list(written) == list(expected)
    for at, row in expected.items():
        serial = parse_serial(row["Serial Number"])
        assert written[at]["serial"] == str(serial)
        assert written[at]["token_id"] == str(token_id_of(serial))
        assert written[at]["quantity_vcu"] == str(serial.quantity_vcu)
        assert written[at]["project_name"] == row["Name"]


def test_never_writes_over_the_export(refused: Callable[..., str], tmp_path: Path) -> None:
    export = write_export(tmp_path / "export.csv", clean_rows(1))
    before = export.read_bytes()
    assert "is the export itself" in refused("credits", "import", export, "-o", export)
    assert export.read_bytes() == before
