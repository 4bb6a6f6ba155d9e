"""What the credit contracts should hold, in plain Python and by brute force, serial by serial.

Knows no chain. Each act says by which error it is refused, or changes the model.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from tests.retirements import Retirement

TONNE = 10**8


@dataclass
class CreditModel:
    """One credit.

    Attributes:
        first: its first serial.
        last: its last serial.
        front_units: from the first serial on, retired or passed over.
        end: the serial before which redemption has stopped.
        redeemed: the serials that were redeemed.
        cancelled: the serials that the registry cancelled.
        retirements: in order.
    """

    token_id: int
    first: int
    last: int
    front_units: int = 0
    end: int = 0
    retired_units: int = 0
    suspended: bool = False
    settled_through: int = 0
    redeemed: set[int] = field(default_factory=set)
    cancelled: set[int] = field(default_factory=set)
    retirements: list[Retirement] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Nothing is redeemed yet."""
        self.end = self.last + 1

    @property
    def issued_units(self) -> int:
        return (self.last + 1 - self.first) * TONNE

    @property
    def front_serial(self) -> int:
        return self.first + self.front_units // TONNE

    def run(self) -> tuple[int, int]:
        """From where the next retirement starts, and how many units it can take at most."""
        start, serial = self.front_units, self.front_serial
        while serial < self.end and serial in self.cancelled:
            serial += 1
            start = (serial - self.first) * TONNE
        stop = serial
        while stop < self.end and stop not in self.cancelled:
            stop += 1
        return start, max(0, (stop - self.first) * TONNE - start) if stop > serial else 0

    def available_units(self) -> int:
        """What is neither retired, redeemed nor cancelled."""
        units = 0
        for serial in range(self.front_serial, self.end):
            if serial not in self.cancelled:
                units += (serial + 1 - self.first) * TONNE
                units -= max(self.front_units, (serial - self.first) * TONNE)
        return units

    def redeemable(self) -> range:
        """The serials that can be redeemed next; the last one first."""
        last = self.end - 1
        while last >= self.first and last in self.cancelled:
            last -= 1
        first_whole = self.first - (-self.front_units // TONNE)
        stop = last
        while stop >= first_whole and stop not in self.cancelled:
            stop -= 1
        return range(last, stop, -1)

    def cancelled_units(self, retirement: Retirement) -> int:
        """How much of a retirement the registry cancelled."""
        start, end = retirement.span
        return sum(
            max(0, min(end, (serial + 1) * TONNE) - max(start, serial * TONNE))
            for serial in self.cancelled
        )

    def retire(self, retirement: Retirement) -> None:
        """Writes a retirement down, which the chain says it recorded, and holds it to the rules."""
        start, available = self.run()
        assert retirement.id >> 192 == self.token_id >> 192
        assert retirement.span[0] == self.first * TONNE + start
        assert 0 < retirement.units <= available
        assert self.cancelled_units(retirement) == 0
        self.front_units = start + retirement.units
        self.retired_units += retirement.units
        self.retirements.append(retirement)

    def redeem(self, serials: list[int]) -> None:
        """Takes serials from the back."""
        self.redeemed |= set(serials)
        self.end = min(serials)


@dataclass
class Counted:
    """Of a retirement: units that were counted as cancelled, and made good."""

    counted: int = 0
    replaced: int = 0


class CreditsModel:
    """All credits, who holds what, and what is retired for whom.

    Attributes:
        credits: by token id, in the order of issuance.
        held: units by token id and name.
        retired: units by token id and name.
        invalid: what was counted of each retirement, by its id.
        names: for whom each retirement is, by its id.
        certified: the retirements with a certificate.
        emitted: micrograms by name.
    """

    def __init__(self) -> None:
        """Nothing is issued."""
        self.credits: dict[int, CreditModel] = {}
        self.held: defaultdict[tuple[int, str], int] = defaultdict(int)
        self.retired: defaultdict[tuple[int, str], int] = defaultdict(int)
        self.invalid: defaultdict[int, Counted] = defaultdict(Counted)
        self.names: dict[int, str] = {}
        self.certified: set[int] = set()
        self.emitted: defaultdict[str, int] = defaultdict(int)

    def taken_by(self, registry: int, first: int, last: int) -> CreditModel | None:
        """A credit that has one of these serials already."""
        for credit in self.credits.values():
            apart = last < credit.first or credit.last < first
            if credit.token_id >> 192 == registry and not apart:
                return credit
        return None

    def issue(self, token_id: int, name: str) -> None:
        """Adds a credit."""
        first, last = (token_id >> 64) & (2**64 - 1), token_id & (2**64 - 1)
        self.credits[token_id] = CreditModel(token_id, first, last)
        self.held[token_id, name] = self.credits[token_id].issued_units

    def refusal(self, credit: CreditModel, name: str, units: int, available: int) -> str | None:
        """Why units cannot leave circulation, in the contract's order of asking."""
        if credit.suspended:
            return "CreditIsSuspended"
        if units == 0:
            return "NothingToDo"
        if units > self.held[credit.token_id, name]:
            return "ERC1155InsufficientBalance"
        return "UnitsNotAvailable" if units > available else None

    def retire(self, retirement: Retirement, holder: str, beneficiary: str) -> None:
        """Writes a retirement down."""
        token_id, units = retirement.token_id, retirement.units
        self.credits[token_id].retire(retirement)
        self.held[token_id, holder] -= units
        self.retired[token_id, beneficiary] += units
        assert retirement.id not in self.names, "two retirements of one id"
        self.names[retirement.id] = beneficiary

    def retired_for(self, name: str) -> int:
        return sum(units for (_, other), units in self.retired.items() if other == name)

    def invalidated_for(self, name: str) -> int:
        return sum(of.counted for id_, of in self.invalid.items() if self.names[id_] == name)

    def replaced_for(self, name: str) -> int:
        return sum(of.replaced for id_, of in self.invalid.items() if self.names[id_] == name)

    def outstanding(self, name: str) -> int:
        offset_units = self.retired_for(name) - self.invalidated_for(name)
        return max(0, self.emitted[name] - 10_000 * offset_units)
