"""Audit of a real chain.

given mints that metered themselves and reached the threshold
    it  finds nothing, and tells gas, CO2e, serials as the chain has them
given a mint that recorded too little
    it  names account and transaction
given one that recorded too little, and whose account committed the rest
    it  notes that the rest is in the commitment, which `gasprint report` made just so
given one that recorded too much: claimed, one of several in a transaction, or one with refunds
    it  notes it, and contradicts nothing
given a record inside of somebody else's transaction
    it  notes that it cannot tell whether it is too little
given events of a foreign contract
    it  does not count them
given a record that is too little, by somebody who had code then, or of whom the node forgot it
    it  notes that it cannot tell
given accounts to audit
    it  tells of those alone, and says of an unknown one that there is nothing
"""

import json

import pytest
from brownie import chain, web3

from gasprint.audit import Severity
from gasprint.errors import InputError
from gasprint.retirements import retirement_id
from gasprint.token_ids import SerialSpan
from gasprint.units import co2e_micrograms_up
from tests import commands
from tests.relayed_node import relayed
from tests.suite import (
    FACTOR,
    FINALITY_BLOCKS,
    FIRST_SERIAL,
    THRESHOLD_CO2E_MICROGRAMS,
    TOKEN_ID,
    attested,
    deposit,
    issue,
    mint,
    pass_time,
    publish,
    retire_for,
)

MINTS = 20
CREDIT_AFTER = (1000 << 64) | 1009


@pytest.fixture
def mints(suite, roles, collection):
    """Mints enough to reach the threshold once."""
    deposit(suite, roles, collection, 10**6)
    return [collection.mint(1, b"", {"from": roles.collector}) for _ in range(MINTS)]


@pytest.fixture
def claimer(project_contracts, suite, roles):
    return project_contracts.GasClaimer.deploy(suite.EmissionsRegistry, {"from": roles.marketplace})


def found(result, severity=Severity.ERROR):
    return [(each.check, each.account) for each in result.findings if each.severity is severity]


def test_mints_that_metered_themselves(audit, suite, mints, collection):
    result = audit()

    assert result.findings == ()
    assert result.ok
    (line,) = result.accounts
    assert line.account == collection.address
    assert line.transactions == line.transactions_checked == MINTS
    assert abs(line.largest_metering_error_percent) < 2
    records = [dict(e) for mint in mints for e in mint.events["EmissionsRecorded"]]
    assert line.recorded_gas == sum(e["gasUsed"] for e in records)
    assert line.emitted_co2e_micrograms == sum(
        co2e_micrograms_up(e["gasUsed"], FACTOR[0]) for e in records
    )
    assert line.emitted_co2e_micrograms == suite.EmissionsRegistry.emittedBy(collection)
    assert line.retired_units == suite.CarbonCredits.retiredFor(collection)
    assert line.retired_units * 10_000 >= THRESHOLD_CO2E_MICROGRAMS
    assert line.outstanding_co2e_micrograms == suite.EmissionsRegistry.outstanding(collection)
    assert [t.receipt_gas for t in result.transactions] == [mint.gas_used for mint in mints]


def test_retirements_with_their_serials(audit, suite, roles, mints, collection):
    retire_for(suite, roles, 3 * 10**8)
    result = audit()

    assert result.ok
    by_mint, by_hand = result.retirements
    units = suite.CarbonCredits.retiredFor(collection)
    assert by_mint.span == SerialSpan(FIRST_SERIAL, 0, FIRST_SERIAL, units)
    assert by_mint.agent == by_mint.holder == suite.AutoRetire.address
    assert by_hand.span == SerialSpan(FIRST_SERIAL, units, FIRST_SERIAL + 3, units)
    assert by_hand.beneficiary == roles.beneficiary.address
    assert {line.account for line in result.accounts} == {
        collection.address,
        roles.beneficiary.address,
    }


def test_several_factors_and_credits(audit, suite, roles, mints, collection):
    doubled = (FACTOR[0] * 2, FACTOR[1], 0, FACTOR[3], FACTOR[4] * 2, *FACTOR[5:])
    publish(suite, roles, doubled)
    collection.mint(1, b"", {"from": roles.collector})
    issue(suite, roles, CREDIT_AFTER)
    suite.CarbonCredits.retire(
        (TOKEN_ID >> 128 << 128) | CREDIT_AFTER, roles.holder, 10**9, {"from": roles.holder}
    )

    result = audit()

    assert result.findings == ()
    assert result.retirements[-1].span == SerialSpan(1000, 0, 1009, 10**8)


def test_a_retirement_of_an_expired_credit(audit, suite, roles):
    issue(suite, roles, (7 << 64) | 7, expiry=pass_time(0) + 1000)
    token_id = (TOKEN_ID >> 128 << 128) | (7 << 64) | 7
    suite.CarbonCredits.retire(token_id, roles.holder, 5, {"from": roles.holder})
    assert audit().ok
    pass_time(1001)
    retired = suite.CarbonCredits.retire(token_id, roles.holder, 5, {"from": roles.holder})

    (finding,) = audit().findings
    assert (finding.check, finding.severity) == ("expiry", Severity.NOTE)
    assert finding.account == roles.holder.address
    assert finding.transaction_hash == retired.txid
    assert f"retirement {retirement_id(token_id, 5, 5)} of 5 units" in finding.message
    assert audit([roles.marketplace.address]).ok
    assert not any(f.check == "expiry" for f in audit([roles.marketplace.address]).findings)


