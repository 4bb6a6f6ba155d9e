"""What `gasprint footprint` reads, and what it tells on stderr of how that went."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from gasprint._output import counting
from gasprint.commands._chain_files import sources_of_arguments
from gasprint.errors import InputError

if TYPE_CHECKING:
    from gasprint.sources.chain_data import ChainData
    from gasprint.sources.daily_aggregates import DailyAggregates

_DAY = timedelta(days=1)
_DAYS = (date(2009, 1, 3), date(2100, 1, 1))
_YEARS = "a blockchain, from 2009 to 2100"


@dataclass(frozen=True)
class SourceOptions:
    """How the user wants the sources to be read.

    Attributes:
        network: that they are of.
        since: the first block or UTC day that counts; `until` is the last.
        at: UTC day of all blocks, where the files have no times.
        column: columns of other names, as `ours=theirs`.
        times_are_utc: whether times without a zone are UTC.
        quarantine: file for impossible rows.
        memory_limit: such as `2GB`.
        requests_per_second: that a node is asked at most.
        parts: folder of what a node was asked before.
    """

    network: str
    since: int | date | None
    until: int | date | None
    at: date | None
    column: Sequence[str]
    times_are_utc: bool
    quarantine: Path | None
    memory_limit: str | None
    requests_per_second: float | None
    parts: Path | None

    @property
    def is_about_files(self) -> bool:
        """Whether anything says how to read files or a node."""
        of_files = (self.at, self.column, self.times_are_utc, self.quarantine, self.memory_limit)
        return any((*of_files, self.requests_per_second, self.parts))


def opened_source(sources: Sequence[str], options: SourceOptions) -> ChainData | DailyAggregates:
    """Open the sources given, or the sample that ships; say on stderr what was set aside.

    Raises:
        InputError: in one line that says what is wrong.
    """
    from gasprint.sources import NodeReading, open_source
    from gasprint.sources.opening import NODE_PREFIX

    refuse_another_network(options.network, "the sample that ships is", not sources)
    is_node = any(each.startswith(NODE_PREFIX) for each in sources)
    if not is_node and (options.requests_per_second or options.parts):
        raise InputError(
            "--requests-per-second and --parts are for a node; give rpc:http://127.0.0.1:8545"
        )
    until = options.until
    with counting("reading blocks") as progress:
        opened = open_source(
            *sources_of_arguments(list(sources)),
            renamed=_renamed(options.column),
            quarantine=options.quarantine,
            times_are_utc=options.times_are_utc,
            network=options.network,
            at=options.at,
            memory_limit=options.memory_limit,
            of_node=NodeReading(
                since=options.since,
                # The last day counts, of which a reading is told the end.
                until=until + _DAY if isinstance(until, date) else until,
                parts=options.parts,
                requests_per_second=options.requests_per_second,
                progress=progress,
            ),
        )
    aside = getattr(opened, "set_aside", None)
    if aside is not None and aside.rows:
        what, whose = (
            ("1 impossible row was", "its share goes")
            if aside.rows == 1
            else (f"{aside.rows:,} impossible rows were", "their shares go")
        )
        print(f"gasprint: {what} set aside into {aside.path}; {whose} to nobody", file=sys.stderr)
    return opened


def refuse_another_network(name: str, what: str, is_of_ethereum: bool) -> None:
    """Refuse to share a network's energy out to the transactions of another.

    Raises:
        InputError: if they are Ethereum's, and the network is another that is known.
    """
    if is_of_ethereum and ":" not in name and name not in ("ethereum", "ethereum-pow"):
        raise InputError(f"{what} of ethereum, not of {name}; give blocks and transactions of it")


def block_or_day(text: str | None, option: str) -> int | date | None:
    """The block or the UTC day that a text names.

    Raises:
        InputError: if it is neither.
    """
    is_block = text is not None and re.fullmatch("[0-9]{1,18}", text)
    return int(text) if text is not None and is_block else day(text, option)


def day(text: str | None, option: str) -> date | None:
    """The UTC day that a text names.

    Raises:
        InputError: if it names none.
    """
    try:
        found = None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{option} {text!r} is no day; write it as 2022-01-31") from error
    if found is not None and (found.isoformat() != text or not _DAYS[0] <= found <= _DAYS[1]):
        raise InputError(f"{option} {text!r} is no day of {_YEARS}; write it as 2022-01-31")
    return found


def refuse_what_is_no_hash(text: str) -> None:
    """Refuse a transaction to explain that cannot be one.

    Raises:
        InputError: if it is no hash.
    """
    if not re.fullmatch("0x[0-9a-fA-F]{64}", text):
        raise InputError(
            f"--explain {text!r} is no hash of a transaction; write 0x and 64 hexadecimal digits"
        )


def refuse_same_files(
    output: Path | None, plot: Path | None, quarantine: Path | None, sources: Sequence[str]
) -> None:
    """Refuse to write over a source, or twice over the same file.

    Raises:
        InputError: if two of them are one.
    """
    seen = {os.path.realpath(each) for each in sources if not each.startswith("rpc:")}
    for each in (output, plot, quarantine):
        if each is None:
            continue
        if (place := os.path.realpath(each)) in seen:
            raise InputError(f"{each} is read, or written twice; name another file")
        seen.add(place)


def _renamed(columns: Sequence[str]) -> dict[str, str]:
    pairs = [each.partition("=") for each in columns]
    for each, (ours, equals, theirs) in zip(columns, pairs, strict=True):
        if not (ours and equals and theirs):
            raise InputError(f"--column {each!r} must look like gas_used=receipt_gas")
    return {ours: theirs for ours, _, theirs in pairs}
