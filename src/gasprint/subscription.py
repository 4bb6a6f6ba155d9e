"""The events of a deployment as the chain moves, and what the chain gives up again.

Read and decoded as `gasprint sync` does it. The hashes of what was read are kept for as long as the
contract says that blocks may change; where one is another now, the update says from which block on
all events are void, and the new ones follow.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from gasprint._node import Node
from gasprint.chain_transactions import making_sense
from gasprint.deployments import read_contracts
from gasprint.errors import ReorganisedError
from gasprint.sources.patience import PatientNode
from gasprint.sync.counters import COUNTERS
from gasprint.sync.decoding import PLACE, Decoder
from gasprint.sync.events import EVENTS
from gasprint.sync.logs import Block, LogReader

_POLL_SECONDS = 1.0


@dataclass(frozen=True)
class Event:
    """An event of one of the contracts.

    Attributes:
        name: of it in snake case, such as `emissions_recorded`; the ledger's table of it.
        contract_address: who logged it.
        block_number: in which block.
        log_index: its place there.
        transaction_hash: in which transaction.
        values: its arguments by their names, as the ledger has them; quantities are whole numbers.
    """

    name: str
    contract_address: str
    block_number: int
    log_index: int
    transaction_hash: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Update:
    """What a few blocks brought.

    Attributes:
        events: in the order of the chain; there may be none.
        next_block: the block after those that were read.
        block_hash: of the last one that was read; None where all that was told is void.
        void_from_block: all events of this block and later ones, told before, are void: the chain
            took another way. None where it did not.
    """

    events: tuple[Event, ...]
    next_block: int
    block_hash: str | None
    void_from_block: int | None = None


@dataclass
class Subscription:
    """Updates without end: an iterator, which waits for new blocks.

    `wait` is called where there is nothing new; to end it, stop iterating or raise from there.
    """

    node: Node
    reader: LogReader
    decoder: Decoder
    finality_blocks: int
    first_block: int
    after_hash: str | None = None
    wait: Callable[[], None] = lambda: time.sleep(_POLL_SECONDS)
    _next_block: int = field(init=False)
    _has_read: bool = field(default=False, init=False)
    _seen: list[Block] = field(default_factory=list)
    """Final is the first one; then those whose events were told, but may be void."""

    def __post_init__(self) -> None:
        """Remember the newest final block before the first one, to tell what the chain gives up."""
        self._next_block = self.first_block
        final = min(self.first_block - 1, self.node.newest_block() - self.finality_blocks)
        if final >= 0:
            self._seen = self.reader.blocks([final])

    @classmethod
    def of(
        cls, node: Node, deployment: Path, first_block: int, after_hash: str | None
    ) -> Subscription:
        """Of all events of a deployment, from a block on.

        Raises:
            InputError: if the file is broken, or the node fails.
        """
        needed = {name: EVENTS[name] + COUNTERS[name] for name in EVENTS}
        _, contracts = read_contracts(deployment, needed)
        decoder = Decoder(contracts)
        reader = LogReader(PatientNode(node), decoder.addresses)
        registry = node.contract("EmissionsRegistry", contracts["EmissionsRegistry"])
        finality_blocks = int(node.call(registry, "finalityBlocks", block=None))
        return cls(node, reader, decoder, finality_blocks, first_block, after_hash)

    def __iter__(self) -> Iterator[Update]:
        """All updates, the first one once there is any."""
        return self

    def __next__(self) -> Update:
        """The next update.

        Raises:
            ReorganisedError: if what was read before the first update is void, or a block that was
                final.
            InputError: if the node fails.
        """
        while True:
            try:
                if (void := self._given_up()) is not None:
                    return void
                newest = self.node.newest_block()
                if newest >= self._next_block:
                    return self._read(newest)
            except ReorganisedError:
                # What was told and is void, the next turn finds; what another run was told, nobody.
                if not self._has_read and self.after_hash is not None:
                    raise
            self.wait()

    def _read(self, newest: int) -> Update:
        final = newest - self.finality_blocks
        # What may be given up is read block by block, so that no more is void than has to be.
        last = final if self._next_block <= final else self._next_block
        found = self.reader.read(self._next_block, last, self.after_hash)
        with making_sense(self.node):
            tables = self.decoder.tables(0, found.logs)
        events = [_event(table, row) for table, rows in tables.items() for row in rows.to_pylist()]
        events.sort(key=lambda each: (each.block_number, each.log_index))
        self._has_read = True
        self._seen.append(found.last)
        while len(self._seen) > 1 and self._seen[1].number <= final:
            del self._seen[0]
        self._next_block, self.after_hash = found.last.number + 1, found.last.hash
        return Update(tuple(events), self._next_block, self.after_hash)

    def _given_up(self) -> Update | None:
        """That the chain took another way since, if it did."""
        kept = len(self._seen)
        while kept and not self._is_there(self._seen[kept - 1]):
            kept -= 1
        if kept == len(self._seen):
            return None
        if not kept:
            raise ReorganisedError(
                f"block {self._seen[0].number} is another now, which was final; read all anew"
            )
        last = self._seen[kept - 1]
        self._seen = self._seen[:kept]
        self._next_block = max(last.number + 1, self.first_block)
        self.after_hash = last.hash if last.number + 1 == self._next_block else None
        return Update((), self._next_block, self.after_hash, void_from_block=self._next_block)

    def _is_there(self, block: Block) -> bool:
        try:
            return self.reader.blocks([block.number]) == [block]
        except ReorganisedError:
            return False


def _event(table: str, row: dict[str, Any]) -> Event:
    place = {name: row.pop(name) for name in PLACE.names}
    del place["deployment_id"]
    return Event(table, **place, values={name: _plain(value) for name, value in row.items()})


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value)
    return [_plain(each) for each in value] if isinstance(value, list) else value
