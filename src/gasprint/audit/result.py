"""What an audit found. `Audit.as_dict()` is what becomes JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from gasprint.audit.meanings import meaning_of
from gasprint.errors import TokenIdError
from gasprint.retirements import span_of, units_of
from gasprint.token_ids import SerialSpan


class Severity(StrEnum):
    """Whether a finding contradicts the ledger, or only says what could not be checked."""

    ERROR = "error"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One thing that the reader of an audit has to know.

    Attributes:
        severity: whether it contradicts the ledger.
        check: name of the check that found it, such as `metering`.
        account: whose ledger it is about, if anyone's.
        transaction_hash: where it shows, if in one transaction.
        message: what is wrong, with the figures.
        kind: what kind of thing the check found; `meaning` goes by it.
        chain_id: of the chain on which it shows.
        deployment_id: in the ledger, of the deployment in which it shows.
    """

    severity: Severity
    check: str
    account: str | None
    transaction_hash: str | None
    message: str
    kind: str = ""
    chain_id: int | None = None
    deployment_id: int | None = None

    @property
    def meaning(self) -> str:
        """What it means for whoever reads the audit, in one sentence."""
        return meaning_of(self.check, self.kind)


@dataclass(frozen=True)
class NotChecked:
    """A check that was left out, so that nothing found is not read as checked.

    Attributes:
        check: its name.
        chain_id: of the chain; None for all.
        what: is held against what.
        reason: why it was not, and what would have it made.
    """

    check: str
    chain_id: int | None
    what: str
    reason: str


@dataclass(frozen=True)
class AuditedDeployment:
    """A deployment that was audited.

    Attributes:
        deployment_id: in the ledger.
        chain_id: of its chain.
        block_number: the newest block that was read, as of which all is told.
        final_block: up to which it never changes; None where nothing is final yet.
        time_unix_seconds: of the newest block, as far as that is known.
        emissions_registry: its address.
        carbon_credits: its address.
        has_node: whether a node was asked for the contracts' state, and for receipts.
    """

    deployment_id: int
    chain_id: int
    block_number: int
    final_block: int | None
    time_unix_seconds: int | None
    emissions_registry: str
    carbon_credits: str
    has_node: bool


@dataclass(frozen=True)
class AccountLine:
    """What one account emitted, and what was retired for it; all recomputed from events.

    Attributes:
        account: its address.
        transactions: how many recorded emissions.
        recorded_gas: gas that they recorded.
        committed_gas: gas that was committed beside it.
        emitted_co2e_micrograms: µg CO2e, gross.
        retired_units: credit units retired for it, of 10 mg each.
        invalidated_units: of those, counted as cancelled by the registry since.
        replaced_units: of the cancelled ones, made good by further retirements.
        outstanding_co2e_micrograms: µg CO2e emitted, and not retired or cancelled since.
        transactions_checked: how many could be held against their receipts.
        largest_metering_error_percent: of those, by how much recorded gas differs from the
            receipt's, at most and with its sign; None where there are none.
        metered_co2e_micrograms: of what it emitted, recorded in the transactions themselves.
        committed_co2e_micrograms: of what it emitted, committed afterwards.
        invalid_units: of the units retired for it, cancelled by the registry since, counted or not.
        chain_id: of the chain; None where there is but one.
    """

    account: str
    transactions: int
    recorded_gas: int
    committed_gas: int
    emitted_co2e_micrograms: int
    retired_units: int
    invalidated_units: int
    replaced_units: int
    outstanding_co2e_micrograms: int
    transactions_checked: int
    largest_metering_error_percent: float | None
    metered_co2e_micrograms: int = 0
    committed_co2e_micrograms: int = 0
    invalid_units: int = 0
    chain_id: int | None = None


@dataclass(frozen=True)
class MeteredTransaction:
    """Gas that an account recorded in one transaction, beside the receipt's.

    Attributes:
        account: who recorded.
        transaction_hash: in which transaction.
        recorded_gas: by the account, over all its records in the transaction.
        receipt_gas: that the whole transaction used.
        error_percent: (recorded - receipt) / receipt; None where the transaction was not sent
            to the account, or pays for more than that sees, so that too little cannot be told.
        chain_id: of the chain.
    """

    account: str
    transaction_hash: str
    recorded_gas: int
    receipt_gas: int
    error_percent: float | None
    chain_id: int | None = None


@dataclass(frozen=True)
class RetirementLine:
    """One retirement.

    Attributes:
        retirement_id: its id.
        token_id: the credit.
        invalid_units: of its units, cancelled by the registry since, counted or not.
        beneficiary: for whom.
        holder: whose units they were.
        agent: who retired them.
        transaction_hash: in which transaction.
        chain_id: of the chain.
    """

    retirement_id: int
    token_id: int
    invalid_units: int
    beneficiary: str
    holder: str
    agent: str
    transaction_hash: str
    chain_id: int | None = None

    @property
    def units(self) -> int:
        """How many it took, of 10 mg each, read off its id."""
        return units_of(self.retirement_id)

    @property
    def span(self) -> SerialSpan | None:
        """The serials that it owns, read off its id; None where that makes no sense."""
        try:
            return span_of(self.retirement_id)
        except TokenIdError:
            return None

    def as_dict(self) -> dict[str, Any]:
        """The retirement in JSON's own types, with its units and its serials."""
        span = self.span
        return {**asdict(self), "units": self.units, "span": span and asdict(span)}


@dataclass(frozen=True)
class Audit:
    """An audit of a ledger.

    Attributes:
        chain_id: of the chain; of the first deployment, where there are several.
        block_number: the block as of which everything was read; of the first deployment.
        accounts: a line an account.
        transactions: a line for each account in each transaction in which it recorded, as far as
            a node was there to tell its receipt.
        retirements: those for the accounts.
        findings: everything that is wrong, or that a reader has to weigh.
        not_checked: the checks that were left out.
        deployments: what was audited.
    """

    chain_id: int
    block_number: int
    accounts: tuple[AccountLine, ...]
    transactions: tuple[MeteredTransaction, ...]
    retirements: tuple[RetirementLine, ...]
    findings: tuple[Finding, ...]
    not_checked: tuple[NotChecked, ...] = ()
    deployments: tuple[AuditedDeployment, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing contradicts the ledger."""
        return not any(finding.severity is Severity.ERROR for finding in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """The audit in JSON's own types; whole numbers stay whole numbers."""
        document = {"ok": self.ok, **asdict(self)}
        for finding, each in zip(self.findings, document["findings"], strict=True):
            each["meaning"] = finding.meaning
        document["retirements"] = [each.as_dict() for each in self.retirements]
        return document
