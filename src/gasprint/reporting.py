"""A report: an account's blocks, committed range after range until the newest final one.

What is committed the chain alone says, so that a report goes on wherever another one ended, in
whatever way. Of one range no two transactions can count: the registry takes only the next one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from eth_typing import ChecksumAddress
from web3 import Web3
from web3.contract.contract import ContractFunction
from web3.types import Nonce, TxParams, Wei

from gasprint.chain_transactions import block_hash
from gasprint.commitments import READ_ATTEMPTS, BuiltCommitment
from gasprint.emission_contracts import EmissionContracts
from gasprint.emission_records import write_records
from gasprint.errors import InputError, ReorganisedError
from gasprint.ledger import EmissionsCommitted
from gasprint.record_header import RecordsHeader
from gasprint.report_journal import ReportFolder, SignedCommitment
from gasprint.sent_commitment import SentCommitment
from gasprint.signers import Signer


@dataclass(frozen=True)
class Range:
    """The blocks to commit.

    Attributes:
        index: of the next commitment, from 0.
        next_block: the first that is not committed.
        final_block: the newest that may be; None while none is.
    """

    index: int
    next_block: int
    final_block: int | None


def newest_final_block(contracts: EmissionContracts, finality_blocks: int = 0) -> int | None:
    """The newest block that may be committed; None on a chain that is too young.

    Args:
        contracts: the registry.
        finality_blocks: how many blocks have to follow; the contract's own number where it is more.
    """
    newest = contracts.node.newest_block()
    final_block = newest - max(finality_blocks, contracts.finality_blocks())
    return None if final_block < 0 else final_block


def range_to_commit(
    contracts: EmissionContracts,
    account: ChecksumAddress,
    from_block: int | None,
    finality_blocks: int,
    made: EmissionsCommitted | None = None,
) -> Range:
    """What there is to commit now.

    Args:
        contracts: the registry.
        account: whose blocks.
        from_block: the first block of its first commitment; the registry's own where None.
        finality_blocks: how many blocks have to follow; the contract's own number where it is more.
        made: the last commitment, where it is known to be there already.

    Raises:
        InputError: if the commitments began elsewhere than at `from_block`.
    """
    final_block = newest_final_block(contracts, finality_blocks)
    count = contracts.commitment_count(account)
    if made is not None and made.index >= count:
        # Of several nodes behind one address, this one may not know of it yet.
        return Range(made.index + 1, made.last_block + 1, final_block)
    if not count:
        first = contracts.first_block if from_block is None else from_block
        return Range(0, first, final_block)
    began = contracts.commitment(account, 0).first_block
    if from_block not in (None, began):
        raise InputError(
            f"the commitments of {account} began at block {began}; leave out --first-block, or "
            "repeat that"
        )
    return Range(count, contracts.commitment(account, count - 1).last_block + 1, final_block)


@dataclass(frozen=True)
class Report:
    """One run.

    Attributes:
        contracts: the registry.
        signer: the account itself, or a reporter of it.
        folder: of the account whose blocks are committed, where the records go; locked.
        timeout_seconds: how long to wait until a transaction is mined.
        build: makes the commitment of a first and a last block, or of fewer.
        confirm: asked before each commitment is signed; raises InputError to refuse.
    """

    contracts: EmissionContracts
    signer: Signer
    folder: ReportFolder
    timeout_seconds: float
    build: Callable[[int, int], BuiltCommitment]
    confirm: Callable[[BuiltCommitment], object]

    def resume(self) -> EmissionsCommitted | None:
        """Finish what an earlier run signed, and remove what it left; the commitment, if it counts.

        Raises:
            InputError: if it is not mined in time, or the node fails.
        """
        signed = self.folder.signed()
        found = None if signed is None else self._see_to_its_end(signed)
        self.folder.tidy()
        return found

    def commit(self, there: Range, blocks_at_once: int) -> Iterator[EmissionsCommitted]:
        """Commit all that is there, at most so many blocks at a time.

        Raises:
            InputError: if the contract refuses, or the node fails.
        """
        index, first, failures = there.index, there.next_block, 0
        while there.final_block is not None and first <= there.final_block:
            self._refuse_a_stranger()
            built = self.build(first, min(first + blocks_at_once - 1, there.final_block))
            try:
                found = self._send(index, built)
            except ReorganisedError:
                failures += 1
                if failures == READ_ATTEMPTS:
                    raise
                count = self.contracts.commitment_count(self.folder.account)
                # Where it is less, the node is behind, and would have a range committed again.
                if count > index:
                    last = self.contracts.commitment(self.folder.account, count - 1).last_block
                    index, first = count, last + 1
            else:
                yield found
                index, first, failures = found.index + 1, found.last_block + 1, 0

    def _refuse_a_stranger(self) -> None:
        account, reporter = self.folder.account, self.signer.address
        if not self.contracts.is_reporter(account, reporter):
            raise InputError(f"{account} has not approved {reporter} as its reporter")

    def _send(self, index: int, built: BuiltCommitment) -> EmissionsCommitted:
        account, header = self.folder.account, built.records.header
        # The contract takes any file: what it refuses is refused before there is one.
        without_file = self.contracts.commit(account, built.arguments(bytes(32)))
        with self._blaming_the_chain(index, header):
            self.contracts.node.simulate(without_file, self.signer.address)
        self.confirm(built)
        path = write_records(built.records, self.folder.path)
        self.folder.keep(path)
        function = self.contracts.commit(account, built.arguments(bytes.fromhex(path.stem)))
        with self._blaming_the_chain(index, header):
            transaction = self._prepare(function)
        raw = self.signer.sign_transaction(transaction)
        signed = SignedCommitment(
            index=index,
            records_hash=path.stem,
            last_block=header.last_block,
            last_block_hash=header.last_block_hash,
            sender=self.signer.address,
            nonce=int(transaction["nonce"]),
            max_fee_per_gas_wei=int(str(transaction["maxFeePerGas"])),
            priority_fee_per_gas_wei=int(str(transaction["maxPriorityFeePerGas"])),
            raw_transaction=None if raw is None else f"0x{raw.hex()}",
            transaction_hash=None if raw is None else Web3.keccak(raw).to_0x_hex(),
        )
        self.folder.note(signed)
        if raw is None:
            sent = self.signer.send(transaction, self.contracts.node)
            signed = replace(signed, transaction_hash=sent)
            self.folder.note(signed)
        found = self._see_to_its_end(signed)
        if found is None:
            with self._blaming_the_chain(index, header):
                self.contracts.node.simulate(function, self.signer.address)
            raise ReorganisedError(
                f"the commitment of blocks {header.first_block} to {header.last_block} was sent, "
                "but does not count; run the report again"
            )
        if found.root != f"0x{built.tree.root.hex()}":
            raise InputError(
                f"commitment {found.index} has root {found.root}, which is not that of its records"
            )
        return found

    def _see_to_its_end(self, signed: SignedCommitment) -> EmissionsCommitted | None:
        return SentCommitment(self.contracts, self.folder, signed).settle(self.timeout_seconds)

    def _prepare(self, function: ContractFunction) -> TxParams:
        node, address = self.contracts.node, self.signer.address
        transaction = node.prepare(function, address, self.contracts.chain_id)
        old = self.folder.signed()
        if old is None or old.raw_transaction is None or old.sender != address:
            return transaction
        if node.transaction_count(address, "latest") <= old.nonce:
            # In place of the one that was given up, so that at most one of them is mined; nodes
            # want a tenth more for that.
            transaction["nonce"] = Nonce(old.nonce)
            for name, least in (
                ("maxFeePerGas", old.max_fee_per_gas_wei),
                ("maxPriorityFeePerGas", old.priority_fee_per_gas_wei),
            ):
                fee = max(int(str(transaction[name])), least + least // 8 + 1)  # type: ignore[literal-required]
                transaction[name] = Wei(fee)  # type: ignore[literal-required]
        return transaction

    @contextlib.contextmanager
    def _blaming_the_chain(self, index: int, header: RecordsHeader) -> Iterator[None]:
        """Tell a refusal of the contract from one that a changed chain is to blame for."""
        try:
            yield
        except InputError as error:
            moved = self.contracts.commitment_count(self.folder.account) != index
            last_hash = block_hash(self.contracts.node, header.last_block)
            if moved or last_hash != header.last_block_hash:
                raise ReorganisedError(str(error)) from error
            raise
