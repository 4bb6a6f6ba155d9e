"""MintFootprints: from a token to what it emitted and what offset it, on-chain.

given a collection that settles with every few mints
  a token's emissions are the mean of those minted between two settlements, rounded up
  it names the retirements that offset it, and is offset from then on
  tokens since the last settlement wait for theirs
  what the registry cancels is not offset any more
  its metadata shows all that
"""

import json

import pytest
from brownie import reverts

from tests.retirements import proof_of, retirement_of
from tests.suite import FIRST_SERIAL, TOKEN_ID, deposit, reverts_with

TONNE = 10**8
THRESHOLD_CO2E_MICROGRAMS = 40_000_000


@pytest.fixture
def showing(suite, roles, project_contracts):
    collection = project_contracts.ShowingCollection.deploy(
        suite.AutoRetire, THRESHOLD_CO2E_MICROGRAMS, {"from": roles.marketplace}
    )
    deposit(suite, roles, collection, TONNE)
    return collection


def minted(showing, roles, settlements, count=2):
    """Mints until it has settled that often, and once more; the transactions."""
    mints, left = [], settlements
    while left:
        mints.append(showing.mint(count, {"from": roles.collector}))
        left -= "Settled" in mints[-1].events
    return [*mints, showing.mint(count, {"from": roles.collector})]


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
            ids = [tx.events["Settled"]["retirementId"]]
            for each in batch:
                assert tuple(showing.footprintOf(each)) == (mean, True, ids)
            # What the settlement emitted is the next tokens'.
            co2e_micrograms, batch = sum(records[1:]), []
    mean = -(-co2e_micrograms // len(batch))
    assert tuple(showing.footprintOf(token - 1)) == (mean, False, ())
    with reverts(reverts_with("UnknownToken", token)):
        showing.footprintOf(token)


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


def test_its_metadata_shows_it(showing, roles):
    mints = minted(showing, roles, settlements=1)
    settling = next(tx for tx in mints if "Settled" in tx.events)
    last = showing.nextTokenId() - 1
    for token, offset in ((0, "yes"), (last, "not yet")):
        document = json.loads(showing.tokenURI(token).removeprefix("data:application/json,"))
        shown = {each["trait_type"]: each["value"] for each in document["attributes"]}
        co2e_micrograms = showing.footprintOf(token)["co2eMicrograms"]
        assert shown["CO2e of the mint (mg)"] == -(-co2e_micrograms // 1000)
        assert shown["CO2e offset"] == offset
        retirement_id = str(settling.events["Settled"]["retirementId"])
        assert shown.get("Retirement") == (retirement_id if token == 0 else None)
