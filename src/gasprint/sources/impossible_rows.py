"""Rows that cannot be: of a wrong value, chain or block, of too much gas, or there twice.

They are either refused, the first one named, or set aside into a file, each with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
from ibis import _

from gasprint._output import csv_text, write_bytes
from gasprint.errors import InputError, SourceError
from gasprint.sources.chain_data import IS_WRONG
from gasprint.sources.chain_tables import REASON, ReadTable
from gasprint.sources.files import FILE, ROW

QUARANTINE_ENDINGS = (".csv", ".parquet")
_SHOWN_OF_BLOCKS = ("number", "gas_used")
_SHOWN_OF_TRANSACTIONS = (
    *("hash", "block_number", "transaction_index", "from_address", "to_address", "gas_used"),
)


def impossible_blocks(read: ReadTable, chain_id: int | None) -> ir.Table:
    """Blocks that cannot be: `FILE`, `ROW`, `REASON`, and what of the row is shown."""
    blocks = read.typed.filter(~_[IS_WRONG])
    found = [read.wrong, *_of_another_chain(blocks, chain_id)]
    again = _there_again(blocks, "number")
    found.append(_because(again, "block ", _.number, " is there ", _.times, " times; keep one"))
    if "gas_limit" in blocks.columns:
        found.append(
            _because(
                blocks.filter(_.gas_used > _.gas_limit),
                *("block ", _.number, " used ", _.gas_used, " gas, over its limit of "),
                _.gas_limit,
            )
        )
    return _first_reasons(read, found, _SHOWN_OF_BLOCKS)


def impossible_transactions(
    read: ReadTable, blocks: ir.Table | None, chain_id: int | None
) -> ir.Table:
    """Transactions that cannot be: `FILE`, `ROW`, `REASON`, and what of the row is shown.

    Args:
        read: of the transactions.
        blocks: number, gas_used and, where it is known, gas_limit; None if there are none.
        chain_id: of the network; None if any will do, but one.
    """
    transactions = read.typed.filter(~_[IS_WRONG])
    found = [read.wrong]
    if blocks is not None:
        found += _at_odds_with_blocks(transactions, blocks)
    found.append(
        _because(
            _there_again(transactions, "hash"),
            *("transaction ", _.hash, " is there ", _.times, " times; keep one of it"),
        )
    )
    found += _at_odds_with_each_other(transactions, chain_id)
    return _first_reasons(read, found, _SHOWN_OF_TRANSACTIONS)


def unseen_by_sums(read: ReadTable, chain_id: int | None) -> ir.Table | None:
    """Those that neither a wrong value nor a block's sums give away; None if there can be none."""
    found = list(_at_odds_with_each_other(read.typed.filter(~_[IS_WRONG]), chain_id))
    return _first_reasons(read, found, _SHOWN_OF_TRANSACTIONS) if found else None


def refusal_of(impossible: ir.Table) -> SourceError | None:
    """What to raise of the first of some impossible rows; None if there are none."""
    first = impossible.order_by(FILE, ROW).limit(1).to_pyarrow().to_pylist()
    if not first:
        return None
    row = first[0]
    reason = "".join(each if each.isprintable() else repr(each)[1:-1] for each in row[REASON])
    named = row.get("hash") or ""
    # What is no hash is in the reason already, if it is the problem.
    told = f" (transaction {named})" if named.startswith("0x") and named not in reason else ""
    return SourceError(f"{row[FILE]} row {row[ROW]}: {reason}{told}")


def write_quarantine(rows: pa.Table, path: Path) -> None:
    """Write the rows that were set aside, as CSV or Parquet.

    Raises:
        SourceError: if `path` cannot be written, or is neither.
    """
    try:
        if path.suffix == ".parquet":
            sink = pa.BufferOutputStream()
            pq.write_table(rows, sink)
            write_bytes(sink.getvalue().to_pybytes(), path)
        else:
            heading = csv_text([dict.fromkeys(rows.column_names, "")]).splitlines()[0] + "\n"
            write_bytes((csv_text(rows.to_pylist()) if len(rows) else heading).encode(), path)
    except InputError as error:
        raise SourceError(str(error)) from error


