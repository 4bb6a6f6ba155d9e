"""Fees under a ceiling.

given a base fee and a tip
  the first offer is good while the base fee doubles, and never above the ceiling
  at a base fee above the ceiling it is too dear
  each replacement offers an eighth more at least, on both, up to the ceiling exactly, then no more
  a replacement follows the market where that asks for more
"""

from __future__ import annotations

import itertools

import pytest

from gasprint.keeper.fees import FeeMarket, Fees

GWEI = 10**9


def test_the_first_offer_lasts_while_the_base_fee_doubles():
    assert FeeMarket(10 * GWEI, GWEI, 50 * GWEI).offer() == Fees(21 * GWEI, GWEI)


@pytest.mark.parametrize(
    ("base_fee", "tip", "expected"),
    [
        (30 * GWEI, GWEI, Fees(50 * GWEI, GWEI)),
        (50 * GWEI, GWEI, Fees(50 * GWEI, GWEI)),
        (GWEI, 90 * GWEI, Fees(50 * GWEI, 50 * GWEI)),
    ],
)
def test_no_offer_is_above_the_ceiling(base_fee, tip, expected):
    market = FeeMarket(base_fee, tip, 50 * GWEI)
    assert not market.is_too_dear
    assert market.offer() == expected


def test_above_the_ceiling_it_is_too_dear():
    assert FeeMarket(50 * GWEI + 1, 0, 50 * GWEI).is_too_dear


@pytest.mark.parametrize("first", [Fees(1, 0), Fees(7, 7), Fees(3 * GWEI, GWEI + 1)])
def test_replacements_reach_the_ceiling_and_end_there(first):
    market = FeeMarket(0, 0, 50 * GWEI)
    offers = [first]
    while (better := market.replacement(offers[-1])) is not None:
        offers.append(better)
    assert offers[-1].max_fee_wei == 50 * GWEI
    for old, new in itertools.pairwise(offers):
        assert 8 * new.max_fee_wei >= 9 * old.max_fee_wei
        assert 8 * new.priority_fee_wei >= 9 * old.priority_fee_wei
        assert new.priority_fee_wei > old.priority_fee_wei
        assert new.priority_fee_wei <= new.max_fee_wei <= 50 * GWEI


def test_a_replacement_follows_the_market():
    market = FeeMarket(10 * GWEI, 2 * GWEI, 50 * GWEI)
    assert market.replacement(Fees(5 * GWEI, GWEI)) == Fees(22 * GWEI, 2 * GWEI)


def test_there_is_no_replacement_beyond_the_ceiling():
    assert FeeMarket(10 * GWEI, GWEI, 50 * GWEI).replacement(Fees(45 * GWEI, GWEI)) is None
