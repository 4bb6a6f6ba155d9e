"""What any contract needs of a node: calls and events, with every failure told in one line."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import requests
from eth_typing import ChecksumAddress
from hexbytes import HexBytes
from web3 import HTTPProvider, Web3
from web3._utils.abi import build_strict_registry
from web3.contract import Contract
from web3.contract.contract import ContractFunction
from web3.exceptions import ContractLogicError, TimeExhausted, Web3Exception
from web3.providers.rpc.utils import REQUEST_RETRY_ALLOWLIST, ExceptionRetryConfiguration
from web3.types import RPCEndpoint, TxParams, TxReceipt, Wei

from gasprint._abi import codec_of
from gasprint._reverts import sentence
from gasprint.deployments import DeployedContract
from gasprint.errors import InputError, RefusalError, UnansweredError

_TIMEOUT_SECONDS = 30
_FITS_64_BITS = 2**64
_BATCH_ATTEMPTS = 5
_BATCH_PAUSE_SECONDS = 0.2


@dataclass(frozen=True)
class Node:
    """A node that speaks JSON-RPC over HTTP.

    Attributes:
        host: its name and port; of its address no more is ever shown, as keys stand in there.
        web3: the connection.
        option: of the command line, which named it.
        waiting: entered while it is asked, by whoever would give that up.
    """

    host: str
    web3: Web3
    option: str = "--rpc"
    waiting: Callable[[], AbstractContextManager[None]] = nullcontext

    @classmethod
    def at(cls, rpc_url: str, option: str = "--rpc", timeout_seconds: float | None = None) -> Node:
        """The node at `rpc_url`; nothing is asked of it yet.

        Args:
            rpc_url: its address.
            option: of the command line, which named it.
            timeout_seconds: how long to wait for an answer; 30 where it is not said.

        Raises:
            InputError: if that is no HTTP address.
        """
        try:
            url = urlsplit(rpc_url)
            valid = url.scheme in ("http", "https") and url.hostname and url.port != 0
        except ValueError:
            valid = False
        if not valid:
            raise InputError("the node's address must look like http://127.0.0.1:8545")
        provider = Web3.HTTPProvider(
            rpc_url,
            request_kwargs={"timeout": timeout_seconds or _TIMEOUT_SECONDS},
            # A node that is too busy is asked again, but not sent to: it may have taken what it was
            # sent. One that hangs is not asked either, for it takes too long.
            exception_retry_configuration=ExceptionRetryConfiguration(
                [requests.HTTPError],
                method_allowlist=[m for m in REQUEST_RETRY_ALLOWLIST if "send" not in m],
            ),
        )
        web3 = Web3(provider)
        web3.codec = codec_of(build_strict_registry())
        return cls(url.netloc.rpartition("@")[2], web3, option)

    def contract(self, name: str, deployed: DeployedContract) -> Contract:
        """The contract, once it is seen that code stands at its address."""
        with self._failures():
            is_there = len(self.web3.eth.get_code(deployed.address)) > 0
        if not is_there:
            raise InputError(
                f"there is no code at {deployed.address}, where {name} should be; "
                "was the chain started anew? then deploy again"
            )
        return self.web3.eth.contract(deployed.address, abi=deployed.abi)

    def chain_id(self) -> int:
        """Which chain it serves."""
        with self._failures():
            return _whole_number(self.web3.eth.chain_id)

    def newest_block(self) -> int:
        """Number of the newest block."""
        with self._failures():
            return _whole_number(self.web3.eth.block_number)

    def transaction_count(self, address: str, tag: str) -> int:
        """How many transactions an address has sent: the nonce of its next one, by a block tag."""
        return int(str(self.request("eth_getTransactionCount", address, tag)), 16)

    def block_time_unix_seconds(self, number: int) -> int:
        """When a block was made."""
        with self._failures():
            return _whole_number(self.web3.eth.get_block(number)["timestamp"])

    def recipient_and_gas_used(self, transaction_hash: str) -> tuple[str | None, int]:
        """Whom a transaction called, and the gas that its receipt says it used."""
        with self._failures():
            receipt = self.web3.eth.get_transaction_receipt(HexBytes(transaction_hash))
            return receipt.get("to"), _whole_number(receipt["gasUsed"])

    def pays_for_more(self, transaction_hash: str) -> bool:
        """Whether a transaction has an access list or authorisations, or its sender had code.

        Also where the node does not have the state of its block any more, and so cannot tell.
        """
        with self._failures():
            transaction = self.web3.eth.get_transaction(HexBytes(transaction_hash))
            if transaction.get("accessList") or transaction.get("authorizationList"):
                return True
            sender, number = transaction["from"], _whole_number(transaction["blockNumber"])
            try:
                # A delegation (EIP-7702) can be taken back right after it, or in the same block.
                return any(
                    len(self.web3.eth.get_code(sender, each)) > 0 for each in (number, number - 1)
                )
            except Web3Exception:
                return True

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
    ) -> Iterator[tuple[Mapping[str, Any], dict[str, Any]]]:
        """Events that this very contract logged in `blocks`; one request for each of their steps.

        Every indexed argument in `filters` has to be equal. Each comes as its arguments, and where
        it was logged.
        """
        for first in blocks:
            last = min(first + blocks.step, blocks.stop) - 1
            with self._failures():
                found = [
                    (
                        event["args"],
                        {
                            "block_number": _whole_number(event["blockNumber"]),
                            "log_index": _whole_number(event["logIndex"]),
                            "transaction_hash": event["transactionHash"].to_0x_hex(),
                        },
                    )
                    for event in contract.events[name]().get_logs(
                        filters, from_block=first, to_block=last
                    )
                ]
            yield from found

    def has_code(self, address: ChecksumAddress) -> bool:
        """Whether a contract stands at `address`."""
        with self._failures():
            return len(self.web3.eth.get_code(address)) > 0

    def simulate(self, function: ContractFunction, sender: ChecksumAddress) -> Any:
        """What `function` would return to `sender` now; nothing is sent.

        Raises:
            InputError: with the contract's reason, where it would revert.
        """
        with self._failures():
            return function.call({"from": sender})

    def prepare(
        self, function: ContractFunction, sender: ChecksumAddress, chain_id: int
    ) -> TxParams:
        """The transaction in which `sender` calls `function`, with its gas and EIP-1559 fees."""
        with self._failures():
            newest = self.web3.eth.get_block("latest")
            base_fee = newest.get("baseFeePerGas")
            if base_fee is not None:
                priority_fee = self.web3.eth.max_priority_fee
                gas = function.estimate_gas({"from": sender})
                return function.build_transaction(
                    {
                        "from": sender,
                        "chainId": chain_id,
                        "nonce": self.web3.eth.get_transaction_count(sender, "pending"),
                        # What others send before it may change what it costs.
                        "gas": gas + gas // 5,
                        "maxFeePerGas": Wei(2 * base_fee + priority_fee),
                        "maxPriorityFeePerGas": priority_fee,
                    }
                )
        raise InputError(f"the chain that {self.host} serves has no EIP-1559 fees")

    def send_signed(self, raw_transaction: bytes) -> str:
        """Send a signed transaction; its hash."""
        with self._failures():
            return self.web3.eth.send_raw_transaction(raw_transaction).to_0x_hex()

    def receipt(self, transaction_hash: str, timeout_seconds: float) -> TxReceipt:
        """The receipt of a transaction, once it is mined.

        Raises:
            InputError: if that takes too long.
        """
        with self._failures():
            try:
                return self.web3.eth.wait_for_transaction_receipt(
                    HexBytes(transaction_hash), timeout_seconds, poll_latency=0.2
                )
            except TimeExhausted:
                pass
        raise InputError(
            f"transaction {transaction_hash} was sent, but not mined in {timeout_seconds:g} "
            "seconds; look it up before you send another"
        )

    def request(self, method: str, *parameters: object) -> Any:
        """What it answers to any method.

        Raises:
            RefusalError: with its own words, where it refuses.
        """
        with self._failures():
            response = self.web3.provider.make_request(RPCEndpoint(method), list(parameters))
            problem = self._refusal(response)
        if problem:
            raise problem
        return response.get("result")

    def batch(self, method: str, parameters: Sequence[Sequence[object]]) -> list[Any]:
        """What it answers to one method, asked many times over in one request.

        Asked again, with longer and longer pauses, while the node fails or refuses any of them;
        and in halves, where it may be too much at once.

        Raises:
            InputError: with the last failure.
        """
        for attempt in range(_BATCH_ATTEMPTS):
            try:
                return self.batch_once(method, parameters)
            except InputError:
                if attempt == _BATCH_ATTEMPTS - 1:
                    raise
                if attempt and len(parameters) > 1:
                    break
                time.sleep(_BATCH_PAUSE_SECONDS * 2**attempt)
        half = len(parameters) // 2
        return self.batch(method, parameters[:half]) + self.batch(method, parameters[half:])

    def batch_each(self, method: str, parameters: Sequence[Sequence[object]]) -> list[Any]:
        """As `batch`, but what is refused of one question stands among the answers.

        A question at which the node fails, though it answers others, is one that it refuses: so
        whoever made the one never keeps the rest from their answers.

        Raises:
            InputError: with the last failure, where the node answers nothing at all.
        """
        try:
            return [
                self._refusal(each) or each.get("result") for each in self._ask(method, parameters)
            ]
        except InputError as error:
            self.newest_block()
            if len(parameters) == 1:
                return [RefusalError(self.host, str(error), None)]
        half = len(parameters) // 2
        return self.batch_each(method, parameters[:half]) + self.batch_each(
            method, parameters[half:]
        )

    def batch_once(self, method: str, parameters: Sequence[Sequence[object]]) -> list[Any]:
        """As `batch`, but asked only once.

        Raises:
            RefusalError: with the first refusal.
            UnansweredError: if it fails, is too busy, or hangs.
        """
        responses = self._ask(method, parameters)
        if problem := next(filter(None, map(self._refusal, responses)), None):
            raise problem
        return [each.get("result") for each in responses]

    def _ask(self, method: str, parameters: Sequence[Sequence[object]]) -> list[Any]:
        if not parameters:
            return []
        with self._failures():
            asked = [(RPCEndpoint(method), list(each)) for each in parameters]
            answers = cast(HTTPProvider, self.web3.provider).make_batch_request(asked)
            # Of a batch that it refuses as a whole, there is one answer.
            responses = answers if isinstance(answers, list) else [answers]
            refusal = next(filter(None, map(self._refusal, responses)), None)
            if len(responses) == len(parameters):
                return responses
            if refusal is None:
                raise ValueError("as many answers as questions")
        raise refusal

    def _refusal(self, response: Any) -> RefusalError | None:
        problem = response.get("error")
        if not problem:
            return None
        told = problem if isinstance(problem, dict) else {"message": problem}
        return RefusalError(self.host, told.get("message"), told.get("code"), told.get("data"))

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            with self.waiting():
                yield
        except requests.ConnectionError as error:
            raise UnansweredError(
                f"no node answers at {self.host}; start one, or name another with {self.option}"
            ) from error
        except requests.RequestException as error:
            # Its own text would repeat the whole address.
            raise UnansweredError(
                f"the node at {self.host} failed ({type(error).__name__}); try again"
            ) from error
        except ContractLogicError as error:
            reason = sentence(error.data) or f"the node at {self.host} refused: {error}"
            raise InputError(reason) from error
        except Web3Exception as error:
            raise InputError(f"the node at {self.host} refused: {error}") from error
        except Exception as error:
            # What web3 makes of an answer that is no JSON, or not of the form that it should have.
            raise UnansweredError(
                f"the node at {self.host} gave an answer that makes no sense "
                f"({type(error).__name__}); is it an Ethereum node? name another with {self.option}"
            ) from error


def _whole_number(value: int) -> int:
    if not 0 <= value < _FITS_64_BITS:
        raise ValueError("a number that does not fit 64 bits")
    return value
