"""Are the files of records what was committed, and is that what the chain has?

The chain is read block by block, as `gasprint report --check` does, where there is a node.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gasprint._node import Node
from gasprint.addresses import checksummed
from gasprint.audit.commitments import committed
from gasprint.audit.factors import published
from gasprint.audit.findings import error, left_out
from gasprint.audit.result import Finding, NotChecked
from gasprint.audit.subject import Subject
from gasprint.commitment_check import chain_problem, committed_records, records_path
from gasprint.commitments import BuiltCommitment, build_commitment
from gasprint.errors import InputError
from gasprint.ledger import EmissionsCommitted, RegisteredFactor


@dataclass(frozen=True)
class _Registry:
    """The registry, with the factors that the ledger has."""

    chain_id: int
    node: Node
    address: str
    published: list[RegisteredFactor]

    def factors(self) -> list[RegisteredFactor]:
        return self.published


def check_files(subject: Subject) -> Iterator[Finding | NotChecked]:
    """Each commitment's file is there, and is what was committed; so is the chain."""
    folder = subject.documents.records
    assert folder is not None
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder; name the one of the files of records")
    for each in committed(subject):
        place = each.account, each.transaction_hash
        name = f"commitment {each.index}, blocks {each.first_block} to {each.last_block}"
        path = records_path(each, folder)
        problem = None
        if path.exists():
            problem = _of_file(subject, each, folder)
            if problem is not None:
                yield error("records", f"{name}: {problem}", *place, kind="file")
        else:
            what, reason = f"{name} of {each.account}", f"its file {path.name} is not in {folder}"
            yield left_out("records", what, reason)
        if problem is None and subject.state is not None:
            problem = _of_chain(subject, each, folder)
            if problem is not None:
                yield error("records", f"{name}: {problem}", *place)
    if subject.state is None:
        yield left_out(
            "records", "commitments against the chain's own blocks", "no node of it was given"
        )


def _of_file(subject: Subject, event: EmissionsCommitted, folder: Path) -> str | None:
    try:
        header = committed_records(event, folder).header
    except InputError as wrong:
        return str(wrong)
    deployment = subject.deployment
    for what, told, should_be in (
        ("chain", header.chain_id, deployment.chain_id),
        ("registry", header.registry, deployment.emissions_registry),
        ("source", header.source, event.account),
        ("first block", header.first_block, event.first_block),
        ("last block", header.last_block, event.last_block),
        ("hash of the last block", header.last_block_hash, event.last_block_hash),
        ("factor version", header.factor_version, event.factor_version),
    ):
        if told != should_be:
            return f"its file tells of {what} {told}, not {should_be}"
    return None


def _of_chain(subject: Subject, event: EmissionsCommitted, folder: Path) -> str | None:
    deployment = subject.deployment
    factors = [each.factor for each in published(subject)]
    registry = _Registry(
        *(deployment.chain_id, subject.told.node, deployment.emissions_registry, factors)
    )
    account = checksummed(event.account, "account")

    def build(first_block: int, last_block: int) -> BuiltCommitment:
        return build_commitment(registry, account, first_block, last_block)

    return chain_problem(event, folder, build)
