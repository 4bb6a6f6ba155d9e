"""Which accounts and credits the events of a deployment name, in whatever event that is.

What a contract counts of an account is asked for of each that is known: where a node hides all
events of one kind, those of others still tell whom to ask for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import duckdb

from gasprint.ledger import ZERO_ADDRESS
from gasprint.sync.events import EVENTS, column_name, table_name

_ADDRESS = re.compile(r"\baddress (?:indexed )?(\w+)")
_CREDIT = re.compile(r"\buint256 (?:indexed )?(tokenId)\b")
_NAMES_CREDITS = ("CarbonCredits", "AutoRetire", "CreditMarket", "CreditRecords")

_TABLES = """
CREATE OR REPLACE TEMP TABLE named_account AS
    SELECT name AS account FROM ({accounts}) WHERE name != '{nobody}';
CREATE OR REPLACE TEMP VIEW named_move AS
    SELECT id AS token_id, from_, to_ FROM transfer_single WHERE deployment_id = {id}
    UNION ALL SELECT unnest(ids), from_, to_ FROM transfer_batch WHERE deployment_id = {id};
CREATE OR REPLACE TEMP TABLE named_credit AS
    SELECT name AS token_id FROM ({credits} UNION SELECT token_id FROM named_move);
CREATE OR REPLACE TEMP TABLE named_deposit AS
    WITH here AS (SELECT auto_retire FROM deployments WHERE deployment_id = {id})
    SELECT * FROM (
        SELECT from_ AS account, token_id FROM named_move, here WHERE to_ = auto_retire
        UNION SELECT to_, token_id FROM named_move, here WHERE from_ = auto_retire
        UNION SELECT beneficiary, token_id FROM retirement_recorded, here
        WHERE deployment_id = {id} AND holder = auto_retire
    ) WHERE account != '{nobody}';
"""


def name_all(connection: duckdb.DuckDBPyConnection, deployment_id: int) -> None:
    """Make the tables `named_account`, `named_credit` and `named_deposit` of a deployment.

    The last one has each account beside a credit of which something may be on deposit for it: of
    all accounts and credits there are too many pairs to ask for.
    """
    accounts = _union(_columns(_ADDRESS, EVENTS), deployment_id)
    credits = _union(_columns(_CREDIT, _NAMES_CREDITS), deployment_id)
    connection.execute(
        _TABLES.format(accounts=accounts, credits=credits, id=deployment_id, nobody=ZERO_ADDRESS)
    )


def _columns(parameter: re.Pattern[str], contracts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The table and the column of each parameter of a kind."""
    found: dict[str, list[str]] = {}
    for contract in contracts:
        for declared in EVENTS[contract]:
            event = declared.removeprefix("event ").partition("(")[0]
            # Of an event that two contracts log, the first one names the columns.
            found.setdefault(table_name(event), parameter.findall(declared))
    for table, names in found.items():
        for name in names:
            yield table, column_name(name)


def _union(columns: Iterable[tuple[str, str]], deployment_id: int) -> str:
    return " UNION ".join(
        f"SELECT {column} AS name FROM {table} WHERE deployment_id = {deployment_id}"
        for table, column in columns
    )
