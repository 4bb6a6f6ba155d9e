"""One audit of a ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from gasprint._node import Node
from gasprint.addresses import checksummed
from gasprint.audit.accounts import account_lines, is_unknown, unknown_account, with_metering
from gasprint.audit.checks import run_checks
from gasprint.audit.doubled import check_doubled
from gasprint.audit.emissions import add_up_records
from gasprint.audit.findings import error, left_out
from gasprint.audit.ids import add_id_words
from gasprint.audit.metering import check_metering
from gasprint.audit.places import Place, places
from gasprint.audit.result import (
    AccountLine,
    Audit,
    Finding,
    MeteredTransaction,
    NotChecked,
    RetirementLine,
)
from gasprint.audit.retirements import retirement_lines
from gasprint.audit.subject import Documents, Subject, look_at
from gasprint.sync.reading import opened_ledger

_OTHERS = ("deployments", "ledger", "syncs")


@dataclass(frozen=True)
class _Part:
    """What is found of one deployment."""

    lines: list[AccountLine]
    transactions: list[MeteredTransaction]
    retirements: list[RetirementLine]
    findings: list[Finding]
    not_checked: list[NotChecked]


def audit_ledger(
    ledger: Path,
    nodes: Iterable[Node] = (),
    accounts: Iterable[str] | None = None,
    *,
    chain_id: int | None = None,
    deployments: Sequence[Path] = (),
    documents: Documents | None = None,
) -> Audit:
    """Audit what a ledger file has: emissions of `accounts`, and the retirement of every credit.

    Args:
        ledger: the file that `gasprint sync` wrote.
        nodes: each for the deployments on its chain; what only a node tells is left out of the
            others.
        accounts: whose emissions; None for all that recorded any or had any retired.
        chain_id: of the chain to audit; None for all.
        deployments: what the deploy script wrote of those to audit; without, all.
        documents: what else to hold the ledger against.

    Raises:
        InputError: if an account is no address, the ledger has nothing of that, or a node fails.
        ReorganisedError: if a chain took another way since it was read, or while it is audited.
    """
    chosen = checksummed_all(accounts)
    with opened_ledger(ledger) as connection:
        add_id_words(connection)
        tables = [name for (name,) in connection.execute("SHOW TABLES").fetchall()]
        found = places(connection, list(nodes), chain_id, deployments)
        deployed = tuple(each.deployment for each in found)
        doubled = tuple(check_doubled(connection, deployed))
        parts = [
            _part(connection, each, set(tables) - set(_OTHERS), chosen, documents or Documents())
            for each in found
        ]
    lines = [line for each in parts for line in each.lines]
    known = {line.account for line in lines if not is_unknown(line)}
    nobodies = {each: None for each in chosen or () if each not in known}
    first = deployed[0].chain_id
    return Audit(
        chain_id=first,
        block_number=deployed[0].block_number,
        accounts=tuple(_told_once(lines, nobodies)),
        transactions=tuple(each for part in parts for each in part.transactions),
        retirements=tuple(each for part in parts for each in part.retirements),
        findings=(
            *(replace(unknown_account(each), chain_id=first) for each in nobodies),
            *(each for part in parts for each in part.findings),
            *doubled,
        ),
        not_checked=tuple(dict.fromkeys(each for part in parts for each in part.not_checked)),
        deployments=deployed,
    )


def checksummed_all(accounts: Iterable[str] | None) -> list[str] | None:
    """The accounts, each once; None stays None.

    Raises:
        InputError: if one is no address.
    """
    if accounts is None:
        return None
    return list(dict.fromkeys(checksummed(each, "account") for each in accounts))


def _told_once(lines: list[AccountLine], nobodies: dict[str, None]) -> Iterator[AccountLine]:
    """A line for each account where it is known; the first of one that is known nowhere."""
    left = dict(nobodies)
    for line in lines:
        if line.account in left:
            del left[line.account]
            yield line
        elif line.account not in nobodies and not is_unknown(line):
            yield line


def _part(
    connection: duckdb.DuckDBPyConnection,
    place: Place,
    tables: Iterable[str],
    chosen: list[str] | None,
    documents: Documents,
) -> _Part:
    subject = Subject(
        *(connection, place.deployment, place.addresses, place.state, documents, place.file),
        are_chosen=chosen is not None,
    )
    look_at(subject, tables, chosen)
    add_up_records(subject)
    subject.lines.extend(account_lines(subject))
    found: list[Finding | NotChecked] = [*_of_sync(place), *run_checks(subject, place.no_state)]
    lines = subject.lines
    transactions: list[MeteredTransaction] = []
    if place.state is None:
        found.append(left_out("metering", "records against receipts", place.no_state))
    else:
        transactions, of_receipts = check_metering(subject)
        lines = with_metering(lines, transactions)
        found += of_receipts
    place.check_again()
    chain_id = place.deployment.chain_id
    return _Part(
        lines,
        transactions,
        retirement_lines(subject),
        [
            replace(each, chain_id=chain_id, deployment_id=place.deployment.deployment_id)
            for each in found
            if isinstance(each, Finding)
        ],
        [replace(each, chain_id=chain_id) for each in found if isinstance(each, NotChecked)],
    )


def _of_sync(place: Place) -> Iterator[Finding | NotChecked]:
    """What the ledger says of itself, where the contracts cannot be asked."""
    if place.state is None:
        for each in place.contradictions:
            yield error("counters", each)
        if place.holds is False and not place.contradictions:
            yield error("counters", "the events did not add up; which, the ledger does not say")
        if place.holds is None:
            yield left_out(
                "counters",
                "the ledger when it was read",
                "gasprint sync did not come to its end; run it again",
            )
