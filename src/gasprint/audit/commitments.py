"""Do commitments go on where the last one ended, by the factor of their blocks' time?

A block is charged by the factor in force at its time; blocks before the first factor, by the first.
Totals are what the factor makes of the gas, to the rounding of each transaction. Whether the
transactions are the chain's, `records` recomputes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gasprint import units
from gasprint.audit.factors import published
from gasprint.audit.findings import differs, error, left_out
from gasprint.audit.result import Finding, NotChecked
from gasprint.audit.state import Expected
from gasprint.audit.subject import Subject
from gasprint.chain_transactions import making_sense
from gasprint.errors import InputError
from gasprint.ledger import EmissionsCommitted

# The times of the blocks that have events bound those of all others.
_EDGES = """
SELECT edge.block, before.version, after.version
FROM (
    SELECT DISTINCT unnest([first_block, last_block])::BIGINT AS block FROM own_commitments
) AS edge
ASOF LEFT JOIN factor_of_block AS before ON edge.block >= before.block_number
ASOF LEFT JOIN factor_of_block AS after ON edge.block <= after.block_number
"""
_COLUMNS = (
    *("account", "index", "factor_version", "first_block", "last_block", "last_block_hash"),
    *("record_count", "gas_used", "energy_picowatt_hours", "co2e_micrograms", "root"),
    *("records_hash", "block_number", "log_index", "transaction_hash"),
)
_NUMBERS = {each for each in _COLUMNS if each.endswith(("_block", "_hours", "_grams", "_count"))}
_NUMBERS |= {"index", "factor_version", "gas_used", "co2e_micrograms"}


def committed(subject: Subject) -> list[EmissionsCommitted]:
    """The commitments of the accounts, in the order of the chain."""
    names = ", ".join(f'"{each}"' for each in _COLUMNS)
    found = subject.rows(f"SELECT {names} FROM own_commitments ORDER BY block_number, log_index")
    events = []
    for row in found:
        fields: dict[str, Any] = {
            name: int(value) if name in _NUMBERS else value
            for name, value in zip(_COLUMNS, row, strict=True)
        }
        events.append(EmissionsCommitted(**fields))
    return events


def check_commitments(subject: Subject) -> Iterator[Finding | NotChecked]:
    """Each commitment goes on where the last one ended, and its totals are the factor's."""
    factors = {each.version: each.factor for each in published(subject)}
    versions = versions_of_edges(subject)
    if None in versions.values():
        yield left_out(
            "commitments",
            "the factor in force where some of them begin or end",
            "neither the ledger nor a node tells the times of these blocks; name one with --rpc",
        )
    ends: dict[str, tuple[int, int]] = {}
    for each in committed(subject):
        place = each.account, each.transaction_hash
        index, first_block = ends.get(each.account, (0, each.first_block))
        what = "first block of a commitment"
        yield from differs("commitments", what, first_block, each.first_block, *place)
        yield from differs("commitments", "number of a commitment", index, each.index, *place)
        ends[each.account] = each.index + 1, each.last_block + 1
        for block in (each.first_block, each.last_block):
            version = versions[block]
            if version is not None:
                what = f"version of the factor in force in block {block}"
                yield from differs(
                    "commitments", what, max(1, version), each.factor_version, *place
                )
        factor = factors.get(each.factor_version)
        if factor is None:
            message = f"factor version {each.factor_version} was never published"
            yield error("commitments", message, *place)
            continue
        least = units.co2e_micrograms_up(each.gas_used, factor.picograms_per_gas)
        if not least <= each.co2e_micrograms <= least + max(0, each.record_count - 1):
            message = (
                f"{each.co2e_micrograms:,} µg CO2e committed for {each.gas_used:,} gas of "
                f"{each.record_count:,} transactions, which come to {least:,}"
            )
            yield error("commitments", message, *place)
        energy = units.energy_picowatt_hours(each.gas_used, factor.picowatt_hours_per_gas)
        what = f"pWh of {each.gas_used:,} gas"
        yield from differs("commitments", what, energy, each.energy_picowatt_hours, *place)


def check_roots(subject: Subject) -> Iterator[Finding]:
    """The contract keeps the root that was logged."""
    yield from subject.told.contradictions(
        "commitments",
        "getCommitment",
        [
            Expected(
                (each.account, each.index),
                (
                    (f"root of commitment {each.index}", bytes.fromhex(each.root[2:])),
                    (f"first block of commitment {each.index}", each.first_block),
                    (f"last block of commitment {each.index}", each.last_block),
                    (f"factor version of commitment {each.index}", each.factor_version),
                ),
                each.account,
                each.transaction_hash,
            )
            for each in committed(subject)
        ],
    )


def versions_of_edges(subject: Subject) -> dict[int, int | None]:
    """The version in force in each block with which a commitment begins or ends, if it is known."""
    last = max((each.version for each in published(subject)), default=0)
    found: dict[int, int | None] = {}
    for block, before, after in subject.rows(_EDGES):
        earliest = 0 if before is None else int(before)
        latest = last if after is None else int(after)
        found[int(block)] = earliest if earliest == latest else None
    unknown = [block for block, version in found.items() if version is None]
    if unknown and subject.state is not None:
        found |= dict(zip(unknown, _versions(subject, unknown), strict=True))
    return found


def _versions(subject: Subject, blocks: list[int]) -> Iterator[int | None]:
    node = subject.told.node
    starts = [each.factor.effective_at_seconds for each in published(subject)]
    try:
        told = node.batch("eth_getBlockByNumber", [(hex(each), False) for each in blocks])
    except InputError:
        told = [None] * len(blocks)
    with making_sense(node):
        for each in told:
            at = None if each is None else int(each["timestamp"], 16)
            yield None if at is None else sum(start <= at for start in starts)
