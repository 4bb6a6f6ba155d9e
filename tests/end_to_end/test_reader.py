"""The suite as the package reads it.

it  tells factors, credits and retirements field for field as the contracts hold them
it  tells what was redeemed, cancelled, counted as cancelled, and made good
it  tells the same in requests of one block, of a few, and of many
it  can be held at a block, while the chain goes on
"""

from dataclasses import astuple

import pytest

from gasprint.contracts import Suite
from gasprint.errors import InputError
from gasprint.ledger import CreditState, RetirementDetails
from gasprint.retirements import proof_of, rebuild, retirement_id
from tests.suite import (
    CREDIT_ID,
    FACTOR,
    FIRST_SERIAL,
    LAST_SERIAL,
    NOTHING_SAID,
    PROJECT_ID,
    TOKEN_ID,
    UNITS_ISSUED,
    deposit,
)


def test_factor(reader):
    (published,) = reader.factors_published()

    assert (published.version, published.source) == (1, "test")
    assert published.factor == reader.factor(reader.factor_version())
    factor = published.factor
    assert (factor.picograms_per_gas, factor.picowatt_hours_per_gas) == FACTOR[:2]
    assert (factor.picograms_per_gas_lower, factor.picograms_per_gas_upper) == FACTOR[3:5]
    assert (factor.picowatt_hours_per_gas_lower, factor.picowatt_hours_per_gas_upper) == FACTOR[5:7]
    assert factor.evidence_hash == "0x" + FACTOR[7].hex()
    assert factor.effective_at_seconds > 1_700_000_000


def test_credit(reader, roles):
    (minted,) = reader.credits_minted()

    assert (minted.holder, minted.token_id) == (roles.holder.address, TOKEN_ID)
    assert (minted.project_id, minted.credit_id) == (PROJECT_ID, CREDIT_ID)
    assert (minted.units, minted.expiry_seconds) == (UNITS_ISSUED, 0)


def test_retirement(reader, suite, roles):
    units = 10**8 + 7
    details = (roles.outsider.address, "A name", "A purpose", "A place", 1, 2)
    suite.CarbonCredits.retireFor(
        *(TOKEN_ID, roles.holder, units, roles.beneficiary, details, True), {"from": roles.holder}
    )

    (event,) = reader.retirements()
    assert event.retirement_id == retirement_id(TOKEN_ID, 0, units)
    assert (event.token_id, event.index) == (TOKEN_ID, 0)
    assert event.beneficiary == roles.beneficiary.address
    assert event.agent == event.holder == roles.holder.address
    (described,) = reader.retirements_described()
    assert described.retirement_id == event.retirement_id
    assert described.details == RetirementDetails(*details)
    (retired,) = reader.credits_retired()
    assert (retired.account, retired.units) == (roles.beneficiary.address, units)
    assert reader.retired_for(roles.beneficiary.address) == units
    left = UNITS_ISSUED - units
    assert reader.state_of(TOKEN_ID) == CreditState(units, 0, left, units, 1)
    assert reader.balance_of(roles.holder.address, TOKEN_ID) == left


def test_serials_that_are_redeemed_or_cancelled(reader, suite, roles):
    credits = suite.CarbonCredits
    credits.retireFor(
        *(TOKEN_ID, roles.holder, 5, roles.beneficiary, NOTHING_SAID, False),
        {"from": roles.holder},
    )
    credits.redeem(TOKEN_ID, roles.holder, 2, "an account", {"from": roles.holder})
    credits.invalidate(TOKEN_ID, FIRST_SERIAL, FIRST_SERIAL, "reversed", {"from": roles.custodian})
    (event,) = reader.retirements()
    assert reader.invalid_units_of(TOKEN_ID, event.retirement_id) == 5
    (retirement,) = rebuild([event], [], reader.block_time_unix_seconds)[TOKEN_ID].values()
    proof = proof_of({0: retirement}, 0)
    credits.invalidateRetirement(astuple(retirement), astuple(proof), {"from": roles.outsider})
    credits.replace(
        event.retirement_id, TOKEN_ID, roles.holder, 3, NOTHING_SAID, {"from": roles.holder}
    )

    (redeemed,) = reader.serials_redeemed()
    assert (redeemed.first_serial, redeemed.last_serial) == (LAST_SERIAL - 1, LAST_SERIAL)
    (cancelled,) = reader.serials_invalidated()
    assert (cancelled.first_serial, cancelled.last_serial) == (FIRST_SERIAL, FIRST_SERIAL)
    assert cancelled.reason == "reversed"
    (counted,) = reader.retirements_invalidated()
    assert (counted.retirement_id, counted.units) == (event.retirement_id, 5)
    (replaced,) = reader.retirements_replaced()
    assert (replaced.retirement_id, replaced.units) == (event.retirement_id, 3)
    assert replaced.replaced_by == retirement_id(TOKEN_ID, 10**8, 3)
    assert reader.invalidity_of(event.retirement_id) == (5, 3)
    account = roles.beneficiary.address
    assert (reader.invalidated_for(account), reader.replaced_for(account)) == (5, 3)
    assert reader.offset_for(account) == 5 - 5 + 3


def test_blocks_per_request(rpc_url, deployment, suite, roles, collection):
    deposit(suite, roles, collection, 10**6)
    for _ in range(4):
        collection.mint(1, b"", {"from": roles.collector})

    by_size = {
        size: list(Suite.connect(rpc_url, deployment, size).emissions_recorded(collection.address))
        for size in (1, 5, 2_000)
    }
    assert len(by_size[1]) == 4
    assert by_size[1] == by_size[5] == by_size[2_000]
    with pytest.raises(InputError, match="blocks_per_request is 0"):
        Suite.connect(rpc_url, deployment, 0)


def test_held_at_a_block(reader, roles, collection):
    held = reader.at_newest_block()
    collection.mint(1, b"", {"from": roles.collector})

    assert list(held.emissions_recorded()) == []
    assert held.emitted_by(collection.address) == 0
    assert reader.emitted_by(collection.address) > 0
    assert len(list(reader.emissions_recorded())) == 1


def test_contract_that_refuses(reader):
    with pytest.raises(InputError, match=r"^credit 99 was never issued$"):
        reader.state_of(99)
