"""What entities used a day, and what the whole network used: two tables.

    entities  day, entity, gas_used, fees_eth, transactions
    network   day, gas_used, fees_eth, transactions, burnt_eth, block_rewards_eth

A table has those of the quantities that its file has; what an entity emitted by an allocation needs
the same quantity of both. By gas: `gas_used`. By fee: `fees_eth`. By count: `transactions`. By the
hybrid: `fees_eth`, and of the network also `block_rewards_eth`, what the protocol itself issued to
miners or validators on the day, uncles included.

The network's `fees_eth` are all that was paid, with what was burnt; some statistics leave that out:
add it before. `burnt_eth` says how much it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir
from ibis import _

from gasprint.errors import SourceError
from gasprint.sources.chain_data import IS_WRONG
from gasprint.sources.chain_tables import REASON, ReadTable
from gasprint.sources.columns import Column, Kind
from gasprint.sources.files import FILE, ROW, TEXT_ENDINGS, damages_of, open_files

DAY = Kind("date", r"^\d{4}-\d{2}-\d{2}$", "a day like 2021-10-08")
ENTITY = Kind(
    "string", r"^[^=+@\-\s\x00-\x1f][^\x00-\x1f]*$", "a name that no spreadsheet would run"
)
ETH = Kind("float64", r"^[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$", "ETH, zero or more")
WHOLE = Kind("int64", r"^[0-9]{1,18}(\.0+)?$", "a whole number, zero or more")

QUANTITIES = ("gas_used", "fees_eth", "transactions")
ENTITY_COLUMNS = {
    "day": Column(DAY, ("day",)),
    "entity": Column(ENTITY, ("entity",)),
    "gas_used": Column(WHOLE, ("gas_used",), nullable=True),
    "fees_eth": Column(ETH, ("fees_eth",), nullable=True),
    "transactions": Column(WHOLE, ("transactions",), nullable=True),
}
NETWORK_COLUMNS = {
    **{name: column for name, column in ENTITY_COLUMNS.items() if name != "entity"},
    "burnt_eth": Column(ETH, ("burnt_eth",), nullable=True),
    "block_rewards_eth": Column(ETH, ("block_rewards_eth",), nullable=True),
}


@dataclass(frozen=True)
class DailyAggregates:
    """What entities and their network used a day, checked against each other.

    Attributes:
        entities: a row a day and entity, as this module says.
        network: a row a day, as this module says.

    Raises:
        SourceError: naming the first day that contradicts the rest.
    """

    entities: ir.Table
    network: ir.Table

    def __post_init__(self) -> None:
        """Refuse tables that contradict each other."""
        for offenders, problem in self._contradictions():
            first = offenders.order_by("day").limit(1).to_pyarrow().to_pylist()
            if first:
                raise SourceError(problem.format(**first[0]))

    def _contradictions(self) -> Iterator[tuple[ir.Table, str]]:
        entities, network = self.entities, self.network
        yield (
            network.group_by("day").agg(times=_.count()).filter(_.times > 1),
            "the network's day {day} is there {times} times; keep one of it",
        )
        yield (
            entities.group_by("day", "entity").agg(times=_.count()).filter(_.times > 1),
            "day {day} of {entity!r} is there {times} times; keep one of it",
        )
        yield (
            entities.anti_join(network, "day"),
            "day {day} of {entity!r} is not among the network's days; add it",
        )
        for name in QUANTITIES:
            if name in entities.columns and name in network.columns:
                yield self._more_than_all(name)

    def _more_than_all(self, name: str) -> tuple[ir.Table, str]:
        of_all = self.network.select("day", of_all=_[name])
        used = self.entities.group_by("day").agg(used=_[name].sum()).join(of_all, "day")
        # Fees are sums of decimal fractions, which floating point holds to some 15 digits.
        most = _.of_all * (1 + 1e-9) if name == "fees_eth" else _.of_all
        return (
            used.filter(_.used > most),
            f"on {{day}} the entities have {name} of {{used}}, but the network {{of_all}}; "
            "check both",
        )


def read_daily_aggregates(
    connection: ibis.BaseBackend,
    entities: Path,
    network: Path,
    renamed: Mapping[str, str] | None = None,
) -> DailyAggregates:
    """Read a file of entities' days and one of the network's.

    Args:
        connection: what reads them.
        entities: CSV, JSON Lines or Parquet.
        network: the same.
        renamed: our columns, to those of the files that hold them.

    Raises:
        SourceError: naming the file and the row or day that is wrong.
    """
    return DailyAggregates(
        _days(connection, entities, ENTITY_COLUMNS, {"day", "entity"}, renamed or {}),
        _days(connection, network, NETWORK_COLUMNS, {"day"}, renamed or {}),
    )


def _days(
    connection: ibis.BaseBackend,
    path: Path,
    columns: Mapping[str, Column],
    required: set[str],
    renamed: Mapping[str, str],
) -> ir.Table:
    with damages_of(path):
        text = open_files(connection, [path])
        if path.suffix not in TEXT_ENDINGS:
            text = text.mutate(
                **{name: _[name].cast("string") for name in text.columns if name != ROW}
            )
        options = {"is_text": True, "times_are_utc": False}
        read = ReadTable.of(text, str(path), columns, required, renamed, **options)
        if not set(read.names) & set(QUANTITIES):
            raise SourceError(f"{path} has none of the columns {', '.join(QUANTITIES)}; add one")
        for row in read.wrong.order_by(ROW).limit(1).to_pyarrow().to_pylist():
            raise SourceError(f"{path} row {row[ROW]}: {row[REASON]}")
        table = connection.create_table(
            ibis.util.gen_name("days"), read.typed.drop(FILE, ROW, IS_WRONG)
        )
    if table.count().to_pyarrow().as_py() == 0:
        raise SourceError(f"{path} holds no days; give at least one")
    return table