def check_quarantine(path: Path) -> None:
    """Refuse a name for the file of rows set aside before anything is read.

    Raises:
        SourceError: if it says neither CSV nor Parquet.
    """
    if path.suffix not in QUARANTINE_ENDINGS:
        raise SourceError(f"{path} is for rows set aside; its name must end in .csv or .parquet")


def _because(rows: ir.Table, *words: object) -> ir.Table:
    texts = [
        ibis.literal(each) if isinstance(each, str) else rows.bind(each)[0].cast("string")
        for each in words
    ]
    return rows.select(FILE, ROW, **{REASON: texts[0].concat(*texts[1:])})


def _of_another_chain(rows: ir.Table, chain_id: int | None) -> Iterator[ir.Table]:
    if "chain_id" not in rows.columns:
        return
    # Worked out of all rows, before those of another chain are chosen.
    expected = rows.chain_id.min() if chain_id is None else ibis.literal(chain_id)
    wrong = rows.mutate(expected=expected).filter(_.chain_id != _.expected)
    whose = "that of others" if chain_id is None else "the network's"
    yield _because(wrong, "chain_id is ", _.chain_id, f", but {whose} is ", _.expected)


def _at_odds_with_each_other(transactions: ir.Table, chain_id: int | None) -> Iterator[ir.Table]:
    yield from _of_another_chain(transactions, chain_id)
    if "cumulative_gas_used" in transactions.columns:
        in_order = ibis.window(group_by="block_number", order_by="transaction_index")
        before = transactions.mutate(before=_.cumulative_gas_used.lag().over(in_order))
        yield _because(
            before.filter(_.cumulative_gas_used < _.before),
            *("cumulative gas falls from ", _.before, " to ", _.cumulative_gas_used),
            *(" in block ", _.block_number),
        )


def _there_again(rows: ir.Table, key: str) -> ir.Table:
    """All but the first of the rows that share a key, with how often it is there as `times`."""
    often = rows.group_by(key).agg(times=_.count()).filter(_.times > 1)
    within = ibis.window(group_by=key, order_by=[FILE, ROW])
    return rows.join(often, key).mutate(nth=ibis.row_number().over(within)).filter(_.nth > 0)


def _at_odds_with_blocks(transactions: ir.Table, blocks: ir.Table) -> Iterator[ir.Table]:
    yield _because(
        transactions.anti_join(blocks, transactions.block_number == blocks.number),
        *("transaction ", _.hash, " is of block ", _.block_number),
        ", which is not among the blocks; add the block or leave the transaction out",
    )
    limit = blocks.gas_limit if "gas_limit" in blocks.columns else ibis.null("int64")
    of_block = blocks.select("number", block_gas=_.gas_used, gas_limit=limit)
    both = transactions.join(of_block, transactions.block_number == of_block.number)
    yield _because(
        both.filter(_.gas_used > _.gas_limit),
        *("gas_used is ", _.gas_used, ", over the limit of ", _.gas_limit, " of block ", _.number),
    )
    yield _because(
        both.filter(
            (_.gas_used > _.block_gas) & (_.gas_limit.isnull() | (_.gas_used <= _.gas_limit))
        ),
        *("gas_used is ", _.gas_used, ", over the ", _.block_gas, " that block ", _.number),
        " used",
    )


def _first_reasons(read: ReadTable, found: list[ir.Table], shown: tuple[str, ...]) -> ir.Table:
    """A row is given with the first reason that speaks against it."""
    ranked = [table.mutate(rank=ibis.literal(rank)) for rank, table in enumerate(found)]
    reasons = ibis.union(*ranked).group_by(FILE, ROW).agg(**{REASON: _[REASON].argmin(_.rank)})
    return read.as_text(*shown).join(reasons, [FILE, ROW])
