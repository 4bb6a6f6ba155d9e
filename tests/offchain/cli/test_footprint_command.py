"""`gasprint footprint`.

given no files
    it uses the sample, and says so on stderr alone
given two files
    it writes a row a transaction, block or sender, as a table, JSON or CSV
given -o
    the file is there whole, or not at all
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Command, ExportedFiles


def test_without_files_it_uses_the_sample_and_says_so(gasprint: Command) -> None:
    result = gasprint("footprint")
    assert result.returncode == 0
    assert "the mainnet blocks that ship as a sample" in result.stderr
    assert "0xeb107a40ba73a50c79a9f2026e902d758d1c5e5e211f7a7db1b294f88f118dd0" in result.stdout
    assert "298 transactions, 25,246,518 gas, 2 blocks" in result.stdout
    energy, co2e = (line.split() for line in result.stdout.splitlines()[-5:-3])
    assert energy == ["energy_kwh", "1.979", "4.711", "5.708"]
    assert co2e == ["co2e_grams", "662.1", "1,758.7", "2,711.2"]


def test_output_that_is_piped_has_no_colours(gasprint: Command) -> None:
    assert "\x1b" not in gasprint("footprint", "--by", "block").stdout


@pytest.mark.parametrize(("by", "rows"), [("transaction", 298), ("block", 2), ("address", 256)])
def test_csv_has_a_row_each(gasprint: Command, exported: ExportedFiles, by: str, rows: int) -> None:
    result = gasprint("footprint", *exported.written("csv"), "--by", by, "--format", "csv")
    assert result.stderr == ""
    read = list(csv.DictReader(io.StringIO(result.stdout)))
    assert len(read) == rows
    assert sum(int(row["gas_used"]) for row in read) == 25_246_518
    assert {row["grid_source"] for row in read} == {"network:ethereum@published-2023"}


def test_json_has_totals_and_rows(gasprint: Command, exported: ExportedFiles) -> None:
    result = gasprint("footprint", *exported.written(), "--format", "json", "--grid", "egrid:SRVC")
    document = json.loads(result.stdout)
    assert document["totals"]["transactions"] == len(document["rows"]) == 298
    first = document["rows"][0]
    assert first["block_timestamp"] == "2023-05-02T12:19:59+00:00"
    assert first["grid_source"] == "egrid:SRVC@eGRID2023rev2"


def test_writes_a_whole_file(gasprint: Command, tmp_path: Path) -> None:
    written = tmp_path / "footprint.json"
    written.write_text("older")
    result = gasprint("footprint", "--format", "json", "-o", written)
    assert result.stdout == ""
    assert len(json.loads(written.read_text())["rows"]) == 298
    assert list(tmp_path.iterdir()) == [written]


def test_writes_to_a_long_name_and_keeps_the_mode(gasprint: Command, tmp_path: Path) -> None:
    written = tmp_path / ("x" * 245)
    written.touch(mode=0o600)
    assert gasprint("footprint", "-o", written).returncode == 0
    assert written.stat().st_mode & 0o777 == 0o600
    assert written.stat().st_size > 0


def test_refuses_to_write_to_a_loop_of_links(refused: Callable[..., str], tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert "cannot be written" in refused("footprint", "-o", loop)


def test_writes_nothing_when_refused(refused: Callable[..., str], exported: ExportedFiles) -> None:
    exported.transactions[0]["receipt_gas_used"] += 1
    files = exported.written()
    written = exported.folder / "footprint.csv"
    assert "add up to" in refused("footprint", *files, "-o", written)
    assert sorted(exported.folder.iterdir()) == sorted(files)


def test_refuses_blocks_without_transactions(
    refused: Callable[..., str], exported: ExportedFiles
) -> None:
    blocks, _ = exported.written()
    assert "has blocks, but no transactions, with their transaction_index" in refused(
        "footprint", blocks
    )
