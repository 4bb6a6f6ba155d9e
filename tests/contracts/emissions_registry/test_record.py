"""record and outstanding.

given a factor of 70,000,000 pg and 187,000,000 pWh per gas in force
  it charges the caller, rounding up, and says so in the transaction's own receipt
  what was recorded since a moment is not recorded twice
  a reporter charges an account only while that has approved it, and the receipt names it
  it refuses more gas than a block holds
  outstanding is what was emitted less what was retired for the account, in any order
  what the registry cancels of a retirement is outstanding again, once it is counted
"""

import pytest
from brownie import reverts, web3

from tests.retirements import proof_of, retirement_of
from tests.suite import FACTOR, FIRST_SERIAL, NOTHING_SAID, TOKEN_ID, publish, reverts_with

ROUNDED_UP = (70_000_001, *FACTOR[1:])


def retire_for_beneficiary(suite, roles, units):
    return suite.CarbonCredits.retireFor(
        TOKEN_ID,
        roles.holder,
        units,
        roles.beneficiary,
        NOTHING_SAID,
        False,
        {"from": roles.holder},
    )


def test_it_charges_the_caller_in_the_receipt(suite, roles):
    tx = suite.EmissionsRegistry.record(150_000, {"from": roles.marketplace})
    assert dict(tx.events["EmissionsRecorded"]) == {
        "account": roles.marketplace,
        "factorVersion": 1,
        "gasUsed": 150_000,
        "energyPicowattHours": 150_000 * 187_000_000,
        "co2eMicrograms": 150_000 * 70,
    }
    assert tx.return_value == 150_000 * 70
    suite.EmissionsRegistry.record(1, {"from": roles.marketplace})
    emissions = suite.EmissionsRegistry.emissionsOf(roles.marketplace)
    assert emissions["gasUsed"] == 150_001
    assert emissions["energyPicowattHours"] == 150_001 * 187_000_000
    assert emissions["co2eMicrograms"] == 150_001 * 70
    assert suite.EmissionsRegistry.emittedBy(roles.outsider) == 0


@pytest.mark.parametrize(
    ("gas_used", "co2e_micrograms"),
    [(0, 0), (1, 71), (999_999, 69_999_931), (1_000_000, 70_000_001)],
)
def test_it_rounds_up(suite, roles, gas_used, co2e_micrograms):
    publish(suite, roles, ROUNDED_UP)
    suite.EmissionsRegistry.record(gas_used, {"from": roles.marketplace})
    assert suite.EmissionsRegistry.emittedBy(roles.marketplace) == co2e_micrograms


def test_more_gas_than_a_block_holds_is_refused(suite, roles):
    limit = web3.eth.get_block("latest")["gasLimit"]
    with reverts(reverts_with("GasExceedsBlock", limit + 1, limit)):
        suite.EmissionsRegistry.record(limit + 1, {"from": roles.marketplace})
    suite.EmissionsRegistry.record(limit, {"from": roles.marketplace})
    assert suite.EmissionsRegistry.emissionsOf(roles.marketplace)["gasUsed"] == limit


@pytest.mark.parametrize(
    ("gas_used", "recorded"), [(150_000, 50_000), (100_001, 1), (100_000, 0), (1, 0)]
)
def test_what_was_recorded_since_is_left_out(suite, roles, gas_used, recorded):
    registry = suite.EmissionsRegistry
    registry.record(40_000, {"from": roles.marketplace})
    before = registry.gasUsedBy(roles.marketplace)
    registry.record(100_000, {"from": roles.marketplace})
    tx = registry.recordSince(before, gas_used, {"from": roles.marketplace})
    assert tx.events["EmissionsRecorded"]["gasUsed"] == recorded
    assert registry.gasUsedBy(roles.marketplace) == 140_000 + recorded


def test_a_moment_that_is_still_to_come_leaves_nothing_out(suite, roles):
    tx = suite.EmissionsRegistry.recordSince(2**256 - 1, 1000, {"from": roles.marketplace})
    assert tx.events["EmissionsRecorded"]["gasUsed"] == 1000


