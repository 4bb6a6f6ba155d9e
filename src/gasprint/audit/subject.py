"""What the checks look at: the events of one deployment as tables, and what else there is.

While a deployment is audited, the name of each table of the ledger stands for the rows of that
deployment alone. Beside them stand

    chosen           the accounts whose emissions are audited
    own_records      emissions_recorded of these accounts
    own_commitments  emissions_committed of these accounts
    factor           each factor by its version, as it was published first
    factor_of_block  the version in force in each block that has events; 0 for none
    credit           each token that any event names, taken apart; whether it was issued
    retirement       each retirement, with the units that it owns
    cancelled_range  the units that the registry cancelled of each credit, apart and in order
    credit_list      the credits that the contract lists, in its order
    moved            each movement of units, of one credit each
    touched          each retirement of which units were cancelled, counted so, or made good
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from gasprint.audit.ranges import Ranges, merged
from gasprint.audit.result import AccountLine, AuditedDeployment
from gasprint.audit.state import State
from gasprint.ledger import ZERO_ADDRESS
from gasprint.units import UNITS_PER_TONNE

_TABLES = """
CREATE OR REPLACE TEMP TABLE factor AS
    SELECT DISTINCT ON (version) * FROM factor_published ORDER BY block_number, log_index;
CREATE OR REPLACE TEMP TABLE factor_of_block AS
    SELECT blocks.block_number, time_unix_seconds,
        coalesce(max_by(version, effective_at), 0) AS version
    FROM blocks LEFT JOIN factor ON effective_at <= time_unix_seconds GROUP BY ALL;
CREATE OR REPLACE TEMP TABLE credit AS
    SELECT token_id, words[4] AS registry, words[3] AS project_number,
        words[2]::HUGEINT AS first_serial, words[1]::HUGEINT AS last_serial,
        first_serial * {tonne} AS first_unit, (last_serial + 1) * {tonne} AS end_unit,
        token_id IN (SELECT token_id FROM credit_minted) AS is_issued,
        registry > 0 AND project_number > 0 AND first_serial BETWEEN 1 AND last_serial AS is_sound
    FROM (
        SELECT token_id, id_words(token_id) AS words FROM (
            SELECT token_id FROM credit_minted UNION SELECT token_id FROM retirement_recorded
            UNION SELECT token_id FROM serials_redeemed
            UNION SELECT token_id FROM serials_invalidated
            UNION SELECT token_id FROM serials_settled
        )
    );
CREATE OR REPLACE TEMP TABLE retirement AS
    WITH each AS MATERIALIZED (
        SELECT *, id_words(retirement_id) AS words FROM retirement_recorded
    )
    SELECT * EXCLUDE words, words[4] AS registry,
        words[3]::HUGEINT * 4294967296 + (words[2] >> 32) AS first_unit,
        (words[2] & 4294967295)::HUGEINT * 18446744073709551616::HUGEINT + words[1] AS units,
        first_unit + units AS end_unit
    FROM each;
CREATE OR REPLACE TEMP VIEW moved AS
    SELECT token_id, sender, recipient, value, sender = '{nobody}' AS is_new,
        recipient = '{nobody}' AS is_gone, transaction_hash
    FROM (
        SELECT id AS token_id, from_ AS sender, to_ AS recipient, value, transaction_hash
        FROM transfer_single
        UNION ALL
        SELECT unnest(ids), from_, to_, unnest(values_), transaction_hash FROM transfer_batch
    );
"""
_TOUCHED = """
CREATE OR REPLACE TEMP TABLE touched AS
    SELECT retirement_id, token_id, beneficiary, transaction_hash, block_number, log_index,
        coalesce(invalid_units, 0) AS invalid_units, coalesce(counted, 0) AS counted_units,
        coalesce(replaced, 0) AS replaced_units
    FROM retirement
    LEFT JOIN (
        SELECT retirement_id, sum(
            least(each.end_unit, retirement.end_unit)
                - greatest(each.first_unit, retirement.first_unit)
        ) AS invalid_units
        FROM retirement JOIN cancelled_range AS each
            ON each.token_id = retirement.token_id AND each.first_unit < retirement.end_unit
                AND each.end_unit > retirement.first_unit
        GROUP BY retirement_id
    ) USING (retirement_id)
    LEFT JOIN (
        SELECT retirement_id, sum(units) AS counted FROM retirement_invalidated GROUP BY ALL
    ) USING (retirement_id)
    LEFT JOIN (
        SELECT retirement_id, sum(units) AS replaced FROM retirement_replaced GROUP BY ALL
    ) USING (retirement_id)
    WHERE invalid_units > 0 OR counted > 0 OR replaced > 0
