"""The columns that blocks and transactions may have: under which names, and what may stand there.

Exporters name the same thing differently (`receipt_gas_used` of ethereum-etl is `gas_used` of
cryo), and hold it as text, as whole numbers or as bytes. Here each is told once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from gasprint.errors import SourceError

_LARGEST_WHOLE_NUMBER = 10**18 - 1
_LARGEST_WEI = 10**30 - 1
"""A million times what there is of ether, so that the fees of hundreds of millions add up."""
_LARGEST_UNIX_SECONDS = 10**10 - 1
_ISO_8601 = r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?"
_ZONE = r"( ?UTC|Z|[+-]\d{2}:\d{2})"


@ibis.udf.scalar.builtin(name="hex")  # type: ignore[untyped-decorator]
def _hex(value: dt.binary) -> str:
    """Hexadecimal digits of bytes, by the engine."""
    return str(value.hex())


@ibis.udf.scalar.builtin(name="octet_length")  # type: ignore[untyped-decorator]
def _length_bytes(value: dt.binary) -> int:
    """How many bytes, by the engine."""
    return len(value)


@dataclass(frozen=True)
class Kind:
    """What may stand in a column.

    Attributes:
        type: of the column that is made of it.
        pattern: of the text.
        rule: what it must be, for a person.
        is_hexadecimal: whether it is 0x and digits, which we write in lower case.
    """

    type: str
    pattern: str
    rule: str
    is_hexadecimal: bool = False


WHOLE_NUMBER = Kind("int64", "^[0-9]{1,18}$", "a whole number, zero or more, of at most 18 digits")
WEI = Kind("decimal(38, 0)", "^[0-9]{1,30}$", "whole wei, zero or more, of at most 30 digits")
FRACTION = Kind("decimal(18, 6)", r"^[0-9]{1,12}(\.[0-9]{1,6})?$", "a number, zero or more")
TIME = Kind(
    "timestamp('UTC')",
    f"^([0-9]{{1,10}}|{_ISO_8601}{_ZONE})$",
    "Unix seconds; divide milliseconds by 1000, and give times as text with their zone "
    "(2021-10-08T12:00:00Z) or say that they are UTC",
)
TIME_OF_UTC = Kind(TIME.type, f"^([0-9]{{1,10}}|{_ISO_8601}{_ZONE}?)$", TIME.rule)
HASH = Kind("string", "^0x[0-9a-fA-F]{64}$", "0x and 64 hexadecimal digits", is_hexadecimal=True)
ADDRESS = Kind("string", "^0x[0-9a-fA-F]{40}$", "0x and 40 hexadecimal digits", is_hexadecimal=True)
ADDRESS_OR_NOTHING = Kind(
    "string", "^0x[0-9a-fA-F]{40}$", "an address or nothing", is_hexadecimal=True
)


@dataclass(frozen=True)
class Column:
    """A column of ours.

    Attributes:
        kind: what may stand there.
        known_as: its names in files, the one that is preferred first. Where the first is null, the
            next one that is there counts.
        nullable: whether nothing may stand there.
    """

    kind: Kind
    known_as: tuple[str, ...]
    nullable: bool = field(default=False)


def _optional(kind: Kind, *known_as: str) -> Column:
    return Column(kind, known_as, nullable=True)


BLOCKS = {
    "number": Column(WHOLE_NUMBER, ("number", "block_number")),
    "timestamp": Column(TIME, ("timestamp",)),
    "gas_used": Column(WHOLE_NUMBER, ("gas_used",)),
    "transaction_count": Column(WHOLE_NUMBER, ("transaction_count",)),
    "gas_limit": _optional(WHOLE_NUMBER, "gas_limit"),
    "base_fee_wei": _optional(WHOLE_NUMBER, "base_fee_wei", "base_fee_per_gas"),
    "block_reward_wei": Column(WEI, ("block_reward_wei",)),
    "chain_id": _optional(WHOLE_NUMBER, "chain_id"),
}
L1_FIELDS = {
    "l1_gas_used": WHOLE_NUMBER,
    "l1_fee": WEI,
    "l1_gas_price": WHOLE_NUMBER,
    "l1_fee_scalar": FRACTION,
    "l1_base_fee_scalar": WHOLE_NUMBER,
    "l1_blob_base_fee": WHOLE_NUMBER,
    "l1_blob_base_fee_scalar": WHOLE_NUMBER,
}
TRANSACTIONS = {
    "hash": Column(HASH, ("hash", "transaction_hash")),
    "block_number": Column(WHOLE_NUMBER, ("block_number",)),
    "transaction_index": Column(WHOLE_NUMBER, ("transaction_index",)),
    "from_address": Column(ADDRESS, ("from_address", "from")),
    "to_address": _optional(ADDRESS_OR_NOTHING, "to_address", "to"),
    "gas_used": Column(WHOLE_NUMBER, ("receipt_gas_used", "gas_used")),
    "gas_price_wei": _optional(
        WHOLE_NUMBER,
        *("gas_price_wei", "receipt_effective_gas_price", "effective_gas_price", "gas_price"),
    ),
    "base_fee_wei": _optional(WHOLE_NUMBER, "base_fee_wei", "base_fee_per_gas"),
    "fee_wei": _optional(WEI, "fee_wei"),
    "burnt_wei": _optional(WEI, "burnt_wei"),
    "cumulative_gas_used": _optional(
        WHOLE_NUMBER, "receipt_cumulative_gas_used", "cumulative_gas_used"
    ),
    "block_timestamp": _optional(TIME, "block_timestamp", "timestamp"),
    "block_gas_used": _optional(WHOLE_NUMBER, "block_gas_used"),
    "chain_id": _optional(WHOLE_NUMBER, "chain_id"),
    **{name: _optional(kind, name, f"receipt_{name}") for name, kind in L1_FIELDS.items()},
}


def named_in(
    path: str,
    there: Mapping[str, dt.DataType],
    columns: Mapping[str, Column],
    required: set[str],
    renamed: Mapping[str, str],
) -> dict[str, list[str]]:
    """Under which names, the preferred one first, a file has which of our columns.

    Args:
        path: of the file, for an error.
        there: its columns.
        columns: ours.
        required: those without which it is of no use.
        renamed: our names, to those that the user says they have in the file.

    Raises:
        SourceError: if a required one is not there.
    """
    found = {}
    for name, column in columns.items():
        known_as = column.known_as
        if name in renamed and renamed[name] in there:
            known_as = (renamed[name],)
        if names := [each for each in known_as if each in there]:
            found[name] = names
        elif name in required:
            raise SourceError(
                f"{path} has no column {known_as[0]!r}; export it with ethereum-etl, "
                "transactions with their receipts, or say which column it is with "
                f"--column {name}=NAME"
            )
    return found


def typed(
    path: str, name: str, raw: ir.Value, kind: Kind, *, is_text_file: bool
) -> tuple[ir.Value, ir.BooleanValue]:
    """A raw column as one of ours, and where it is what it must be; elsewhere it is anything.

    Raises:
        SourceError: if its type can hold no such thing.
    """
    of = raw.type()
    if kind.type == "string":
        if of.is_binary():
            is_right = _length_bytes(raw) == (32 if kind is HASH else 20)
            return hexadecimal(raw), is_right
        if of.is_string():
            value = raw.lower() if kind.is_hexadecimal else raw
            return value, _is_text_of(raw, kind, exactly=is_text_file)
    elif kind.type == TIME.type:
        return _time(path, name, raw, kind)
    elif of.is_string():
        number = raw.try_cast(kind.type)
        return number, raw.re_search(kind.pattern) & number.notnull()
    elif of.is_integer() or (of.is_decimal() and (of.scale == 0 or kind is FRACTION)):
        most = _LARGEST_WHOLE_NUMBER if kind is WHOLE_NUMBER else _LARGEST_WEI
        return raw.try_cast(kind.type), (raw >= 0) & (raw <= most)
    elif of.is_floating():
        # Beyond 2^53, floating point holds no longer every whole number.
        # Neither infinity nor what is no number can be made whole: they leave no remainder of 0.
        is_right = (raw >= 0) & (raw <= 2**53) & ((raw % 1 == 0) | (kind is FRACTION))
        return raw.try_cast(kind.type), is_right
    raise SourceError(
        f"{path}: column {name!r} is of type {of}, but must hold {kind.rule}; write it as such"
    )


def address_of(raw: ir.Value) -> ir.StringValue:
    """A raw column of addresses, text or bytes, as ours: 0x and digits in lower case, or null."""
    return hexadecimal(raw) if raw.type().is_binary() else raw.nullif("").lower()


def hexadecimal(raw: ir.BinaryValue) -> ir.StringValue:
    """Bytes as 0x and digits in lower case."""
    return ibis.literal("0x").concat(_hex(raw).lower())


def _is_text_of(raw: ir.StringValue, kind: Kind, *, exactly: bool) -> ir.BooleanValue:
    if exactly:
        return raw.re_search(kind.pattern)
    # A regular expression would cost more than all the rest of a scan.
    return (raw.length() == (66 if kind is HASH else 42)) & raw.startswith("0x")


def _time(path: str, name: str, raw: ir.Value, kind: Kind) -> tuple[ir.Value, ir.BooleanValue]:
    of = raw.type()
    if of.is_timestamp():
        if of.timezone is None and kind is not TIME_OF_UTC:
            raise SourceError(
                f"{path}: column {name!r} has times without a zone; write them with one, "
                "or say that they are UTC"
            )
        return raw.cast(TIME.type), raw.notnull()
    if of.is_integer():
        seconds = raw.try_cast("int64")
        return of_unix_seconds(seconds), (raw >= 0) & (raw <= _LARGEST_UNIX_SECONDS)
    if of.is_string():
        is_right = raw.re_search(kind.pattern)
        right = ibis.ifelse(is_right, raw, None)
        time = ibis.coalesce(of_unix_seconds(right.try_cast("int64")), right.try_cast(TIME.type))
        return time, is_right & time.notnull()
    raise SourceError(f"{path}: column {name!r} is of type {of}, but must hold {kind.rule}")


def of_unix_seconds(seconds: ir.IntegerValue) -> ir.TimestampValue:
    """A time in UTC; null where there can be none."""
    is_right = seconds.between(0, _LARGEST_UNIX_SECONDS)
    return ibis.ifelse(is_right, seconds, None).as_timestamp("s").cast(TIME.type)
