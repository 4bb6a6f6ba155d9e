"""Accounts whose payment token would have the keeper pay for nothing.

given a payment token that burns all gas, whenever it is paid
  its account is refused, and another is settled
given one that burns it only where gas has a price, as it has once a settlement is mined
  its account is refused too, since settlements are tried at the price that would be paid
given one that burns it in every other block, so that no trial can tell
  one settlement is paid in vain, and its account is left alone while another is settled on and on
"""

import pytest

from tests.kept_chain import DEPLOYER, HOLDER, addresses
from tests.suite import TOKEN_ID

ALWAYS = "fe"
WHERE_GAS_HAS_A_PRICE = "3a15600657fe5b00"
IN_ODD_BLOCKS = "4360011615600957fe5b00"


def deploy_code(chain, code):
    """A contract of that code alone."""
    size = len(code) // 2
    # Puts the code into memory, at the end of a word, and returns it.
    creation = f"0x{0x5F + size:x}{code}60005260{size:02x}60{32 - size:02x}f3"
    return chain.send(DEPLOYER.address, data=creation)["contractAddress"]


@pytest.fixture
def hostile(chain):
    """Makes an account due that buys with a token which calls a contract of `code` when it pays."""

    def make(code):
        (account,), suite = addresses(1), chain.suite
        token, burner = chain.deploy("HostileToken"), deploy_code(chain, code)
        chain.make_due([account], deposit_units=0)
        policy = ([TOKEN_ID], 0, "", token.address, 10**18, 10**18, 86_400, False, "", "", "")
        market = suite.CreditMarket
        calls = [
            (account, token.functions.mint(account, 10**18)),
            (account, token.functions.approve(suite.AutoRetire.address, 10**18)),
            (account, suite.AutoRetire.functions.setPolicy(policy)),
            (account, suite.AutoRetire.functions.depositPayment(account, token.address, 10**18)),
            (
                HOLDER.address,
                suite.CarbonCredits.functions.setApprovalForAll(market.address, True),
            ),
            (HOLDER.address, market.functions.list(TOKEN_ID, 10**8, token.address, 10**6, 0)),
            (account, token.functions.arm(burner, b"")),
        ]
        for sender, function in calls:
            chain.call(sender, function)
        return account

    return make


@pytest.fixture
def sound(chain):
    (account,) = addresses(1, 2)
    chain.make_due([account], 10**8)
    return account


@pytest.mark.parametrize("code", [ALWAYS, WHERE_GAS_HAS_A_PRICE])
def test_one_that_burns_gas_is_refused(chain, hostile, sound, code):
    account = hostile(code)
    made, _ = chain.once("--max-gas", 1_000_000)
    assert [each["account"] for each in made["settled"]] == [sound]
    assert [each["account"] for each in made["refused"]] == [account]
    chain.check_settled([sound])
    assert chain.sent() == 1


def test_one_that_is_paid_for_in_vain_is_left_alone_for_long(chain, hostile, sound):
    account, times = hostile(IN_ODD_BLOCKS), 6
    chain.rpc("evm_setAutomine", False)
    with chain.keeping("--interval", 0.1, "--max-gas", 1_000_000) as keeper:
        if chain.web3.eth.block_number % 2 == 1:
            chain.mine()
        keeper.wait("sent", 2)
        chain.rpc("evm_setAutomine", True)
        chain.mine()
        (reverted,) = keeper.wait("reverted")
        assert (reverted["account"], reverted["block"] % 2) == (account, 1)
        for settled in range(1, times):
            keeper.wait("settled", settled)
            chain.emit_again([sound])
        keeper.wait("settled", times)
        assert [each["account"] for each in keeper.events("sent")].count(account) == 1
    chain.check_settled([sound], times)
