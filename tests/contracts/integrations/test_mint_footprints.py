"""MintFootprints: from a token to what it emitted and what offset it, on-chain.

given a collection that settles with every few mints
  a token's emissions are the mean of those between two settlements, rounded up, and all add up
  it names the retirements that offset it, and is offset from then on
  tokens since the last settlement wait for theirs
  what a settlement leaves is not offset until later ones retire it
  what the registry cancels is not offset any more
  its metadata shows all that
  a gas limit that a wallet estimates is enough for the noting too
given settlements that come otherwise
  the second in one mint is the next tokens'
  one from outside, and gifts, are told in units, and list nothing
  one that retires nothing is no mark
  a stranger's mints of nothing change no token that was settled, nor fill the next ones' list
"""

import json

import pytest
from brownie import reverts, web3

from tests.retirements import proof_of, retirement_of, retirements_of
from tests.suite import (
    FIRST_SERIAL,
    NOTHING_SAID,
    PROJECT_ID,
    TOKEN_ID,
    deposit,
    issue,
    reverts_with,
)

TONNE = 10**8
KILOGRAM = TONNE // 1000
THRESHOLD_CO2E_MICROGRAMS = 40_000_000
LESS_THAN_A_SETTLEMENT_CO2E_MICROGRAMS = 5_000_000


@pytest.fixture
def unfunded(suite, roles, project_contracts):
    return project_contracts.ShowingCollection.deploy(
        suite.AutoRetire, THRESHOLD_CO2E_MICROGRAMS, {"from": roles.marketplace}
    )


@pytest.fixture
def showing(suite, roles, unfunded):
    deposit(suite, roles, unfunded, TONNE)
    return unfunded


def minted(showing, roles, settlements, count=2):
    """Mints until it has settled that often, and once more; the transactions."""
    mints, left = [], settlements
    while left:
        mints.append(showing.mint(count, {"from": roles.collector}))
        left -= "Settled" in mints[-1].events
    return [*mints, showing.mint(count, {"from": roles.collector})]


def footprint_of(showing, token):
    """Emissions, whether offset, retirements, other units."""
    co2e_micrograms, is_offset, retirement_ids, other_units = showing.footprintOf(token)
    return co2e_micrograms, is_offset, list(retirement_ids), other_units


def settled_by(*mints):
    return [event["retirementId"] for tx in mints for event in tx.events if event.name == "Settled"]


def gift(suite, roles, showing, units):
    suite.CarbonCredits.retireFor(
        *(TOKEN_ID, roles.holder, units, showing, NOTHING_SAID, False), {"from": roles.holder}
    )


def traits_of(showing, token):
    document = json.loads(showing.tokenURI(token).removeprefix("data:application/json,"))
    return [(each["trait_type"], each["value"]) for each in document["attributes"]]


def assert_adds_up(suite, showing):
    """Over all tokens, of which the last waits for its settlement, it is what was emitted."""
    tokens = range(showing.nextTokenId())
    footprints = [footprint_of(showing, token) for token in tokens]
    emitted = suite.EmissionsRegistry.emittedBy(showing)
    assert emitted <= sum(each[0] for each in footprints) < emitted + len(tokens)
    batches = {tuple(each[2]): each[3] for each in footprints}
    units = sum(id_ % 2**96 for ids in batches for id_ in ids) + sum(batches.values())
    assert units == suite.CarbonCredits.retiredFor(showing)


