"""The index that `gasprint serve` keeps, brought up to one version of a ledger after another.

given a ledger that grows
  the index is what one is that is made at once of the same ledger
given a chain that was reorganised, or of which a node had hidden something
  likewise
given another ledger under the same name
  likewise
"""

import contextlib
import shutil

import duckdb
import pytest

from gasprint.sync.reading import opened_ledger
from gasprint.web.index_reading import Index
from gasprint.web.index_tables import create_index
from gasprint.web.index_writing import IndexWriter
from tests.kept_chain import OUTSIDER
from tests.synced_chain import emit, synced

LISTED = ("emissions", "retirements", "events", "accounts", "account_sums", "day_sums")


@pytest.fixture
def index(tmp_path):
    """An index that is kept, and what compares it with one that is made at once."""
    with contextlib.closing(create_index(tmp_path / "kept.sqlite")) as kept:
        yield Kept(kept, tmp_path)


class Kept:
    """An index that is kept, beside those that are made at once."""

    def __init__(self, connection, folder):
        """Take the one that is kept, and where the others go."""
        self._connection, self._folder, self._number = connection, folder, 0
        self._writer = IndexWriter(connection)

    def write(self, ledger):
        """Brings it up to a ledger, and compares it; how many emissions it has."""
        with opened_ledger(ledger) as opened:
            self._writer.write(opened)
        self._number += 1
        fresh_path = self._folder / f"fresh-{self._number}.sqlite"
        with contextlib.closing(create_index(fresh_path)) as fresh:
            with opened_ledger(ledger) as opened:
                IndexWriter(fresh).write(opened)
            assert contents(self._connection) == contents(fresh)
        return len(contents(self._connection)["emissions"])


def contents(connection):
    """All that an index has, accounts by address, and sums however they are split by finality."""
    addresses = dict(
        connection.execute("SELECT account_id, address FROM accounts WHERE emitted_grams >= 0")
    )
    found = {}
    for table in LISTED:
        rows = connection.execute(f"SELECT * FROM {table}")
        names = [each[0] for each in rows.description]
        found[table] = []
        for row in rows:
            each = dict(zip(names, row, strict=True))
            if each.get("account_id") is not None:
                each["account_id"] = addresses[each["account_id"]]
            found[table].append(sorted((key, repr(value)) for key, value in each.items()))
        found[table].sort()
    # Who was named in blocks that are gone is an account without anything.
    named = {str(row) for table in ("emissions", "retirements", "events") for row in found[table]}
    found["accounts"] = [
        row for row in found["accounts"] if any(dict(row)["address"] in each for each in named)
    ]
    return found


def test_a_ledger_that_grows(chain, index, tmp_path):
    ledger = tmp_path / "ledger.duckdb"
    snapshot = chain.rpc("evm_snapshot")
    synced(chain, ledger)
    before = index.write(ledger)
    for _ in range(3):
        emit(chain, 2)
        chain.call(OUTSIDER, chain.suite.EmissionsRegistry.functions.record(11))
        synced(chain, ledger)
        index.write(ledger)
    assert index.write(ledger) == before + 9
    chain.rpc("evm_revert", snapshot)


def test_a_reorganisation(chain, index, tmp_path):
    ledger = tmp_path / "ledger.duckdb"
    chain.mine(4)
    snapshot = chain.rpc("evm_snapshot")
    depth = {"finality_blocks": 4}
    emit(chain, 2)
    synced(chain, ledger, **depth)
    before = index.write(ledger)
    chain.rpc("evm_revert", snapshot)
    snapshot = chain.rpc("evm_snapshot")
    emit(chain, 1)
    chain.mine(2)
    synced(chain, ledger, **depth)
    assert index.write(ledger) == before - 1
    chain.mine(6)
    emit(chain, 1)
    synced(chain, ledger, **depth)
    assert index.write(ledger) == before
    chain.rpc("evm_revert", snapshot)


def test_another_ledger(chain, index, tmp_path):
    first, second = tmp_path / "first.duckdb", tmp_path / "second.duckdb"
    snapshot = chain.rpc("evm_snapshot")
    synced(chain, first)
    before = index.write(first)
    emit(chain, 3)
    chain.mine(3)
    synced(chain, second)
    assert index.write(second) == before + 3
    # As an older copy that was put back in its place.
    assert index.write(first) == before
    chain.rpc("evm_revert", snapshot)


def test_what_was_hidden(chain, index, tmp_path):
    """A ledger from which somebody took an event, and whose next one has it again."""
    ledger, taken = tmp_path / "ledger.duckdb", tmp_path / "taken.duckdb"
    synced(chain, ledger)
    taken.write_bytes(ledger.read_bytes())
    with duckdb.connect(str(taken)) as connection:
        connection.execute(
            "DELETE FROM emissions_recorded WHERE block_number = "
            "(SELECT min(block_number) FROM emissions_recorded)"
        )
    less = index.write(taken)
    assert index.write(ledger) > less


def test_an_edition_stays_as_it_is(chain, tmp_path):
    ledger, path = tmp_path / "ledger.duckdb", tmp_path / "index.sqlite"
    snapshot = chain.rpc("evm_snapshot")
    synced(chain, ledger)
    with contextlib.closing(create_index(path)) as connection:
        writer = IndexWriter(connection)
        with opened_ledger(ledger) as opened:
            writer.write(opened)
        index, other = Index(path), Index(path)
        emit(chain, 1)
        synced(chain, ledger)
        with index.edition() as edition:
            before = edition.emissions(1, None, 1000)
            with opened_ledger(ledger) as opened:
                tag = writer.write(opened)
            assert edition.emissions(1, None, 1000) == before
            assert edition.tag != tag == other.tag()
        with index.edition() as edition:
            assert len(edition.emissions(1, None, 1000).items) == len(before.items) + 1
    chain.rpc("evm_revert", snapshot)


def test_a_ledger_of_as_many_events_that_says_otherwise(ledger, index, tmp_path):
    forged = tmp_path / "forged.duckdb"
    shutil.copy(ledger, forged)
    with duckdb.connect(str(forged)) as connection:
        connection.execute("UPDATE emissions_recorded SET co2e_micrograms = 1 WHERE rowid = 0")
        connection.execute("UPDATE blocks SET time_unix_seconds = 1 WHERE rowid = 0")
    index.write(forged)
    index.write(ledger)
