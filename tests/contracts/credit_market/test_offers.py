"""Offers: what can be bought and retired now, the cheapest first, and of one price the oldest.

given listings at many prices
  it is the order of a model in Python, whatever is bought, cancelled or too dear
  it leaves out what cannot be bought, and tells how much at once can be retired
  it looks at so many listings, and no more; of one credit, at none of others
  it forgets what is sold out, or of which crumbs are left
"""

import pytest
from brownie.test import given
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.markets import (
    MINIMUM_LISTING_UNITS,
    NO_LIMIT,
    TONNE,
    ListingModel,
    buy,
    list_credits,
    offers_model,
    offers_of,
)
from tests.suite import (
    FIRST_SERIAL,
    PROJECT_ID,
    TOKEN_ID,
    issue,
    now,
    pass_time,
)

OTHER_TOKEN_ID = (PROJECT_ID << 128) | (5 << 64) | 9
OTHER_PROJECT_ID = PROJECT_ID + 1

PRICES = st.one_of(st.integers(1, 4), st.sampled_from([2**96 - 1, 2**96, 2**128 - 1]))
"""Few, so that many are alike; and those beyond which a place takes another slot."""
SOLD = st.sampled_from(["nothing", "some", "all but crumbs", "all", "cancelled"])
LOTS = st.lists(
    st.tuples(PRICES, SOLD, st.sampled_from([TOKEN_ID, OTHER_TOKEN_ID])), min_size=5, max_size=15
)


@pytest.mark.usefixtures("own_snapshot")
@settings(
    max_examples=12, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lots=LOTS, max_price=PRICES, looks=st.integers(0, 16))
def test_the_order_is_the_models(suite, roles, market, money, lots, max_price, looks):
    issue(suite, roles, (5 << 64) | 9)
    listings = []
    for price, _, token_id in lots:
        units = MINIMUM_LISTING_UNITS + 1
        terms = {"units": units, "price_per_tonne": price, "token_id": token_id}
        listing_id = list_credits(suite, roles, money, **terms)
        listings.append(ListingModel(listing_id, roles.holder, money, **terms))
    for listing, (_, sold, _) in zip(list(listings), lots, strict=True):
        if sold == "cancelled":
            market.cancel(listing.listing_id, roles.holder, {"from": roles.holder})
            listing.units = 0
        elif sold != "nothing":
            units = {"some": 1, "all but crumbs": 2, "all": listing.units}[sold]
            buy(suite, roles, listing.listing_id, units)
            listing.units -= units

    assert offers_of(suite, money) == offers_model(listings, NO_LIMIT, 100)
    assert offers_of(suite, money, max_price, looks) == offers_model(listings, max_price, looks)
    for token_id in (TOKEN_ID, OTHER_TOKEN_ID):
        assert offers_of(suite, money, max_price, looks, token_id) == offers_model(
            listings, max_price, looks, token_id
        )


def test_each_token_and_project_has_a_book_of_its_own(suite, roles, market, money, hostile):
    issue(suite, roles, (5 << 64) | 9, project_id=OTHER_PROJECT_ID)
    other_project = (OTHER_PROJECT_ID << 128) | (5 << 64) | 9
    first = list_credits(suite, roles, money, TONNE, 7)
    second = list_credits(suite, roles, hostile, TONNE, 8)
    third = list_credits(suite, roles, money, TONNE, 9, token_id=other_project)
    assert offers_of(suite, money) == [(first, TOKEN_ID, TONNE, 7)]
    assert offers_of(suite, hostile) == [(second, TOKEN_ID, TONNE, 8)]
    in_other_project = [(third, other_project, TONNE, 9)]
    assert offers_of(suite, money, project_id=OTHER_PROJECT_ID) == in_other_project
    assert offers_of(suite, money, project_id=OTHER_PROJECT_ID + 1) == []
    assert offers_of(suite, money, looks=2**256 - 1) == [(first, TOKEN_ID, TONNE, 7)]


def test_what_cannot_be_bought_is_looked_at_and_left_out(suite, roles, market, money):
    issue(suite, roles, (5 << 64) | 9, expiry=now() + 5000)
    listed = [
        list_credits(suite, roles, money, TONNE, 1, expires_at=now() + 5000),
        list_credits(suite, roles, money, TONNE, 2, token_id=OTHER_TOKEN_ID),
        list_credits(suite, roles, money, TONNE, 3),
    ]
    credits = (TOKEN_ID, OTHER_TOKEN_ID, TOKEN_ID)
    offers = list(zip(listed, credits, [TONNE] * 3, (1, 2, 3), strict=True))
    assert offers_of(suite, money) == offers
    assert offers_of(suite, money, looks=2) == offers[:2]
    pass_time(5000)
    assert offers_of(suite, money) == offers[2:]
    assert offers_of(suite, money, looks=2) == []
    custodian = {"from": roles.custodian}
    suite.CarbonCredits.suspend([TOKEN_ID], "", custodian)
    assert offers_of(suite, money) == []
    suite.CarbonCredits.resume([TOKEN_ID], custodian)
    assert offers_of(suite, money) == offers[2:]


def test_an_offer_is_no_more_than_can_be_retired_at_once(suite, roles, market, money):
    first = list_credits(suite, roles, money, 5 * TONNE, 1)
    second = list_credits(suite, roles, money, TONNE, 2)
    cancelled = FIRST_SERIAL + 2
    suite.CarbonCredits.invalidate(TOKEN_ID, cancelled, cancelled, "", {"from": roles.custodian})
    offers = [(first, TOKEN_ID, 2 * TONNE, 1), (second, TOKEN_ID, TONNE, 2)]
    assert offers_of(suite, money) == offers


def test_crumbs_are_not_offered_and_can_be_bought(suite, roles, market, money):
    least = MINIMUM_LISTING_UNITS
    listing_id = list_credits(suite, roles, money, least + 1)
    assert "Unbooked" not in buy(suite, roles, listing_id, 1).events
    assert len(offers_of(suite, money)) == 1
    tx = buy(suite, roles, listing_id, 1)
    assert dict(tx.events["Unbooked"]) == {"listingId": listing_id}
    assert offers_of(suite, money) == []
    assert "Unbooked" not in buy(suite, roles, listing_id, 1).events
    buy(suite, roles, listing_id, least - 2)
    assert suite.CarbonCredits.balanceOf(market, TOKEN_ID) == 0
