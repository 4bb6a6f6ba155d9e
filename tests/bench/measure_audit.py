"""The audit of a ledger beside a bare scan and join of its tables, in a process of its own.

    python -m tests.bench.measure_audit make EVENTS FOLDER
    python -m tests.bench.measure_audit audit ROUNDS LEDGER

Each line on stdout is a JSON object: what was measured. Seconds are the processor's, of all
threads.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from gasprint.audit import audit_ledger
from gasprint.sync.reading import opened_ledger
from tests.bench.measure_tree import seconds, tell
from tests.bench.synthetic_ledger import write_synthetic_ledger

# What an account emitted, by which factor, and what was retired for it, which leads to the credit
# and to what was said; then each retirement. The least that whoever reads the tables has to do.
BARE = (
    """
    SELECT account, count(*), sum(gas_used), sum(energy_picowatt_hours), sum(co2e_micrograms),
        max(time_unix_seconds), max(picograms_per_gas)
    FROM emissions_recorded JOIN blocks USING (deployment_id, block_number)
    JOIN factor_published USING (deployment_id)
    WHERE factor_version = version GROUP BY account
    """,
    """
    SELECT beneficiary, count(*), sum(credit_retired.amount), sum(value), max(time_unix_seconds),
        max(beneficiary_name), max(expiry)
    FROM retirement_recorded
    JOIN retirement_described USING (deployment_id, retirement_id)
    JOIN credit_retired
        ON credit_retired.transaction_hash = retirement_recorded.transaction_hash
    JOIN transfer_single
        ON transfer_single.transaction_hash = retirement_recorded.transaction_hash
    JOIN blocks ON blocks.block_number = retirement_recorded.block_number
    JOIN credit_minted ON credit_minted.token_id = retirement_recorded.token_id
    GROUP BY beneficiary
    """,
    """
    SELECT retirement_id, token_id, beneficiary, holder, agent, transaction_hash
    FROM retirement_recorded ORDER BY block_number, log_index
    """,
)


def make(events: str, folder: str) -> None:
    """Writes the ledger."""
    tell(ledger=str(write_synthetic_ledger(int(events), Path(folder))))


def audit(rounds: str, ledger: str) -> None:
    """The bare scan and the audit in turns, after one of each, which load what they need."""
    path = Path(ledger)
    bare(path)
    audited(path)
    for _ in range(int(rounds)):
        tell(bare_seconds=seconds(lambda: bare(path))[0])
        tell(audit_seconds=seconds(lambda: audited(path))[0])


def bare(ledger: Path) -> list[list[Any]]:
    """What the bare queries find, as rows."""
    with opened_ledger(ledger) as connection:
        return [connection.execute(each).fetchall() for each in BARE]


def audited(ledger: Path) -> None:
    """The audit of all accounts, which has to find nothing."""
    found = audit_ledger(ledger)
    if not found.ok or not found.accounts or not found.retirements:
        raise AssertionError(f"{found.findings[:3]}, {len(found.accounts)} accounts")


STEPS: dict[str, Any] = {"make": make, "audit": audit}

if __name__ == "__main__":
    step, *arguments = sys.argv[1:]
    STEPS[step](*arguments)
