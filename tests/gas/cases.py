"""What each act costs: whole transactions, of a call that was made before.

The books are warm: every slot that such a call writes was written before, holder and beneficiary
had dealings with the credit, and the retirement is not the first of its page of 32; a case that
differs says so in its name. Ids are real ones, texts have 20 bytes. A signature has a zero byte
one time in five, which is cheaper to send: those that are measured have none. So do the hashes and
times in the proof of a retirement, which differ from run to run: each is charged as if it had none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple
from functools import cache
from typing import Any

import numpy as np
from brownie import ZERO_ADDRESS, web3

from gasprint.attestations import Attestation, Credit, attest
from gasprint.record_tree import RecordTree
from tests.retirements import Retirement, proof_of, retirement_of
from tests.suite import (
    CUSTODIAN,
    FACTOR,
    FAR_FUTURE,
    FIRST_SERIAL,
    LAST_SERIAL,
    NOTHING_SAID,
    PROJECT_ID,
    TOKEN_ID,
    UNITS_ISSUED,
    chain_id,
    deposit,
    issue,
    mine,
    mint,
)

TEXT = "Twenty bytes exactly"
DETAILS = (NOTHING_SAID[0], TEXT, TEXT, "", 0, 0)
TONNE = 10**8
UNITS = 123_456_789
PRICE_PER_TONNE = 12_345_678
OTHER_FIRST_SERIAL = 942211922
OTHER_LAST_SERIAL = 942212404
OTHER_TOKEN_ID = (PROJECT_ID << 128) | (OTHER_FIRST_SERIAL << 64) | OTHER_LAST_SERIAL

MONEY = 10**12
GAS_RECORDED = 1_000_000
MINTS_A_SETTLEMENT = 100
CO2E_MICROGRAMS_OF_A_MINT = 73_500 * 70

MILLION = 1_000_000
GAS_OF_A_RECORD = 150_000
FIRST_BLOCK_COMMITTED = 100
"""The first commitment ends in it."""
BLOCKS_COMMITTED = 5_100
"""With room for a million records."""
BLOCKS_WITH_HASH = 300
NO_ZERO_BYTE = b"\x11" * 32

CASES: dict[str, Callable[[World], int]] = {}
"""Each measures, from the state in which `World` found the chain, and leaves another."""


def case(measure: Callable[[World], int]) -> Callable[[World], int]:
    """Adds a case by the function's name."""
    CASES[measure.__name__] = measure
    return measure


