"""`gasprint annotate show`: what transactions say of themselves, in a suffix to their data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gasprint._output import harmless, json_text, progress, table_text, write_text
from gasprint.commands import _signing
from gasprint.errors import InputError

if TYPE_CHECKING:
    from gasprint.annotated_blocks import SuffixedTransaction
    from gasprint.annotations import Annotation

EXAMPLE = "Example: gasprint annotate show 19000000-19000010 --rpc http://127.0.0.1:8545"

_LONGEST_SHOWN = 60
_FITS_A_JSON_NUMBER = 2**53


def show(
    what: Annotated[
        str,
        typer.Argument(
            metavar="TX|FIRST-LAST", help="A transaction's hash, or block numbers, both included."
        ),
    ],
    rpc: Annotated[str, typer.Option(help="The node to read.")] = _signing.DEFAULT_RPC,
    json: _signing.Json = False,
) -> None:
    """ERC-8021 suffixes of any transactions, and what they state of gas, energy and CO2e.

    Whoever sent a transaction wrote them; the receipt has the gas that it used. JSON has all of it.
    """
    from gasprint._node import Node
    from gasprint.annotated_blocks import suffixed_transaction, suffixed_transactions

    transaction_hash, blocks = _meant(what)
    node = Node.at(rpc)
    found: list[SuffixedTransaction] = []
    if transaction_hash is not None:
        one = suffixed_transaction(node, transaction_hash)
        found = [] if one is None else [one]
    else:
        newest = node.newest_block()
        if blocks[-1] > newest:
            raise InputError(f"the newest block is {newest}, so there is no {blocks[-1]} yet")
        with progress("Reading blocks", len(blocks)) as done:
            for count, number in enumerate(blocks, start=1):
                found += suffixed_transactions(node, number)
                done(count)
    if json:
        write_text(json_text([_document(each) for each in found]))
    elif found:
        write_text(table_text([_row(each) for each in found]))
    else:
        write_text("There is no ERC-8021 suffix.\n")


def _meant(text: str) -> tuple[str | None, range]:
    if re.fullmatch("0x[0-9a-fA-F]{64}", text):
        return text.lower(), range(0)
    match = re.fullmatch("([0-9]{1,19})(?:-([0-9]{1,19}))?", text)
    if not match:
        raise InputError(
            f"{text!r} is neither a transaction's hash, 0x and 64 hexadecimal digits, "
            "nor blocks, such as 100-200"
        )
    first, last = int(match[1]), int(match[2] or match[1])
    if last < first:
        raise InputError(f"block {last} comes before block {first}; swap them")
    return None, range(first, last + 1)


def _row(found: SuffixedTransaction) -> dict[str, object]:
    return {
        "block": "pending" if found.block_number is None else str(found.block_number),
        "transaction": found.transaction_hash,
        "schema": str(found.suffix.schema_id),
        "codes": _codes(found),
        **_figures(found.annotation),
    }


def _figures(annotation: Annotation | None) -> dict[str, str]:
    from gasprint.amounts import co2e_text, energy_text

    if annotation is None:
        return dict.fromkeys(("gas", "energy", "co2e", "factor"), "")
    return {
        "gas": f"{annotation.gas:,}",
        "energy": energy_text(annotation.energy_microwatt_hours * 10**6),
        "co2e": co2e_text(annotation.co2e_micrograms),
        "factor": f"{annotation.factor_version} of chain {annotation.chain_id}",
    }


def _codes(found: SuffixedTransaction) -> str:
    suffix = found.suffix
    named = [("app", suffix.app_code), ("wallet", suffix.wallet_code)]
    codes = [*suffix.codes, *(f"{code} ({role})" for role, code in named if code is not None)]
    codes += [f"{code} (service)" for code in suffix.service_codes]
    text = harmless(", ".join(codes))
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]} …"


def _document(found: SuffixedTransaction) -> dict[str, Any]:
    from dataclasses import asdict

    suffix, annotation = found.suffix, found.annotation
    return {
        "block_number": found.block_number,
        "transaction_index": found.transaction_index,
        "transaction_hash": found.transaction_hash,
        "data_length": suffix.data_length,
        "schema_id": suffix.schema_id,
        "codes": list(suffix.codes),
        "app_code": suffix.app_code,
        "wallet_code": suffix.wallet_code,
        "service_codes": list(suffix.service_codes),
        "registries": {
            name: {"chain_id": str(registry.chain_id), "address": registry.address}
            for name, registry in suffix.registries.items()
        },
        "metadata": _jsonable(suffix.metadata),
        "annotation": None
        if annotation is None
        else {
            name: value if isinstance(value, str) else str(value)
            for name, value in asdict(annotation).items()
        },
    }


def _jsonable(value: Any) -> Any:
    """CBOR as JSON: bytes as 0x…, large or unending numbers as text, `undefined` as null.

    A map with two keys of the same text, such as 1 and "1", is a list of its keys and values.
    """
    if isinstance(value, dict):
        named = {str(key): _jsonable(each) for key, each in value.items()}
        if len(named) == len(value):
            return named
        return [[_jsonable(key), _jsonable(each)] for key, each in value.items()]
    if isinstance(value, list):
        return [_jsonable(each) for each in value]
    if isinstance(value, bytes):
        return f"0x{value.hex()}"
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < _FITS_A_JSON_NUMBER else str(value)
    if isinstance(value, float):
        return value if abs(value) < float("inf") else str(value)
    return None
