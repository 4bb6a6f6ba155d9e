"""The index, brought up to a version of the ledger.

Final history is only added to. What was provisional is taken back first, and read anew. All of a
deployment is read anew where anything that was final is not what it was: another file took the
ledger's place, or `gasprint sync` found a contradiction and read all of it again.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

import duckdb

from gasprint.retirements import units_of
from gasprint.web.index_tables import TABLES_OF_EVENTS, stored
from gasprint.web.ledger_rows import (
    LedgerRows,
    account_of,
    arguments_of,
    retirement_id_of,
    token_id_of,
)

NOT_AUDITED: dict[str, Any] = {"findings": [], "not_checked": []}
"""Of a deployment, before its first audit."""
_AT_ONCE = 20_000
_NOTHING_INDEXED = -1
_IDENTITY = ("chain_id", "genesis_hash", "first_block_hash", "carbon_credits", "emissions_registry")
_T = TypeVar("_T")


class IndexWriter:
    """Writes an index; each version of the ledger in one transaction."""

    def __init__(self, index: sqlite3.Connection) -> None:
        """Take an index of `create_index`."""
        self._index = index
        self._deployments: list[dict[str, Any]] = []
        self._audits: dict[int, dict[str, Any]] = {}

    def write(self, ledger: duckdb.DuckDBPyConnection) -> str:
        """Bring the index up to a ledger; the edition's tag."""
        rows = LedgerRows(ledger)
        deployments = rows.deployments()
        self._index.execute("BEGIN")
        try:
            known = {each["deployment_id"] for each in deployments}
            for (gone,) in self._index.execute("SELECT deployment_id FROM deployments").fetchall():
                if gone not in known:
                    self._forget(gone)
            for each in deployments:
                _Deployment(self._index, rows, each).write(self._is_to_be_read_anew(rows, each))
            self._deployments = deployments
            tag = self._write_edition()
        except BaseException:
            self._index.execute("ROLLBACK")
            raise
        self._index.execute("COMMIT")
        return tag

    def write_audits(self, audits: dict[int, dict[str, Any]]) -> str:
        """Say what an audit of the ledger found, by deployment; the edition's tag."""
        self._index.execute("BEGIN")
        self._audits = audits
        tag = self._write_edition()
        self._index.execute("COMMIT")
        return tag

    def _is_to_be_read_anew(self, rows: LedgerRows, deployment: dict[str, Any]) -> bool:
        number = deployment["deployment_id"]
        found = self._index.execute(
            "SELECT identity, final_block, fingerprint FROM deployments WHERE deployment_id = ?",
            [number],
        ).fetchone()
        if found is None:
            return False
        identity, final_block, fingerprint = found
        is_same = (
            identity == identity_of(deployment)
            and final_block <= final_block_of(deployment)
            and fingerprint == rows.fingerprint(number, final_block)
        )
        if not is_same:
            self._forget(number)
        return not is_same

    def _forget(self, number: int) -> None:
        self._index.execute(
            "DELETE FROM account_sums WHERE account_id IN "
            "(SELECT account_id FROM accounts WHERE deployment_id = ?)",
            [number],
        )
        for table in (*TABLES_OF_EVENTS, "accounts", "day_sums", "deployments"):
            self._index.execute(f"DELETE FROM {table} WHERE deployment_id = ?", [number])

    def _write_edition(self) -> str:
        document = json.dumps(
            [
                {**each, "audit": self._audits.get(each["deployment_id"], NOT_AUDITED)}
                for each in self._deployments
            ]
        )
        tag = hashlib.sha256(document.encode()).hexdigest()[:24]
        self._index.execute("DELETE FROM edition")
        self._index.execute("INSERT INTO edition VALUES (?, ?, ?)", [time.time_ns(), tag, document])
        return tag


def identity_of(deployment: dict[str, Any]) -> str:
    """What makes a deployment this one."""
    return json.dumps([deployment[each] for each in _IDENTITY])


def final_block_of(deployment: dict[str, Any]) -> int:
    """Up to which block it never changes."""
    final = deployment["final_block"]
    return _NOTHING_INDEXED if final is None else int(final)


