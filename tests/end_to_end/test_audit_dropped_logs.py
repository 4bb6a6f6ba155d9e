"""Audit through a node that keeps logs to itself, or changes them.

given credits that were transferred, retired, redeemed, cancelled, counted and made good
    the audit finds nothing
    where the node drops the logs of one kind, all of them or the last, the audit finds it
    where it changes whom a retirement names, what was said of it, or its time, the audit finds it
"""

import shutil
from dataclasses import astuple

import duckdb
import pytest

from gasprint._node import Node
from gasprint.audit import audit_ledger
from gasprint.contracts import Suite
from gasprint.retirements import proof_of, rebuild
from gasprint.sync import sync
from tests.suite import (
    FIRST_SERIAL,
    LAST_SERIAL,
    NOTHING_SAID,
    TOKEN_ID,
    issue,
    retire_for,
    undone,
)

DETAILS = ("0x" + "00" * 20, "A name", "", "", 0, 0)


@pytest.fixture(scope="module", autouse=True)
def eventful(suite, roles, credit, collection, rpc_url, deployment):
    """A bit of everything, which no test adds to."""
    with undone():
        do_a_bit_of_everything(suite, roles, Suite.connect(rpc_url, deployment))
        yield


def do_a_bit_of_everything(suite, roles, reader):
    credits, holder = suite.CarbonCredits, {"from": roles.holder}
    issue(suite, roles, (1000 << 64) | 1009)
    other = (TOKEN_ID >> 128 << 128) | (1000 << 64) | 1009
    credits.safeBatchTransferFrom(
        roles.holder, roles.collector, [TOKEN_ID, other], [9, 5], b"", holder
    )
    retire_for(suite, roles, 3, details=DETAILS)
    retire_for(suite, roles, 4)
    credits.redeem(TOKEN_ID, roles.holder, 1, "an account", holder)
    credits.invalidate(TOKEN_ID, FIRST_SERIAL, FIRST_SERIAL, "reversed", {"from": roles.custodian})
    events, said = list(reader.retirements()), reader.retirements_described()
    rebuilt = rebuild(events, said, reader.block_time_unix_seconds)[TOKEN_ID]
    for index, retirement in rebuilt.items():
        arguments = astuple(retirement), astuple(proof_of(rebuilt, index))
        credits.invalidateRetirement(*arguments, {"from": roles.outsider})
    for event, units in zip(events, (3, 2), strict=True):
        credits.replace(event.retirement_id, TOKEN_ID, roles.holder, units, NOTHING_SAID, holder)


@pytest.fixture(scope="module")
def synced(eventful, rpc_url, deployment, tmp_path_factory):
    """All that an honest node tells."""
    path = tmp_path_factory.mktemp("ledger") / "ledger.duckdb"
    assert sync(path, Node.at(rpc_url), deployment).contradictions == ()
    return path


@pytest.fixture
def audit_with(synced, rpc_url, tmp_path):
    """Audits what a node would have told that changes the events of one kind."""

    def run(*statements):
        path = tmp_path / "ledger.duckdb"
        shutil.copy(synced, path)
        with duckdb.connect(str(path)) as connection:
            for each in statements:
                connection.execute(each)
        return audit_ledger(path, [Node.at(rpc_url)])

    return run


def checks_of(result):
    return {each.check for each in result.findings}


def test_nothing_is_found_where_all_is_told(audit_with, roles):
    result = audit_with()
    assert result.findings == ()
    (line,) = result.accounts
    assert line.account == roles.beneficiary.address
    assert (line.retired_units, line.invalidated_units, line.replaced_units) == (12, 7, 5)
    assert line.invalid_units == 7
    assert [each.invalid_units for each in result.retirements] == [3, 4, 0, 0]


@pytest.mark.parametrize("which", ["all", "last"])
@pytest.mark.parametrize(
    ("table", "check"),
    [
        ("credit_minted", "issuance"),
        ("credit_retired", "sums"),
        ("retirement_recorded", "pages"),
        ("retirement_described", "pages"),
        ("retirement_invalidated", "cancelled"),
        ("retirement_replaced", "cancelled"),
        ("serials_invalidated", "cancelled"),
        ("serials_redeemed", "sums"),
        ("transfer_single", "holdings"),
        ("transfer_batch", "holdings"),
    ],
)
def test_dropped_logs(audit_with, table, check, which):
    newest = f"(SELECT max((block_number, log_index)) FROM {table})"
    where = "true" if which == "all" else f"(block_number, log_index) = {newest}"
    result = audit_with(f"DELETE FROM {table} WHERE {where}")

    assert not result.ok
    assert check in checks_of(result)


@pytest.mark.parametrize("field", ["holder", "agent", "beneficiary"])
def test_a_retirement_that_names_another(audit_with, roles, field):
    result = audit_with(f"UPDATE retirement_recorded SET {field} = '{roles.outsider.address}'")
    assert "pages" in checks_of(result)


def test_something_else_that_was_said(audit_with):
    assert checks_of(audit_with("UPDATE retirement_described SET place = 'elsewhere'")) == {"pages"}


def test_another_time(audit_with):
    result = audit_with("UPDATE blocks SET time_unix_seconds = time_unix_seconds - 1")
    assert checks_of(result) == {"pages"}


def test_serials_that_were_cancelled_elsewhere(audit_with):
    serial = LAST_SERIAL - 5
    result = audit_with(
        f"UPDATE serials_invalidated SET first_serial = {serial}, last_serial = {serial}"
    )
    assert {"cancelled", "serials"} <= checks_of(result)
