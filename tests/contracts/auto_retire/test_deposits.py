"""Deposits: credits in, for whom they are meant, and out again by that account alone.

given 425 tonnes with the holder
  it credits the account named in the data, or the sender where none is named
  it refuses other tokens, dust, expired credits, and data that names nobody
  it gives them back to their account, and to no one else
"""

import pytest
from brownie import reverts
from eth_abi.abi import encode

from tests.markets import NO_LIMIT, fund, list_credits
from tests.suite import (
    PROJECT_ID,
    TOKEN_ID,
    UNITS_ISSUED,
    attested,
    deposit,
    issue,
    mint,
    pass_time,
    reverts_with,
)

TONNE = 10**8
ZERO = "0x" + "00" * 20


def send(suite, roles, units, data, token_id=TOKEN_ID):
    return suite.CarbonCredits.safeTransferFrom(
        roles.holder, suite.AutoRetire, token_id, units, data, {"from": roles.holder}
    )


def test_it_is_for_the_account_that_the_data_names(suite, roles):
    tx = deposit(suite, roles, roles.marketplace, TONNE)
    assert suite.AutoRetire.depositOf(roles.marketplace, TOKEN_ID) == TONNE
    assert suite.AutoRetire.depositOf(roles.holder, TOKEN_ID) == 0
    assert dict(tx.events["Deposited"]) == {
        "account": roles.marketplace,
        "tokenId": TOKEN_ID,
        "from": roles.holder,
        "units": TONNE,
    }


def test_it_is_for_the_sender_where_the_data_is_empty(suite, roles):
    send(suite, roles, TONNE, b"")
    assert suite.AutoRetire.depositOf(roles.holder, TOKEN_ID) == TONNE


def test_several_credits_at_once(suite, roles):
    issue(suite, roles, (5 << 64) | 9)
    other = (PROJECT_ID << 128) | (5 << 64) | 9
    suite.CarbonCredits.safeBatchTransferFrom(
        roles.holder,
        suite.AutoRetire,
        [TOKEN_ID, other],
        [TONNE, 2 * TONNE],
        encode(["address"], [str(roles.marketplace)]),
        {"from": roles.holder},
    )
    assert suite.AutoRetire.depositOf(roles.marketplace, TOKEN_ID) == TONNE
    assert suite.AutoRetire.depositOf(roles.marketplace, other) == 2 * TONNE


@pytest.mark.parametrize("data", [b"\x01", b"\x01" * 31, b"\x01" * 33, encode(["address"], [ZERO])])
def test_data_that_names_nobody_is_refused(suite, roles, data):
    with reverts(reverts_with("DepositAccountMissing")):
        send(suite, roles, TONNE, data)


def test_an_issuance_straight_into_the_contract_needs_an_account(suite, roles):
    attestation = attested(suite, roles, (5 << 64) | 5, recipient=suite.AutoRetire.address)
    with reverts(reverts_with("DepositAccountMissing")):
        mint(suite, attestation, roles.issuer)


def test_a_deposit_for_the_contract_itself_is_refused(suite, roles):
    with reverts(reverts_with("DepositAccountMissing")):
        deposit(suite, roles, suite.AutoRetire, TONNE)
    deposit(suite, roles, roles.marketplace, TONNE)
    with reverts(reverts_with("ReentrancyGuardReentrantCall")):
        suite.AutoRetire.withdraw(TOKEN_ID, TONNE, suite.AutoRetire, {"from": roles.marketplace})


def test_what_is_bought_or_cancelled_into_a_deposit_is_refused(suite, roles, project_contracts):
    """It would be the market's, and so nobody's."""
    money = fund(suite, roles, project_contracts.PaymentToken.deploy(6, {"from": roles.deployer}))
    suite.CarbonCredits.setApprovalForAll(suite.CreditMarket, True, {"from": roles.holder})
    listing_id = list_credits(suite, roles, money)
    with reverts(reverts_with("DepositAccountMissing")):
        suite.CreditMarket.buy(
            *(listing_id, TONNE, suite.AutoRetire, NO_LIMIT), {"from": roles.marketplace}
        )
    with reverts(reverts_with("DepositAccountMissing")):
        suite.CreditMarket.cancel(listing_id, suite.AutoRetire, {"from": roles.holder})
    money.approve(suite.AutoRetire, TONNE, {"from": roles.marketplace})
    with reverts(reverts_with("DepositAccountMissing")):
        suite.AutoRetire.depositPayment(
            *(suite.CreditMarket, money, TONNE), {"from": roles.marketplace}
        )


