"""Transactions and blocks as a chain has them, in Parquet, by a seed.

Half of the blocks are from before Ethereum's merge, some 13 s apart, and half from after it, in
slots of 12 s of which one in a hundred is missed. Each has 150 transactions. Senders and receivers
are drawn from a million addresses, of which the n-th has some 1/n of all; two in five use 21,000
gas, and the others more, the more the seldomer. All that is random is DuckDB's hash of the row and
the seed, so that the rows do not depend on how many threads write them.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

TRANSACTIONS_A_BLOCK = 150
ADDRESSES = 1_000_000
MERGE_BLOCK, MERGE_UNIX_SECONDS = 15_537_394, 1_663_224_179
"""The first block by proof of stake, of 2022-09-15 06:42:59 UTC."""

_MACROS = """
    CREATE MACRO uniform(n, what) AS (hash(n, what, $seed) >> 11) / 9007199254740992.0;
    CREATE MACRO address(n) AS '0x' || left(repeat(md5(n::VARCHAR), 2), 40);
    CREATE MACRO someone(n, what) AS address(pow({addresses}, uniform(n, what))::BIGINT);
"""
_TRANSACTIONS = """
    COPY (
        SELECT
            '0x' || repeat(md5(n::VARCHAR), 2) AS hash,
            {first_block} + n // {per_block} AS block_number,
            n % {per_block} AS transaction_index,
            someone(n, 'from') AS from_address,
            someone(n, 'to') AS to_address,
            CASE
                WHEN uniform(n, 'kind') < 0.4 THEN 21000
                ELSE least(21000 * pow(1 - uniform(n, 'gas'), -0.8), 3e6)::BIGINT
            END AS gas_used
        FROM range({count}) AS t(n)
    ) TO '{path}' (FORMAT parquet)
"""
_BLOCKS = """
    COPY (
        WITH sums AS (
            SELECT block_number, sum(gas_used)::BIGINT AS gas_used, count(*) AS transaction_count
            FROM '{transactions}' GROUP BY block_number
        ), gaps AS (
            SELECT *, CASE
                WHEN block_number <= {merge}
                    THEN greatest(1, round(-13 * ln(1 - uniform(block_number, 'work'))))
                WHEN uniform(block_number, 'slot') < 0.01 THEN 24
                ELSE 12
            END::BIGINT AS seconds FROM sums
        ), times AS (
            SELECT *, sum(seconds) OVER (ORDER BY block_number) AS elapsed FROM gaps
        )
        SELECT
            block_number AS number,
            ({merge_time} + elapsed - max(elapsed) FILTER (block_number <= {merge}) OVER ())::BIGINT
                AS timestamp,
            gas_used,
            transaction_count
        FROM times ORDER BY number
    ) TO '{path}' (FORMAT parquet)
"""


def make_chain(count: int, folder: Path, seed: int = 7) -> tuple[Path, Path]:
    """Write the files of `count` transactions and of their blocks.

    Returns:
        The paths of the blocks and of the transactions.
    """
    blocks, transactions = folder / f"blocks_{count}.parquet", folder / f"{count}.parquet"
    first_block = MERGE_BLOCK - count // TRANSACTIONS_A_BLOCK // 2
    with duckdb.connect() as connection:
        connection.execute(_MACROS.format(addresses=ADDRESSES).replace("$seed", str(seed)))
        connection.execute(
            _TRANSACTIONS.format(
                first_block=first_block,
                per_block=TRANSACTIONS_A_BLOCK,
                count=count,
                path=transactions,
            )
        )
        connection.execute(
            _BLOCKS.format(
                transactions=transactions,
                merge=MERGE_BLOCK,
                merge_time=MERGE_UNIX_SECONDS,
                path=blocks,
            )
        )
    return blocks, transactions
