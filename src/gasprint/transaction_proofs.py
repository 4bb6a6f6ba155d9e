"""Which commitments hold a transaction, and the proof that they do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_typing import ChecksumAddress
from web3 import Web3

from gasprint.chain_transactions import SourceTransaction, making_sense, read_blocks
from gasprint.commitments import BuiltCommitment
from gasprint.emission_contracts import EmissionContracts
from gasprint.emission_records import read_records
from gasprint.errors import InputError
from gasprint.ledger import EmissionsCommitted
from gasprint.record_columns import EmissionRecords
from gasprint.record_proofs import EmissionRecord, RecordProof


@dataclass(frozen=True)
class TransactionProof:
    """The proof that a commitment holds a transaction.

    Attributes:
        commitment: what was logged of it.
        record: what the transaction emitted.
        proof: its place in the tree, and the way up.
        proven: whether the contract takes it.
    """

    commitment: EmissionsCommitted
    record: EmissionRecord
    proof: RecordProof
    proven: bool


def accounts_of(contracts: EmissionContracts, transaction_hash: str) -> list[ChecksumAddress]:
    """The accounts whose transaction it is: who sent it, and whom it was sent to or created.

    Raises:
        InputError: if the node does not know it, or it is not mined.
    """
    receipt = contracts.node.request("eth_getTransactionReceipt", transaction_hash)
    if receipt is None:
        raise InputError(
            f"the node at {contracts.node.host} knows no mined transaction {transaction_hash}; "
            "check the hash and the chain"
        )
    with making_sense(contracts.node):
        named = (receipt["from"], receipt.get("to") or receipt.get("contractAddress"))
        return list(dict.fromkeys(Web3.to_checksum_address(each) for each in named if each))


def transaction_of(
    contracts: EmissionContracts, account: ChecksumAddress, transaction_hash: str
) -> SourceTransaction | None:
    """A mined transaction as one of an account; None where it is none of it."""
    receipt = contracts.node.request("eth_getTransactionReceipt", transaction_hash)
    with making_sense(contracts.node):
        number = int(receipt["blockNumber"], 16)
    blocks = range(number, number + 1)
    (block,) = read_blocks(contracts.node, account, contracts.address, blocks)
    wanted = bytes.fromhex(transaction_hash[2:])
    return next((each for each in block.transactions if each.transaction_hash == wanted), None)


def commitment_of(
    contracts: EmissionContracts, account: ChecksumAddress, block_number: int
) -> EmissionsCommitted | None:
    """The commitment of an account that has a block in its range; None where there is none."""
    first, last = 0, contracts.commitment_count(account) - 1
    while first <= last:
        index = (first + last) // 2
        kept = contracts.commitment(account, index)
        if block_number < kept.first_block:
            last = index - 1
        elif block_number > kept.last_block:
            first = index + 1
        else:
            # It cannot have been committed before its last block.
            event = next(contracts.commitments(account, index, kept.last_block), None)
            if event is None or event.root != f"0x{kept.root.hex()}":
                raise InputError(
                    f"the node gave no event of commitment {index} of {account}; "
                    "ask another one with --rpc"
                )
            return event
    return None


def find_proof(
    contracts: EmissionContracts,
    account: ChecksumAddress,
    transaction_hash: str,
    folder: Path,
    build: Callable[[int, int], BuiltCommitment],
) -> TransactionProof | str:
    """The proof of what a transaction of an account emitted, or why there is none.

    Args:
        contracts: the registry.
        account: whose transaction it is.
        transaction_hash: 0x and 64 digits.
        folder: where files of records may be; without, they are read from the chain.
        build: makes the commitment of a first and a last block from the chain.

    Raises:
        InputError: if the node fails, or the records are not those that were committed.
    """
    transaction = transaction_of(contracts, account, transaction_hash)
    if transaction is None:
        return f"it was neither sent by {account} nor to it"
    event = commitment_of(contracts, account, transaction.block_number)
    if event is None and not contracts.commitment_count(account):
        return f"{account} has committed nothing"
    if event is None:
        return f"{account} has not committed block {transaction.block_number}"
    if not transaction.gas_left:
        return (
            f"all of its gas was recorded for {account} in the transaction itself, whose receipt "
            "proves it"
        )
    return prove_transaction(contracts, event, transaction_hash, folder, build)


def prove_transaction(
    contracts: EmissionContracts,
    event: EmissionsCommitted,
    transaction_hash: str,
    folder: Path,
    build: Callable[[int, int], BuiltCommitment],
) -> TransactionProof:
    """The proof that a commitment holds a transaction, as the contract takes it.

    Args:
        contracts: the registry.
        event: the commitment.
        transaction_hash: 0x and 64 digits.
        folder: where its file of records may be; without, they are read from the chain.
        build: makes the commitment of a first and a last block from the chain.

    Raises:
        InputError: if the records are not those that were committed, or lack the transaction.
    """
    records = _records(contracts, event, folder, build)
    tree = records.tree()
    if tree.root.hex() != event.root[2:]:
        raise InputError(
            f"the records of blocks {event.first_block} to {event.last_block} are not those of "
            f"commitment {event.index}; gasprint report {event.account} --check says why"
        )
    index = records.index_of(bytes.fromhex(transaction_hash[2:]))
    record, proof = tree.record(index), tree.proof(index)
    account = Web3.to_checksum_address(event.account)
    proven = contracts.proves(account, event.index, record, proof)
    return TransactionProof(event, record, proof, proven)


def proof_document(contracts: EmissionContracts, found: TransactionProof) -> dict[str, Any]:
    """All that `proveTransaction` takes, in JSON's types; numbers beyond 2^53 are text."""
    event, record, proof = found.commitment, found.record, found.proof
    return {
        "proven": found.proven,
        "chain_id": contracts.chain_id,
        "registry": contracts.address,
        "account": event.account,
        "index": event.index,
        "root": event.root,
        "records_hash": event.records_hash,
        "factor_version": event.factor_version,
        "record": {
            "transaction_hash": f"0x{record.transaction_hash.hex()}",
            "block_number": record.block_number,
            "gas_used": str(record.gas_used),
            "energy_picowatt_hours": str(record.energy_picowatt_hours),
            "co2e_micrograms": str(record.co2e_micrograms),
        },
        "proof": {
            "index": proof.index,
            "record_count": proof.record_count,
            "siblings": [
                {"hash": f"0x{each.hash.hex()}", "sums": str(each.sums)} for each in proof.siblings
            ],
        },
    }


def _records(
    contracts: EmissionContracts,
    event: EmissionsCommitted,
    folder: Path,
    build: Callable[[int, int], BuiltCommitment],
) -> EmissionRecords:
    path = folder / f"{event.records_hash[2:]}.parquet"
    if not path.exists():
        return build(event.first_block, event.last_block).records
    records = read_records(path)
    header = records.header
    said = (header.chain_id, header.registry, header.source, header.first_block, header.last_block)
    place = (contracts.chain_id, contracts.address, event.account)
    if said != (*place, event.first_block, event.last_block):
        raise InputError(f"{path}: its header is not that of commitment {event.index}; remove it")
    return records
