"""Logs, as a node tells them, made into tables of Arrow: a batch at a time, an event type each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import pyarrow as pa
from eth_utils.abi import event_abi_to_log_topic
from web3 import Web3

from gasprint._abi import CODEC
from gasprint._output import readable
from gasprint.deployments import DeployedContract
from gasprint.errors import InputError
from gasprint.sources.node_rows import hash_of, whole_number
from gasprint.sync.events import Column, EventType, event_types

PLACE = pa.schema(
    [
        ("deployment_id", pa.int32()),
        ("contract_address", pa.string()),
        ("block_number", pa.int64()),
        ("log_index", pa.int64()),
        ("transaction_hash", pa.string()),
    ]
)
"""What each table of events begins with."""

_ARROW = {
    "BIGINT": pa.int64(),
    "BLOB": pa.binary(),
    "BOOLEAN": pa.bool_(),
    "DECIMAL(38, 0)": pa.decimal128(38, 0),
    "VARCHAR": pa.string(),
}


def schema_of(columns: Iterable[Column]) -> pa.Schema:
    """The columns of a table of events, as Arrow has them."""
    fields = list(PLACE)
    for each in columns:
        item = _ARROW[each.sql_type.removesuffix("[]")]
        is_list = each.sql_type.endswith("[]")
        fields.append(pa.field(each.name, pa.list_(item) if is_list else item))
        if each.is_text:
            fields.append(pa.field(f"{each.name}_bytes", pa.binary()))
    return pa.schema(fields)


class Decoder:
    """Decodes what the contracts of one deployment log."""

    def __init__(self, contracts: Mapping[str, DeployedContract]) -> None:
        """Take the contracts, in the order in which they name columns."""
        self.schemas: dict[str, pa.Schema] = {}
        self._events: dict[tuple[str, str], _Event] = {}
        self.addresses = [each.address for each in contracts.values()]
        for contract in contracts.values():
            for event in event_types(contract):
                schema = self.schemas.setdefault(event.table, schema_of(event.columns))
                topic = f"0x{event_abi_to_log_topic(dict(event.abi)).hex()}"  # type: ignore[arg-type]
                key = contract.address.lower(), topic
                self._events[key] = _Event(event, contract.address, schema)

    def tables(self, deployment_id: int, logs: Sequence[Mapping[str, Any]]) -> dict[str, pa.Table]:
        """The events of `logs`, which come in the order of the chain, by table.

        Raises:
            InputError: if one is of no event that the contracts have, or holds what none logs.
        """
        by_event: dict[_Event, list[Mapping[str, Any]]] = {}
        for log in logs:
            key = log["address"].lower(), log["topics"][0].lower() if log["topics"] else ""
            event = self._events.get(key)
            if event is None:
                raise InputError(
                    f"transaction {log['transactionHash']} has an event of {log['address']} that "
                    "this contract does not know; is the deployment's file the right one?"
                )
            by_event.setdefault(event, []).append(log)
        found: dict[str, list[pa.Table]] = {}
        for event, theirs in by_event.items():
            found.setdefault(event.table, []).append(event.decode(deployment_id, theirs))
        return {table: pa.concat_tables(parts) for table, parts in found.items()}


class _Event:
    def __init__(self, event: EventType, address: str, schema: pa.Schema) -> None:
        inputs = event.abi["inputs"]
        self.table = event.table
        self._name = event.abi["name"]
        self._address, self._schema = address, schema
        self._is_indexed = [each["indexed"] for each in inputs]
        self._indexed = [each["type"] for each in inputs if each["indexed"]]
        self._data = [_type_of(each) for each in inputs if not each["indexed"]]
        self._is_tuple = [each["type"] == "tuple" for each in inputs]
        kinds = [part["type"] for each in inputs for part in each.get("components", [each])]
        self._made = [_made(kind, each) for kind, each in zip(kinds, event.columns, strict=True)]

    def decode(self, deployment_id: int, logs: Sequence[Mapping[str, Any]]) -> pa.Table:
        columns: list[list[Any]] = [[] for _ in self._schema]
        for log in logs:
            row: list[Any] = [
                *(deployment_id, self._address, whole_number(log["blockNumber"])),
                *(whole_number(log["logIndex"]), hash_of(log["transactionHash"])),
            ]
            for make, value in zip(self._made, self._values(log), strict=True):
                make(row, value)
            for column, value in zip(columns, row, strict=True):
                column.append(value)
        try:
            arrays = [
                pa.array(values, field.type)
                for values, field in zip(columns, self._schema, strict=True)
            ]
        except (pa.ArrowInvalid, OverflowError) as error:
            raise InputError(
                f"one of the events {self._name} that the node gave, such as that of transaction "
                f"{logs[0]['transactionHash']}, has a figure that no contract of the suite logs"
            ) from error
        return pa.Table.from_arrays(arrays, schema=self._schema)

    def _values(self, log: Mapping[str, Any]) -> list[Any]:
        topics = bytes.fromhex("".join(each[2:] for each in log["topics"][1:]))
        indexed = iter(CODEC.decode(self._indexed, topics))
        data = iter(CODEC.decode(self._data, bytes.fromhex(log["data"][2:])))
        values: list[Any] = []
        for is_indexed, is_tuple in zip(self._is_indexed, self._is_tuple, strict=True):
            value = next(indexed) if is_indexed else next(data)
            values += value if is_tuple else (value,)
        return values


def _type_of(parameter: Mapping[str, Any]) -> str:
    if parameter["type"] != "tuple":
        return str(parameter["type"])
    return f"({','.join(map(_type_of, parameter['components']))})"


def _made(kind: str, column: Column) -> Callable[[list[Any], Any], None]:
    """What appends to a row what a parameter's columns hold."""
    if column.is_text:
        return _append_text
    one = _one(kind.removesuffix("[]"), column.sql_type.removesuffix("[]"))
    if kind.endswith("[]"):
        return lambda row, value: row.append([one(each) for each in value])
    return lambda row, value: row.append(one(value))


def _append_text(row: list[Any], text: str) -> None:
    shown = readable(text)
    row += (shown, None if shown == text else text.encode("utf-8", "surrogateescape"))


def _one(kind: str, sql_type: str) -> Callable[[Any], Any]:
    if kind == "address":
        return _checksummed
    if kind.startswith("bytes"):
        return lambda value: f"0x{value.hex()}"
    return str if sql_type == "VARCHAR" else lambda value: value


@lru_cache(maxsize=100_000)
def _checksummed(address: str) -> str:
    return Web3.to_checksum_address(address)
