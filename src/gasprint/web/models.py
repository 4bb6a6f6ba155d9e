"""What pages and API show, each quantity with its unit.

Whole numbers that may pass 2^53 are text in JSON, as JavaScript reads a number with 53 bits.
"""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, Field, PlainSerializer, WithJsonSchema

Big = Annotated[
    int,
    PlainSerializer(str, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]+$"}),
]
"""A whole number, as decimal digits in JSON."""

UnixSeconds = Annotated[int, Field(description="Unix seconds, UTC.")]
Micrograms = Annotated[Big, Field(description="µg CO2e.")]
PicowattHours = Annotated[Big, Field(description="pWh.")]
Gas = Annotated[Big, Field(description="Gas.")]
Units = Annotated[Big, Field(description="Credit units of 10 mg CO2e; 10^8 are one tonne.")]
Id = Annotated[str, Field(description="In decimal digits; fills up to 256 bits.")]
Address = Annotated[str, Field(description="With its EIP-55 checksum.")]
TransactionHash = Annotated[str, Field(description="0x and 64 hexadecimal digits.")]
Said = Annotated[
    str | None, Field(description="What its agent said, any text; null where nothing was said.")
]
Way = Literal["recorded", "committed"]


class Problem(BaseModel):
    """Why there is no answer, in one line."""

    detail: str


class Deployment(BaseModel):
    """A deployment of the suite, and how far the ledger has it."""

    deployment_id: int = Field(description="Its number in this ledger.")
    chain_id: int = Field(description="EIP-155.")
    contracts: dict[str, Address]
    first_block: int = Field(description="The block that created the first contract.")
    final_block: int | None = Field(description="Up to which nothing changes any more.")
    read_block: int | None = Field(description="The newest block that was read.")
    holds: bool | None = Field(
        description="Whether the events add up to the contracts' counters; null while it is read."
    )
    contradictions: list[str] = Field(description="What they do not add up to.")
    synced_at_unix_seconds: UnixSeconds | None = Field(
        description="When the newest run of gasprint sync ended."
    )


class Totals(BaseModel):
    """Everything that was emitted and retired; one is never netted against the other."""

    records: Big = Field(description="Mints and others that were recorded or committed.")
    transactions: Big = Field(description="In how many transactions.")
    gas_used: Gas
    energy_picowatt_hours: PicowattHours
    co2e_micrograms: Micrograms = Field(description="µg CO2e emitted, gross.")
    retired_units: Units


class DeploymentTotals(Deployment):
    """A deployment, with what it comes to."""

    totals: Totals


class Ledger(BaseModel):
    """The ledger file as it is served."""

    edition: str = Field(description="Changes with the ledger; the ETag of every answer.")
    deployments: list[DeploymentTotals]


class LoggedEvent(BaseModel):
    """Where on its chain something was logged."""

    deployment_id: int
    block_number: int
    log_index: int
    time_unix_seconds: UnixSeconds
    transaction_hash: TransactionHash
    is_final: bool = Field(description="Whether the block is so deep that it never changes.")


class Emission(LoggedEvent):
    """Emissions of an account: recorded in a transaction, or committed for a range of blocks."""

    account: Address
    number: int = Field(description="Counts the account's, from 1.")
    way: Way
    factor_version: Big
    first_block: int | None = Field(description="Of a commitment: the first block.")
    last_block: int | None = Field(description="Of a commitment: the last block.")
    records: Big = Field(description="1, or of a commitment its transactions.")
    gas_used: Gas
    energy_picowatt_hours: PicowattHours
    co2e_micrograms: Micrograms


class Span(BaseModel):
    """Serials of the registry, one tonne each, down to a fraction of the first and last."""

    first_serial: Big
    first_offset_units: Units = Field(description="Units of the first serial before the span.")
    last_serial: Big
    last_end_units: Units = Field(description="Units of the last serial up to the span's end.")


class Retirement(LoggedEvent):
    """Credits retired for an account, down to the serial."""

    retirement_id: Id
    token_id: Id = Field(description="The credit.")
    beneficiary: Address
    number: int = Field(description="Counts the beneficiary's, from 1.")
    holder: Address
    agent: Address
    units: Units
    span: Span | None = Field(description="The serials that it alone owns.")
    invalid_units: Units = Field(description="Cancelled by the registry, and counted so.")
    replaced_units: Units = Field(description="Of these, made good.")
    has_certificate: bool
    payer: Said
    beneficiary_name: Said
    purpose: Said
    place: Said
    period_start_seconds: UnixSeconds | None
    period_end_seconds: UnixSeconds | None


class Event(LoggedEvent):
    """Any other event of the suite."""

    name: str = Field(description="In snake case, as the ledger's table.")
    arguments: dict[str, Any] = Field(description="By name; whole numbers as text.")


class EmissionSum(BaseModel):
    """What an account emitted in one way, by one factor."""

    way: Way
    factor_version: Big
    records: Big
    gas_used: Gas
    energy_picowatt_hours: PicowattHours
    co2e_micrograms: Micrograms


