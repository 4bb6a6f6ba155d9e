"""What a ledger has for good, as Parquet files that Spark, Polars and others read.

    FOLDER/<table>/chain=<chain id>/blocks=<first block>/deployment-<number>.parquet
    FOLDER/deployments.parquet

A partition has `BLOCKS_PER_PARTITION` blocks, and is named by the first one. What is provisional is
left out, so that a partition is only ever written again with more in it, and each file whole or not
at all.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from gasprint._journal_folder import JournalFolder
from gasprint.sync.reading import opened_ledger

BLOCKS_PER_PARTITION = 100_000
_OTHERS = ("deployments", "ledger", "syncs")


def export_ledger(ledger: Path, folder: Path) -> None:
    """Write all that is final in a ledger, of deployments whose events added up.

    Raises:
        InputError: if the folder cannot be written, or another one exports to it.
    """
    writer = JournalFolder(folder, "export")
    with writer.locked(), opened_ledger(ledger) as connection:
        tables = [name for (name,) in connection.execute("SHOW TABLES").fetchall()]
        _write(connection, writer, "FROM deployments", folder / "deployments.parquet")
        for table in tables:
            if table not in _OTHERS:
                _write_partitions(connection, writer, table)


def _write_partitions(
    connection: duckdb.DuckDBPyConnection, writer: JournalFolder, table: str
) -> None:
    rows = (
        f'FROM "{table}" AS event JOIN deployments USING (deployment_id) '
        "WHERE holds AND block_number <= final_block"
    )
    first = f"block_number // {BLOCKS_PER_PARTITION} * {BLOCKS_PER_PARTITION}"
    partitions = connection.execute(
        f"SELECT DISTINCT deployment_id, chain_id, {first} {rows} ORDER BY ALL"
    ).fetchall()
    for deployment_id, chain_id, first_block in partitions:
        path = writer.path / table / f"chain={chain_id}" / f"blocks={first_block}"
        with writer.writing():
            path.mkdir(parents=True, exist_ok=True)
        _write(
            connection,
            writer,
            f"SELECT event.* {rows} AND deployment_id = {deployment_id} "
            f"AND {first} = {first_block} ORDER BY block_number"
            + ("" if table == "blocks" else ", log_index"),
            path / f"deployment-{deployment_id}.parquet",
        )


def _write(
    connection: duckdb.DuckDBPyConnection, writer: JournalFolder, query: str, path: Path
) -> None:
    partial = path.with_name(f".{path.name}.partial")
    with writer.writing():
        # Made first, for DuckDB's own words of a folder that cannot be written are others.
        partial.touch()
    quoted = str(partial).replace("'", "''")
    connection.execute(f"COPY ({query}) TO '{quoted}' (FORMAT parquet)")
    with writer.writing():
        partial.replace(path)
