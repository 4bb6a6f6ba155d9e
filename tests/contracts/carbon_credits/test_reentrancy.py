"""Reentrancy: a receiver that calls back gets what it would have got by calling after.

given a receiver that holds credits and the roles that it needs, and a call that it makes
  made while units arrive, by a mint, a transfer or a batch, the call does what it does afterwards
"""

import pytest

from gasprint.attestations import digest_of
from tests.retirements import proof_of, retirement_of, retirements_of
from tests.suite import (
    FIRST_SERIAL,
    NOTHING_SAID,
    PROJECT_ID,
    TOKEN_ID,
    attested,
    chain_id,
    undone,
)

ARRIVING = (1 << 64) | 10
ARRIVING_ID = (PROJECT_ID << 128) | ARRIVING
NESTED = (20 << 64) | 29
NESTED_ID = (PROJECT_ID << 128) | NESTED
T = 10**8


@pytest.fixture(scope="module")
def receiver(suite, roles, project_contracts, credit, collection):
    """It holds units, and is an operator of the holder."""
    with undone():
        receiver = project_contracts.ReenteringReceiver.deploy({"from": roles.outsider})
        credits, holder = suite.CarbonCredits, {"from": roles.holder}
        credits.safeTransferFrom(roles.holder, receiver, TOKEN_ID, 20 * T, b"", holder)
        credits.setApprovalForAll(receiver, True, holder)
        yield receiver


def appoint(suite, roles, receiver, name):
    """To every role but a custodian's, or, for what custodians do, to that."""
    if name in CUSTODIANS:
        suite.Authority.grantRole(3, receiver, 0, {"from": roles.custodian})
        return
    for role in (0, 1, 4):
        suite.Authority.grantRole(role, receiver, 0, {"from": roles.administrator})


@pytest.fixture(scope="module")
def retirement(suite, roles, receiver):
    """Two serials retired for the receiver, both cancelled, of which the first is counted."""
    credits, custodian = suite.CarbonCredits, {"from": roles.custodian}
    tx = credits.retireFor(
        TOKEN_ID, roles.holder, 2 * T, receiver, NOTHING_SAID, False, {"from": roles.holder}
    )
    retirement = retirement_of(tx)
    credits.invalidate(TOKEN_ID, FIRST_SERIAL, FIRST_SERIAL, "", custodian)
    credits.invalidateRetirement(
        retirement.fields, proof_of(retirement, [retirement]), {"from": roles.outsider}
    )
    credits.invalidate(TOKEN_ID, FIRST_SERIAL + 1, FIRST_SERIAL + 1, "", custodian)
    return retirement


def calls(suite, roles, receiver, retirement):
    """The calls tried, by name: contract and data."""
    credits, records = suite.CarbonCredits, suite.CreditRecords
    certificates = suite.RetirementCertificates
    nested = attested(suite, roles, NESTED, recipient=str(receiver))
    bring = credits.attest.encode_input(*nested.attest_arguments())
    receiver.call(credits, bring, {"from": roles.outsider})
    proof = proof_of(retirement, [retirement])
    arguments = {
        (credits, "attest"): nested.attest_arguments(),
        (credits, "mintCredit"): nested.credit.mint_arguments,
        (credits, "multicall"): (
            [
                credits.retire.encode_input(ARRIVING_ID, receiver, 3),
                credits.redeem.encode_input(ARRIVING_ID, receiver, 1, ""),
            ],
        ),
        (credits, "withdrawAttestation"): (digest_of(nested, chain_id(), str(credits)),),
        (credits, "pauseIssuance"): (),
        (credits, "resumeIssuance"): (),
        (credits, "retire"): (ARRIVING_ID, receiver, 10 * T),
        (credits, "retireFor"): (ARRIVING_ID, receiver, 7, receiver, NOTHING_SAID, True),
        (credits, "retireForBatch"): (
            [ARRIVING_ID, TOKEN_ID],
            receiver,
            [7, 8],
            receiver,
            NOTHING_SAID,
            True,
        ),
        (credits, "redeem"): (ARRIVING_ID, receiver, 2, ""),
        (credits, "suspend"): ([ARRIVING_ID], ""),
        (credits, "resume"): ([ARRIVING_ID],),
        (credits, "invalidate"): (ARRIVING_ID, 1, 4, ""),
        (credits, "invalidateRetirement"): (retirement.fields, proof),
        (credits, "replace"): (retirement.id, ARRIVING_ID, receiver, 5, NOTHING_SAID),
        (credits, "safeTransferFrom"): (receiver, roles.outsider, ARRIVING_ID, 4, b""),
        (credits, "safeBatchTransferFrom"): (
            receiver,
            roles.outsider,
            [ARRIVING_ID, TOKEN_ID],
            [4, 5],
            b"",
        ),
        (credits, "setApprovalForAll"): (roles.outsider, True),
        (records, "settleSerials"): (TOKEN_ID, FIRST_SERIAL, ""),
        (records, "addLabel"): (ARRIVING_ID, "CCP", 1),
        (records, "endLabel"): (TOKEN_ID, 0, 9),
        (certificates, "claim"): (retirement.fields, proof, NOTHING_SAID),
        (certificates, "issue"): (1, 1, receiver, "A"),
        (certificates, "noteChange"): (1,),
        (certificates, "noteChanges"): (TOKEN_ID,),
        (certificates, "approve"): (roles.outsider, retirement.id),
        (certificates, "transferFrom"): (receiver, roles.outsider, retirement.id),
    }
    return {
        f"{contract._name}.{name}": (contract, getattr(contract, name).encode_input(*values))
        for (contract, name), values in arguments.items()
    }


