"""settle: retires what is outstanding, from the account's own deposit, by anyone.

given an account with a threshold of 100 g
  it does nothing below the threshold, or without one
  it retires all that is outstanding, rounded up, at the threshold and above
  it draws on credits in the order of their deposit, passes over expired and emptied ones
  a credit on hold waits at the end, and is drawn on once it is off hold
  a credit with cancelled serials is drawn on up to them, then after them
  what the registry cancels of a retirement is settled again
  what the deposit does not reach stays outstanding
  it never draws on another's deposit
"""

from brownie import reverts

from tests.retirements import proof_of, retirement_of
from tests.settlements import KILOGRAM, TONNE, due_units, emit, returned, settle, small_credit
from tests.suite import (
    FIRST_SERIAL,
    THRESHOLD_CO2E_MICROGRAMS,
    TOKEN_ID,
    deposit,
    pass_time,
    reverts_with,
)


def queue_before_a_tonne(suite, roles, account, count):
    """Deposits `count` credits that expire in 1,000 seconds, and a tonne that never does."""
    expiry = pass_time(0) + 1000
    expiring = [small_credit(suite, roles, serial, expiry=expiry) for serial in range(1, count + 1)]
    for token_id in expiring:
        deposit(suite, roles, account, KILOGRAM, token_id)
    deposit(suite, roles, account, TONNE)
    return expiring


def test_below_the_threshold_it_does_nothing(suite, roles):
    account = roles.marketplace
    suite.AutoRetire.setThreshold(THRESHOLD_CO2E_MICROGRAMS, {"from": account})
    deposit(suite, roles, account, TONNE)
    suite.EmissionsRegistry.record(1_428_571, {"from": account})
    assert suite.EmissionsRegistry.outstanding(account) == 99_999_970
    assert not suite.AutoRetire.isDue(account)
    tx = suite.AutoRetire.settle(account, {"from": roles.outsider})
    assert returned(tx) == (0, [])
    assert len(tx.events) == 0


def test_at_the_threshold_anyone_settles_all_that_is_outstanding(suite, roles):
    account = roles.marketplace
    suite.AutoRetire.setThreshold(99_999_970, {"from": account})
    deposit(suite, roles, account, TONNE)
    suite.EmissionsRegistry.record(1_428_571, {"from": account})
    assert suite.AutoRetire.isDue(account)
    tx = suite.AutoRetire.settle(account, {"from": roles.outsider})
    retirement = retirement_of(tx)
    # 99,999,970 µg, rounded up to units of 10,000 µg.
    assert returned(tx) == (10_000, [retirement.id])
    assert suite.EmissionsRegistry.outstanding(account) == 0
    assert suite.CarbonCredits.retiredFor(account) == 10_000
    assert suite.AutoRetire.depositOf(account, TOKEN_ID) == TONNE - 10_000
    assert retirement.fields[1:5] == (TOKEN_ID, account, suite.AutoRetire, suite.AutoRetire)
    assert dict(tx.events["Settled"]) == {
        "account": account,
        "retirementId": retirement.id,
        "tokenId": TOKEN_ID,
        "units": 10_000,
    }
    # The 30 µg too many count towards the next emissions.
    suite.EmissionsRegistry.record(1, {"from": account})
    assert suite.EmissionsRegistry.outstanding(account) == 40


def test_without_a_threshold_it_does_nothing(suite, roles):
    emit(suite, roles.marketplace, 200)
    deposit(suite, roles, roles.marketplace, TONNE)
    assert not suite.AutoRetire.isDue(roles.marketplace)
    tx = suite.AutoRetire.settle(roles.marketplace, {"from": roles.outsider})
    assert returned(tx) == (0, [])


def test_a_due_account_without_a_deposit_is_refused(suite, roles):
    suite.AutoRetire.setThreshold(1, {"from": roles.marketplace})
    emit(suite, roles.marketplace, 200)
    deposit(suite, roles, roles.beneficiary, TONNE)
    with reverts(reverts_with("NothingDeposited", str(roles.marketplace))):
        suite.AutoRetire.settle(roles.marketplace, {"from": roles.outsider})
    assert suite.AutoRetire.depositOf(roles.beneficiary, TOKEN_ID) == TONNE


