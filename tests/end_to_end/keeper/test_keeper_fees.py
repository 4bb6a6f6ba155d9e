"""The keeper's nonces and fees.

given a base fee that rises above the ceiling
  nothing is ever offered above it, what waits is replaced up to it, nothing new is signed, and once
    the fee falls, all are settled
given a transaction that is not mined
  it is replaced in its nonce, with an eighth more on both fees at least, and one of them counts
  where somebody else settled the account meanwhile, only the nonce is used
  where somebody else's is mined before it, that is told, and not held against the account
given the same key used elsewhere
  a nonce that it took is told, and the account is settled in another
  a nonce that it left empty is filled
given a key that cannot pay, nothing is signed until it can, if only what a settlement needs
"""

from itertools import pairwise

import pytest

from tests.kept_chain import (
    GWEI,
    HOLDER,
    KEEPER,
    OUTSIDER,
    addresses,
    wait_for,
)

CEILING_GWEI = 20


@pytest.fixture
def accounts(chain):
    made = addresses(4)
    chain.make_due(made)
    chain.rpc("evm_setAutomine", False)
    return made


def pooled(chain, key=KEEPER):
    """What a key has at the node that is not mined, by nonce."""
    found = chain.rpc("txpool_content")["pending"]
    pool = next((pool for who, pool in found.items() if who.lower() == key.address.lower()), {})
    return {int(nonce): each for nonce, each in pool.items()}


def fees_signed(keeper):
    """By nonce, the fees of each transaction that was signed."""
    fees = {}
    for each in [*keeper.events("sent"), *keeper.events("replaced")]:
        offered = (each["max_fee_wei"], each["priority_fee_wei"])
        fees.setdefault(each["nonce"], []).append(offered)
    return fees


def keeping(chain, *options):
    return chain.keeping(
        *("--interval", 0.1, "--replace-after", 0.5, "--max-fee-gwei", CEILING_GWEI), *options
    )


def test_a_fee_spike_is_waited_out_under_the_ceiling(chain, accounts):
    with keeping(chain, "--in-flight", 2) as keeper:
        wait_for(lambda: len(pooled(chain)) == 2)
        chain.set_base_fee(30 * GWEI)
        keeper.wait("ceiling_reached", 2)
        dearest = {nonce: offers[-1][0] for nonce, offers in fees_signed(keeper).items()}
        assert dearest == dict.fromkeys((0, 1), CEILING_GWEI * GWEI)
        assert len(keeper.events("sent")) == 2
        assert chain.sent() == 0
        chain.rpc("evm_setAutomine", True)
        chain.set_base_fee(GWEI)
        keeper.wait("settled", 4)
    for offers in fees_signed(keeper).values():
        assert max(offers)[0] <= CEILING_GWEI * GWEI
    chain.check_settled(accounts)
    assert chain.sent() == 4


def test_nothing_new_is_signed_while_it_is_too_dear(chain, accounts):
    chain.set_base_fee(30 * GWEI)
    with keeping(chain) as keeper:
        (held,) = keeper.wait("held")
        assert held["reason"] == "the base fee is above the ceiling"
        assert not chain.journalled()
        chain.set_base_fee(GWEI)
        chain.rpc("evm_setAutomine", True)
        keeper.wait("settled", 4)
        assert keeper.events("held_no_more")
    chain.check_settled(accounts)


def test_what_is_not_mined_is_replaced_in_its_nonce(chain, accounts):
    account = accounts[0]
    with keeping(chain, account) as keeper:
        replaced = keeper.wait("replaced", 2)
        wait_for(
            lambda: pooled(chain)[0]["hash"] in {each["transaction_hash"] for each in replaced}
        )
        chain.mine()
        keeper.wait("settled")
    (offers,) = fees_signed(keeper).values()
    for old, new in pairwise(offers):
        assert 8 * new[0] >= 9 * old[0]
        assert 8 * new[1] >= 9 * old[1]
    chain.check_settled([account])
    assert chain.sent() == 1
    assert not chain.journalled()


def settle_elsewhere(chain, account):
    """Sends somebody else's settlement, which comes first in its block."""
    data = chain.suite.AutoRetire.encode_abi("settle", args=[account])
    other = {"to": chain.suite.AutoRetire.address, "data": data, "gas": 400_000}
    other |= {"maxFeePerGas": 100 * GWEI, "maxPriorityFeePerGas": 20 * GWEI}
    chain.web3.eth.send_transaction({"from": OUTSIDER.address, **other})


