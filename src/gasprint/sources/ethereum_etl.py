"""Reads what ethereum-etl exports: blocks, and transactions with their receipts' gas.

JSON Lines (`.jsonl`, `.json`) and CSV (`.csv`), told apart by the file's name. Everything is read
as text first, so that a value that is not what it should be is named rather than guessed at.
"""

from __future__ import annotations

import csv
import glob
import json
from pathlib import Path
from typing import NamedTuple

import duckdb
import ibis
import ibis.expr.types as ir
from ibis import _

from gasprint.errors import SourceError
from gasprint.sources.chain_data import BLOCKS_SCHEMA, TRANSACTIONS_SCHEMA, ChainData


class _Column(NamedTuple):
    exported_as: str
    pattern: str
    rule: str


def _whole_number(exported_as: str) -> _Column:
    return _Column(exported_as, "^[0-9]{1,18}$", "a whole number, zero or more")


_BLOCKS = {
    **{name: _whole_number(name) for name in ("number", "gas_used", "transaction_count")},
    "timestamp": _Column("timestamp", "^[0-9]{1,10}$", "Unix seconds; divide milliseconds by 1000"),
}
_TRANSACTIONS = {
    "hash": _Column("hash", "^0x[0-9a-fA-F]{64}$", "0x and 64 hexadecimal digits"),
    "block_number": _whole_number("block_number"),
    "transaction_index": _whole_number("transaction_index"),
    "from_address": _Column("from_address", "^0x[0-9a-fA-F]{40}$", "0x and 40 hexadecimal digits"),
    "to_address": _Column("to_address", "^(0x[0-9a-fA-F]{40})?$", "an address or nothing"),
    "gas_used": _whole_number("receipt_gas_used"),
}


def read_ethereum_etl(blocks: Path, transactions: Path) -> ChainData:
    """Read two files of ethereum-etl into checked tables, held by DuckDB in memory.

    Args:
        blocks: its export of blocks.
        transactions: its export of transactions, with the column `receipt_gas_used`.

    Raises:
        SourceError: naming the file and the row, block or transaction that is wrong.
    """
    connection = ibis.duckdb.connect()
    blocks_text = _text_table(connection, blocks, _BLOCKS)
    typed_blocks = blocks_text.mutate(
        number=_.number.cast("int64"),
        timestamp=_.timestamp.cast("int64").as_timestamp("s").cast("timestamp('UTC')"),
        gas_used=_.gas_used.cast("int64"),
        transaction_count=_.transaction_count.cast("int64"),
    )
    transactions_text = _text_table(connection, transactions, _TRANSACTIONS)
    typed_transactions = transactions_text.mutate(
        hash=_.hash.lower(),
        block_number=_.block_number.cast("int64"),
        transaction_index=_.transaction_index.cast("int64"),
        from_address=_.from_address.lower(),
        to_address=_.to_address.lower().nullif(""),
        gas_used=_.gas_used.cast("int64"),
    )
    chain = ChainData(
        blocks=connection.create_table("blocks", typed_blocks.select(*BLOCKS_SCHEMA)),
        transactions=connection.create_table(
            "transactions", typed_transactions.select(*TRANSACTIONS_SCHEMA)
        ),
    )
    if chain.blocks.count().to_pyarrow().as_py() == 0:
        raise SourceError(f"{blocks} holds no blocks; export at least one")
    return chain


def _text_table(connection: ibis.BaseBackend, path: Path, columns: dict[str, _Column]) -> ir.Table:
    """The named columns of a file as text, nulls as the empty text, every value checked."""
    try:
        there = _columns_of(path)
        for column in columns.values():
            if column.exported_as not in there:
                raise SourceError(
                    f"{path} has no column {column.exported_as!r}; export it with ethereum-etl, "
                    "transactions with their receipts"
                )
        read = _read_csv if path.suffix == ".csv" else _read_json_lines
        text = read(connection, path, there).select(
            **{name: _[column.exported_as].fill_null("") for name, column in columns.items()},
            row=ibis.row_number() + 1,
        )
        _refuse_wrong_values(path, text, columns)
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}; check the path") from error
    except (duckdb.Error, ValueError, RecursionError, csv.Error) as error:
        problem = str(error).splitlines()[0]
        raise SourceError(f"{path} is damaged: {problem}; export it again") from error
    return text


def _columns_of(path: Path) -> list[str]:
    if path.suffix not in (".csv", ".json", ".jsonl"):
        raise SourceError(f"{path} is of an unknown format; its name must end in .jsonl or .csv")
    if path.exists() and not path.is_file():
        raise SourceError(f"{path} is not a file; name one")
    with path.open(encoding="utf-8-sig", newline="") as file:
        first_line = file.readline()
    if not first_line.strip():
        raise SourceError(f"{path} is empty; export it again")
    if path.suffix == ".csv":
        return next(csv.reader([first_line]))
    first_row = json.loads(first_line)
    if not isinstance(first_row, dict):
        raise ValueError("row 1 is no JSON object")
    return list(first_row)


def _exactly(path: Path) -> str:
    """The path for DuckDB, which would take `*`, `?` and `[` in it for other files' names too."""
    exact = str(path.absolute())
    if "\\" in exact:
        raise SourceError(
            f"{path} has a backslash in its path, which DuckDB cannot read; rename it"
        )
    return glob.escape(exact)


def _read_csv(connection: ibis.BaseBackend, path: Path, there: list[str]) -> ir.Table:
    columns = dict.fromkeys(there, "VARCHAR")
    # DuckDB's sniffer would guess the dialect from the first rows; ethereum-etl's is known.
    return connection.read_csv(
        _exactly(path),
        columns=columns,
        auto_detect=False,
        header=True,
        delim=",",
        quote='"',
        escape='"',
        hive_partitioning=False,
    )


def _read_json_lines(connection: ibis.BaseBackend, path: Path, there: list[str]) -> ir.Table:
    columns = dict.fromkeys(there, "VARCHAR")
    return connection.read_json(
        _exactly(path), columns=columns, format="newline_delimited", hive_partitioning=False
    )


def _refuse_wrong_values(path: Path, text: ir.Table, columns: dict[str, _Column]) -> None:
    for name, column in columns.items():
        wrong = text.filter(~_[name].re_search(column.pattern)).order_by("row").limit(1)
        for row in wrong.to_pyarrow().to_pylist():
            raise SourceError(
                f"{path} row {row['row']}: {column.exported_as} is {row[name]!r}, "
                f"but must be {column.rule}"
            )
