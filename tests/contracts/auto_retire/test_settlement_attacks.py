"""Attacks, by name; each fails, or costs nobody but the attacker.

given accounts that offset themselves, and one who means ill
  a price is not raised between look and buy
  listings that are over, crumbs, and those of other credits, do not clog a search
  nobody else makes an account due, or not due, but by paying for it
  nothing is harvested from rounding, by ten thousand tiny settlements
  who settles before the keeper, or is a keeper turned bad, buys within the policy
  a token that calls back, burns gas, returns false or lies hurts those who use it alone
  a receiver that reverts or burns all gas keeps nobody but itself from its credits
"""

import pytest
from brownie import ZERO_ADDRESS, reverts, web3
from eth_abi.abi import encode

from tests.markets import MINIMUM_LISTING_UNITS, NO_LIMIT, PRICE_PER_TONNE, cost_of
from tests.settlements import (
    DAY_SECONDS,
    KILOGRAM,
    RICH,
    TONNE,
    deposit_payment,
    due_units,
    emit,
    listings_at,
    policy,
    returned,
    set_policy,
    settle,
    small_credit,
)
from tests.suite import (
    FAR_FUTURE,
    NOTHING_SAID,
    TOKEN_ID,
    deposit,
    now,
    pass_time,
    retire_for,
    reverts_with,
)

TRANSFER_FROM_FAILED = "0x7939f424"
REENTRANT_CALL = "0x3ee5aeb5"
"""ReentrancyGuardReentrantCall()"""
LOOKS, SWEPT = 4, 5
ENOUGH_GAS = 1_200_000
GAS_OF_SETTLEMENTS = 29_000_000
GANACHE_GAS_OF_SETTLEMENTS = 6_000_000
"""Ganache takes too long for more in one transaction."""
TEN_THOUSAND = 10_000
PURCHASES = 1_000
MANNERS = ("honest", "returns false", "burns all gas", "claims to hold nothing")


def bought_of(tx):
    """The listings that a settlement bought of."""
    return [event["listingId"] for event in tx.events if event.name == "Bought"]


# A price raised between look and buy.


def test_a_price_raised_between_look_and_buy(suite, roles, account, money):
    """The listing that a keeper saw is gone; the dearer one is bought by no one above the limit."""
    (seen,) = listings_at(suite, roles, money, PRICE_PER_TONNE - 1)
    emit(suite, account, 500)
    suite.CreditMarket.cancel(seen, roles.holder, {"from": roles.holder})
    (dearer,) = listings_at(suite, roles, money, PRICE_PER_TONNE + 1)
    funds = suite.AutoRetire.paymentOf(account, money)
    for listings in ([seen], [seen, dearer], []):
        with reverts(reverts_with("NothingDeposited", str(account))):
            suite.AutoRetire.settleWith(account, listings, {"from": account})
    assert suite.AutoRetire.paymentOf(account, money) == funds


# Listings that clog a search.


def expiring_listings(suite, roles, money, count):
    """Listings at the lowest price, which are over."""
    clogs = listings_at(
        *(suite, roles, money, *[1] * count), units=MINIMUM_LISTING_UNITS, expires_at=now() + 5000
    )
    pass_time(5000)
    return clogs


def test_dust_listings_that_clog_a_search(suite, roles, account, money):
    """The settlement that finds nothing else takes them out, and goes on to buy."""
    clogs = expiring_listings(suite, roles, money, SWEPT)
    (honest,) = listings_at(suite, roles, money, PRICE_PER_TONNE)
    emit(suite, account, 500)
    tx = settle(suite, roles, account)
    assert [event["listingId"] for event in tx.events["Unbooked"]] == clogs
    assert bought_of(tx) == [honest]
    assert suite.EmissionsRegistry.outstanding(account) == 0


def test_more_dust_listings_than_one_settlement_takes_out(suite, roles, account, money):
    """What it took out stays out, though it bought nothing: the next one gets further."""
    expiring_listings(suite, roles, money, 2 * SWEPT)
    (honest,) = listings_at(suite, roles, money, PRICE_PER_TONNE)
    emit(suite, account, 500)
    outstanding = suite.EmissionsRegistry.outstanding(account)
    tx = settle(suite, roles, account)
    assert returned(tx) == (0, [])
    assert len(tx.events["Unbooked"]) == SWEPT
    assert tx.events["SettlementShort"]["co2eMicrograms"] == outstanding
    assert bought_of(settle(suite, roles, account)) == [honest]