def test_who_comes_too_late_holds_it_against_nobody(chain, accounts):
    account = accounts[0]
    with keeping(chain, account, "--replace-after", 60) as keeper:
        keeper.wait("sent")
        wait_for(lambda: pooled(chain))
        settle_elsewhere(chain, account)
        chain.mine()
        (late,) = keeper.wait("too_late")
        assert late["account"] == account
        chain.check_settled([account])
        chain.call_many([(HOLDER.address, chain.deposit(account))])
        chain.emit_again([account])
        keeper.wait("settled")
        assert not keeper.events("account_refused")
    chain.check_settled([account], 2)


def test_where_somebody_else_settled_only_the_nonce_is_used(chain, accounts):
    account = accounts[0]
    with keeping(chain, account) as keeper:
        keeper.wait("sent")
        wait_for(lambda: pooled(chain))
        chain.rpc("anvil_dropAllTransactions")
        # What the keeper sends again is below this block's fee.
        chain.rpc("anvil_setNextBlockBaseFeePerGas", hex(15 * GWEI))
        settle_elsewhere(chain, account)
        chain.mine()
        wait_for(lambda: [e for e in keeper.events("replaced") if not e["settles"]])
        chain.rpc("evm_setAutomine", True)
        chain.set_base_fee(GWEI)
        (filled,) = keeper.wait("nonce_filled")
        assert filled["gas_used"] == 21_000
    chain.check_settled([account])
    assert chain.sent() == 1


def send_as_the_keeper(chain, nonce, max_fee_wei):
    """Signs a transfer elsewhere with the keeper's key; its hash."""
    signed = KEEPER.sign_transaction(
        {
            "chainId": chain.web3.eth.chain_id,
            "nonce": nonce,
            "to": OUTSIDER.address,
            "value": 1,
            "gas": 21_000,
            "maxFeePerGas": max_fee_wei,
            "maxPriorityFeePerGas": GWEI,
        }
    )
    return chain.web3.eth.send_raw_transaction(signed.raw_transaction).to_0x_hex()


def test_a_nonce_that_was_used_elsewhere_is_told(chain, accounts):
    account = accounts[0]
    with keeping(chain, account, "--replace-after", 60) as keeper:
        keeper.wait("sent")
        wait_for(lambda: pooled(chain))
        send_as_the_keeper(chain, 0, 200 * GWEI)
        chain.mine()
        chain.rpc("evm_setAutomine", True)
        (taken,) = keeper.wait("nonce_taken")
        assert (taken["level"], taken["nonce"], taken["account"]) == ("error", 0, account)
        (settled,) = keeper.wait("settled")
        assert settled["nonce"] == 1
    chain.check_settled([account])
    assert chain.sent() == 2


def test_a_nonce_that_was_left_empty_is_filled(chain, accounts):
    account = accounts[0]
    foreign = send_as_the_keeper(chain, 0, 2 * GWEI)
    with keeping(chain, account) as keeper:
        (sent,) = keeper.wait("sent")
        assert sent["nonce"] == 1
        chain.rpc("anvil_dropTransaction", foreign)
        (filled,) = keeper.wait("filled")
        assert (filled["nonce"], filled["account"]) == (0, None)
        wait_for(lambda: len(pooled(chain)) == 2)
        chain.rpc("evm_setAutomine", True)
        chain.mine()
        keeper.wait("settled")
    chain.check_settled([account])
    assert chain.sent() == 2


def test_a_key_that_cannot_pay_signs_nothing_until_it_can(chain, accounts):
    chain.rpc("evm_setAutomine", True)
    chain.rpc("anvil_setBalance", KEEPER.address, hex(10**13))
    with keeping(chain) as keeper:
        (held,) = keeper.wait("held")
        assert "has not enough to pay" in held["reason"]
        assert not chain.journalled()
        chain.set_base_fee(2 * GWEI)
        # Enough for a settlement or two, and not for one that takes all of --max-gas.
        chain.rpc("anvil_setBalance", KEEPER.address, hex(3 * 10**15))
        keeper.wait("settled", 4)
    chain.check_settled(accounts)
    assert chain.sent() == 4
