"""Is the recorded gas what the transactions used?

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

from collections import defaultdict
from collections.abc import Iterable, Iterator

from gasprint.audit.findings import error, note
from gasprint.audit.result import Finding, MeteredTransaction
from gasprint.contracts import Suite
from gasprint.ledger import EmissionsCommitted, EmissionsRecorded, TransactionGas

TOLERANCE_PERCENT = 2
"""By how much recorded gas may fall short of the receipt's; above it by more is noted."""


def metered_transactions(
    suite: Suite, records: Iterable[EmissionsRecorded]
) -> list[MeteredTransaction]:
    """The records of each account in each transaction, together, beside the receipt."""
    recorded_gas: defaultdict[tuple[str, str], int] = defaultdict(int)
    for record in records:
        recorded_gas[record.transaction_hash, record.account] += record.gas_used
    receipts = {
        transaction_hash: suite.transaction_gas(transaction_hash)
        for transaction_hash, _ in recorded_gas
    }
    return [
        MeteredTransaction(
            account=account,
            transaction_hash=transaction_hash,
            recorded_gas=gas,
            receipt_gas=receipts[transaction_hash].gas_used,
            error_percent=_error_percent_of_account(
                suite, transaction_hash, receipts[transaction_hash], account, gas
            ),
        )
        for (transaction_hash, account), gas in recorded_gas.items()
    ]


def check_metering(
    transactions: Iterable[MeteredTransaction],
    records: Iterable[EmissionsRecorded],
    commitments: Iterable[EmissionsCommitted],
) -> Iterator[Finding]:
    """None recorded too little; a note where one recorded too much, or where it cannot be told."""
    block_numbers = {each.transaction_hash: each.block_number for each in records}
    committed: defaultdict[str, list[range]] = defaultdict(list)
    for commitment in commitments:
        blocks = range(commitment.first_block, commitment.last_block + 1)
        committed[commitment.account].append(blocks)
    uncheckable: defaultdict[str, int] = defaultdict(int)
    for each in transactions:
        percent = _error_percent(each.recorded_gas, each.receipt_gas)
        if each.error_percent is None:
            uncheckable[each.account] += 1
        told = (
            f"{each.recorded_gas:,} gas recorded, but the transaction used "
            f"{each.receipt_gas:,} ({percent:+.1f} %"
        )
        place = each.account, each.transaction_hash
        if percent > TOLERANCE_PERCENT:
            yield note("metering", f"{told}): more counts as emitted than was", *place)
        elif percent >= -TOLERANCE_PERCENT or each.error_percent is None:
            continue
        elif any(block_numbers[each.transaction_hash] in part for part in committed[each.account]):
            message = f"{told}): the rest is for its commitment; gasprint report --check tells"
            yield note("metering", message, *place)
        else:
            message = f"{told}, at most {TOLERANCE_PERCENT} % less is allowed)"
            yield error("metering", message, *place)
    for account, count in uncheckable.items():
        message = (
            f"{count} transaction(s) not sent to the account itself, or that pay for more than "
            "it sees: whether they recorded too little cannot be checked"
        )
        yield note("metering", message, account)


def _error_percent_of_account(
    suite: Suite, transaction_hash: str, receipt: TransactionGas, account: str, recorded_gas: int
) -> float | None:
    """None where the receipt's gas is not all the account's, or not all that it can see."""
    percent = _error_percent(recorded_gas, receipt.gas_used)
    if receipt.to != account:
        return None
    if percent < -TOLERANCE_PERCENT and suite.pays_for_more(transaction_hash):
        return None
    return percent


def _error_percent(recorded_gas: int, receipt_gas: int) -> float:
    return 100 * (recorded_gas - receipt_gas) / receipt_gas
