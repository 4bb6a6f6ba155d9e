"""Tells what a source is, by its name and by the columns that it has, and opens it.

ethereum-etl       blocks.jsonl transactions.jsonl, or .csv
cryo               a folder or a pattern of ethereum__blocks__….parquet, …transactions…
any other table    Parquet, CSV or JSON Lines of transactions, with their blocks or without
daily aggregates   day, entity, …, and the network's day, …
a node             rpc:http://127.0.0.1:8545
"""

from __future__ import annotations

import glob
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from gasprint.errors import SourceError
from gasprint.sources import columns
from gasprint.sources.chain_data import ChainData
from gasprint.sources.checked_chain import Reading, read_chain
from gasprint.sources.daily_aggregates import (
    ENTITY_COLUMNS,
    NETWORK_COLUMNS,
    DailyAggregates,
    read_daily_aggregates,
)
from gasprint.sources.files import TEXT_ENDINGS, check_parquet, columns_of_text, connect
from gasprint.sources.node_reading import NodeReading

NODE_PREFIX = "rpc:"

_MARKS_OF_TRANSACTIONS = {"transaction_index", "transaction_hash", "from_address", "from"}
_CRYO_DATASETS = ("blocks", "transactions", "txs")
_OURS = {*columns.BLOCKS, *columns.TRANSACTIONS, *ENTITY_COLUMNS, *NETWORK_COLUMNS}


def open_source(
    source: str | Path,
    *more: str | Path,
    renamed: Mapping[str, str] | None = None,
    quarantine: Path | None = None,
    chain_id: int | None = None,
    times_are_utc: bool = False,
    network: str | None = None,
    at: date | datetime | None = None,
    may_share_seconds: bool = False,
    memory_limit: str | None = None,
    of_node: NodeReading | None = None,
) -> ChainData | DailyAggregates:
    """Open blocks and transactions, or daily aggregates, and check them.

    Args:
        source: a file, a folder of Parquet files, a pattern of such (`data/*.parquet`), or `rpc:`
            and the address of a node.
        more: more of them, in any order.
        renamed: columns of ours, to what they are named in the files, as in
            `{"gas_used": "receipt_gas"}`.
        quarantine: file (`.csv` or `.parquet`) into which impossible rows are set aside; without
            it, the first of them is refused.
        chain_id: of the network; without it any will do, as long as it is the same throughout.
        times_are_utc: whether times that have no zone are UTC.
        network: such as `ethereum`: where the files do not say when blocks were made, they are
            dated by their numbers, as `block_times` describes.
        at: when all of them were made (UTC), instead.
        may_share_seconds: whether two blocks in a row may be of the same second; on a chain that
            makes one in several seconds, it is refused.
        memory_limit: such as `2GB`; what does not fit is written to the disk meanwhile.
        of_node: which blocks to read of a node, and how.

    Raises:
        SourceError: in one line that says what is wrong, and where.
        InputError: the same, of a node.
    """
    renamed = dict(renamed or {})
    for name in renamed:
        if name not in _OURS:
            raise SourceError(f"there is no column {name!r}; known are {', '.join(sorted(_OURS))}")
    reading = Reading(
        renamed=renamed,
        quarantine=quarantine,
        chain_id=chain_id,
        times_are_utc=times_are_utc,
        network=network,
        at=None if at is None else _utc(at),
        may_share_seconds=may_share_seconds,
    )
    connection = connect(memory_limit)
    if str(source).startswith(NODE_PREFIX):
        if more:
            raise SourceError("a node is read alone; leave the other sources out")
        # What speaks to a node takes longer to import than many a file to read.
        from gasprint.sources.node import read_node

        rpc_url = str(source).removeprefix(NODE_PREFIX)
        return read_chain(connection, *read_node(rpc_url, of_node or NodeReading()), reading)
    found: dict[str, list[Path]] = {}
    named_there: set[str] = set()
    for path in [each for part in (source, *more) for each in _files_of(part)]:
        names = _columns_of(path)
        named_there |= names
        found.setdefault(_role_of(names, renamed), []).append(path)
    for name, theirs in renamed.items():
        if theirs not in named_there:
            raise SourceError(f"no file has a column {theirs!r}, which should be {name}; check it")
    if ("entities" in found or "network" in found) and quarantine:
        raise SourceError("of daily aggregates no row can be set aside; leave --quarantine out")
    if "entities" in found or "network" in found:
        return read_daily_aggregates(connection, *_two_of_days(found), renamed)
    if "transactions" not in found:
        raise _no_transactions(found["blocks"][0])
    return read_chain(connection, found.get("blocks", []), found["transactions"], reading)


def _no_transactions(path: Path) -> SourceError:
    if _columns_of(path) & {"number", "block_number"}:
        return SourceError(
            f"{path} has blocks, but no transactions, with their transaction_index; give them too"
        )
    return SourceError(
        f"{path} has no column that gasprint knows, such as hash, block_number, transaction_index, "
        "from_address and gas_used; say which they are with --column, as in hash=txHash"
    )


def _files_of(source: str | Path) -> list[Path]:
    path = Path(source)
    if path.is_dir():
        found = sorted(path.glob("*.parquet"))
        if not found:
            raise SourceError(f"{path} is a folder without .parquet files; name files instead")
    elif glob.has_magic(str(source)) and not path.exists():
        found = sorted(path.parent.glob(path.name))
        if not found:
            raise SourceError(f"no file is named like {source}; check the pattern")
    else:
        return [path]
    of_cryo = [each for each in found if _cryo_dataset(each) in _CRYO_DATASETS]
    return of_cryo or found


def _cryo_dataset(path: Path) -> str:
    """The `blocks` of `ethereum__blocks__17173049_to_17173050.parquet`; nothing of other names."""
    parts = path.stem.split("__")
    return parts[1] if len(parts) > 2 else ""


def _columns_of(path: Path) -> set[str]:
    if path.suffix == ".parquet":
        return set(check_parquet(path).names)
    if path.suffix in TEXT_ENDINGS:
        return set(columns_of_text(path))
    raise SourceError(
        f"{path} is of an unknown format; its name must end in .jsonl, .csv or .parquet"
    )


def _role_of(names: set[str], renamed: Mapping[str, str]) -> str:
    there = names | {ours for ours, theirs in renamed.items() if theirs in names}
    if "day" in there:
        return "entities" if "entity" in there else "network"
    return "transactions" if there & _MARKS_OF_TRANSACTIONS else "blocks"


def _two_of_days(found: Mapping[str, list[Path]]) -> tuple[Path, Path]:
    both = found.get("entities", []), found.get("network", [])
    if [len(each) for each in both] != [1, 1] or len(found) > 2:
        raise SourceError(
            "daily aggregates are two files: day, entity, ... and the network's day, ...; "
            "give one of each"
        )
    return both[0][0], both[1][0]


def _utc(at: date | datetime) -> datetime:
    if not isinstance(at, datetime):
        return datetime(at.year, at.month, at.day, tzinfo=UTC)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
