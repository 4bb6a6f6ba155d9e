"""The page of all networks, in Markdown: docs/networks.md."""

from __future__ import annotations

from collections.abc import Sequence

from gasprint.bounds import Bounds
from gasprint.networks.per_transaction import PerTransaction
from gasprint.networks.reference import ANY_NETWORK, Figure, figures_of

_HEADING = """\
# Networks

Made by `gasprint network list --markdown -o docs/networks.md`; a test holds the page to it.

What an average transaction of each network takes: the network's power by its model, shared out
over its transactions. Best, with its lower and upper bound; where all three are alike there is one
figure alone, which says nothing about how sure it is. What one transaction takes, by its gas, is
for `gasprint footprint` to say.
"""

_NOTES = """\
- `rollup`: its own nodes, and layer 1 for the bytes that a transaction posts, as much of it as the
  median fee of three receipts buys; upper: what the bytes would cost as calldata.
- `dag`: idle nodes are in, which IOTA's published figure, of one message on one node, leaves out.
- `hybrid`: its own nodes, and its share of the main chain's gas, after the main chain's merge.
- `proof_of_history`: proof of stake, with a clock that hashes all the time.
"""


def networks_page(networks: Sequence[PerTransaction]) -> str:
    """The page: a table of all networks by kind, and each network's competing figures."""
    by_kind = sorted(networks, key=lambda each: each.kind)
    overview = _table(
        ["kind", "network", "Wh per transaction", "g CO2e per transaction", "by", "published"],
        [
            [
                f"`{each.kind}`",
                each.network,
                _bounds(each.energy_wh),
                _bounds(each.co2e_grams),
                each.method,
                f"{_number(each.published.value)} {_unit(each.published)}, "
                f"{each.published.as_of}: {each.published.source}",
            ]
            for each in by_kind
        ],
    )
    figures = "\n".join(_figures(each.network) for each in networks)
    return (
        f"{_HEADING}\n{overview}\n{_NOTES}\n## Competing figures\n\n"
        "What was published of each network. Of the figures of one quantity, the default is bold.\n"
        f"What was computed from published figures says `derived`, with the sum.\n\n{figures}\n"
        f"{_figures(ANY_NETWORK)}"
    )


def _figures(network: str) -> str:
    rows = [
        [
            each.quantity,
            f"**{_number(each.value)}**" if each.is_default else _number(each.value),
            each.unit,
            each.as_of,
            each.source,
        ]
        for each in figures_of(network)
    ]
    return f"### {network}\n\n{_table(['quantity', 'value', 'unit', 'as of', 'source'], rows)}"


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join(f"| {' | '.join(each)} |\n" for each in lines)


def _bounds(value: Bounds | None) -> str:
    if value is None:
        return "–"
    best = f"**{_rounded(value.best)}**"
    if value.lower == value.upper:
        return best
    return f"{best} ({_rounded(value.lower)}–{_rounded(value.upper)})"


def _rounded(value: float) -> str:
    return _number(float(f"{value:.4g}"))


def _number(value: float) -> str:
    return f"{value:,.12g}" if value >= 0.001 else f"{value:g}"


def _unit(figure: Figure) -> str:
    return f"{figure.unit} a year" if "annual" in figure.quantity else figure.unit
