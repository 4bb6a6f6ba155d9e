"""An honest chain, with all that an auditor can hold against it.

given a node, evidence, records and the registry's export
  nothing is found, and nothing left out but a factor of which there is no evidence
  nor on two chains, each with a node of its own, or with one of them
given the ledger alone
  nothing is found, and each check that needs more is told
"""

from gasprint._node import Node
from gasprint.audit import Documents, audit_ledger
from tests.audited_chain import MINTS
from tests.kept_chain import HOLDER, OUTSIDER


def test_nothing_is_found(honest):
    result = honest.audited(honest.ledger)
    assert result.findings == ()
    assert [each.what for each in result.not_checked] == [
        "factor version 1",
        "deployed code against the sources, recompiled",
    ]
    by_account = {line.account: line for line in result.accounts}
    assert by_account.keys() == {honest.collection.address, HOLDER.address, OUTSIDER.address}
    metered = by_account[honest.collection.address]
    assert metered.transactions == metered.transactions_checked == MINTS + 1
    assert metered.emitted_co2e_micrograms == metered.metered_co2e_micrograms > 0
    committed = by_account[HOLDER.address]
    assert committed.emitted_co2e_micrograms == committed.committed_co2e_micrograms > 0
    assert by_account[OUTSIDER.address].retired_units == 250_000_000
    assert len(result.retirements) == 2


def test_nothing_is_found_on_two_chains(honest, other_chain):
    ledger = honest.synced("", other_chain)
    nodes = [honest.node, Node.at(other_chain.url)]
    both = audit_ledger(ledger, nodes, documents=honest.documents)
    assert both.findings == ()
    assert [each.chain_id for each in both.deployments] == [31337, 10]
    assert all(each.has_node for each in both.deployments)
    one = audit_ledger(ledger, nodes[:1], documents=honest.documents)
    assert one.findings == ()
    assert {each.chain_id for each in one.not_checked if "no node" in each.reason} == {10}
    (alone,) = audit_ledger(ledger, nodes[1:], chain_id=10).deployments
    assert alone.chain_id == 10


def test_each_check_that_needs_more_is_told(honest):
    result = audit_ledger(honest.ledger, documents=Documents())
    assert result.findings == ()
    left_out = {each.check for each in result.not_checked}
    assert {"accounts", "evidence", "metering", "pages", "records", "registry"} <= left_out
    reasons = "\n".join(each.reason for each in result.not_checked)
    for option in ("--rpc", "--evidence", "--records", "--registry-export"):
        assert option in reasons
    assert result.transactions == ()
    assert {line.transactions for line in result.accounts} == {0, MINTS + 1}
