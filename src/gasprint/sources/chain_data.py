"""The two tables that every source of single transactions gives, and what must hold between them.

    blocks        number, timestamp (UTC), gas_used, transaction_count
    transactions  hash, block_number, transaction_index, from_address, to_address, gas_used

`to_address` is null where a contract is created, and both addresses where the source has none. Gas
is what the receipts say was used. More columns are there where the source has them:

    blocks        base_fee_wei             int64; null before EIP-1559
                  block_reward_wei         decimal(38, 0): what the protocol itself issued for it
                  set_aside_transactions   int64: rows that were set aside as impossible
    transactions  fee_wei                  decimal(38, 0): effective gas price × gas used
                  burnt_wei                decimal(38, 0): base fee × gas used
                  l1_gas_used, l1_fee, l1_gas_price, l1_fee_scalar, l1_base_fee_scalar,
                  l1_blob_base_fee, l1_blob_base_fee_scalar
                                           of an OP-stack receipt: wei, gas, and scalars as they are

Sharing out by gas or by count needs none of these. By fee, it needs `fee_wei`; by fee without what
was burnt, `burnt_wei` as well; hybrid, what its parts need. A rollup's share of its main chain
needs the fields of layer 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

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
MOST_COMPARED_TRANSACTIONS = 5_000_000
"""Up to so many, every hash is compared with every other. Beyond, that would take several times as
long as all the rest, and a transaction that is there twice is found by its block's sums."""

IS_WRONG = "_is_wrong"
"""Column of a reader that says of a row that a value in it is not what it must be."""

SENDER = "_sender"
"""Column of transactions in Parquet: `from_address` as it stands there. It is faster to add up by
it, and to make an address of it once a sum, than to make one of every row."""

BlockTimes = Literal["recorded", "interpolated", "given"]


@dataclass(frozen=True)
class SetAside:
    """Impossible rows that were left out, and written to a file.

    Attributes:
        rows: how many, of blocks and of transactions.
        transactions: how many of them are transactions.
        of_unknown_block: transactions of which it is not known whose block's they were.
        path: the file, with the reason of each.
    """

    rows: int
    transactions: int
    of_unknown_block: int
    path: Path


@dataclass(frozen=True)
class ChainData:
    """Blocks and all of their transactions, checked against each other.

    Attributes:
        blocks: table of `BLOCKS_SCHEMA` and what this module says. Gas and count are the block's
            own, also where some of its transactions were set aside: what those used is shared out
            to nobody.
        transactions: table of `TRANSACTIONS_SCHEMA` and what this module says.
        set_aside: what was left out, if anything might be.
        block_times: where the timestamps are from. Only where they were `recorded` do two of them
            say how long a block took; `interpolated` ones come from the block's number, and `given`
            ones are all the same.
        may_share_seconds: whether two blocks in a row may be of the same second, as on a chain that
            makes several in one.
        chain_id: of the chain, where the source tells.
        gas_is_summed: whether a block's gas is what its transactions here used, since the source
            tells no more: one that is missing then leaves its share to the others.
        sums: of the transactions by block, if the reader has them: block_number, receipts,
            receipts_gas, wrong.

    Raises:
        SourceError: naming the first block or transaction that contradicts the rest.
    """

    blocks: ir.Table
    transactions: ir.Table
    set_aside: SetAside | None = None
    block_times: BlockTimes = "recorded"
    may_share_seconds: bool = False
    chain_id: int | None = None
    gas_is_summed: bool = False
    sums: ir.Table | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse tables that contradict each other."""
        for offenders, problem in self._contradictions():
            first = offenders.order_by(offenders.columns[0]).limit(1).to_pyarrow().to_pylist()
            if first:
                raise SourceError(problem.format(**first[0]))

    def _contradictions(self) -> Iterator[tuple[ir.Table, str]]:
        blocks, transactions = self.blocks, self.transactions
        sums = sums_of(transactions) if self.sums is None else self.sums
        yield sums.filter(_.wrong > 0), "block {block_number} has {wrong} impossible rows"
        yield (
            blocks.group_by("number").agg(times=_.count()).filter(_.times > 1),
            "block {number} is there {times} times; keep one of it",
        )
        if sums.receipts.sum().fill_null(0).to_pyarrow().as_py() <= MOST_COMPARED_TRANSACTIONS:
            yield (
                transactions.group_by("hash").agg(times=_.count()).filter(_.times > 1),
                "transaction {hash} is there {times} times; keep one of it",
            )
        yield (
            sums.anti_join(blocks, sums.block_number == blocks.number),
            "a transaction is of block {block_number}, which is not among the blocks; "
            "add the block or leave the transaction out",
        )
        yield from self._wrong_sums(sums)
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        yield (
            blocks.filter(_.timestamp > ibis.literal(tomorrow, type="timestamp('UTC')")),
            "block {number} is of {timestamp:%Y-%m-%d %H:%M:%S} UTC, in the future; "
            "its timestamp must be Unix seconds",
        )
        if self.block_times == "given":
            return
        in_order = ibis.window(order_by="number")
        is_earlier = _.timestamp < _.parent_time
        if not self.may_share_seconds:
            is_earlier = is_earlier | (_.timestamp == _.parent_time)
        yield (
            blocks.mutate(
                parent=_.number.lag().over(in_order), parent_time=_.timestamp.lag().over(in_order)
            ).filter((_.parent == _.number - 1) & is_earlier),
            "block {number} is not later than block {parent}; export both again",
        )

    def _wrong_sums(self, sums: ir.Table) -> Iterator[tuple[ir.Table, str]]:
        blocks = self.blocks
        both = blocks.left_join(sums, blocks.number == sums.block_number).mutate(
            receipts=_.receipts.fill_null(0), receipts_gas=_.receipts_gas.fill_null(0)
        )
        # Of a block whose transactions were set aside, less may be there, but never more.
        may_be_short = ibis.literal(bool(self.set_aside and self.set_aside.of_unknown_block))
        if "set_aside_transactions" in blocks.columns:
            may_be_short = may_be_short | (_.set_aside_transactions > 0)
        yield (
            both.filter(
                (_.receipts > _.transaction_count)
                | ((_.receipts < _.transaction_count) & ~may_be_short)
            ),
            "block {number} counts {transaction_count} transactions, but {receipts} are there; "
            "export it again",
        )
        yield (
            both.filter(
                (_.receipts_gas > _.gas_used) | ((_.receipts_gas < _.gas_used) & ~may_be_short)
            ),
            "block {number} used {gas_used} gas, but its receipts add up to {receipts_gas}; "
            "export it again",
        )
        yield (
            blocks.filter((_.gas_used == 0) & (_.transaction_count > 0)),
            "block {number} has {transaction_count} transactions, but used no gas; export it again",
        )


def sums_of(transactions: ir.Table) -> ir.Table:
    """A row a block, computed once: block_number, receipts, receipts_gas, wrong."""
    is_wrong = _[IS_WRONG] if IS_WRONG in transactions.columns else _.gas_used.isnull()
    return ibis.memtable(
        transactions.group_by("block_number")
        .agg(receipts=_.count(), receipts_gas=_.gas_used.sum(), wrong=is_wrong.sum())
        .to_pyarrow()
    )
