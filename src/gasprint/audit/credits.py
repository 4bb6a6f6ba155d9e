"""Does every serial exist once, and is it retired once?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from gasprint.audit.findings import differs, error, note
from gasprint.audit.result import Finding
from gasprint.contracts import Suite
from gasprint.errors import TokenIdError
from gasprint.ledger import CreditMinted, CreditRetired, RetirementRecorded
from gasprint.token_ids import VERRA_VCS, TokenId, describe_token_id, serial_span


def check_issuance(minted: Iterable[CreditMinted]) -> Iterator[Finding]:
    """The amount is what the serials stand for, and no serial of a registry is issued twice."""
    issued: list[tuple[TokenId, CreditMinted]] = []
    for each in minted:
        place = {"transaction_hash": each.transaction_hash}
        ids = each.project_id << 128 | each.credit_id
        yield from differs("issuance", "token id", ids, each.token_id, **place)
        try:
            credit = describe_token_id(each.token_id)
        except TokenIdError as wrong:
            yield error("issuance", str(wrong), **place)
            continue
        yield from differs("issuance", "units issued", credit.units, each.units, **place)
        if credit.registry != VERRA_VCS:
            message = (
                f"credit {each.token_id} is of registry {credit.registry}, which is not known: "
                "whether its serials stand for the same tonnes as another's cannot be checked"
            )
            yield note("issuance", message, **place)
        issued.append((credit, each))

    furthest: dict[int, TokenId] = {}
    for credit, each in sorted(issued, key=lambda pair: pair[0].first_serial):
        before = furthest.get(credit.registry, credit)
        if before is not credit and credit.first_serial <= before.last_serial:
            message = (
                f"serials {credit.first_serial} to {credit.last_serial} overlap "
                f"{before.first_serial} to {before.last_serial}, issued too"
            )
            yield error("serials", message, transaction_hash=each.transaction_hash)
        furthest[credit.registry] = max(before, credit, key=lambda one: one.last_serial)


def check_retirements(
    suite: Suite, retirements: Sequence[RetirementRecorded], minted: Iterable[CreditMinted]
) -> Iterator[Finding]:
    """Every retirement is what the contract holds, of an issued credit, and owns its serials."""
    count = suite.retirement_count()
    numbers = [each.retirement_id for each in retirements]
    yield from differs("retirements", "numbers", list(range(1, count + 1)), numbers)
    issued = {each.token_id for each in minted}
    for each in retirements:
        place = each.beneficiary, each.transaction_hash
        name = f"retirement {each.retirement_id}"
        if each.token_id not in issued:
            message = f"{name} draws on credit {each.token_id}, which was never issued"
            yield error("retirements", message, *place)
        if not 1 <= each.retirement_id <= count:
            continue
        held = suite.retirement(each.retirement_id)
        for field in ("token_id", "beneficiary", "start_units", "holder", "units"):
            yield from differs(
                "retirements",
                f"{name}, {field}",
                getattr(each, field),
                getattr(held, field),
                *place,
            )
        try:
            span = serial_span(each.token_id, each.start_units, each.units)
        except TokenIdError as wrong:
            yield error("serials", f"{name}: {wrong}", *place)
            continue
        told = suite.serial_span_of(each.retirement_id)
        yield from differs("serials", f"{name}, its serials", span, told, *place)


def check_expiry(
    suite: Suite, retirements: Iterable[RetirementRecorded], minted: Iterable[CreditMinted]
) -> Iterator[Finding]:
    """Tells which retirements drew on an expired credit: the ledger counts them, a reader may not.

    A note, for anyone can retire an expired credit for anyone.
    """
    expiries = {each.token_id: each.expiry_seconds for each in minted if each.expiry_seconds}
    for each in retirements:
        expiry = expiries.get(each.token_id)
        if expiry is None or suite.block_time_unix_seconds(each.block_number) < expiry:
            continue
        message = (
            f"retirement {each.retirement_id} of {each.units:,} units counts, "
            f"but credit {each.token_id} had expired, and should not be taken for an offset"
        )
        yield note("expiry", message, each.beneficiary, each.transaction_hash)


def check_order(retirements: Iterable[RetirementRecorded]) -> Iterator[Finding]:
    """The retirements of a credit fill its front, with no gap and nothing retired twice."""
    ends_units: defaultdict[int, int] = defaultdict(int)
    for each in sorted(retirements, key=lambda one: (one.start_units, one.position)):
        end_units = ends_units[each.token_id]
        if each.start_units != end_units:
            wrong = "leaves a gap after" if each.start_units > end_units else "overlaps"
            message = (
                f"retirement {each.retirement_id} of credit {each.token_id} starts at unit "
                f"{each.start_units:,} and {wrong} the ones before, which end at {end_units:,}"
            )
            yield error("serials", message, each.beneficiary, each.transaction_hash)
        ends_units[each.token_id] = max(end_units, each.start_units + each.units)


def check_sums(
    suite: Suite, retirements: Iterable[RetirementRecorded], retired: Iterable[CreditRetired]
) -> Iterator[Finding]:
    """Both events and the contract agree on what is retired of each credit, and for whom."""
    by_record: defaultdict[tuple[int, str], int] = defaultdict(int)
    for record in retirements:
        by_record[record.token_id, record.beneficiary] += record.units
    by_standard: defaultdict[tuple[int, str], int] = defaultdict(int)
    of_credit_units: defaultdict[int, int] = defaultdict(int)
    for event in retired:
        by_standard[event.token_id, event.account] += event.units
        of_credit_units[event.token_id] += event.units

    for token_id, account in by_record.keys() | by_standard.keys():
        units = by_standard[token_id, account]
        what = f"units of credit {token_id} retired for the account"
        told = suite.retired_balance_of(account, token_id)
        yield from differs("sums", what, units, told, account)
        recorded = by_record[token_id, account]
        yield from differs("sums", f"{what}, by RetirementRecorded", units, recorded, account)
    for token_id, units in of_credit_units.items():
        told = suite.retired_units(token_id)
        yield from differs("sums", f"units of credit {token_id} retired", units, told)
