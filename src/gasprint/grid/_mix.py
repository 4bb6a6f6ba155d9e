"""A mix of weights, such as where a network's nodes are: `mix:0.6*country:DEU+0.4*egrid:SRVC`.

Or a file of them, `mix:nodes.csv`, with the columns `region` and `weight`.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gasprint.bounds import Bounds
from gasprint.errors import GridError
from gasprint.grid._figure import Grid
from gasprint.segments import Segment

_TOLERANCE = 1e-9
_BETWEEN_PARTS = re.compile(r"\+(?=[\d.]+(?:e-?\d+)?\*)")


@dataclass(frozen=True)
class Mix:
    """Several grids at once, each with its share of the electricity.

    Attributes:
        parts: each grid with its weight; the weights add up to 1.
    """

    parts: Sequence[tuple[float, Grid]]

    @property
    def reference(self) -> str:
        """Every weight with the reference of its grid."""
        return "mix:" + "+".join(f"{weight!r}*{grid.reference}" for weight, grid in self.parts)

    @property
    def basis(self) -> str:
        """Those of the parts, each once."""
        return "mix of " + "; ".join(dict.fromkeys(grid.basis for _, grid in self.parts))

    def intensity_segments(self, first: datetime, last: datetime) -> list[Segment]:
        """CO2e of electricity, g per kWh, from `first` to `last`, both included.

        Where a part changes, a new segment begins. The year is that of the oldest part.

        Raises:
            GridError: where a part has no figure for some of that time.
        """
        rest = [iter(grid.intensity_segments(first, last)) for _, grid in self.parts]
        now = [next(each) for each in rest]
        since = max(each.since for each in now)
        mixed: list[Segment] = []
        while True:
            until = min(each.until for each in now)
            mixed.append(self._mixed(now, since, until))
            since = until
            for index, each in enumerate(now):
                if each.until == until:
                    following = next(rest[index], None)
                    if following is None:
                        return mixed
                    now[index] = following

    def _mixed(self, now: Sequence[Segment], since: datetime, until: datetime) -> Segment:
        weighted = [each.value * weight for (weight, _), each in zip(self.parts, now, strict=True)]
        return Segment(
            since=since,
            until=until,
            value=Bounds(
                math.fsum(each.lower for each in weighted),
                math.fsum(each.best for each in weighted),
                math.fsum(each.upper for each in weighted),
            ),
            label=self.reference,
            source="; ".join(dict.fromkeys(each.source for each in now)),
            year=min(each.year for each in now),
        )


def mix_of(text: str, named: Callable[[str], Grid]) -> Mix:
    """The mix that `text` spells out, or that the file `text` lists.

    Args:
        text: weights and regions, or the path of a file.
        named: gives the grid of a region.

    Raises:
        GridError: if a region is unknown, or the weights do not add up to 1.
    """
    parts = [_part(each) for each in _BETWEEN_PARTS.split(text)] if "*" in text else _listed(text)
    for weight, region in parts:
        if not 0 < weight <= 1:
            raise GridError(f"weight {weight:g} of {region} must be above 0, and 1 at most")
    total = math.fsum(weight for weight, _ in parts)
    if abs(total - 1) > _TOLERANCE:
        raise GridError(f"the weights of the mix add up to {total:.9g}; they must add up to 1")
    return Mix([(weight, named(region)) for weight, region in parts])


def _part(text: str) -> tuple[float, str]:
    weight, _, region = text.partition("*")
    return _weight(weight, f"in {text!r}"), region


def _listed(name: str) -> list[tuple[float, str]]:
    try:
        with Path(name).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            rows = [(f"{name}, row {reader.line_num}", row) for row in reader]
    except (OSError, ValueError, csv.Error) as error:
        problem = getattr(error, "strerror", None) or error
        raise GridError(
            f"{name!r} is no mix, such as mix:0.6*country:DEU+0.4*egrid:SRVC, and no file that can "
            f"be read: {problem}"
        ) from error
    if not rows or any({"region", "weight"} - row.keys() for _, row in rows):
        raise GridError(f"{name} must have the columns region and weight, and rows")
    return [(_weight(row["weight"], where), row["region"] or "") for where, row in rows]


def _weight(text: str | None, where: str) -> float:
    try:
        return float(text or "")
    except ValueError as error:
        raise GridError(f"{where}: weight {text!r} is no number") from error
