"""Permit: an allowance by signature and a purchase, in one transaction.

given a buyer who gave no allowance
  it buys by one multicall, with a signature
  it does so too when somebody handed the signature in before
  it gives nothing for a signature that does not hold, and for a token that has no permit
"""

import pytest
from brownie import reverts
from eth_account import Account
from eth_account.messages import encode_typed_data

from tests.markets import BUYER, NO_LIMIT, PRICE_PER_TONNE, TONNE, list_credits
from tests.suite import FAR_FUTURE, NOTHING_SAID, chain_id, reverts_with

FIELDS = ("owner:address", "spender:address", "value:uint256", "nonce:uint256", "deadline:uint256")


@pytest.fixture
def money(market, roles, project_contracts):
    """The buyer has a tonne's price, and gave no allowance."""
    money = project_contracts.PaymentToken.deploy(6, {"from": roles.deployer})
    money.mint(roles.marketplace, PRICE_PER_TONNE, {"from": roles.deployer})
    return money


def permit_of(market, money, key=BUYER.key, deadline=FAR_FUTURE):
    """The arguments of the market's permit for a tonne's price."""
    types = {"Permit": [dict(zip(("name", "type"), f.split(":"), strict=True)) for f in FIELDS]}
    message = encode_typed_data(
        {
            "name": "Stablecoin",
            "version": "1",
            "chainId": chain_id(),
            "verifyingContract": money.address,
        },
        types,
        {
            "owner": BUYER.address,
            "spender": market.address,
            "value": PRICE_PER_TONNE,
            "nonce": 0,
            "deadline": deadline,
        },
    )
    signed = Account.sign_message(message, key)
    signature = (signed.v, signed.r.to_bytes(32, "big"), signed.s.to_bytes(32, "big"))
    return (money.address, PRICE_PER_TONNE, deadline, *signature)


def purchases(suite, roles, listing_id):
    """A tonne, bought in either way."""
    market = suite.CreditMarket
    retirement = (roles.beneficiary, NOTHING_SAID, True)
    return {
        "buy": market.buy.encode_input(listing_id, TONNE, roles.marketplace, NO_LIMIT),
        "buyAndRetire": market.buyAndRetire.encode_input(listing_id, TONNE, *retirement, NO_LIMIT),
    }


@pytest.mark.parametrize("front_run", [False, True])
@pytest.mark.parametrize("way", ["buy", "buyAndRetire"])
def test_one_transaction_is_enough(suite, roles, market, money, way, front_run):
    purchase = purchases(suite, roles, list_credits(suite, roles, money))[way]
    permit = permit_of(market, money)
    if front_run:
        money.permit(BUYER.address, market, *permit[1:], {"from": roles.outsider})
    market.multicall([market.permit.encode_input(*permit), purchase], {"from": roles.marketplace})
    assert market.proceedsOf(roles.holder, money) == PRICE_PER_TONNE
    assert money.allowance(roles.marketplace, market) == 0


def test_a_signature_is_of_use_to_its_owner_alone(suite, roles, market, money):
    market.permit(*permit_of(market, money), {"from": roles.outsider})
    assert money.allowance(roles.marketplace, market) == 0
    assert money.allowance(roles.outsider, market) == 0


@pytest.mark.parametrize(
    "changes", [{"key": b"\x01" * 32}, {"deadline": 1}], ids=["key", "deadline"]
)
def test_a_signature_that_does_not_hold_gives_nothing(suite, roles, market, money, changes):
    purchase = purchases(suite, roles, list_credits(suite, roles, money))["buy"]
    permit = market.permit.encode_input(*permit_of(market, money, **changes))
    with reverts(reverts_with("TransferFromFailed")):
        market.multicall([permit, purchase], {"from": roles.marketplace})


def test_a_token_without_permit(suite, roles, market, project_contracts):
    money = project_contracts.NonReturningToken.deploy({"from": roles.deployer})
    market.permit(money, 1, FAR_FUTURE, 27, b"\x01" * 32, b"\x01" * 32, {"from": roles.marketplace})
    assert money.allowance(roles.marketplace, market) == 0
