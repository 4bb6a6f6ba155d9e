"""A factor made again from its evidence, and from nothing else.

Every input is read from the document: the tables that ship with gasprint may have moved on. What
the model makes of them has to be the document itself, to the last byte.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn, TypeVar, get_type_hints

from gasprint.block_seconds import LONGEST_GAP_SECONDS
from gasprint.bounds import Bounds
from gasprint.errors import EvidenceError, InputError, NetworkError
from gasprint.factors import SCHEMA, DataFiles, Factor, canonical, factor_of
from gasprint.grid import GridIntensity
from gasprint.networks import MODELS, ProofOfStakeNetwork
from gasprint.totals import Totals, totals_of

MOST_BYTES = 1_000_000
"""A document has about 3,000."""

_MOST_DIGITS = 30
_SCHEMA_FAMILY = SCHEMA.rpartition("_v")[0]
_COUNTS = tuple(field.name for field in fields(Totals) if field.type == "int")

_Read = TypeVar("_Read")


@dataclass(frozen=True)
class Evidence:
    """What an evidence document says, once it is found to hold.

    Attributes:
        factor: made again from the inputs.
        totals: the time and the gas, with the energy and CO2e that the model makes of them.
        network: the model with its parameters.
        grid: the electricity.
        files: that the totals come from.
    """

    factor: Factor
    totals: Totals
    network: ProofOfStakeNetwork
    grid: GridIntensity
    files: DataFiles


def read_evidence(path: Path) -> bytes:
    """The bytes of an evidence file.

    Raises:
        InputError: if there is none, or it is too large to be one.
    """
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"evidence {path} is not a file; name one")
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        # A path with a zero byte is a ValueError.
        problem = getattr(error, "strerror", None) or error
        raise InputError(f"evidence {path}: {problem}; check the path") from error
    if len(content) > MOST_BYTES:
        raise InputError(f"evidence {path} has more than {MOST_BYTES:,} bytes; it is none")
    return content


def recompute(evidence: str | bytes) -> Factor:
    """The factor that the inputs in `evidence` make; all that it says follows from them.

    Raises:
        EvidenceError: if it is no evidence in canonical form, or anything in it differs from what
            its inputs make.
        InputError: if a newer gasprint than this one wrote it.
    """
    return recomputed(evidence).factor


def recomputed(evidence: str | bytes) -> Evidence:
    """As `recompute`, with the inputs."""
    document = _parsed(evidence)
    schema = document.get("schema")
    if schema != SCHEMA:
        if isinstance(schema, str) and schema.startswith(f"{_SCHEMA_FAMILY}_v"):
            raise InputError(f"evidence of schema {schema!r} is unknown; take a newer gasprint")
        raise EvidenceError(f"evidence: its schema is {_shown(schema)}, and should be {SCHEMA!r}")
    _refuse_other_names(document, {"schema", "inputs", "method", "results", "source"}, "evidence")
    inputs = _named(document["inputs"], {"files", "grid", "network", "totals"}, "inputs")
    try:
        network = _network(inputs["network"])
        grid = _read(GridIntensity, inputs["grid"], "inputs.grid")
        files = _read(DataFiles, inputs["files"], "inputs.files")
        totals = totals_of(_counts(inputs["totals"]), network, grid)
        _refuse_impossible(totals, network)
        factor = factor_of(totals, network, grid, files)
    except NetworkError:
        raise
    except (InputError, ArithmeticError) as error:
        problem = str(error).removeprefix("evidence: ")
        raise EvidenceError(f"evidence: {problem}") from error
    _refuse_difference(document, json.loads(factor.evidence), "")
    return Evidence(factor, totals, network, grid, files)


def _parsed(evidence: str | bytes) -> dict[str, Any]:
    if len(evidence) > MOST_BYTES:
        raise EvidenceError(f"evidence has more than {MOST_BYTES:,} bytes")
    try:
        text = evidence if isinstance(evidence, str) else evidence.decode()
        document = json.loads(
            text, parse_constant=_refuse_number, parse_int=_whole_number, parse_float=_float
        )
        if not isinstance(document, dict):
            raise EvidenceError("evidence: is no JSON object")
        if canonical(document) != text:
            raise EvidenceError(
                "evidence: is not in canonical form (sorted keys, no spaces, each key once, "
                "numbers and texts in their shortest form); take the file as it was published"
            )
    except EvidenceError:
        raise
    except RecursionError:
        raise EvidenceError("evidence: is nested too deeply") from None
    except ValueError as error:
        raise EvidenceError(f"evidence: is no JSON in UTF-8 ({error})") from None
    return document


def _whole_number(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        _refuse_number(digits[:_MOST_DIGITS] + "...")
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        _refuse_number(digits[:_MOST_DIGITS])
    return value


def _refuse_number(digits: str) -> NoReturn:
    raise EvidenceError(f"evidence: {digits} is no number that could be meant")


def _network(value: object) -> ProofOfStakeNetwork:
    if not isinstance(value, dict) or not isinstance(value.get("model"), str):
        raise EvidenceError("inputs.network names no model")
    model = value["model"]
    if model not in MODELS:
        raise NetworkError(
            f"evidence: model {model!r} is unknown to this gasprint, which knows "
            f"{', '.join(MODELS)}; take a newer one"
        )
    parameters = {name: each for name, each in value.items() if name != "model"}
    network = _read(MODELS[model], parameters, "inputs.network")
    estimates = (network.lower, network.best, network.upper)
    figures = [(each.annual_electricity, "kWh") for each in estimates]
    figures += [(each.nodes, "nodes") for each in estimates]
    if network.slot_seconds < 1 or any(figure.value <= 0 for figure, _ in figures):
        raise EvidenceError("inputs.network has a parameter of zero or less")
    for figure, unit in figures:
        if figure.unit != unit:
            raise EvidenceError(f"inputs.network has {_shown(figure.unit)} for {unit}")
    return network


def _counts(value: object) -> dict[str, int]:
    named = _named(value, set(_COUNTS), "inputs.totals")
    counts = {name: _read(int, named[name], f"inputs.totals.{name}") for name in _COUNTS}
    for name, count in counts.items():
        if count < 0:
            raise EvidenceError(f"inputs.totals.{name} is {count}")
    return counts


def _refuse_impossible(totals: Totals, network: ProofOfStakeNetwork) -> None:
    slots, rest = divmod(totals.seconds, network.slot_seconds)
    there = totals.blocks + totals.blocks_without_gas
    span = totals.last_block - totals.first_block + 1
    if not (
        totals.blocks <= slots
        and rest == 0
        and totals.seconds <= totals.blocks * max(LONGEST_GAP_SECONDS, network.slot_seconds)
        and totals.blocks <= totals.transactions <= totals.gas_used
        and 1 <= there <= span
    ):
        raise EvidenceError("inputs.totals contradict each other")


def _read(kind: type[_Read], value: object, where: str) -> _Read:
    """A value of JSON as the type that the model takes it for, and no other."""
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        named = _named(value, {field.name for field in fields(kind)}, where)
        read = {name: _read(hints[name], named[name], f"{where}.{name}") for name in named}
        if kind is Bounds and min(read.values()) < 0:
            raise EvidenceError(f"{where} is negative")
        return kind(**read)
    if kind is datetime:
        moment = _moment(value)
        if moment is not None:
            return moment  # type: ignore[return-value]
    elif kind is float and type(value) in (int, float):
        # As it is written, so that it is written back the same.
        return value  # type: ignore[return-value]
    elif type(value) is kind:
        return value
    raise EvidenceError(f"{where} is {_shown(value)}")


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None and moment.isoformat() == value else None


def _named(value: object, names: set[str], where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise EvidenceError(f"{where} is {_shown(value)}")
    _refuse_other_names(value, names, where)
    return value


def _refuse_other_names(value: Mapping[str, object], names: set[str], where: str) -> None:
    for name in sorted(names ^ set(value)):
        problem = "is missing" if name in names else "has no place there"
        raise EvidenceError(f"{where}: {_shown(name)} {problem}")


def _refuse_difference(given: object, made: object, where: str) -> None:
    """Name the first value that does not follow from the inputs."""
    if isinstance(given, dict) and isinstance(made, dict) and set(given) == set(made):
        for name in sorted(made):
            _refuse_difference(given[name], made[name], f"{where}.{name}" if where else name)
    elif given != made or type(given) is not type(made):
        raise EvidenceError(
            f"evidence: {where} is {_shown(given)}, but its inputs make it {_shown(made)}"
        )


def _shown(value: object) -> str:
    text = ascii(value)
    return text if len(text) <= 200 else f"{text[:200]}..."
