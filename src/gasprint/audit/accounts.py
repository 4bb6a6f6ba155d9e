"""The ledger's one equation for each account: outstanding = emitted - retired, never below 0."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from gasprint import units
from gasprint.audit.emissions import recomputed_co2e_micrograms
from gasprint.audit.findings import differs, note
from gasprint.audit.result import AccountLine, Finding, MeteredTransaction
from gasprint.contracts import Suite
from gasprint.ledger import EmissionsRecorded, FactorPublished, RetirementRecorded


def account_lines(
    accounts: Iterable[str],
    factors: Iterable[FactorPublished],
    records: Iterable[EmissionsRecorded],
    retirements: Iterable[RetirementRecorded],
    transactions: Iterable[MeteredTransaction],
) -> list[AccountLine]:
    """A line for each of `accounts`, recomputed from events."""
    by_version = {each.version: each for each in factors}
    emitted_co2e_micrograms: Counter[str] = Counter()
    for record in records:
        emitted_co2e_micrograms[record.account] += recomputed_co2e_micrograms(record, by_version)
    retired_units: Counter[str] = Counter()
    for retirement in retirements:
        retired_units[retirement.beneficiary] += retirement.units
    metered: defaultdict[str, list[MeteredTransaction]] = defaultdict(list)
    for transaction in transactions:
        metered[transaction.account].append(transaction)
    return [
        _line(each, emitted_co2e_micrograms[each], retired_units[each], metered[each])
        for each in accounts
    ]


def _line(
    account: str,
    emitted_co2e_micrograms: int,
    retired_units: int,
    transactions: Sequence[MeteredTransaction],
) -> AccountLine:
    percents = [each.error_percent for each in transactions if each.error_percent is not None]
    retired_co2e_micrograms = units.co2e_micrograms(retired_units)
    return AccountLine(
        account=account,
        transactions=len(transactions),
        recorded_gas=sum(each.recorded_gas for each in transactions),
        emitted_co2e_micrograms=emitted_co2e_micrograms,
        retired_units=retired_units,
        outstanding_co2e_micrograms=max(0, emitted_co2e_micrograms - retired_co2e_micrograms),
        transactions_checked=len(percents),
        largest_metering_error_percent=max(percents, key=abs, default=None),
    )


def check_account(suite: Suite, line: AccountLine) -> Iterator[Finding]:
    """The contracts hold what the events add up to."""
    account = line.account
    if not line.transactions and not line.retired_units:
        yield note("accounts", "recorded nothing, and nothing was retired for it", account)
    for what, recomputed, told in (
        ("µg CO2e emitted", line.emitted_co2e_micrograms, suite.emitted_by(account)),
        ("units retired", line.retired_units, suite.retired_for(account)),
        ("µg CO2e outstanding", line.outstanding_co2e_micrograms, suite.outstanding(account)),
    ):
        yield from differs("accounts", what, recomputed, told, account)
