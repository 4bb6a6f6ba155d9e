"""The ledger's one equation for each account, never below 0.

outstanding = emitted - (retired - cancelled since)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from gasprint import units
from gasprint.audit.emissions import corrections
from gasprint.audit.findings import note
from gasprint.audit.result import AccountLine, Finding, MeteredTransaction
from gasprint.audit.state import Expected
from gasprint.audit.subject import Subject

_LINES = """
SELECT account, coalesce(transactions, 0), coalesce(recorded.gas_used, 0),
    coalesce(committed_gas, 0), coalesce(recorded.co2e_micrograms, 0), coalesce(committed, 0),
    coalesce(retired, 0), coalesce(counted, 0), coalesce(replaced, 0), coalesce(invalid, 0)
FROM chosen
LEFT JOIN recorded USING (account)
LEFT JOIN (
    SELECT account, count(DISTINCT transaction_hash) AS transactions FROM own_records GROUP BY ALL
) USING (account)
LEFT JOIN (
    SELECT account, sum(gas_used) AS committed_gas, sum(co2e_micrograms) AS committed
    FROM own_commitments GROUP BY account
) USING (account)
LEFT JOIN (
    SELECT beneficiary AS account, sum(units) AS retired FROM retirement GROUP BY ALL
) USING (account)
LEFT JOIN (
    SELECT beneficiary AS account, sum(units) AS counted FROM retirement_invalidated GROUP BY ALL
) USING (account)
LEFT JOIN (
    SELECT beneficiary AS account, sum(units) AS replaced FROM retirement_replaced GROUP BY ALL
) USING (account)
LEFT JOIN (
    SELECT beneficiary AS account, sum(invalid_units) AS invalid FROM touched GROUP BY ALL
) USING (account)
"""


def account_lines(subject: Subject) -> list[AccountLine]:
    """A line for each account, recomputed from events."""
    corrected = corrections(subject)
    by_account = {}
    for account, *figures in subject.rows(_LINES):
        transactions, recorded_gas, committed_gas, metered, committed = map(int, figures[:5])
        retired, counted, replaced, invalid = map(int, figures[5:])
        metered += corrected.get(account, 0)
        # How its transactions were rounded, a commitment's total alone does not tell.
        emitted = metered + committed
        offset = units.co2e_micrograms(max(0, retired - counted))
        by_account[account] = AccountLine(
            account=account,
            transactions=transactions,
            recorded_gas=recorded_gas,
            committed_gas=committed_gas,
            emitted_co2e_micrograms=emitted,
            retired_units=retired,
            invalidated_units=counted,
            replaced_units=replaced,
            outstanding_co2e_micrograms=max(0, emitted - offset),
            transactions_checked=0,
            largest_metering_error_percent=None,
            metered_co2e_micrograms=metered,
            committed_co2e_micrograms=committed,
            invalid_units=invalid,
            chain_id=subject.deployment.chain_id,
        )
    return [by_account[each] for each in subject.accounts]


def with_metering(
    lines: Iterable[AccountLine], transactions: Iterable[MeteredTransaction]
) -> list[AccountLine]:
    """The lines, with what the receipts say of their transactions."""
    percents: dict[str, list[float]] = {}
    for each in transactions:
        if each.error_percent is not None:
            percents.setdefault(each.account, []).append(each.error_percent)
    return [
        replace(
            line,
            transactions_checked=len(percents.get(line.account, [])),
            largest_metering_error_percent=max(
                percents.get(line.account, []), key=abs, default=None
            ),
        )
        for line in lines
    ]


def is_unknown(line: AccountLine) -> bool:
    """Whether an account neither recorded anything, nor had any retired."""
    return not line.transactions and not line.committed_gas and not line.retired_units


def unknown_account(account: str) -> Finding:
    """What there is to say of an account that is in no deployment."""
    return note(
        "accounts", "recorded nothing, and nothing was retired for it", account, kind="unknown"
    )


def check_accounts(subject: Subject) -> Iterator[Finding]:
    """The contracts hold what the events add up to."""
    for name, what, attribute in (
        ("emittedBy", "µg CO2e emitted", "emitted_co2e_micrograms"),
        ("retiredFor", "units retired", "retired_units"),
        ("invalidatedFor", "units counted as cancelled", "invalidated_units"),
        ("replacedFor", "units made good", "replaced_units"),
        ("offsetFor", "units that offset", None),
        ("outstanding", "µg CO2e outstanding", "outstanding_co2e_micrograms"),
    ):
        expected = []
        for line in subject.lines:
            figure = line.retired_units - line.invalidated_units
            figure = figure if attribute is None else getattr(line, attribute)
            expected.append(Expected((line.account,), ((what, figure),), line.account))
        yield from subject.told.contradictions("accounts", name, expected)