def test_the_same_serials_of_a_registry_that_is_not_known(audit, suite, roles):
    attestation = attested(suite, roles, project_id=(999 << 64) | 1340)
    mint(suite, attestation, roles.issuer)
    (finding,) = audit().findings
    assert (finding.check, finding.severity) == ("issuance", Severity.NOTE)
    assert "registry 999" in finding.message


@pytest.mark.parametrize(("gas", "severity"), [(20_000, Severity.ERROR), (200_000, Severity.NOTE)])
def test_gas_that_was_not_used(audit, roles, claimer, gas, severity):
    transaction = claimer.claim(gas, {"from": roles.collector})

    result = audit()

    assert result.ok == (severity is Severity.NOTE)
    (finding,) = result.findings
    assert (finding.severity, finding.check) == (severity, "metering")
    assert (finding.account, finding.transaction_hash) == (claimer.address, transaction.txid)
    assert f"{gas:,} gas recorded" in finding.message
    assert f"{transaction.gas_used:,}" in finding.message


@pytest.fixture
def report_of(suite, roles, project_contracts, rpc_url, deployment, tmp_path):
    """Has a contract approve the auditor as its reporter, who reports it; what was committed."""
    method = "anvil_setCode" if "anvil" in web3.client_version else "evm_setAccountCode"

    def run(contract):
        relay = project_contracts.Relay.deploy({"from": roles.outsider})
        own_code, relays_code = (
            web3.eth.get_code(each.address).to_0x_hex() for each in (contract, relay)
        )
        web3.provider.make_request(method, [contract.address, relays_code])
        approval = suite.EmissionsRegistry.setReporter.encode_input(roles.auditor, True)
        roles.outsider.transfer(
            contract, 0, data=relay.relay.encode_input(suite.EmissionsRegistry, approval)
        )
        web3.provider.make_request(method, [contract.address, own_code])
        chain.mine(FINALITY_BLOCKS)
        signer = ("--provider", rpc_url, "--from", str(roles.auditor), "--yes")
        there = ("--rpc", rpc_url, "--deployment", str(deployment), "--records", str(tmp_path))
        finished = commands.run("report", contract.address, "--json", *signer, *there)
        assert finished.returncode == 0, finished.stderr
        return json.loads(finished.stdout)["commitments"]

    return run


def test_gas_that_was_committed_beside_what_was_recorded(audit, roles, claimer, report_of):
    transaction = claimer.claim(20_000, {"from": roles.collector})
    (made,) = report_of(claimer)
    assert made["gas_used"] > transaction.gas_used - 20_000

    result = audit([claimer.address])

    assert result.ok
    (finding,) = result.findings
    assert (finding.severity, finding.check) == (Severity.NOTE, "metering")
    assert finding.transaction_hash == transaction.txid
    assert "the rest is for its commitment" in finding.message

    later = claimer.claim(20_000, {"from": roles.collector})
    (error,) = [each for each in audit().findings if each.severity is Severity.ERROR]
    assert error.transaction_hash == later.txid


def test_two_mints_in_one_transaction(audit, suite, project_contracts, roles):
    collection = project_contracts.NestingCollection.deploy(
        suite.AutoRetire, 10**15, {"from": roles.marketplace}
    )
    minter = project_contracts.NestingMinter.deploy(collection, {"from": roles.outsider})
    transaction = minter.mintPadded(2, 0, {"from": roles.outsider})

    result = audit([collection.address])

    assert result.ok
    above, unknown = result.findings
    assert (above.severity, above.check) == (Severity.NOTE, "metering")
    assert above.transaction_hash == transaction.txid
    assert "more counts as emitted than was" in above.message
    assert "not sent to the account itself" in unknown.message


def test_a_settlement_that_empties_deposits(audit, suite, roles, collection):
    for _ in range(7):
        collection.mint(200, b"", {"from": roles.collector})
    issue(suite, roles, CREDIT_AFTER)
    for token_id in (TOKEN_ID, (TOKEN_ID >> 128 << 128) | CREDIT_AFTER):
        deposit(suite, roles, collection, 10**5, token_id)
    refunded = collection.mint(1, b"", {"from": roles.collector})
    while "RetirementRecorded" not in refunded.events:
        refunded = collection.mint(1, b"", {"from": roles.collector})
    recorded = sum(e["gasUsed"] for e in refunded.events["EmissionsRecorded"])
    assert len(refunded.events["RetirementRecorded"]) == 2
    assert recorded > 1.02 * refunded.gas_used

    result = audit()

    assert result.ok
    (finding,) = result.findings
    assert (finding.severity, finding.check) == (Severity.NOTE, "metering")
    assert finding.transaction_hash == refunded.txid


