"""Is each certificate of a retirement, its beneficiary's, and over credits that stand?"""

from __future__ import annotations

from collections.abc import Iterator

from gasprint.audit.findings import error, note
from gasprint.audit.result import Finding
from gasprint.audit.subject import Subject
from gasprint.ledger import ZERO_ADDRESS

_CERTIFICATES = f"""
SELECT id, to_, given.transaction_hash, retirement.beneficiary, invalid_units,
    touched.replaced_units, times
FROM (
    SELECT id, to_, transaction_hash, block_number, log_index,
        row_number() OVER (PARTITION BY id ORDER BY block_number, log_index) AS times
    FROM transfer WHERE from_ = '{ZERO_ADDRESS}'
) AS given
LEFT JOIN retirement ON retirement.retirement_id = id
LEFT JOIN touched ON touched.retirement_id = id
WHERE retirement.beneficiary IS DISTINCT FROM to_ OR times > 1
    OR invalid_units > touched.replaced_units
ORDER BY given.block_number, given.log_index
"""
_MOVED = f"""
SELECT id, from_, to_, transaction_hash FROM transfer WHERE from_ != '{ZERO_ADDRESS}'
ORDER BY block_number, log_index
"""


def check_certificates(subject: Subject) -> Iterator[Finding]:
    """A certificate is a retirement's, one for each at most, and stays with its beneficiary.

    A note, for the accounts, where it is over credits that were cancelled and not made good.
    """
    for number, owner, transaction, beneficiary, invalid, replaced, times in subject.rows(
        _CERTIFICATES
    ):
        place = owner, transaction
        name = f"certificate {number}"
        if beneficiary is None:
            yield error("certificates", f"{name} is of no retirement", *place, kind="of_nothing")
        elif beneficiary != owner:
            message = f"{name} went to {owner}, but the retirement is for {beneficiary}"
            yield error("certificates", message, *place, kind="of_another")
        if times > 1:
            message = f"{name} was issued {times} times"
            yield error("certificates", message, *place, kind="of_nothing")
        if invalid is not None and invalid > replaced and owner in subject.accounts:
            message = (
                f"{name} is over {int(invalid):,} units that the registry cancelled, of which "
                f"{int(replaced):,} were made good"
            )
            yield note("certificates", message, *place, kind="invalid")
    for number, sender, recipient, transaction in subject.rows(_MOVED):
        message = f"certificate {number} moved from {sender} to {recipient}, and is locked"
        yield error("certificates", message, sender, transaction, kind="of_another")
