"""One run of `gasprint sync`: reads on from where the ledger ends, and holds it against the chain.

What was read beyond the newest final block is read anew by each run: the chain may have taken
another way, and of several nodes behind one address one may not have had all logs of its newest
blocks yet. Final history never changes, but for a ledger whose events did not add up: that is read
from the beginning, once a node tells more.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from gasprint._node import Node
from gasprint.chain_transactions import making_sense
from gasprint.deployments import DeployedContract, read_contracts
from gasprint.errors import InputError, ReorganisedError, WrongPlaceError
from gasprint.sources.patience import PatientNode
from gasprint.sync.counters import COUNTERS, contradictions
from gasprint.sync.decoding import Decoder
from gasprint.sync.deployed import Deployed, Place
from gasprint.sync.events import EVENTS
from gasprint.sync.file import LedgerFile
from gasprint.sync.logs import LogReader

_TRIES = 5
_PAUSE_SECONDS = 0.2
_TOLD_AT_MOST = 20


@dataclass(frozen=True)
class Synced:
    """What a run came to.

    Attributes:
        deployment_id: of the deployment, in the ledger.
        chain_id: of its chain.
        first_block: that created the deployment.
        final_block: up to which it never changes; None where nothing is final yet.
        read_block: the newest block that was read.
        events_read: in this run.
        events: of the deployment, in the ledger.
        contradictions: what the events do not add up to, the first ones.
    """

    deployment_id: int
    chain_id: int
    first_block: int
    final_block: int | None
    read_block: int
    events_read: int
    events: int
    contradictions: tuple[str, ...]


@dataclass
class _Run:
    node: Node
    contracts: dict[str, DeployedContract]
    reader: LogReader
    decoder: Decoder
    progress: Callable[[int, int], None]
    events_read: int = 0

    def read_on(self, here: Deployed, first_block: int, finality_blocks: int) -> Deployed:
        """Read up to the newest block.

        Raises:
            ReorganisedError: if the chain changed meanwhile.
        """
        newest = self.node.newest_block()
        here = self._on_this_chain(here, newest)
        final = newest - finality_blocks
        following = here.read[0] + 1 if here.read else first_block
        total = newest + 1 - following
        for last in (final, newest):
            first = here.read[0] + 1 if here.read else first_block
            while first <= last:
                self.progress(first - following, total)
                found = self.reader.read(first, last, here.read[1] if here.read else None)
                with making_sense(self.node):
                    tables = self.decoder.tables(here.deployment_id, found.logs)
                here = here.add(
                    tables, list(found.blocks), found.last, is_final=found.last.number <= final
                )
                here.file.exchange_in_time()
                self.events_read += len(found.logs)
                first = found.last.number + 1
        self.progress(total, total)
        return here

    def check(self, here: Deployed) -> tuple[str, ...]:
        """What the events do not add up to, the first ones.

        Raises:
            ReorganisedError: if the chain changed meanwhile.
        """
        if here.read is None:
            raise ReorganisedError("the node does not know the deployment's first block any more")
        number, block_hash = here.read
        file, here_id = here.file, here.deployment_id
        addresses = {name: each.address for name, each in self.contracts.items()}
        told = contradictions(file.connection, here_id, self.node, addresses, number)
        found = tuple(each.text for each in islice(told, _TOLD_AT_MOST))
        if self.reader.blocks([number])[0].hash != block_hash:
            raise ReorganisedError(f"block {number} changed while it was read")
        return found

    def _on_this_chain(self, here: Deployed, newest: int) -> Deployed:
        """The deployment without what may have changed, once its final block is seen here."""
        if here.final is not None:
            number, block_hash = here.final
            if number > newest:
                raise InputError(
                    f"the node at {self.node.host} has blocks up to {newest}, and the ledger's up "
                    f"to {number} are final; wait until it has them, or name another node"
                )
            (told,) = self.reader.blocks([number])
            if told.hash != block_hash:
                raise InputError(
                    f"block {number} is final in the ledger, with the hash {block_hash}, but the "
                    f"node at {self.node.host} tells {told.hash}; name another node, or another "
                    "file for this chain"
                )
        if here.holds is False:
            return here.start_over()
        return here.give_up() if here.read != here.final else here


def sync(
    ledger: Path,
    node: Node,
    deployment: Path,
    finality_blocks: int = 0,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Synced:
    """Bring a ledger file up to the node's newest block.

    Args:
        ledger: the file; it is made where it is not there.
        node: what to read.
        deployment: the file that the deploy script wrote.
        finality_blocks: how many blocks have to follow on one before it is final; the contract's
            own number where that is more.
        progress: takes how many blocks are read by now, and how many there are to read.

    Raises:
        InputError: if a file is another than it should be, the node fails, serves another chain or
            contradicts what is final.
        ReorganisedError: if the chain changes again and again.
    """
    needed = {name: EVENTS[name] + COUNTERS[name] for name in EVENTS}
    chain_id, contracts = read_contracts(deployment, needed)
    decoder = Decoder(contracts)
    reader = LogReader(PatientNode(node), decoder.addresses)
    run = _Run(node, contracts, reader, decoder, progress)
    told = node.chain_id()
    if told != chain_id:
        raise WrongPlaceError(
            f"the node serves chain {told}, but {deployment} is of chain {chain_id}; name the "
            "other node or the other file"
        )
    made = {name: node.contract(name, each) for name, each in contracts.items()}
    own = int(node.call(made["EmissionsRegistry"], "finalityBlocks", block=None))
    finality_blocks = max(finality_blocks, own)
    began, first_block = int(time.time()), min(each.block_number for each in contracts.values())
    with LedgerFile(ledger, decoder.schemas).opened() as file:
        for attempt in range(_TRIES):
            try:
                genesis, first = reader.blocks([0, first_block])
                addresses = tuple(each.address for each in contracts.values())
                here = Deployed.find(file, Place(chain_id, genesis.hash, addresses, first))
                here = run.read_on(here, first_block, finality_blocks)
                found = run.check(here)
                break
            except ReorganisedError:
                if attempt == _TRIES - 1:
                    raise
                time.sleep(_PAUSE_SECONDS * 2**attempt)
        here = here.mark(not found)
        assert here.read is not None
        synced = Synced(
            *(here.deployment_id, chain_id, first_block, here.final[0] if here.final else None),
            *(here.read[0], run.events_read, here.count(), found),
        )
        file.connection.execute(
            "INSERT INTO syncs SELECT coalesce(max(sync_id), 0) + 1, ?, ?, ?, ?, ?, ? FROM syncs",
            [
                *(here.deployment_id, began, int(time.time()), here.read[0], run.events_read),
                list(synced.contradictions),
            ],
        )
    return synced