def test_credits_are_drawn_in_the_order_of_their_deposit(suite, roles):
    account = roles.marketplace
    first, second = (small_credit(suite, roles, serial) for serial in (20, 10))
    suite.AutoRetire.setThreshold(1, {"from": account})
    deposit(suite, roles, account, KILOGRAM, first)
    deposit(suite, roles, account, KILOGRAM, second)
    deposit(suite, roles, account, KILOGRAM, first)
    emit(suite, account, 2500)
    tx = suite.AutoRetire.settle(account, {"from": roles.outsider})
    assert [e["tokenId"] for e in tx.events["Settled"]] == [first, second]
    assert [e["units"] for e in tx.events["Settled"]] == [2 * KILOGRAM, KILOGRAM // 2 + 1]
    assert suite.EmissionsRegistry.outstanding(account) == 0


def test_what_the_deposit_does_not_reach_stays_outstanding(suite, roles):
    account = roles.marketplace
    suite.AutoRetire.setThreshold(THRESHOLD_CO2E_MICROGRAMS, {"from": account})
    deposit(suite, roles, account, KILOGRAM)
    suite.EmissionsRegistry.record(20_000_000, {"from": account})
    tx = suite.AutoRetire.settle(account, {"from": roles.outsider})
    assert returned(tx) == (KILOGRAM, [retirement_of(tx).id])
    assert suite.EmissionsRegistry.outstanding(account) == 400_000_000
    assert tx.events["SettlementShort"]["co2eMicrograms"] == 400_000_000
    with reverts(reverts_with("NothingDeposited", str(account))):
        suite.AutoRetire.settle(account, {"from": roles.outsider})
    deposit(suite, roles, account, KILOGRAM)
    suite.AutoRetire.settle(account, {"from": roles.outsider})
    assert suite.EmissionsRegistry.outstanding(account) == 0


def test_a_settlement_makes_two_retirements_and_the_next_one_goes_on(suite, roles):
    account = roles.marketplace
    credits = [small_credit(suite, roles, serial) for serial in range(1, 4)]
    for token_id in credits:
        deposit(suite, roles, account, KILOGRAM, token_id)
    suite.AutoRetire.setThreshold(1, {"from": account})
    emit(suite, account, 2500)
    first = suite.AutoRetire.settle(account, {"from": roles.outsider})
    assert [e["tokenId"] for e in first.events["Settled"]] == credits[:2]
    second = suite.AutoRetire.settle(account, {"from": roles.outsider})
    assert [e["tokenId"] for e in second.events["Settled"]] == credits[2:]
    assert suite.EmissionsRegistry.outstanding(account) == 0


def test_expired_and_withdrawn_credits_do_not_clog_the_queue(suite, roles):
    account = roles.marketplace
    expiring = queue_before_a_tonne(suite, roles, account, 3)
    suite.AutoRetire.withdraw(expiring[1], KILOGRAM, account, {"from": account})
    suite.AutoRetire.setThreshold(1, {"from": account})
    emit(suite, account, 100)
    pass_time(1001)

    tx = suite.AutoRetire.settle(account, {"from": roles.outsider})
    assert [e["tokenId"] for e in tx.events["Settled"]] == [TOKEN_ID]
    assert [dict(e) for e in tx.events["Dequeued"]] == [
        {"account": account, "tokenId": token_id} for token_id in expiring
    ]
    assert suite.EmissionsRegistry.outstanding(account) == 0
    suite.AutoRetire.withdraw(expiring[0], KILOGRAM, account, {"from": account})
    assert suite.CarbonCredits.balanceOf(account, expiring[0]) == KILOGRAM


def test_more_expired_credits_than_one_settlement_passes_over_leave_the_queue(suite, roles):
    account = roles.marketplace
    contract = suite.AutoRetire
    at_once = contract.MAX_LOOKS_PER_SETTLEMENT() + contract.MAX_ENTRIES_DROPPED()
    queue_before_a_tonne(suite, roles, account, at_once)
    suite.AutoRetire.setThreshold(1, {"from": account})
    emit(suite, account, 100)
    pass_time(1001)
    first = suite.AutoRetire.settle(account, {"from": roles.outsider})
    assert returned(first) == (0, [])
    assert "SettlementShort" in first.events
    assert len(first.events["Dequeued"]) == at_once
    assert list(contract.queueOf(account)) == [TOKEN_ID]
    assert suite.AutoRetire.settle(account, {"from": roles.outsider}).return_value[0] > 0
    assert suite.EmissionsRegistry.outstanding(account) == 0


def test_a_credit_deposited_again_keeps_its_one_place_in_the_queue(suite, roles):
    account = roles.marketplace
    first, second = (small_credit(suite, roles, serial) for serial in (10, 20))
    suite.AutoRetire.setThreshold(1, {"from": account})
    deposit(suite, roles, account, KILOGRAM, first)
    deposit(suite, roles, account, KILOGRAM, second)
    for _ in range(7):
        suite.AutoRetire.withdraw(first, KILOGRAM, roles.holder, {"from": account})
        deposit(suite, roles, account, KILOGRAM, first)
    emit(suite, account, 1500)
    tx = suite.AutoRetire.settle(account, {"from": roles.outsider})
    assert [e["tokenId"] for e in tx.events["Settled"]] == [first, second]
    assert suite.EmissionsRegistry.outstanding(account) == 0


def test_the_threshold_is_the_accounts_own_to_set(suite, roles):
    tx = suite.AutoRetire.setThreshold(5, {"from": roles.marketplace})
    assert suite.AutoRetire.thresholdOf(roles.marketplace) == 5
    assert suite.AutoRetire.thresholdOf(roles.outsider) == 0
    assert dict(tx.events["ThresholdSet"]) == {
        "account": roles.marketplace,
        "thresholdCo2eMicrograms": 5,
    }


def test_a_credit_on_hold_waits_at_the_end_of_the_queue(suite, roles):
    account = roles.marketplace
    held, sound = (small_credit(suite, roles, serial) for serial in (10, 20))
    suite.AutoRetire.setThreshold(1, {"from": account})
    for token_id in (held, sound):
        deposit(suite, roles, account, KILOGRAM, token_id)
    suite.CarbonCredits.suspend([held], "under review", {"from": roles.custodian})

    emit(suite, account, 500)
    tx = suite.AutoRetire.settle(account, {"from": roles.outsider})
    assert [e["tokenId"] for e in tx.events["Settled"]] == [sound]
    assert suite.EmissionsRegistry.outstanding(account) == 0
    assert suite.AutoRetire.depositOf(account, held) == KILOGRAM

    emit(suite, account, 1000)
    short = suite.AutoRetire.settle(account, {"from": roles.outsider})
    assert [e["tokenId"] for e in short.events["Settled"]] == [sound]
    assert "SettlementShort" in short.events
    left = suite.EmissionsRegistry.outstanding(account)
    assert left > 0
    nothing = suite.AutoRetire.settle(account, {"from": roles.outsider})
    assert returned(nothing) == (0, [])
    assert nothing.events["SettlementShort"]["co2eMicrograms"] == left

    suite.CarbonCredits.resume([held], {"from": roles.custodian})
    tx = suite.AutoRetire.settle(account, {"from": roles.outsider})
    assert [e["tokenId"] for e in tx.events["Settled"]] == [held]
    assert suite.EmissionsRegistry.outstanding(account) == 0


def test_a_credit_is_drawn_on_up_to_its_cancelled_serials_then_after_them(suite, roles):
    account = roles.marketplace
    suite.AutoRetire.setThreshold(1, {"from": account})
    deposit(suite, roles, account, 10 * TONNE)
    # All of the first serial but 200 grams is retired, and the next two serials are cancelled.
    credits = suite.CarbonCredits
    credits.retire(TOKEN_ID, roles.holder, TONNE - KILOGRAM // 5, {"from": roles.holder})
    credits.invalidate(
        TOKEN_ID, FIRST_SERIAL + 1, FIRST_SERIAL + 2, "reversal", {"from": roles.custodian}
    )
    assert credits.retirableUnits(TOKEN_ID) == KILOGRAM // 5

    emit(suite, account, 500)
    tx = suite.AutoRetire.settle(account, {"from": roles.outsider})
    assert [e["units"] for e in tx.events["Settled"]] == [20_000, 30_001]
    spans = [credits.serialSpanOf(e["retirementId"]) for e in tx.events["Settled"]]
    assert (spans[0]["lastSerial"], spans[0]["lastEndUnits"]) == (FIRST_SERIAL, TONNE)
    assert (spans[1]["firstSerial"], spans[1]["firstOffsetUnits"]) == (FIRST_SERIAL + 3, 0)
    assert suite.EmissionsRegistry.outstanding(account) == 0


def test_a_credit_of_which_only_cancelled_serials_are_left_waits_with_its_deposit(suite, roles):
    account = roles.marketplace
    cancelled, sound = (small_credit(suite, roles, serial) for serial in (10, 20))
    suite.AutoRetire.setThreshold(1, {"from": account})
    for token_id in (cancelled, sound):
        deposit(suite, roles, account, KILOGRAM, token_id)
    suite.CarbonCredits.invalidate(cancelled, 10, 10, "reversal", {"from": roles.custodian})
    emit(suite, account, 500)
    tx = suite.AutoRetire.settle(account, {"from": roles.outsider})
    assert [e["tokenId"] for e in tx.events["Settled"]] == [sound]
    suite.AutoRetire.withdraw(cancelled, KILOGRAM, account, {"from": account})
    assert suite.CarbonCredits.balanceOf(account, cancelled) == KILOGRAM


def test_a_credit_on_hold_that_expires_leaves_the_queue(suite, roles):
    account, expiry = roles.marketplace, pass_time(0) + 1000
    held, sound = small_credit(suite, roles, 10, expiry=expiry), small_credit(suite, roles, 20)
    suite.AutoRetire.setThreshold(1, {"from": account})
    for token_id in (held, sound):
        deposit(suite, roles, account, KILOGRAM, token_id)
    suite.CarbonCredits.suspend([held], "", {"from": roles.custodian})
    pass_time(1001)
    emit(suite, account, 2000)
    tx = suite.AutoRetire.settle(account, {"from": roles.outsider})
    assert [e["tokenId"] for e in tx.events["Settled"]] == [sound]
    # Had the one on hold stayed, the queue would not be empty.
    with reverts(reverts_with("NothingDeposited", str(account))):
        suite.AutoRetire.settle(account, {"from": roles.outsider})


def test_what_the_registry_cancels_of_a_retirement_is_settled_again(suite, roles):
    account = roles.marketplace
    suite.AutoRetire.setThreshold(1, {"from": account})
    deposit(suite, roles, account, 2 * TONNE)
    emit(suite, account, 500)
    settled = suite.AutoRetire.settle(account, {"from": roles.outsider})
    assert suite.EmissionsRegistry.outstanding(account) == 0

    credits = suite.CarbonCredits
    credits.invalidate(TOKEN_ID, FIRST_SERIAL, FIRST_SERIAL, "", {"from": roles.custodian})
    assert not suite.AutoRetire.isDue(account)
    retirement = retirement_of(settled)
    proof = proof_of(retirement, [retirement])
    credits.invalidateRetirement(retirement.fields, proof, {"from": roles.outsider})
    # The emissions themselves are a little below the units that were retired for them.
    emitted = suite.EmissionsRegistry.emittedBy(account)
    assert suite.EmissionsRegistry.outstanding(account) == emitted
    assert suite.AutoRetire.isDue(account)

    again = suite.AutoRetire.settle(account, {"from": roles.outsider})
    assert again.return_value[0] == settled.return_value[0]
    assert suite.EmissionsRegistry.outstanding(account) == 0
    assert credits.retiredFor(account) == 2 * settled.return_value[0]
    span = credits.serialSpanOf(again.events["Settled"]["retirementId"])
    assert (span["firstSerial"], span["firstOffsetUnits"]) == (FIRST_SERIAL + 1, 0)


def test_entries_that_were_emptied_hide_no_deposit(suite, roles):
    """Whoever goes by what one settlement would retire would otherwise never send it."""
    account = roles.marketplace
    suite.AutoRetire.setThreshold(1, {"from": account})
    emptied = suite.AutoRetire.MAX_ENTRIES_DROPPED()
    for serial in range(100, 100 + emptied):
        token_id = small_credit(suite, roles, serial)
        deposit(suite, roles, account, KILOGRAM, token_id)
        suite.AutoRetire.withdraw(token_id, KILOGRAM, account, {"from": account})
    deposit(suite, roles, account, TONNE)
    emit(suite, account, 500)
    due = due_units(suite, account)
    assert returned(settle(suite, roles, account))[0] == due
    assert suite.AutoRetire.depositOf(account, TOKEN_ID) == TONNE - due
