"""The suffixes in transactions that a node knows: of one by its hash, or of whole blocks.

What a suffix says, whoever sent the transaction wrote. What smart accounts execute is inside of
the data of ERC-4337's bundles, and is not looked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gasprint import data_suffix
from gasprint._node import Node
from gasprint.annotations import Annotation, annotation_in
from gasprint.data_suffix import DataSuffix
from gasprint.errors import InputError


@dataclass(frozen=True)
class SuffixedTransaction:
    """A transaction that has a suffix.

    Attributes:
        block_number: of its block; None until it is mined.
        transaction_index: its position there; None until it is mined.
        transaction_hash: 0x and 64 hexadecimal digits.
        suffix: what it says.
        annotation: what it says of gas, energy and CO2e, if it does.
    """

    block_number: int | None
    transaction_index: int | None
    transaction_hash: str
    suffix: DataSuffix
    annotation: Annotation | None


def suffixed_transaction(node: Node, transaction_hash: str) -> SuffixedTransaction | None:
    """The transaction of that hash; None if it has no suffix.

    Raises:
        InputError: if there is no such transaction, or the node fails.
    """
    found = node.request("eth_getTransactionByHash", transaction_hash)
    if found is None:
        raise InputError(
            f"the node at {node.host} knows no transaction {transaction_hash}; "
            "check the hash and the chain"
        )
    return _suffixed(node, found)


def suffixed_transactions(node: Node, number: int) -> Iterator[SuffixedTransaction]:
    """Those transactions of a block that have a suffix, in its order.

    Raises:
        InputError: if there is no such block, or the node fails.
    """
    block = node.request("eth_getBlockByNumber", hex(number), True)
    if block is None:
        raise InputError(f"the node at {node.host} knows no block {number}; give an earlier one")
    try:
        transactions = list(block["transactions"])
    except (KeyError, TypeError):
        raise _makes_no_sense(node) from None
    for each in transactions:
        if (found := _suffixed(node, each)) is not None:
            yield found


def _suffixed(node: Node, transaction: Any) -> SuffixedTransaction | None:
    try:
        data = bytes.fromhex(transaction["input"].removeprefix("0x"))
        suffix = data_suffix.decode(data)
        if suffix is None:
            return None
        transaction_hash = bytes.fromhex(transaction["hash"].removeprefix("0x"))
        return SuffixedTransaction(
            block_number=_number(transaction.get("blockNumber")),
            transaction_index=_number(transaction.get("transactionIndex")),
            transaction_hash=f"0x{transaction_hash.hex()}",
            suffix=suffix,
            annotation=annotation_in(suffix.metadata),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        raise _makes_no_sense(node) from None


def _number(text: str | None) -> int | None:
    return None if text is None else int(text, 16)


def _makes_no_sense(node: Node) -> InputError:
    return InputError(
        f"the node at {node.host} gave an answer that makes no sense; is it an Ethereum node? "
        f"name another with {node.option}"
    )
