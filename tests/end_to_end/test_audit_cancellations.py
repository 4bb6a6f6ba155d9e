"""Audit of what the registry cancelled, and of what went back to it.

given serials that were cancelled after they were retired
    it  notes each retirement that still counts in full, and for whom, until it is counted
    it  tells what was counted and made good, and that what is outstanding is so again
given serials that were cancelled before they were retired or redeemed
    it  finds nothing wrong in a retirement or redemption that passes them over
"""

from dataclasses import astuple

import pytest

from gasprint.audit import Severity
from gasprint.retirements import proof_of, rebuild, retirement_id
from tests.suite import FIRST_SERIAL, LAST_SERIAL, NOTHING_SAID, TOKEN_ID, deposit, retire_for

TONNE = 10**8


@pytest.fixture
def cancel(suite, roles):
    def run(first, last):
        custodian = {"from": roles.custodian}
        suite.CarbonCredits.invalidate(TOKEN_ID, first, last, "reversed", custodian)

    return run


@pytest.fixture
def count(suite, roles, reader):
    """Has what is cancelled of a retirement counted, as anyone can."""

    def run(index):
        rebuilt = rebuild(
            reader.retirements(), reader.retirements_described(), reader.block_time_unix_seconds
        )[TOKEN_ID]
        arguments = astuple(rebuilt[index]), astuple(proof_of(rebuilt, index))
        suite.CarbonCredits.invalidateRetirement(*arguments, {"from": roles.outsider})

    return run


def test_what_is_cancelled_and_not_counted_is_noted(audit, suite, roles, cancel, count):
    retired = retire_for(suite, roles, 5 * TONNE // 2)
    cancel(FIRST_SERIAL + 1, FIRST_SERIAL + 2)

    result = audit()
    assert result.ok
    (finding,) = result.findings
    assert (finding.check, finding.severity) == ("cancelled", Severity.NOTE)
    assert finding.account == roles.beneficiary.address
    assert finding.transaction_hash == retired.txid
    name = f"retirement {retirement_id(TOKEN_ID, 0, 5 * TONNE // 2)} for {roles.beneficiary}"
    assert f"{name}: the registry cancelled 150,000,000 units" in finding.message
    assert not any(f.check == "cancelled" for f in audit([roles.outsider.address]).findings)
    assert result.retirements[0].invalid_units == 150_000_000
    assert result.accounts[0].invalidated_units == 0

    count(0)
    counted = audit()
    assert counted.findings == ()
    assert counted.accounts[0].invalidated_units == 150_000_000

    cancel(FIRST_SERIAL, FIRST_SERIAL)
    (finding,) = audit().findings
    assert "the registry cancelled 100,000,000 units" in finding.message


def test_what_is_counted_is_outstanding_until_made_good(
    audit, reader, suite, roles, collection, cancel, count
):
    deposit(suite, roles, collection, TONNE)
    for _ in range(20):
        collection.mint(1, b"", {"from": roles.collector})
    (event,) = reader.retirements()
    before = audit([collection.address]).accounts[0]
    cancel(FIRST_SERIAL, FIRST_SERIAL)
    count(0)

    (line,) = audit().accounts
    assert line.invalidated_units == line.retired_units == before.retired_units
    assert line.outstanding_co2e_micrograms == line.emitted_co2e_micrograms
    assert audit().findings == ()

    suite.CarbonCredits.replace(
        *(event.retirement_id, TOKEN_ID, roles.holder, line.retired_units, NOTHING_SAID),
        {"from": roles.holder},
    )
    made_good = audit()
    assert made_good.findings == ()
    (line,) = made_good.accounts
    assert line.replaced_units == line.invalidated_units == before.retired_units
    assert line.outstanding_co2e_micrograms == before.outstanding_co2e_micrograms


@pytest.mark.parametrize("first", [FIRST_SERIAL + 2, FIRST_SERIAL + 100], ids=["retired", "left"])
def test_what_is_cancelled_in_part_and_then_in_full(audit, suite, roles, cancel, count, first):
    retire_for(suite, roles, 10 * TONNE)
    cancel(first, first + 2)
    cancel(FIRST_SERIAL, LAST_SERIAL)

    result = audit()
    assert result.ok
    assert result.retirements[0].invalid_units == 10 * TONNE

    count(0)
    result = audit()
    assert result.ok
    assert result.findings == ()


def test_what_was_cancelled_before_is_passed_over(audit, reader, suite, roles, cancel):
    retire_for(suite, roles, TONNE // 2)
    cancel(FIRST_SERIAL, FIRST_SERIAL + 1)
    cancel(FIRST_SERIAL + 2, FIRST_SERIAL + 2)
    cancel(LAST_SERIAL - 1, LAST_SERIAL)
    cancel(LAST_SERIAL - 3, LAST_SERIAL - 3)
    holder = {"from": roles.holder}
    retire_for(suite, roles, TONNE)
    suite.CarbonCredits.redeem(TOKEN_ID, roles.holder, 1, "an account", holder)
    suite.CarbonCredits.redeem(TOKEN_ID, roles.holder, 2, "an account", holder)

    result = audit()
    assert result.ok
    assert [finding.check for finding in result.findings] == ["cancelled"]
    assert [each.span.first_serial for each in result.retirements] == [
        FIRST_SERIAL,
        FIRST_SERIAL + 3,
    ]
    assert [(r.first_serial, r.last_serial) for r in reader.serials_redeemed()] == [
        (LAST_SERIAL - 2, LAST_SERIAL - 2),
        (LAST_SERIAL - 5, LAST_SERIAL - 4),
    ]
