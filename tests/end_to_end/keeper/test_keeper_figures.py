"""The keeper's figures are those of its last round, also while it can send nothing.

given a base fee above the ceiling, with nobody due, and with somebody who waits
  `ceiling_reached` is 1 for as long, and the newest base fee and balance are told
given an account that failed, and is not due any more
  it counts no longer among those due, nor among those that fail, also while another is held
given a transaction of an account that is not watched, which an earlier keeper sent in vain
  that account does not count as failing
"""

import pytest
import requests

from scripts.local_node import free_port
from tests.kept_chain import (
    GWEI,
    KEEPER,
    KILOGRAM,
    OWED_MICROGRAMS,
    addresses,
    figures_of,
    wait_for,
)
from tests.suite import TOKEN_ID

CEILING_GWEI = 2
SPIKE_GWEI = 6


@pytest.fixture
def keeping(chain):
    """Has a keeper run, and a way to wait until its figures are as expected."""
    port = free_port()
    options = ("--interval", 0.1, "--max-fee-gwei", CEILING_GWEI, "--metrics-port", port)

    def run(*arguments):
        return chain.keeping(*options, *arguments)

    def shows(**expected):
        def found():
            figures = figures_of(requests.get(f"http://127.0.0.1:{port}/metrics", timeout=10).text)
            # A figure is a double, which does not hold each wei of a balance.
            return all(figures[name] == float(value) for name, value in expected.items())

        wait_for(found)

    return run, shows


def test_they_follow_fees_and_balance(chain, keeping):
    run, shows = keeping
    (account,) = addresses(1)
    with run() as keeper:
        keeper.wait("started")
        shows(ceiling_reached=0)
        chain.set_base_fee(SPIKE_GWEI * GWEI)
        shows(ceiling_reached=1, base_fee_wei=SPIKE_GWEI * GWEI, accounts_due=0)
        chain.rpc("anvil_setBalance", KEEPER.address, hex(5 * 10**17))
        shows(balance_wei=5 * 10**17)
        chain.make_due([account])
        keeper.wait("held")
        chain.rpc("anvil_setBalance", KEEPER.address, hex(6 * 10**17))
        shows(ceiling_reached=1, accounts_due=1, balance_wei=6 * 10**17)
        chain.set_base_fee(GWEI // 2)
        (settled,) = keeper.wait("settled")
        left = 6 * 10**17 - settled["fee_wei"]
        shows(ceiling_reached=0, accounts_due=0, balance_wei=left)
    chain.check_settled([account])


def test_who_is_not_due_any_more_fails_no_more(chain, keeping):
    run, shows = keeping
    failing, held = addresses(2)
    chain.make_due([failing], deposit_units=0)
    with run() as keeper:
        keeper.wait("account_refused")
        shows(accounts_failing=1, accounts_due=1)
        chain.set_base_fee(SPIKE_GWEI * GWEI)
        chain.make_due([held])
        keeper.wait("held")
        shows(accounts_failing=1, accounts_due=2)
        chain.set_threshold(failing, OWED_MICROGRAMS + 1)
        shows(accounts_failing=0, accounts_due=1, ceiling_reached=1)
        assert not keeper.events("sent")


def test_who_is_not_watched_does_not_fail(chain, keeping):
    run, shows = keeping
    unwatched, watched = addresses(2)
    chain.make_due([unwatched])
    chain.set_threshold(watched, 1)
    chain.rpc("evm_setAutomine", False)
    with run() as keeper:
        keeper.wait("sent")
    chain.rpc("anvil_dropAllTransactions")
    chain.rpc("evm_setAutomine", True)
    withdraw = chain.suite.AutoRetire.functions.withdraw(TOKEN_ID, KILOGRAM, unwatched)
    chain.call(unwatched, withdraw)
    with run(watched) as keeper:
        (ended,) = keeper.wait("settled_nothing")
        assert ended["account"] == unwatched
        shows(in_flight=0, accounts_watched=1, accounts_failing=0)
    assert chain.sent() == 1
