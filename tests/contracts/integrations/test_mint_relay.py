"""MintRelay: mints of a collection that cannot change, measured and offset.

given a collection that sells tokens, and a relay for it
  the minter gets what is minted and paid back, be it more than was sent; the relay keeps nothing
  its gas is recorded as the relay's, within 2 % of the receipt, and offset at the threshold
  what the collection reverts with, the minter is told
  it calls no function but those that mint, and none that moves tokens can be among them
  tokens that it could not hand on are refused, and so are tokens and wei from elsewhere
  a minter that calls back gets no further
  only the owner sets how it offsets, and takes deposits back
"""

import pytest
from brownie import reverts, web3
from eth_abi.abi import encode

from tests.suite import TOKEN_ID, deposit, reverts_with

TONNE = 10**8
PRICE_WEI = 1_000
THRESHOLD_CO2E_MICROGRAMS = 50_000_000
NO_POLICY = ([], 0, "", "0x" + "00" * 20, 0, 0, 0, False, "", "", "")


def selector(signature):
    return bytes(web3.keccak(text=signature)[:4])


def not_a_mint(called):
    """Brownie writes four bytes as Python does."""
    return reverts_with("NotAMint", called)


MINTS = [
    selector(signature)
    for signature in ("buy(uint256)", "buyFor(address)", "buyRewarded()", "buyUnasked()")
]


@pytest.fixture
def sale(project_contracts, roles):
    return project_contracts.PaidCollection.deploy({"from": roles.deployer})


@pytest.fixture
def relay_to(project_contracts, suite, roles):
    def deployed(collection, mints, threshold=THRESHOLD_CO2E_MICROGRAMS):
        return project_contracts.MintRelay.deploy(
            *(roles.marketplace, collection, mints, suite.AutoRetire, threshold),
            {"from": roles.deployer},
        )

    return deployed


@pytest.fixture
def relay(relay_to, sale):
    return relay_to(sale, MINTS)


def buy(relay, sale, roles, count=1, value=None):
    paid = count * PRICE_WEI if value is None else value
    return relay.mint(sale.buy.encode_input(count), {"from": roles.collector, "value": paid})


def test_the_minter_gets_the_tokens_and_what_is_paid_back(relay, sale, roles):
    before = roles.collector.balance()
    tx = buy(relay, sale, roles, count=3, value=10_000)
    assert sale.balanceOf(roles.collector) == 3
    assert (sale.balance(), relay.balance(), sale.balanceOf(relay)) == (3_000, 0, 0)
    assert before - roles.collector.balance() == 3_000 + tx.gas_used * tx.gas_price
    assert tuple(tx.events["MintRelayed"].values()) == (roles.collector, 10_000, 7_000)
    assert int.from_bytes(bytes(tx.return_value)[:32], "big") == 0


def test_more_is_paid_back_than_was_sent(relay, sale, roles):
    buy(relay, sale, roles, count=2)
    before = roles.collector.balance()
    data = sale.buyRewarded.encode_input()
    tx = relay.mint(data, {"from": roles.collector, "value": 1_500})
    assert sale.balanceOf(roles.collector) == 3
    assert (sale.balance(), relay.balance()) == (500, 0)
    assert roles.collector.balance() - before == 1_500 - tx.gas_used * tx.gas_price
    assert tuple(tx.events["MintRelayed"].values()) == (roles.collector, 1_500, 3_000)


def test_minted_to_somebody_else(relay, sale, roles):
    data = sale.buyFor.encode_input(roles.beneficiary)
    relay.mint(data, {"from": roles.collector, "value": PRICE_WEI})
    assert sale.ownerOf(0) == roles.beneficiary


def test_editions_are_handed_on(relay_to, project_contracts, roles):
    editions = project_contracts.Editions.deploy({"from": roles.deployer})
    mints = [selector("mint(uint256,uint256)"), selector("mintBatch(uint256[],uint256[])")]
    relay = relay_to(editions, mints)
    minter = {"from": roles.collector}
    relay.mint(editions.mint.encode_input(7, 5), minter)
    relay.mint(editions.mintBatch.encode_input([7, 8], [1, 2]), minter)
    assert [editions.balanceOf(roles.collector, each) for each in (7, 8)] == [6, 2]
    assert [editions.balanceOf(relay, each) for each in (7, 8)] == [0, 0]


@pytest.mark.parametrize(("mint", "most"), [("buyFor", 1.03), ("buy", 1.22)])
def test_its_gas_is_recorded(suite, relay_to, sale, roles, mint, most):
    """What a token only passes through is cleared again, for which the chain pays back some gas."""
    relay = relay_to(sale, MINTS, threshold=10**15)
    argument = roles.beneficiary if mint == "buyFor" else 1
    data = getattr(sale, mint).encode_input(argument)
    for _ in range(3):
        tx = relay.mint(data, {"from": roles.collector, "value": PRICE_WEI})
        (record,) = tx.events["EmissionsRecorded"]
        assert record["account"] == relay.address
        assert 1 <= record["gasUsed"] / tx.gas_used <= most
    assert suite.EmissionsRegistry.emittedBy(sale) == 0


def test_it_offsets_at_the_threshold(suite, relay, sale, roles):
    deposit(suite, roles, relay, TONNE)
    settled = 0
    for _ in range(12):
        settled += "Settled" in buy(relay, sale, roles).events
        assert suite.EmissionsRegistry.outstanding(relay) < THRESHOLD_CO2E_MICROGRAMS
    assert settled >= 2
    assert suite.CarbonCredits.retiredFor(relay) > 0


