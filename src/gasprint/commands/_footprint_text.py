"""How `gasprint footprint` writes what it found."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gasprint._output import json_text, table_text

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from gasprint.daily_footprint import DailyFootprint
    from gasprint.footprint import Footprint
    from gasprint.sampling import SampledTotals
    from gasprint.totals import DailyTotals, Totals

    AnyFootprint = Footprint[Any, Any] | DailyFootprint

# Headings in two lines, so that five figures and a hash fit a terminal.
_SHOWN = {
    "gas_used": "gas_used",
    "energy_kwh_best": "energy_kwh\nbest",
    "co2e_grams_lower": "co2e_grams\nlower",
    "co2e_grams_best": "co2e_grams\nbest",
    "co2e_grams_upper": "co2e_grams\nupper",
}


def json_of(
    result: AnyFootprint, rows: Sequence[dict[str, Any]], sampled: SampledTotals | None
) -> str:
    """Totals and rows as JSON, draws of the totals, and how long undated blocks are taken to be."""
    document: dict[str, Any] = {"totals": asdict(result.totals)}
    if sampled is not None:
        document["sampled_totals"] = asdict(sampled)
    if note := undated(result):
        document["undated_blocks"] = note
    return json_text(document | {"rows": rows})


def table_with_totals(
    result: AnyFootprint, key: str, rows: Sequence[dict[str, Any]], sampled: SampledTotals | None
) -> str:
    """Rows and totals for a person, by their bounds or by draws, and how they were found."""
    totals = result.totals
    figures: Totals | DailyTotals | SampledTotals = sampled or totals
    bounds = [
        {"total": "energy_kwh"} | _headed(asdict(figures.energy_kwh)),
        {"total": "co2e_grams"} | _headed(asdict(figures.co2e_grams)),
    ]
    drawn = sampled and (
        f"totals: the middle 90 % of {sampled.samples:,} draws, seed {sampled.seed}; "
        f"{sampled.distributions}"
    )
    # Numbers that name a block are names: no thousands separators.
    shown = [
        {key: str(row[key])} | {heading: row[name] for name, heading in _SHOWN.items()}
        for row in rows
    ]
    note = undated(result)
    return "\n".join(
        [
            table_text(shown),
            table_text(bounds),
            *_counted(totals),
            *(each for each in (drawn, note) if each),
            f"{method_of(result, rows)}; attributional average, before any credits\n",
        ]
    )


def method_of(result: AnyFootprint, rows: Sequence[dict[str, Any]]) -> str:
    """By which models, on which grids and by what allocation the rows were found."""
    models, grids = (_each_once(rows, name) for name in ("network_model", "grid_source"))
    return f"{models} x {grids}, shared out by {result.allocation}"


def _each_once(rows: Sequence[dict[str, Any]], name: str) -> str:
    # The row of a day on which the method changed names two.
    named = (each for row in rows for each in re.split(" and | then ", row[name]))
    return " and ".join(dict.fromkeys(named))


def undated(result: AnyFootprint) -> str:
    """How long each block is taken to be, where the source does not say; else nothing."""
    chain = getattr(result, "chain", None)
    if chain is None or chain.block_times == "recorded":
        return ""
    dated = "by their numbers" if chain.block_times == "interpolated" else "by --at"
    usual = result.usual  # type: ignore[union-attr]
    return (
        f"the blocks are dated {dated}; each is taken to cover {usual.seconds} s ({usual.reason})"
    )


def doubts(result: AnyFootprint) -> Iterator[str]:
    """What a reader of the figures should know, as no check can tell whether it is right."""
    from gasprint.footprint import LOCAL_CHAIN_IDS, Footprint
    from gasprint.sources.block_times import doubt_of_time

    if not isinstance(result, Footprint):
        return
    if result.chain.gas_is_summed:
        yield (
            "the source does not tell what gas each block used: it is taken to be that of the "
            "transactions given; if some of a block are missing, give the blocks too"
        )
    if result.chain.block_times != "recorded" or result.chain.chain_id in LOCAL_CHAIN_IDS:
        return
    edges = [result.totals.first_block, result.totals.last_block]
    blocks = result.blocks.filter(result.blocks.number.isin(edges)).select("number", "timestamp")
    found = (
        doubt_of_time(each["number"], each["timestamp"], result.network.name)
        for each in blocks.order_by("number").to_pyarrow().to_pylist()
    )
    yield from [each for each in found if each][:1]


def parquet_of(table: ir.Table) -> bytes:
    """A table as the content of a Parquet file."""
    import pyarrow.parquet

    stream = io.BytesIO()
    pyarrow.parquet.write_table(table.to_pyarrow(), stream)
    return stream.getvalue()


def _headed(figures: dict[str, float]) -> dict[str, float]:
    """With the percentiles as people write them."""
    headings = {"percentile_5": "5 %", "percentile_95": "95 %"}
    return {headings.get(name, name): value for name, value in figures.items()}


def _counted(totals: Any) -> list[str]:
    parts = [
        f"{count:,} {what}"
        for count, what in ((totals.transactions, "transactions"), (totals.gas_used, "gas"))
        if count is not None
    ]
    blocks: int = getattr(totals, "blocks", 0)
    if blocks:
        parts.append(f"{blocks:,} blocks from {totals.first_block} to {totals.last_block}")
    if blocks and totals.blocks_without_gas:
        parts.append(f"{totals.blocks_without_gas:,} more with nobody to share their energy")
    return [", ".join(parts)] if parts else []
