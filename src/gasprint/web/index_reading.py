"""What pages and API show, as of one edition of the index.

Every list is a few steps in a tree, and a page of it; nothing here reads all events of an account,
of a deployment or of the ledger.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from gasprint import units
from gasprint.sync.file import ADDRESS_COLUMNS
from gasprint.web import models
from gasprint.web.index_rows import NotFoundError, Rows
from gasprint.web.index_tables import open_index

_POINTS = 160
"""Of each ledger of an account, at most so many are in its balance."""
_OF_AN_ACCOUNT = (
    *("threshold_set", "policy_set", "deposited", "withdrawn", "payment_deposited"),
    *("payment_withdrawn", "settlement_short", "purchase_failed", "retirement_invalidated"),
    *("retirement_replaced", "reporter_set", "keeper_set"),
)
_PLACE = "(block_number, log_index) < (?, ?)"
_NEWEST = 2**62, 0
_T = TypeVar("_T")


class Index:
    """An index that somebody else writes."""

    def __init__(self, path: Path) -> None:
        """Open it."""
        self._connection = open_index(path)

    @contextmanager
    def edition(self) -> Iterator[Edition]:
        """The index as it is now; it stays so inside of the block.

        Use it without waiting for anything else: the next one who asks has to wait.
        """
        self._connection.execute("BEGIN")
        try:
            yield Edition(self._connection)
        finally:
            self._connection.execute("COMMIT")

    def tag(self) -> str | None:
        """Of the newest edition; None where there is none yet."""
        found = self._connection.execute("SELECT tag FROM edition").fetchone()
        return str(found[0]) if found else None


class Edition(Rows):
    """All that can be asked of an index."""

    @cached_property
    def deployments(self) -> list[models.Deployment]:
        """All deployments in the ledger."""
        return [self.deployment(each) for each in self._documents]

    def deployment(self, deployment_id: int) -> models.Deployment:
        """A deployment.

        Raises:
            NotFoundError: if the ledger has none of that number.
        """
        document = self._document(deployment_id)
        return models.Deployment(
            deployment_id=deployment_id,
            chain_id=document["chain_id"],
            contracts={name: document[column] for name, column in ADDRESS_COLUMNS.items()},
            first_block=document["first_block"],
            final_block=document["final_block"],
            read_block=document["read_block"],
            holds=document["holds"],
            contradictions=document["contradictions"],
            synced_at_unix_seconds=document["ended_unix_seconds"],
        )

    def audit_of(self, deployment_id: int) -> models.Findings:
        """What the audit of a deployment found, and what it left out."""
        return models.Findings(**self._document(deployment_id)["audit"])

    def with_totals(self, deployment: models.Deployment) -> models.DeploymentTotals:
        """A deployment, with what it comes to; that takes longer with each day."""
        totals = self._totals(deployment.deployment_id)
        return models.DeploymentTotals(**dict(deployment), totals=totals)

    def chain_id(self, deployment_id: int) -> int:
        """The chain of a deployment."""
        return int(self._document(deployment_id)["chain_id"])

    # Accounts

    def account(self, deployment_id: int, address: str) -> models.Account:
        """An account's figures.

        Raises:
            NotFoundError: if no event names it.
        """
        account_id = self._account_id(deployment_id, address)
        sums = self._sums(account_id)
        number, emitted = self._last(account_id, "emissions", "emitted")
        retirements, retired = self._last(account_id, "retirements", "retired")
        invalidated = self._counted(account_id, "retirement_invalidated")
        offset = units.co2e_micrograms(max(0, retired - invalidated))
        return models.Account(
            deployment_id=deployment_id,
            address=address,
            emitted_co2e_micrograms=emitted,
            retired_units=retired,
            invalidated_units=invalidated,
            replaced_units=self._counted(account_id, "retirement_replaced"),
            outstanding_co2e_micrograms=max(0, emitted - offset),
            energy_picowatt_hours=sum(each.energy_picowatt_hours for each in sums),
            gas_used=sum(each.gas_used for each in sums),
            records=sum(each.records for each in sums),
            emissions=number,
            retirements=retirements,
            sums=sums,
        )

    def accounts(
        self, deployment_id: int, after: str | None, limit: int
    ) -> models.Page[models.AccountLine]:
        """Accounts that emitted or had something retired, by address."""
        self._document(deployment_id)
        rows = self._all(
            "SELECT account_id, address FROM accounts WHERE deployment_id = ? AND address > ? "
            "ORDER BY address LIMIT ?",
            *(deployment_id, after or "", limit + 1),
        )
        lines = [self._line(deployment_id, row) for row in rows[:limit]]
        return _page(lines, rows, limit, [row["address"] for row in rows])

    def largest_accounts(self, deployment_id: int, limit: int) -> list[models.AccountLine]:
        """Those that emitted most."""
        rows = self._all(
            "SELECT account_id, address FROM accounts WHERE deployment_id = ? "
            "AND emitted_grams > 0 ORDER BY emitted_grams DESC, account_id DESC LIMIT ?",
            *(deployment_id, limit),
        )
        return [self._line(deployment_id, row) for row in rows]

    def balance(self, deployment_id: int, address: str) -> models.Balance:
        """Both of an account's ledgers over time."""
        account_id = self._account_id(deployment_id, address)
        steps = sorted(
            (row["block_number"], row["log_index"], row["time_unix_seconds"], table, int(row[3]))
            for table, total in (("emissions", "emitted"), ("retirements", "retired"))
            for row in self._sampled(account_id, table, total)
        )
        emitted = retired = 0
        points = []
        for block, _, seconds, table, total in steps:
            if table == "emissions":
                emitted = total
            else:
                retired = total
            points.append(
                models.BalancePoint(
                    block_number=block,
                    time_unix_seconds=seconds,
                    emitted_co2e_micrograms=emitted,
                    retired_units=retired,
                )
            )
        return models.Balance(points=points)

    def emissions_of(
        self, deployment_id: int, address: str, before: int | None, limit: int
    ) -> models.Page[models.Emission]:
        """An account's emissions, the newest first."""
        account_id = self._account_id(deployment_id, address)
        rows = self._numbered("emissions", account_id, before, limit + 1)
        items = [self._emission(row, address) for row in rows[:limit]]
        return _page(items, rows, limit, [row["number"] for row in rows])

    def retirements_of(
        self, deployment_id: int, address: str, before: int | None, limit: int
    ) -> models.Page[models.Retirement]:
        """What was retired for an account, the newest first."""
        account_id = self._account_id(deployment_id, address)
        rows = self._numbered("retirements", account_id, before, limit + 1)
        return _page(self._retirements(rows[:limit]), rows, limit, [row["number"] for row in rows])

    def events_of(self, deployment_id: int, address: str, each_kind: int) -> list[models.Event]:
        """What else was logged about an account: the newest few of each kind, in their order."""
        account_id = self._account_id(deployment_id, address)
        found = [
            self._event(row)
            for name in _OF_AN_ACCOUNT
            for row in self._all(
                "SELECT * FROM events WHERE account_id = ? AND name = ? "
                "ORDER BY block_number DESC, log_index DESC LIMIT ?",
                *(account_id, name, each_kind),
            )
        ]
        return sorted(found, key=lambda each: (-each.block_number, -each.log_index))

    # The newest

    def emissions(
        self, deployment_id: int, before: tuple[int, int] | None, limit: int
    ) -> models.Page[models.Emission]:
        """What anybody emitted, the newest first."""
        rows = self._newest("emissions", deployment_id, before, limit + 1)
        items = [self._emission(row) for row in rows[:limit]]
        return _page(items, rows, limit, [_place(row) for row in rows])

    def retirements(
        self, deployment_id: int, before: tuple[int, int] | None, limit: int
    ) -> models.Page[models.Retirement]:
        """What was retired for anybody, the newest first."""
        rows = self._newest("retirements", deployment_id, before, limit + 1)
        return _page(self._retirements(rows[:limit]), rows, limit, [_place(row) for row in rows])

    # Transactions, retirements, credits

    def transactions(self, transaction_hash: str) -> list[models.Transaction]:
        """What a transaction logged, of each deployment.

        Raises:
            NotFoundError: if it logged nothing.
        """
        key = bytes.fromhex(transaction_hash[2:])
        found: dict[int, models.Transaction] = {}
        for table in ("emissions", "retirements", "events"):
            rows = self._all(
                f"SELECT * FROM {table} WHERE transaction_hash = ? ORDER BY log_index",
                key,
            )
            for deployment_id in dict.fromkeys(row["deployment_id"] for row in rows):
                own = [row for row in rows if row["deployment_id"] == deployment_id]
                each = found.setdefault(deployment_id, self._transaction(own[0]))
                if table == "emissions":
                    each.emissions.extend(self._emission(row) for row in own)
                elif table == "retirements":
                    each.retirements.extend(self._retirements(own))
                else:
                    each.events.extend(self._event(row) for row in own)
        if not found:
            raise NotFoundError(f"no event of transaction {transaction_hash} is in the ledger")
        return list(found.values())

    def retirement(self, deployment_id: int, retirement_id: int) -> models.Retirement:
        """A retirement by its id.

        Raises:
            NotFoundError: if it was not recorded.
        """
        rows = self._all(
            "SELECT * FROM retirements WHERE retirement_id = ? AND deployment_id = ? LIMIT 1",
            *(str(retirement_id), deployment_id),
        )
        if not rows:
            raise NotFoundError(f"retirement {retirement_id} is not in the ledger")
        return self._retirements(rows)[0]

    def events_of_retirement(self, deployment_id: int, retirement_id: int) -> list[models.Event]:
        """What else was logged about a retirement, in order."""
        rows = self._all(
            "SELECT * FROM events WHERE retirement_id = ? AND deployment_id = ? "
            "ORDER BY block_number, log_index",
            *(str(retirement_id), deployment_id),
        )
        return [self._event(row) for row in rows]

    def credits(
        self, deployment_id: int, before: tuple[int, int] | None, limit: int
    ) -> models.Page[models.Credit]:
        """Credits that were issued, the newest first."""
        self._document(deployment_id)
        rows = self._all(
            "SELECT * FROM events WHERE name = 'credit_minted' AND deployment_id = ? "
            f"AND {_PLACE} ORDER BY block_number DESC, log_index DESC LIMIT ?",
            *(deployment_id, *(before or _NEWEST), limit + 1),
        )
        items = [self._credit(row) for row in rows[:limit]]
        return _page(items, rows, limit, [_place(row) for row in rows])

    def credit(self, deployment_id: int, token_id: int) -> models.Credit:
        """A credit by its token id.

        Raises:
            NotFoundError: if it was not issued.
        """
        rows = self._all(
            "SELECT * FROM events WHERE token_id = ? AND name = 'credit_minted' "
            "AND deployment_id = ? LIMIT 1",
            *(str(token_id), deployment_id),
        )
        if not rows:
            raise NotFoundError(f"credit {token_id} is not in the ledger")
        return self._credit(rows[0])

    def retirements_of_credit(
        self, deployment_id: int, token_id: int, after: int | None, limit: int
    ) -> models.Page[models.Retirement]:
        """A credit's retirements, in the order in which they take its serials."""
        self.credit(deployment_id, token_id)
        rows = self._all(
            "SELECT * FROM retirements WHERE token_id = ? AND deployment_id = ? "
            "AND place_in_credit > ? ORDER BY place_in_credit LIMIT ?",
            *(str(token_id), deployment_id, -1 if after is None else after, limit + 1),
        )
        items = self._retirements(rows[:limit])
        return _page(items, rows, limit, [row["place_in_credit"] for row in rows])

    def project(self, deployment_id: int, registry: int, number: int) -> models.Project:
        """A project's credits.

        Raises:
            NotFoundError: if none was issued.
        """
        self._document(deployment_id)
        credits = [
            self._credit(row)
            for row in self._minted(deployment_id)
            if int(row["token_id"]) >> 128 == registry << 64 | number
        ]
        if not credits:
            raise NotFoundError(f"no credit of project {number} is in the ledger")
        return models.Project(
            registry=registry,
            project_number=number,
            issued_units=sum(each.issued_units for each in credits),
            retired_units=sum(each.retired_units for each in credits),
            credits=credits,
        )

    def token_ids(self, deployment_id: int) -> list[int]:
        """Every credit that was issued."""
        return [int(row["token_id"]) for row in self._minted(deployment_id)]

    # Days

    def days(self, deployment_id: int) -> dict[str, list[int]]:
        """By UTC day: records, transactions, gas, pWh, µg CO2e, units retired."""
        self._document(deployment_id)
        found: dict[str, list[int]] = {}
        for row in self._all(
            "SELECT day, records, transactions, gas_used, energy_picowatt_hours, co2e_micrograms, "
            "retired_units FROM day_sums WHERE deployment_id = ? ORDER BY day",
            deployment_id,
        ):
            sums = found.setdefault(row["day"], [0] * 6)
            for place, each in enumerate(tuple(row)[1:]):
                sums[place] += int(each)
        return found

    def known_addresses(self, address: str) -> list[int]:
        """The deployments whose events name an account."""
        rows = self._all("SELECT deployment_id FROM accounts WHERE address = ?", address)
        return [row["deployment_id"] for row in rows]

    def _sampled(self, account_id: int, table: str, total: str) -> list[sqlite3.Row]:
        count, _ = self._last(account_id, table, total)
        spread = {1 + (count - 1) * each // (_POINTS - 1) for each in range(_POINTS)}
        numbers = sorted(spread) if count > _POINTS else range(1, count + 1)
        places = ", ".join("?" for _ in numbers)
        return self._all(
            f"SELECT block_number, log_index, time_unix_seconds, {total} FROM {table} "
            f"WHERE account_id = ? AND number IN ({places})",
            *(account_id, *numbers),
        )

    def _numbered(
        self, table: str, account_id: int, before: int | None, limit: int
    ) -> list[sqlite3.Row]:
        return self._all(
            f"SELECT * FROM {table} WHERE account_id = ? AND number < ? "
            "ORDER BY number DESC LIMIT ?",
            *(account_id, 2**62 if before is None else before, limit),
        )

    def _newest(
        self, table: str, deployment_id: int, before: tuple[int, int] | None, limit: int
    ) -> list[sqlite3.Row]:
        self._document(deployment_id)
        return self._all(
            f"SELECT * FROM {table} WHERE deployment_id = ? AND {_PLACE} "
            "ORDER BY block_number DESC, log_index DESC LIMIT ?",
            *(deployment_id, *(before or _NEWEST), limit),
        )

    def _minted(self, deployment_id: int) -> list[sqlite3.Row]:
        return self._all(
            "SELECT * FROM events WHERE name = 'credit_minted' AND deployment_id = ? "
            "ORDER BY block_number, log_index",
            deployment_id,
        )

    def _totals(self, deployment_id: int) -> models.Totals:
        sums = [sum(each) for each in zip(*self.days(deployment_id).values(), strict=True)]
        records, transactions, gas, energy, co2e, retired = sums or [0] * 6
        return models.Totals(
            records=records,
            transactions=transactions,
            gas_used=gas,
            energy_picowatt_hours=energy,
            co2e_micrograms=co2e,
            retired_units=retired,
        )


def _page(items: list[_T], rows: Sequence[Any], limit: int, cursors: list[Any]) -> models.Page[_T]:
    following = str(cursors[limit - 1]) if len(rows) > limit else None
    return models.Page(items=items, next=following)


def _place(row: sqlite3.Row) -> str:
    return f"{row['block_number']}-{row['log_index']}"
