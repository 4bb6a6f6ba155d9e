"""Audits the ledger from the chain alone, trusting neither its sums nor its events.

    result         what an audit says
    history        the credits' events
    accounts       outstanding = emitted - (retired - cancelled since)
    emissions      gas times published factor, recorded and committed
    metering       recorded gas and the receipts'
    issuance       serials issued once
    retirements    every retirement, as the contract hashed it
    serials        serials retired, redeemed or cancelled, one of them only
    holdings       issued = held + retired + redeemed
    cancellations  what the registry cancelled, and whether it was counted

Everything is read as of one block. What a node withholds, or an account never recorded, no audit
of events can see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import TypeVar

from gasprint.addresses import checksummed
from gasprint.audit import (
    cancellations,
    emissions,
    holdings,
    issuance,
    metering,
    retirements,
    serials,
)
from gasprint.audit.accounts import account_lines, check_account
from gasprint.audit.history import History
from gasprint.audit.result import (
    AccountLine,
    Audit,
    Finding,
    MeteredTransaction,
    RetirementLine,
    Severity,
)
from gasprint.contracts import Suite
from gasprint.errors import TokenIdError
from gasprint.ledger import EmissionsCommitted, EmissionsRecorded, RetirementRecorded
from gasprint.retirements import rebuild, span_of, units_of
from gasprint.token_ids import SerialSpan

__all__ = [
    "AccountLine",
    "Audit",
    "Finding",
    "MeteredTransaction",
    "RetirementLine",
    "Severity",
    "audit",
]


_Event = TypeVar("_Event", EmissionsRecorded, EmissionsCommitted)


def audit(suite: Suite, accounts: Iterable[str] | None = None) -> Audit:
    """Audit the emissions of `accounts`, and the retirement of every credit.

    Args:
        suite: where to read; the audit is as of the newest block.
        accounts: whose emissions; None for all that recorded any or had any retired.

    Raises:
        InputError: if an account is no address, or the node fails.
    """
    chosen = None if accounts is None else {checksummed(each, "account"): None for each in accounts}
    suite = suite.at_newest_block()
    factors = list(suite.factors_published())
    records = _of_accounts(suite.emissions_recorded, chosen)
    commitments = _of_accounts(suite.emissions_committed, chosen)
    history = History.read(suite)
    issued = suite.credits_issued()
    states = {token_id: suite.state_of(token_id) for token_id in issued}
    block_time = cache(suite.block_time_unix_seconds)
    rebuilt = rebuild(history.retirements, history.described, block_time)
    transactions = metering.metered_transactions(suite, records)
    emitted: list[EmissionsRecorded | EmissionsCommitted] = [*records, *commitments]
    audited = _accounts_of(emitted, history.retirements) if chosen is None else chosen
    lines = account_lines(audited, factors, emitted, history, transactions)
    first_blocks = emissions.first_blocks_in_force(factors, block_time, suite.registry_blocks())

    findings = [
        *emissions.check_factors(suite, factors),
        *emissions.check_records(records, factors, first_blocks),
        *emissions.check_commitments(commitments, factors, first_blocks),
        *(finding for line in lines for finding in check_account(suite, line)),
        *metering.check_metering(transactions, records, commitments),
        *issuance.check_issuance(issued, history.minted),
        *retirements.check_retirements(history, states),
        *retirements.check_pages(suite, history, rebuilt, states),
        *retirements.check_expiry(history, audited, block_time),
        *retirements.check_sums(suite, history),
        *serials.check_serials(history),
        *holdings.check_states(history, states),
        *holdings.check_holdings(suite, history, states),
        *cancellations.check_cancellations(suite, history, states, audited),
    ]
    return Audit(
        chain_id=suite.chain_id,
        block_number=suite.block_number or 0,
        accounts=tuple(lines),
        transactions=tuple(transactions),
        retirements=_retirement_lines(history, audited),
        findings=tuple(findings),
    )


def _of_accounts(
    read: Callable[[str | None], Iterable[_Event]], accounts: Iterable[str] | None
) -> list[_Event]:
    if accounts is None:
        return list(read(None))
    return [event for each in accounts for event in read(each)]


def _accounts_of(
    emitted: Iterable[EmissionsRecorded | EmissionsCommitted],
    retirements: Iterable[RetirementRecorded],
) -> dict[str, None]:
    # A dict, for it is ordered and quick to look into.
    return dict.fromkeys([e.account for e in emitted] + [r.beneficiary for r in retirements])


def _retirement_lines(history: History, accounts: Iterable[str]) -> tuple[RetirementLine, ...]:
    audited = set(accounts)
    ranges = cancellations.cancelled_ranges(history)
    return tuple(
        RetirementLine(
            retirement_id=each.retirement_id,
            token_id=each.token_id,
            units=units_of(each.retirement_id),
            invalid_units=cancellations.invalid_units(
                ranges.get(each.token_id, []), each.retirement_id
            ),
            span=_span(each),
            beneficiary=each.beneficiary,
            holder=each.holder,
            agent=each.agent,
            transaction_hash=each.transaction_hash,
        )
        for each in history.retirements
        if each.beneficiary in audited
    )


def _span(event: RetirementRecorded) -> SerialSpan | None:
    try:
        return span_of(event.retirement_id)
    except TokenIdError:
        return None
