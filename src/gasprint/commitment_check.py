"""What an account committed, recomputed from the chain, and where the two part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from eth_typing import ChecksumAddress

from gasprint.commitments import BuiltCommitment, records_of
from gasprint.emission_contracts import EmissionContracts
from gasprint.emission_records import read_records
from gasprint.errors import InputError
from gasprint.ledger import EmissionsCommitted
from gasprint.record_columns import EmissionRecords


@dataclass(frozen=True)
class Contradiction:
    """The first thing that is wrong with a commitment.

    Attributes:
        index: of the commitment, from 0.
        first_block: of its range.
        last_block: of its range.
        problem: what is wrong, in one line.
    """

    index: int
    first_block: int
    last_block: int
    problem: str


@dataclass(frozen=True)
class CheckedCommitments:
    """What an account committed.

    Attributes:
        count: how many commitments.
        first_block: of the first one; None where there is none.
        last_block: of the last one; None where there is none.
        files_not_seen: the commitments whose file of records is not there, by index.
        contradictions: what is wrong with them.
    """

    count: int
    first_block: int | None
    last_block: int | None
    files_not_seen: list[int]
    contradictions: list[Contradiction]


def check_commitments(
    contracts: EmissionContracts,
    account: ChecksumAddress,
    folder: Path,
    build: Callable[[int, int], BuiltCommitment],
) -> CheckedCommitments:
    """What an account committed, and what is wrong with it.

    Args:
        contracts: the registry.
        account: whose.
        folder: where files of records may be; what is there has to be what was committed.
        build: makes the commitment of a first and a last block from the chain, or of fewer.

    Raises:
        InputError: if the node fails, or leaves out a commitment.
    """
    logged = {each.index: each for each in contracts.commitments(account)}
    events, found = [], []
    for index in range(contracts.commitment_count(account)):
        if index not in logged:
            raise InputError(
                f"the node gave no event of commitment {index}; ask another one with --rpc"
            )
        event = logged[index]
        events.append(event)
        problem = _problem(contracts, account, event, folder, build)
        if problem is not None:
            found.append(Contradiction(index, event.first_block, event.last_block, problem))
    return CheckedCommitments(
        count=len(events),
        first_block=events[0].first_block if events else None,
        last_block=events[-1].last_block if events else None,
        files_not_seen=[each.index for each in events if not records_path(each, folder).exists()],
        contradictions=found,
    )


def _problem(
    contracts: EmissionContracts,
    account: ChecksumAddress,
    event: EmissionsCommitted,
    folder: Path,
    build: Callable[[int, int], BuiltCommitment],
) -> str | None:
    kept = contracts.commitment(account, event.index)
    if f"0x{kept.root.hex()}" != event.root:
        return f"its event tells of root {event.root}, but the registry keeps 0x{kept.root.hex()}"
    return chain_problem(event, folder, build)


def chain_problem(
    event: EmissionsCommitted, folder: Path, build: Callable[[int, int], BuiltCommitment]
) -> str | None:
    """The first thing in which a commitment is not what the chain makes it.

    Args:
        event: of the commitment.
        folder: where its file of records may be; what is there has to be what was committed.
        build: makes the commitment of a first and a last block from the chain, or of fewer.

    Raises:
        InputError: if the node fails.
    """
    built = build(event.first_block, event.last_block)
    header = built.records.header
    if header.factor_version != event.factor_version:
        return (
            f"it is charged by factor {event.factor_version}, but factor {header.factor_version} "
            f"was in force at block {event.first_block}"
        )
    if header.last_block != event.last_block:
        return (
            f"it is charged by factor {event.factor_version}, but from block "
            f"{header.last_block + 1} on a later one was in force"
        )
    if header.last_block_hash != event.last_block_hash:
        return f"block {event.last_block} has hash {header.last_block_hash} on this chain"
    problem = _of_file(built, event, folder)
    if problem is None and built.tree.root.hex() != event.root[2:]:
        return _of_totals(built, event)
    # The root binds the totals: the event could tell others only if the registry lied.
    return problem


def records_path(event: EmissionsCommitted, folder: Path) -> Path:
    """Where the file of a commitment's records is, if it is there."""
    return folder / f"{event.records_hash[2:]}.parquet"


def committed_records(event: EmissionsCommitted, folder: Path) -> EmissionRecords:
    """The records in a commitment's file.

    Raises:
        InputError: if the file cannot be read, or has other records than were committed.
    """
    path = records_path(event, folder)
    committed = read_records(path)
    if committed.tree().root.hex() != event.root[2:]:
        raise InputError(f"{path} has other records than were committed")
    return committed


def _of_file(built: BuiltCommitment, event: EmissionsCommitted, folder: Path) -> str | None:
    """What is wrong with the file of records, or the first record that differs, if it is there."""
    path = records_path(event, folder)
    if not path.exists():
        return None
    try:
        committed = committed_records(event, folder)
    except InputError as error:
        return str(error)
    there, ours = _rows(committed), _rows(built.records)
    of_chain = {each.transaction_hash: each for each in built.transactions}
    for transaction_hash in sorted(there.keys() | ours.keys(), key=(there | ours).__getitem__):
        if there.get(transaction_hash) == ours.get(transaction_hash):
            continue
        name = f"transaction 0x{transaction_hash.hex()}"
        if transaction_hash not in there:
            return f"{name} is missing, with {ours[transaction_hash][2]} gas"
        gas, of_account = there[transaction_hash][2], of_chain.get(transaction_hash)
        if of_account is None:
            return f"{name} is none of the account's in these blocks"
        if of_account.metered_gas and gas > of_account.gas_left:
            return (
                f"{name} metered {of_account.metered_gas} of its {of_account.receipt_gas} gas "
                f"itself, and was committed with {gas} all the same"
            )
        return f"{name} was committed as {there[transaction_hash]}, but is {ours[transaction_hash]}"
    if committed.header != built.records.header:
        return f"{path} says that it is of {committed.header.text}, not {built.records.header.text}"
    return None


def _of_totals(built: BuiltCommitment, event: EmissionsCommitted) -> str:
    metered = next((each for each in built.transactions if each.metered_gas), None)
    if metered is not None:
        whole = records_of(built.records.header, built.transactions, with_metered=True)
        if whole.tree().root.hex() == event.root[2:]:
            return (
                f"transactions that metered themselves were committed with all of their gas, "
                f"first 0x{metered.transaction_hash.hex()}, of which {metered.metered_gas} gas "
                "was recorded already"
            )
    ours = built.tree.totals
    for what, told, is_so in (
        ("transactions", event.record_count, ours.record_count),
        ("gas", event.gas_used, ours.gas_used),
        ("micrograms of CO2e", event.co2e_micrograms, ours.co2e_micrograms),
    ):
        if told != is_so:
            return (
                f"{told} {what} were committed, but the chain has {is_so}; "
                "--records with its file says which transactions differ"
            )
    return (
        f"its root is {event.root}, but that of the chain's records is "
        f"0x{built.tree.root.hex()}; --records with its file says which differ"
    )


def _rows(records: EmissionRecords) -> dict[bytes, tuple[int, int, int]]:
    """Of each transaction its block, its place there, and its gas."""
    return {
        transaction_hash.tobytes(): (int(block), int(index), int(gas))
        for transaction_hash, block, index, gas in zip(
            records.transaction_hashes,
            records.block_numbers,
            records.transaction_indices,
            records.gas_used,
            strict=True,
        )
    }
