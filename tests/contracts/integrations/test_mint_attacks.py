"""Attacks on a collection that offsets its mints, by name; none gets more than it pays for.

given a collection whose mints call their receiver, with a deposit
  a mint that mints again in the midst of it, across several thresholds, retires each debt once
  a receiver that reverts or burns all gas undoes its own mint, and nothing else
given a collection that buys
  a payment token that mints in the midst of the purchase gets no second settlement
  who mints inside of a deposit, a purchase or a transfer of credits makes no settlement be missed
  listings that are over, or that the policy does not take, keep no mint from buying
  kilograms that strangers deposit before each purchase keep none from being made
  neither does a large book
  two purchases with certificates and the longest texts fit the gas that is set aside
  a collection that takes no ERC-721 token gets its certificates all the same
given a collection just below its threshold
  whoever retires for it as a gift, or settles before it, neither stops a settlement nor doubles it
"""

import pytest
from brownie import ZERO_ADDRESS, reverts, web3

from tests.markets import (
    MINIMUM_LISTING_UNITS,
    MONEY,
    PRICE_PER_TONNE,
    cost_of,
    fund,
    list_credits,
)
from tests.retirements import retirements_of
from tests.settlements import PROJECT, small_credit
from tests.suite import (
    NOTHING_SAID,
    PROJECT_ID,
    TOKEN_ID,
    deposit,
    issue,
    now,
    pass_time,
    retire_for,
    reverts_with,
)

TONNE = 10**8
MICROGRAMS_PER_UNIT = 10_000
GAS_OF_A_SETTLEMENT = 210_000
THRESHOLD_CO2E_MICROGRAMS = 70 * GAS_OF_A_SETTLEMENT


@pytest.fixture
def nesting(suite, roles, project_contracts):
    collection = project_contracts.NestingCollection.deploy(
        suite.AutoRetire, THRESHOLD_CO2E_MICROGRAMS, {"from": roles.marketplace}
    )
    deposit(suite, roles, collection, TONNE)
    return collection


def co2e_recorded(tx):
    return sum(event["co2eMicrograms"] for event in tx.events["EmissionsRecorded"])


def unit_count(tx):
    return sum(retirement.units for retirement in retirements_of(tx))


def events(tx, name):
    return [event for event in tx.events if event.name == name]


def first_with(name, mint):
    """The first of several mints with such an event."""
    for _ in range(20):
        tx = mint()
        if name in tx.events:
            return tx
    raise AssertionError(f"no {name} in twenty mints")


def test_a_reentering_mint(suite, roles, project_contracts, nesting):
    minter = project_contracts.NestingMinter.deploy(nesting, {"from": roles.outsider})
    tx = minter.mintNested(20, {"from": roles.outsider, "gas_limit": 20_000_000})
    assert nesting.balanceOf(minter) == 20
    assert len(tx.events["Settled"]) >= 3
    assert "SettlementDeferred" not in tx.events
    # All of it was recorded once, and each settlement rounded up by less than a unit.
    assert suite.EmissionsRegistry.emittedBy(nesting) == co2e_recorded(tx)
    retired_co2e_micrograms = unit_count(tx) * MICROGRAMS_PER_UNIT
    assert suite.EmissionsRegistry.outstanding(nesting) < THRESHOLD_CO2E_MICROGRAMS
    most_retired = co2e_recorded(tx) + len(tx.events["Settled"]) * MICROGRAMS_PER_UNIT
    assert co2e_recorded(tx) - THRESHOLD_CO2E_MICROGRAMS < retired_co2e_micrograms < most_retired
    assert suite.AutoRetire.depositOf(nesting, TOKEN_ID) == TONNE - unit_count(tx)


@pytest.mark.parametrize("burns_all_gas", [False, True])
def test_a_receiver_that_refuses(suite, roles, project_contracts, nesting, burns_all_gas):
    hostile = project_contracts.HostileMinter.deploy(nesting, {"from": roles.outsider})
    nesting.mint({"from": roles.collector})
    emitted = suite.EmissionsRegistry.emittedBy(nesting)
    sent = {"from": roles.outsider, "gas_limit": 2_000_000}
    with reverts() if burns_all_gas else reverts(reverts_with("NotToday")):
        hostile.mint(burns_all_gas, sent)
    assert nesting.nextTokenId() == 1
    assert suite.EmissionsRegistry.emittedBy(nesting) == emitted
    assert suite.AutoRetire.depositOf(nesting, TOKEN_ID) == TONNE
    settled = 0
    for _ in range(4):
        settled += "Settled" in nesting.mint({"from": roles.collector}).events
    assert settled >= 1


