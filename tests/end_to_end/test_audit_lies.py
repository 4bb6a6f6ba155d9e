"""Audit of contracts that lie: their logs say what they never did.

Each lie is logged at a real contract's address, on a real node, beside an honest mint.

when it logs emissions that the factor does not make of the gas, or by a factor not in force
    it  is found, as emissions and as a sum that the contract does not hold
when it logs a factor that the contract does not hold
    it  is found
when it logs a credit twice, over issued serials, or of another amount than its serials
    it  is found
when it logs a retirement that leaves a gap, overlaps, leaves its credit, or is of no credit
    it  is found, also by the hash of its page
when it logs a transfer, a redemption or a cancellation that never was
    it  is found
when it logs that cancelled units were counted, or made good
    it  is found
"""

import pytest

from tests.suite import (
    CREDIT_ID,
    FACTOR,
    FIRST_SERIAL,
    LAST_SERIAL,
    PROJECT_ID,
    TOKEN_ID,
    retire_for,
)

RETIRED_UNITS = 5


@pytest.fixture(autouse=True)
def honest(suite, roles, collection):
    collection.mint(1, b"", {"from": roles.collector})
    retire_for(suite, roles, RETIRED_UNITS)


def checks_that_found(result, transaction_hash):
    assert not result.ok
    for_all = {each.check for each in result.findings if each.transaction_hash is None}
    return {e.check for e in result.findings if e.transaction_hash == transaction_hash}, for_all


def messages(result):
    return "\n".join(each.message for each in result.findings)


def test_wrong_co2e(audit, suite, lies, collection):
    lie = lies(suite.EmissionsRegistry, "logEmissions", collection, 1, 50_000, 1)
    result = audit()

    assert checks_that_found(result, lie) == ({"emissions", "metering"}, {"accounts", "metering"})
    assert "µg CO2e of 50,000 gas: the chain tells 1, recomputed 3,500,000" in messages(result)
    assert "pWh of 50,000 gas: the chain tells 50,000, recomputed" in messages(result)


def test_factor_that_was_never_published(audit, suite, lies, collection):
    lie = lies(suite.EmissionsRegistry, "logEmissions", collection, 2, 1_000, 1)
    result = audit()

    assert "emissions" in checks_that_found(result, lie)[0]
    assert "version of the factor in force: the chain tells 2, recomputed 1" in messages(result)
    assert "factor version 2 was never published" in messages(result)


@pytest.mark.parametrize("version", [1, 2])
def test_factor_that_the_contract_does_not_hold(audit, suite, lies, version):
    lies(suite.EmissionsRegistry, "logFactor", version, (1, *FACTOR[1:]))
    result = audit()

    assert "factors" in {each.check for each in result.findings}
    assert f"versions published: the chain tells [1, {version}], recomputed [1]" in messages(result)
    if version == 1:
        what = "factor version 1, pg CO2e per gas: the chain tells 70,000,000, recomputed 1"
        assert what in messages(result)


@pytest.mark.parametrize(
    ("first", "last", "amount", "check", "message"),
    [
        (FIRST_SERIAL, LAST_SERIAL, 425 * 10**8, "serials", "overlap"),
        (LAST_SERIAL, LAST_SERIAL, 10**8, "serials", f"overlap {FIRST_SERIAL} to {LAST_SERIAL}"),
        (1, FIRST_SERIAL, FIRST_SERIAL * 10**8, "serials", "overlap 1 to"),
        (1, 2, 10**8, "issuance", "units issued: the chain tells 100,000,000, recomputed 200,000,"),
        (2, 1, 10**8, "issuance", "no credit's id"),
    ],
)
def test_credit(audit, suite, roles, lies, first, last, amount, check, message):
    lies(suite.CarbonCredits, "logMint", roles.outsider, PROJECT_ID, first << 64 | last, amount)
    result = audit()

    assert {each.check for each in result.findings} == {check, "issuance"}
    assert message in messages(result)
    assert "the chain lists 1 credits and has events of 2" in messages(result)


def test_credit_of_another_registry(audit, suite, roles, lies):
    project = 2 << 64 | 1
    lies(suite.CarbonCredits, "logMint", roles.outsider, project, CREDIT_ID, 425 * 10**8)

    assert {each.check for each in audit().findings} == {"issuance"}


def id_of(start_units, units, registry=1):
    """A retirement's id, also one that cannot be."""
    return registry << 192 | (FIRST_SERIAL * 10**8 + start_units) << 96 | units