def test_dust_listings_of_one_name_do_not_keep_another_from_being_searched(
    suite, roles, account, money
):
    """Neither does a name of which nothing is listed use up what is taken out."""
    empty, clogged = (small_credit(suite, roles, serial) for serial in (10, 20))
    terms = {"units": MINIMUM_LISTING_UNITS, "token_id": clogged}
    listings_at(suite, roles, money, *[1] * LOOKS, expires_at=now() + 5000, **terms)
    pass_time(5000)
    (honest,) = listings_at(suite, roles, money, 2, **terms)
    set_policy(suite, account, money, accepts=[empty, clogged])
    emit(suite, account, 500)
    assert bought_of(settle(suite, roles, account)) == [honest]


def test_dust_listings_of_other_credits(suite, roles, account, money):
    """Cheaper for ever, and of the same project: who names a credit looks at none of them."""
    other = small_credit(suite, roles, 10)
    listings_at(suite, roles, money, *[1] * LOOKS, units=MINIMUM_LISTING_UNITS, token_id=other)
    (honest,) = listings_at(suite, roles, money, PRICE_PER_TONNE)
    set_policy(suite, account, money, accepts=[TOKEN_ID])
    emit(suite, account, 500)
    assert bought_of(settle(suite, roles, account)) == [honest]


def test_dust_listings_that_can_be_bought_are_bought(suite, roles, account, money):
    """At the attacker's price; and a keeper need not look at them."""
    dust = listings_at(suite, roles, money, *[1] * LOOKS, units=MINIMUM_LISTING_UNITS)
    (honest,) = listings_at(suite, roles, money, PRICE_PER_TONNE)
    emit(suite, account, 101_000)
    tx = settle(suite, roles, account)
    assert bought_of(tx) == dust[:2]
    assert [event["cost"] for event in tx.events["Bought"]] == [1, 1]
    emit(suite, account, 500)
    tx = suite.AutoRetire.settleWith(account, [honest], {"from": account})
    assert bought_of(tx) == [honest]
    assert suite.EmissionsRegistry.outstanding(account) == 0


# A griefed threshold.


def test_a_threshold_that_others_try_to_reach(suite, roles):
    """Nobody records emissions for another, and everybody's threshold is their own."""
    account, outsider = roles.marketplace, roles.outsider
    suite.AutoRetire.setThreshold(10**9, {"from": account})
    deposit(suite, roles, account, TONNE)
    suite.EmissionsRegistry.record(100, {"from": account})
    with reverts(reverts_with("NotReporter", str(account), str(outsider))):
        suite.EmissionsRegistry.recordFor(account, 20_000_000, {"from": outsider})
    suite.AutoRetire.setThreshold(1, {"from": outsider})
    emit(suite, outsider, 1000)
    tx = settle(suite, roles, account)
    assert (returned(tx), len(tx.events)) == ((0, []), 0)
    assert suite.AutoRetire.depositOf(account, TOKEN_ID) == TONNE


def test_a_threshold_kept_away_by_gifts(suite, roles):
    """What somebody retires for another is less that the other has to pay, and nothing else."""
    account, units = roles.beneficiary, 100_000
    suite.AutoRetire.setThreshold(units * 10_000, {"from": account})
    deposit(suite, roles, account, TONNE)
    emit(suite, account, 1000)
    retire_for(suite, roles, 2)
    assert not suite.AutoRetire.isDue(account)
    assert returned(settle(suite, roles, account)) == (0, [])
    emit(suite, account, 1000)
    due = due_units(suite, account)
    assert returned(settle(suite, roles, account))[0] == due
    assert suite.AutoRetire.depositOf(account, TOKEN_ID) == TONNE - due
    # A gift of more than is outstanding is not lost.
    retire_for(suite, roles, KILOGRAM)
    emit(suite, account, 500)
    assert suite.EmissionsRegistry.outstanding(account) == 0