def test_the_collections_own_reason_is_told(relay, sale, roles):
    data = sale.buyFor.encode_input(roles.collector)
    with reverts(reverts_with("WrongPrice", 1)):
        relay.mint(data, {"from": roles.collector, "value": 1})
    assert sale.nextTokenId() == 0


@pytest.mark.parametrize(
    "signature",
    [
        "transferFrom(address,address,uint256)",
        "approve(address,uint256)",
        "setApprovalForAll(address,bool)",
        "balanceOf(address)",
        "nextTokenId()",
    ],
)
def test_used_to_call_anything_else(relay, roles, signature):
    called = selector(signature)
    with reverts(not_a_mint(called)):
        relay.mint(called + bytes(96), {"from": roles.outsider})


@pytest.mark.parametrize("data", [b"", b"\x01\x02\x03"])
def test_a_call_without_a_function(relay, roles, data):
    with reverts(not_a_mint(data.ljust(4, bytes(1)))):
        relay.mint(data, {"from": roles.outsider})


@pytest.mark.parametrize(
    "signature",
    [
        "transferFrom(address,address,uint256)",
        "safeTransferFrom(address,address,uint256)",
        "safeTransferFrom(address,address,uint256,bytes)",
        "approve(address,uint256)",
        "setApprovalForAll(address,bool)",
        "safeTransferFrom(address,address,uint256,uint256,bytes)",
        "safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)",
    ],
)
def test_no_relay_is_made_that_moves_tokens(relay_to, sale, signature):
    with reverts(not_a_mint(selector(signature))):
        relay_to(sale, [*MINTS, selector(signature)])


def test_no_relay_is_made_for_what_is_no_contract(relay_to, roles):
    with reverts(reverts_with("NotACollection", str(roles.outsider))):
        relay_to(roles.outsider, MINTS)


def test_tokens_that_would_stay_are_refused(relay, sale, roles):
    with reverts(reverts_with("TokensWouldStay", 1)):
        relay.mint(sale.buyUnasked.encode_input(), {"from": roles.collector})
    assert sale.nextTokenId() == 0


def test_a_token_that_somebody_left_there_stops_no_mint(relay, sale, roles):
    sale.buyFor(relay, {"from": roles.outsider, "value": PRICE_WEI})
    buy(relay, sale, roles)
    assert sale.ownerOf(1) == roles.collector


def test_tokens_and_wei_from_elsewhere_are_refused(relay, sale, roles):
    sale.buyFor(roles.outsider, {"from": roles.outsider, "value": PRICE_WEI})
    outsider = {"from": roles.outsider}
    with reverts(reverts_with("NotFromMint", sale.address)):
        sale.safeTransferFrom(roles.outsider, relay, 0, outsider)
    with reverts(reverts_with("NotFromMint", str(roles.outsider))):
        relay.onERC721Received(roles.outsider, "0x" + "00" * 20, 5, b"", outsider)
    with reverts(reverts_with("NotFromMint", str(roles.outsider))):
        roles.outsider.transfer(relay, 1)


def test_what_is_paid_back_later_is_refused(relay, sale, roles):
    """It would be nobody's."""
    buy(relay, sale, roles, count=2)
    with reverts(reverts_with("NotFromMint", sale.address)):
        sale.pay(relay, PRICE_WEI, {"from": roles.outsider})
    assert (sale.balance(), relay.balance()) == (2 * PRICE_WEI, 0)


def test_a_minter_that_calls_back(relay_to, project_contracts, roles):
    """The tokens reach it in the midst of its mint."""
    editions = project_contracts.Editions.deploy({"from": roles.deployer})
    relay = relay_to(editions, [selector("mint(uint256,uint256)")])
    minter = project_contracts.ReenteringReceiver.deploy({"from": roles.outsider})
    mint = relay.mint.encode_input(editions.mint.encode_input(7, 5))
    minter.arm(relay, mint)
    minter.call(relay, mint, {"from": roles.outsider})
    assert (minter.calls(), minter.succeeded()) == (1, False)
    under_way = selector("MintUnderWay(address)") + encode(["address"], [minter.address])
    assert minter.answer() == f"0x{under_way.hex()}"
    assert (editions.balanceOf(minter, 7), editions.balanceOf(relay, 7)) == (5, 0)


def test_only_the_owner_sets_and_takes(suite, relay, roles):
    deposit(suite, roles, relay, TONNE)
    calls = {
        relay.setPolicy: (NO_POLICY,),
        relay.setThreshold: (5,),
        relay.withdrawCredits: (TOKEN_ID, TONNE // 2, roles.auditor),
        relay.setReporter: (roles.auditor, True),
    }
    for function, arguments in calls.items():
        with reverts(reverts_with("OwnableUnauthorizedAccount", str(roles.outsider))):
            function(*arguments, {"from": roles.outsider})
        function(*arguments, {"from": roles.marketplace})
    assert suite.AutoRetire.thresholdOf(relay) == 5
    assert suite.AutoRetire.depositOf(relay, TOKEN_ID) == TONNE // 2
    assert suite.CarbonCredits.balanceOf(roles.auditor, TOKEN_ID) == TONNE // 2
    assert suite.EmissionsRegistry.isReporter(relay, roles.auditor)
    with reverts(reverts_with("OwnableUnauthorizedAccount", str(roles.outsider))):
        relay.withdrawPayment(suite.AutoRetire, 1, roles.outsider, {"from": roles.outsider})
