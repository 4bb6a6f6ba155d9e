"""The index of a ledger: SQLite, so that a page finds its rows by a few steps in a tree.

DuckDB finds the events of one account by reading those of all; that takes longer with each event.
The index has each event once, numbered within its account and with the account's sum up to it, so
that a page, a plot and a total are found wherever they are, in a ledger of any size. It is made
anew when the server starts, by one process, and read by another.

Numbers above 2^63 are kept as text; `stored` and `int` are the two ways.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

_TABLES = """
-- As of which version of the ledger; one row.
CREATE TABLE edition (number INTEGER PRIMARY KEY, tag TEXT, document TEXT);

-- What is indexed of a deployment: blocks up to `final_block` for good, and what was in them.
CREATE TABLE deployments (
    deployment_id INTEGER PRIMARY KEY, identity TEXT, final_block INTEGER, fingerprint TEXT
);

CREATE TABLE accounts (
    account_id INTEGER PRIMARY KEY, deployment_id INTEGER, address TEXT, emitted_grams REAL
);
CREATE UNIQUE INDEX accounts_by_address ON accounts (deployment_id, address);
CREATE INDEX accounts_by_address_alone ON accounts (address);
CREATE INDEX accounts_by_emissions ON accounts (deployment_id, emitted_grams, account_id);

-- Recorded in a transaction, or committed for a range of blocks. `number` counts the account's,
-- from 1, and `emitted` is its sum of CO2e up to this one, in micrograms.
CREATE TABLE emissions (
    deployment_id INTEGER, block_number INTEGER, log_index INTEGER, time_unix_seconds INTEGER,
    transaction_hash BLOB, account_id INTEGER, number INTEGER, factor_version,
    first_block INTEGER, last_block INTEGER, records, gas_used, energy_picowatt_hours,
    co2e_micrograms, emitted
);
CREATE INDEX emissions_by_account ON emissions (account_id, number);
CREATE INDEX emissions_by_block ON emissions (deployment_id, block_number, log_index);
CREATE INDEX emissions_by_transaction ON emissions (transaction_hash);

-- `number` and `retired` likewise, of the beneficiary; in units. `place_in_credit` counts the
-- credit's, from 0, and `retired_of_credit` is its sum up to this one.
CREATE TABLE retirements (
    deployment_id INTEGER, block_number INTEGER, log_index INTEGER, time_unix_seconds INTEGER,
    transaction_hash BLOB, account_id INTEGER, number INTEGER, retirement_id TEXT, token_id TEXT,
    holder TEXT, agent TEXT, place_in_credit INTEGER, units, retired,
    retired_of_credit, payer TEXT, beneficiary_name TEXT, purpose TEXT, place TEXT,
    period_start_seconds INTEGER, period_end_seconds INTEGER
);
CREATE INDEX retirements_by_account ON retirements (account_id, number);
CREATE INDEX retirements_by_block ON retirements (deployment_id, block_number, log_index);
CREATE INDEX retirements_by_transaction ON retirements (transaction_hash);
CREATE INDEX retirements_by_id ON retirements (retirement_id);
CREATE INDEX retirements_by_credit ON retirements (token_id, deployment_id, place_in_credit);

-- All other events, their arguments as JSON.
CREATE TABLE events (
    deployment_id INTEGER, block_number INTEGER, log_index INTEGER, time_unix_seconds INTEGER,
    transaction_hash BLOB, name TEXT, account_id INTEGER, token_id TEXT, retirement_id TEXT,
    arguments TEXT
);
CREATE INDEX events_by_account ON events (account_id, name, block_number, log_index);
CREATE INDEX events_by_block ON events (deployment_id, block_number, log_index);
CREATE INDEX events_by_name ON events (name, deployment_id, block_number, log_index);
CREATE INDEX events_by_transaction ON events (transaction_hash);
CREATE INDEX events_by_credit ON events (token_id, name) WHERE token_id IS NOT NULL;
CREATE INDEX events_by_retirement ON events (retirement_id, name) WHERE retirement_id IS NOT NULL;

-- What an account emitted in one way by one factor, and what everybody did on a UTC day. What is
-- not final stands apart, to be taken back.
CREATE TABLE account_sums (
    account_id INTEGER, deployment_id INTEGER, is_final INTEGER, is_committed INTEGER,
    factor_version, records, gas_used, energy_picowatt_hours, co2e_micrograms,
    PRIMARY KEY (account_id, is_final, is_committed, factor_version)
) WITHOUT ROWID;
CREATE INDEX account_sums_by_deployment ON account_sums (deployment_id, is_final);
CREATE TABLE day_sums (
    deployment_id INTEGER, day TEXT, is_final INTEGER, records, transactions, gas_used,
    energy_picowatt_hours, co2e_micrograms, retired_units,
    PRIMARY KEY (deployment_id, day, is_final)
) WITHOUT ROWID;
"""

TABLES_OF_EVENTS = ("emissions", "retirements", "events")
_MOST_INTEGER = 2**63
_MOST_MAPPED_BYTES = 2**32


def stored(number: int) -> int | str:
    """A number as SQLite keeps it."""
    return number if number < _MOST_INTEGER else str(number)


def create_index(path: Path) -> sqlite3.Connection:
    """An empty index, open to be written."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    # It is made anew after a crash, so that nothing has to wait for the disk.
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -65536")
    connection.executescript(_TABLES)
    return connection


def open_index(path: Path) -> sqlite3.Connection:
    """An index, open to be read, beside the one process that writes it."""
    connection = sqlite3.connect(
        f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    # An account's rows lie anywhere in the file, and what is cached is worth nothing after a write.
    connection.execute(f"PRAGMA mmap_size = {_MOST_MAPPED_BYTES}")
    return connection
