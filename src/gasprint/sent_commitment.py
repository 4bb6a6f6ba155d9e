"""A transaction that commits, from when it was signed until it counts or never can.

It may have been sent by an earlier run, or not at all: the journal names it before it is sent.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import Enum

from gasprint.chain_transactions import block_hash, making_sense
from gasprint.emission_contracts import EmissionContracts
from gasprint.errors import InputError, ReorganisedError, UnansweredError
from gasprint.ledger import EmissionsCommitted
from gasprint.report_journal import ReportFolder, SignedCommitment

_FIRST_PAUSE_SECONDS = 0.05
_LAST_PAUSE_SECONDS = 1.0
_DOUBT_SECONDS = 5.0
"""For how long another transaction has to be seen in its place, before it is given up."""


class _State(Enum):
    """Of a transaction that commits."""

    COMMITTED = "its range is committed, by whomever"
    WAITING = "it may be mined, or is"
    REVERTED = "it was mined, and reverted"
    REPLACED = "another has its nonce, or nobody knows it any more"
    USELESS = "it would revert, since the chain changed"


class _Wait:
    """Longer and longer pauses, until a deadline."""

    def __init__(self, timeout_seconds: float) -> None:
        self.timeout_seconds = timeout_seconds
        self._deadline = time.monotonic() + timeout_seconds
        self._pause_seconds = _FIRST_PAUSE_SECONDS

    def once_more(self, problem: str) -> None:
        """Pause.

        Raises:
            InputError: with the problem, once the deadline has passed.
        """
        if time.monotonic() > self._deadline:
            raise InputError(problem)
        time.sleep(self._pause_seconds)
        self._pause_seconds = min(2 * self._pause_seconds, _LAST_PAUSE_SECONDS)


@dataclass(frozen=True)
class SentCommitment:
    """What was signed, at the registry that it is for.

    Attributes:
        contracts: the registry.
        folder: where its records are, and the journal that names it.
        signed: the transaction.
    """

    contracts: EmissionContracts
    folder: ReportFolder
    signed: SignedCommitment

    def settle(self, timeout_seconds: float) -> EmissionsCommitted | None:
        """See it to its end; its commitment, or None where it does not count.

        Raises:
            InputError: if that takes too long; the journal keeps it.
        """
        wait = _Wait(timeout_seconds)
        if not self._is_committed(wait):
            return None
        index, account = self.signed.index, self.folder.account
        # It cannot have been committed before its last block.
        from_block = self.signed.last_block
        while (found := next(self.contracts.commitments(account, index, from_block), None)) is None:
            # A node may know the state before the logs that led to it.
            wait.once_more(
                f"commitment {index} of {account} is on the chain, but the node gave no event of "
                f"it in {timeout_seconds:g} seconds; run the report again later"
            )
        self.folder.settle()
        if found.records_hash == f"0x{self.signed.records_hash}":
            return found
        # Somebody else committed that range, and no commitment names this file.
        self.folder.discard(self.signed.records_hash)
        return None

    def _is_committed(self, wait: _Wait) -> bool:
        """Whether its range is committed, by whomever; waits until that is known."""
        name = self.signed.transaction_hash or "of the wallet"
        was_sent = self.signed.raw_transaction is None
        replaced_since = None
        while True:
            problem = f"not mined in {wait.timeout_seconds:g} seconds; run the report again later"
            try:
                with making_sense(self.contracts.node):
                    state = self._state()
            except UnansweredError:
                raise
            except InputError as error:
                # Of several nodes behind one address, one may lack the block that another told of.
                state, problem = _State.WAITING, str(error)
            if state is _State.COMMITTED:
                return True
            if state is _State.REPLACED:
                replaced_since = replaced_since or time.monotonic()
            else:
                replaced_since = None
            doubt_seconds = min(_DOUBT_SECONDS, wait.timeout_seconds)
            is_replaced = replaced_since and time.monotonic() - replaced_since >= doubt_seconds
            if state is _State.REVERTED or is_replaced:
                self.folder.settle()
                return False
            if state is _State.USELESS or (not was_sent and self._is_underpriced()):
                # It may be mined yet: the journal stays, so that the next one takes its nonce.
                return False
            if not was_sent:
                self._send_again()
                was_sent = True
            else:
                wait.once_more(f"transaction {name} was sent, but {problem}")

    def _state(self) -> _State:
        """What became of it, all as of one block: other nodes may not have come as far."""
        node, block = self.contracts.node, self.contracts.node.newest_block()
        if self.contracts.commitment_count(self.folder.account, block) > self.signed.index:
            return _State.COMMITTED
        used_nonces = node.transaction_count(self.signed.sender, hex(block))
        if self.signed.transaction_hash is not None:
            receipt = node.request("eth_getTransactionReceipt", self.signed.transaction_hash)
            if receipt is not None:
                return _State.REVERTED if int(receipt["status"], 16) == 0 else _State.WAITING
        if used_nonces > self.signed.nonce:
            return _State.REPLACED
        if self.signed.raw_transaction is None:
            # Only the wallet could send it again, and the contract takes but one of the two.
            is_pending = node.transaction_count(self.signed.sender, "pending") > self.signed.nonce
            return _State.WAITING if is_pending else _State.REPLACED
        try:
            is_same = block_hash(node, self.signed.last_block) == self.signed.last_block_hash
        except ReorganisedError:
            is_same = False
        return _State.WAITING if is_same else _State.USELESS

    def _is_underpriced(self) -> bool:
        block = self.contracts.node.request("eth_getBlockByNumber", "latest", False)
        return int(block["baseFeePerGas"], 16) > self.signed.max_fee_per_gas_wei

    def _send_again(self) -> None:
        node = self.contracts.node
        assert self.signed.raw_transaction is not None
        try:
            node.send_signed(bytes.fromhex(self.signed.raw_transaction[2:]))
        except InputError:
            # It is there already, or mined.
            is_known = node.request("eth_getTransactionByHash", self.signed.transaction_hash)
            if (
                not is_known
                and node.transaction_count(self.signed.sender, "latest") <= self.signed.nonce
            ):
                raise
