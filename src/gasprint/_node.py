"""What any contract needs of a node: calls and events, with every failure told in one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from hexbytes import HexBytes
from web3 import Web3
from web3.contract import Contract
from web3.exceptions import Web3Exception
from web3.types import EventData, TxReceipt

from gasprint.deployments import DeployedContract
from gasprint.errors import InputError

_TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class Node:
    """A node that speaks JSON-RPC over HTTP.

    Attributes:
        host: its name and port; of its address no more is ever shown, as keys stand in there.
        web3: the connection.
    """

    host: str
    web3: Web3

    @classmethod
    def at(cls, rpc_url: str) -> Node:
        """The node at `rpc_url`; nothing is asked of it yet.

        Raises:
            InputError: if that is no HTTP address.
        """
        url = urlsplit(rpc_url)
        if url.scheme not in ("http", "https") or not url.hostname:
            raise InputError("the node's address must look like http://127.0.0.1:8545")
        provider = Web3.HTTPProvider(rpc_url, request_kwargs={"timeout": _TIMEOUT_SECONDS})
        return cls(url.netloc.rpartition("@")[2], Web3(provider))

    def contract(self, name: str, deployed: DeployedContract) -> Contract:
        """The contract, once it is seen that code stands at its address."""
        with self._failures():
            code = self.web3.eth.get_code(deployed.address)
        if not code:
            raise InputError(
                f"there is no code at {deployed.address}, where {name} should be; "
                "was the chain started anew? then deploy again"
            )
        return self.web3.eth.contract(deployed.address, abi=deployed.abi)

    def chain_id(self) -> int:
        """Which chain it serves."""
        with self._failures():
            return self.web3.eth.chain_id

    def newest_block(self) -> int:
        """Number of the newest block."""
        with self._failures():
            return self.web3.eth.block_number

    def block_time_unix_seconds(self, number: int) -> int:
        """When a block was made."""
        with self._failures():
            return self.web3.eth.get_block(number)["timestamp"]

    def receipt(self, transaction_hash: str) -> TxReceipt:
        """The receipt of a transaction."""
        with self._failures():
            return self.web3.eth.get_transaction_receipt(HexBytes(transaction_hash))

    def call(self, contract: Contract, function: str, *arguments: object, block: int | None) -> Any:
        """What a view function returns, as of `block`, or of the newest one."""
        with self._failures():
            return contract.functions[function](*arguments).call(block_identifier=block)

    def events(
        self,
        contract: Contract,
        name: str,
        filters: dict[str, Any],
        blocks: range,
    ) -> Iterator[EventData]:
        """Events that this very contract logged in `blocks`; one request for each of their steps.

        Every indexed argument in `filters` has to be equal.
        """
        for first in blocks:
            last = min(first + blocks.step, blocks.stop) - 1
            with self._failures():
                found = contract.events[name]().get_logs(filters, from_block=first, to_block=last)
            yield from found

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except requests.ConnectionError as error:
            raise InputError(
                f"no node answers at {self.host}; start one, or name another with --rpc"
            ) from error
        except requests.RequestException as error:
            # Its own text would repeat the whole address.
            raise InputError(
                f"the node at {self.host} failed ({type(error).__name__}); try again"
            ) from error
        except Web3Exception as error:
            raise InputError(f"the node at {self.host} refused: {error}") from error