class World:
    """Two credits, whose holder has retired of both for herself and for the beneficiary.

    Attributes:
        suite: the deployed suite, with `TOKEN_ID` issued to the holder.
        roles: an account for each role.
        contracts: the compiled project.
        retirements: those of `TOKEN_ID` so far, in order.
    """

    def __init__(self, suite: Any, roles: Any, contracts: Any) -> None:
        """Warms the books."""
        self.suite, self.roles, self.contracts = suite, roles, contracts
        self.credits = suite.CarbonCredits
        self.holder = {"from": roles.holder}
        self.custodian = {"from": roles.custodian}
        self.retirements: list[Retirement] = []
        issue(suite, roles, OTHER_TOKEN_ID & (2**128 - 1))
        self.retire()
        self.retire_for(DETAILS, with_certificate=True)
        self.retire_for(DETAILS, token_id=OTHER_TOKEN_ID)

    def retire(self) -> Any:
        """The holder retires for herself."""
        tx = self.credits.retire(TOKEN_ID, self.roles.holder, UNITS, self.holder)
        self.retirements.append(retirement_of(tx))
        return tx

    def retire_for(
        self,
        details: Any,
        *,
        with_certificate: bool = False,
        beneficiary: Any = None,
        token_id: int = TOKEN_ID,
    ) -> Any:
        """The holder retires for the beneficiary, or another."""
        tx = self.credits.retireFor(
            token_id,
            self.roles.holder,
            UNITS,
            beneficiary or self.roles.beneficiary,
            details,
            with_certificate,
            self.holder,
        )
        if token_id == TOKEN_ID:
            self.retirements.append(retirement_of(tx))
        return tx

    def fill_page(self) -> None:
        """Has the next retirement be the first of its page."""
        while len(self.retirements) % 32:
            self.retire()

    def attested(self, first_serial: int, last_serial: int) -> Attestation:
        """The custodian's signature over a credit for the holder, without a zero byte."""
        credit = credit_of(str(self.roles.holder), first_serial, last_serial)
        return signed(credit, chain_id(), str(self.credits))

    def commit(self, records: RecordTree) -> Any:
        """The marketplace commits blocks 1 to 100 without a record, and then a tree.

        The blocks are so old that the registry has no hash of the last any more: any will do.
        """
        last = FIRST_BLOCK_COMMITTED + BLOCKS_COMMITTED
        mine(last + BLOCKS_WITH_HASH - web3.eth.block_number)
        self._commit(1, FIRST_BLOCK_COMMITTED, tree(0))
        return self._commit(FIRST_BLOCK_COMMITTED + 1, last, records)

    def _commit(self, first: int, last: int, records: RecordTree) -> Any:
        account, totals = self.roles.marketplace, records.totals
        figures = (totals.record_count, totals.gas_used, totals.co2e_micrograms)
        hashes = (records.top_hash, NO_ZERO_BYTE)
        commitment = (first, last, NO_ZERO_BYTE, 1, *figures, *hashes)
        return self.suite.EmissionsRegistry.commit(account, commitment, {"from": account})

    def payment_token(self) -> Any:
        """A token of 6 decimals, of which the marketplace let the market take what it needs."""
        token = self.contracts.PaymentToken.deploy(6, self.holder)
        token.mint(self.roles.marketplace, MONEY, self.holder)
        token.approve(self.suite.CreditMarket, MONEY, {"from": self.roles.marketplace})
        self.credits.setApprovalForAll(self.suite.CreditMarket, True, self.holder)
        return token

    def list_credits(self, token: Any, units: int, price_per_tonne: int = PRICE_PER_TONNE) -> Any:
        """The holder lists credits for ever; the listing's id is what it returns."""
        terms = (TOKEN_ID, units, token, price_per_tonne, 0)
        return self.suite.CreditMarket.list(*terms, self.holder)

    def buy_and_retire(self, listing_id: int, units: int) -> Any:
        """The marketplace buys, and retires for the beneficiary with a certificate."""
        cost = self.suite.CreditMarket.costOf(units, PRICE_PER_TONNE)
        retirement = (units, self.roles.beneficiary, DETAILS, True)
        return self.suite.CreditMarket.buyAndRetire(
            listing_id, *retirement, cost, {"from": self.roles.marketplace}
        )

    def settle(self) -> Any:
        """An outsider settles the marketplace, which is due with each of two records."""
        account = self.roles.marketplace
        self.suite.AutoRetire.setThreshold(1, {"from": account})
        for _ in range(2):
            self.suite.EmissionsRegistry.record(GAS_RECORDED, {"from": account})
            tx = self.suite.AutoRetire.settle(account, {"from": self.roles.outsider})
        return tx

    def set_policy(self, token: Any, **changes: Any) -> None:
        """The marketplace takes the credit, and buys it where a token is named."""
        policy = {
            "accepts": [TOKEN_ID],
            "earliestVintage": 0,
            "label": "",
            "paymentToken": token,
            "maxPricePerTonne": PRICE_PER_TONNE,
            "budget": MONEY,
            "periodSeconds": 86_400,
            "withCertificate": True,
            "beneficiaryName": TEXT,
            "purpose": TEXT,
            "place": "",
        }
        self.suite.AutoRetire.setPolicy(
            tuple((policy | changes).values()), {"from": self.roles.marketplace}
        )

    def collection(self, threshold_micrograms: int) -> Any:
        """A collection that offsets itself, with a tonne on deposit and one mint behind it."""
        collection = self.contracts.OffsettingCollection.deploy(
            self.suite.AutoRetire, threshold_micrograms, {"from": self.roles.marketplace}
        )
        deposit(self.suite, self.roles, collection, TONNE)
        collection.mint(1, b"", {"from": self.roles.collector})
        return collection

    def mints_between_settlements(self, mints: int) -> list[int]:
        """The gas of each mint, from after the first that settles to the second that does.

        The threshold is what about so many mints emit.
        """
        collection = self.collection(mints * CO2E_MICROGRAMS_OF_A_MINT)
        gas: list[int] = []
        settlements = 0
        while settlements < 2:
            tx = collection.mint(1, b"", {"from": self.roles.collector})
            gas.append(tx.gas_used)
            if "Settled" in tx.events:
                settlements += 1
                gas = gas if settlements == 2 else []
        return gas


