"""Is every serial issued once, and is every credit seen?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gasprint.audit.findings import differs, error, note
from gasprint.audit.result import Finding
from gasprint.errors import TokenIdError
from gasprint.ledger import CreditMinted
from gasprint.token_ids import VERRA_VCS, TokenId, describe_token_id


def check_issuance(issued: Sequence[int], minted: Sequence[CreditMinted]) -> Iterator[Finding]:
    """The contract lists what was minted, each amount is what the serials stand for.

    Args:
        issued: token ids, as the contract lists them.
        minted: the events.
    """
    token_ids = [each.token_id for each in minted]
    if list(issued) != token_ids:
        missing = [each for each in issued if each not in token_ids]
        message = (
            f"the chain lists {len(issued):,} credits and has events of {len(token_ids):,}, "
            f"not of the same in the same order; without an event: {missing or 'none'}"
        )
        yield error("issuance", message)
    credits: list[tuple[TokenId, CreditMinted]] = []
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
        credits.append((credit, each))
    yield from _check_overlaps(credits)


def _check_overlaps(credits: Iterable[tuple[TokenId, CreditMinted]]) -> Iterator[Finding]:
    """No serial of a registry is issued twice."""
    furthest: dict[int, TokenId] = {}
    for credit, each in sorted(credits, key=lambda pair: pair[0].first_serial):
        before = furthest.get(credit.registry, credit)
        if before is not credit and credit.first_serial <= before.last_serial:
            message = (
                f"serials {credit.first_serial} to {credit.last_serial} overlap "
                f"{before.first_serial} to {before.last_serial}, issued too"
            )
            yield error("serials", message, transaction_hash=each.transaction_hash)
        furthest[credit.registry] = max(before, credit, key=lambda one: one.last_serial)
