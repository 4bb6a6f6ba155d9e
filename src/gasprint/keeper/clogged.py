"""Accounts for which nothing is found on the market, though there is something that they can buy.

A settlement looks at the few cheapest listings of what a policy names. Where all of these are over
it takes them out of the search, so that the next one finds what stands behind them; and whoever
listed them paid more for that than the keeper does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from web3 import Web3

from gasprint.errors import RefusalError
from gasprint.keeper.contracts import KeeperContracts
from gasprint.units import units_for

_LOOKS = 4
_SWEPT = 5
"""At so many a settlement looks to buy, and at so many to take them out."""
_LOOKS_BEHIND = 256
_TRIED = 8


def clogged(
    contracts: KeeperContracts, accounts: Sequence[str], least_units: int, block: int
) -> list[str]:
    """Those of the accounts whose settlements, as many as it takes, would come to buy something.

    Raises:
        InputError: if the node fails.
    """
    policies = contracts.ask_each([("policyOf", each) for each in accounts], block)
    return [
        account
        for account, policy in zip(accounts, policies, strict=True)
        if not isinstance(policy, RefusalError)
        and _is_clogged(contracts, account, policy, least_units, block)
    ]


def _is_clogged(
    contracts: KeeperContracts, account: str, policy: Any, least_units: int, block: int
) -> bool:
    accepts, max_price = policy[0], policy[4]
    payment_token = Web3.to_checksum_address(policy[3])
    # By project, or by credit where serials are named; a registry is not searched.
    books = [
        (payment_token, each >> 128, each if each % 2**128 else 0, max_price)
        for each in accepts
        if each % 2**192
    ]
    asked: list[tuple[Any, ...]] = [("unbookFirst", *book, _SWEPT) for book in books]
    asked += [("offersOf", *book, looks) for looks in (_LOOKS, _LOOKS_BEHIND) for book in books]
    asked += [("paymentOf", account, payment_token), ("budgetLeft", account)]
    answers = contracts.ask_each(asked, block)
    if any(isinstance(each, RefusalError) for each in answers):
        return False
    *found, payment, budget = answers
    count = len(books)
    swept, near, behind = found[:count], found[count : 2 * count], found[2 * count :]
    # Where it buys on the way, its payment token could have more gas paid than the clearing takes.
    if any(near):
        return False
    affordable = [
        token_id
        for is_swept, offers in zip(swept, behind, strict=True)
        for _, token_id, units, price, _ in (offers[:_TRIED] if is_swept else ())
        if min(units, units_for(min(payment, budget), price)) >= least_units
    ]
    taken = contracts.ask_each([("isAccepted", account, each) for each in affordable], block)
    return any(each is True for each in taken)
