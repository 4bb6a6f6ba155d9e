"""An account's transactions, read from a node block by block, and what it metered in each.

Those sent by it, sent to it, or that created it. Every block has to follow on the one before, and
every receipt to be of its block, so that what is read is of one chain.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from eth_abi.exceptions import DecodingError
from web3 import Web3
from web3.types import Nonce
from web3.utils import get_create_address

from gasprint._node import Node
from gasprint.errors import InputError, ReorganisedError

_BLOCKS_PER_REQUEST = 20
_RECEIPTS_PER_REQUEST = 100
_RECORDED_TOPIC = Web3.keccak(
    text="EmissionsRecorded(address,uint256,uint256,uint256,uint256)"
).to_0x_hex()


@dataclass(frozen=True)
class SourceTransaction:
    """A transaction of an account, from its receipt.

    Attributes:
        transaction_hash: 32 bytes.
        block_number: its block.
        transaction_index: its place there.
        receipt_gas: the gas that it used.
        metered_gas: the gas that was recorded for the account in it.
    """

    transaction_hash: bytes
    block_number: int
    transaction_index: int
    receipt_gas: int
    metered_gas: int

    @property
    def gas_left(self) -> int:
        """The gas that is still to be committed; 0 where all of it was recorded, or more."""
        return max(self.receipt_gas - self.metered_gas, 0)


@dataclass(frozen=True)
class SourceBlock:
    """A block, and the account's transactions in it.

    Attributes:
        number: its number.
        hash: 0x and 64 digits in lower case.
        time_unix_seconds: when it was made.
        transactions: in their order.
    """

    number: int
    hash: str
    time_unix_seconds: int
    transactions: tuple[SourceTransaction, ...]


def read_blocks(
    node: Node, account: str, registry: str, blocks: range, parent_hash: str | None = None
) -> Iterator[SourceBlock]:
    """The account's transactions in `blocks`, each block in turn.

    Args:
        node: what to ask.
        account: whose.
        registry: the EmissionsRegistry whose records of the account count as metered.
        blocks: their numbers.
        parent_hash: of the block that the first one has to follow on, if that is known.

    Raises:
        ReorganisedError: if a block does not follow on the one before, or is gone.
        InputError: if the node fails.
    """
    for first in range(blocks.start, blocks.stop, _BLOCKS_PER_REQUEST):
        numbers = range(first, min(first + _BLOCKS_PER_REQUEST, blocks.stop))
        found = node.batch("eth_getBlockByNumber", [(hex(number), True) for number in numbers])
        with making_sense(node):
            for number, block in zip(numbers, found, strict=True):
                is_next = block is not None and parent_hash in (None, block["parentHash"])
                if not is_next or int(block["number"], 16) != number:
                    raise ReorganisedError(f"block {number} changed while it was read; try again")
                parent_hash = block["hash"]
            of_account = [list(_of_account(block, account)) for block in found]
        receipts = _receipts(node, [each for part in of_account for each in part])
        with making_sense(node):
            made = [
                SourceBlock(
                    int(block["number"], 16),
                    _hash_text(block["hash"]),
                    int(block["timestamp"], 16),
                    tuple(_read(receipts[each], block, account, registry) for each in hashes),
                )
                for block, hashes in zip(found, of_account, strict=True)
            ]
        yield from made


def block_hash(node: Node, number: int) -> str:
    """The hash of a block.

    Raises:
        ReorganisedError: if there is no such block.
    """
    block = node.batch("eth_getBlockByNumber", [(hex(number), False)])[0]
    if block is None:
        raise ReorganisedError(f"the node knows no block {number} any more; try again")
    with making_sense(node):
        return _hash_text(block["hash"])


def metered_gas(log: Any, account: str, registry: str) -> int:
    """The gas that a log of a receipt records for an account; 0 of any other log."""
    topics = log["topics"]
    if log["address"].lower() != registry.lower() or topics[:1] != [_RECORDED_TOPIC]:
        return 0
    # Gas is the second of what is not indexed, after the factor's version.
    return int(log["data"][66:130], 16) if topics[1][26:] == account.lower()[2:] else 0


@contextmanager
def making_sense(node: Node) -> Iterator[None]:
    """Read an answer of a node.

    Raises:
        InputError: in place of whatever comes of an answer that no Ethereum node gives.
    """
    try:
        yield
    except (AttributeError, DecodingError, IndexError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"the node at {node.host} gave an answer that makes no sense "
            f"({type(error).__name__}); is it an Ethereum node? name another with {node.option}"
        ) from error


def _of_account(block: Any, account: str) -> Iterator[str]:
    wanted = account.lower()
    for each in block["transactions"]:
        sender, to = each["from"].lower(), each.get("to")
        if sender == wanted or (to or _created(sender, each)).lower() == wanted:
            yield each["hash"]


def _created(sender: str, transaction: Any) -> str:
    return get_create_address(
        Web3.to_checksum_address(sender), Nonce(int(transaction["nonce"], 16))
    )


def _receipts(node: Node, hashes: list[str]) -> dict[str, Any]:
    receipts: dict[str, Any] = {}
    for start in range(0, len(hashes), _RECEIPTS_PER_REQUEST):
        part = hashes[start : start + _RECEIPTS_PER_REQUEST]
        found = node.batch("eth_getTransactionReceipt", [(each,) for each in part])
        receipts |= zip(part, found, strict=True)
    return receipts


def _read(receipt: Any, block: Any, account: str, registry: str) -> SourceTransaction:
    if receipt is None or receipt["blockHash"] != block["hash"]:
        number = int(block["number"], 16)
        raise ReorganisedError(f"block {number} changed while it was read; try again")
    return SourceTransaction(
        transaction_hash=bytes.fromhex(_hash_text(receipt["transactionHash"])[2:]),
        block_number=int(receipt["blockNumber"], 16),
        transaction_index=int(receipt["transactionIndex"], 16),
        receipt_gas=int(receipt["gasUsed"], 16),
        metered_gas=sum(metered_gas(log, account, registry) for log in receipt["logs"]),
    )


def _hash_text(text: str) -> str:
    if len(bytes.fromhex(text.removeprefix("0x"))) != 32:
        raise ValueError("a hash of 32 bytes")
    return text.lower()