"""


@dataclass(frozen=True)
class Documents:
    """What there is to hold against the ledger, beside the chain.

    Attributes:
        evidence: of the factors: files, or folders of them.
        records: the folder of the files of records that were committed.
        registry_export: the registry's own CSV file.
        sources: of the contracts: a clone of gasprint, or a file of solc's standard JSON.
        settlement_days: after how many days serials that are retired, and not at the registry yet,
            are told of.
    """

    evidence: tuple[Path, ...] = ()
    records: Path | None = None
    registry_export: Path | None = None
    sources: Path | None = None
    settlement_days: int = 30


@dataclass(frozen=True)
class Subject:
    """What the checks look at.

    Attributes:
        connection: to the ledger.
        deployment: which of its deployments.
        addresses: of the deployment's contracts, by their names.
        state: what the contracts tell; None without a node.
        documents: what else there is.
        file: what the deploy script wrote; None where the reader gave none.
        accounts: the audited ones, by their addresses.
        are_chosen: whether the reader named them.
        lines: of the accounts, once they are worked out.
    """

    connection: duckdb.DuckDBPyConnection
    deployment: AuditedDeployment
    addresses: Mapping[str, str]
    state: State | None
    documents: Documents
    file: Path | None
    are_chosen: bool
    accounts: dict[str, None] = field(default_factory=dict)
    lines: list[AccountLine] = field(default_factory=list)

    @property
    def told(self) -> State:
        """What the contracts tell, for a check that is made only where there is a node."""
        assert self.state is not None
        return self.state

    def rows(self, query: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """What a query finds."""
        return self.connection.execute(query, parameters).fetchall()

    def cancelled(self) -> dict[str, Ranges]:
        """The units that the registry cancelled, by credit."""
        found: dict[str, Ranges] = {}
        query = "SELECT token_id, first_unit, end_unit FROM cancelled_range ORDER BY ALL"
        for token_id, first_unit, end_unit in self.rows(query):
            found.setdefault(token_id, []).append((int(first_unit), int(end_unit)))
        return found


def look_at(subject: Subject, tables: Iterable[str], chosen: Iterable[str] | None) -> None:
    """Have the tables of the ledger stand for one deployment, and make those beside them."""
    connection, number = subject.connection, subject.deployment.deployment_id
    ((ledger,),) = connection.execute("SELECT current_database()").fetchall()
    for table in tables:
        connection.execute(
            f'CREATE OR REPLACE TEMP VIEW "{table}" AS '
            f'FROM "{ledger}".main."{table}" WHERE deployment_id = {number}'
        )
    connection.execute(_TABLES.format(tonne=UNITS_PER_TONNE, nobody=ZERO_ADDRESS))
    _make_cancelled_ranges(subject)
    connection.execute(_TOUCHED)
    _list(subject)
    _choose(subject, chosen)


def _make_cancelled_ranges(subject: Subject) -> None:
    by_credit: dict[str, Ranges] = {}
    query = "SELECT token_id, first_serial, last_serial FROM serials_invalidated"
    for token_id, first, last in subject.rows(query):
        units = int(first) * UNITS_PER_TONNE, (int(last) + 1) * UNITS_PER_TONNE
        by_credit.setdefault(token_id, []).append(units)
    rows = [(t, str(a), str(b)) for t, ranges in by_credit.items() for a, b in merged(ranges)]
    _register(subject, "cancelled_texts", ("token_id", "first_unit", "end_unit"), rows)
    subject.connection.execute(
        "CREATE OR REPLACE TEMP TABLE cancelled_range AS SELECT token_id, "
        "first_unit::HUGEINT AS first_unit, end_unit::HUGEINT AS end_unit FROM cancelled_texts"
    )


def _list(subject: Subject) -> None:
    rows = []
    if subject.state is not None:
        ((minted,),) = subject.rows("SELECT count(*) FROM credit_minted")
        count = subject.state.count("creditCount", minted)
        told = subject.state.ask("creditAt", [(number,) for number in range(1, count + 1)])
        rows = [("" if each is None else str(each[0]),) for each in told]
    _register(subject, "credit_list", ("token_id",), rows)


def _choose(subject: Subject, chosen: Iterable[str] | None) -> None:
    if chosen is None:
        chosen = [
            account
            for (account,) in subject.rows(
                "SELECT account FROM (SELECT account, block_number FROM emissions_recorded "
                "UNION ALL SELECT account, block_number FROM emissions_committed "
                "UNION ALL SELECT beneficiary, block_number FROM retirement_recorded) "
                "GROUP BY account ORDER BY min(block_number), account"
            )
        ]
    subject.accounts.update(dict.fromkeys(chosen))
    _register(subject, "chosen", ("account",), [(each,) for each in subject.accounts])
    for view, table in (("records", "emissions_recorded"), ("commitments", "emissions_committed")):
        where = "WHERE account IN (FROM chosen)" if subject.are_chosen else ""
        subject.connection.execute(
            f"CREATE OR REPLACE TEMP VIEW own_{view} AS FROM {table} {where}"
        )


def _register(
    subject: Subject, name: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]
) -> None:
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    table = pa.table([pa.array(each, pa.string()) for each in values], names=list(columns))
    subject.connection.register(name, table)
