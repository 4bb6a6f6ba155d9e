"""Audit through a node that keeps logs to itself, or changes them.

given credits that were transferred, retired, redeemed, cancelled, counted and made good
    the audit finds nothing
    where the node drops the logs of one kind, all of them or the last, the audit finds it
    where it changes whom a retirement names, what was said of it, or its time, the audit finds it
"""

from dataclasses import astuple

import pytest

from gasprint._node import Node
from gasprint.audit import audit
from gasprint.contracts import Suite
from gasprint.retirements import proof_of, rebuild
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


@pytest.fixture
def lying(monkeypatch):
    """Has the node answer with what `change` makes of the logs of one kind."""

    def lie(kind, change):
        honest = Node.events

        def events(node, contract, name, filters, blocks):
            found = honest(node, contract, name, filters, blocks)
            return change(list(found)) if name == kind else found

        monkeypatch.setattr(Node, "events", events)

    return lie


def test_nothing_is_found_where_all_is_told(reader, roles):
    result = audit(reader)
    assert result.findings == ()
    (line,) = result.accounts
    assert line.account == roles.beneficiary.address
    assert (line.retired_units, line.invalidated_units, line.replaced_units) == (12, 7, 5)
    assert [each.invalid_units for each in result.retirements] == [3, 4, 0, 0]


@pytest.mark.parametrize("kept", [slice(0, 0), slice(0, -1)])
@pytest.mark.parametrize(
    ("kind", "check"),
    [
        ("CreditMinted", "issuance"),
        ("CreditRetired", "sums"),
        ("RetirementRecorded", "pages"),
        ("RetirementDescribed", "pages"),
        ("RetirementInvalidated", "cancelled"),
        ("RetirementReplaced", "cancelled"),
        ("SerialsInvalidated", "cancelled"),
        ("SerialsRedeemed", "sums"),
        ("TransferSingle", "holdings"),
        ("TransferBatch", "holdings"),
    ],
)
def test_dropped_logs(reader, lying, kind, check, kept):
    lying(kind, lambda events: events[kept])
    result = audit(reader)

    assert not result.ok
    assert check in {each.check for each in result.findings}


@pytest.mark.parametrize("field", ["holder", "agent", "beneficiary"])
def test_a_retirement_that_names_another(reader, lying, roles, field):
    lying(
        "RetirementRecorded",
        lambda events: [({**args, field: roles.outsider.address}, at) for args, at in events],
    )
    assert "pages" in {each.check for each in audit(reader).findings}


def test_something_else_that_was_said(reader, lying):
    lying(
        "RetirementDescribed",
        lambda events: [
            ({**args, "details": {**args["details"], "place": "elsewhere"}}, at)
            for args, at in events
        ],
    )
    assert {each.check for each in audit(reader).findings} == {"pages"}


def test_another_time(reader, monkeypatch):
    honest = Node.block_time_unix_seconds
    monkeypatch.setattr(
        Node, "block_time_unix_seconds", lambda node, number: honest(node, number) - 1
    )
    assert {each.check for each in audit(reader).findings} == {"pages"}


def test_serials_that_were_cancelled_elsewhere(reader, lying):
    lying(
        "SerialsInvalidated",
        lambda events: [
            ({**args, "firstSerial": LAST_SERIAL - 5, "lastSerial": LAST_SERIAL - 5}, at)
            for args, at in events
        ],
    )
    assert {"cancelled", "serials"} <= {each.check for each in audit(reader).findings}