def test_a_threshold_griefed_by_dust_in_the_queue(suite, roles):
    """It is a kilogram of the attacker's that counts for the account; each settlement gets on."""
    account = roles.marketplace
    with reverts(reverts_with("DepositTooSmall", KILOGRAM - 1, KILOGRAM)):
        deposit(suite, roles, account, KILOGRAM - 1)
    dust = [small_credit(suite, roles, serial) for serial in range(10, 16)]
    for token_id in dust:
        deposit(suite, roles, account, KILOGRAM, token_id)
    deposit(suite, roles, account, TONNE)
    suite.AutoRetire.setThreshold(1, {"from": account})
    emit(suite, account, 7000)
    due = due_units(suite, account)
    for settlements in range(1, 5):
        left = due_units(suite, account)
        units, ids = returned(settle(suite, roles, account))
        assert (units, len(ids)) == ((2 * KILOGRAM, 2) if settlements < 4 else (left, 1))
    assert suite.EmissionsRegistry.outstanding(account) == 0
    assert suite.AutoRetire.depositOf(account, TOKEN_ID) == TONNE - (due - 6 * KILOGRAM)


def test_a_threshold_griefed_by_dust_that_cannot_be_drawn_on(suite, roles):
    """On hold, more of it than a settlement looks at, and before all else: the queue turns."""
    account = roles.marketplace
    dust = [small_credit(suite, roles, serial) for serial in range(10, 16)]
    for token_id in dust:
        deposit(suite, roles, account, KILOGRAM, token_id)
    deposit(suite, roles, account, TONNE)
    suite.CarbonCredits.suspend(dust, "", {"from": roles.custodian})
    suite.AutoRetire.setThreshold(1, {"from": account})
    emit(suite, account, 500)
    assert returned(settle(suite, roles, account)) == (0, [])
    assert settle(suite, roles, account).events["Settled"]["tokenId"] == TOKEN_ID
    assert suite.EmissionsRegistry.outstanding(account) == 0


# Rounding harvested by ten thousand tiny settlements.


@pytest.fixture
def tiny(suite, roles, project_contracts):
    """Emits and is settled over and over, and reverts where that is not exact."""
    return project_contracts.TinySettlements.deploy(suite.AutoRetire, {"from": roles.outsider})


def settle_often(roles, tiny, count, *arguments):
    """As many in a transaction as it has gas for; by the node alone: Brownie reads every event.

    Ganache takes a hundred times as long as anvil, and makes a twentieth of them.
    """
    is_anvil = web3.client_version.startswith("anvil")
    gas = GAS_OF_SETTLEMENTS if is_anvil else GANACHE_GAS_OF_SETTLEMENTS
    count = count if is_anvil else count // 20
    while (before := tiny.settlements()) < count:
        data = tiny.settleUpTo.encode_input(count, *arguments)
        sent = web3.eth.send_transaction(
            {"from": str(roles.outsider), "to": str(tiny), "data": data, "gas": gas}
        )
        receipt = web3.eth.wait_for_transaction_receipt(sent, poll_latency=0.05)
        # The contract reverts where one of them was not exact.
        assert receipt["status"] == 1
        assert tiny.settlements() > before


