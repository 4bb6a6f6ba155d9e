"""An honest chain whose newest block is replaced while it is audited.

given a ledger
  no contradiction is told of it: one line says that the chain changed
given a node alone
  it is read and audited once more, and nothing is found
"""

from contextlib import contextmanager

import pytest
from web3 import Web3

from gasprint._node import Node
from gasprint.audit import audit_deployment, audit_ledger
from gasprint.errors import ReorganisedError
from tests.kept_chain import HOLDER, OUTSIDER
from tests.relayed_node import relayed

ASKED_BY_THE_AUDIT_ALONE = Web3.keccak(text="creditAt(uint256)")[:4].to_0x_hex()


@contextmanager
def reorganising(world):
    """A node of the chain, which replaces its newest block as soon as it is audited, once."""
    chain = world.chain
    snapshot = chain.rpc("evm_snapshot")
    chain.call(OUTSIDER, world.collection.functions.mint(1, b""))
    snapshots = [snapshot]

    def answer(question, ask):
        is_call = question["method"] == "eth_call"
        is_audited = is_call and question["params"][0]["data"].startswith(ASKED_BY_THE_AUDIT_ALONE)
        if is_audited and snapshots:
            chain.rpc("evm_revert", snapshots.pop())
            chain.call(HOLDER, chain.suite.AutoRetire.functions.setThreshold(10**9))
        return ask(question)

    with relayed(chain.url, answer) as url:
        yield url
    assert not snapshots


def test_a_ledger_is_refused(world):
    with reorganising(world) as url:
        ledger = world.synced()
        with pytest.raises(ReorganisedError, match="changed while it was audited") as refused:
            audit_ledger(ledger, [Node.at(url)])
    assert "\n" not in str(refused.value)


def test_by_a_node_alone_it_is_read_again(world):
    with reorganising(world) as url:
        assert audit_deployment(url, world.chain.deployment).findings == ()
