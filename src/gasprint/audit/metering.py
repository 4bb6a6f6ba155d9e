"""Is the recorded gas what the transactions used, and was it recorded at all?

Only of a transaction that was sent to the account itself is all gas the account's, so that too
little can be told; in any other it cannot, nor where the sender pays for an access list, for
authorisations (EIP-7702) or has code, all of which anyone can do to an honest collection. Too much
contradicts nothing, for more is offset then than was emitted, and comes of honest collections too:
each of several mints in one transaction records the 21,000 of all, and refunds of gas are not seen.
Where the account committed the transaction's block, what was recorded too little may be in the
commitment, as `gasprint report` has it there. What an account never recorded leaves no log: that is
for who reads its contract to see.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gasprint.audit.findings import error, note
from gasprint.audit.result import Finding, MeteredTransaction
from gasprint.audit.subject import Subject
from gasprint.chain_transactions import making_sense, metered_gas

TOLERANCE_PERCENT = 2
"""By how much recorded gas may fall short of the receipt's; above it by more is noted."""

_RECEIPTS_PER_REQUEST = 100
_RECORDED = """
SELECT transaction_hash, account, sum(gas_used)::VARCHAR, any_value(is_committed)
FROM (
    SELECT transaction_hash, account, gas_used, block_number, log_index, EXISTS (
        FROM own_commitments AS each WHERE each.account = record.account
            AND record.block_number BETWEEN each.first_block AND each.last_block
    ) AS is_committed
    FROM own_records AS record
)
GROUP BY transaction_hash, account ORDER BY min(block_number), min(log_index)
"""


def check_metering(subject: Subject) -> tuple[list[MeteredTransaction], list[Finding]]:
    """The records of each account in each transaction beside the receipt, and what that shows."""
    transactions: list[MeteredTransaction] = []
    findings: list[Finding] = []
    uncheckable: dict[str, int] = {}
    rows = subject.rows(_RECORDED)
    for start in range(0, len(rows), _RECEIPTS_PER_REQUEST):
        part = rows[start : start + _RECEIPTS_PER_REQUEST]
        receipts = subject.told.node.batch(
            "eth_getTransactionReceipt", [(transaction,) for transaction, *_ in part]
        )
        for (transaction, account, gas, is_committed), receipt in zip(part, receipts, strict=True):
            place = account, transaction
            if receipt is None:
                findings.append(_unknown(*place))
                continue
            with making_sense(subject.told.node):
                findings += _check_logs(subject, *place, int(gas), receipt)
                each = _metered(subject, *place, int(gas), receipt)
            transactions.append(each)
            findings += _check(each, is_committed)
            if each.error_percent is None:
                uncheckable[account] = uncheckable.get(account, 0) + 1
    for account, count in uncheckable.items():
        message = (
            f"{count} transaction(s) not sent to the account itself, or that pay for more than "
            "it sees: whether they recorded too little cannot be checked"
        )
        findings.append(note("metering", message, account, kind="uncheckable"))
    return transactions, findings


def _metered(
    subject: Subject, account: str, transaction: str, gas: int, receipt: dict[str, Any]
) -> MeteredTransaction:
    receipt_gas = int(receipt["gasUsed"], 16)
    percent = _percent(gas, receipt_gas)
    is_own = (receipt.get("to") or "").lower() == account.lower()
    # Otherwise the receipt's gas is not all the account's, or not all that it can see.
    is_told = is_own and (
        percent >= -TOLERANCE_PERCENT or not subject.told.node.pays_for_more(transaction)
    )
    chain_id = subject.deployment.chain_id
    told = percent if is_told else None
    return MeteredTransaction(account, transaction, gas, receipt_gas, told, chain_id)


def _check(each: MeteredTransaction, is_committed: bool) -> Iterator[Finding]:
    """It recorded not too little; a note where it recorded too much, or where it cannot be told."""
    percent = _percent(each.recorded_gas, each.receipt_gas)
    told = (
        f"{each.recorded_gas:,} gas recorded, but the transaction used "
        f"{each.receipt_gas:,} ({percent:+.1f} %"
    )
    place = each.account, each.transaction_hash
    if percent > TOLERANCE_PERCENT:
        message = f"{told}): more counts as emitted than was"
        yield note("metering", message, *place, kind="too_much")
    elif percent >= -TOLERANCE_PERCENT or each.error_percent is None:
        return
    elif is_committed:
        message = f"{told}): the rest is for its commitment; gasprint report --check tells"
        yield note("metering", message, *place, kind="committed")
    else:
        message = f"{told}, at most {TOLERANCE_PERCENT} % less is allowed)"
        yield error("metering", message, *place, kind="too_little")


def _check_logs(
    subject: Subject, account: str, transaction: str, gas: int, receipt: dict[str, Any]
) -> Iterator[Finding]:
    """The receipt has the records that the ledger has."""
    registry = subject.deployment.emissions_registry
    there = sum(metered_gas(log, account, registry) for log in receipt["logs"])
    if there != gas:
        message = f"{gas:,} gas recorded by the ledger, but {there:,} by the transaction's receipt"
        yield error("metering", message, account, transaction, kind="other_logs")


def _unknown(account: str, transaction: str) -> Finding:
    message = "the node knows no such transaction, in which the ledger has a record"
    return error("metering", message, account, transaction, kind="other_logs")


def _percent(recorded_gas: int, receipt_gas: int) -> float:
    return 100 * (recorded_gas - receipt_gas) / receipt_gas
