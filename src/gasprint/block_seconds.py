"""How long each block took, where its source says when blocks were made; else the usual time.

A block covers the time since the block before it. Where that one is not in the data, and for all
blocks that were not dated by the chain itself (by their numbers, or by the user), it covers the
network's usual time: what its protocol fixes, what the other blocks took on average, or what
Ethereum's blocks took on average at the time, by the known times of `sources.block_times`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import ibis
import ibis.expr.types as ir
from ibis import _

from gasprint.attribution import with_seconds
from gasprint.errors import SourceError
from gasprint.networks import Network, ProofOfStakeNetwork, RollupNetwork
from gasprint.networks.series import NetworkSeries
from gasprint.sources.block_times import usual_seconds_between
from gasprint.sources.chain_data import ChainData

LONGEST_GAP_SECONDS = 3600
"""Between two blocks in a row; more is missing data, not a network that stood still."""


@dataclass(frozen=True)
class UsualTime:
    """The time that a block covers of which no more is known.

    Attributes:
        seconds: whole, or in thousandths.
        reason: why it is that, with its source.
    """

    seconds: int | Decimal
    reason: str


def usual_time(chain: ChainData, network: Network) -> UsualTime:
    """The usual time between two blocks of a network, at the time of some of its blocks.

    Raises:
        SourceError: if it is not known, and the blocks do not tell.
    """
    first, last = time_of(chain.blocks)
    if first is None or last is None:
        raise SourceError("there are no blocks; export at least one")
    if chain.block_times != "recorded":
        known = usual_seconds_between(network.name, first, last)
        if known is not None:
            return UsualTime(*known)
    if fixed := _fixed(network, first):
        return fixed
    gaps: float | None = None
    if chain.block_times == "recorded":
        gaps = with_seconds(chain.blocks, None).seconds.mean().to_pyarrow().as_py()
    if gaps is None:
        raise SourceError(
            f"no two blocks follow on one another, and {network.name} has no fixed time between "
            "blocks; add the block before each, or use daily aggregates"
        )
    return UsualTime(round(gaps), "the average of the blocks that follow on one another here")


def fixed_seconds(network: Network, first: datetime) -> int | None:
    """The time between two blocks that a network's protocol fixes from `first` on; else None."""
    slotted = _slotted(network)
    return slotted.slot_seconds if slotted and first >= slotted.valid_from else None


def usual_at(network: Network, usual: UsualTime, moment: datetime) -> UsualTime:
    """The usual time between blocks that were dated, at a moment: what is fixed by then, or else.

    Args:
        network: of which the blocks are.
        usual: where nothing is fixed.
        moment: UTC.
    """
    return _fixed(network, moment) or usual


def _fixed(network: Network, moment: datetime) -> UsualTime | None:
    seconds = fixed_seconds(network, moment)
    reason = f"{network.name} makes a block in so many seconds"
    return None if seconds is None else UsualTime(seconds, reason)


def timed(chain: ChainData, network: Network, usual: UsualTime) -> ir.Table:
    """The blocks of a chain, with the column `seconds`.

    Raises:
        SourceError: if two blocks are as far apart as the network never makes them.
    """
    if chain.block_times != "recorded":
        # Exact sums, as of whole seconds.
        seconds = ibis.literal(Decimal(usual.seconds), type="decimal(18, 3)")
        return chain.blocks.mutate(seconds=seconds)
    _refuse_wrong_gaps(chain, network)
    usual_seconds: ir.Value = ibis.literal(int(usual.seconds), type="int64")
    if slotted := _slotted(network):
        is_fixed = _.timestamp >= slotted.valid_from
        usual_seconds = ibis.ifelse(is_fixed, slotted.slot_seconds, usual_seconds)
    return with_seconds(chain.blocks, usual_seconds)


def time_of(blocks: ir.Table) -> tuple[datetime | None, datetime | None]:
    """When the first and the last of some blocks were made; None if there are none."""
    times = blocks.agg(first=_.timestamp.min(), last=_.timestamp.max())
    row = times.to_pyarrow().to_pylist()[0]
    return row["first"], row["last"]


def _slotted(network: Network) -> ProofOfStakeNetwork | RollupNetwork | None:
    """The part of the network that makes a block in each slot of so many seconds, or none."""
    newest = network.later if isinstance(network, NetworkSeries) else network
    return newest if isinstance(newest, ProofOfStakeNetwork | RollupNetwork) else None


def _refuse_wrong_gaps(chain: ChainData, network: Network) -> None:
    gaps = with_seconds(chain.blocks, None).filter(_.seconds.notnull()).order_by("number")
    wrong = _.seconds > LONGEST_GAP_SECONDS
    if slotted := _slotted(network):
        slot = slotted.slot_seconds
        in_slots = _.timestamp - ibis.interval(seconds=slot) >= slotted.valid_from
        wrong = wrong | (in_slots & (_.seconds % slot != 0))
    for block in gaps.filter(wrong).limit(1).to_pyarrow().to_pylist():
        rule = (
            f"makes one every {slotted.slot_seconds} s or a few times that, "
            if slotted
            else "makes one in "
        )
        raise SourceError(
            f"block {block['number']} is {block['seconds']} s after block {block['number'] - 1}, "
            f"but {network.name} {rule}{LONGEST_GAP_SECONDS} s at most; export both again"
        )