class _Deployment:
    """One deployment, written up to a version of the ledger."""

    def __init__(
        self, index: sqlite3.Connection, rows: LedgerRows, deployment: dict[str, Any]
    ) -> None:
        self._index, self._rows, self._deployment = index, rows, deployment
        self._number: int = deployment["deployment_id"]
        self._final = final_block_of(deployment)
        self._accounts: dict[str, int] = {}
        self._touched: set[int] = set()
        self._days: defaultdict[tuple[str, bool], list[int]] = defaultdict(lambda: [0] * 6)

    def write(self, is_anew: bool) -> None:
        """Take back what was provisional, and read on."""
        after = _NOTHING_INDEXED
        if not is_anew:
            found = self._index.execute(
                "SELECT final_block FROM deployments WHERE deployment_id = ?", [self._number]
            ).fetchone()
            if found:
                (after,) = found
                self._take_back(after)
        self._write_emissions(self._rows.emissions(self._number, after))
        self._write_retirements(self._rows.retirements(self._number, after))
        self._write_others(self._rows.others(self._number, after))
        self._write_days()
        self._write_grams()
        fingerprint = self._rows.fingerprint(self._number, self._final)
        self._index.execute(
            "INSERT OR REPLACE INTO deployments VALUES (?, ?, ?, ?)",
            [self._number, identity_of(self._deployment), self._final, fingerprint],
        )

    def _take_back(self, after: int) -> None:
        for (account,) in self._index.execute(
            "SELECT DISTINCT account_id FROM emissions "
            "WHERE deployment_id = ? AND block_number > ?",
            [self._number, after],
        ):
            self._touched.add(account)
        for table in TABLES_OF_EVENTS:
            self._index.execute(
                f"DELETE FROM {table} WHERE deployment_id = ? AND block_number > ?",
                [self._number, after],
            )
        for table in ("account_sums", "day_sums"):
            self._index.execute(
                f"DELETE FROM {table} WHERE deployment_id = ? AND NOT is_final", [self._number]
            )

    def _write_emissions(self, rows: Iterable[tuple[Any, ...]]) -> None:
        last: dict[int, tuple[int, int]] = {}
        sums: defaultdict[tuple[int, bool, bool, int], list[int]] = defaultdict(lambda: [0] * 4)
        counted: tuple[int, bytes] | None = None
        for part in _parts(rows):
            written = []
            for block, log, seconds, transaction, address, *figures in part:
                account = self._account(address)
                version, first, last_block, *amounts = figures
                number, emitted = last.get(account) or self._last(account, "emissions", "emitted")
                number, emitted = number + 1, emitted + amounts[3]
                last[account] = number, emitted
                place = (self._number, block, log, seconds, transaction, account, number)
                kept = [stored(each) for each in (*amounts, emitted)]
                written.append((*place, stored(version), first, last_block, *kept))
                is_final, is_committed = block <= self._final, first is not None
                _add(sums[account, is_final, is_committed, version], amounts)
                # Of a commitment each record is a transaction; others may share one.
                is_new = counted != (block, transaction)
                counted = block, transaction
                transactions = amounts[0] if is_committed else int(is_new)
                day = self._days[_day(seconds), is_final]
                _add(day, [amounts[0], transactions, *amounts[1:], 0])
            self._insert("emissions", written)
        self._touched |= last.keys()
        for (account, *key), more in sums.items():
            before = self._index.execute(
                "SELECT records, gas_used, energy_picowatt_hours, co2e_micrograms "
                "FROM account_sums WHERE account_id = ? AND is_final = ? AND is_committed = ? "
                "AND factor_version = ?",
                [account, *key[:2], stored(key[2])],
            ).fetchone()
            _add(more, [int(each) for each in before or (0, 0, 0, 0)])
            values = [account, self._number, *key[:2], *map(stored, (key[2], *more))]
            self._index.execute(
                f"INSERT OR REPLACE INTO account_sums VALUES ({_places(values)})", values
            )

    def _write_retirements(self, rows: Iterable[tuple[Any, ...]]) -> None:
        last: dict[int, tuple[int, int]] = {}
        retired_of_credit: dict[str, int] = {}
        for part in _parts(rows):
            written = []
            for block, log, seconds, transaction, beneficiary, retirement_id, *others in part:
                account, units = self._account(beneficiary), units_of(int(retirement_id))
                number, retired = last.get(account) or self._last(account, "retirements", "retired")
                number, retired = number + 1, retired + units
                last[account] = number, retired
                token_id, holder, agent, place_in_credit, *said = others
                of_credit = retired_of_credit.get(token_id)
                of_credit = units + (self._retired(token_id) if of_credit is None else of_credit)
                retired_of_credit[token_id] = of_credit
                place = (self._number, block, log, seconds, transaction, account, number)
                ids = (retirement_id, token_id, holder, agent, place_in_credit)
                sums = [stored(each) for each in (units, retired, of_credit)]
                written.append((*place, *ids, *sums, *said))
                _add(self._days[_day(seconds), block <= self._final], [0, 0, 0, 0, 0, units])
            self._insert("retirements", written)

    def _write_others(self, rows: Iterable[tuple[str, dict[str, Any]]]) -> None:
        for part in _parts(rows):
            written = []
            for table, row in part:
                address = account_of(row)
                written.append(
                    (
                        *(self._number, row["block_number"], row["log_index"]),
                        *(row["time_unix_seconds"], bytes.fromhex(row["transaction_hash"][2:])),
                        *(table, self._account(address) if address else None),
                        *(token_id_of(table, row), retirement_id_of(table, row)),
                        json.dumps(arguments_of(row)),
                    )
                )
            self._insert("events", written)

    def _write_days(self) -> None:
        for (day, is_final), more in self._days.items():
            before = self._index.execute(
                "SELECT records, transactions, gas_used, energy_picowatt_hours, co2e_micrograms, "
                "retired_units FROM day_sums WHERE deployment_id = ? AND day = ? AND is_final = ?",
                [self._number, day, is_final],
            ).fetchone()
            _add(more, [int(each) for each in before or [0] * 6])
            values = [self._number, day, is_final, *map(stored, more)]
            self._index.execute(
                f"INSERT OR REPLACE INTO day_sums VALUES ({_places(values)})", values
            )

    def _write_grams(self) -> None:
        for account in self._touched:
            _, emitted = self._last(account, "emissions", "emitted")
            self._index.execute(
                "UPDATE accounts SET emitted_grams = ? WHERE account_id = ?",
                [emitted / 10**6, account],
            )

    def _account(self, address: str) -> int:
        if address not in self._accounts:
            self._index.execute(
                "INSERT OR IGNORE INTO accounts (deployment_id, address, emitted_grams) "
                "VALUES (?, ?, 0)",
                [self._number, address],
            )
            (self._accounts[address],) = self._index.execute(
                "SELECT account_id FROM accounts WHERE deployment_id = ? AND address = ?",
                [self._number, address],
            ).fetchone()
        return self._accounts[address]

    def _last(self, account: int, table: str, total: str) -> tuple[int, int]:
        """How many an account has, and what they come to."""
        found = self._index.execute(
            f"SELECT number, {total} FROM {table} WHERE account_id = ? "
            "ORDER BY number DESC LIMIT 1",
            [account],
        ).fetchone()
        return (found[0], int(found[1])) if found else (0, 0)

    def _retired(self, token_id: str) -> int:
        """What was retired of a credit."""
        found = self._index.execute(
            "SELECT retired_of_credit FROM retirements WHERE token_id = ? AND deployment_id = ? "
            "ORDER BY place_in_credit DESC LIMIT 1",
            [token_id, self._number],
        ).fetchone()
        return int(found[0]) if found else 0

    def _insert(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        self._index.executemany(f"INSERT INTO {table} VALUES ({_places(rows[0])})", rows)


def _parts(rows: Iterable[_T]) -> Iterator[list[_T]]:
    remaining = iter(rows)
    while part := list(islice(remaining, _AT_ONCE)):
        yield part


def _add(sums: list[int], more: list[int]) -> None:
    for place, each in enumerate(more):
        sums[place] += each


def _places(values: Any) -> str:
    return ", ".join("?" for _ in values)


_DAYS: dict[int, str] = {}


def _day(unix_seconds: int) -> str:
    """The UTC day, in ISO 8601; a time that no calendar has counts as its last day."""
    day = unix_seconds // 86_400
    if day not in _DAYS:
        seconds = min(max(0, day), 2_932_896) * 86_400
        _DAYS[day] = time.strftime("%Y-%m-%d", time.gmtime(seconds))
    return _DAYS[day]