@pytest.fixture
def buying(suite, roles, project_contracts):
    """Deploys a collection that buys in a token, with a listing to buy from, and certificates."""

    def made(token, accepts=(TOKEN_ID,), rule=(0, ""), texts=("", "", ""), threshold=None):
        fund(suite, roles, token)
        suite.CarbonCredits.setApprovalForAll(suite.CreditMarket, True, {"from": roles.holder})
        list_credits(suite, roles, token, units=TONNE)
        policy = (accepts, *rule, token, PRICE_PER_TONNE, 2**100, 86_400, True, *texts)
        collection = project_contracts.BuyingCollection.deploy(
            suite.AutoRetire,
            threshold or 3 * THRESHOLD_CO2E_MICROGRAMS,
            policy,
            {"from": roles.marketplace},
        )
        token.approve(suite.AutoRetire, MONEY, {"from": roles.marketplace})
        suite.AutoRetire.depositPayment(collection, token, 10**9, {"from": roles.marketplace})
        return collection

    return made


def test_a_payment_token_that_mints_while_it_pays(suite, roles, project_contracts, buying):
    hostile = project_contracts.HostileToken.deploy({"from": roles.deployer})
    collection = buying(hostile)
    first_with("Bought", lambda: collection.mint(3, {"from": roles.collector}))
    left = suite.AutoRetire.paymentOf(collection, hostile)
    hostile.arm(collection, collection.mint.encode_input(1), {"from": roles.outsider})
    tx = first_with("Bought", lambda: collection.mint(3, {"from": roles.collector}))
    # The one inside has not the gas that it needs.
    assert hostile.target() == ZERO_ADDRESS
    assert not hostile.succeeded()
    (bought,) = events(tx, "Bought")
    assert bought["units"] == unit_count(tx)
    assert bought["cost"] == cost_of(unit_count(tx), PRICE_PER_TONNE)
    assert suite.AutoRetire.paymentOf(collection, hostile) == left - bought["cost"]
    assert suite.CreditMarket.proceedsOf(roles.holder, hostile) == 10**9 - left + bought["cost"]


