"""What is over, and stands before all that an account can have retired: listings, and deposits.

given more of them than one settlement looks at
  the keeper has them taken out of the way until the account's debt is bought, and goes no further
given the same where nothing stands behind them that the account can buy, nothing is sent
given the same, and another project that the account names, in which its purchase would fail
  nothing is sent
given deposits that have expired, more than one settlement passes over, before one that has not
  the keeper has them taken out of the queue; where nothing stands behind them, nothing is sent
"""

import json

import pytest

from tests.kept_chain import HOLDER, KILOGRAM, OWED_UNITS, addresses
from tests.suite import TOKEN_ID

OVER, SWEPT = 20, 5
PRICE = 10**6
LISTED_UNITS = 10**7


@pytest.fixture
def token(chain):
    return chain.deploy("HostileToken")


@pytest.fixture
def account(chain, token):
    """Is due, and would pay up to twice the price for the credit, or for another project's."""
    (made,), auto_retire = addresses(1), chain.suite.AutoRetire
    chain.make_due([made], deposit_units=0)
    accepts = [(TOKEN_ID >> 128) + 1 << 128, TOKEN_ID]
    policy = (accepts, 0, "", token.address, 2 * PRICE, 10**9, 86_400, False, "", "", "")
    for function in (
        token.functions.mint(made, 10**9),
        token.functions.approve(auto_retire.address, 10**9),
        auto_retire.functions.setPolicy(policy),
        auto_retire.functions.depositPayment(made, token.address, 10**9),
    ):
        chain.call(made, function)
    return made


def sell(chain, token, *prices, seconds=None, token_id=TOKEN_ID):
    market = chain.suite.CreditMarket
    now = chain.web3.eth.get_block("latest")["timestamp"]
    expires_at = 0 if seconds is None else now + seconds
    lists = [
        market.functions.list(token_id, LISTED_UNITS, token.address, price, expires_at)
        for price in prices
    ]
    approve = chain.suite.CarbonCredits.functions.setApprovalForAll(market.address, True)
    chain.call_many((HOLDER.address, each) for each in (approve, *lists))


@pytest.fixture
def clogged(chain, token):
    sell(chain, token, *([PRICE] * OVER), seconds=7_200)
    chain.rpc("evm_increaseTime", 7_200)
    chain.mine()


@pytest.mark.usefixtures("clogged")
def test_they_are_taken_out_of_the_way(chain, token, account):
    sell(chain, token, 2 * PRICE)
    (planned,) = json.loads(chain.run("--dry-run", "--json").stdout)["due"]
    assert (planned["account"], planned["units"]) == (account, "0")
    assert planned["problem"] == "first takes out of its way what is over"
    made, log = chain.once()
    assert [each["units"] for each in made["settled"]] == [str(OWED_UNITS)]
    assert chain.outstanding(account) == 0
    swept = [each for each in log if each["event"] == "swept"]
    assert [each["account"] for each in swept] == [account] * len(swept)
    assert chain.sent() == len(swept) + 1
    # No more than it takes, of so many at a time.
    assert len(swept) <= OVER // SWEPT + 1
    gas_used = sum(each["gas_used"] for each in swept)
    assert gas_used < OVER * gas_of_a_listing(chain)


def gas_of_a_listing(chain):
    (listed, *_) = chain.suite.CreditMarket.events.Listed().get_logs(from_block=0)
    return chain.web3.eth.get_transaction_receipt(listed["transactionHash"])["gasUsed"]


@pytest.mark.usefixtures("clogged")
@pytest.mark.parametrize("prices", [(), (2 * PRICE + 1,)])
def test_nothing_is_sent_where_nothing_stands_behind(chain, token, account, prices):
    sell(chain, token, *prices)
    made, _ = chain.once()
    assert [each["account"] for each in made["refused"]] == [account]
    assert chain.sent() == 0


@pytest.mark.usefixtures("clogged")
def test_nothing_is_sent_where_a_purchase_would_fail_on_the_way(chain, token, account):
    sell(chain, token, 2 * PRICE)
    other = chain.issue(1, 2, (TOKEN_ID >> 128) + 1)
    sell(chain, token, PRICE, token_id=other)
    chain.call(account, token.functions.blockAccount(chain.suite.AutoRetire.address))
    made, _ = chain.once()
    assert [each["account"] for each in made["refused"]] == [account]
    assert chain.sent() == 0


LEAVE_AT_ONCE = 12
EXPIRED = 2 * LEAVE_AT_ONCE + 1


@pytest.fixture
def expired(chain):
    """An account that is due, with so many deposits that have expired."""
    (made,) = addresses(1)
    chain.make_due([made], deposit_units=0)
    expiry = chain.web3.eth.get_block("latest")["timestamp"] + 7_200
    credits = [chain.issue(each, each, expiry=expiry) for each in range(1, EXPIRED + 1)]
    chain.call_many((HOLDER.address, chain.deposit(made, token_id=each)) for each in credits)
    chain.rpc("evm_increaseTime", 7_200)
    chain.mine()
    return made


def test_expired_deposits_are_taken_out_of_the_queue(chain, expired):
    chain.call(HOLDER, chain.deposit(expired, KILOGRAM))
    made, log = chain.once()
    assert [each["units"] for each in made["settled"]] == [str(OWED_UNITS)]
    assert chain.outstanding(expired) == 0
    assert chain.sent() == sum(each["event"] == "swept" for each in log) + 1 == 3


def test_nothing_is_sent_where_all_deposits_have_expired(chain, expired):
    made, _ = chain.once()
    assert [each["account"] for each in made["refused"]] == [expired]
    assert chain.sent() == 0
