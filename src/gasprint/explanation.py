"""Every number of one transaction's footprint, from the source to the result.

Line by line, as one would check it on paper: the time that its block took, the power of the network
and the intensity of its electricity with their sources, its weight and that of its window, energy
and CO2e; of a rollup, the same of layer 1. Each line is recomputed here from the lines before it,
and not taken from the footprint, which a test holds it to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ibis import _

from gasprint.attribution import WINDOW_KEYS, with_charge
from gasprint.block_seconds import usual_at
from gasprint.choices import Allocation, Window
from gasprint.errors import SourceError
from gasprint.explanation_lines import co2e_lines, intensity_lines, kwh_line, layer_1_lines
from gasprint.footprint import Footprint
from gasprint.networks import RollupNetwork
from gasprint.networks.workings import Line, given, power_lines, rounded, shown
from gasprint.totals import ONE_CHARGE


@dataclass(frozen=True)
class Explanation:
    """The footprint of one transaction, worked out.

    Attributes:
        transaction: its hash.
        block_number: of its block.
        block_timestamp: when that was made, UTC.
        allocation: by what energy is shared out.
        window: of what time at once.
        lines: in the order of the calculation; the last six are energy and CO2e.
    """

    transaction: str
    block_number: int
    block_timestamp: datetime
    allocation: Allocation
    window: Window
    lines: list[Line]

    def __str__(self) -> str:
        """For a person, a line a step; a source that holds for the next line too, once."""
        head = (
            f"transaction {self.transaction}\n"
            f"block {self.block_number}, {self.block_timestamp:%Y-%m-%d %H:%M:%S} UTC\n"
            f"shared out by {self.allocation}, over the {self.window}\n\n"
        )
        before = ["", *(line.source for line in self.lines)]
        return head + "".join(
            f"{replace(line, source='') if line.source == source else line}\n"
            for line, source in zip(self.lines, before, strict=False)
        )


def explained(footprint: Footprint[Any, Any], transaction: str) -> Explanation:
    """The footprint of one transaction of some, worked out.

    Args:
        footprint: that has it.
        transaction: its hash.

    Raises:
        SourceError: if it is not among those that count, or its day has several powers or
            intensities, over which it was shared out.
    """
    rows = footprint.chain.transactions.filter(_.hash == transaction.lower())
    found = rows.limit(1).to_pyarrow().to_pylist()
    blocks = with_charge(footprint.blocks, footprint.charges)
    of_it = blocks.filter(_.number == found[0]["block_number"]) if found else None
    block = of_it.to_pyarrow().to_pylist() if of_it is not None else []
    if not block:
        raise SourceError(f"transaction {transaction} is not among those that count; check it")
    working = _Working(footprint, found[0], block[0])
    if len(working.window().group_by(*ONE_CHARGE).agg(n=_.count()).to_pyarrow()) > 1:
        raise SourceError(
            f"power or intensity change on {block[0]['day']}, over which --window day shares out; "
            "explain it with --window block"
        )
    if not working.weight_of_window().result:
        raise SourceError(
            f"nobody in the {footprint.window} of {transaction} has a share by "
            f"{footprint.allocation}, so that there is nothing to explain"
        )
    return Explanation(
        transaction=found[0]["hash"],
        block_number=block[0]["number"],
        block_timestamp=block[0]["timestamp"],
        allocation=footprint.allocation,
        window=footprint.window,
        lines=list(working.lines()),
    )


@dataclass(frozen=True)
class _Working:
    footprint: Footprint[Any, Any]
    transaction: Mapping[str, Any]
    block: Mapping[str, Any]

    def lines(self) -> Iterator[Line]:
        network, moment = self.footprint.network, self.block["timestamp"]
        of_block = self._seconds_of_block()
        yield of_block
        seconds = of_block
        if self.footprint.window is Window.DAY:
            seconds = self._seconds_of_day()
            yield seconds
        watts = power_lines(network, moment, "power of the network")
        yield from watts
        window_kwh = [kwh_line("energy of the window", each, seconds) for each in watts[-3:]]
        yield from window_kwh
        grams = intensity_lines(self.footprint.grid, moment, "intensity of its electricity")
        yield from grams
        own, of_all = self._weight(), self.weight_of_window()
        yield from (own, of_all)
        share = f"{shown(own.result)} / {shown(of_all.result)}"
        yield Line("share of the window", "", share, rounded(own.result / of_all.result), "1")
        is_rollup = isinstance(network, RollupNetwork)
        whose = "own nodes' " if is_rollup else ""
        energy = [
            Line(
                f"{whose}energy of the transaction",
                each.bound,
                f"{shown(each.result)} × {share}",
                rounded(each.result * own.result / of_all.result),
                "kWh",
            )
            for each in window_kwh
        ]
        co2e = co2e_lines(f"{whose}CO2e of the transaction", energy, grams)
        yield from (*energy, *co2e)
        if is_rollup:
            yield from layer_1_lines(network, self.transaction, moment, energy, co2e)

    def _seconds_of_block(self) -> Line:
        name, usual, number = "time of the block", self.footprint.usual, self.block["number"]
        chain = self.footprint.chain
        parents = chain.blocks.filter(_.number == number - 1).to_pyarrow().to_pylist()
        if chain.block_times != "recorded":
            return given(name, "", _number(usual.seconds), "s", usual.reason)
        usual = usual_at(self.footprint.network, usual, self.block["timestamp"])
        if not parents:
            why = f"block {number - 1} is not in the source; {usual.reason}"
            return given(name, "", _number(usual.seconds), "s", why)
        own, before = (int(each["timestamp"].timestamp()) for each in (self.block, parents[0]))
        source = f"timestamps of blocks {number} and {number - 1}"
        return Line(name, "", f"{own} - {before}", own - before, "s", source)

    def window(self) -> Any:
        blocks = with_charge(self.footprint.blocks, self.footprint.charges)
        keys = WINDOW_KEYS[self.footprint.window]
        return blocks.filter(*(_[key] == self.block[key] for key in keys))

    def _seconds_of_day(self) -> Line:
        counts = self.window().group_by("seconds").agg(blocks=_.count()).order_by("seconds")
        rows = [
            (each["blocks"], _number(each["seconds"])) for each in counts.to_pyarrow().to_pylist()
        ]
        return Line(
            "time of the window's blocks",
            "",
            " + ".join(f"{blocks} × {shown(seconds)}" for blocks, seconds in rows),
            rounded(sum(blocks * seconds for blocks, seconds in rows)),
            "s",
            f"blocks × seconds, of {self.block['day']:%Y-%m-%d}",
        )

    def _weight(self) -> Line:
        name, allocation = "weight of the transaction", self.footprint.allocation
        gas = self.transaction["gas_used"]
        if allocation is Allocation.GAS:
            return given(name, "", gas, "gas", "its receipt")
        if allocation is Allocation.COUNT:
            return given(name, "", 1, "transaction", "each counts as one")
        fee = int(self.transaction["fee_wei"])
        if not gas or fee % gas:
            return given(name, "", fee, "wei", "its fee")
        return Line(name, "", f"{gas} × {fee // gas}", fee, "wei", "gas × effective gas price")

    def weight_of_window(self) -> Line:
        name, allocation = "weight of the window", self.footprint.allocation
        window = self.window()
        blocks = window.count().to_pyarrow().as_py()
        of_what = "its block" if blocks == 1 else f"{blocks} blocks"
        if allocation is Allocation.GAS:
            summed = self.footprint.chain.gas_is_summed
            whose = f"the transactions given of {of_what}" if summed else of_what
            return given(name, "", _sum(window.gas_used), "gas", f"gas used by {whose}")
        if allocation is Allocation.COUNT:
            count = _sum(window.transaction_count)
            return given(name, "", count, "transactions", f"transactions of {of_what}")
        numbers = window.select(of_window=_.number)
        transactions = self.footprint.chain.transactions
        fees = _sum(transactions.join(numbers, _.block_number == numbers.of_window).fee_wei)
        if allocation is Allocation.FEE:
            return given(name, "", fees, "wei", f"fees of {of_what}, what is burnt included")
        rewards = _sum(window.block_reward_wei)
        source = f"fees and block rewards of {of_what}"
        return Line(name, "", f"{fees} + {rewards}", fees + rewards, "wei", source)


def _sum(column: Any) -> int:
    return int(column.sum().to_pyarrow().as_py() or 0)


def _number(value: Any) -> float:
    """A whole number where it is one."""
    return int(value) if value == int(value) else float(value)
