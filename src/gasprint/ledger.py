"""What the contracts keep and log, field for field, in Python's types.

Addresses are checksummed, hashes are hexadecimal text, and every quantity is a whole number.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RegisteredFactor:
    """A factor as the registry holds it.

    Attributes:
        picograms_per_gas: pg CO2e per gas, what is charged; `_lower` and `_upper` are its bounds.
        picowatt_hours_per_gas: pWh per gas; `_lower` and `_upper` are its bounds.
        published_at_seconds: Unix seconds since when it is in force.
        evidence_hash: SHA-256 of the evidence.
    """

    picograms_per_gas: int
    picowatt_hours_per_gas: int
    published_at_seconds: int
    picograms_per_gas_lower: int
    picograms_per_gas_upper: int
    picowatt_hours_per_gas_lower: int
    picowatt_hours_per_gas_upper: int
    evidence_hash: str


@dataclass(frozen=True)
class Retirement:
    """A retirement as the credits hold it: `units` of `token_id`, after `start_units` of it."""

    token_id: int
    beneficiary: str
    start_units: int
    holder: str
    units: int


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
    """A factor took effect."""

    version: int
    factor: RegisteredFactor
    source: str


@dataclass(frozen=True, kw_only=True)
class EmissionsRecorded(LoggedEvent):
    """An account recorded gas that it used in this very transaction."""

    account: str
    factor_version: int
    gas_used: int
    energy_picowatt_hours: int
    co2e_micrograms: int


@dataclass(frozen=True, kw_only=True)
class RetirementRecorded(LoggedEvent):
    """Units of a credit were retired and own its serials from `start_units` on."""

    retirement_id: int
    token_id: int
    beneficiary: str
    holder: str
    agent: str
    start_units: int
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
