"""When a transaction is annotated, and when it goes plain.

What is sent does what it would have done without. The plain transaction goes, as it was given,
  where its data ends in a suffix without a place for an annotation (`annotations.annotated_data`);
  where it has less data than a selector and its recipient has code, for the suffix would keep
    `receive()` from running, or stand for a selector itself;
  where the two do not return the same when they are tried out: for a deployment that is the code
    that will stand there, for a call what the contract returns;
  where the annotated one fails, or would pass a limit that the plain one keeps: EIP-3860's for
    initcode, the block's and EIP-7825's for gas, the sender's balance;
  where no factor is in force;
  where the registry, or the node itself, does not answer, which is logged.
A call that returns the same but leaves another state, since its contract looks at the length or
the end of its calldata, is not found out; what Solidity or Vyper compiles does so only where its
source says so. What a smart account executes is inside of the data, and is not annotated. Nor is
what goes to a name that the node has yet to look up.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from hexbytes import HexBytes
from web3 import Web3
from web3.types import MakeRequestFn, RPCEndpoint, RPCResponse

from gasprint.annotations import FactorInForce, annotated_data, annotation_of, has_room
from gasprint.errors import InputError
from gasprint.factor_in_force import FactorSource
from gasprint.intrinsic_gas import LARGEST_INITCODE_BYTES, data_gas, floor_gas

_SELECTOR_BYTES = 4
_LARGEST_TRANSACTION_GAS = 2**24
"""EIP-7825."""
_LARGEST_DATA_BYTES = 120_000
"""Nodes pass on no transaction of more than 128 KiB, signature and all."""
_WHAT_A_CALL_TAKES = ("from", "to", "value", "gas", "accessList", "authorizationList")
_DATA = ("data", "input")
_GUESSED_GAS = 100_000
_BUFFER_GAS = 100_000
"""What web3.py adds to an estimate."""
_GAS_PER_BLOB = 131_072
"""EIP-4844."""
_MOST_BLOBS = 9
"""Of a block, by EIP-7691."""
_SETTLES_WITHIN = 4

_log = logging.getLogger(__name__)


class _NoAnswerError(Exception):
    """Whoever was asked did not answer."""


@dataclass(frozen=True)
class Annotator:
    """Asks the node itself, past all middleware, as it is called from within one."""

    make_request: MakeRequestFn
    source: FactorSource

    def annotated(self, transaction: Mapping[str, Any]) -> Mapping[str, Any]:
        """`transaction` with a suffix, and the gas that it costs; itself where it goes plain."""
        try:
            return self._annotated(transaction)
        except _NoAnswerError as error:
            # A transaction matters more than what is said of it.
            _log.warning("not annotated: %s", error)
            return transaction

    def _annotated(self, transaction: Mapping[str, Any]) -> Mapping[str, Any]:
        plain = Plain.of(transaction)
        if plain is None or not self._may_have_suffix(plain):
            return transaction
        factor = self._factor()
        if factor is None:
            return transaction
        try:
            found = self._annotated_data(plain, factor)
        except InputError:
            # The suffix that is there is as long as one may be.
            return transaction
        if found is None:
            return transaction
        data, gas = found
        changed = plain.with_data(data)
        if (
            self._breaks_a_limit(plain, changed, gas)
            or not self._can_be_paid(plain, changed, gas)
            or not self._returns_the_same(plain, changed)
        ):
            return transaction
        return changed.transaction

    def _may_have_suffix(self, plain: Plain) -> bool:
        if not has_room(plain.data):
            return False
        if plain.to is None or len(plain.data) >= _SELECTOR_BYTES:
            return True
        return bool(self._ask("eth_getCode", plain.to, "pending") == "0x")

    def _factor(self) -> FactorInForce | None:
        try:
            return self.source()
        except Exception as error:
            raise _NoAnswerError(error) from error

    def _annotated_data(self, plain: Plain, factor: FactorInForce) -> tuple[bytes, int] | None:
        """The data, and the gas that it says, which counts the suffix in; None where it fails."""
        first = annotated_data(plain.data, annotation_of(plain.gas or _GUESSED_GAS, factor))
        estimate = self._ask("eth_estimateGas", plain.with_data(first).as_call(gas=False))
        if estimate is None:
            return None
        data, gas = first, int(estimate, 16)
        is_at_floor = gas == floor_gas(first)
        for _ in range(_SETTLES_WITHIN):
            # Other digits make the suffix dearer or cheaper by a few gas, and so change themselves.
            gas = int(estimate, 16) + plain.extra_gas(data) - plain.extra_gas(first)
            if is_at_floor:
                gas = floor_gas(data)
            settled = annotated_data(plain.data, annotation_of(gas, factor))
            if settled == data:
                break
            data = settled
        return data, gas

    def _breaks_a_limit(self, plain: Plain, changed: Plain, estimated_gas: int) -> bool:
        if len(changed.data) > _LARGEST_DATA_BYTES:
            return True
        if plain.to is None and len(changed.data) > LARGEST_INITCODE_BYTES:
            return True
        block = self._ask("eth_getBlockByNumber", "latest", False)
        limits = (_LARGEST_TRANSACTION_GAS, int(block["gasLimit"], 16) if block else 0)
        gas = changed.gas or estimated_gas
        return any((plain.gas or 0) <= limit < gas for limit in limits if limit)

    def _can_be_paid(self, plain: Plain, changed: Plain, estimated_gas: int) -> bool:
        """Whether the sender has enough for the annotated one, however it is priced."""
        if plain.sender is None:
            return True
        wei_per_gas = changed.wei_per_gas
        if wei_per_gas is None:
            # Whoever fills in a price may take twice what the node says.
            wei_per_gas = 2 * int(self._ask("eth_gasPrice") or "0x0", 16)
        gas = changed.gas or estimated_gas + _BUFFER_GAS
        balance = int(self._ask("eth_getBalance", plain.sender, "pending") or "0x0", 16)
        return gas * wei_per_gas + changed.value_wei + changed.blob_fee_wei <= balance

    def _returns_the_same(self, plain: Plain, changed: Plain) -> bool:
        returned = self._ask("eth_call", plain.as_call(), "pending")
        return returned is not None and returned == self._ask(
            "eth_call", changed.as_call(), "pending"
        )

    def _ask(self, method: str, *parameters: object) -> Any:
        """What the node answers; None where it refuses."""
        try:
            response: RPCResponse = self.make_request(RPCEndpoint(method), list(parameters))
        except Exception as error:
            raise _NoAnswerError(error) from error
        return None if response.get("error") else response.get("result")


@dataclass(frozen=True)
class Plain:
    """A transaction, as far as its annotation is concerned.

    Attributes:
        transaction: as it was given, or with other data and gas.
        data: its data.
        to: whom it is for; None for a deployment.
        gas: its limit, if it was given.
    """

    transaction: Mapping[str, Any]
    data: bytes
    to: str | None
    gas: int | None

    @classmethod
    def of(cls, transaction: Mapping[str, Any]) -> Plain | None:
        """None for what is no transaction that can be read here, which goes as it is."""
        try:
            named = [HexBytes(transaction[name]) for name in _DATA if transaction.get(name)]
            if len(set(named)) > 1:
                return None
            data = named[0] if named else b""
            to, gas = transaction.get("to") or None, transaction.get("gas")
            if to is not None and not Web3.is_address(to):
                return None
            to = None if to is None else Web3.to_checksum_address(to)
            return cls(transaction, bytes(data), to, None if gas is None else _number(gas))
        except (TypeError, ValueError, AttributeError):
            return None

    @property
    def sender(self) -> str | None:
        """Who sends it; None for whomever the node takes."""
        sender = self.transaction.get("from")
        return None if sender is None else str(sender)

    @property
    def value_wei(self) -> int:
        """What it transfers."""
        return _number(self.transaction.get("value", 0))

    @property
    def blob_fee_wei(self) -> int:
        """What it offers at most for its blobs."""
        # Whoever signs may add them only then.
        blobs = len(self.transaction.get("blobVersionedHashes") or ()) or _MOST_BLOBS
        return blobs * _GAS_PER_BLOB * _number(self.transaction.get("maxFeePerBlobGas") or 0)

    @property
    def wei_per_gas(self) -> int | None:
        """What it offers at most, if that was given."""
        price = self.transaction.get("maxFeePerGas", self.transaction.get("gasPrice"))
        return None if price is None else _number(price)

    def extra_gas(self, data: bytes) -> int:
        """What `data` costs more than its own."""
        is_creation = self.to is None
        return data_gas(data, is_creation=is_creation) - data_gas(
            self.data, is_creation=is_creation
        )

    def with_data(self, data: bytes) -> Plain:
        """The same with other data, and its limit raised by what that costs."""
        name = "input" if "input" in self.transaction else "data"
        changed = {**self.transaction, name: f"0x{data.hex()}"}
        if "input" in changed:
            changed.pop("data", None)
        gas = self.gas
        if gas is not None:
            gas = max(gas + self.extra_gas(data), floor_gas(data))
            changed["gas"] = hex(gas) if isinstance(self.transaction["gas"], str) else gas
        return Plain(changed, data, self.to, gas)

    def as_call(self, *, gas: bool = True) -> dict[str, Any]:
        """What `eth_call` and `eth_estimateGas` take of it."""
        call = {
            name: _as_json(value)
            for name in _WHAT_A_CALL_TAKES
            if (value := self.transaction.get(name)) not in (None, "", b"")
        }
        if not gas:
            call.pop("gas", None)
        return call | {"data": f"0x{self.data.hex()}"}


def _as_json(value: Any) -> Any:
    if isinstance(value, int):
        return hex(value)
    return f"0x{value.hex()}" if isinstance(value, bytes) else value


def _number(value: object) -> int:
    return int(value, 16) if isinstance(value, str) else int(cast(int, value))