def test_dust_is_refused(suite, roles):
    with reverts(reverts_with("DepositTooSmall", 99_999, 100_000)):
        deposit(suite, roles, roles.marketplace, 99_999)
    deposit(suite, roles, roles.marketplace, 100_000)


def test_an_expired_credit_is_refused(suite, roles):
    issue(suite, roles, (5 << 64) | 5, expiry=pass_time(0) + 100)
    token_id = (PROJECT_ID << 128) | (5 << 64) | 5
    pass_time(200)
    with reverts(reverts_with("CreditExpired", token_id)):
        deposit(suite, roles, roles.marketplace, TONNE, token_id)


def test_a_credit_that_is_cancelled_to_its_end_is_refused(suite, roles):
    credits, custodian = suite.CarbonCredits, {"from": roles.custodian}
    issue(suite, roles, (5 << 64) | 6)
    token_id = (PROJECT_ID << 128) | (5 << 64) | 6
    credits.invalidate(token_id, 6, 6, "", custodian)
    deposit(suite, roles, roles.marketplace, TONNE, token_id)
    credits.invalidate(token_id, 5, 5, "", custodian)
    with reverts(reverts_with("NothingRetirable", token_id)):
        deposit(suite, roles, roles.marketplace, TONNE, token_id)


def test_other_tokens_are_refused(suite, roles):
    for function, arguments in (
        ("onERC1155Received", (roles.outsider, roles.outsider, 1, TONNE, b"")),
        ("onERC1155BatchReceived", (roles.outsider, roles.outsider, [1], [TONNE], b"")),
    ):
        with reverts(reverts_with("NotCarbonCredits", str(roles.outsider))):
            getattr(suite.AutoRetire, function)(*arguments, {"from": roles.outsider})


def test_an_account_takes_its_credits_back(suite, roles):
    deposit(suite, roles, roles.marketplace, 3 * TONNE)
    tx = suite.AutoRetire.withdraw(TOKEN_ID, TONNE, roles.auditor, {"from": roles.marketplace})
    assert suite.AutoRetire.depositOf(roles.marketplace, TOKEN_ID) == 2 * TONNE
    assert suite.CarbonCredits.balanceOf(roles.auditor, TOKEN_ID) == TONNE
    assert tx.events["Withdrawn"]["to"] == roles.auditor
    suite.AutoRetire.withdraw(TOKEN_ID, 2 * TONNE, roles.auditor, {"from": roles.marketplace})
    assert suite.CarbonCredits.balanceOf(suite.AutoRetire, TOKEN_ID) == 0


def test_nobody_takes_what_is_not_theirs(suite, roles):
    deposit(suite, roles, roles.marketplace, 3 * TONNE)
    for actor in (roles.outsider, roles.holder, roles.administrator, roles.deployer):
        with reverts(reverts_with("DepositExceeded", 1, 0)):
            suite.AutoRetire.withdraw(TOKEN_ID, 1, actor, {"from": actor})
    with reverts(reverts_with("NothingToMove")):
        suite.AutoRetire.withdraw(TOKEN_ID, 0, roles.auditor, {"from": roles.outsider})
    with reverts(reverts_with("DepositExceeded", 3 * TONNE + 1, 3 * TONNE)):
        suite.AutoRetire.withdraw(
            TOKEN_ID, 3 * TONNE + 1, roles.marketplace, {"from": roles.marketplace}
        )


def test_a_receiver_that_reenters_takes_nothing_twice(suite, roles, project_contracts):
    receiver = project_contracts.ReenteringReceiver.deploy({"from": roles.outsider})
    auto_retire = suite.AutoRetire
    deposit(suite, roles, receiver, TONNE)
    deposit(suite, roles, roles.marketplace, TONNE)
    again = auto_retire.withdraw.encode_input(TOKEN_ID, TONNE, receiver)
    receiver.arm(auto_retire, again)
    receiver.call(auto_retire, again, {"from": roles.outsider})
    assert not receiver.succeeded()
    assert suite.CarbonCredits.balanceOf(receiver, TOKEN_ID) == TONNE
    assert suite.CarbonCredits.balanceOf(auto_retire, TOKEN_ID) == TONNE
    assert auto_retire.depositOf(roles.marketplace, TOKEN_ID) == TONNE
    assert suite.CarbonCredits.balanceOf(roles.holder, TOKEN_ID) == UNITS_ISSUED - 2 * TONNE
