"""How far the ledger has one deployment: found by its place, moved on as blocks are read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pyarrow as pa

from gasprint.sync.file import ADDRESS_COLUMNS, LedgerFile
from gasprint.sync.logs import Block


@dataclass(frozen=True)
class Place:
    """Where a deployment stands.

    Attributes:
        chain_id: of its chain.
        genesis_hash: of the chain's first block, since local chains share their ids.
        addresses: of its contracts, in the order of `deployments`' columns.
        first_block: that created the first of them.
    """

    chain_id: int
    genesis_hash: str
    addresses: tuple[str, ...]
    first_block: Block


@dataclass(frozen=True)
class Deployed:
    """A deployment in the ledger.

    Attributes:
        file: the ledger.
        deployment_id: its number there.
        final: the newest block that is final; None before the first one.
        read: the newest block whose events are there; None before the first one.
        holds: whether they added up to the contracts' counters; None where that is not known.
    """

    file: LedgerFile
    deployment_id: int
    final: tuple[int, str] | None
    read: tuple[int, str] | None
    holds: bool | None

    @classmethod
    def find(cls, file: LedgerFile, place: Place) -> Deployed:
        """The deployment at a place, which is new where the ledger has none.

        One whose first block was given up before it was final goes.
        """
        named = " AND ".join(f"{each} = ?" for each in ADDRESS_COLUMNS.values())
        known = file.connection.execute(
            "SELECT deployment_id, first_block_hash, final_block, final_block_hash, read_block, "
            "read_block_hash, holds FROM deployments "
            f"WHERE chain_id = ? AND genesis_hash = ? AND {named}",
            [place.chain_id, place.genesis_hash, *place.addresses],
        ).fetchall()
        for number, first_hash, *cursor, holds in known:
            final, read = [
                (cursor[at], cursor[at + 1]) if cursor[at] is not None else None for at in (0, 2)
            ]
            if first_hash == place.first_block.hash:
                return cls(file, number, final, read, holds)
            if final is None:
                with file.transaction():
                    cls(file, number, final, read, holds)._remove(-1)
                    file.connection.execute(
                        "DELETE FROM deployments WHERE deployment_id = ?", [number]
                    )
        return cls._add(file, place)

    @classmethod
    def _add(cls, file: LedgerFile, place: Place) -> Deployed:
        ((number,),) = file.connection.execute(
            "SELECT coalesce(max(deployment_id), 0) + 1 FROM deployments"
        ).fetchall()
        first = place.first_block
        values = [number, place.chain_id, place.genesis_hash, *place.addresses]
        values += [first.number, first.hash, *5 * [None]]
        marks = ", ".join("?" for _ in values)
        file.connection.execute(f"INSERT INTO deployments VALUES ({marks})", values)
        return cls(file, number, None, None, None)

    def add(
        self, tables: dict[str, pa.Table], blocks: list[Block], last: Block, *, is_final: bool
    ) -> Deployed:
        """Add the events of the blocks up to `last`, which follow on those that are there."""
        read = last.number, last.hash
        with self._moving(final=read if is_final else self.final, read=read, holds=None) as moved:
            for table, rows in tables.items():
                self.file.insert(table, rows)
            if blocks:
                rows = [(self.deployment_id, e.number, e.hash, e.time_unix_seconds) for e in blocks]
                names = ["deployment_id", "block_number", "block_hash", "time_unix_seconds"]
                self.file.insert(
                    "blocks", pa.table([list(each) for each in zip(*rows, strict=True)], names)
                )
        return moved

    def give_up(self) -> Deployed:
        """Remove what is not final."""
        with self._moving(read=self.final, holds=None) as moved:
            self._remove(self.final[0] if self.final else -1)
        return moved

    def start_over(self) -> Deployed:
        """Remove all that was read."""
        with self._moving(final=None, read=None, holds=None) as moved:
            self._remove(-1)
        return moved

    def mark(self, holds: bool) -> Deployed:
        """Say whether the events added up."""
        with self._moving(holds=holds) as moved:
            pass
        return moved

    def count(self) -> int:
        """How many events are there."""
        found = self.file.connection.execute(
            " UNION ALL ".join(
                f'SELECT count(*) FROM "{each}" WHERE deployment_id = $id'
                for each in self.file.events
            ),
            {"id": self.deployment_id},
        ).fetchall()
        return sum(count for (count,) in found)

    def _remove(self, after_block: int) -> None:
        for table in ("blocks", *self.file.events):
            self.file.connection.execute(
                f'DELETE FROM "{table}" WHERE deployment_id = ? AND block_number > ?',
                [self.deployment_id, after_block],
            )

    @contextmanager
    def _moving(self, **changes: object) -> Iterator[Deployed]:
        moved = replace(self, **changes)  # type: ignore[arg-type]
        with self.file.transaction():
            yield moved
            self.file.connection.execute(
                "UPDATE deployments SET final_block = ?, final_block_hash = ?, read_block = ?, "
                "read_block_hash = ?, holds = ? WHERE deployment_id = ?",
                [
                    *(moved.final or (None, None)),
                    *(moved.read or (None, None)),
                    *(moved.holds, self.deployment_id),
                ],
            )
