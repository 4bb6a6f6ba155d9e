"""The two tables that every source gives, and what must hold between them.

    blocks        number, timestamp (UTC), gas_used, transaction_count
    transactions  hash, block_number, transaction_index, from_address, to_address, gas_used

`to_address` is null where a contract is created. Gas is what the receipts say was used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import ibis
import ibis.expr.types as ir
from ibis import _

from gasprint.errors import SourceError

BLOCKS_SCHEMA = ibis.schema(
    {
        "number": "int64",
        "timestamp": "timestamp('UTC')",
        "gas_used": "int64",
        "transaction_count": "int64",
    }
)
TRANSACTIONS_SCHEMA = ibis.schema(
    {
        "hash": "string",
        "block_number": "int64",
        "transaction_index": "int64",
        "from_address": "string",
        "to_address": "string",
        "gas_used": "int64",
    }
)


@dataclass(frozen=True)
class ChainData:
    """Blocks and all of their transactions, checked against each other.

    Attributes:
        blocks: table of `BLOCKS_SCHEMA`.
        transactions: table of `TRANSACTIONS_SCHEMA`.

    Raises:
        SourceError: naming the first block or transaction that contradicts the rest.
    """

    blocks: ir.Table
    transactions: ir.Table

    def __post_init__(self) -> None:
        """Refuse tables that contradict each other."""
        for offenders, problem in self._contradictions():
            first = offenders.order_by(offenders.columns[0]).limit(1).to_pyarrow().to_pylist()
            if first:
                raise SourceError(problem.format(**first[0]))

    def _contradictions(self) -> Iterator[tuple[ir.Table, str]]:
        blocks, transactions = self.blocks, self.transactions
        yield (
            blocks.group_by("number").agg(times=_.count()).filter(_.times > 1),
            "block {number} is there {times} times; keep one of it",
        )
        yield (
            transactions.group_by("hash").agg(times=_.count()).filter(_.times > 1),
            "transaction {hash} is there {times} times; keep one of it",
        )
        yield (
            transactions.anti_join(blocks, transactions.block_number == blocks.number).select(
                "hash", "block_number"
            ),
            "transaction {hash} is of block {block_number}, which is not among the blocks; "
            "add the block or leave the transaction out",
        )
        sums = transactions.group_by("block_number").agg(
            receipts=_.count(), receipts_gas=_.gas_used.sum()
        )
        both = blocks.left_join(sums, blocks.number == sums.block_number).mutate(
            receipts=_.receipts.fill_null(0), receipts_gas=_.receipts_gas.fill_null(0)
        )
        yield (
            both.filter(_.receipts != _.transaction_count),
            "block {number} counts {transaction_count} transactions, but {receipts} are there; "
            "export it again",
        )
        yield (
            both.filter(_.receipts_gas != _.gas_used),
            "block {number} used {gas_used} gas, but its receipts add up to {receipts_gas}; "
            "export it again",
        )
        yield (
            blocks.filter((_.gas_used == 0) & (_.transaction_count > 0)),
            "block {number} has {transaction_count} transactions, but used no gas; export it again",
        )
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        yield (
            blocks.filter(_.timestamp > ibis.literal(tomorrow, type="timestamp('UTC')")),
            "block {number} is of {timestamp:%Y-%m-%d %H:%M:%S} UTC, in the future; "
            "its timestamp must be Unix seconds",
        )
        in_order = ibis.window(order_by="number")
        yield (
            blocks.mutate(
                parent=_.number.lag().over(in_order), parent_time=_.timestamp.lag().over(in_order)
            ).filter((_.parent == _.number - 1) & (_.timestamp <= _.parent_time)),
            "block {number} is not later than block {parent}; export both again",
        )
