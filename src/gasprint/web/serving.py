"""The server, and the process that follows the ledger for it."""

from __future__ import annotations

import contextlib
import gc
import ipaddress
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from gasprint._output import readable, working
from gasprint.deployments import read_contracts
from gasprint.errors import InputError
from gasprint.web.app import application
from gasprint.web.following import Followed
from gasprint.web.guard import Rates
from gasprint.web.index_reading import Index
from gasprint.web.models import Deployment

_LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")
_LOOK_SECONDS = 0.05
_GRACE_SECONDS = 1


@dataclass(frozen=True)
class Address:
    """Where to listen, and what may be asked there.

    Attributes:
        host: an address of this machine.
        port: 0 for any that is free.
        names: by which names it may be called, beside its own; those of this machine alone where
            it listens on loopback.
        requests_per_second: of each client; 0 for any number.
    """

    host: str
    port: int
    names: tuple[str, ...]
    requests_per_second: float

    def allowed_names(self) -> tuple[str, ...]:
        """Every name; none where any will do."""
        if self.is_loopback():
            return (*_LOOPBACK_NAMES, self.host.lower(), *self.names)
        return (*self.names, self.host.lower()) if self.names else ()

    def is_loopback(self) -> bool:
        """Whether only this machine gets there."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def serve(
    ledger: Path,
    address: Address,
    say: Callable[[str], None],
    rpc: str | None = None,
    deployment: Path = Path(),
    sync_seconds: float = 2.0,
) -> None:
    """Serve a ledger until a signal comes.

    Args:
        ledger: the file.
        address: where to listen.
        say: takes the page's address, once it can be opened.
        rpc: a node from which to keep the ledger up to date, and to ask for certificates.
        deployment: the address file of the deployment there.
        sync_seconds: how long to wait from one sync to the next.

    Raises:
        InputError: if it cannot listen there, or the ledger cannot be followed.
    """
    listener = _listener(address)
    with listener, tempfile.TemporaryDirectory(prefix="gasprint-serve-") as folder:
        index_path = Path(folder) / "index.sqlite"
        followed = Followed(str(ledger), str(index_path), rpc, str(deployment), sync_seconds)
        with _following(followed) as process:
            with working("Reading the ledger ..."):
                index = _first_edition(process, index_path)
            app, live = application(
                index,
                Rates(address.requests_per_second, 4 * address.requests_per_second),
                address.allowed_names(),
                _certificates(rpc, deployment),
            )
            server = _Server(
                uvicorn.Config(
                    app,
                    log_level="warning",
                    access_log=False,
                    server_header=False,
                    # Or any client says for itself which one it is, as often as it likes.
                    proxy_headers=False,
                    lifespan="off",
                    timeout_graceful_shutdown=_GRACE_SECONDS,
                )
            )
            server.ends = lambda: setattr(live, "is_over", True)
            threading.Thread(target=_watch, args=(process, server), daemon=True).start()
            host, port = listener.getsockname()[:2]
            # What is there by now stays: a collection that looks at all of it takes 100 ms.
            gc.collect()
            gc.freeze()
            say(f"http://{f'[{host}]' if ':' in host else host}:{port}/")
            server.run(sockets=[listener])
            if process.poll() is not None:
                raise InputError("the ledger is not followed any more, see above; start it again")


class _Server(uvicorn.Server):
    ends: Callable[[], None]

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Pages that listen would keep it waiting.
        self.ends()
        await super().shutdown(sockets)


def _listener(address: Address) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
        listener = socket.create_server((address.host, address.port), family=family, backlog=512)
    except (OSError, OverflowError) as error:
        problem = getattr(error, "strerror", None) or error
        raise InputError(
            f"{address.host} port {address.port} cannot be listened on: {problem}; name another "
            "with --host and --port"
        ) from error
    # Or each answer waits 40 ms for the client to acknowledge its headers. Connections inherit it.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


@contextlib.contextmanager
def _following(followed: Followed) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(followed.command(), stdin=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _first_edition(process: subprocess.Popen[bytes], path: Path) -> Index:
    while process.poll() is None:
        if path.exists():
            with contextlib.suppress(Exception):
                index = Index(path)
                if index.tag() is not None:
                    return index
        time.sleep(_LOOK_SECONDS)
    raise InputError("the ledger could not be read, see above; name another file")


def _watch(process: subprocess.Popen[bytes], server: _Server) -> None:
    process.wait()
    server.should_exit = True


def _certificates(rpc: str | None, deployment: Path) -> Callable[[Deployment, int], str | None]:
    """What asks the contract for a certificate; whatever goes wrong, the ledger's is shown."""
    if rpc is None:
        return lambda _here, _number: None
    from gasprint.credit_contracts import CreditContracts

    _, addresses = read_contracts(deployment, {"RetirementCertificates": ()})
    address = addresses["RetirementCertificates"].address
    contracts = CreditContracts.connect(rpc, deployment)

    def drawn(here: Deployment, number: int) -> str | None:
        is_there = here.contracts["RetirementCertificates"] == address
        if here.chain_id != contracts.chain_id or not is_there:
            return None
        try:
            svg = contracts.certificate_svg(number)
            return None if svg is None else readable(svg)
        except InputError:
            return None

    return drawn
