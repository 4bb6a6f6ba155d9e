"""A quantity over time, as a sequence of spans in each of which it has one value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gasprint.bounds import Bounds
from gasprint.errors import InputError


@dataclass(frozen=True)
class Segment:
    """One value of a quantity, and when it holds.

    A quantity over time is a sequence of these in order, without gaps or overlaps within what was
    asked for; the first may begin earlier, and the last end later.

    Attributes:
        since: first moment that it holds for, UTC.
        until: first moment that it holds for no more, UTC.
        value: with its bounds; what is asked says in which unit.
        label: name of the model, or of the region, that it is from.
        source: who published what it is made of.
        year: calendar year that the best value is about.
    """

    since: datetime
    until: datetime
    value: Bounds
    label: str
    source: str
    year: int


def within(
    segments: Sequence[Segment],
    first: datetime,
    last: datetime,
    reference: str,
    error: type[InputError],
) -> list[Segment]:
    """Those of `segments` that cover the time from `first` to `last`, both included.

    Raises:
        InputError: of the kind `error`, naming the first moment that none covers, and `reference`.
    """
    found = [each for each in segments if each.until > first and each.since <= last]
    covered_until = first
    for each in found:
        if each.since > covered_until:
            break
        covered_until = each.until
    if covered_until > last:
        return found
    known = (
        f"it knows {moment(segments[0].since)} to {moment(segments[-1].until)}"
        if segments
        else "it knows none"
    )
    raise error(
        f"{reference} has no figure for {moment(covered_until)}; {known}: fill the gap, or leave "
        "what happened in it out"
    )


def moment(time: datetime) -> str:
    """A moment as error messages say it."""
    return f"{time:%Y-%m-%d %H:%M:%S} UTC"
