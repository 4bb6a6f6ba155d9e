"""The ledger's one equation for each account, never below 0.

outstanding = emitted - (retired - cancelled since)
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from gasprint import units
from gasprint.audit.emissions import recomputed_co2e_micrograms
from gasprint.audit.findings import differs, note
from gasprint.audit.history import History
from gasprint.audit.result import AccountLine, Finding, MeteredTransaction
from gasprint.contracts import Suite
from gasprint.ledger import EmissionsCommitted, EmissionsRecorded, FactorPublished
from gasprint.retirements import units_of


def account_lines(
    accounts: Iterable[str],
    factors: Iterable[FactorPublished],
    emitted: Iterable[EmissionsRecorded | EmissionsCommitted],
    history: History,
    transactions: Iterable[MeteredTransaction],
) -> list[AccountLine]:
    """A line for each of `accounts`, recomputed from events."""
    by_version = {each.version: each for each in factors}
    emitted_co2e_micrograms: Counter[str] = Counter()
    committed_gas: Counter[str] = Counter()
    for each in emitted:
        if isinstance(each, EmissionsCommitted):
            # How its transactions were rounded, its total alone does not tell.
            emitted_co2e_micrograms[each.account] += each.co2e_micrograms
            committed_gas[each.account] += each.gas_used
        else:
            emitted_co2e_micrograms[each.account] += recomputed_co2e_micrograms(each, by_version)
    retired_units: Counter[str] = Counter()
    for retirement in history.retirements:
        retired_units[retirement.beneficiary] += units_of(retirement.retirement_id)
    invalidated_units: Counter[str] = Counter()
    for counting in history.invalidated:
        invalidated_units[counting.beneficiary] += counting.units
    replaced_units: Counter[str] = Counter()
    for replacement in history.replaced:
        replaced_units[replacement.beneficiary] += replacement.units
    metered: defaultdict[str, list[MeteredTransaction]] = defaultdict(list)
    for transaction in transactions:
        metered[transaction.account].append(transaction)

    lines = []
    for account in accounts:
        percents = [t.error_percent for t in metered[account] if t.error_percent is not None]
        offset_units = max(0, retired_units[account] - invalidated_units[account])
        offset_co2e_micrograms = units.co2e_micrograms(offset_units)
        lines.append(
            AccountLine(
                account=account,
                transactions=len(metered[account]),
                recorded_gas=sum(t.recorded_gas for t in metered[account]),
                committed_gas=committed_gas[account],
                emitted_co2e_micrograms=emitted_co2e_micrograms[account],
                retired_units=retired_units[account],
                invalidated_units=invalidated_units[account],
                replaced_units=replaced_units[account],
                outstanding_co2e_micrograms=max(
                    0, emitted_co2e_micrograms[account] - offset_co2e_micrograms
                ),
                transactions_checked=len(percents),
                largest_metering_error_percent=max(percents, key=abs, default=None),
            )
        )
    return lines


def check_account(suite: Suite, line: AccountLine) -> Iterator[Finding]:
    """The contracts hold what the events add up to."""
    account = line.account
    if not line.transactions and not line.committed_gas and not line.retired_units:
        yield note("accounts", "recorded nothing, and nothing was retired for it", account)
    for what, recomputed, told in (
        ("µg CO2e emitted", line.emitted_co2e_micrograms, suite.emitted_by(account)),
        ("units retired", line.retired_units, suite.retired_for(account)),
        ("units counted as cancelled", line.invalidated_units, suite.invalidated_for(account)),
        ("units made good", line.replaced_units, suite.replaced_for(account)),
        (
            "units that offset",
            line.retired_units - line.invalidated_units,
            suite.offset_for(account),
        ),
        ("µg CO2e outstanding", line.outstanding_co2e_micrograms, suite.outstanding(account)),
    ):
        yield from differs("accounts", what, recomputed, told, account)