def test_from_a_token_to_its_emissions_and_retirement(suite, showing, roles):
    mints = minted(showing, roles, settlements=3)
    token, co2e_micrograms, batch = 0, 0, []
    for tx in mints:
        records = [each["co2eMicrograms"] for each in tx.events["EmissionsRecorded"]]
        batch += [token, token + 1]
        token += 2
        co2e_micrograms += records[0]
        if "Settled" in tx.events:
            mean = -(-co2e_micrograms // len(batch))
            for each in batch:
                assert footprint_of(showing, each) == (mean, True, settled_by(tx), 0)
            # What the settlement emitted is the next tokens'.
            co2e_micrograms, batch = sum(records[1:]), []
    mean = -(-co2e_micrograms // len(batch))
    assert footprint_of(showing, token - 1) == (mean, False, [], 0)
    assert_adds_up(suite, showing)
    with reverts(reverts_with("UnknownToken", token)):
        showing.footprintOf(token)


def test_what_a_settlement_leaves_is_not_offset_yet(suite, unfunded, roles):
    """A kilogram is on deposit, and more is outstanding."""
    while suite.EmissionsRegistry.outstanding(unfunded) <= 10**9:
        unfunded.mint(100, {"from": roles.collector})
    deposit(suite, roles, unfunded, KILOGRAM)
    first = settled_by(*minted(unfunded, roles, settlements=1))
    last = unfunded.nextTokenId() - 1
    assert footprint_of(unfunded, 0)[1:] == (False, first, 0)
    deposit(suite, roles, unfunded, TONNE)
    second = settled_by(*minted(unfunded, roles, settlements=1))
    assert footprint_of(unfunded, 0)[1:] == (True, first, 0)
    assert footprint_of(unfunded, last)[1:] == (True, second, 0)


def test_what_is_cancelled_is_not_offset_any_more(suite, showing, roles):
    mints = minted(showing, roles, settlements=1)
    settling = next(tx for tx in mints if "Settled" in tx.events)
    assert showing.footprintOf(0)["isOffset"]
    custodian, auditor = {"from": roles.custodian}, {"from": roles.auditor}
    suite.CarbonCredits.invalidate(TOKEN_ID, FIRST_SERIAL, FIRST_SERIAL, "reversal", custodian)
    retirement = retirement_of(settling)
    proof = proof_of(retirement, [retirement])
    suite.CarbonCredits.invalidateRetirement(retirement.fields, proof, auditor)
    assert not showing.footprintOf(0)["isOffset"]


def test_its_metadata_shows_it(suite, showing, roles):
    mints = minted(showing, roles, settlements=1)
    gift(suite, roles, showing, 3)
    (retirement_id,) = settled_by(*mints)
    last = showing.nextTokenId() - 1
    retirement = ("Retirement", str(retirement_id))
    others = ("Other retirements (mg)", 30)
    for token, offset, shown in ((0, "yes", retirement), (last, "not yet", others)):
        co2e_micrograms = showing.footprintOf(token)["co2eMicrograms"]
        assert traits_of(showing, token) == [
            ("CO2e of the mint (mg)", -(-co2e_micrograms // 1000)),
            ("CO2e offset", offset),
            shown,
        ]


def test_an_estimated_gas_limit_is_enough_to_note_the_dearest_settlement(suite, unfunded, roles):
    """The first, of two credits, both for the first time."""
    credit_id = (10 << 64) | 10
    issue(suite, roles, credit_id)
    while suite.EmissionsRegistry.outstanding(unfunded) <= 10**9:
        unfunded.mint(100, {"from": roles.collector})
    deposit(suite, roles, unfunded, KILOGRAM, (PROJECT_ID << 128) | credit_id)
    deposit(suite, roles, unfunded, TONNE)
    data = unfunded.mint.encode_input(20)
    call = {"from": str(roles.collector), "to": unfunded.address, "data": data}
    while unfunded.footprintOf(0)["retirementIds"] == ():
        gas_limit = web3.eth.estimate_gas(call)
        tx = unfunded.mint(20, {"from": roles.collector, "gas_limit": gas_limit})
        assert "SettlementDeferred" not in tx.events
    assert len(settled_by(tx)) == 2
    assert footprint_of(unfunded, 0)[1:] == (True, settled_by(tx), 0)


def test_two_settlements_in_one_mint(suite, roles, project_contracts):
    """The threshold is less than a settlement itself emits."""
    showing = project_contracts.ShowingCollection.deploy(
        *(suite.AutoRetire, LESS_THAN_A_SETTLEMENT_CO2E_MICROGRAMS), {"from": roles.marketplace}
    )
    deposit(suite, roles, showing, TONNE)
    mints = [showing.mint(1, {"from": roles.collector}) for _ in range(3)]
    ids = [settled_by(tx) for tx in mints]
    assert [len(each) for each in ids] == [2, 2, 2]
    emitted = 0
    for token, tx in enumerate(mints):
        records = [each["co2eMicrograms"] for each in tx.events["EmissionsRecorded"]]
        listed = ids[token][:1] if token == 0 else [ids[token - 1][1], ids[token][0]]
        assert footprint_of(showing, token) == (emitted + records[0], True, listed, 0)
        emitted = sum(records[1:])


def test_a_settlement_from_outside_and_gifts(suite, unfunded, roles):
    mints = [unfunded.mint(2, {"from": roles.collector}) for _ in range(8)]
    assert any("SettlementDeferred" in tx.events for tx in mints)
    deposit(suite, roles, unfunded, TONNE)
    (outside,) = retirements_of(suite.AutoRetire.settle(unfunded, {"from": roles.outsider}))
    for _ in range(3):
        gift(suite, roles, unfunded, 1)
    other_units = outside.units + 3
    assert footprint_of(unfunded, 0)[1:] == (True, [], other_units)
    listed = settled_by(*minted(unfunded, roles, settlements=1))
    assert footprint_of(unfunded, 0)[1:] == (True, listed, other_units)
    assert_adds_up(suite, unfunded)


def test_a_settlement_that_retires_nothing(suite, showing, roles):
    """A gift was more than is outstanding."""
    gift(suite, roles, showing, KILOGRAM)
    while suite.EmissionsRegistry.emittedBy(showing) < THRESHOLD_CO2E_MICROGRAMS:
        tx = showing.mint(2, {"from": roles.collector})
    # It settled, or it would have recorded once.
    assert len(tx.events["EmissionsRecorded"]) == 2
    assert footprint_of(showing, 0)[1:] == (True, [], KILOGRAM)
    assert_adds_up(suite, showing)


def test_a_strangers_mints_of_nothing(suite, showing, roles):
    before = settled_by(*minted(showing, roles, settlements=1))
    noted = footprint_of(showing, 0)
    assert noted[2] == before
    strangers = []
    while len(strangers) < 3:
        strangers += settled_by(showing.mint(0, {"from": roles.outsider}))
    token = showing.nextTokenId()
    own = settled_by(*minted(showing, roles, settlements=1))
    assert footprint_of(showing, 0) == noted
    # The first of them settled for the token that was waiting.
    assert footprint_of(showing, token - 1)[1:] == (True, strangers[:1], 0)
    assert footprint_of(showing, token)[1:] == (True, [*strangers[1:3], *own], 0)
    assert_adds_up(suite, showing)

    strangers = []
    while len(strangers) < 4:
        strangers += settled_by(showing.mint(0, {"from": roles.outsider}))
    token = showing.nextTokenId()
    own = settled_by(*minted(showing, roles, settlements=1))
    listed = [*strangers[1:3], *own]
    assert footprint_of(showing, token)[1:] == (True, listed, strangers[3] % 2**96)
    assert len(listed) < showing.MAX_RETIREMENTS_LISTED()
    assert len(traits_of(showing, token)) == 2 + len(listed) + 1
    assert_adds_up(suite, showing)