@pytest.mark.parametrize("inside", ["deposit", "purchase", "transfer"])
def test_a_mint_inside_of_a_call_of_the_suite(suite, roles, project_contracts, buying, inside):
    """A stranger's token, or receiver, mints while the suite is at work for the stranger."""
    collection = buying(project_contracts.PaymentToken.deploy(6, {"from": roles.deployer}))
    hostile = project_contracts.HostileToken.deploy({"from": roles.outsider})
    receiver = project_contracts.ReenteringReceiver.deploy({"from": roles.outsider})
    sent = {"from": roles.outsider, "gas_limit": 10_000_000}
    listing_id = list_credits(suite, roles, hostile)
    hostile.mint(roles.outsider, MONEY, sent)
    for spender in (suite.AutoRetire, suite.CreditMarket):
        hostile.approve(spender, MONEY, sent)
    armed = receiver if inside == "transfer" else hostile

    def mint_inside():
        armed.arm(collection, collection.mint.encode_input(3), sent)
        if inside == "deposit":
            return suite.AutoRetire.depositPayment(roles.outsider, hostile, 1, sent)
        if inside == "purchase":
            return suite.CreditMarket.buy(listing_id, TONNE // 100, roles.outsider, MONEY, sent)
        return suite.CarbonCredits.safeTransferFrom(
            *(roles.holder, receiver, TOKEN_ID, 1, b""), {"from": roles.holder, "gas_limit": 10**7}
        )

    registry, threshold = suite.EmissionsRegistry, 3 * THRESHOLD_CO2E_MICROGRAMS
    for _ in range(20):
        tx = mint_inside()
        assert registry.outstanding(collection) < threshold
        if "Bought" in tx.events or not armed.succeeded():
            break
    # Where the credits are done with what is theirs before they call, a mint inside settles.
    if "Bought" not in tx.events:
        impossible = web3.keccak(text="SettlementImpossible()")[:4]
        assert bytes.fromhex(armed.answer().hex().removeprefix("0x")) == impossible
        assert "Bought" in collection.mint(3, {"from": roles.collector}).events
    assert registry.outstanding(collection) < threshold


LONGEST_TEXTS = ("n" * 128, "p" * 256, "q" * 128)
GUIDES_TEXTS = ("Example marketplace", "Mints of the collection", "Rotterdam")


LARGE_THRESHOLD_CO2E_MICROGRAMS = 200_000_000
"""More than a settlement emits, so that one is enough."""


def mint_that_buys(collection, roles):
    tx = first_with("Bought", lambda: collection.mint(40, {"from": roles.collector}))
    assert "SettlementDeferred" not in tx.events
    return tx


@pytest.mark.parametrize("texts", [GUIDES_TEXTS, LONGEST_TEXTS])
def test_dust_listings_before_what_a_mint_buys(suite, roles, project_contracts, buying, texts):
    """As many as one settlement sweeps, at the lowest price, and over."""
    money = project_contracts.PaymentToken.deploy(6, {"from": roles.deployer})
    collection = buying(money, texts=texts, threshold=LARGE_THRESHOLD_CO2E_MICROGRAMS)
    swept = suite.AutoRetire.MAX_LISTINGS_SWEPT()
    for _ in range(swept):
        list_credits(suite, roles, money, MINIMUM_LISTING_UNITS, 1, now() + 5000)
    pass_time(5000)
    tx = mint_that_buys(collection, roles)
    assert len(events(tx, "Unbooked")) == swept
    assert len(events(tx, "Bought")) == 1


YOUNG, LABELLED = (2015, ""), (0, "CCP")


@pytest.mark.parametrize(("rule", "count"), [(YOUNG, 7), (LABELLED, 4)])
def test_unsuitable_listings_before_what_a_mint_buys(
    suite, roles, project_contracts, buying, rule, count
):
    """As many as are looked at, each of a credit of its own, of all projects but the last."""
    money = project_contracts.PaymentToken.deploy(6, {"from": roles.deployer})
    projects = [PROJECT_ID + 1 + n for n in range(count)]
    accepts = [project << 128 for project in projects] + [PROJECT]
    suite.CreditRecords.addLabel(TOKEN_ID, "CCP", 0, {"from": roles.custodian})
    threshold = LARGE_THRESHOLD_CO2E_MICROGRAMS
    collection = buying(money, accepts, rule, GUIDES_TEXTS, threshold)
    looks = suite.AutoRetire.MAX_LOOKS_PER_SETTLEMENT()
    for serial in range(1, count * looks + 1):
        project_id = projects[serial % count]
        token_id = small_credit(suite, roles, 100 + serial, project_id, vintage="2010")
        if rule == LABELLED:
            suite.CreditRecords.addLabel(token_id, "SDG 13", 0, {"from": roles.custodian})
        list_credits(suite, roles, money, MINIMUM_LISTING_UNITS, 1, token_id=token_id)
    (bought,) = events(mint_that_buys(collection, roles), "Bought")
    assert suite.CreditMarket.getListing(bought["listingId"])["tokenId"] == TOKEN_ID


@pytest.mark.parametrize("count", [1, 3])
def test_a_strangers_kilograms_before_each_purchase(suite, roles, project_contracts, buying, count):
    """They leave gas and a retirement for it, also under a rule of as many names as can be."""
    money = project_contracts.PaymentToken.deploy(6, {"from": roles.deployer})
    accepts = [(PROJECT_ID + n) << 128 for n in range(1, 8)] + [PROJECT]
    threshold = 3_500 * 1_000_000
    collection = buying(money, accepts, YOUNG, GUIDES_TEXTS, threshold)
    kilogram = TONNE // 1000
    for made in range(3):
        for serial in range(count):
            token_id = small_credit(suite, roles, 1_000 * count + 10 * made + serial)
            deposit(suite, roles, collection, kilogram, token_id)
        tx = first_with("Settled", lambda: collection.mint(150, {"from": roles.collector}))
        assert [event["units"] for event in events(tx, "Settled")] == [kilogram]
        assert len(events(tx, "Bought")) == 1
        assert suite.EmissionsRegistry.outstanding(collection) < threshold


def listings_that_are_over(suite, roles, money):
    """As many as one settlement sweeps, each of another credit, before all others."""
    for serial in range(suite.AutoRetire.MAX_LISTINGS_SWEPT()):
        token_id = small_credit(suite, roles, 1_000 + 2 * serial)
        terms = (MINIMUM_LISTING_UNITS, 1, now() + 5000)
        list_credits(suite, roles, money, *terms, token_id=token_id)
    pass_time(5000)


@pytest.mark.parametrize("before", ["draw", "sweep"])
def test_a_purchase_out_of_a_large_book(suite, roles, project_contracts, buying, before):
    """With the longest texts, after a stranger's kilogram is drawn on, or a sweep."""
    money = project_contracts.PaymentToken.deploy(6, {"from": roles.deployer})
    threshold = 1_400 * 1_000_000
    collection = buying(money, [PROJECT], texts=LONGEST_TEXTS, threshold=threshold)
    for dearer in range(100):
        list_credits(suite, roles, money, MINIMUM_LISTING_UNITS, PRICE_PER_TONNE - dearer % 10)
    if before == "draw":
        deposit(suite, roles, collection, TONNE // 1000, small_credit(suite, roles, 100))
    else:
        listings_that_are_over(suite, roles, money)
    first = "Settled" if before == "draw" else "Unbooked"
    tx = first_with(first, lambda: collection.mint(150, {"from": roles.collector}))
    assert len(events(tx, "Bought")) == 1
    assert suite.EmissionsRegistry.outstanding(collection) < threshold


@pytest.mark.parametrize("is_swept", [False, True])
def test_two_purchases_with_the_longest_texts(suite, roles, project_contracts, buying, is_swept):
    money = project_contracts.PaymentToken.deploy(6, {"from": roles.deployer})
    collection = buying(
        money, [PROJECT], texts=LONGEST_TEXTS, threshold=LARGE_THRESHOLD_CO2E_MICROGRAMS
    )
    # Of the cheapest a thousand units can be retired: its second serial is cancelled.
    token_id = (PROJECT_ID << 128) | (200 << 64) | 201
    issue(suite, roles, token_id & (2**128 - 1))
    cheapest = list_credits(suite, roles, money, MINIMUM_LISTING_UNITS, 2, token_id=token_id)
    retire_for(suite, roles, TONNE - 1000, token_id)
    suite.CarbonCredits.invalidate(token_id, 201, 201, "", {"from": roles.custodian})
    if is_swept:
        listings_that_are_over(suite, roles, money)
    bought = events(mint_that_buys(collection, roles), "Bought")
    assert [event["listingId"] == cheapest for event in bought] == [True, False]


def test_a_collection_that_takes_no_token_gets_its_certificates(
    suite, roles, project_contracts, buying
):
    collection = buying(project_contracts.PaymentToken.deploy(6, {"from": roles.deployer}))
    tx = first_with("Bought", lambda: collection.mint(3, {"from": roles.collector}))
    (event,) = events(tx, "Bought")
    assert suite.RetirementCertificates.ownerOf(event["retirementId"]) == collection.address


@pytest.mark.parametrize("by", ["gift", "settlement"])
def test_a_griefed_threshold(suite, roles, nesting, by):
    """One who knows that the next mint settles, and comes first."""
    credits, registry = suite.CarbonCredits, suite.EmissionsRegistry
    while registry.emittedBy(nesting) < THRESHOLD_CO2E_MICROGRAMS * 2 // 3:
        nesting.mint({"from": roles.collector})
    if by == "gift":
        gift_units = registry.outstanding(nesting) // MICROGRAMS_PER_UNIT // 2
        credits.retireFor(
            *(TOKEN_ID, roles.holder, gift_units, nesting, NOTHING_SAID, False),
            {"from": roles.holder},
        )
    else:
        # Below the threshold nobody but the collection itself settles.
        assert suite.AutoRetire.settle(nesting, {"from": roles.outsider}).return_value[0] == 0
        gift_units = 0
    tx = first_with("Settled", lambda: nesting.mint({"from": roles.collector}))
    assert credits.retiredFor(nesting) == gift_units + unit_count(tx)
    assert registry.outstanding(nesting) == max(
        0, registry.emittedBy(nesting) - credits.retiredFor(nesting) * MICROGRAMS_PER_UNIT
    )
    # What is left is what the settlement itself emitted.
    assert registry.outstanding(nesting) <= tx.events["EmissionsRecorded"][-1]["co2eMicrograms"]
    retire_for(suite, roles, 1)
    assert credits.retiredFor(nesting) == gift_units + unit_count(tx)
