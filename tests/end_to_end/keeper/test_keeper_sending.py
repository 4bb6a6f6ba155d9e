"""The keeper writes down what it signs before it sends it, as a relay before the node sees.

given settlements that are sent, and replaced while they are not mined
  each stands in the journal, as it is sent, by the time when it comes to the node
given a keeper that is killed as a transaction comes to the node: the first, a later one, or a
  replacement; before the node has it, or once it has, but before the keeper is told
  the next one settles each account once, and forgets none
"""

import os
import signal
import threading
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.kept_chain import addresses, wait_for
from tests.relayed_node import relayed

OPTIONS = ("--interval", 0.1, "--replace-after", 0.5)


@dataclass
class Sends:
    """What comes to the node to be mined, and a keeper that is killed as it comes.

    Attributes:
        places: of each that came, which of those with its nonce it was in the journal, or None.
        is_fatal: whether the keeper is killed, by those places.
        is_forwarded_first: whether the node has it by then.
    """

    chain: Any
    places: list[int | None] = field(default_factory=list)
    is_fatal: Any = None
    is_forwarded_first: bool = False
    keeper: Any = None
    has_keeper: threading.Event = field(default_factory=threading.Event)

    def answer(self, question, ask):
        if question["method"] != "eth_sendRawTransaction":
            return ask(question)
        self.places.append(self._place(*question["params"]))
        if self.is_fatal is None or not self.is_fatal(self.places):
            return ask(question)
        if self.is_forwarded_first:
            ask(question)
        assert self.has_keeper.wait(60)
        os.kill(self.keeper.process.pid, signal.SIGKILL)
        self.keeper.process.wait()
        raise ConnectionError

    def _place(self, raw_transaction):
        for flight in self.chain.journalled():
            signed = [each["raw_transaction"] for each in flight["variants"]]
            if raw_transaction in signed:
                return signed.index(raw_transaction)
        return None


@pytest.fixture
def sends(chain):
    return Sends(chain)


@pytest.fixture
def relay(chain, sends):
    with relayed(chain.url, sends.answer) as url:
        yield "--rpc", url


@pytest.fixture
def accounts(chain):
    made = addresses(3)
    chain.make_due(made)
    chain.rpc("evm_setAutomine", False)
    return made


def test_what_is_sent_stands_in_the_journal(chain, sends, relay, accounts):
    with chain.keeping(*OPTIONS, *relay) as keeper:
        keeper.wait("replaced", 2)
        chain.rpc("evm_setAutomine", True)
        chain.mine()
        keeper.wait("settled", len(accounts))
    assert None not in sends.places
    assert {0, 1} <= set(sends.places)
    assert len(sends.places) >= len(accounts) + 2
    chain.check_settled(accounts)


@pytest.mark.parametrize("is_forwarded_first", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    "is_fatal",
    [
        pytest.param(lambda places: len(places) == 1, id="first"),
        pytest.param(lambda places: len(places) == 3, id="later"),
        pytest.param(lambda places: places[-1] == 1, id="replacement"),
    ],
)
def test_killed_as_it_sends_it_settles_each_debt_once(
    chain, sends, relay, accounts, is_fatal, is_forwarded_first
):
    sends.is_fatal, sends.is_forwarded_first = is_fatal, is_forwarded_first
    with chain.keeping(*OPTIONS, *relay) as keeper:
        sends.keeper = keeper
        sends.has_keeper.set()
        wait_for(lambda: keeper.process.poll() is not None)
    assert keeper.process.returncode == -signal.SIGKILL
    assert None not in sends.places
    assert chain.sent() == 0

    chain.rpc("evm_setAutomine", True)
    chain.mine()
    made, _ = chain.once("--replace-after", 0.5)
    assert sorted(each["account"] for each in made["settled"]) == sorted(accounts)
    chain.check_settled(accounts)
    assert chain.sent() == len(accounts)
    assert not chain.journalled()