@cache
def tree(count: int) -> RecordTree:
    """Transactions of 150,000 gas each, one after the other from block 100 on."""
    numbers = np.arange(count * 4, dtype=np.uint64)
    return RecordTree(
        # Hashes without a zero byte, each another.
        (numbers * 0x9E3779B97F4A7C15 | 0x0101010101010101).view(np.uint8).reshape(-1, 32),
        np.arange(count, dtype=np.uint64) // 200 + FIRST_BLOCK_COMMITTED + 1,
        np.full(count, GAS_OF_A_RECORD, np.uint64),
        picograms_per_gas=FACTOR[0],
        picowatt_hours_per_gas=FACTOR[1],
    )


def credit_of(recipient: str, first_serial: int, last_serial: int) -> Credit:
    """A credit of texts of 20 bytes."""
    token_id = (PROJECT_ID << 128) | (first_serial << 64) | last_serial
    return Credit(recipient, token_id, TEXT, TEXT, TEXT, TEXT)


def signed(credit: Credit, chain: int, contract: str) -> Attestation:
    """The custodian's signature over a credit; the evidence is such that it has no zero byte."""
    for nonce in range(1, 256):
        evidence_hash = bytes([nonce]) * 32
        attestation = attest(credit, evidence_hash, FAR_FUTURE, chain, contract, CUSTODIAN)
        if 0 not in attestation.signature:
            return attestation
    raise AssertionError("255 signatures, each with a zero byte")


@case
def retire(world: World) -> int:
    return world.retire().gas_used


@case
def retire_first_of_page(world: World) -> int:
    world.fill_page()
    return world.retire().gas_used


