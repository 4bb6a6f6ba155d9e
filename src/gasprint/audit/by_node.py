"""An audit by a node alone: the deployment is read into a ledger that is thrown away."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from gasprint._node import Node
from gasprint.audit.auditing import audit_ledger, checksummed_all
from gasprint.audit.result import Audit
from gasprint.audit.subject import Documents
from gasprint.contracts import Suite
from gasprint.errors import ReorganisedError
from gasprint.sync import sync

_TRIES = 4


def audit_deployment(
    rpc_url: str,
    deployment: Path,
    accounts: Iterable[str] | None = None,
    *,
    documents: Documents | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Audit:
    """Audit a deployment by a node alone: its events go into a ledger that is thrown away.

    Args:
        rpc_url: of the node.
        deployment: the file that the deploy script wrote.
        accounts: whose emissions; None for all that recorded any or had any retired.
        documents: what else to hold it against.
        progress: takes how many blocks are read by now, and how many there are to read.

    Raises:
        InputError: if an account is no address, the file is broken, or the node fails.
    """
    chosen = checksummed_all(accounts)
    with ledger_of_deployment(rpc_url, deployment, progress) as (ledger, node):
        return audit_read_anew(ledger, node, deployment, chosen, documents)


def audit_read_anew(
    ledger: Path,
    node: Node,
    deployment: Path,
    accounts: Sequence[str] | None,
    documents: Documents | None,
) -> Audit:
    """The audit of a ledger from `ledger_of_deployment`.

    Where the chain takes another way meanwhile, the ledger is made anew, a few times at most.

    Args:
        ledger: that is thrown away in the end.
        node: that it was read of.
        deployment: the file that the deploy script wrote.
        accounts: whose emissions; None for all that recorded any or had any retired.
        documents: what else to hold it against.

    Raises:
        InputError: if an account is no address, a file is broken, or the node fails.
        ReorganisedError: if the chain changes again and again.
    """
    audit = partial(
        audit_ledger, ledger, [node], accounts, deployments=[deployment], documents=documents
    )
    for _ in range(_TRIES - 1):
        try:
            return audit()
        except ReorganisedError:
            ledger.unlink()
            sync(ledger, node, deployment)
    return audit()


@contextmanager
def ledger_of_deployment(
    rpc_url: str,
    deployment: Path,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Iterator[tuple[Path, Node]]:
    """A ledger of one deployment that is thrown away in the end, and the node that it was read of.

    Args:
        rpc_url: of the node.
        deployment: the file that the deploy script wrote.
        progress: takes how many blocks are read by now, and how many there are to read.

    Raises:
        InputError: if the file is broken, or the node fails.
    """
    Suite.connect(rpc_url, deployment)  # refuses contracts that do not belong together
    node = Node.at(rpc_url)
    with tempfile.TemporaryDirectory(prefix="gasprint.") as folder:
        ledger = Path(folder) / "ledger.duckdb"
        sync(ledger, node, deployment, progress=progress)
        yield ledger, node