@pytest.mark.parametrize(
    ("retirement_id", "message"),
    [
        (id_of(RETIRED_UNITS + 1, 1), "starts at unit 6 of the credit and leaves a gap after"),
        (id_of(RETIRED_UNITS - 1, 10), "starts at unit 4 of the credit and overlaps"),
        (id_of(RETIRED_UNITS, 425 * 10**8), "ends beyond"),
        (id_of(RETIRED_UNITS, 0), "is empty"),
        (id_of(RETIRED_UNITS, 1, registry=2), "its registry: the chain tells 2, recomputed 1"),
    ],
)
def test_retirement(audit, suite, roles, lies, retirement_id, message):
    units = retirement_id & (2**96 - 1)
    arguments = (retirement_id, TOKEN_ID, roles.beneficiary, 1, units)
    lie = lies(suite.CarbonCredits, "logRetirement", *arguments)
    result = audit()

    assert message in messages(result)
    here, for_all = checks_that_found(result, lie)
    assert here == {"serials"}
    assert {"retirements", "pages"} <= for_all
    assert "1 event(s) of a retirement after 1 others, but the chain counts 1" in messages(result)
    if units:
        assert {"accounts", "sums", "holdings"} <= for_all


def test_retirement_that_takes_the_place_of_another(audit, suite, roles, lies):
    arguments = (id_of(0, RETIRED_UNITS), TOKEN_ID, roles.outsider, 0, RETIRED_UNITS)
    lies(suite.CarbonCredits, "logRetirement", *arguments)

    assert "2 event(s) of a retirement after 0 others" in messages(audit())


def test_retirement_of_no_credit(audit, suite, roles, lies):
    lied = id_of(0, 10)
    lies(suite.CarbonCredits, "logRetirement", lied, TOKEN_ID + 1, roles.beneficiary, 0, 10)
    result = audit()

    message = f"retirement {lied} draws on credit {TOKEN_ID + 1}, which was never issued"
    assert message in messages(result)
    assert "retired for the account: the chain tells 0, recomputed 10" in messages(result)


def test_transfer(audit, suite, roles, lies):
    lies(suite.CarbonCredits, "logTransfer", roles.holder, roles.outsider, TOKEN_ID, 7)
    result = audit()

    assert {(e.check, e.account) for e in result.findings} == {
        ("holdings", roles.holder.address),
        ("holdings", roles.outsider.address),
    }
    assert "that the account holds: the chain tells 0, recomputed 7" in messages(result)


def test_redemption(audit, suite, roles, lies):
    lies(suite.CarbonCredits, "logRedemption", TOKEN_ID, roles.holder, FIRST_SERIAL, FIRST_SERIAL)
    result = audit()

    assert {e.check for e in result.findings} == {"serials", "sums", "holdings"}
    assert f"were redeemed, but the last that could be is {LAST_SERIAL}" in messages(result)
    assert "5 units are both retired and redeemed" in messages(result)
    assert "redeemed: the chain tells 0, recomputed 100,000,000" in messages(result)


def test_cancelled_serials(audit, suite, roles, lies):
    lies(suite.CarbonCredits, "logCancelledSerials", TOKEN_ID, FIRST_SERIAL, FIRST_SERIAL)
    result = audit()

    assert {e.check for e in result.findings} == {"cancelled", "sums"}
    what = "that the registry cancelled: the chain tells 0, recomputed 100,000,000"
    assert what in messages(result)
    assert "units cancelled: the chain tells 0, recomputed 5" in messages(result)


@pytest.mark.parametrize("whose", ["beneficiary", "outsider"])
def test_units_counted_as_cancelled(audit, suite, roles, lies, whose):
    account = getattr(roles, whose)
    counted = (id_of(0, RETIRED_UNITS), TOKEN_ID, account, 2)
    lie = lies(suite.CarbonCredits, "logCancelledUnits", *counted)
    result = audit([account.address])

    assert {e.check for e in result.findings} == {"cancelled", "accounts"}
    assert "units counted as cancelled: the chain tells 0, recomputed 2" in messages(result)
    is_of_another = lie in {e.transaction_hash for e in result.findings}
    assert is_of_another == (whose == "outsider")


@pytest.mark.parametrize(
    ("units", "problem"),
    [(RETIRED_UNITS, None), (2, "is no retirement of so many units for this account")],
)
def test_units_made_good(audit, suite, roles, lies, units, problem):
    honest_id = id_of(0, RETIRED_UNITS)
    replaced = (honest_id, honest_id, roles.beneficiary, units)
    lies(suite.CarbonCredits, "logReplacement", *replaced)
    result = audit([roles.beneficiary.address])

    assert {e.check for e in result.findings} == {"cancelled", "accounts"}
    assert f"units made good: the chain tells 0, recomputed {units}" in messages(result)
    assert (problem or "") in messages(result)
    lies(suite.CarbonCredits, "logReplacement", *replaced)
    if problem is None:
        assert "which made another good already" in messages(audit())
