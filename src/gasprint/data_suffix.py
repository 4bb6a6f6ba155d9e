"""ERC-8021 data suffixes: what stands at the end of a transaction's data, for whoever reads it.

    data ‖ schema data ‖ schema id (1 byte) ‖ marker (16 bytes)

    schema 0   codes ‖ their length (1)
    schema 1   code registry (20) ‖ its chain id ‖ length of that (1) ‖ codes ‖ their length (1)
    schema 2   a CBOR map ‖ its length (2)

The EVM hands the suffix to the contract with the rest, and contracts that decode arguments do not
look past them. Source: ERC-8021, draft (https://github.com/ethereum/ERCs/pull/1209).
`contracts/libraries/DataSuffix.sol` finds the same suffixes, as far as bytes go.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gasprint import _cbor
from gasprint.errors import InputError

MARKER = bytes.fromhex("8021" * 8)
LARGEST_MAP_BYTES = 2**16 - 1

_ADDRESS_BYTES = 20
_WORD_BYTES = 32
_CODES_BY_ENTITY = {"a": "app", "w": "wallet"}


@dataclass(frozen=True)
class SuffixBounds:
    """Where a suffix stands; nothing is said yet of what it says.

    Attributes:
        schema_id: 0, 1 or 2.
        data_length: bytes of the data before it.
        schema_data: what its schema goes for, lengths included.
    """

    schema_id: int
    data_length: int
    schema_data: bytes


@dataclass(frozen=True)
class CodeRegistry:
    """A contract that knows whose codes are whose.

    Attributes:
        chain_id: of the chain that it stands on.
        address: with 0x, in the case that it came in.
    """

    chain_id: int
    address: str


@dataclass(frozen=True)
class DataSuffix:
    """What a suffix says.

    Attributes:
        schema_id: 0, 1 or 2.
        data_length: bytes of the data before it.
        codes: by whom the transaction was made: schemas 0 and 1 know no more of them.
        app_code: of the application, `a` of schema 2.
        wallet_code: of the wallet, `w` of schema 2.
        service_codes: of builders, relayers and the like, `s` of schema 2.
        registries: other than the chain's own: by "codes" (schema 1), "app" or "wallet" (schema 2).
        metadata: anything else, `m` of schema 2.
        fields: all of schema 2's map, as it came.
    """

    schema_id: int
    data_length: int
    codes: tuple[str, ...] = ()
    app_code: str | None = None
    wallet_code: str | None = None
    service_codes: tuple[str, ...] = ()
    registries: Mapping[str, CodeRegistry] = field(default_factory=dict)
    metadata: Mapping[Any, Any] = field(default_factory=dict)
    fields: Mapping[Any, Any] = field(default_factory=dict)


def find(data: bytes) -> SuffixBounds | None:
    """The suffix at the end of `data`, by its lengths alone; None where there is none."""
    if not data.endswith(MARKER):
        return None
    rest = data[: -len(MARKER)]
    schema_id = rest[-1] if rest else None
    end = len(rest) - 1
    try:
        if schema_id == 0:
            length = 1 + _number(rest, end, 1)
        elif schema_id == 1:
            codes = _number(rest, end, 1)
            chain_id = _number(rest, end - 1 - codes, 1)
            if not 1 <= chain_id <= _WORD_BYTES:
                return None
            length = _ADDRESS_BYTES + chain_id + 1 + codes + 1
        elif schema_id == 2:
            length = 2 + _number(rest, end, 2)
        else:
            return None
    except IndexError:
        return None
    if length > end:
        return None
    return SuffixBounds(schema_id, end - length, rest[end - length : end])


def decode(data: bytes) -> DataSuffix | None:
    """What the suffix at the end of `data` says.

    Anyone writes these bytes. What is malformed is no suffix, as the ERC has it: codes that are
    not ASCII, a map with another value of a reserved key than the ERC says, or anything that
    `_cbor.decode` refuses. Reserved keys that came later are kept in `fields`.
    """
    bounds = find(data)
    if bounds is None:
        return None
    try:
        if bounds.schema_id == 2:
            return _decode_map(bounds)
        return _decode_codes(bounds)
    except ValueError:
        return None


def encode(fields: Mapping[Any, Any]) -> bytes:
    """The suffix of schema 2 that says `fields`, in their order.

    Raises:
        InputError: if that is no suffix by `decode`.
    """
    content = _cbor.encode(dict(fields))
    if len(content) > LARGEST_MAP_BYTES:
        raise InputError(
            f"the suffix's map has {len(content)} bytes; ERC-8021 allows {LARGEST_MAP_BYTES}"
        )
    suffix = content + len(content).to_bytes(2) + b"\x02" + MARKER
    if decode(suffix) is None:
        raise InputError("the suffix's map is not of the form that ERC-8021 gives schema 2")
    return suffix


def _number(content: bytes, end: int, size: int) -> int:
    """The number of `size` bytes that ends there."""
    if end < size:
        raise IndexError
    return int.from_bytes(content[end - size : end])


def _decode_codes(bounds: SuffixBounds) -> DataSuffix:
    content = bounds.schema_data[:-1]
    first = len(content) - bounds.schema_data[-1]
    text = content[first:].decode("ascii")
    registries = {}
    if bounds.schema_id == 1:
        address, chain_id = content[:_ADDRESS_BYTES], content[_ADDRESS_BYTES : first - 1]
        registries["codes"] = CodeRegistry(int.from_bytes(chain_id), f"0x{address.hex()}")
    return DataSuffix(
        schema_id=bounds.schema_id,
        data_length=bounds.data_length,
        codes=tuple(text.split(",")) if text else (),
        registries=registries,
    )


def _decode_map(bounds: SuffixBounds) -> DataSuffix:
    fields = _of_type(dict, _cbor.decode(bounds.schema_data[:-2]))
    services = _of_type(list, fields.get("s", []))
    return DataSuffix(
        schema_id=bounds.schema_id,
        data_length=bounds.data_length,
        app_code=_code(fields["a"]) if "a" in fields else None,
        wallet_code=_code(fields["w"]) if "w" in fields else None,
        service_codes=tuple(_code(each) for each in services),
        registries={
            name: _registry(entry)
            for key, name in _CODES_BY_ENTITY.items()
            if (entry := _of_type(dict, fields.get("r", {})).get(key)) is not None
        },
        metadata=_of_type(dict, fields.get("m", {})),
        fields=fields,
    )


def _code(value: object) -> str:
    code: str = _of_type(str, value)
    if not code.isascii():
        raise ValueError("a code that is not ASCII")
    return code


def _registry(entry: object) -> CodeRegistry:
    parts = _of_type(dict, entry)
    chain_id, address = parts.get("c"), parts.get("a")
    # Earlier drafts had the chain id as a number.
    if isinstance(chain_id, str) and re.fullmatch("0x[0-9a-fA-F]{1,64}", chain_id):
        chain_id = int(chain_id, 16)
    if type(chain_id) is not int or chain_id < 0:
        raise ValueError("a registry without its chain")
    if not isinstance(address, str) or not re.fullmatch("0x[0-9a-fA-F]{40}", address):
        raise ValueError("a registry without an address")
    return CodeRegistry(chain_id, address)


def _of_type(kind: type, value: object) -> Any:
    if type(value) is not kind:
        raise ValueError(f"no {kind.__name__}")
    return value
