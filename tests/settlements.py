"""Accounts that offset themselves, in tests: what they emit and say, and how they are settled."""

from typing import Any

from brownie import ZERO_ADDRESS

from tests.markets import PRICE_PER_TONNE, list_credits
from tests.suite import FACTOR, PROJECT_ID, TOKEN_ID, issue

TONNE = 10**8
KILOGRAM = TONNE // 1000
MICROGRAMS_PER_UNIT = 10_000
MICROGRAMS_PER_GAS = FACTOR[0] // 10**6
MOST_GAS_PER_RECORD = 20_000_000

PROJECT = PROJECT_ID << 128
"""As a policy names it: the id of a credit of it, without the serials."""
REGISTRY = PROJECT_ID >> 64 << 192
"""As a policy names it, with all its projects."""
DAY_SECONDS = 86_400
RICH = 10**30
"""More of a token than anything here costs."""


def small_credit(
    suite: Any, roles: Any, serial: int, project_id: int = PROJECT_ID, **changes: Any
) -> int:
    """Issues a credit of one tonne to the holder; its token id."""
    issue(suite, roles, (serial << 64) | serial, project_id=project_id, **changes)
    return (project_id << 128) | (serial << 64) | serial


def emit(suite: Any, account: Any, co2e_grams: float) -> None:
    """Has an account record emissions, in blocks' worth of gas, rounded up to the gas."""
    gas_used = -(-int(co2e_grams * 10**6) // MICROGRAMS_PER_GAS)
    while gas_used > 0:
        suite.EmissionsRegistry.record(min(gas_used, MOST_GAS_PER_RECORD), {"from": account})
        gas_used -= MOST_GAS_PER_RECORD


def due_units(suite: Any, account: Any) -> int:
    """What is outstanding, rounded up to the unit."""
    return -(-int(suite.EmissionsRegistry.outstanding(account)) // MICROGRAMS_PER_UNIT)


def policy(money: Any = ZERO_ADDRESS, **changes: Any) -> tuple[Any, ...]:
    """Buys credits of the project at `PRICE_PER_TONNE` at most; but for what `changes` names."""
    buys = money != ZERO_ADDRESS
    fields = {
        "accepts": [PROJECT] if buys else [],
        "earliestVintage": 0,
        "label": "",
        "paymentToken": money,
        "maxPricePerTonne": PRICE_PER_TONNE if buys else 0,
        "budget": 10**18 if buys else 0,
        "periodSeconds": DAY_SECONDS if buys else 0,
        "withCertificate": False,
        "beneficiaryName": "",
        "purpose": "",
        "place": "",
    }
    assert not changes.keys() - fields.keys()
    return tuple((fields | changes).values())


def said(policy: Any) -> tuple[Any, ...]:
    """A policy as the chain returned it, so that it can be compared with one of `policy`."""
    accepts, *others = policy
    return [int(one) for one in accepts], *others


def set_policy(suite: Any, account: Any, *money: Any, **changes: Any) -> Any:
    """Sets the account's policy, and a threshold of a microgram."""
    suite.AutoRetire.setThreshold(1, {"from": account})
    return suite.AutoRetire.setPolicy(policy(*money, **changes), {"from": account})


def deposit_payment(suite: Any, payer: Any, account: Any, money: Any, amount: int) -> Any:
    """Has a payer deposit money for an account; of a token that anyone can mint."""
    money.mint(payer, amount, {"from": payer})
    money.approve(suite.AutoRetire, amount, {"from": payer})
    return suite.AutoRetire.depositPayment(account, money, amount, {"from": payer})


def settle(suite: Any, roles: Any, account: Any) -> Any:
    """Has the outsider settle an account."""
    return suite.AutoRetire.settle(account, {"from": roles.outsider})


def returned(tx: Any) -> tuple[int, list[int]]:
    """What a settlement returned: how many units, and by which retirements."""
    units, retirement_ids = tx.return_value
    return int(units), [int(one) for one in retirement_ids]


def listings_at(suite: Any, roles: Any, money: Any, *prices: int, **terms: Any) -> list[int]:
    """Has the holder list at each price, a tonne where not told otherwise; their ids."""
    terms = {"units": TONNE, "token_id": TOKEN_ID} | terms
    return [list_credits(suite, roles, money, price_per_tonne=price, **terms) for price in prices]
