"""Rows of Parquet, from what a node answers of blocks and receipts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa

from gasprint.sources.columns import L1_FIELDS

BLOCKS_OF_PARTS = pa.schema(
    {
        **{"number": pa.uint64(), "hash": pa.string(), "parent_hash": pa.string()},
        **{"timestamp": pa.uint64(), "gas_used": pa.uint64(), "gas_limit": pa.uint64()},
        **{"base_fee_per_gas": pa.uint64(), "transaction_count": pa.uint64()},
        "chain_id": pa.uint64(),
    }
)
TRANSACTIONS_OF_PARTS = pa.schema(
    {
        **{"hash": pa.string(), "block_number": pa.uint64(), "transaction_index": pa.uint64()},
        **{"from_address": pa.string(), "to_address": pa.string(), "gas_used": pa.uint64()},
        **{"cumulative_gas_used": pa.uint64(), "effective_gas_price": pa.uint64()},
        **{name: pa.string() for name in L1_FIELDS},
    }
)


def block_row(block: Any, chain_id: int) -> dict[str, Any]:
    """A row of `BLOCKS_OF_PARTS`."""
    base_fee = block.get("baseFeePerGas")
    return {
        "number": whole_number(block["number"]),
        "hash": hash_of(block["hash"]),
        "parent_hash": hash_of(block["parentHash"]),
        "timestamp": whole_number(block["timestamp"]),
        "gas_used": whole_number(block["gasUsed"]),
        "gas_limit": whole_number(block["gasLimit"]),
        "base_fee_per_gas": None if base_fee is None else whole_number(base_fee),
        "transaction_count": len(block["transactions"]),
        "chain_id": chain_id,
    }


def transaction_row(receipt: Any) -> dict[str, Any]:
    """A row of `TRANSACTIONS_OF_PARTS`."""
    price = receipt.get("effectiveGasPrice")
    return {
        "hash": hash_of(receipt["transactionHash"]),
        "block_number": whole_number(receipt["blockNumber"]),
        "transaction_index": whole_number(receipt["transactionIndex"]),
        "from_address": receipt["from"].lower(),
        "to_address": (receipt.get("to") or "").lower() or None,
        "gas_used": whole_number(receipt["gasUsed"]),
        "cumulative_gas_used": whole_number(receipt["cumulativeGasUsed"]),
        "effective_gas_price": None if price is None else whole_number(price),
        **{name: _text(receipt.get(_camel_case(name))) for name in L1_FIELDS},
    }


def _camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(each.capitalize() for each in rest)


def _text(value: Any) -> str | None:
    """A quantity in hexadecimal, or a scalar such as `0.684`, as decimal text."""
    if value is None:
        return None
    text = str(value)
    return str(int(text, 16)) if text.startswith("0x") else f"{Decimal(text):f}"


def whole_number(text: str) -> int:
    """A quantity of 64 bits.

    Raises:
        ValueError: if it is none.
    """
    number = int(text, 16)
    if not 0 <= number < 2**64:
        raise ValueError("a number that does not fit 64 bits")
    return number


def hash_of(text: str) -> str:
    """A hash in lower case.

    Raises:
        ValueError: if it is not of 32 bytes.
    """
    if len(bytes.fromhex(text.removeprefix("0x"))) != 32:
        raise ValueError("a hash of 32 bytes")
    return text.lower()
