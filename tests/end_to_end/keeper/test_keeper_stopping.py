"""A keeper that is asked to end does so, whatever its node does.

given a node that leaves a question without an answer
  asked to end, the keeper gives that question up, and its exit code tells the signal
given one that leaves what is sent without an answer
  what was to be sent stands in the journal, and the next keeper settles each debt once
"""

import signal
import threading

import pytest

from tests.kept_chain import addresses
from tests.relayed_node import relayed


@pytest.fixture
def hanging(chain):
    """Has a relay leave questions of one method without an answer, and tells when it has."""
    asked, released = threading.Event(), threading.Event()
    methods = set()

    def answer(question, ask):
        if question["method"] in methods:
            asked.set()
            released.wait()
            raise ConnectionError
        return ask(question)

    with relayed(chain.url, answer) as url:
        yield ("--rpc", url), methods, asked
        released.set()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
@pytest.mark.parametrize("method", ["eth_chainId", "eth_call", "eth_getBlockByNumber"])
def test_a_question_is_given_up(chain, hanging, number, code, method):
    there, methods, asked = hanging
    chain.make_due(addresses(1))
    methods.add(method)
    with chain.keeping(*there) as keeper:
        assert asked.wait(60)
        assert keeper.stop(number) == code
    # It did not wait until it gave up by itself.
    assert keeper.events("round_failed") == []
    (stopped,) = keeper.events("stopped")
    assert stopped["in_flight"] == 0
    assert "Traceback" not in keeper.text


def test_what_was_to_be_sent_is_safe(chain, hanging):
    there, methods, asked = hanging
    accounts = addresses(3)
    chain.make_due(accounts)
    methods.add("eth_sendRawTransaction")
    with chain.keeping(*there) as keeper:
        assert asked.wait(60)
        assert keeper.stop() == 143
    assert keeper.events("round_failed") == []
    (stopped,) = keeper.events("stopped")
    assert stopped["in_flight"] == len(chain.journalled()) == len(accounts)
    assert chain.sent() == 0
    made, _ = chain.once()
    assert sorted(each["account"] for each in made["settled"]) == sorted(accounts)
    chain.check_settled(accounts)
