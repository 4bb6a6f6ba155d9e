"""By which model and on which grid a footprint is found: a number in tables, shown in words.

The words are long, and the same for millions of rows, so that to carry and compare them would take
longer than all the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

_TYPES = {str: "string", int: "int64"}


@dataclass(frozen=True)
class Method:
    """How energy and CO2e were found.

    Attributes:
        network_model: name and version of the model behind the power.
        grid_source: region and release of the intensity.
        factor_year: calendar year that the intensity is about.
    """

    network_model: str
    grid_source: str
    factor_year: int

    def on(self, layer_1: Method) -> Method:
        """Of a rollup and its layer 1; where that has electricity of its own, both are named."""
        return Method(
            f"{self.network_model} on {layer_1.network_model}",
            _in_one(self.grid_source, layer_1.grid_source),
            max(self.factor_year, layer_1.factor_year),
        )


def words_of(
    first: ir.IntegerValue, last: ir.IntegerValue, methods: Sequence[Method]
) -> Mapping[str, ir.Value]:
    """The columns network_model, grid_source and factor_year of rows.

    Where a sum was found in several ways, as before the merge and after it, the first and the last
    are named; the factor's year is the newer of theirs.

    Args:
        first: number of the first method by which a row was found.
        last: that of the last, or the same.
        methods: all of them, by number.
    """
    pairs = {
        (n, m): (one, methods[m]) for n, one in enumerate(methods) for m in range(n, len(methods))
    }
    words = {
        pair: (
            _in_one(one.network_model, other.network_model),
            _in_one(one.grid_source, other.grid_source),
            max(one.factor_year, other.factor_year),
        )
        for pair, (one, other) in pairs.items()
    }
    names = ("network_model", "grid_source", "factor_year")
    return {
        name: _looked_up(first, last, {pair: each[n] for pair, each in words.items()})
        for n, name in enumerate(names)
    }


def _looked_up(
    first: ir.IntegerValue, last: ir.IntegerValue, words: Mapping[tuple[int, int], str | int]
) -> ir.Value:
    values = {pair: ibis.literal(word, type=_TYPES[type(word)]) for pair, word in words.items()}
    if len(set(words.values())) == 1:
        return values[0, 0]
    cases = (((first == n) & (last == m), value) for (n, m), value in values.items())
    return ibis.cases(*cases)


def _in_one(first: str, last: str) -> str:
    return " and ".join(dict.fromkeys((first, last)))
