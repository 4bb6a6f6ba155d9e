"""Accounts for which a settlement retires nothing, though there is something behind what is over.

A settlement looks at the first entries of an account's queue, and at the cheapest listings of what
its policy names, a few of each. Where these are over it takes them out of its way, so that the next
one finds what stands behind them; and whoever put them there paid more for that than the keeper.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from web3 import Web3

from gasprint.errors import RefusalError
from gasprint.keeper.contracts import KeeperContracts
from gasprint.units import units_for

_LOOKS_BEHIND = 256
_TRIED = 8


def clogged(
    contracts: KeeperContracts, accounts: Sequence[str], least_units: int, block: int
) -> list[str]:
    """Those of the accounts whose settlements, as many as it takes, would come to retire something.

    Args:
        contracts: what settles.
        accounts: for which a settlement goes through, and retires nothing.
        least_units: of what is to be found behind.
        block: as of which.

    Raises:
        InputError: if the node fails.
    """
    if not accounts:
        return []
    policies = contracts.ask_each([("policyOf", each) for each in accounts], block)
    queues = contracts.ask_each([("queueOf", each) for each in accounts], block)
    most = contracts.ask_each([("MAX_LOOKS_PER_SETTLEMENT",), ("MAX_LISTINGS_SWEPT",)], block)
    return [
        account
        for account, policy, queue in zip(accounts, policies, queues, strict=True)
        if not isinstance(policy, RefusalError)
        if _is_queue_clogged(contracts, account, queue, least_units, block)
        or _is_market_clogged(contracts, account, policy, most, least_units, block)
    ]


def _is_queue_clogged(
    contracts: KeeperContracts, account: str, queue: Any, least_units: int, block: int
) -> bool:
    if isinstance(queue, RefusalError):
        return False
    behind = list(queue[:_LOOKS_BEHIND])
    deposited = contracts.ask_each([("depositOf", account, each) for each in behind], block)
    retirable = contracts.ask_each([("retirableUnits", each) for each in behind], block)
    there = [
        token_id
        for token_id, *units in zip(behind, deposited, retirable, strict=True)
        if not any(isinstance(each, RefusalError) for each in units) and min(units) >= least_units
    ]
    taken = contracts.ask_each([("isAccepted", account, each) for each in there], block)
    expired = contracts.ask_each([("isExpired", each) for each in there], block)
    return (True, False) in zip(taken, expired, strict=True)


def _is_market_clogged(
    contracts: KeeperContracts,
    account: str,
    policy: Any,
    most: Sequence[int],
    least_units: int,
    block: int,
) -> bool:
    accepts, max_price = policy[0], policy[4]
    payment_token = Web3.to_checksum_address(policy[3])
    # By project, or by credit where serials are named; a registry is not searched.
    books = [
        (payment_token, each >> 128, each if each % 2**128 else 0, max_price)
        for each in accepts
        if each % 2**192
    ]
    looks, swept = most
    asked: list[tuple[Any, ...]] = [("unbookFirst", *book, swept) for book in books]
    asked += [("offersOf", *book, each) for each in (looks, _LOOKS_BEHIND) for book in books]
    asked += [("paymentOf", account, payment_token), ("budgetLeft", account)]
    answers = contracts.ask_each(asked, block)
    if any(isinstance(each, RefusalError) for each in answers):
        return False
    *found, payment, budget = answers
    count = len(books)
    unbooked, near, behind = found[:count], found[count : 2 * count], found[2 * count :]
    # Where it buys on the way, its payment token could have more gas paid than the clearing takes.
    if any(near):
        return False
    affordable = [
        token_id
        for is_unbooked, offers in zip(unbooked, behind, strict=True)
        for _, token_id, units, price, _ in (offers[:_TRIED] if is_unbooked else ())
        if min(units, units_for(min(payment, budget), price)) >= least_units
    ]
    taken = contracts.ask_each([("isAccepted", account, each) for each in affordable], block)
    return any(each is True for each in taken)
