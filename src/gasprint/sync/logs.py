"""Logs of a deployment, a range of blocks at a time, each seen to be of one chain.

The hash of a range's last block is asked before and after its logs: a hash stands for all blocks
before it, so that where it is the same, and each log is of the block that the node knows by that
number, the logs are of that chain. How many blocks a range has, the answers say: fewer where the
node refuses so many, or takes too long, or where they hold much.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from gasprint.chain_transactions import making_sense
from gasprint.errors import InputError, RefusalError, ReorganisedError, UnansweredError
from gasprint.sources.node_rows import hash_of, whole_number
from gasprint.sources.patience import PatientNode

_FIRST_BLOCKS = 200
_MOST_BLOCKS = 10_000
_MANY_LOGS = 10_000
_FEW_LOGS = 2_500
_FAILURES = 8
_PAUSE_SECONDS = 0.25
_LONGEST_PAUSE_SECONDS = 8.0
_RANGES_BEFORE_MORE = 16
_BLOCKS_PER_REQUEST = 100


@dataclass(frozen=True)
class Block:
    """A block of the chain: its number, its hash, and when it was made."""

    number: int
    hash: str
    time_unix_seconds: int


class Log(NamedTuple):
    """A log as the node tells it, hexadecimal texts in lower case."""

    block_number: int
    log_index: int
    block_hash: str
    transaction_hash: str
    address: str
    topics: tuple[str, ...]
    data: str


@dataclass(frozen=True)
class LogsOfRange:
    """What a deployment logged in a range of blocks.

    Attributes:
        logs: in the order of the chain.
        blocks: that they are in, in their order.
        last: the last block of the range.
    """

    logs: Sequence[Log]
    blocks: Sequence[Block]
    last: Block


@dataclass
class LogReader:
    """Reads the logs of some addresses.

    Attributes:
        node: what is asked.
        addresses: whose logs.
    """

    node: PatientNode
    addresses: list[Any]
    _size: int = _FIRST_BLOCKS
    _most: int = _MOST_BLOCKS
    _ranges_at_most: int = field(default=0, repr=False)

    def read(self, first: int, last: int, parent_hash: str | None) -> LogsOfRange:
        """The logs from block `first` on, up to block `last` or one before it.

        Args:
            first: the first block.
            last: the last block.
            parent_hash: of the block before the first, where it has to be of that hash.

        Raises:
            ReorganisedError: if the chain changed meanwhile.
            InputError: if the node fails for long, or its answers contradict one another.
        """
        failures = 0
        while True:
            stop = min(first + self._size - 1, last)
            try:
                (before,) = self.blocks([stop])
                told = self._ask(first, stop)
                break
            except (RefusalError, UnansweredError) as error:
                failures += isinstance(error, UnansweredError) or stop == first
                if failures == _FAILURES:
                    raise
                if failures:
                    time.sleep(min(_PAUSE_SECONDS * 2**failures, _LONGEST_PAUSE_SECONDS))
                self._ask_for_less(stop - first + 1)
        self._suit(len(told), stop - first + 1)
        logs = self._in_order(told, first, stop)
        numbers = list(dict.fromkeys(log.block_number for log in logs))
        is_linked = parent_hash is not None and first > 0
        around = [first - 1] if is_linked else []
        *found, after = self.blocks([*around, *numbers, stop])
        if is_linked and found.pop(0).hash != parent_hash:
            raise ReorganisedError(f"block {first} does not follow on the one before any more")
        hashes = {block.number: block.hash for block in found}
        if after != before or any(log.block_hash != hashes[log.block_number] for log in logs):
            raise ReorganisedError(f"blocks {first} to {stop} changed while they were read")
        return LogsOfRange(logs, found, after)

    def blocks(self, numbers: Sequence[int]) -> list[Block]:
        """Blocks by their numbers.

        Raises:
            ReorganisedError: if the node does not know one.
            InputError: if the node fails for long.
        """
        made = []
        for start in range(0, len(numbers), _BLOCKS_PER_REQUEST):
            some = numbers[start : start + _BLOCKS_PER_REQUEST]
            found = self.node.ask("eth_getBlockByNumber", [(hex(each), False) for each in some])
            with making_sense(self.node.node):
                for number, block in zip(some, found, strict=True):
                    if block is None:
                        raise ReorganisedError(f"the node knows no block {number} any more")
                    if whole_number(block["number"]) != number:
                        raise ValueError("another block than was asked for")
                    made.append(
                        Block(number, hash_of(block["hash"]), whole_number(block["timestamp"]))
                    )
        return made

    def _ask(self, first: int, last: int) -> list[Any]:
        wanted = {"address": self.addresses, "fromBlock": hex(first), "toBlock": hex(last)}
        (logs,) = self.node.node.batch_once("eth_getLogs", [(wanted,)])
        return list(logs or ())

    def _in_order(self, told: list[Any], first: int, last: int) -> list[Log]:
        with making_sense(self.node.node):
            logs = sorted(
                Log(
                    whole_number(each["blockNumber"]),
                    whole_number(each["logIndex"]),
                    hash_of(each["blockHash"]),
                    hash_of(each["transactionHash"]),
                    each["address"].lower(),
                    tuple(topic.lower() for topic in each["topics"]),
                    each["data"],
                )
                for each in told
            )
        places = {(log.block_number, log.log_index) for log in logs}
        if len(places) != len(logs) or any(not first <= number <= last for number, _ in places):
            raise InputError(
                f"asked for the logs of blocks {first} to {last}, the node at "
                f"{self.node.node.host} gave one twice, or one of another block; name another"
            )
        return logs

    def _ask_for_less(self, blocks: int) -> None:
        self._size = self._most = max(1, blocks // 2)
        self._ranges_at_most = 0

    def _suit(self, logs: int, blocks: int) -> None:
        """Ask for fewer blocks the next time, or for more."""
        if logs > _MANY_LOGS:
            self._size = max(1, blocks // 2)
        elif logs < _FEW_LOGS and blocks == self._size:
            self._ranges_at_most += self._size == self._most
            if self._ranges_at_most == _RANGES_BEFORE_MORE:
                # What was too much in some blocks may not be in others.
                self._most = min(2 * self._most, _MOST_BLOCKS)
                self._ranges_at_most = 0
            self._size = min(2 * self._size, self._most)
