"""Which deployments of a ledger are audited, and which node there is for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from gasprint._node import Node
from gasprint.audit.result import AuditedDeployment
from gasprint.audit.state import State
from gasprint.chain_transactions import making_sense
from gasprint.deployments import read_contracts
from gasprint.errors import InputError, ReorganisedError
from gasprint.sync.file import ADDRESS_COLUMNS

_NO_NODE = "no node of chain {} was given; name one with --rpc"
_NO_STATE = (
    "the node at {} has no state of block {} any more; run gasprint sync again, or name an archive "
    "node"
)


@dataclass(frozen=True)
class Place:
    """A deployment to audit.

    Attributes:
        deployment: in the ledger.
        addresses: of its contracts, by their names.
        file: what the deploy script wrote of it; None where that was not given.
        node: that is asked; None without one.
        block_hash: of the block up to which it was read.
        state: what they tell; None without a node.
        no_state: why there is none.
        holds: whether the events added up when they were read; None where that is not known.
        contradictions: what they did not add up to then.
    """

    deployment: AuditedDeployment
    addresses: Mapping[str, str]
    file: Path | None
    node: Node | None
    block_hash: str
    state: State | None
    no_state: str
    holds: bool | None
    contradictions: tuple[str, ...]

    def check_again(self) -> None:
        """See that the node did not go another way meanwhile: it is asked by the block's number.

        Raises:
            ReorganisedError: if it did.
        """
        if self.node is None:
            return
        number = self.deployment.block_number
        told, _ = _told(self.node, number)
        if told != self.block_hash:
            raise ReorganisedError(
                f"block {number} of chain {self.deployment.chain_id} changed while it was audited; "
                "run gasprint sync again where there is a ledger, then gasprint audit"
            )


def places(
    connection: duckdb.DuckDBPyConnection,
    nodes: Sequence[Node],
    chain_id: int | None,
    files: Sequence[Path],
) -> list[Place]:
    """The deployments to audit, in the order of the ledger.

    Args:
        connection: to the ledger.
        nodes: that were given.
        chain_id: of the chain to audit; None for all.
        files: of the deployments to audit; without, all.

    Raises:
        InputError: if the ledger has none of these, a node is of no chain of theirs, or fails.
        ReorganisedError: if the chain took another way since it was read.
    """
    wanted = {_contracts(path): path for path in files}
    by_chain = {_identity(node): node for node in nodes}
    columns = ", ".join(ADDRESS_COLUMNS.values())
    rows = connection.execute(
        "SELECT deployment_id, chain_id, genesis_hash, read_block, read_block_hash, final_block, "
        f"holds, {columns} FROM deployments WHERE read_block IS NOT NULL ORDER BY deployment_id"
    ).fetchall()
    found, seen = [], set()
    for number, chain, genesis, block, block_hash, final, holds, *addresses in rows:
        named = dict(zip(ADDRESS_COLUMNS, addresses, strict=True))
        if chain_id not in (None, chain):
            continue
        file = wanted.get((chain, named["EmissionsRegistry"], named["CarbonCredits"]))
        if wanted and file is None:
            continue
        node = by_chain.get((chain, genesis))
        seen.add((chain, genesis))
        state, reason = None, _NO_NODE.format(chain)
        times = "SELECT max(time_unix_seconds) FROM blocks WHERE deployment_id = ?"
        ((time,),) = connection.execute(times, [number]).fetchall()
        if node is not None:
            time = _time_of(node, block, block_hash)
            state = State(node, named, block)
            if state.number("factorCount") is None:
                state, reason = None, _NO_STATE.format(node.host, block)
        deployment = AuditedDeployment(
            *(number, chain, block, final, time),
            *(named["EmissionsRegistry"], named["CarbonCredits"], state is not None),
        )
        told = tuple(_contradictions(connection, number)) if holds is False else ()
        found.append(Place(deployment, named, file, node, block_hash, state, reason, holds, told))
    if not found:
        which = "of that deployment " if files else ""
        where = "" if chain_id is None else f"on chain {chain_id} "
        raise InputError(
            f"the ledger has nothing {which}{where}to audit; gasprint sync reads a deployment"
        )
    for (chain, genesis), node in by_chain.items():
        if (chain, genesis) not in seen:
            raise InputError(
                f"the node at {node.host} serves chain {chain} (genesis {genesis}), of which there "
                "is nothing to audit in the ledger; name another node"
            )
    return found


def _contracts(path: Path) -> tuple[int, str, str]:
    chain, found = read_contracts(path, {"EmissionsRegistry": (), "CarbonCredits": ()})
    return chain, found["EmissionsRegistry"].address, found["CarbonCredits"].address


def _identity(node: Node) -> tuple[int, str]:
    chain = node.chain_id()
    (genesis,) = node.batch("eth_getBlockByNumber", [("0x0", False)])
    with making_sense(node):
        return chain, genesis["hash"]


def _told(node: Node, number: int) -> tuple[str | None, int]:
    """The hash of a block, which is None where the node does not know it, and when it was made."""
    (block,) = node.batch("eth_getBlockByNumber", [(hex(number), False)])
    with making_sense(node):
        return (None, 0) if block is None else (block["hash"].lower(), int(block["timestamp"], 16))


def _time_of(node: Node, number: int, block_hash: str) -> int:
    """When a block was made, which has to be the one that was read."""
    told, time = _told(node, number)
    if told != block_hash:
        problem = "does not know it" if told is None else f"tells {told}"
        raise ReorganisedError(
            f"the ledger was read up to block {number}, with the hash {block_hash}, but the node "
            f"at {node.host} {problem}; run gasprint sync again, or name another node"
        )
    return time


def _contradictions(connection: duckdb.DuckDBPyConnection, number: int) -> Iterator[str]:
    for (told,) in connection.execute(
        "SELECT unnest(contradictions) FROM ("
        "FROM syncs WHERE deployment_id = ? ORDER BY sync_id DESC LIMIT 1)",
        [number],
    ).fetchall():
        yield told
