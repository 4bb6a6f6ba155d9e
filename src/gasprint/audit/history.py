"""What the credits' events say, read once for all checks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from gasprint.contracts import Suite
from gasprint.ledger import (
    CreditMinted,
    CreditRetired,
    RetirementDescribed,
    RetirementInvalidated,
    RetirementRecorded,
    RetirementReplaced,
    SerialsInvalidated,
    SerialsRedeemed,
    UnitsTransferred,
)

_OfCredit = TypeVar("_OfCredit", RetirementRecorded, SerialsInvalidated, SerialsRedeemed)


@dataclass(frozen=True)
class History:
    """All events of the credits, each kind in its order."""

    minted: tuple[CreditMinted, ...]
    transfers: tuple[UnitsTransferred, ...]
    retired: tuple[CreditRetired, ...]
    retirements: tuple[RetirementRecorded, ...]
    described: tuple[RetirementDescribed, ...]
    redeemed: tuple[SerialsRedeemed, ...]
    cancelled: tuple[SerialsInvalidated, ...]
    invalidated: tuple[RetirementInvalidated, ...]
    replaced: tuple[RetirementReplaced, ...]

    @classmethod
    def read(cls, suite: Suite) -> History:
        """Ask the node for all of them."""
        return cls(
            minted=tuple(suite.credits_minted()),
            transfers=tuple(suite.units_transferred()),
            retired=tuple(suite.credits_retired()),
            retirements=tuple(suite.retirements()),
            described=tuple(suite.retirements_described()),
            redeemed=tuple(suite.serials_redeemed()),
            cancelled=tuple(suite.serials_invalidated()),
            invalidated=tuple(suite.retirements_invalidated()),
            replaced=tuple(suite.retirements_replaced()),
        )


def by_credit(events: Iterable[_OfCredit]) -> dict[int, list[_OfCredit]]:
    """Events by token id, as they happened; an empty list for a credit that has none."""
    credits: defaultdict[int, list[_OfCredit]] = defaultdict(list)
    for each in sorted(events, key=lambda event: event.position):
        credits[each.token_id].append(each)
    return credits
