"""The file of a source's records, which a commitment names by its SHA-256.

Parquet, a row a transaction, strictly rising by block and place in the block; `SCHEMA` has the
columns. What the records are of stands in its metadata under "gasprint", as
`RecordsHeader.text`. Reading checks all that can be checked without the chain.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from gasprint.errors import InputError
from gasprint.record_columns import EmissionRecords
from gasprint.record_header import RecordsHeader
from gasprint.record_sums import co2e_column, energy_limbs

__all__ = ["SCHEMA", "EmissionRecords", "RecordsHeader", "read_records", "write_records"]

SCHEMA = pa.schema(
    [
        pa.field("block_number", pa.uint64(), nullable=False),
        pa.field("transaction_index", pa.uint32(), nullable=False),
        pa.field("transaction_hash", pa.binary(32), nullable=False),
        pa.field("gas_used", pa.uint64(), nullable=False),
        pa.field("energy_picowatt_hours", pa.decimal128(38, 0), nullable=False),
        pa.field("co2e_micrograms", pa.uint64(), nullable=False),
    ]
)
"""Gas, pWh and micrograms of CO2e of one transaction each."""

_METADATA_KEY = "gasprint"
_ROWS_AT_ONCE = 2**18


def write_records(
    records: EmissionRecords, folder: Path, on_progress: Callable[[int], object] = lambda rows: None
) -> Path:
    """Write the file of `records`, which appears only once it is complete.

    Args:
        records: what to write.
        folder: where; the name is the SHA-256 of what is written.
        on_progress: told how many rows are written.

    Returns:
        The file, `<64 digits>.parquet`.

    Raises:
        InputError: if it cannot be written, or a figure leaves its field.
    """
    partial = folder / f".gasprint.{os.getpid()}.partial"
    try:
        with partial.open("w+b") as file:
            # The same for every reader: no dictionaries, and nothing that only Arrow understands.
            with pq.ParquetWriter(
                file, SCHEMA, compression="zstd", use_dictionary=False, store_schema=False
            ) as writer:
                writer.add_key_value_metadata({_METADATA_KEY: records.header.text})
                for start in range(0, len(records), _ROWS_AT_ONCE):
                    batch = _batch_of(records, slice(start, start + _ROWS_AT_ONCE))
                    writer.write_batch(batch, row_group_size=_ROWS_AT_ONCE)
                    on_progress(start + batch.num_rows)
            file.seek(0)
            path = folder / f"{_sha256_of(file)}.parquet"
        partial.replace(path)
    except OSError as error:
        problem = error.strerror or error
        raise InputError(f"{folder} cannot be written: {problem}; check the path") from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()
    return path


def read_records(
    path: Path, on_progress: Callable[[int], object] = lambda rows: None
) -> EmissionRecords:
    """Read a file of records, and check it: name, schema, header, order, figures.

    Args:
        path: the file, under the name that it was written by.
        on_progress: told how many rows are read.

    Raises:
        InputError: naming the file, and what is wrong with it.
    """
    try:
        if path.exists() and not path.is_file():
            raise InputError("it is not a file; name one")
        with path.open("rb") as file:
            if path.name != f"{_sha256_of(file)}.parquet":
                raise InputError("its name is not the SHA-256 of what is in it; fetch it again")
            file.seek(0)
            return _read(pq.ParquetFile(file), on_progress)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    except (pa.ArrowException, OSError, MemoryError) as error:
        problem = getattr(error, "strerror", None) or str(error).split("\n")[0]
        raise InputError(f"{path} cannot be read: {problem}; check it") from error


def _read(parquet: pq.ParquetFile, on_progress: Callable[[int], object]) -> EmissionRecords:
    there = parquet.schema_arrow
    expected = [(each.name, each.type) for each in SCHEMA]
    if [(each.name, each.type) for each in there] != expected:
        columns = ", ".join(f"{name} {kind}" for name, kind in expected)
        raise InputError(f"its columns are not {columns}; it is no file of records")
    text = (parquet.metadata.metadata or {}).get(_METADATA_KEY.encode())
    if text is None:
        raise InputError("its metadata has no header of gasprint; it is no file of records")
    header = RecordsHeader.of_text(text)

    # Each batch is checked by itself first, so that a small file cannot grow without bound.
    parts = [_records_of(header, pa.RecordBatch.from_pylist([], SCHEMA))]
    rows = 0
    for batch in parquet.iter_batches(_ROWS_AT_ONCE):
        parts.append(_records_of(header, batch))
        rows += batch.num_rows
        on_progress(rows)
    names = ("block_numbers", "transaction_indices", "transaction_hashes", "gas_used")
    whole = (np.concatenate([getattr(part, name) for part in parts]) for name in names)
    return EmissionRecords(header, *whole)


def _records_of(header: RecordsHeader, batch: pa.RecordBatch) -> EmissionRecords:
    for name, column in zip(SCHEMA.names, batch.columns, strict=True):
        if column.null_count:
            raise InputError(f"its column {name} has a row without a value; write it anew")
    blocks, indices, hashes, gas_used, energy, co2e = batch.columns
    records = EmissionRecords(
        header, blocks.to_numpy(), indices.to_numpy(), _bytes_of(hashes, 32), gas_used.to_numpy()
    )
    energy_words = _bytes_of(energy, 16).view("<u8")
    high, low = energy_limbs(records.gas_used, header.picowatt_hours_per_gas)
    records.refuse(
        (energy_words[:, 0] != low) | (energy_words[:, 1] != high),
        "has another energy_picowatt_hours than the factor makes of its gas",
    )
    records.refuse(
        co2e.to_numpy() != co2e_column(records.gas_used, header.picograms_per_gas),
        "has another co2e_micrograms than the factor makes of its gas",
    )
    return records


def _batch_of(records: EmissionRecords, rows: slice) -> pa.RecordBatch:
    gas_used = records.gas_used[rows]
    high, low = energy_limbs(gas_used, records.header.picowatt_hours_per_gas)
    energy = np.stack((low, high), axis=1).astype("<u8")
    hashes = np.ascontiguousarray(records.transaction_hashes[rows])
    columns = [
        pa.array(records.block_numbers[rows]),
        pa.array(records.transaction_indices[rows]),
        _array_of(pa.binary(32), hashes),
        pa.array(gas_used),
        _array_of(pa.decimal128(38, 0), energy),
        pa.array(co2e_column(gas_used, records.header.picograms_per_gas)),
    ]
    return pa.record_batch(columns, schema=SCHEMA)


def _array_of(kind: pa.DataType, rows: npt.NDArray[np.generic]) -> pa.Array:
    return pa.Array.from_buffers(kind, len(rows), [None, pa.py_buffer(rows)])


def _bytes_of(column: pa.Array, width: int) -> npt.NDArray[np.uint8]:
    """The rows of a column of fixed width; shape (n, width)."""
    values = column.buffers()[1]
    if values is None:
        return np.empty((0, width), np.uint8)
    every = np.frombuffer(values, np.uint8)
    return every[column.offset * width : (column.offset + len(column)) * width].reshape(-1, width)


def _sha256_of(file: io.BufferedIOBase) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()