CALLS = (
    *("CarbonCredits.attest", "CarbonCredits.mintCredit", "CarbonCredits.multicall"),
    *("CarbonCredits.withdrawAttestation", "CarbonCredits.retire"),
    *("CarbonCredits.pauseIssuance", "CarbonCredits.resumeIssuance"),
    *("CarbonCredits.retireFor", "CarbonCredits.retireForBatch", "CarbonCredits.redeem"),
    *("CarbonCredits.suspend", "CarbonCredits.resume", "CarbonCredits.invalidate"),
    *("CarbonCredits.invalidateRetirement", "CarbonCredits.replace"),
    *("CarbonCredits.safeTransferFrom", "CarbonCredits.safeBatchTransferFrom"),
    *("CarbonCredits.setApprovalForAll", "CreditRecords.settleSerials"),
    *("CreditRecords.addLabel", "CreditRecords.endLabel", "RetirementCertificates.claim"),
    *("RetirementCertificates.issue", "RetirementCertificates.noteChange"),
    *("RetirementCertificates.noteChanges", "RetirementCertificates.approve"),
    "RetirementCertificates.transferFrom",
)
CUSTODIANS = (
    *("CarbonCredits.withdrawAttestation", "CarbonCredits.suspend", "CarbonCredits.resume"),
    *("CarbonCredits.invalidate", "CreditRecords.settleSerials", "CreditRecords.addLabel"),
    "CreditRecords.endLabel",
)
REFUSED = (
    *("CarbonCredits.resume", "CarbonCredits.resumeIssuance", "CreditRecords.endLabel"),
    *("RetirementCertificates.issue", "RetirementCertificates.noteChange"),
    *("RetirementCertificates.noteChanges", "RetirementCertificates.approve"),
    "RetirementCertificates.transferFrom",
)
ARRIVALS = ("mint", "transfer", "batch")


def arrive(suite, roles, receiver, arrival):
    credits = suite.CarbonCredits
    if arrival == "mint":
        arguments = attested(suite, roles, ARRIVING, recipient=str(receiver)).credit.mint_arguments
        credits.mintCredit(*arguments, {"from": roles.issuer})
    elif arrival == "transfer":
        credits.safeTransferFrom(
            roles.holder, receiver, ARRIVING_ID, 10 * T, b"", {"from": roles.holder}
        )
    else:
        credits.safeBatchTransferFrom(
            roles.holder,
            receiver,
            [ARRIVING_ID, TOKEN_ID],
            [10 * T, 1],
            b"",
            {"from": roles.holder},
        )


def prepare(suite, roles, receiver, arrival):
    to = str(receiver) if arrival == "mint" else str(roles.holder)
    attestation = attested(suite, roles, ARRIVING, recipient=to)
    suite.CarbonCredits.attest(*attestation.attest_arguments(), {"from": roles.issuer})
    if arrival != "mint":
        arguments = attestation.credit.mint_arguments
        suite.CarbonCredits.mintCredit(*arguments, {"from": roles.issuer})


