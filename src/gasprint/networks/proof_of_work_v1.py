"""Power of a proof-of-work network, bottom-up from its hashrate, a UTC day at a time.

    power_watts = hashrate * datacenter_overhead * hardware_overhead * grid_loss
                  / ((efficiency + hashing_efficiency_offset) * psu_efficiency)
    efficiency  = slope * unix seconds at the start of the UTC day + intercept

with the hashrate in MH/s (the table has GH/s) and the efficiency in MH/s per W: what the average
machine hashes grows steadily as miners buy newer ones. Formula and parameters are Kyle McDonald's
(github.com/kylemcdonald/ethereum-emissions); lower, best and upper differ in all but the hashrate.

Neither he nor this smooths the hashrate, and no day is missing from it. His published days are
those of a computer eight hours (seven in summer) behind UTC, which makes the power here higher by
0.011 % at most.

A day's hashrate is its average over 24 hours. Where the network ran for a part of a day only, as
on the day of the merge, the power while it ran is so much higher that the energy of the day stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from gasprint._data import read_rows
from gasprint.bounds import Bounds
from gasprint.errors import NetworkError
from gasprint.networks._figures import Published, PublishedBounds, refuse_before
from gasprint.networks._model import NetworkModel
from gasprint.segments import Segment

PARAMETERS = (
    "hashing_efficiency_offset",
    "datacenter_overhead",
    "hardware_overhead",
    "grid_loss",
    "psu_efficiency",
)

_MEGAHASHES_PER_GIGAHASH = 1000
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class MiningPower:
    """What it takes to make hashes.

    Attributes:
        slope: growth of the average machine's efficiency, MH/s per W per second.
        intercept: that efficiency at Unix second 0 if it had always grown so, MH/s per W.
        parameters: each of `PARAMETERS`; the offset in MH/s per W, the others without unit.
    """

    slope: Published
    intercept: Published
    parameters: dict[str, PublishedBounds]

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> MiningPower:
        """Read it out of a document of `data/networks/`."""
        return cls(
            slope=Published(**document["hashing_efficiency"]["slope"]),
            intercept=Published(**document["hashing_efficiency"]["intercept"]),
            parameters={
                name: PublishedBounds.from_document(document["parameters"][name])
                for name in PARAMETERS
            },
        )

    def efficiency(self, moment: datetime) -> float:
        """Of the average machine, MH/s per W."""
        return self.slope.value * moment.timestamp() + self.intercept.value

    def watts(self, gigahashes_per_second: float, moment: datetime) -> Bounds:
        """Electrical power of the machines, and of all that it takes to run them, W."""
        efficiency = self.efficiency(moment)
        watts = {}
        for bound in ("lower", "best", "upper"):
            of = {name: getattr(each, bound).value for name, each in self.parameters.items()}
            overheads = of["datacenter_overhead"] * of["hardware_overhead"] * of["grid_loss"]
            watts[bound] = (
                gigahashes_per_second
                * _MEGAHASHES_PER_GIGAHASH
                * overheads
                / ((efficiency + of["hashing_efficiency_offset"]) * of["psu_efficiency"])
            )
        return Bounds(**watts)


@dataclass(frozen=True)
class ProofOfWorkNetwork(NetworkModel):
    """A network whose power follows this model.

    Attributes:
        valid_until: first moment that it holds for no more, UTC.
        hashrate_table: name of the table of the network's hashrate by day, GH/s.
        hashrate_source: who measured that.
        mining: what it takes to make hashes.
    """

    MODEL = "proof_of_work_v1"
    KIND = "proof_of_work"

    valid_until: datetime
    hashrate_table: str
    hashrate_source: str
    mining: MiningPower

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> ProofOfWorkNetwork:
        """Read the parameters out of a document of `data/networks/`."""
        return cls(
            **cls.named(document),
            valid_until=datetime.fromisoformat(document["valid_until"]["value"]),
            hashrate_table=document["hashrate"]["table"],
            hashrate_source=document["hashrate"]["source"],
            mining=MiningPower.from_document(document),
        )

    @property
    def source(self) -> str:
        """Who published the parameters, and the hashrate."""
        return f"{self.mining.slope.source}; hashrate: {self.hashrate_source}"

    def power_segments(self, first: datetime, last: datetime) -> list[Segment]:
        """Electrical power, W, a segment a UTC day, from `first` to `last`, both included.

        Raises:
            NetworkError: if the network did not run on proof of work for some of that time.
        """
        refuse_before(self, first)
        if last >= self.valid_until:
            raise NetworkError(
                f"{self.MODEL} holds for {self.name} until "
                f"{self.valid_until:%Y-%m-%d %H:%M:%S} UTC, not at "
                f"{last:%Y-%m-%d %H:%M:%S}; leave later times out"
            )
        first_day, last_day = first.astimezone(UTC).date(), last.astimezone(UTC).date()
        days = [first_day + n * _DAY for n in range((last_day - first_day).days + 1)]
        return [self._segment(day) for day in days]

    def gigahashes_per_second(self, day: date) -> float:
        """Hashrate while the network ran on a UTC day, GH/s."""
        since, until = self._ran(day)
        return _hashrates(self.hashrate_table)[day] * (_DAY / (until - since))

    def _ran(self, day: date) -> tuple[datetime, datetime]:
        midnight = datetime.combine(day, time(), UTC)
        return max(midnight, self.valid_from), min(midnight + _DAY, self.valid_until)

    def _segment(self, day: date) -> Segment:
        midnight = datetime.combine(day, time(), UTC)
        watts = self.mining.watts(self.gigahashes_per_second(day), midnight)
        return Segment(*self._ran(day), watts, self.MODEL, self.source, day.year)


@cache
def _hashrates(table: str) -> dict[date, float]:
    return {
        date.fromisoformat(row["day"]): float(row["gigahashes_per_second"])
        for row in read_rows(table)
    }