def test_rounding_harvested_from_the_deposit_by_ten_thousand_tiny_settlements(suite, roles, tiny):
    """After each, no less was retired than was emitted, and less than a unit more."""
    deposit(suite, roles, tiny, TONNE)
    settle_often(roles, tiny, TEN_THOUSAND, 137, roles.outsider, 0)
    units, emitted = tiny.units(), suite.EmissionsRegistry.emittedBy(tiny)
    assert suite.AutoRetire.depositOf(tiny, TOKEN_ID) == TONNE - units
    assert suite.CarbonCredits.retiredFor(tiny) == units
    # Of all, not of each: what was too much carried over ten thousand times.
    assert units == -(-emitted // 10_000)


def test_rounding_harvested_from_purchases(suite, roles, tiny, money):
    """Each costs its price rounded up to a base unit, the seller's; one who sells gets that."""
    listings_at(suite, roles, money, PRICE_PER_TONNE)
    deposit_payment(suite, roles.collector, tiny, money, RICH)
    tiny.setPolicy(policy(money), {"from": roles.outsider})
    settle_often(roles, tiny, PURCHASES, 1370, money, PRICE_PER_TONNE)
    cost, units = tiny.cost(), tiny.units()
    assert units == -(-suite.EmissionsRegistry.emittedBy(tiny) // 10_000)
    assert 0 <= cost - cost_of(units, PRICE_PER_TONNE) < tiny.settlements()
    assert suite.AutoRetire.paymentOf(tiny, money) == RICH - cost
    assert suite.CreditMarket.proceedsOf(roles.holder, money) == cost


# A keeper front-run, and one turned bad.


def test_a_keeper_whom_somebody_comes_before(suite, roles, account, money):
    """The debt is settled once, within the policy, whoever comes first."""
    cheapest, chosen = listings_at(suite, roles, money, 1, 2)
    suite.AutoRetire.setKeeper(roles.auditor, True, {"from": account})
    emit(suite, account, 500)
    due = due_units(suite, account)
    with reverts(reverts_with("NotKeeper", str(account), str(roles.outsider))):
        suite.AutoRetire.settleWith(account, [chosen], {"from": roles.outsider})
    assert bought_of(settle(suite, roles, account)) == [cheapest]
    tx = suite.AutoRetire.settleWith(account, [chosen], {"from": roles.auditor})
    assert (returned(tx), len(tx.events)) == ((0, []), 0)
    assert suite.CarbonCredits.retiredFor(account) == due


def test_a_keeper_turned_bad(suite, roles, account, money):
    """It can make the account pay its highest price, within the budget, for what it takes."""
    auto_retire, keeper = suite.AutoRetire, roles.auditor
    auto_retire.setKeeper(keeper, True, {"from": account})
    set_policy(suite, account, money, accepts=[TOKEN_ID], budget=10_000)
    suite.CarbonCredits.safeTransferFrom(
        roles.holder, keeper, TOKEN_ID, TONNE, b"", {"from": roles.holder}
    )
    suite.CarbonCredits.setApprovalForAll(suite.CreditMarket, True, {"from": keeper})
    listings_at(suite, roles, money, 1)
    own = listings_at(
        *(suite, roles, money, PRICE_PER_TONNE, PRICE_PER_TONNE + 1),
        units=TONNE // 2,
        seller=keeper,
    )
    other = listings_at(suite, roles, money, 1, token_id=small_credit(suite, roles, 10))
    pass_time(DAY_SECONDS - now() % DAY_SECONDS)
    emit(suite, account, 5000)
    funds = auto_retire.paymentOf(account, money)
    tx = auto_retire.settleWith(account, [*reversed(own), *other], {"from": keeper})
    assert bought_of(tx) == own[:1]
    assert auto_retire.paymentOf(account, money) == funds - 10_000
    assert suite.CreditMarket.proceedsOf(keeper, money) == 10_000
    for refused in (
        lambda: auto_retire.withdrawPayment(money, 1, keeper, {"from": keeper}),
        lambda: auto_retire.withdraw(TOKEN_ID, 1, keeper, {"from": keeper}),
    ):
        with reverts(reverts_with("DepositExceeded", 1, 0)):
            refused()
    auto_retire.setKeeper(keeper, False, {"from": account})
    with reverts(reverts_with("NotKeeper", str(account), str(keeper))):
        auto_retire.settleWith(account, own, {"from": keeper})


# A malicious ERC-20.


@pytest.fixture
def others(suite, roles, money, hostile):
    """The collector's deposits, of credits and of both tokens; they are looked at in the end."""
    collector, auto_retire = roles.collector, suite.AutoRetire
    deposit(suite, roles, collector, TONNE)
    for token in (money, hostile):
        deposit_payment(suite, collector, collector, token, 10**6)
    yield collector
    hostile.setManner(0, {"from": roles.outsider})
    own = {"from": collector}
    auto_retire.withdraw(TOKEN_ID, TONNE, collector, own)
    for token in (money, hostile):
        auto_retire.withdrawPayment(token, 10**6, collector, own)
        assert token.balanceOf(collector) == 10**6
    assert suite.CarbonCredits.balanceOf(collector, TOKEN_ID) == TONNE


@pytest.fixture
def user(suite, roles, hostile):
    """An account that is to be settled in the hostile token, of a listing and a deposit."""
    account = roles.marketplace
    set_policy(suite, account, hostile)
    deposit_payment(suite, account, account, hostile, 10**9)
    listings_at(suite, roles, hostile, PRICE_PER_TONNE)
    deposit(suite, roles, account, KILOGRAM)
    emit(suite, account, 1500)
    return account


def establish(suite, roles, hostile, money):
    """The token itself has all that an account can have, so that it can do all there is to do."""
    outsider, credits, auto_retire = {"from": roles.outsider}, suite.CarbonCredits, suite.AutoRetire
    credits.safeTransferFrom(
        roles.holder, hostile, TOKEN_ID, 20 * TONNE, b"", {"from": roles.holder}
    )
    deposit(suite, roles, hostile, 20 * TONNE)
    for token in (money, hostile):
        deposit_payment(suite, roles.auditor, hostile, token, 10**9)
        token.mint(hostile, 10**9, outsider)
        for spender in (auto_retire, suite.CreditMarket):
            hostile.call(token, token.approve.encode_input(spender, 10**9), outsider)
    approve = credits.setApprovalForAll.encode_input(suite.CreditMarket, True)
    hostile.call(credits, approve, outsider)
    hostile.call(auto_retire, auto_retire.setThreshold.encode_input(1), outsider)
    registry = suite.EmissionsRegistry
    hostile.call(registry, registry.record.encode_input(20_000_000), outsider)


def entry_points(suite, roles, hostile, money):
    """All that moves something: the contract, the call, and whether AutoRetire's guard stops it."""
    auto_retire, market, credits = suite.AutoRetire, suite.CreditMarket, suite.CarbonCredits
    transfer = (TOKEN_ID, TONNE, b"")
    retirement = (roles.beneficiary, NOTHING_SAID, False)
    of_auto_retire = [
        auto_retire.setPolicy.encode_input(policy(money)),
        auto_retire.withdraw.encode_input(TOKEN_ID, TONNE, hostile),
        auto_retire.depositPayment.encode_input(hostile, money, 1),
        auto_retire.depositPayment.encode_input(hostile, hostile, 1),
        auto_retire.withdrawPayment.encode_input(money, 1, hostile),
        auto_retire.withdrawPayment.encode_input(hostile, 1, hostile),
        auto_retire.settle.encode_input(hostile),
        auto_retire.settleWith.encode_input(hostile, []),
    ]
    into_auto_retire = [
        credits.safeTransferFrom.encode_input(hostile, auto_retire, *transfer),
        credits.safeBatchTransferFrom.encode_input(
            hostile, auto_retire, [TOKEN_ID] * 2, [TONNE] * 2, b""
        ),
    ]
    of_market = [
        market.list.encode_input(TOKEN_ID, TONNE, money, 1, 0),
        market.multicall.encode_input([market.list.encode_input(TOKEN_ID, TONNE, hostile, 1, 0)]),
    ]
    # What is the caller's own is not guarded, and need not be.
    elsewhere = [
        (auto_retire, auto_retire.setThreshold.encode_input(1)),
        (auto_retire, auto_retire.setKeeper.encode_input(roles.outsider, True)),
        (credits, credits.retireFor.encode_input(TOKEN_ID, hostile, 1, *retirement)),
        (credits, credits.safeTransferFrom.encode_input(hostile, roles.outsider, *transfer)),
    ]
    return (
        [(auto_retire, data) for data in of_auto_retire],
        [(credits, data) for data in into_auto_retire],
        [(market, data) for data in of_market],
        elsewhere,
    )


@pytest.mark.parametrize("during", ["depositPayment", "withdrawPayment", "settle"])
def test_a_token_that_calls_back(suite, roles, money, hostile, others, user, during):
    """The guards refuse what it can do afterwards; what they let through is its own."""
    auto_retire, outsider = suite.AutoRetire, {"from": roles.outsider}
    establish(suite, roles, hostile, money)
    own, into, of_market, elsewhere = entry_points(suite, roles, hostile, money)
    guarded = [*own, *into, *(of_market if during == "settle" else [])]
    for contract, data in [*guarded, *elsewhere]:
        hostile.arm(contract, data, outsider)
        if during == "depositPayment":
            deposit_payment(suite, roles.auditor, roles.auditor, hostile, 2)
        elif during == "withdrawPayment":
            auto_retire.withdrawPayment(hostile, 1, roles.auditor, {"from": user})
        else:
            emit(suite, user, 1001)
            assert len(bought_of(settle(suite, roles, user))) == 1
        assert hostile.target() == ZERO_ADDRESS
        assert hostile.succeeded() == ((contract, data) in elsewhere)
        if (contract, data) in guarded:
            assert hostile.answer() == REENTRANT_CALL
            hostile.call(contract, data, outsider)
    assert suite.EmissionsRegistry.outstanding(user) == 0 or during != "settle"
    assert_backed(suite, money, hostile, user, hostile, others, roles.auditor)


def assert_backed(suite, money, hostile, *accounts):
    """AutoRetire holds what it owes, of each."""
    auto_retire = suite.AutoRetire
    for token in (money, hostile):
        owed = sum(auto_retire.paymentOf(account, token) for account in accounts)
        assert token.balanceOf(auto_retire) == owed
    owed = sum(auto_retire.depositOf(account, TOKEN_ID) for account in accounts)
    assert suite.CarbonCredits.balanceOf(auto_retire, TOKEN_ID) == owed


def test_a_token_that_calls_back_from_permit(suite, roles, money, hostile, others, user):
    """The market's `permit` holds nothing open: whoever calls from it is itself, no more."""
    auto_retire, outsider = suite.AutoRetire, {"from": roles.outsider}
    nothing_of_its_own = reverts_with("DepositExceeded", 1, 0)
    signature = (27, b"\x01" * 32, b"\x01" * 32)
    for data, refusal in (
        (auto_retire.withdrawPayment.encode_input(money, 1, hostile), nothing_of_its_own),
        (auto_retire.withdrawPayment.encode_input(hostile, 1, hostile), nothing_of_its_own),
        (auto_retire.withdraw.encode_input(TOKEN_ID, 1, hostile), nothing_of_its_own),
        (
            auto_retire.settleWith.encode_input(user, []),
            reverts_with("NotKeeper", str(user), hostile.address),
        ),
    ):
        hostile.arm(auto_retire, data, outsider)
        suite.CreditMarket.permit(hostile, NO_LIMIT, FAR_FUTURE, *signature, outsider)
        assert hostile.target() == ZERO_ADDRESS
        assert not hostile.succeeded()
        with reverts(refusal):
            hostile.call(auto_retire, data, outsider)
    assert_backed(suite, money, hostile, user, others)


def test_a_token_that_burns_all_gas(suite, roles, money, hostile, others, user):
    """The caller's gas is lost, and the purchase; the account's credits are retired."""
    hostile.setManner(MANNERS.index("burns all gas"), {"from": roles.outsider})
    tx = suite.AutoRetire.settle(user, {"from": roles.outsider, "gas_limit": ENOUGH_GAS})
    assert tx.events["PurchaseFailed"]["reason"] == TRANSFER_FROM_FAILED
    # Brownie would read what was returned out of a trace, in which all gas is burnt step by step.
    assert tx.events["Settled"]["units"] == KILOGRAM
    assert suite.AutoRetire.paymentOf(user, hostile) == 10**9


@pytest.mark.parametrize("manner", ["returns false", "claims to hold nothing"])
def test_a_token_that_returns_false_or_lies_about_balances(
    suite, roles, money, hostile, others, user, manner
):
    """Nothing goes in; nothing is bought with it; and what was in is there once it behaves."""
    auto_retire, outsider = suite.AutoRetire, {"from": roles.outsider}
    hostile.setManner(MANNERS.index(manner), outsider)
    refusal = {
        "returns false": reverts_with("TransferFromFailed"),
        "claims to hold nothing": reverts_with("PaymentNotReceived", hostile.address, 0, 1),
    }[manner]
    with reverts(refusal):
        deposit_payment(suite, roles.auditor, roles.auditor, hostile, 1)
    tx = settle(suite, roles, user)
    assert returned(tx)[0] == KILOGRAM
    assert len(tx.events["PurchaseFailed"]) == 1
    assert bought_of(tx) == []
    assert auto_retire.paymentOf(user, hostile) == 10**9
    assert auto_retire.budgetLeft(user) == 10**18
    # The account need not wait for it.
    deposit_payment(suite, user, user, money, 10**9)
    listings_at(suite, roles, money, PRICE_PER_TONNE)
    set_policy(suite, user, money)
    settle(suite, roles, user)
    assert suite.EmissionsRegistry.outstanding(user) == 0
    hostile.setManner(0, outsider)
    auto_retire.withdrawPayment(hostile, 10**9, user, {"from": user})


def test_a_token_that_charges_on_top(suite, roles, money, hostile, others, user):
    """The market would be paid in full, from the others' money."""
    hostile.setFeeOnTop(1, {"from": roles.outsider})
    tx = settle(suite, roles, user)
    reason = encode(
        ["address", "uint256", "uint256"],
        [hostile.address, *charged_on_top(KILOGRAM, due_units(suite, user))],
    )
    selector = web3.keccak(text="PaymentTakesMore(address,uint256,uint256)")[:4]
    assert tx.events["PurchaseFailed"]["reason"] == "0x" + (selector + reason).hex()
    assert suite.AutoRetire.paymentOf(user, hostile) == 10**9
    assert hostile.balanceOf(suite.AutoRetire) == 10**9 + 10**6
    hostile.setFeeOnTop(0, {"from": roles.outsider})


def charged_on_top(drawn_units, left_units):
    """What the token took for the purchase, and what it was told to take."""
    assert drawn_units > left_units
    cost = cost_of(left_units, PRICE_PER_TONNE)
    return cost + cost // 100, cost


def test_a_worthless_token_that_is_deposited_in_heaps(suite, roles, money, hostile, others):
    """What it says of itself is worth nothing in another."""
    deposit_payment(suite, roles.outsider, roles.outsider, hostile, RICH)
    for token_amount in (1, 10**6):
        with reverts(reverts_with("DepositExceeded", token_amount, 0)):
            suite.AutoRetire.withdrawPayment(
                money, token_amount, roles.outsider, {"from": roles.outsider}
            )
    set_policy(suite, roles.outsider, money)
    listings_at(suite, roles, money, 1)
    emit(suite, roles.outsider, 500)
    with reverts(reverts_with("NothingDeposited", str(roles.outsider))):
        settle(suite, roles, roles.outsider)


# A receiver that reverts or burns all gas.


@pytest.mark.parametrize("receiver", ["reverts", "burns all gas"])
def test_a_receiver_keeps_nobody_but_itself_from_its_credits(
    suite, roles, money, hostile, others, project_contracts, receiver
):
    auto_retire, outsider = suite.AutoRetire, {"from": roles.outsider}
    deposit(suite, roles, hostile, TONNE)
    to = hostile
    if receiver == "reverts":
        to = project_contracts.PaymentToken.deploy(6, outsider)
    hostile.setManner(MANNERS.index("burns all gas"), outsider)
    withdraw = auto_retire.withdraw.encode_input(TOKEN_ID, TONNE, to)
    with reverts(reverts_with("ERC1155InvalidReceiver", to.address)):
        hostile.call(auto_retire, withdraw, outsider | {"gas_limit": ENOUGH_GAS // 3})
    assert auto_retire.depositOf(hostile, TOKEN_ID) == TONNE
    # It is settled all the same, since nobody asks it; and may name another receiver.
    set_threshold = auto_retire.setThreshold.encode_input(1)
    registry = suite.EmissionsRegistry
    hostile.call(auto_retire, set_threshold, outsider)
    hostile.call(registry, registry.record.encode_input(20_000_000), outsider)
    units, _ = returned(settle(suite, roles, hostile))
    assert suite.EmissionsRegistry.outstanding(hostile) == 0
    rest = auto_retire.withdraw.encode_input(TOKEN_ID, TONNE - units, roles.auditor)
    hostile.call(auto_retire, rest, outsider)
    assert suite.CarbonCredits.balanceOf(roles.auditor, TOKEN_ID) == TONNE - units
