"""The file of records: what it holds, and all that it is refused for.

given records
    the file is named by the SHA-256 of its bytes, reads back as they are, and others can read it
    their tree has the root that the same file always has
    one that cannot be written leaves nothing behind
given records that cannot be committed
    they are refused, naming the first transaction that is wrong
given a header that cannot be
    it is refused, naming the part
given a file that is changed, of another schema, or whose figures are not what the factor makes
    it is refused in one line that begins with its path
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gasprint.emission_records import (
    SCHEMA,
    EmissionRecords,
    RecordsHeader,
    read_records,
    write_records,
)
from gasprint.errors import InputError
from gasprint.record_tree import verify
from gasprint.units import co2e_micrograms_up, energy_picowatt_hours

HEADER = RecordsHeader(
    chain_id=1,
    registry="0x5FbDB2315678afecb367f032d93F642f64180aa3",
    source="0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045",
    first_block=100,
    last_block=200,
    last_block_hash="0x" + "ab" * 32,
    factor_version=1,
    picograms_per_gas=69_661_138,
    picowatt_hours_per_gas=187_000_003,
)
ROWS = [(100, 0), (100, 7), (150, 2), (150, 3), (200, 0)]


def records_of(rows: list[tuple[int, int]] | None = None, **columns: Any) -> EmissionRecords:
    """Five records of 21,000 gas and more, but for what `columns` names."""
    places = ROWS if rows is None else rows
    count = range(len(places))
    hashes = b"".join(hashlib.sha256(bytes([row % 256])).digest() for row in count)
    made = {
        "header": HEADER,
        "block_numbers": np.array([block for block, _ in places], np.uint64),
        "transaction_indices": np.array([index for _, index in places], np.uint32),
        "transaction_hashes": np.frombuffer(hashes, np.uint8).reshape(-1, 32),
        "gas_used": np.array([21_000 + row for row in count], np.uint64),
    }
    return EmissionRecords(**{**made, **columns})


def table_of(**columns: list[Any]) -> pa.Table:
    """What the file of `records_of` holds, but for what `columns` names."""
    gas = [21_000 + row for row in range(len(ROWS))]
    made: dict[str, list[Any]] = {
        "block_number": [block for block, _ in ROWS],
        "transaction_index": [index for _, index in ROWS],
        "transaction_hash": [hashlib.sha256(bytes([row])).digest() for row in range(len(ROWS))],
        "gas_used": gas,
        "energy_picowatt_hours": [Decimal(g * HEADER.picowatt_hours_per_gas) for g in gas],
        "co2e_micrograms": [co2e_micrograms_up(g, HEADER.picograms_per_gas) for g in gas],
    }
    return pa.table(
        {**made, **columns}, schema=pa.schema([each.with_nullable(True) for each in SCHEMA])
    )


@pytest.fixture
def named(tmp_path: Path) -> Callable[[bytes], Path]:
    """Writes bytes under the name that they have to have."""

    def write(content: bytes) -> Path:
        path = tmp_path / f"{hashlib.sha256(content).hexdigest()}.parquet"
        path.write_bytes(content)
        return path

    return write


@pytest.fixture
def file_of(named: Callable[[bytes], Path]) -> Callable[..., Path]:
    """Writes a table as a file of records, with a header."""

    def write(table: pa.Table, header: str | None = HEADER.text) -> Path:
        sink = pa.BufferOutputStream()
        metadata = None if header is None else {"gasprint": header}
        pq.write_table(table.replace_schema_metadata(metadata), sink)
        return named(sink.getvalue().to_pybytes())

    return write


def refusal_of(path: Path) -> str:
    with pytest.raises(InputError) as refusal:
        read_records(path)
    message = str(refusal.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    return message


def test_reads_back_what_was_written(tmp_path: Path) -> None:
    written = records_of()
    told: list[int] = []
    path = write_records(written, tmp_path, told.append)
    assert path == tmp_path / f"{hashlib.sha256(path.read_bytes()).hexdigest()}.parquet"
    assert list(tmp_path.iterdir()) == [path]
    there = read_records(path, told.append)
    assert told == [5, 5]
    assert there.header == HEADER
    for name in ("block_numbers", "transaction_indices", "transaction_hashes", "gas_used"):
        assert np.array_equal(getattr(there, name), getattr(written, name))
    assert write_records(there, tmp_path) == path


def test_anyone_can_read_it(tmp_path: Path) -> None:
    path = write_records(records_of(), tmp_path)
    assert pq.read_table(path).equals(table_of().cast(SCHEMA))
    header = json.loads(pq.read_schema(path).metadata[b"gasprint"])
    assert header == {"schema": "emission_records_v1", **vars(HEADER)}
    assert HEADER.text == json.dumps(header, sort_keys=True, separators=(",", ":"))


def test_a_file_of_another_writer_reads_alike(file_of: Callable[..., Path]) -> None:
    assert read_records(file_of(table_of())).tree().root == records_of().tree().root


def test_its_tree_proves_each_record() -> None:
    records = records_of()
    tree = records.tree()
    wanted = records.transaction_hashes[3].tobytes()
    index = records.index_of(wanted)
    record = tree.record(index)
    assert (index, record.transaction_hash, record.block_number) == (3, wanted, 150)
    assert record.energy_picowatt_hours == energy_picowatt_hours(21_003, 187_000_003)
    assert verify(record, tree.proof(index), tree.root)
    for missing in (bytes(32), wanted[1:], wanted + b"\0", b""):
        with pytest.raises(InputError, match=f"0x{missing.hex()} is not among the records"):
            records.index_of(missing)


def test_no_records(tmp_path: Path) -> None:
    there = read_records(write_records(records_of([]), tmp_path))
    assert len(there) == 0
    assert there.tree().root == bytes(32)


def test_more_rows_than_are_written_at_once(tmp_path: Path) -> None:
    count = 2**18 + 1
    hashes = np.zeros((count, 32), np.uint8)
    hashes[:, 24:] = np.arange(count, dtype=">u8")[:, np.newaxis].view(np.uint8)
    written = records_of(
        [(100, row) for row in range(count)],
        transaction_hashes=hashes,
        gas_used=np.arange(1, count + 1, dtype=np.uint64),
    )
    assert read_records(write_records(written, tmp_path)).tree().root == written.tree().root


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written: No such file"):
        write_records(records_of(), tmp_path / "missing")
    too_much = records_of(gas_used=np.full(5, 2**56, np.uint64))
    with pytest.raises(InputError, match="leaves its field"):
        write_records(too_much, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("rows", "columns", "problem"),
    [
        ([(99, 0)], {}, "of block 99 is outside of blocks 100 to 200"),
        ([(201, 0)], {}, "of block 201 is outside of blocks 100 to 200"),
        ([(150, 1), (149, 2)], {}, "of block 149 does not come after the one before it"),
        ([(150, 1), (150, 1)], {}, "of block 150 does not come after the one before it"),
        ([(150, 2), (150, 1)], {}, "of block 150 does not come after the one before it"),
        (None, {"transaction_hashes": np.ones((5, 32), np.uint8)}, "of block 100 is there twice"),
        (None, {"gas_used": np.arange(5, dtype=np.uint64)}, "of block 100 has no gas"),
        (None, {"gas_used": np.ones(4, np.uint64)}, "differ in length"),
    ],
)
def test_refuses_records_that_cannot_be_committed(
    rows: list[tuple[int, int]] | None, columns: dict[str, Any], problem: str
) -> None:
    with pytest.raises(InputError, match=problem):
        records_of(rows, **columns)


def test_hashes_that_only_begin_alike_are_no_repetition() -> None:
    hashes = np.zeros((5, 32), np.uint8)
    hashes[:, 31] = [3, 1, 2, 0, 4]
    assert len(records_of(transaction_hashes=hashes)) == 5
    hashes[4] = hashes[1]
    with pytest.raises(InputError, match=f"0x{'00' * 31}01 of block 200 is there twice"):
        records_of(transaction_hashes=hashes)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("chain_id", value) for value in (0, "1", True, 1.0)),
        *(("first_block", value) for value in (-1, 201, 2**64)),
        ("registry", HEADER.registry.lower()),
        ("registry", None),
        ("source", "vitalik.eth"),
        *(("last_block_hash", value) for value in ("0x" + "AB" * 32, "0x00", 0)),
        ("factor_version", 0),
        *(("picograms_per_gas", value) for value in (0, 2**48)),
        *(("picowatt_hours_per_gas", value) for value in (0, 2**48)),
    ],
)
def test_refuses_a_header_that_cannot_be(name: str, value: Any) -> None:
    with pytest.raises(InputError, match=name):
        replace(HEADER, **{name: value})


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        (None, "its metadata has no header"),
        ("{", "its header is no JSON"),
        ("[" * 100_000, "its header is no JSON"),
        ("[]", "its header is not of schema"),
        (HEADER.text.replace("_v1", "_v2"), "its header is not of schema emission_records_v1"),
        (HEADER.text.replace("chain_id", "chain"), "its header has an unknown chain"),
        (HEADER.text.replace('"chain_id":1,', ""), "its header lacks chain_id"),
        (HEADER.text.replace(":", ": "), "not written canonically"),
        (HEADER.text.replace("{", '{"chain_id":2,'), "not written canonically"),
        (HEADER.text.replace('"chain_id":1,', '"chain_id":[],'), "chain_id is [], but must be"),
    ],
)
def test_refuses_a_file_with_another_header(
    file_of: Callable[..., Path], header: str | None, problem: str
) -> None:
    assert problem in refusal_of(file_of(table_of(), header))


def test_refuses_a_file_that_was_changed(tmp_path: Path) -> None:
    path = write_records(records_of(), tmp_path)
    path.write_bytes(path.read_bytes() + b" ")
    assert "its name is not the SHA-256 of what is in it" in refusal_of(path)
    renamed = path.rename(tmp_path / "records.parquet")
    assert "its name is not the SHA-256" in refusal_of(renamed)


def test_refuses_what_is_no_file(tmp_path: Path, named: Callable[[bytes], Path]) -> None:
    assert "cannot be read: No such file" in refusal_of(tmp_path / "missing.parquet")
    assert "it is not a file" in refusal_of(tmp_path)
    whole = write_records(records_of(), tmp_path).read_bytes()
    for content in (b"", b"PAR1", b"text", whole[: len(whole) // 2], whole[:-8] + bytes(8)):
        assert "cannot be read: " in refusal_of(named(content))


@pytest.mark.parametrize(
    "table",
    [
        table_of().drop_columns(["gas_used"]),
        table_of().select(SCHEMA.names[::-1]),
        table_of().append_column("more", [[1] * 5]),
        table_of().cast(pa.schema([*list(SCHEMA)[:-1], pa.field("co2e_micrograms", pa.int64())])),
        table_of().cast(pa.schema([pa.field("block_number", pa.uint32()), *list(SCHEMA)[1:]])),
    ],
)
def test_refuses_other_columns(file_of: Callable[..., Path], table: pa.Table) -> None:
    assert "its columns are not block_number uint64, " in refusal_of(file_of(table))


@pytest.mark.parametrize("name", SCHEMA.names)
def test_refuses_a_row_without_a_value(file_of: Callable[..., Path], name: str) -> None:
    column = table_of()[name].to_pylist()[:-1]
    path = file_of(table_of(**{name: [*column, None]}))
    assert f"its column {name} has a row without a value" in refusal_of(path)


@pytest.mark.parametrize("more", [1, -1, -(10**13), 2**64])
def test_refuses_energy_that_the_factor_does_not_make(
    file_of: Callable[..., Path], more: int
) -> None:
    energy = table_of()["energy_picowatt_hours"].to_pylist()
    path = file_of(table_of(energy_picowatt_hours=[*energy[:4], energy[4] + more]))
    assert "of block 200 has another energy_picowatt_hours" in refusal_of(path)


@pytest.mark.parametrize("more", [1, -1])
def test_refuses_co2e_that_the_factor_does_not_make(
    file_of: Callable[..., Path], more: int
) -> None:
    co2e = table_of()["co2e_micrograms"].to_pylist()
    path = file_of(table_of(co2e_micrograms=[co2e[0], co2e[1] + more, *co2e[2:]]))
    assert "of block 100 has another co2e_micrograms" in refusal_of(path)


@pytest.mark.parametrize(
    ("name", "values", "problem"),
    [
        ("block_number", [100, 100, 150, 150, 201], "of block 201 is outside of blocks"),
        ("block_number", [100, 100, 99, 150, 200], "of block 99 is outside of blocks"),
        ("transaction_index", [7, 0, 2, 3, 0], "does not come after the one before it"),
        ("transaction_hash", [bytes(32)] * 5, "is there twice"),
        ("gas_used", [0] * 5, "has no gas"),
        ("gas_used", [2**56] * 5, "gas_used is 72057594037927936, which leaves its field"),
        ("gas_used", [21_001] * 5, "has another energy_picowatt_hours"),
    ],
)
def test_refuses_rows_that_cannot_be_committed(
    file_of: Callable[..., Path], name: str, values: list[Any], problem: str
) -> None:
    assert problem in refusal_of(file_of(table_of(**{name: values})))


def test_refuses_a_transaction_twice_however_far_apart(file_of: Callable[..., Path]) -> None:
    """Each batch of rows is checked by itself first; this is of the first and the last."""
    count = 2**18 + 1
    hashes = [row.to_bytes(32, "big") for row in range(count - 1)] + [bytes(32)]
    table = pa.table(
        {
            "block_number": [100] * count,
            "transaction_index": range(count),
            "transaction_hash": hashes,
            "gas_used": [21_000] * count,
            "energy_picowatt_hours": [Decimal(21_000 * 187_000_003)] * count,
            "co2e_micrograms": [co2e_micrograms_up(21_000, 69_661_138)] * count,
        },
        schema=SCHEMA,
    )
    assert f"0x{'00' * 32} of block 100 is there twice" in refusal_of(file_of(table))