@pytest.fixture
def odd_mint(collection, roles):
    """A stranger's mint by a transaction of its own making."""

    def run(data="", **changes):
        transaction = {
            "from": str(roles.outsider),
            "to": str(collection),
            "data": collection.mint.encode_input(1, b"") + data,
            "gas": hex(3_000_000),
        }
        method, parameters = "eth_sendTransaction", [transaction | changes]
        sent = web3.provider.make_request(method, parameters)["result"]
        receipt = web3.eth.wait_for_transaction_receipt(sent, poll_latency=0.05)
        assert receipt["status"] == 1
        return receipt

    return run


def test_an_access_list_that_a_stranger_pays_for(audit, collection, odd_mint):
    keys = [f"0x{number:064x}" for number in range(20)]
    odd_mint(accessList=[{"address": f"0x{'11' * 20}", "storageKeys": keys}])

    result = audit()

    assert result.ok
    assert found(result, Severity.NOTE) == [("metering", collection.address)]
    assert result.transactions[0].error_percent is None


@pytest.fixture
def set_code(roles):
    """Gives the stranger's account code, or takes it away."""
    is_anvil = "anvil" in web3.client_version
    method = "anvil_setCode" if is_anvil else "evm_setAccountCode"

    def run(has_code):
        code = ("0xef0100" + "22" * 20 if is_anvil else "0x00") if has_code else "0x"
        web3.provider.make_request(method, [str(roles.outsider), code])

    return run


@pytest.mark.parametrize("is_taken_back", [False, True], ids=["for good", "for this alone"])
def test_calldata_that_an_account_with_code_sends(
    audit, collection, odd_mint, set_code, is_taken_back
):
    set_code(True)
    odd_mint(data="11" * 20_000)
    if is_taken_back:
        set_code(False)
        chain.mine(2)

    result = audit()

    assert result.ok
    assert found(result, Severity.NOTE) == [("metering", collection.address)]


def test_a_node_that_forgot_whether_a_sender_had_code(audit, rpc_url, deployment, claimer, roles):
    def without_old_state(question, ask):
        if question["method"] == "eth_getCode" and question["params"][1] != "latest":
            problem = {"code": -32000, "message": "missing trie node"}
            return {"jsonrpc": "2.0", "id": question["id"], "error": problem}
        return ask(question)

    claimer.claim(20_000, {"from": roles.collector})
    with relayed(rpc_url, without_old_state) as url:
        result = audit(url=url)
    assert result.ok
    assert found(result, Severity.NOTE) == [("metering", claimer.address)]


def test_record_inside_of_another_transaction(audit, project_contracts, roles, claimer):
    relay = project_contracts.Relay.deploy({"from": roles.outsider})
    relay.relay(claimer, claimer.claim.encode_input(100), {"from": roles.outsider})

    result = audit()

    assert result.ok
    assert found(result, Severity.NOTE) == [("metering", claimer.address)]
    assert result.transactions[0].error_percent is None
    assert result.accounts[0].largest_metering_error_percent is None

    relay.relay(claimer, claimer.claim.encode_input(10**6), {"from": roles.outsider})
    result = audit()
    assert result.ok
    assert found(result, Severity.NOTE) == [("metering", claimer.address)] * 2


def test_events_of_a_foreign_contract(audit, project_contracts, roles, mints, collection):
    before = audit()
    look_alike = project_contracts.LookAlike.deploy({"from": roles.outsider})
    look_alike.logEmissions(collection, 1, 10**6, 1, {"from": roles.outsider})
    retired = retirement_id(TOKEN_ID, 10**8, 10**8)
    look_alike.logRetirement(retired, TOKEN_ID, collection, 1, 10**8, {"from": roles.outsider})
    look_alike.logCancelledSerials(TOKEN_ID, FIRST_SERIAL, FIRST_SERIAL, {"from": roles.outsider})
    look_alike.logMint(roles.outsider, 1 << 64 | 1340, CREDIT_AFTER, 1, {"from": roles.outsider})

    after = audit()

    assert after.findings == ()
    assert after.accounts == before.accounts
    assert after.retirements == before.retirements
    assert after.transactions == before.transactions


def test_one_account(audit, roles, mints, collection, claimer):
    claimer.claim(1, {"from": roles.collector})

    result = audit([collection.address.lower(), collection.address])

    assert result.ok
    assert [line.account for line in result.accounts] == [collection.address]
    assert len(result.retirements) == 1


def test_unknown_account(audit, roles, mints):
    result = audit([roles.outsider.address])

    assert result.ok
    assert found(result, Severity.NOTE) == [("accounts", roles.outsider.address)]
    assert result.accounts[0].emitted_co2e_micrograms == 0
    assert result.retirements == ()


@pytest.mark.parametrize("text", ["me", "0x12", ""])
def test_no_address(audit, text):
    with pytest.raises(InputError, match=f"account '{text}' is no address"):
        audit([text])


def test_mistyped_address(audit, roles):
    mistyped = roles.outsider.address.swapcase().replace("X", "x")
    with pytest.raises(InputError, match=f"account '{mistyped}' has a wrong checksum"):
        audit([mistyped])
