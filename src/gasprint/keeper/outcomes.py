"""What became of a nonce, by the chain alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from gasprint.keeper.contracts import KeeperContracts, units_retired
from gasprint.keeper.journal import Flight


class Ending(Enum):
    """Of a nonce."""

    SETTLED = "units were retired"
    NOTHING = "it was mined and retired nothing"
    SWEPT = "it took what is over out of the way, and retired nothing"
    TOO_LATE = "it was mined once somebody else had settled the account"
    REVERTED = "it was mined and reverted"
    FILLED = "the nonce was filled, and nothing was to be settled"
    ELSEWHERE = "another transaction, which the keeper did not sign, has it"


@dataclass(frozen=True)
class Outcome:
    """The end of a flight.

    Attributes:
        account: whose settlement it was; None where it was none.
        nonce: of the keeper's key.
        ending: what became of it.
        transaction_hash: of what was mined, or of what was signed last where that was none of ours.
        block_number: in which it was mined; 0 where that was none of ours.
        units: that it retired for the account.
        is_short: whether more was outstanding afterwards.
        gas_used: by its receipt.
        fee_wei: paid for that.
    """

    account: str | None
    nonce: int
    ending: Ending
    transaction_hash: str
    block_number: int = 0
    units: int = 0
    is_short: bool = False
    gas_used: int = 0
    fee_wei: int = 0


def outcome_of(
    flight: Flight, receipt: dict[str, Any] | None, contracts: KeeperContracts
) -> Outcome:
    """What became of a flight whose nonce is used: `receipt` is that of its variant, if any."""
    if receipt is None:
        newest = flight.newest.transaction_hash
        return Outcome(flight.account, flight.nonce, Ending.ELSEWHERE, newest)
    mined = receipt["transactionHash"]
    variant = next(each for each in flight.variants if each.transaction_hash == mined)
    units, is_short = (
        (0, False)
        if flight.account is None
        else units_retired(receipt, contracts.address, flight.account)
    )
    if int(receipt["status"], 16) == 0:
        ending = Ending.REVERTED
    elif not variant.settles:
        ending = Ending.FILLED
    elif units:
        ending = Ending.SETTLED
    elif contracts.only_swept(receipt):
        ending = Ending.SWEPT
    else:
        # Whoever is not due is looked at no further; of all else something is told.
        ending = Ending.NOTHING if receipt["logs"] else Ending.TOO_LATE
    gas_used = int(receipt["gasUsed"], 16)
    return Outcome(
        *(flight.account, flight.nonce, ending, mined, int(receipt["blockNumber"], 16)),
        *(units, is_short, gas_used, gas_used * int(receipt["effectiveGasPrice"], 16)),
    )