def state(suite, roles, receiver, retirement):
    """All that can be read of the credits, but for times; what they answer, as it is encoded."""
    credits, records = suite.CarbonCredits, suite.CreditRecords
    accounts = (roles.holder, receiver, roles.outsider)
    count = credits.creditCount()
    tokens = [credits.creditAt(number) for number in range(1, count + 1)]
    reads = {
        "states": [credits.stateOf.encode_input(token) for token in tokens],
        "retirable": [credits.retirableUnits.encode_input(token) for token in tokens],
        "suspended": [credits.suspendedUntil.encode_input(token) for token in tokens],
        "held": [credits.balanceOf.encode_input(a, token) for a in accounts for token in tokens],
        "retired": [
            credits.retiredBalanceOf.encode_input(a, token) for a in accounts for token in tokens
        ],
        "offset": [
            read.encode_input(a)
            for a in accounts
            for read in (credits.retiredFor, credits.invalidatedFor, credits.replacedFor)
        ],
        "invalidity": [credits.invalidityOf.encode_input(retirement.id)],
        "paused": [credits.paused.encode_input()],
        "operators": [credits.isApprovedForAll.encode_input(receiver, a) for a in accounts],
    }
    answers = iter(credits.multicall.call([each for asked in reads.values() for each in asked]))
    return {name: [str(next(answers)) for _ in asked] for name, asked in reads.items()} | {
        "tokens": tokens,
        "settled": [records.settledThrough(token) for token in tokens],
        "labels": [[tuple(label) for label in records.labelsOf(token)] for token in tokens],
        "certificates": [suite.RetirementCertificates.balanceOf(a) for a in accounts],
    }


@pytest.mark.parametrize("arrival", ARRIVALS)
@pytest.mark.parametrize("name", CALLS)
def test_calling_back_is_calling_after(suite, roles, receiver, retirement, chain, name, arrival):
    appoint(suite, roles, receiver, name)
    target, data = calls(suite, roles, receiver, retirement)[name]
    prepare(suite, roles, receiver, arrival)
    sender = {"from": roles.outsider}

    # Brownie keeps one snapshot, which is the fixtures'.
    fixtures_snapshot = chain._snapshot_id
    chain.snapshot()
    arrive(suite, roles, receiver, arrival)
    receiver.arm(target, data, sender)
    receiver.call(
        receiver, receiver.onERC1155Received.encode_input(receiver, receiver, 0, 0, b""), sender
    )
    after = receiver.succeeded(), state(suite, roles, receiver, retirement)

    chain.revert()
    chain._snapshot_id = fixtures_snapshot
    receiver.arm(target, data, sender)
    arrive(suite, roles, receiver, arrival)
    during = receiver.succeeded(), state(suite, roles, receiver, retirement)
    assert during == after
    assert during[0] is (name not in REFUSED)


def test_a_certificate_calls_nobody(suite, roles, receiver, retirement):
    """Its beneficiary is no reason to hand control over: ERC-721's receiver is never asked."""
    credits, certificates = suite.CarbonCredits, suite.RetirementCertificates
    holder, calls_before = {"from": roles.holder}, receiver.calls()
    data = credits.retire.encode_input(TOKEN_ID, receiver, 5)
    receiver.arm(credits, data, {"from": roles.outsider})
    recorded = [retirement]
    for tx in (
        credits.retireFor(TOKEN_ID, roles.holder, 7, receiver, NOTHING_SAID, True, holder),
        credits.retireForBatch(
            [TOKEN_ID, TOKEN_ID], roles.holder, [7, 8], receiver, NOTHING_SAID, True, holder
        ),
        credits.retireFor(TOKEN_ID, roles.holder, 7, receiver, NOTHING_SAID, False, holder),
    ):
        recorded += retirements_of(tx)
    claimed = recorded[-1]
    certificates.claim(claimed.fields, proof_of(claimed, recorded), NOTHING_SAID, holder)
    assert certificates.balanceOf(receiver) == len(recorded[1:]) == 4
    assert receiver.calls() == calls_before
    assert receiver.target() == credits
