"""What the contracts keep and log, field for field, in Python's types.

Addresses are checksummed, hashes are hexadecimal text, and every quantity is a whole number.
Texts may be any bytes: one that is no UTF-8 is a lone surrogate (PEP 383), so that
`text.encode("utf-8", "surrogateescape")` is what was logged.
"""

from __future__ import annotations

from dataclasses import dataclass

ZERO_ADDRESS = "0x" + 40 * "0"


@dataclass(frozen=True)
class RegisteredFactor:
    """A factor as the registry holds it.

    Attributes:
        picograms_per_gas: pg CO2e per gas, what is charged; `_lower` and `_upper` are its bounds.
        picowatt_hours_per_gas: pWh per gas; `_lower` and `_upper` are its bounds.
        effective_at_seconds: Unix seconds from which it is in force.
        evidence_hash: SHA-256 of the evidence.
    """

    picograms_per_gas: int
    picowatt_hours_per_gas: int
    effective_at_seconds: int
    picograms_per_gas_lower: int
    picograms_per_gas_upper: int
    picowatt_hours_per_gas_lower: int
    picowatt_hours_per_gas_upper: int
    evidence_hash: str


@dataclass(frozen=True)
class RetirementDetails:
    """What was said of a retirement, in the order in which the contract hashes it.

    Attributes:
        payer: who paid for it; the zero address for unsaid.
        beneficiary_name: as it stands on the certificate.
        purpose: why.
        place: where what is offset happened.
        period_start_seconds: Unix seconds from which it happened; 0 for unsaid.
        period_end_seconds: Unix seconds until which it happened; 0 for unsaid.
    """

    payer: str = ZERO_ADDRESS
    beneficiary_name: str = ""
    purpose: str = ""
    place: str = ""
    period_start_seconds: int = 0
    period_end_seconds: int = 0


@dataclass(frozen=True)
class CreditState:
    """How much of a credit went where, as `ICarbonCredits.CreditState` has it."""

    retired_units: int
    redeemed_units: int
    available_units: int
    passed_units: int
    retirement_count: int


@dataclass(frozen=True)
class TransactionGas:
    """What a receipt says of a transaction: whom it called (None to create a contract), and gas."""

    to: str | None
    gas_used: int


@dataclass(frozen=True, kw_only=True)
class LoggedEvent:
    """Where in the chain an event stands."""

    block_number: int
    log_index: int
    transaction_hash: str

    @property
    def position(self) -> tuple[int, int]:
        """Orders events as they happened."""
        return self.block_number, self.log_index


@dataclass(frozen=True, kw_only=True)
class FactorPublished(LoggedEvent):
    """A factor was announced: it is in force from its `effective_at_seconds` on."""

    version: int
    factor: RegisteredFactor
    evidence_location: str
    source: str


@dataclass(frozen=True, kw_only=True)
class EmissionsRecorded(LoggedEvent):
    """Gas that an account used in this very transaction, recorded by it or whom it approved."""

    account: str
    factor_version: int
    gas_used: int
    energy_picowatt_hours: int
    co2e_micrograms: int


@dataclass(frozen=True, kw_only=True)
class EmissionsCommitted(LoggedEvent):
    """What an account emitted in a range of blocks, beyond what was recorded in them."""

    account: str
    index: int
    factor_version: int
    first_block: int
    last_block: int
    last_block_hash: str
    record_count: int
    gas_used: int
    energy_picowatt_hours: int
    co2e_micrograms: int
    root: str
    records_hash: str


@dataclass(frozen=True, kw_only=True)
class RetirementRecorded(LoggedEvent):
    """Units of a credit were retired: which, the id tells; `index` came before of that credit."""

    retirement_id: int
    token_id: int
    beneficiary: str
    holder: str
    agent: str
    index: int


@dataclass(frozen=True, kw_only=True)
class RetirementDescribed(LoggedEvent):
    """Something was said of a retirement."""

    retirement_id: int
    details: RetirementDetails


@dataclass(frozen=True, kw_only=True)
class RetirementInvalidated(LoggedEvent):
    """Cancelled units of a retirement were counted against its beneficiary."""

    retirement_id: int
    token_id: int
    beneficiary: str
    units: int


@dataclass(frozen=True, kw_only=True)
class RetirementReplaced(LoggedEvent):
    """Cancelled units of a retirement were made good by another."""

    retirement_id: int
    replaced_by: int
    beneficiary: str
    units: int


@dataclass(frozen=True, kw_only=True)
class SerialsInvalidated(LoggedEvent):
    """The registry cancelled serials."""

    token_id: int
    first_serial: int
    last_serial: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class SerialsRedeemed(LoggedEvent):
    """Whole serials went back to the registry."""

    token_id: int
    holder: str
    first_serial: int
    last_serial: int


@dataclass(frozen=True, kw_only=True)
class UnitsTransferred(LoggedEvent):
    """Units moved: from nobody when issued, to nobody when retired or redeemed; else held on."""

    sender: str
    recipient: str
    token_id: int
    units: int


@dataclass(frozen=True, kw_only=True)
class CreditRetired(LoggedEvent):
    """The standard's own event of a retirement (ERC-8393)."""

    account: str
    token_id: int
    units: int


@dataclass(frozen=True, kw_only=True)
class CreditMinted(LoggedEvent):
    """A credit was issued, all of it at once."""

    holder: str
    token_id: int
    project_id: int
    credit_id: int
    units: int
    expiry_seconds: int
