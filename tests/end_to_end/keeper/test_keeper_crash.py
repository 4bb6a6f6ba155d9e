"""A keeper that is killed, at any point, and one whose node is.

given accounts that are due, and blocks that come now and then
  killed at 20 random points, it ends with each account settled once for each debt, and none left
given a keeper that was killed with settlements sent
  what the node has dropped since is sent as it was signed
  what was mined meanwhile is found, and nothing is signed a second time
given a keeper that runs while its node is stopped, with settlements under way, and started again
  it goes on, sends again what the node lost, and each account is settled once
given a node that comes back without the contracts
  one line says so, and the exit code is 2
"""

import json
import random
import time

import pytest

from tests.kept_chain import addresses, kept_chain, key_of, wait_for

KILLS = 20
SEED = 20_261_128
DUE = 80


def pool_size(chain):
    return int(chain.rpc("txpool_status")["pending"], 16)


def mine_one_if(chain, draw):
    """A block with at most one transaction of those that wait, once in ten."""
    if pool_size(chain) and draw.random() < 0.1:
        chain.rpc("anvil_mine", "0x1")


def test_killed_at_twenty_points_it_settles_each_debt_once(chain):
    draw, accounts = random.Random(SEED), addresses(DUE)
    chain.make_due(accounts)
    chain.rpc("evm_setAutomine", False)
    # A block takes two settlements.
    chain.rpc("evm_setBlockGasLimit", hex(400_000))
    options = ("--interval", 0.1, "--in-flight", 4, "--replace-after", 0.5)
    under_way = []
    for _ in range(KILLS):
        with chain.keeping(*options) as keeper:
            # By what it has said, not by a time: on a busy machine it would always be one point.
            lines, said = draw.randint(1, 9), 0
            while said < lines:
                mine_one_if(chain, draw)
                time.sleep(0.01)
                assert keeper.process.poll() is None, keeper.text
                said = keeper.text.count("\n")
        under_way.append((said, len(chain.journalled())))
    assert len(set(under_way)) > 3
    assert chain.sent() < DUE

    chain.rpc("evm_setBlockGasLimit", hex(30_000_000))
    chain.rpc("evm_setAutomine", True)
    chain.mine()
    made, _ = chain.once("--replace-after", 0.5)
    assert not made["refused"]
    chain.check_settled(accounts)
    assert chain.sent() == DUE
    assert not chain.journalled()
    assert not pool_size(chain)
    print(f"lines said and nonces under way at each kill: {under_way}")


@pytest.fixture
def sent(chain):
    """What a keeper had sent, of four accounts, when it was killed; none of it is mined."""
    accounts = addresses(4)
    chain.make_due(accounts)
    chain.rpc("evm_setAutomine", False)
    with chain.keeping() as keeper:
        wait_for(lambda: pool_size(chain) == 4)
    journalled = chain.journalled()
    assert sorted(each["account"] for each in journalled) == sorted(accounts)
    assert [each["nonce"] for each in journalled] == [0, 1, 2, 3]
    assert len(keeper.events("sent")) in range(5)
    return accounts, [each["variants"][0]["transaction_hash"] for each in journalled]


def test_what_the_node_dropped_is_sent_as_it_was_signed(chain, sent):
    accounts, hashes = sent
    chain.rpc("anvil_dropAllTransactions")
    with chain.keeping("--interval", 0.1) as keeper:
        keeper.wait("resent", 4)
        wait_for(lambda: pool_size(chain) == 4)
        chain.mine()
        settled = keeper.wait("settled", 4)
        assert not keeper.events("sent")
    assert [each["transaction_hash"] for each in settled] == hashes
    chain.check_settled(accounts)
    assert chain.sent() == 4


def test_what_was_mined_meanwhile_is_found(chain, sent):
    accounts, hashes = sent
    chain.mine()
    chain.rpc("evm_setAutomine", True)
    made, log = chain.once()
    assert [each["transaction_hash"] for each in made["settled"]] == hashes
    assert {each["event"] for each in log} == {"started", "accounts_found", "settled", "stopped"}
    chain.check_settled(accounts)
    assert chain.sent() == 4


@pytest.mark.parametrize("kind", ["anvil", "ganache"])
def test_its_node_may_stop_and_start_again(tmp_path, kind):
    with kept_chain(tmp_path, kind) as chain:
        accounts = [key_of(number).address for number in (5, 6, 7, 8, 9)]
        chain.make_due_one_by_one(accounts)
        stop_mining = {"anvil": ("evm_setAutomine", False), "ganache": ("miner_stop",)}
        chain.rpc(*stop_mining[kind])
        with chain.keeping("--interval", 0.1, "--in-flight", 3) as keeper:
            for each in keeper.wait("sent", 3):
                name = each["transaction_hash"]
                wait_for(lambda name=name: chain.rpc("eth_getTransactionByHash", name))
            chain.node.stop()
            keeper.wait("round_failed")
            chain.node.start()
            keeper.wait("node_back")
            # The node mines what it is sent now, and has lost what it had.
            keeper.wait("settled", 5)
            assert keeper.events("resent")
            assert len(keeper.events("sent")) == 5
            assert keeper.stop() == 143
        chain.check_settled(accounts)
        assert chain.sent() == 5
        assert not chain.journalled()


def test_a_node_that_comes_back_without_the_contracts_ends_it(tmp_path):
    with kept_chain(tmp_path) as chain:
        chain.make_due(addresses(1))
        with chain.keeping("--interval", 0.1) as keeper:
            keeper.wait("settled")
            chain.node.stop()
            (tmp_path / "chain" / "state.json").unlink()
            keeper.wait("round_failed")
            chain.node.start()
            assert keeper.process.wait(60) == 2
        last = keeper.text.splitlines()[-1]
        assert last.startswith("gasprint: there is no code at")
        assert json.loads(keeper.text.splitlines()[-2])["event"] == "stopped"
