"""Files that are not what they should be: each is one line that says what is wrong.

given a file that is cut short, empty, a folder, a loop of links, or of another format than its name
given text of another encoding, wholly or in one cell
given headers that repeat a name, or have a million
given timestamps in milliseconds, or without a zone, or of no calendar
  it is refused, and nothing of it is run
given any of these by the command
  it ends with exit code 2 and that line alone
given CSV with a byte order mark, CRLF, or its columns in another order
given times with a zone, or without but named UTC
  it is read as it is meant
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest
from conftest import ExportedFiles
from cryo_files import BLOCKS, TRANSACTIONS, write_cryo

from gasprint.errors import SourceError
from gasprint.sources import open_source
from gasprint.sources.chain_data import ChainData


def refusal_of(*sources: Path, **options: bool) -> str:
    with pytest.raises(SourceError) as refusal:
        open_source(*sources, **options)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def counted(*sources: Path, **options: bool) -> tuple[int, int]:
    chain = open_source(*sources, **options)
    assert isinstance(chain, ChainData)
    gas = chain.transactions.gas_used.sum()
    return chain.transactions.count().to_pyarrow().as_py(), gas.to_pyarrow().as_py()


WHOLE = (298, 9_755_040 + 15_491_478)


@pytest.mark.parametrize("kept", [0, 3, 11, 1000, -9])
@pytest.mark.parametrize("name", [BLOCKS, TRANSACTIONS])
def test_parquet_cut_short(exported: ExportedFiles, name: str, kept: int) -> None:
    path = write_cryo(exported) / name
    path.write_bytes(path.read_bytes()[:kept])
    assert refusal_of(path.parent) == (
        f"{path} is damaged: no Parquet, or cut short; export it again"
    )


def test_parquet_damaged_within(exported: ExportedFiles) -> None:
    path = write_cryo(exported) / TRANSACTIONS
    whole = path.read_bytes()
    path.write_bytes(whole[:4] + bytes(len(whole) // 2) + whole[4 + len(whole) // 2 :])
    told = refusal_of(path.parent)
    assert told.startswith(f"{path} is damaged: ")


def to_utf16(text: str) -> bytes:
    return text.encode("utf-16")


def to_utf16_without_mark(text: str) -> bytes:
    return text.encode("utf-16-le")


def to_latin1(text: str) -> bytes:
    return text.replace("0xae2fc483", "Mübius", 1).encode("latin-1")


@pytest.mark.parametrize(
    ("encoded", "told"),
    [
        (to_utf16, "is not UTF-8, but UTF-16 or the like; save it as UTF-8"),
        (to_utf16_without_mark, "is not UTF-8, but UTF-16 or the like; save it as UTF-8"),
        (to_latin1, "line 2 is not UTF-8; save it as UTF-8"),
    ],
)
@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_another_encoding(
    exported: ExportedFiles, ending: str, encoded: Callable[[str], bytes], told: str
) -> None:
    blocks, transactions = exported.written(ending)
    if ending == "jsonl":
        told = told.replace("line 2", "line 1")
    transactions.write_bytes(encoded(transactions.read_text()))
    assert refusal_of(blocks, transactions) == f"{transactions} {told}"


def test_another_encoding_in_a_column_that_is_not_read(exported: ExportedFiles) -> None:
    exported.transactions[200]["input"] = "n\xe4mlich"
    blocks, transactions = exported.written("csv")
    transactions.write_text(transactions.read_text(), encoding="latin-1")
    assert refusal_of(blocks, transactions).endswith("line 202 is not UTF-8; save it as UTF-8")


def gzipped(path: Path) -> None:
    path.write_bytes(gzip.compress(path.read_bytes()))


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def as_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def as_loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)


def as_parquet(path: Path) -> None:
    pq.write_table(pa.table({"a": [1]}), path)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (gzipped, "is gzip, not .csv; unpack it first"),
        (emptied, "is empty; export it again"),
        (as_folder, "is a folder without .parquet files; name files instead"),
        (as_loop, "cannot be read: Too many levels of symbolic links; check the path"),
        (as_parquet, "is Parquet; give it a name that ends in .parquet"),
    ],
)
def test_no_csv_at_all(exported: ExportedFiles, spoil: Callable[[Path], None], told: str) -> None:
    blocks, transactions = exported.written("csv")
    spoil(transactions)
    assert refusal_of(blocks, transactions) == f"{transactions} {told}"


def test_headers_that_repeat_a_name(exported: ExportedFiles) -> None:
    blocks, transactions = exported.written("csv")
    text = transactions.read_text().replace(",nonce,", ",receipt_gas_used,", 1)
    transactions.write_text(text)
    assert refusal_of(blocks, transactions) == (
        f"{transactions} has several columns named 'receipt_gas_used'; keep one of them"
    )


def test_a_million_columns(exported: ExportedFiles) -> None:
    blocks, transactions = exported.written("csv")
    names = ",".join(f"a{number}" for number in range(1_000_000))
    transactions.write_text(f"{names}\n")
    assert "its first line is over 1048576 bytes" in refusal_of(blocks, transactions)
    transactions.write_text(",".join(f"a{number}" for number in range(2000)) + "\n")
    assert "has 2000 columns; leave all but 1000 out" in refusal_of(blocks, transactions)


def test_a_formula_in_a_cell_is_no_address(exported: ExportedFiles) -> None:
    exported.transactions[6]["from_address"] = '=HYPERLINK("http://127.0.0.1:1/","pay")'
    told = refusal_of(*exported.written("csv"))
    assert "row 7: from_address is '=HYPERLINK(" in told
    assert "must be 0x and 40 hexadecimal digits" in told


@pytest.mark.parametrize(
    ("value", "is_refused_if_utc"),
    [
        ("1683029999000", True),
        ("2023-05-02T12:19:59", False),
        ("2023-05-02 12:19:59", False),
        ("2023-02-30T12:19:59Z", True),
        ("02.05.2023 12:19", True),
    ],
)
def test_no_time(exported: ExportedFiles, value: str, is_refused_if_utc: bool) -> None:
    exported.blocks[0]["timestamp"] = value
    files = exported.written("csv")
    assert f"row 1: timestamp is '{value}', but must be Unix seconds" in refusal_of(*files)
    if is_refused_if_utc:
        assert "timestamp is" in refusal_of(*files, times_are_utc=True)
    else:
        assert counted(*files, times_are_utc=True) == WHOLE


@pytest.mark.parametrize(
    "value",
    [
        *("2023-05-02T12:19:59Z", "2023-05-02T14:19:59+02:00", "2023-05-02 05:19:59-07:00"),
        *("2023-05-02 12:19:59 UTC", "1683029999"),
    ],
)
def test_times_with_a_zone(exported: ExportedFiles, value: str) -> None:
    exported.blocks[0]["timestamp"] = value
    chain = open_source(*exported.written("csv"))
    assert isinstance(chain, ChainData)
    first = chain.blocks.timestamp.min().to_pyarrow().as_py()
    assert first.isoformat() == "2023-05-02T12:19:59+00:00"


@pytest.mark.parametrize("zone", [None, "UTC", "America/New_York"])
def test_times_of_parquet(exported: ExportedFiles, zone: str | None) -> None:
    path = write_cryo(exported) / BLOCKS
    table = pq.read_table(path)
    times = table["timestamp"].cast(pa.int64()).cast(pa.timestamp("s", zone)).combine_chunks()
    at = table.column_names.index("timestamp")
    pq.write_table(table.set_column(at, "timestamp", times), path)
    if zone is None:
        assert "'timestamp' has times without a zone" in refusal_of(path.parent)
    assert counted(path.parent, times_are_utc=True) == WHOLE


@pytest.mark.parametrize("gas", [float("inf"), float("nan"), 0.5, -1.0, 2.0**60])
def test_no_whole_number_in_parquet(exported: ExportedFiles, gas: float) -> None:
    path = write_cryo(exported) / BLOCKS
    table = pq.read_table(path)
    at = table.column_names.index("gas_used")
    values = pa.array([*table["gas_used"].to_pylist()[:-1], gas], pa.float64())
    pq.write_table(table.set_column(at, "gas_used", values), path)
    assert f"row {len(table)}: gas_used is '" in refusal_of(path.parent)


def with_mark(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())


def with_crlf(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))


def with_lf(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n"))


def in_another_order(path: Path) -> None:
    with path.open(newline="") as file:
        rows = list(csv.reader(file))
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(row[::-1] for row in rows)


@pytest.mark.parametrize("write", [with_mark, with_crlf, with_lf, in_another_order])
def test_csv_as_it_is_meant(exported: ExportedFiles, write: Callable[[Path], None]) -> None:
    files = exported.written("csv")
    for path in files:
        write(path)
    assert counted(*files) == WHOLE


@pytest.mark.parametrize(
    ("rows", "at", "column", "value", "told"),
    [
        ("transactions", 6, "receipt_gas_used", 2**63, "is '9223372036854775808', but must be"),
        ("transactions", 6, "hash", "=HYPERLINK(1)", "is '=HYPERLINK(1)', but must be 0x and"),
        ("blocks", 1, "timestamp", 1_683_029_999_000, "must be Unix seconds; divide milliseconds"),
        ("blocks", 1, "timestamp", "2023-05-02 14:20:11", "give times as text with their zone"),
    ],
)
def test_the_command_refuses_it(
    exported: ExportedFiles,
    refused: Callable[..., str],
    rows: str,
    at: int,
    column: str,
    value: object,
    told: str,
) -> None:
    getattr(exported, rows)[at][column] = value
    line = refused("footprint", *exported.written("csv"))
    assert f"{rows}.csv row {at + 1}: {column} is " in line
    assert told in line


def test_the_command_refuses_another_encoding(
    exported: ExportedFiles, refused: Callable[..., str]
) -> None:
    blocks, transactions = exported.written("csv")
    transactions.write_bytes(to_utf16(transactions.read_text()))
    assert "is not UTF-8, but UTF-16 or the like" in refused("footprint", blocks, transactions)


ROWS_WITH_TIMES = """\
hash,block_number,transaction_index,from_address,gas_used,block_timestamp
0x{0:064x},17173049,0,0x{0:040x},21000,2023-05-02T12:19:59Z
0x{1:064x},17173049,1,0x{1:040x},21000,{time}
"""


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize(
    ("time", "problem"),
    [
        ("", "1 rows of block 17173049 have no block_timestamp; complete them"),
        (
            "2022-09-14T12:00:00Z",
            "block 17173049 is of two times, 2022-09-14 12:00:00 and 2023-05-02 12:19:59 UTC",
        ),
        ("2023-05-02T12:19:59Z", None),
    ],
)
def test_times_of_one_block(tmp_path: Path, time: str, problem: str | None, ending: str) -> None:
    path = tmp_path / "transactions.csv"
    path.write_text(ROWS_WITH_TIMES.format(1, 2, time=time))
    if ending == "parquet":
        table = pacsv.read_csv(path)
        at = table.column_names.index("block_timestamp")
        times = table["block_timestamp"].cast(pa.timestamp("s", "UTC"))
        path = path.with_suffix(".parquet")
        pq.write_table(table.set_column(at, "block_timestamp", times), path)
    if problem is None:
        assert counted(path) == (2, 42_000)
    else:
        assert problem in refusal_of(path)
