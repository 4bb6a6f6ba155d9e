"""invalidate, thousands of times: what is cancelled elsewhere makes no act dearer, or too dear.

given a credit of 4,100 serials of which one in four is cancelled by itself
  a retirement and a transfer cost what they cost with one range
  there are no more than 1,024 ranges
  with all of them in one retirement it can be counted, and its credit be retired, redeemed and read
"""

import pytest
from brownie import reverts

from tests.retirements import proof_of, retirement_of
from tests.suite import NOTHING_SAID, PROJECT_ID, issue, reverts_with

T = 10**8
SERIALS, RANGES = 4_100, 1_024
TOKEN = (PROJECT_ID << 128) | (1 << 64) | SERIALS
RANGES_A_TRANSACTION = 128
BLOCK_GAS = 30_000_000
TRANSACTION_GAS = 2**24
"""The most that a transaction may use on Ethereum (EIP-7825)."""


@pytest.fixture(autouse=True)
def many_serials(suite, roles, isolation):
    issue(suite, roles, TOKEN & (2**128 - 1))


def cancel(suite, roles, serials):
    credits = suite.CarbonCredits
    for start in range(0, len(serials), RANGES_A_TRANSACTION):
        calls = [
            credits.invalidate.encode_input(TOKEN, serial, serial, "")
            for serial in serials[start : start + RANGES_A_TRANSACTION]
        ]
        send(credits, credits.multicall.encode_input(calls), roles.custodian)


def send(contract, data, sender):
    """Past Brownie, which takes a transaction for dropped while anvil is busy with it."""
    from brownie import web3

    call = {"from": str(sender), "to": str(contract), "data": data, "gas": BLOCK_GAS}
    receipt = web3.eth.wait_for_transaction_receipt(
        web3.eth.send_transaction(call | {"gasPrice": 2 * 10**9})
    )
    assert receipt["status"] == 1
    return receipt["gasUsed"]


def retire(suite, roles, units):
    return suite.CarbonCredits.retireFor(
        TOKEN, roles.holder, units, roles.beneficiary, NOTHING_SAID, False, {"from": roles.holder}
    )


@pytest.mark.parametrize("passed", [True, False])
def test_many_elsewhere_cost_a_retirement_nothing(suite, roles, passed):
    """Behind the front, which has passed them, and before it."""
    if passed:
        retire(suite, roles, 1200 * T)
    cancel(suite, roles, [4])
    for _ in range(2):
        gas_used = retire(suite, roles, T // 4).gas_used
    cancel(suite, roles, range(8, 1200, 4))
    assert abs(retire(suite, roles, T // 4).gas_used - gas_used) <= 24  # a zero byte in the id


def test_the_most_that_can_be_cancelled_stays_within_a_transaction(suite, roles):
    credits, custodian = suite.CarbonCredits, {"from": roles.custodian}
    retirement = retirement_of(retire(suite, roles, (SERIALS - 2) * T))
    lowest, *others = range(2, SERIALS, 4)[:RANGES]
    cancel(suite, roles, others)
    # The last one goes where the walk to its place is the longest.
    data = credits.invalidate.encode_input(TOKEN, lowest, lowest, "")
    invalidate_gas = send(credits, data, roles.custodian)
    with reverts(reverts_with("TooManyRanges", TOKEN, RANGES)):
        credits.invalidate(TOKEN, 4, 4, "", custodian)
    assert credits.invalidUnitsOf(TOKEN, retirement.id) == RANGES * T

    proof = proof_of(retirement, [retirement])
    data = credits.invalidateRetirement.encode_input(retirement.fields, proof)
    gas_used = {
        "invalidate": invalidate_gas,
        "invalidateRetirement": send(credits, data, roles.outsider),
        "settleSerials": suite.CreditRecords.settleSerials(TOKEN, 1, "", custodian).gas_used,
        "redeem": credits.redeem(TOKEN, roles.holder, 1, "", {"from": roles.holder}).gas_used,
        "retire": retire(suite, roles, T).gas_used,
    }
    assert credits.invalidatedFor(roles.beneficiary) == RANGES * T
    print(gas_used)
    assert all(gas < TRANSACTION_GAS // 4 for gas in gas_used.values())
    assert credits.stateOf(TOKEN)["availableUnits"] == 0
    assert credits.uri(TOKEN).startswith("data:")
    # All of it, which takes the ranges in, is one range: a project's reversal can always be told.
    data = credits.invalidate.encode_input(TOKEN, 1, SERIALS, "")
    gas = send(credits, data, roles.custodian)
    print(gas)
    assert gas < TRANSACTION_GAS // 2
    with reverts(reverts_with("SerialsOverlap", 1, 1, 1, SERIALS)):
        credits.invalidate(TOKEN, 1, 1, "", custodian)