def test_a_reporter_records_for_whom_approved_it(suite, roles):
    registry = suite.EmissionsRegistry
    approval = registry.setReporter(roles.auditor, True, {"from": roles.marketplace})
    assert dict(approval.events["ReporterSet"]) == {
        "account": roles.marketplace,
        "reporter": roles.auditor,
        "approved": True,
    }
    tx = registry.recordFor(roles.marketplace, 1_000, {"from": roles.auditor})
    assert dict(tx.events["EmissionsReported"]) == {
        "account": roles.marketplace,
        "reporter": roles.auditor,
    }
    assert tx.events["EmissionsRecorded"]["account"] == roles.marketplace
    assert tx.return_value == 70_000
    assert registry.emittedBy(roles.marketplace) == 70_000
    assert registry.emittedBy(roles.auditor) == 0


def test_a_reporter_nobody_approved_is_refused(suite, roles):
    registry = suite.EmissionsRegistry
    registry.setReporter(roles.auditor, True, {"from": roles.holder})
    for reporter in (roles.auditor, roles.administrator, roles.factor_publisher):
        assert not registry.isReporter(roles.marketplace, reporter)
        with reverts(reverts_with("NotReporter", str(roles.marketplace), str(reporter))):
            registry.recordFor(roles.marketplace, 1_000, {"from": reporter})
    assert registry.emittedBy(roles.marketplace) == 0


def test_an_approval_withdrawn_midway_ends_there(suite, roles):
    registry = suite.EmissionsRegistry
    registry.setReporter(roles.auditor, True, {"from": roles.marketplace})
    registry.recordFor(roles.marketplace, 1_000, {"from": roles.auditor})
    registry.setReporter(roles.auditor, False, {"from": roles.marketplace})
    with reverts(reverts_with("NotReporter", str(roles.marketplace), str(roles.auditor))):
        registry.recordFor(roles.marketplace, 1_000, {"from": roles.auditor})
    assert registry.gasUsedBy(roles.marketplace) == 1_000


def test_outstanding_is_emitted_less_retired(suite, roles):
    registry = suite.EmissionsRegistry
    registry.record(1_000_000, {"from": roles.beneficiary})
    assert registry.outstanding(roles.beneficiary) == 70_000_000
    retire_for_beneficiary(suite, roles, 6_000)
    assert registry.outstanding(roles.beneficiary) == 10_000_000
    assert registry.emittedBy(roles.beneficiary) == 70_000_000


def test_what_was_retired_in_excess_stays_in_favour(suite, roles):
    registry = suite.EmissionsRegistry
    retire_for_beneficiary(suite, roles, 10_000)
    assert registry.outstanding(roles.beneficiary) == 0
    registry.record(1_000_000, {"from": roles.beneficiary})
    assert registry.outstanding(roles.beneficiary) == 0
    registry.record(1_000_000, {"from": roles.beneficiary})
    assert registry.outstanding(roles.beneficiary) == 40_000_000


def test_what_the_registry_cancels_of_a_retirement_is_outstanding_again(suite, roles):
    registry, credits = suite.EmissionsRegistry, suite.CarbonCredits
    registry.record(1_000_000, {"from": roles.beneficiary})
    retirement = retirement_of(retire_for_beneficiary(suite, roles, 10_000))
    assert registry.outstanding(roles.beneficiary) == 0
    credits.invalidate(TOKEN_ID, FIRST_SERIAL, FIRST_SERIAL, "", {"from": roles.custodian})
    assert registry.outstanding(roles.beneficiary) == 0  # until somebody names the retirement
    proof = proof_of(retirement, [retirement])
    credits.invalidateRetirement(retirement.fields, proof, {"from": roles.outsider})
    assert registry.outstanding(roles.beneficiary) == 70_000_000
    assert registry.emittedBy(roles.beneficiary) == 70_000_000
