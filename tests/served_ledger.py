"""A ledger file that `gasprint serve` serves, on a free port of this machine."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests import commands
from tests.kept_chain import KeptChain, wait_for
from tests.suite import FACTOR

API = "/api/v1"


@dataclass
class Served:
    """A server that runs.

    Attributes:
        url: of it, without a slash at the end.
        command: its process.
    """

    url: str
    command: commands.Command

    def get(self, path: str, status: int = 200, **options: Any) -> requests.Response:
        """What it answers; fails where it is another status."""
        answer = requests.get(self.url + path, timeout=60, allow_redirects=False, **options)
        assert answer.status_code == status, answer.text
        return answer

    def json(self, path: str, status: int = 200) -> Any:
        """What its API answers."""
        return self.get(API + path, status).json()

    def pages(self, path: str, limit: int) -> list[Any]:
        """All items of a list, page by page."""
        found, cursor = [], ""
        while True:
            page = self.json(f"{path}?limit={limit}{cursor}")
            assert len(page["items"]) <= limit
            found += page["items"]
            if page["next"] is None:
                return found
            assert len(page["items"]) == limit
            cursor = f"&cursor={page['next']}"

    def edition(self) -> str:
        """As of which edition it answers."""
        return str(self.json("/ledger")["edition"])

    def wait_beyond(self, edition: str) -> str:
        """Waits until it answers as of another one."""
        return str(wait_for(lambda: (now := self.edition()) != edition and now))


def commit(chain: KeptChain, account: Any, records: int, gas_used: int) -> None:
    """Has an account commit what so many transactions of the newest blocks emitted."""
    chain.mine(4)
    registry, newest = chain.suite.EmissionsRegistry, chain.web3.eth.block_number - 1
    commitment = (
        *(newest - 1, newest, chain.web3.eth.get_block(newest)["hash"], 1, records, gas_used),
        *(gas_used * FACTOR[0] // 10**6, b"\x03" * 32, b"\x04" * 32),
    )
    chain.call(account, registry.functions.commit(account.address, commitment))


@contextmanager
def serving(ledger: Path, *options: Any) -> Iterator[Served]:
    """Serves it until the end."""
    output = ledger.with_name(f"{ledger.stem}.served")
    output.write_text("")
    errors = output.with_suffix(".errors")
    command = commands.Command("serve", ledger, "--port", 0, *options, stdout=output, stderr=errors)
    try:

        def told() -> str:
            assert command.poll() is None, errors.read_text()
            return output.read_text()

        url = wait_for(lambda: "\n" in told()) and told().split(" at ")[1].strip("/\n")
        yield Served(url, command)
    finally:
        command.send_signal(signal.SIGTERM)
        command.wait(30)
