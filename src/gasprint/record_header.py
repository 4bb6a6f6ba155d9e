"""What a file of records is of: chain, registry, source, blocks and factor."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields

from eth_utils.address import is_checksum_address

from gasprint.errors import InputError
from gasprint.record_sums import FACTOR_BITS

HEADER_SCHEMA = "emission_records_v1"


@dataclass(frozen=True)
class RecordsHeader:
    """What the records are of, and the factor that they are charged by.

    Attributes:
        chain_id: of the chain.
        registry: where the records are committed, a checksummed address.
        source: whose transactions they are, a checksummed address.
        first_block: the first block of the range.
        last_block: the last one, included.
        last_block_hash: its hash, 0x and 64 digits in lower case.
        factor_version: the version of the factor at the registry.
        picograms_per_gas: pg CO2e per gas, its best estimate.
        picowatt_hours_per_gas: pWh per gas, its best estimate.
    """

    chain_id: int
    registry: str
    source: str
    first_block: int
    last_block: int
    last_block_hash: str
    factor_version: int
    picograms_per_gas: int
    picowatt_hours_per_gas: int

    def __post_init__(self) -> None:
        """Refuse what cannot be.

        Raises:
            InputError: naming the part.
        """
        for name, bits in (
            *(("chain_id", 256), ("first_block", 64), ("last_block", 64)),
            *(("factor_version", 256), ("picograms_per_gas", FACTOR_BITS)),
            ("picowatt_hours_per_gas", FACTOR_BITS),
        ):
            value, least = getattr(self, name), 0 if name.endswith("block") else 1
            if type(value) is not int or not least <= value < 1 << bits:
                raise InputError(f"{name} is {value!r}, but must be {least} to 2^{bits} - 1")
        for name in ("registry", "source"):
            value = getattr(self, name)
            if not isinstance(value, str) or not is_checksum_address(value):
                raise InputError(f"{name} is {value!r}, but must be a checksummed address")
        value = self.last_block_hash
        if not isinstance(value, str) or not re.fullmatch("0x[0-9a-f]{64}", value):
            raise InputError(f"last_block_hash is {value!r}, but must be 0x and 64 digits, a to f")
        if self.last_block < self.first_block:
            raise InputError(
                f"last_block {self.last_block} comes before first_block {self.first_block}"
            )

    @property
    def text(self) -> str:
        """Canonical JSON: sorted keys, no spaces."""
        parts = {each.name: getattr(self, each.name) for each in fields(self)}
        return json.dumps(parts | {"schema": HEADER_SCHEMA}, sort_keys=True, separators=(",", ":"))

    @classmethod
    def of_text(cls, text: bytes) -> RecordsHeader:
        """Read what `text` wrote, and nothing else.

        Raises:
            InputError: saying what is wrong.
        """
        try:
            parts = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise InputError("its header is no JSON; write it anew") from error
        if not isinstance(parts, dict) or parts.pop("schema", None) != HEADER_SCHEMA:
            raise InputError(f"its header is not of schema {HEADER_SCHEMA}; use its own version")
        names = {each.name for each in fields(cls)}
        for name in sorted(names ^ parts.keys()):
            raise InputError(f"its header {'lacks' if name in names else 'has an unknown'} {name}")
        header = cls(**parts)
        if header.text.encode() != text:
            raise InputError("its header is not written canonically; write the file anew")
        return header
