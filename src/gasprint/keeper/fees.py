"""EIP-1559 fees under a ceiling: what to offer first, and what in place of an older offer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fees:
    """What a transaction offers for a gas.

    Attributes:
        max_fee_wei: at most, the base fee included.
        priority_fee_wei: of that, to whoever makes the block; also at most.
    """

    max_fee_wei: int
    priority_fee_wei: int


@dataclass(frozen=True)
class FeeMarket:
    """What the chain asks now.

    Attributes:
        base_fee_wei: of the newest block.
        suggested_priority_fee_wei: as the node says.
        ceiling_wei: no offer is ever above.
    """

    base_fee_wei: int
    suggested_priority_fee_wei: int
    ceiling_wei: int

    @property
    def is_too_dear(self) -> bool:
        """Whether nothing at or below the ceiling would be mined now."""
        return self.base_fee_wei > self.ceiling_wei

    def offer(self) -> Fees:
        """The fees of a new transaction: good while the base fee doubles, or up to the ceiling."""
        wanted = 2 * self.base_fee_wei + self.suggested_priority_fee_wei
        max_fee_wei = min(wanted, self.ceiling_wei)
        return Fees(max_fee_wei, min(self.suggested_priority_fee_wei, max_fee_wei))

    def replacement(self, old: Fees) -> Fees | None:
        """The fees with which a node takes a transaction in place of one that offers `old`.

        None where the ceiling leaves no room for that.
        """
        least_max_fee, least_priority_fee = (
            _eighth_more(old.max_fee_wei),
            _eighth_more(old.priority_fee_wei),
        )
        if least_max_fee > self.ceiling_wei:
            return None
        offer = self.offer()
        max_fee_wei = max(least_max_fee, offer.max_fee_wei)
        if _eighth_more(max_fee_wei) > self.ceiling_wei:
            # The last replacement that there can be: all of what is allowed.
            max_fee_wei = self.ceiling_wei
        priority_fee_wei = max(least_priority_fee, offer.priority_fee_wei)
        return Fees(max_fee_wei, min(priority_fee_wei, max_fee_wei))


def _eighth_more(fee_wei: int) -> int:
    """At least 12.5 % more: nodes ask for a tenth, or an eighth, on both fees."""
    return fee_wei + max(-(-fee_wei // 8), 1)
