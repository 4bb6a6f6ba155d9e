"""The market in tests: the holder sells, the marketplace buys; and the book as it should be."""

from dataclasses import dataclass
from typing import Any

from eth_account import Account

from tests.suite import MNEMONIC, NOTHING_SAID, ROLES, TOKEN_ID

TONNE = 10**8
MINIMUM_LISTING_UNITS = TONNE // 10
MINIMUM_LISTING_SECONDS = 3600
PRICE_PER_TONNE = 12_345_678
"""12.345678 of a token of 6 decimals."""
MONEY = 2**200
"""What the buyer has of each token, and lets the market take."""
NO_LIMIT = 2**256 - 1

_BUYER_INDEX = ROLES.index("marketplace")
BUYER = Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{_BUYER_INDEX}")
"""The key of `roles.marketplace`, which buys."""


def fund(suite: Any, roles: Any, token: Any) -> Any:
    """Gives the buyer money, and the market its allowance."""
    token.mint(roles.marketplace, MONEY, {"from": roles.deployer})
    token.approve(suite.CreditMarket, MONEY, {"from": roles.marketplace})
    return token


def list_credits(
    suite: Any,
    roles: Any,
    money: Any,
    units: int = 10 * TONNE,
    price_per_tonne: int = PRICE_PER_TONNE,
    expires_at: int = 0,
    token_id: int = TOKEN_ID,
    seller: Any = None,
) -> int:
    """Has the holder, or another, list credits; the listing's id."""
    tx = suite.CreditMarket.list(
        *(token_id, units, money, price_per_tonne, expires_at), {"from": seller or roles.holder}
    )
    return int(tx.return_value)


def buy(suite: Any, roles: Any, listing_id: int, units: int, max_cost: int = NO_LIMIT) -> Any:
    """Has the buyer buy for itself."""
    buyer = roles.marketplace
    return suite.CreditMarket.buy(listing_id, units, buyer, max_cost, {"from": buyer})


def buy_and_retire(
    suite: Any,
    roles: Any,
    listing_id: int,
    units: int,
    details: tuple[Any, ...] = NOTHING_SAID,
    with_certificate: bool = False,
    max_cost: int = NO_LIMIT,
) -> Any:
    """Has the buyer buy and retire for the beneficiary."""
    return suite.CreditMarket.buyAndRetire(
        *(listing_id, units, roles.beneficiary, details, with_certificate, max_cost),
        {"from": roles.marketplace},
    )


def offers_of(
    suite: Any,
    money: Any,
    max_price_per_tonne: int = NO_LIMIT,
    looks: int = 100,
    token_id: int = 0,
    project_id: int = TOKEN_ID >> 128,
) -> list[tuple[int, int, int, int]]:
    """What the market offers: listing, credit, units, price a tonne; all but the vintage."""
    offers = suite.CreditMarket.offersOf(money, project_id, token_id, max_price_per_tonne, looks)
    return [tuple(int(field) for field in offer[:4]) for offer in offers]


def cost_of(units: int, price_per_tonne: int) -> int:
    """The price of units, rounded up."""
    return -(-units * price_per_tonne // TONNE)


@dataclass
class ListingModel:
    """A listing as it should be: whose, in which token, and what became of it."""

    listing_id: int
    seller: Any
    money: Any
    token_id: int
    units: int
    price_per_tonne: int
    expires: bool = False
    expired: bool = False
    unbooked: bool = False

    @property
    def is_searched(self) -> bool:
        """Whether it stands in the book."""
        return self.units >= MINIMUM_LISTING_UNITS and not self.unbooked


def offers_model(
    listings: list[ListingModel],
    max_price_per_tonne: int,
    looks: int,
    token_id: int = 0,
    unsellable: frozenset[int] = frozenset(),
) -> list[tuple[int, int, int, int]]:
    """What the market should offer of listings in one token and one project."""
    booked = sorted(
        (one for one in listings if one.is_searched and token_id in (0, one.token_id)),
        key=lambda one: (one.price_per_tonne, one.listing_id),
    )
    return [
        (one.listing_id, one.token_id, one.units, one.price_per_tonne)
        for one in booked[:looks]
        if one.price_per_tonne <= max_price_per_tonne
        and not one.expired
        and one.token_id not in unsellable
    ]
