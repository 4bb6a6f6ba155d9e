"""All that a report of an audit says: the audit, and what its figures come from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from gasprint.audit.result import (
    AccountLine,
    Audit,
    Finding,
    MeteredTransaction,
    RetirementLine,
)
from gasprint.ledger import RetirementDetails


class Way(StrEnum):
    """How emissions came into the ledger."""

    METERED = "metered"
    COMMITTED = "committed"


@dataclass(frozen=True)
class Place:
    """Where and as of when was read.

    Attributes:
        chain_id: of the chain.
        block_number: the block as of which everything is.
        block_hash: of that block; empty where it is not known.
        block_time_unix_seconds: when it was made, or where nobody was asked, the newest block with
            an event.
        carbon_credits: address of the contract of credits.
        emissions_registry: address of the registry of emissions.
    """

    chain_id: int
    block_number: int
    block_hash: str
    block_time_unix_seconds: int
    carbon_credits: str
    emissions_registry: str


@dataclass(frozen=True)
class Figures:
    """A figure with its bounds, as published: nobody checked that they are in order."""

    lower: int
    best: int
    upper: int


@dataclass(frozen=True)
class FactorLine:
    """A factor as published.

    Attributes:
        chain_id: of its chain.
        version: its version in the registry.
        picograms_per_gas: pg CO2e per gas; the best value is what is charged.
        picowatt_hours_per_gas: pWh per gas, likewise.
        effective_at_unix_seconds: from when it is in force.
        source: model, electricity and blocks that it comes from, in the publisher's words.
        evidence_hash: SHA-256 of the document with its inputs.
        evidence_location: where that document is, in the publisher's words.
    """

    chain_id: int
    version: int
    picograms_per_gas: Figures
    picowatt_hours_per_gas: Figures
    effective_at_unix_seconds: int
    source: str
    evidence_hash: str
    evidence_location: str


@dataclass(frozen=True)
class EmissionLine:
    """What one account emitted in one way by one factor.

    Attributes:
        chain_id: of its chain.
        account: its address.
        way: how it came into the ledger.
        factor_version: the factor that was in force.
        records: how many records, or transactions in commitments.
        gas_used: gas that they count.
        energy_picowatt_hours: pWh.
        co2e_micrograms: µg CO2e as recorded, gross.
        co2e_lower_micrograms: µg CO2e by the factor's lower bound; None if it is not known.
        co2e_upper_micrograms: µg CO2e by its upper bound; None if it is not known.
    """

    chain_id: int
    account: str
    way: Way
    factor_version: int
    records: int
    gas_used: int
    energy_picowatt_hours: int
    co2e_micrograms: int
    co2e_lower_micrograms: int | None
    co2e_upper_micrograms: int | None


@dataclass(frozen=True)
class CreditLine:
    """A credit that was drawn on, as it was issued.

    Attributes:
        chain_id: of its chain.
        token_id: its id.
        project_name: as the issuer wrote it.
        methodology: likewise.
        vintage: likewise.
        country: likewise.
        issued_units: how many units were issued, of 10 mg each.
        evidence_hash: SHA-256 of what the custodian saw.
    """

    chain_id: int
    token_id: int
    project_name: str
    methodology: str
    vintage: str
    country: str
    issued_units: int
    evidence_hash: str


@dataclass(frozen=True)
class Step:
    """Where the ledger stood after some transaction.

    Attributes:
        emitted_co2e_micrograms: µg CO2e emitted up to and with it, gross.
        retired_co2e_micrograms: µg CO2e retired up to and with it.
    """

    emitted_co2e_micrograms: int
    retired_co2e_micrograms: int


@dataclass(frozen=True)
class Course:
    """How the ledger of the accounts went.

    Attributes:
        transactions: how many emitted or retired, over all chains.
        stride: of so many of them one is among the steps; the last one is.
        steps: where the ledger stood, in order.
        first_unix_seconds: time of the first; None where there is none.
        last_unix_seconds: time of the last.
    """

    transactions: int
    stride: int
    steps: tuple[Step, ...]
    first_unix_seconds: int | None
    last_unix_seconds: int | None


@dataclass(frozen=True)
class ReportData:
    """What a report is made of; `reading.read` has it from a ledger.

    Attributes:
        audit: what was found.
        places: where and as of when, a deployment each.
        named_accounts: the accounts that were asked for; None for all.
        factors: every factor published.
        emissions: by account, way and factor.
        credits: those that the retirements drew on.
        details: what was said of retirements, by their chains and ids.
        certificates: chains and ids of the retirements that have one.
        course: how emissions and retirements went.
    """

    audit: Audit
    places: tuple[Place, ...]
    named_accounts: tuple[str, ...] | None
    factors: tuple[FactorLine, ...]
    emissions: tuple[EmissionLine, ...]
    credits: tuple[CreditLine, ...]
    details: Mapping[tuple[int, int], RetirementDetails]
    certificates: frozenset[tuple[int, int]]
    course: Course

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the audit: the same in each format, and of each run that found the same."""
        text = json.dumps(self.audit.as_dict(), sort_keys=True, default=str)
        return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()

    @property
    def emitted_co2e_micrograms(self) -> int:
        """µg CO2e of all accounts, gross, as the audit recomputed it."""
        return sum(each.emitted_co2e_micrograms for each in self.audit.accounts)

    @property
    def emitted_bounds(self) -> tuple[int, int] | None:
        """µg CO2e by the factors' lower and upper bounds; None where a factor is not known."""
        lower = upper = 0
        for each in self.emissions:
            if each.co2e_lower_micrograms is None or each.co2e_upper_micrograms is None:
                return None
            lower += each.co2e_lower_micrograms
            upper += each.co2e_upper_micrograms
        return lower, upper

    @property
    def energy_picowatt_hours(self) -> int:
        """What all accounts took, in pWh."""
        return sum(each.energy_picowatt_hours for each in self.emissions)

    @property
    def retired_units(self) -> int:
        """Units retired for all accounts, of 10 mg each."""
        return sum(each.retired_units for each in self.audit.accounts)

    @property
    def cancelled_units(self) -> int:
        """Of those, cancelled by the registry since, counted or not."""
        return sum(each.invalid_units for each in self.audit.retirements)

    @property
    def replaced_units(self) -> int:
        """Of the cancelled ones, made good."""
        return sum(each.replaced_units for each in self.audit.accounts)

    @property
    def outstanding_co2e_micrograms(self) -> int:
        """µg CO2e of all accounts that is still to be retired."""
        return sum(each.outstanding_co2e_micrograms for each in self.audit.accounts)

    @property
    def time_unix_seconds(self) -> int:
        """The time that the report is dated with: that of its newest block."""
        return max(each.block_time_unix_seconds for each in self.places)

    @property
    def dated(self) -> datetime:
        """That time, kept to what a document can be dated: a node may say any."""
        first, last = datetime(1971, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)
        seconds = max(first.timestamp(), min(self.time_unix_seconds, last.timestamp()))
        return datetime.fromtimestamp(seconds, UTC)

    def co2e_micrograms_by(self, way: Way) -> int:
        """µg CO2e that came in one way, as recorded."""
        return sum(each.co2e_micrograms for each in self.emissions if each.way is way)

    def chain_of(self, line: AccountLine | RetirementLine | MeteredTransaction | Finding) -> int:
        """The chain that a line of the audit is of."""
        return line.chain_id or self.audit.chain_id

    def details_of(self, line: RetirementLine) -> RetirementDetails:
        """What was said of a retirement."""
        return self.details.get((self.chain_of(line), line.retirement_id), RetirementDetails())

    def has_certificate(self, line: RetirementLine) -> bool:
        """Whether a retirement has a certificate."""
        return (self.chain_of(line), line.retirement_id) in self.certificates
