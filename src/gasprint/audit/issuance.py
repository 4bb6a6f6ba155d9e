"""Is every serial issued once, and is every credit seen?"""

from __future__ import annotations

from collections.abc import Iterator

from gasprint.audit.findings import differs, error, note
from gasprint.audit.result import Finding
from gasprint.audit.subject import Subject
from gasprint.errors import TokenIdError
from gasprint.token_ids import VERRA_VCS, TokenId, describe_token_id

_MINTED = """
SELECT token_id, project_id, credit_id, amount, transaction_hash, coalesce(units, 0)
FROM credit_minted LEFT JOIN (
    SELECT token_id, sum(value) AS units FROM moved WHERE is_new GROUP BY token_id
) USING (token_id)
ORDER BY block_number, log_index
"""
_NEW_WITHOUT_CREDIT = """
SELECT token_id, sum(value), min(transaction_hash) FROM moved
WHERE is_new AND token_id NOT IN (SELECT token_id FROM credit_minted)
GROUP BY token_id ORDER BY token_id
"""

_ATTESTED = """
SELECT token_id, min(expiry), min(evidence_hash), min(minted.transaction_hash)
FROM credit_minted AS minted LEFT JOIN credit_attested USING (token_id)
WHERE token_id IN (FROM credit_list) GROUP BY token_id ORDER BY token_id
"""
_EXPIRY = 7
"""Its place in what `getMetadata` tells."""


def check_issuance(subject: Subject) -> Iterator[Finding]:
    """Each credit's amount is what its serials stand for, and what came into being with it."""
    credits: list[tuple[TokenId, str]] = []
    for number, project, credit_number, amount, transaction, moved in subject.rows(_MINTED):
        place = {"transaction_hash": transaction}
        token_id = int(number)
        ids = int(project) << 128 | int(credit_number)
        yield from differs("issuance", "token id", ids, token_id, **place)
        try:
            credit = describe_token_id(token_id)
        except TokenIdError as wrong:
            yield error("issuance", str(wrong), **place)
            continue
        yield from differs("issuance", "units issued", credit.units, int(amount), **place)
        what = f"units of credit {token_id} that came from nobody"
        yield from differs("issuance", what, credit.units, int(moved), **place)
        if credit.registry != VERRA_VCS:
            message = (
                f"credit {token_id} is of registry {credit.registry}, which is not known: "
                "whether its serials stand for the same tonnes as another's cannot be checked"
            )
            yield note("issuance", message, **place, kind="registry")
        credits.append((credit, transaction))
    for number, units, transaction in subject.rows(_NEW_WITHOUT_CREDIT):
        message = f"{int(units):,} units of credit {number} came from nobody; it was never issued"
        yield error("issuance", message, None, transaction)
    yield from _check_overlaps(credits)


def check_list(subject: Subject) -> Iterator[Finding]:
    """The contract lists what was minted."""
    query = "SELECT token_id FROM credit_minted ORDER BY block_number, log_index"
    minted = [each for (each,) in subject.rows(query)]
    issued = [each for (each,) in subject.rows("FROM credit_list")]
    if issued != minted:
        missing = [int(each or 0) for each in issued if each not in minted]
        message = (
            f"the chain lists {len(issued):,} credits and has events of {len(minted):,}, "
            f"not of the same in the same order; without an event: {missing or 'none'}"
        )
        yield error("issuance", message, kind="list")


def check_attested(subject: Subject) -> Iterator[Finding]:
    """The evidence that was attested of each credit, and when that expires, are as logged."""
    rows = subject.rows(_ATTESTED)
    credits = [(int(token_id),) for token_id, *_ in rows]
    hashes = subject.told.ask("evidenceHashOf", credits)
    metadata = subject.told.ask("getMetadata", credits)
    for row, told_hash, told in zip(rows, hashes, metadata, strict=True):
        token_id, expiry, evidence_hash, transaction = row
        place = {"transaction_hash": transaction}
        what = f"SHA-256 of the evidence that was attested of credit {token_id}"
        attested = None if evidence_hash is None else bytes.fromhex(evidence_hash[2:])
        yield from differs("issuance", what, attested, told_hash and told_hash[0], **place)
        what = f"Unix seconds at which credit {token_id} expires, 0 for never"
        yield from differs("issuance", what, int(expiry), told and told[_EXPIRY], **place)


def _check_overlaps(credits: list[tuple[TokenId, str]]) -> Iterator[Finding]:
    """No serial of a registry is issued twice."""
    furthest: dict[int, TokenId] = {}
    for credit, transaction in sorted(credits, key=lambda pair: pair[0].first_serial):
        before = furthest.get(credit.registry, credit)
        if before is not credit and credit.first_serial <= before.last_serial:
            message = (
                f"serials {credit.first_serial} to {credit.last_serial} overlap "
                f"{before.first_serial} to {before.last_serial}, issued too"
            )
            yield error("serials", message, None, transaction, kind="doubled")
        furthest[credit.registry] = max(before, credit, key=lambda one: one.last_serial)
