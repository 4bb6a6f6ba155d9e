"""What the index takes from a ledger file: rows of one deployment beyond a block, in order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import duckdb

_AT_ONCE = 20_000
_WHERE = "each.deployment_id = $id AND each.block_number > $after"
_PLACE = "each.block_number, log_index, time_unix_seconds, unhex(substr(transaction_hash, 3))"
_BLOCK = "JOIN blocks USING (deployment_id, block_number)"

_EMISSIONS = f"""
SELECT {_PLACE}, account, factor_version::HUGEINT, NULL, NULL, 1::HUGEINT, gas_used::HUGEINT,
    energy_picowatt_hours::HUGEINT, co2e_micrograms::HUGEINT
FROM emissions_recorded AS each {_BLOCK} WHERE {_WHERE}
UNION ALL
SELECT {_PLACE}, account, factor_version::HUGEINT, first_block::BIGINT, last_block::BIGINT,
    record_count::HUGEINT, gas_used::HUGEINT, energy_picowatt_hours::HUGEINT,
    co2e_micrograms::HUGEINT
FROM emissions_committed AS each {_BLOCK} WHERE {_WHERE}
ORDER BY 1, 2
"""

# Of a retirement, what was said of it comes in the log right after.
_RETIREMENTS = f"""
SELECT {_PLACE}, beneficiary, retirement_id, token_id, holder, agent, index::BIGINT, payer,
    beneficiary_name, purpose, place, period_start, period_end
FROM retirement_recorded AS each {_BLOCK}
LEFT JOIN (
    SELECT deployment_id, block_number, retirement_id, payer, beneficiary_name, purpose, place,
        period_start, period_end
    FROM retirement_described AS each WHERE {_WHERE}
) AS described USING (deployment_id, block_number, retirement_id)
WHERE {_WHERE}
ORDER BY 1, 2
"""

_INDEXED_ELSEWHERE = {
    *("emissions_recorded", "emissions_committed", "retirement_recorded", "retirement_described")
}
_NO_EVENTS = {"ledger", "deployments", "blocks", "syncs"}
_PLACE_COLUMNS = {
    *("deployment_id", "contract_address", "block_number", "log_index", "transaction_hash")
}
_ACCOUNT_COLUMNS = ("account", "beneficiary", "seller", "buyer", "owner", "to_", "holder")
_CERTIFICATE_EVENTS = {"transfer", "locked", "approval", "metadata_update"}


class LedgerRows:
    """A ledger file that is open to be read."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Find out which tables of events it has."""
        self._connection = connection
        rows = connection.execute(
            "SELECT table_name, list(column_name ORDER BY column_index) FROM duckdb_columns() "
            "WHERE database_name = current_database() AND NOT internal GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        self._columns: dict[str, list[str]] = dict(rows)

    def deployments(self) -> list[dict[str, Any]]:
        """Every deployment, with the newest run of `gasprint sync` on it."""
        return self._dicts(
            """
            SELECT deployments.*, sync_id, began_unix_seconds, ended_unix_seconds,
                coalesce(contradictions, []) AS contradictions
            FROM deployments LEFT JOIN (
                FROM syncs QUALIFY row_number() OVER (
                    PARTITION BY deployment_id ORDER BY sync_id DESC
                ) = 1
            ) AS newest USING (deployment_id)
            ORDER BY deployment_id
            """
        )

    def fingerprint(self, deployment_id: int, up_to_block: int) -> str:
        """Another one where anything in the events up to a block, or in their blocks, is another.

        It is DuckDB's own hash: good enough to see that a file took the place of another.
        """
        hashed = " UNION ALL ".join(
            f"SELECT '{table}' AS name, count(*) AS rows, coalesce(sum(hash(each)), 0) AS hashes "
            f'FROM "{table}" AS each WHERE deployment_id = $id AND block_number <= $upto'
            for table in self._columns
            if table == "blocks" or table not in _NO_EVENTS
        )
        found = self._connection.execute(
            f"FROM ({hashed}) ORDER BY name", {"id": deployment_id, "upto": up_to_block}
        ).fetchall()
        return hashlib.sha256(repr(found).encode()).hexdigest()

    def emissions(self, deployment_id: int, after_block: int) -> Iterator[tuple[Any, ...]]:
        """What was recorded and committed."""
        return self._rows(_EMISSIONS, deployment_id, after_block)

    def retirements(self, deployment_id: int, after_block: int) -> Iterator[tuple[Any, ...]]:
        """What was retired, and what was said of it."""
        return self._rows(_RETIREMENTS, deployment_id, after_block)

    def others(self, deployment_id: int, after_block: int) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every other event: its table's name, and its columns."""
        for table in self._columns:
            if table in _NO_EVENTS or table in _INDEXED_ELSEWHERE:
                continue
            rows = self._connection.execute(
                f'SELECT each.*, time_unix_seconds FROM "{table}" AS each {_BLOCK} WHERE {_WHERE}',
                {"id": deployment_id, "after": after_block},
            )
            names = [each[0] for each in rows.description or ()]
            while part := rows.fetchmany(_AT_ONCE):
                for row in part:
                    yield table, dict(zip(names, row, strict=True))

    def _rows(self, query: str, deployment_id: int, after_block: int) -> Iterator[tuple[Any, ...]]:
        rows = self._connection.execute(query, {"id": deployment_id, "after": after_block})
        while part := rows.fetchmany(_AT_ONCE):
            yield from part

    def _dicts(self, query: str) -> list[dict[str, Any]]:
        rows = self._connection.execute(query)
        names = [each[0] for each in rows.description or ()]
        return [dict(zip(names, row, strict=True)) for row in rows.fetchall()]


def arguments_of(row: dict[str, Any]) -> dict[str, Any]:
    """An event's own columns; whole numbers as text, and texts alone of what is no UTF-8."""
    return {
        name.rstrip("_"): _argument(value)
        for name, value in row.items()
        if name not in _PLACE_COLUMNS
        and name != "time_unix_seconds"
        and not isinstance(value, bytes)
        and not (name.endswith("_bytes") and value is None)
    }


def account_of(row: dict[str, Any]) -> str | None:
    """Whose event it is, if anybody's."""
    return next((row[name] for name in _ACCOUNT_COLUMNS if row.get(name)), None)


def token_id_of(table: str, row: dict[str, Any]) -> str | None:
    """The credit that an event is about, if any."""
    is_credit = table in ("transfer_single", "uri")
    found = row.get("token_id", row.get("id") if is_credit else None)
    return None if found is None or table in _CERTIFICATE_EVENTS else str(found)


def retirement_id_of(table: str, row: dict[str, Any]) -> str | None:
    """The retirement that an event is about, if any."""
    if table in _CERTIFICATE_EVENTS:
        found = row.get("id", row.get("token_id"))
    else:
        found = row.get("retirement_id")
    return None if found in (None, "0") else str(found)


def _argument(value: Any) -> Any:
    if isinstance(value, list):
        return [_argument(each) for each in value]
    return value if value is None or isinstance(value, bool | str) else str(value)
