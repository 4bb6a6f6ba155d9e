"""Logs, as a node tells them, made into tables of Arrow: a batch at a time, an event type each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
from eth_utils.abi import event_abi_to_log_topic

from gasprint._abi import CODEC
from gasprint._output import readable
from gasprint.deployments import DeployedContract
from gasprint.errors import InputError
from gasprint.sync.events import Column, EventType, event_types
from gasprint.sync.logs import Log
from gasprint.sync.words import checksummed, column_of, fits_a_word, words_of

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

    def tables(self, deployment_id: int, logs: Sequence[Log]) -> dict[str, pa.Table]:
        """The events of `logs`, which come in the order of the chain, by table.

        Raises:
            InputError: if one is of no event that the contracts have, or holds what none logs.
        """
        by_event: dict[_Event, list[Log]] = {}
        for log in logs:
            event = self._events.get((log.address, log.topics[0] if log.topics else ""))
            if event is None:
                raise InputError(
                    f"transaction {log.transaction_hash} has an event of {log.address} that "
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
        self._columns = list(zip(kinds, event.columns, strict=True))
        # Topics come first in a row of words, in the order of the parameters that are indexed.
        order = [*(i for i, each in enumerate(self._is_indexed) if each)]
        order += [i for i, each in enumerate(self._is_indexed) if not each]
        self._order = order
        self._are_words = all(map(fits_a_word, map(_type_of, inputs)))

    def decode(self, deployment_id: int, logs: Sequence[Log]) -> pa.Table:
        place = [
            [deployment_id] * len(logs),
            [self._address] * len(logs),
            [log.block_number for log in logs],
            [log.log_index for log in logs],
            [log.transaction_hash for log in logs],
        ]
        arrays = [pa.array(each, field.type) for each, field in zip(place, PLACE, strict=True)]
        try:
            arrays += self._by_words(logs) if self._are_words else self._one_by_one(logs)
        except (pa.ArrowInvalid, OverflowError) as error:
            raise InputError(
                f"one of the events {self._name} that the node gave, such as that of transaction "
                f"{logs[0].transaction_hash}, has a figure that no contract of the suite logs"
            ) from error
        return pa.Table.from_arrays(arrays, schema=self._schema)

    def _by_words(self, logs: Sequence[Log]) -> list[pa.Array]:
        texts = ["".join(each[2:] for each in (*log.topics[1:], log.data)) for log in logs]
        words = words_of(texts, len(self._columns))
        return [
            column_of(kind, column.sql_type, words[:, self._order.index(number)])
            for number, (kind, column) in enumerate(self._columns)
        ]

    def _one_by_one(self, logs: Sequence[Log]) -> list[pa.Array]:
        rows: list[list[Any]] = []
        for log in logs:
            row: list[Any] = []
            values = self._values(log)
            for (kind, column), value in zip(self._columns, values, strict=True):
                if column.is_text:
                    shown = readable(value)
                    as_bytes = value.encode("utf-8", "surrogateescape")
                    row += (shown, None if shown == value else as_bytes)
                elif kind.endswith("[]"):
                    row.append([_made(kind[:-2], column.sql_type[:-2], each) for each in value])
                else:
                    row.append(_made(kind, column.sql_type, value))
            rows.append(row)
        fields = list(self._schema)[len(PLACE) :]
        return [
            pa.array(values, field.type)
            for values, field in zip(zip(*rows, strict=True), fields, strict=True)
        ]

    def _values(self, log: Log) -> list[Any]:
        topics = bytes.fromhex("".join(each[2:] for each in log.topics[1:]))
        indexed = iter(CODEC.decode(self._indexed, topics))
        data = iter(CODEC.decode(self._data, bytes.fromhex(log.data[2:])))
        values: list[Any] = []
        for is_indexed, is_tuple in zip(self._is_indexed, self._is_tuple, strict=True):
            value = next(indexed) if is_indexed else next(data)
            values += value if is_tuple else (value,)
        return values


def _type_of(parameter: Mapping[str, Any]) -> str:
    if parameter["type"] != "tuple":
        return str(parameter["type"])
    return f"({','.join(map(_type_of, parameter['components']))})"


def _made(kind: str, sql_type: str, value: Any) -> Any:
    if kind == "address":
        return checksummed(value)
    if kind.startswith("bytes"):
        return f"0x{value.hex()}"
    return str(value) if sql_type == "VARCHAR" else value
