"""The suite as the package reads it.

it  tells factors, credits and retirements field for field as the contracts hold them
it  tells the same in requests of one block, of a few, and of many
it  can be held at a block, while the chain goes on
"""

import pytest

from gasprint.contracts import Suite
from gasprint.errors import InputError
from gasprint.token_ids import SerialSpan, serial_span
from tests.suite import (
    CREDIT_ID,
    FACTOR,
    FIRST_SERIAL,
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
    assert factor.published_at_seconds > 1_700_000_000


def test_credit(reader, roles):
    (minted,) = reader.credits_minted()

    assert (minted.holder, minted.token_id) == (roles.holder.address, TOKEN_ID)
    assert (minted.project_id, minted.credit_id) == (PROJECT_ID, CREDIT_ID)
    assert (minted.units, minted.expiry_seconds) == (UNITS_ISSUED, 0)


def test_retirement(reader, suite, roles):
    units = 10**8 + 7
    suite.CarbonCredits.retireFor(
        TOKEN_ID, roles.holder, units, roles.beneficiary, {"from": roles.holder}
    )

    (event,) = reader.retirements()
    held = reader.retirement(1)
    for field in ("token_id", "beneficiary", "start_units", "holder", "units"):
        assert getattr(event, field) == getattr(held, field)
    assert (event.agent, event.units) == (roles.holder.address, units)
    assert reader.serial_span_of(1) == serial_span(TOKEN_ID, 0, units)
    assert reader.serial_span_of(1) == SerialSpan(FIRST_SERIAL, 0, FIRST_SERIAL + 1, 7)
    (retired,) = reader.credits_retired()
    assert (retired.account, retired.units) == (roles.beneficiary.address, units)
    assert reader.retired_units(TOKEN_ID) == reader.retired_for(roles.beneficiary.address) == units


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


def test_node_that_refuses(reader):
    with pytest.raises(InputError, match=r"^the node at 127\.0\.0\.1:\d+ refused: "):
        reader.retirement(99)
