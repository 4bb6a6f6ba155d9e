"""What gasprint says of a transaction in the transaction itself: estimates, and whose factor.

It stands in the metadata of an ERC-8021 suffix of schema 2, under the key "gasprint":

    {"chain_id": 1, "registry": 20 bytes, "factor_version": 3, "gas": 21000,
     "energy_microwatt_hours": 3927000, "co2e_micrograms": 1470000}

`gas` is what the sender estimated before sending, `chain_id` and `registry` say whose factor of
which version it was multiplied with; energy and CO2e are rounded up. The receipt has the true gas,
and times the same factor what the transaction emitted.

Numbers of 32 bits and more are text, "0x…" as the ERC writes chain ids: readers in JavaScript,
ox among them, take no larger integers from CBOR.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from gasprint import data_suffix
from gasprint.data_suffix import MARKER
from gasprint.errors import InputError
from gasprint.units import co2e_micrograms_up, energy_picowatt_hours

METADATA_KEY = "gasprint"

_ADDRESS_BYTES = 20
_FITS_32_BITS = 2**32
_FITS_256_BITS = 2**256
_PICOWATT_HOURS_PER_MICROWATT_HOUR = 10**6
_NUMBERS = ("chain_id", "factor_version", "gas", "energy_microwatt_hours", "co2e_micrograms")


@dataclass(frozen=True)
class FactorInForce:
    """The best estimates of one version of a registry's factor.

    Attributes:
        chain_id: of the chain that the registry stands on.
        registry: its EmissionsRegistry.
        version: of the factor, from 1.
        picograms_per_gas: pg CO2e per gas.
        picowatt_hours_per_gas: pWh per gas.
    """

    chain_id: int
    registry: ChecksumAddress
    version: int
    picograms_per_gas: int
    picowatt_hours_per_gas: int


@dataclass(frozen=True)
class Annotation:
    """An estimate of one transaction, as its sender states it.

    Attributes:
        chain_id: of the chain that the registry stands on.
        registry: whose factor it rests on.
        factor_version: of that factor.
        gas: estimated before the transaction was sent.
        energy_microwatt_hours: of that gas, rounded up.
        co2e_micrograms: of that gas, rounded up.
    """

    chain_id: int
    registry: ChecksumAddress
    factor_version: int
    gas: int
    energy_microwatt_hours: int
    co2e_micrograms: int

    def as_entry(self) -> dict[str, int | str | bytes]:
        """The entry in the metadata."""
        return {
            "chain_id": _as_cbor(self.chain_id),
            "registry": bytes.fromhex(self.registry[2:]),
            "factor_version": _as_cbor(self.factor_version),
            "gas": _as_cbor(self.gas),
            "energy_microwatt_hours": _as_cbor(self.energy_microwatt_hours),
            "co2e_micrograms": _as_cbor(self.co2e_micrograms),
        }


def annotation_of(gas: int, factor: FactorInForce) -> Annotation:
    """The annotation of a transaction that is estimated to use `gas`.

    Raises:
        InputError: if any figure is negative or does not fit 256 bits.
    """
    picowatt_hours = energy_picowatt_hours(gas, factor.picowatt_hours_per_gas)
    for name, value in (("chain id", factor.chain_id), ("factor version", factor.version)):
        if not 0 <= value < _FITS_256_BITS:
            raise InputError(f"{name} {value} does not fit 256 bits; check it")
    return Annotation(
        chain_id=factor.chain_id,
        registry=factor.registry,
        factor_version=factor.version,
        gas=gas,
        energy_microwatt_hours=-(-picowatt_hours // _PICOWATT_HOURS_PER_MICROWATT_HOUR),
        co2e_micrograms=co2e_micrograms_up(gas, factor.picograms_per_gas),
    )


def annotation_in(metadata: Mapping[Any, Any]) -> Annotation | None:
    """The annotation in a suffix's metadata; None if there is none, or it is not of our form."""
    entry = metadata.get(METADATA_KEY)
    if not isinstance(entry, dict):
        return None
    registry = entry.get("registry")
    numbers = {name: _of_cbor(entry.get(name)) for name in _NUMBERS}
    if not isinstance(registry, bytes) or len(registry) != _ADDRESS_BYTES:
        return None
    if any(number is None for number in numbers.values()):
        return None
    return Annotation(registry=to_checksum_address(registry), **numbers)  # type: ignore[arg-type]


def has_room(data: bytes) -> bool:
    """Whether `annotated_data` would change `data`, as far as its end says."""
    if not data.endswith(MARKER):
        return True
    suffix = data_suffix.decode(data)
    return suffix is not None and suffix.schema_id == 2 and METADATA_KEY not in suffix.metadata


def annotated_data(data: bytes, annotation: Annotation) -> bytes:
    """A transaction's data with the annotation in the suffix at its end.

    A suffix of schema 2 that has no annotation yet gets it into its metadata, beside all that it
    said before. Other data that ends like a suffix stays as it is, for a reader looks at the last
    suffix only: one of ours behind a suffix of schema 0 or 1 would hide its codes, and theirs have
    no place for ours. Turned into schema 2, their codes would no longer say the same, since it
    wants to know of each code whether it is an application's, a wallet's or a service's. An
    annotation that is there already was made by whoever knows the transaction best.

    Raises:
        InputError: if the suffix would pass the 65,535 bytes that the ERC allows.
    """
    if not has_room(data):
        return data
    entry = {METADATA_KEY: annotation.as_entry()}
    suffix = data_suffix.decode(data)
    if suffix is None:
        return data + data_suffix.encode({"m": entry})
    merged = {**suffix.fields, "m": {**suffix.metadata, **entry}}
    return data[: suffix.data_length] + data_suffix.encode(merged)


def _as_cbor(number: int) -> int | str:
    return number if number < _FITS_32_BITS else hex(number)


def _of_cbor(value: object) -> int | None:
    if isinstance(value, str) and re.fullmatch("0x[0-9a-f]{1,64}", value):
        return int(value, 16)
    return value if type(value) is int and value >= 0 else None
