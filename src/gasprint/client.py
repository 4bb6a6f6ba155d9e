"""A small typed API for integrators: balances, retirements, proofs, and what happens next.

    client = Client.connect("http://127.0.0.1:8545", Path("deployments/31337.json"))
    client.balance(account).outstanding_co2e_micrograms
    for retired in client.retirements(account): ...
    client.prove_transaction(transaction_hash)
    for update in client.subscribe(): ...

Everything is read from the node, and every method raises InputError where that fails. CO2e is in
micrograms, credits in units of 10 mg (`gasprint.units`), both whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from gasprint.addresses import checksummed
from gasprint.commitments import build_commitment
from gasprint.contracts import Suite
from gasprint.credit_contracts import CreditContracts
from gasprint.emission_contracts import EmissionContracts
from gasprint.errors import InputError
from gasprint.ledger import RetirementDetails
from gasprint.retirements import Retirement, RetirementProof, span_of, units_of
from gasprint.subscription import Event, Subscription, Update
from gasprint.token_ids import SerialSpan
from gasprint.transaction_proofs import TransactionProof, accounts_of, find_proof

__all__ = ["Balance", "Client", "Event", "ProvenRetirement", "Retired", "Update"]


@dataclass(frozen=True)
class Balance:
    """What an account emitted, and what was retired for it, as of one block; gross, side by side.

    Attributes:
        account: its address.
        block_number: the block.
        metered_co2e_micrograms: recorded in the transactions themselves.
        committed_co2e_micrograms: committed afterwards.
        retired_units: retired for it, of 10 mg each.
        invalidated_units: of those, counted as cancelled by the registry since.
        replaced_units: of the cancelled ones, made good since.
        outstanding_co2e_micrograms: emitted, and not offset; never below zero.
    """

    account: str
    block_number: int
    metered_co2e_micrograms: int
    committed_co2e_micrograms: int
    retired_units: int
    invalidated_units: int
    replaced_units: int
    outstanding_co2e_micrograms: int

    @property
    def emitted_co2e_micrograms(self) -> int:
        """All that it emitted, whichever way it was recorded."""
        return self.metered_co2e_micrograms + self.committed_co2e_micrograms


@dataclass(frozen=True)
class Retired:
    """A retirement.

    Attributes:
        retirement_id: its id, which spells out its serials; the certificate's, too.
        token_id: the credit.
        units: how many, of 10 mg each.
        span: the serials that it owns.
        beneficiary: for whom.
        details: what was said of it: by whom it was paid, the name, purpose, place and period.
        retired_at_seconds: Unix seconds of its block.
        transaction_hash: in which transaction.
    """

    retirement_id: int
    token_id: int
    units: int
    span: SerialSpan
    beneficiary: str
    details: RetirementDetails
    retired_at_seconds: int
    transaction_hash: str


@dataclass(frozen=True)
class ProvenRetirement:
    """A retirement, and the proof of it.

    Attributes:
        retirement: as the contract hashed it.
        proof: that `CarbonCredits.isRecorded` takes.
        proven: whether it does.
    """

    retirement: Retirement
    proof: RetirementProof
    proven: bool


@dataclass(frozen=True)
class Client:
    """One deployment, through one node.

    Attributes:
        chain_id: of the chain.
    """

    chain_id: int
    _suite: Suite
    _credits: CreditContracts
    _emissions: EmissionContracts
    _deployment: Path

    @classmethod
    def connect(cls, rpc_url: str, deployment: Path) -> Client:
        """Find the contracts of a deployment.

        Args:
            rpc_url: of a node that speaks JSON-RPC over HTTP.
            deployment: the file that the deploy script wrote.

        Raises:
            InputError: if the file is broken, no node answers, it serves another chain, or the
                contracts do not stand where the file says.
        """
        suite = Suite.connect(rpc_url, deployment)
        credits = CreditContracts.connect(rpc_url, deployment)
        emissions = EmissionContracts.connect(rpc_url, deployment)
        return cls(suite.chain_id, suite, credits, emissions, deployment)

    def balance(self, account: str) -> Balance:
        """What an account emitted, and what was retired for it.

        Raises:
            InputError: if it is no address, the node fails, or the events that it gives do not add
                up to what the contract has counted.
        """
        address = checksummed(account, "account")
        suite = self._suite.at_newest_block()
        metered = sum(each.co2e_micrograms for each in suite.emissions_recorded(address))
        committed = sum(each.co2e_micrograms for each in suite.emissions_committed(address))
        counted = suite.emitted_by(address)
        if metered + committed != counted:
            raise InputError(
                f"the events that the node gives of {address} add up to "
                f"{metered + committed:,} µg CO2e, and its contract counts {counted:,}; "
                "ask another node"
            )
        return Balance(
            account=address,
            block_number=suite.block_number or 0,
            metered_co2e_micrograms=metered,
            committed_co2e_micrograms=committed,
            retired_units=suite.retired_for(address),
            invalidated_units=suite.invalidated_for(address),
            replaced_units=suite.replaced_for(address),
            outstanding_co2e_micrograms=suite.outstanding(address),
        )

    def retirements(self, account: str) -> Iterator[Retired]:
        """All retirements for an account, the oldest first.

        Raises:
            InputError: if it is no address, or the node fails.
        """
        for found in self._credits.retirements_for(checksummed(account, "account")):
            recorded = found.recorded
            yield Retired(
                retirement_id=recorded.retirement_id,
                token_id=recorded.token_id,
                units=units_of(recorded.retirement_id),
                span=span_of(recorded.retirement_id),
                beneficiary=recorded.beneficiary,
                details=found.details,
                retired_at_seconds=found.retired_at_seconds,
                transaction_hash=recorded.transaction_hash,
            )

    def prove_transaction(
        self, transaction_hash: str, account: str | None = None, records: Path | None = None
    ) -> TransactionProof:
        """The proof of what a committed transaction emitted, as the contract takes it.

        Args:
            transaction_hash: 0x and 64 hexadecimal digits.
            account: whose; without, of whoever sent it, or whom it was sent to.
            records: folder of the commitments' files; without, they are made from the chain.

        Raises:
            InputError: if there is none, saying why, or the node fails.
        """
        wanted = transaction_hash.lower()
        accounts = accounts_of(self._emissions, wanted)
        if account is not None:
            accounts = [checksummed(account, "account")]
        reasons = []
        for each in accounts:
            build = partial(build_commitment, self._emissions, each)
            found = find_proof(self._emissions, each, wanted, records or Path(), build)
            if not isinstance(found, str):
                return found
            reasons.append(found)
        raise InputError(f"{wanted} is not proven: {'; '.join(reasons)}")

    def prove_retirement(self, retirement_id: int) -> ProvenRetirement:
        """The proof of a retirement, as the contract takes it.

        Raises:
            InputError: if there is no such retirement, or the node fails.
        """
        found = self._credits.retirement(retirement_id)
        if found is None:
            raise InputError(f"there is no retirement {retirement_id}; check the id and the chain")
        retirement, proof = self._credits.proof_of(found.recorded)
        proven = self._suite.is_recorded(retirement, proof)
        return ProvenRetirement(retirement, proof, proven)

    def subscribe(
        self, from_block: int | None = None, after_hash: str | None = None
    ) -> Subscription:
        """All events of the deployment, block by block as the chain moves, without end.

        Args:
            from_block: the first block; without, the one after the newest. To resume, the last
                update's `next_block`.
            after_hash: of the block before it, where it has to follow on that; to resume, the last
                update's `block_hash`.

        Raises:
            InputError: if the file is broken, or the node fails.
        """
        node = self._emissions.node
        first = node.newest_block() + 1 if from_block is None else from_block
        return Subscription.of(node, self._deployment, first, after_hash)