class Account(BaseModel):
    """An account: emitted, retired, outstanding."""

    deployment_id: int
    address: Address
    emitted_co2e_micrograms: Micrograms = Field(description="µg CO2e, gross.")
    retired_units: Units
    invalidated_units: Units = Field(description="Cancelled by the registry since.")
    replaced_units: Units = Field(description="Of these, made good.")
    outstanding_co2e_micrograms: Micrograms = Field(
        description="µg CO2e: emitted less what was retired and not cancelled since; never below 0."
    )
    energy_picowatt_hours: PicowattHours
    gas_used: Gas
    records: Big
    emissions: int = Field(description="How many are listed.")
    retirements: int = Field(description="How many are listed.")
    sums: list[EmissionSum]


class AccountLine(BaseModel):
    """An account in a list."""

    deployment_id: int
    address: Address
    emitted_co2e_micrograms: Micrograms
    retired_units: Units


class BalancePoint(BaseModel):
    """Where an account stood."""

    block_number: int
    time_unix_seconds: UnixSeconds
    emitted_co2e_micrograms: Micrograms
    retired_units: Units


class Balance(BaseModel):
    """Both ledgers of an account over time, at some hundred points."""

    points: list[BalancePoint]


class SerialRange(BaseModel):
    """Whole serials, and what became of them."""

    state: Literal["redeemed", "cancelled", "settled"]
    first_serial: Big
    last_serial: Big
    said: Said
    transaction_hash: TransactionHash


class Credit(BaseModel):
    """A tokenised block of serials."""

    deployment_id: int
    token_id: Id
    registry: Big = Field(description="1 is Verra's VCS.")
    project_number: Big
    first_serial: Big
    last_serial: Big
    issued_units: Units
    retired_units: Units
    redeemed_units: Units
    issued_to: Address
    issued_at_unix_seconds: UnixSeconds
    expiry_unix_seconds: Big = Field(description="Unix seconds; 0 for never.")
    transaction_hash: TransactionHash
    custodian: Address | None = Field(description="Who attested that the serials are held.")
    evidence_hash: str | None = Field(description="SHA-256 of what the custodian saw.")
    retirements: int
    ranges: list[SerialRange]


class Project(BaseModel):
    """A registry's project, and its credits."""

    registry: Big
    project_number: Big
    issued_units: Units
    retired_units: Units
    credits: list[Credit]


class Transaction(BaseModel):
    """What one transaction logged."""

    deployment_id: int
    chain_id: int
    transaction_hash: TransactionHash
    block_number: int
    time_unix_seconds: UnixSeconds
    is_final: bool
    emissions: list[Emission]
    retirements: list[Retirement]
    events: list[Event]


class Hit(BaseModel):
    """Something that was found."""

    kind: Literal["account", "transaction", "retirement", "credit", "project"]
    title: str
    detail: str
    path: str = Field(description="Of its page.")


class Hits(BaseModel):
    """What was found."""

    hits: list[Hit]


class PeriodFigures(BaseModel):
    """The key figures of a UTC day or month."""

    period: str = Field(description="YYYY-MM-DD or YYYY-MM.")
    records: Big
    transactions: Big
    energy_kwh: float = Field(description="kWh.")
    co2e_grams: float = Field(description="g CO2e, gross.")
    retired_grams: float = Field(description="g CO2e retired.")
    energy_kwh_per_1000_transactions: float | None = Field(description="kWh.")
    co2e_grams_per_1000_transactions: float | None = Field(description="g CO2e.")
    energy_kwh_per_record: float | None = Field(description="kWh.")
    co2e_grams_per_record: float | None = Field(description="g CO2e.")
    is_within_target: bool | None = Field(description="Null without a target.")


class KeyFigures(BaseModel):
    """The board of key figures, the newest period first."""

    by: Literal["day", "month"]
    target_grams_per_record: float | None = Field(description="g CO2e a record.")
    trend_percent: float | None = Field(
        description="The newest period's g CO2e a record, against the one before, in percent."
    )
    periods: list[PeriodFigures]


class Finding(BaseModel):
    """Something that does not hold, or that a reader has to weigh."""

    severity: Literal["error", "note"]
    check: str
    deployment_id: int
    message: str
    meaning: str = Field(description="What it means for whoever reads the ledger.")
    account: str | None = Field(None, description="Whose ledger it is about, if anyone's.")
    transaction_hash: str | None = Field(None, description="Where it shows.")


class LeftOut(BaseModel):
    """A check that was left out."""

    check: str
    deployment_id: int
    what: str = Field(description="What is held against what.")
    reason: str = Field(description="Why it was not.")


class Findings(BaseModel):
    """All that was found, and what was not looked at."""

    findings: list[Finding]
    not_checked: list[LeftOut]


class NetworkFigures(BaseModel):
    """Energy and CO2e of an average transaction of a network."""

    network: str
    kind: str
    energy_wh_lower: float | None = Field(description="Wh.")
    energy_wh_best: float | None = Field(description="Wh.")
    energy_wh_upper: float | None = Field(description="Wh.")
    co2e_grams_lower: float | None = Field(description="g CO2e.")
    co2e_grams_best: float | None = Field(description="g CO2e.")
    co2e_grams_upper: float | None = Field(description="g CO2e.")
    energy_figures: int = Field(description="How many published figures of the energy compete.")
    method: str


T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """A part of a list."""

    items: list[T]
    next: str | None = Field(description="Give it as `cursor` for what follows; null at the end.")