@case
def retire_mean_over_page(world: World) -> int:
    world.fill_page()
    return -(-sum(world.retire().gas_used for _ in range(32)) // 32)


@case
def retire_for(world: World) -> int:
    return world.retire_for(DETAILS).gas_used


@case
def retire_for_nothing_said(world: World) -> int:
    return world.retire_for(NOTHING_SAID).gas_used


@case
def retire_for_new_beneficiary(world: World) -> int:
    return world.retire_for(DETAILS, beneficiary=world.roles.outsider).gas_used


@case
def retire_for_with_certificate(world: World) -> int:
    return world.retire_for(DETAILS, with_certificate=True).gas_used


@case
def retire_for_batch_of_2(world: World) -> int:
    tx = world.credits.retireForBatch(
        [TOKEN_ID, OTHER_TOKEN_ID],
        world.roles.holder,
        [UNITS, UNITS],
        world.roles.beneficiary,
        DETAILS,
        False,
        world.holder,
    )
    return tx.gas_used


@case
def claim_certificate(world: World) -> int:
    """With the longest proof: of the first on its page, with 31 after it."""
    world.fill_page()
    index = len(world.retirements)
    world.retire_for(DETAILS)
    for _ in range(31):
        world.retire()
    retirement = world.retirements[index]
    proof = proof_of(retirement, world.retirements)
    tx = world.suite.RetirementCertificates.claim(
        retirement.fields, proof, DETAILS, {"from": world.roles.beneficiary}
    )
    return tx.gas_used + zero_bytes_gas(retirement, proof)


def zero_bytes_gas(retirement: Retirement, proof: tuple[int, bytes, tuple[bytes, ...]]) -> int:
    """What chance saved: a zero byte of calldata costs 4 gas, any other 16."""
    _, chain_before, later_hashes = proof
    hashes = [one for one in (chain_before, *later_hashes) if any(one)]
    retired_at = int(retirement.fields[5]).to_bytes(4, "big")
    return 12 * sum(one.count(0) for one in (*hashes, retired_at))


@case
def attest_credit(world: World) -> int:
    attestation = world.attested(943211921, 943212403)
    arguments = attestation.attest_arguments(OTHER_FIRST_SERIAL)
    return world.credits.attest(*arguments, {"from": world.roles.issuer}).gas_used


@case
def mint_credit_attested_before(world: World) -> int:
    attestation = world.attested(943211921, 943212403)
    issuer = {"from": world.roles.issuer}
    world.credits.attest(*attestation.attest_arguments(OTHER_FIRST_SERIAL), issuer)
    return world.credits.mintCredit(*attestation.credit.mint_arguments, issuer).gas_used


@case
def mint_credit_with_attestation(world: World) -> int:
    attestation = world.attested(943211921, 943212403)
    return mint(world.suite, attestation, world.roles.issuer, OTHER_FIRST_SERIAL).gas_used


@case
def transfer(world: World) -> int:
    for _ in range(2):
        tx = world.credits.safeTransferFrom(
            world.roles.holder, world.roles.marketplace, TOKEN_ID, UNITS, b"", world.holder
        )
    return tx.gas_used


@case
def redeem(world: World) -> int:
    for _ in range(2):
        tx = world.credits.redeem(TOKEN_ID, world.roles.holder, 25, TEXT, world.holder)
    return tx.gas_used


@case
def suspend(world: World) -> int:
    return world.credits.suspend([TOKEN_ID], TEXT, world.custodian).gas_used


@case
def resume(world: World) -> int:
    world.credits.suspend([TOKEN_ID], TEXT, world.custodian)
    return world.credits.resume([TOKEN_ID], world.custodian).gas_used


@case
def invalidate(world: World) -> int:
    for first in (LAST_SERIAL - 50, LAST_SERIAL - 25):
        tx = world.credits.invalidate(TOKEN_ID, first, first + 9, TEXT, world.custodian)
    return tx.gas_used


@case
def retire_of_credit_with_cancelled_serials(world: World) -> int:
    world.credits.invalidate(TOKEN_ID, LAST_SERIAL - 9, LAST_SERIAL, TEXT, world.custodian)
    return world.retire().gas_used


@case
def invalidate_retirement(world: World) -> int:
    """The third of three retirements, after another of the same beneficiary."""
    world.retire_for(DETAILS)
    world.credits.invalidate(
        TOKEN_ID, FIRST_SERIAL, FIRST_SERIAL + 9, TEXT, {"from": world.roles.custodian}
    )
    for retirement in world.retirements[1:3]:
        proof = proof_of(retirement, world.retirements)
        tx = world.credits.invalidateRetirement(
            retirement.fields, proof, {"from": world.roles.auditor}
        )
    return tx.gas_used + zero_bytes_gas(retirement, proof)


@case
def replace(world: World) -> int:
    """In part, after another part."""
    world.credits.invalidate(TOKEN_ID, FIRST_SERIAL, FIRST_SERIAL + 9, TEXT, world.custodian)
    retirement = world.retirements[1]
    world.credits.invalidateRetirement(
        retirement.fields, proof_of(retirement, world.retirements), {"from": world.roles.auditor}
    )
    for _ in range(2):
        tx = world.credits.replace(
            retirement.id,
            OTHER_TOKEN_ID,
            world.roles.holder,
            UNITS // 3,
            DETAILS,
            world.holder,
        )
    return tx.gas_used


@case
def settle_serials(world: World) -> int:
    for serial in (FIRST_SERIAL, FIRST_SERIAL + 1):
        tx = world.suite.CreditRecords.settleSerials(TOKEN_ID, serial, TEXT, world.custodian)
    return tx.gas_used


@case
def add_label(world: World) -> int:
    for _ in range(2):
        tx = world.suite.CreditRecords.addLabel(TOKEN_ID, TEXT, 1_700_000_001, world.custodian)
    return tx.gas_used


@case
def deposit_for_auto_retire(world: World) -> int:
    for _ in range(2):
        tx = deposit(world.suite, world.roles, world.roles.marketplace, UNITS)
    return tx.gas_used


@case
def withdraw_from_auto_retire(world: World) -> int:
    deposit(world.suite, world.roles, world.roles.marketplace, 2 * UNITS)
    return world.suite.AutoRetire.withdraw(
        TOKEN_ID, UNITS, world.roles.holder, {"from": world.roles.marketplace}
    ).gas_used


@case
def list_credits(world: World) -> int:
    token = world.payment_token()
    for _ in range(2):
        tx = world.list_credits(token, 10 * UNITS)
    return tx.gas_used


@case
def buy(world: World) -> int:
    """In part, after another part."""
    listing_id = world.list_credits(world.payment_token(), 10 * UNITS).return_value
    buyer, most = world.roles.marketplace, PRICE_PER_TONNE * 2
    for _ in range(2):
        tx = world.suite.CreditMarket.buy(listing_id, UNITS, buyer, most, {"from": buyer})
    return tx.gas_used


@case
def buy_and_retire_with_certificate(world: World) -> int:
    """In part, after another part."""
    listing_id = world.list_credits(world.payment_token(), 10 * UNITS).return_value
    for _ in range(2):
        tx = world.buy_and_retire(listing_id, UNITS)
    return tx.gas_used


@case
def buy_and_retire_the_rest(world: World) -> int:
    """After the first part; another listing stays."""
    token = world.payment_token()
    listing_id = world.list_credits(token, 2 * UNITS).return_value
    world.list_credits(token, 2 * UNITS)
    for _ in range(2):
        tx = world.buy_and_retire(listing_id, UNITS)
    return tx.gas_used


@case
def record_emissions(world: World) -> int:
    for _ in range(2):
        tx = world.suite.EmissionsRegistry.record(123_456, {"from": world.roles.marketplace})
    return tx.gas_used


@case
def plain_mint(world: World) -> int:
    """What `metered_mint` is without gasprint."""
    collection = world.contracts.PlainCollection.deploy({"from": world.roles.marketplace})
    for _ in range(2):
        tx = collection.mint(1, b"", {"from": world.roles.collector})
    return tx.gas_used


@case
def metered_mint(world: World) -> int:
    collection = world.contracts.MeteredCollection.deploy(
        world.suite.EmissionsRegistry, {"from": world.roles.marketplace}
    )
    for _ in range(2):
        tx = collection.mint(1, b"", {"from": world.roles.collector})
    return tx.gas_used


@case
def commit_one_record(world: World) -> int:
    return world.commit(tree(1)).gas_used


@case
def commit_a_million_records(world: World) -> int:
    return world.commit(tree(MILLION)).gas_used


@case
def prove_one_record_of_a_million(world: World) -> int:
    """As a transaction, though nobody has to send one: it changes nothing."""
    records = tree(MILLION)
    world.commit(records)
    registry, account, index = world.suite.EmissionsRegistry, world.roles.marketplace, 617_283
    proof = (account, 1, astuple(records.record(index)), astuple(records.proof(index)))
    assert registry.proveTransaction(*proof)
    return registry.proveTransaction.transact(*proof, {"from": account}).gas_used


@case
def settle_from_deposits(world: World) -> int:
    """The second settlement, by anyone, without a policy and so without a certificate."""
    deposit(world.suite, world.roles, world.roles.marketplace, TONNE)
    return world.settle().gas_used


@case
def settle_from_deposits_by_a_policy(world: World) -> int:
    """It names the credit, and says something in a certificate."""
    deposit(world.suite, world.roles, world.roles.marketplace, TONNE)
    world.set_policy(ZERO_ADDRESS)
    return world.settle().gas_used


@case
def settle_by_buying(world: World) -> int:
    """Of the one listing there is, with a certificate."""
    token, account = world.payment_token(), world.roles.marketplace
    world.list_credits(token, 10 * UNITS)
    token.approve(world.suite.AutoRetire, MONEY, {"from": account})
    world.suite.AutoRetire.depositPayment(account, token, MONEY, {"from": account})
    world.set_policy(token)
    return world.settle().gas_used


@case
def offset_mint(world: World) -> int:
    """Below its threshold."""
    collection = world.collection(10**15)
    return collection.mint(1, b"", {"from": world.roles.collector}).gas_used


@case
def offset_mint_that_settles(world: World) -> int:
    """From its deposit; the second one to do so."""
    return world.mints_between_settlements(3)[-1]


@case
def offset_mint_mean_of_100(world: World) -> int:
    """From after a mint that settles to the next that does, the hundredth; rounded up."""
    gas = world.mints_between_settlements(MINTS_A_SETTLEMENT)
    assert len(gas) == MINTS_A_SETTLEMENT
    return -(-sum(gas) // len(gas))


assert max(UNITS * 40, 60 * TONNE) < UNITS_ISSUED
