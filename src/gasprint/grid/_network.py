"""Where a network's nodes are: daily figures of its miners first, then one figure of its nodes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from gasprint._data import read_rows
from gasprint.grid._figure import GridIntensity, refuse_wrong_span
from gasprint.grid._file import GRID_INTENSITY
from gasprint.grid._series import Series
from gasprint.segments import Segment
from gasprint.series_file import segments_of_rows

# Timestamp of Ethereum's block 15537394, the first one made by proof of stake.
_MERGE = datetime(2022, 9, 15, 6, 42, 59, tzinfo=UTC)

MINERS_RELEASE = "ethereum-emissions-2022"
_MINERS_TABLE = "grid/ethereum_pow_daily.csv"
_MINERS_SOURCE = "kylemcdonald/ethereum-emissions, 2022: derived, daily kt / (GW * 24 h)"


@dataclass(frozen=True)
class NetworkGrid:
    """Miners up to the merge, nodes from it on.

    Attributes:
        nodes: the one figure from the merge on.
        miners: a figure a day before it.
    """

    nodes: GridIntensity
    miners: Series

    @property
    def reference(self) -> str:
        """Without a release, as it has two, one after the other."""
        return self.nodes.region

    @property
    def basis(self) -> str:
        """What kind of figures they are, before and after."""
        return f"{self.miners.basis}; from the merge on, {self.nodes.basis}"

    def intensity_segments(self, first: datetime, last: datetime) -> list[Segment]:
        """CO2e of electricity, g per kWh, from `first` to `last`, both included.

        Raises:
            GridError: if `first` is before there were miners.
        """
        refuse_wrong_span(first, last)
        segments: list[Segment] = []
        if first < _MERGE:
            until = min(last, _MERGE - timedelta(microseconds=1))
            segments += self.miners.intensity_segments(first, until)
        if last >= _MERGE:
            segments += self.nodes.intensity_segments(max(first, _MERGE), last)
        return segments


def miners_of_ethereum() -> Series:
    """Where Ethereum's miners drew their electricity, a figure a UTC day, up to the merge.

    The three published estimates differ in power, and not in place: their quotients agree but for
    the digits that they were rounded to, so that lower, best and upper are one figure.
    """
    reference = f"network:ethereum@{MINERS_RELEASE}"
    rows = [
        (number, {**row, "source": _MINERS_SOURCE})
        for number, row in enumerate(read_rows(_MINERS_TABLE), start=2)
    ]
    segments = segments_of_rows(_MINERS_TABLE, rows, reference, GRID_INTENSITY)
    return Series(
        reference=reference,
        basis="CO2 by location of the mining pools, average of their regions' generation",
        is_market_based=False,
        segments=[*segments[:-1], replace(segments[-1], until=_MERGE)],
    )
