"""Is every retirement seen, just as the contract hashed it, and counted for whom it was?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping

from gasprint.audit.findings import differs, error, note
from gasprint.audit.history import History, by_credit
from gasprint.audit.result import Finding
from gasprint.contracts import Suite
from gasprint.errors import TokenIdError
from gasprint.ledger import CreditState, RetirementRecorded
from gasprint.retirements import (
    EMPTY_HASH,
    RETIREMENTS_PER_PAGE,
    Retirement,
    first_unit_of,
    page_chains,
    registry_of,
    units_of,
)
from gasprint.token_ids import describe_token_id, serial_span
from gasprint.units import UNITS_PER_TONNE


def check_retirements(history: History, states: Mapping[int, CreditState]) -> Iterator[Finding]:
    """Every retirement that is counted has its event, of an issued credit and of its serials."""
    for token_id, events in by_credit(history.retirements).items():
        for each in events:
            place = each.beneficiary, each.transaction_hash
            if token_id not in states:
                message = f"{name_of(each)} draws on credit {token_id}, which was never issued"
                yield error("retirements", message, *place)
            try:
                credit = describe_token_id(token_id)
                start_units = (
                    first_unit_of(each.retirement_id) - credit.first_serial * UNITS_PER_TONNE
                )
                serial_span(token_id, start_units, units_of(each.retirement_id))
            except TokenIdError as wrong:
                yield error("serials", f"{name_of(each)}: {wrong}", *place)
                continue
            registry = registry_of(each.retirement_id)
            what = f"{name_of(each)}, its registry"
            yield from differs("serials", what, credit.registry, registry, *place)


def name_of(event: RetirementRecorded) -> str:
    """What a reader finds a retirement by."""
    return f"retirement {event.retirement_id}"


def check_pages(
    suite: Suite,
    history: History,
    retirements: Mapping[int, Mapping[int, Retirement]],
    states: Mapping[int, CreditState],
) -> Iterator[Finding]:
    """Each page's hash in the contract is the one of the events: none is missing or changed.

    Args:
        suite: where to ask for the hashes.
        history: the events.
        retirements: rebuilt from them, by token id and index.
        states: of the credits that were issued.
    """
    events = by_credit(history.retirements)
    for token_id in dict.fromkeys([*states, *retirements]):
        count = states[token_id].retirement_count if token_id in states else 0
        indices = Counter(each.index for each in events.get(token_id, ()))
        missing = [index for index in range(count) if index not in indices]
        if missing:
            message = (
                f"credit {token_id}: of its {count:,} retirements {len(missing):,} have no event, "
                f"the first of them after {missing[0]:,} others"
            )
            yield error("retirements", message)
        for index, times in indices.items():
            if index >= count or times > 1:
                message = (
                    f"credit {token_id}: {times} event(s) of a retirement after {index:,} others, "
                    f"but the chain counts {count:,} in all"
                )
                yield error("retirements", message)
        chains = page_chains(retirements.get(token_id, {}))
        pages = range(-(-count // RETIREMENTS_PER_PAGE))
        for page in sorted({*chains, *pages}):
            recomputed = chains.get(page, EMPTY_HASH)
            what = f"hash of page {page} of the retirements of credit {token_id}"
            told = suite.page_chain(token_id, page)
            yield from differs("pages", what, f"0x{recomputed.hex()}", f"0x{told.hex()}")


def check_expiry(
    history: History, accounts: Container[str], block_time: Callable[[int], int]
) -> Iterator[Finding]:
    """Tells which retirements drew on an expired credit: the ledger counts them, a reader may not.

    A note, for anyone can retire an expired credit for anyone.
    """
    expiries = {each.token_id: each.expiry_seconds for each in history.minted}
    for each in history.retirements:
        expiry = expiries.get(each.token_id)
        if not expiry or each.beneficiary not in accounts:
            continue
        if block_time(each.block_number) < expiry:
            continue
        message = (
            f"{name_of(each)} of {units_of(each.retirement_id):,} units counts, "
            f"but credit {each.token_id} had expired, and should not be taken for an offset"
        )
        yield note("expiry", message, each.beneficiary, each.transaction_hash)


def check_sums(suite: Suite, history: History) -> Iterator[Finding]:
    """Both events and the contract agree on what is retired of each credit, for whom."""
    by_record: Counter[tuple[int, str]] = Counter()
    for record in history.retirements:
        by_record[record.token_id, record.beneficiary] += units_of(record.retirement_id)
    by_standard: Counter[tuple[int, str]] = Counter()
    for event in history.retired:
        by_standard[event.token_id, event.account] += event.units

    for token_id, account in _either(by_record, by_standard):
        units = by_standard[token_id, account]
        what = f"units of credit {token_id} retired for the account"
        told = suite.retired_balance_of(account, token_id)
        yield from differs("sums", what, units, told, account)
        recorded = by_record[token_id, account]
        yield from differs("sums", f"{what}, by RetirementRecorded", units, recorded, account)


def _either(
    one: Iterable[tuple[int, str]], other: Iterable[tuple[int, str]]
) -> Iterable[tuple[int, str]]:
    # A dict, for it is ordered: the same chain gives the same findings in the same order.
    return dict.fromkeys([*one, *other])
