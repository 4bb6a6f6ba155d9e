"""Audit of contracts that lie: their logs say what they never did.

Each lie is logged at a real contract's address, on a real node, beside an honest mint.

when it logs emissions that the factor does not make of the gas, or by a factor not in force
    it  is found, as emissions and as a sum that the contract does not hold
when it logs a factor that the contract does not hold
    it  is found
when it logs a credit twice, over issued serials, or of another amount than its serials
    it  is found
when it logs a retirement that leaves a gap, overlaps, leaves its credit, or is of no credit
    it  is found
"""

import pytest

from gasprint.audit import audit
from tests.suite import CREDIT_ID, FACTOR, FIRST_SERIAL, LAST_SERIAL, PROJECT_ID, TOKEN_ID

RETIRED_UNITS = 5


@pytest.fixture(autouse=True)
def honest(suite, roles, collection):
    collection.mint(1, b"", {"from": roles.collector})
    suite.CarbonCredits.retireFor(
        TOKEN_ID, roles.holder, RETIRED_UNITS, roles.beneficiary, {"from": roles.holder}
    )


def checks_that_found(result, transaction_hash):
    assert not result.ok
    for_all = {each.check for each in result.findings if each.transaction_hash is None}
    return {e.check for e in result.findings if e.transaction_hash == transaction_hash}, for_all


def messages(result):
    return "\n".join(each.message for each in result.findings)


def test_wrong_co2e(reader, suite, lies, collection):
    lie = lies(suite.EmissionsRegistry, "logEmissions", collection, 1, 50_000, 1)
    result = audit(reader)

    assert checks_that_found(result, lie) == ({"emissions", "metering"}, {"accounts", "metering"})
    assert "µg CO2e of 50,000 gas: the chain tells 1, recomputed 3,500,000" in messages(result)
    assert "pWh of 50,000 gas: the chain tells 50,000, recomputed" in messages(result)


def test_factor_that_was_never_published(reader, suite, lies, collection):
    lie = lies(suite.EmissionsRegistry, "logEmissions", collection, 2, 1_000, 1)
    result = audit(reader)

    assert "emissions" in checks_that_found(result, lie)[0]
    assert "version of the factor in force: the chain tells 2, recomputed 1" in messages(result)
    assert "factor version 2 was never published" in messages(result)


@pytest.mark.parametrize("version", [1, 2])
def test_factor_that_the_contract_does_not_hold(reader, suite, lies, version):
    lies(suite.EmissionsRegistry, "logFactor", version, (1, *FACTOR[1:]))
    result = audit(reader)

    assert "factors" in {each.check for each in result.findings}
    assert f"versions published: the chain tells [1, {version}], recomputed [1]" in messages(result)
    if version == 1:
        assert "factor version 1: the chain tells RegisteredFactor(" in messages(result)


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
def test_credit(reader, suite, roles, lies, first, last, amount, check, message):
    lies(suite.CarbonCredits, "logMint", roles.outsider, PROJECT_ID, first << 64 | last, amount)
    result = audit(reader)

    assert {each.check for each in result.findings} == {check}
    assert message in messages(result)


def test_credit_of_another_registry(reader, suite, roles, lies):
    project = 2 << 64 | 1
    lies(suite.CarbonCredits, "logMint", roles.outsider, project, CREDIT_ID, 425 * 10**8)

    assert audit(reader).ok


@pytest.mark.parametrize(
    ("start_units", "units", "message"),
    [
        (RETIRED_UNITS + 1, 1, "starts at unit 6 and leaves a gap after"),
        (RETIRED_UNITS - 1, 10, "starts at unit 4 and overlaps"),
        (RETIRED_UNITS, 425 * 10**8, "ends beyond"),
        (RETIRED_UNITS, 0, "is empty"),
    ],
)
def test_retirement(reader, suite, roles, lies, start_units, units, message):
    arguments = (1, TOKEN_ID, roles.beneficiary, start_units, units)
    lie = lies(suite.CarbonCredits, "logRetirement", *arguments)
    result = audit(reader)

    assert message in messages(result)
    here, for_all = checks_that_found(result, lie)
    assert {"retirements", "serials"} <= here
    assert "retirements" in for_all
    if units:
        assert {"accounts", "sums"} <= for_all


def test_retirement_of_no_credit(reader, suite, roles, lies):
    arguments = (2, TOKEN_ID + 1, roles.beneficiary, 0, 10)
    lies(suite.CarbonCredits, "logRetirement", *arguments)
    result = audit(reader)

    assert f"retirement 2 draws on credit {TOKEN_ID + 1}, which was never issued" in messages(
        result
    )
    assert "retired: the chain tells 0, recomputed 10" in messages(result)
