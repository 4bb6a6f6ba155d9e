"""Are emissions what the published factors make of the gas, recorded and committed?

A block is charged by the factor in force at its time; what is committed of blocks before the first
factor, by the first.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from gasprint import units
from gasprint.audit.findings import differs, error
from gasprint.audit.result import Finding
from gasprint.contracts import Suite
from gasprint.ledger import EmissionsCommitted, EmissionsRecorded, FactorPublished


def check_factors(suite: Suite, published: Sequence[FactorPublished]) -> Iterator[Finding]:
    """Versions run from 1 without a gap, and the contract holds what was published."""
    versions = [each.version for each in published]
    count = suite.factor_count()
    yield from differs("factors", "versions published", list(range(1, count + 1)), versions)
    for each in published:
        if each.version <= count:
            yield from differs(
                "factors",
                f"factor version {each.version}",
                each.factor,
                suite.factor(each.version),
                transaction_hash=each.transaction_hash,
            )


def first_blocks_in_force(
    published: Iterable[FactorPublished], block_time: Callable[[int], int], blocks: range
) -> list[int]:
    """For each factor the first block that it is in force in; beyond the newest for one to come.

    Args:
        published: all factors.
        block_time: Unix seconds of a block by its number.
        blocks: from the registry's own to the newest one; a node need not know any before.
    """
    return [
        blocks.start + bisect_left(blocks, each.factor.effective_at_seconds, key=block_time)
        for each in published
    ]


def recomputed_co2e_micrograms(
    record: EmissionsRecorded, factors: Mapping[int, FactorPublished]
) -> int:
    """What `record` must have said, in µg CO2e; its own figure where its factor is unknown."""
    published = factors.get(record.factor_version)
    if published is None:
        return record.co2e_micrograms
    return units.co2e_micrograms_up(record.gas_used, published.factor.picograms_per_gas)


def check_records(
    records: Iterable[EmissionsRecorded],
    published: Sequence[FactorPublished],
    first_blocks: Sequence[int],
) -> Iterator[Finding]:
    """Each record used the factor in force when it was made, and multiplied right."""
    factors = {each.version: each for each in published}
    for record in records:
        place = record.account, record.transaction_hash
        in_force = bisect_right(first_blocks, record.block_number)
        version = published[in_force - 1].version if in_force else 0
        yield from differs(
            "emissions", "version of the factor in force", version, record.factor_version, *place
        )
        if record.factor_version not in factors:
            message = f"factor version {record.factor_version} was never published"
            yield error("emissions", message, *place)
            continue
        yield from differs(
            "emissions",
            f"µg CO2e of {record.gas_used:,} gas",
            recomputed_co2e_micrograms(record, factors),
            record.co2e_micrograms,
            *place,
        )
        yield from differs(
            "emissions",
            f"pWh of {record.gas_used:,} gas",
            units.energy_picowatt_hours(
                record.gas_used, factors[record.factor_version].factor.picowatt_hours_per_gas
            ),
            record.energy_picowatt_hours,
            *place,
        )


def check_commitments(
    commitments: Iterable[EmissionsCommitted],
    published: Sequence[FactorPublished],
    first_blocks: Sequence[int],
) -> Iterator[Finding]:
    """Each commitment goes on where the last one ended, by the factor of its blocks' time.

    Its totals are what the factor makes of its gas, to the rounding of each transaction. Whether
    its transactions are the chain's, `gasprint report --check` recomputes.
    """
    factors = {each.version: each.factor for each in published}
    next_blocks: dict[str, int] = {}
    for each in sorted(commitments, key=lambda event: event.position):
        place = each.account, each.transaction_hash
        expected = next_blocks.get(each.account, each.first_block)
        yield from differs(
            "commitments", "first block of a commitment", expected, each.first_block, *place
        )
        next_blocks[each.account] = each.last_block + 1
        for block in (each.first_block, each.last_block):
            version = max(1, bisect_right(first_blocks, block))
            yield from differs(
                "commitments",
                f"version of the factor in force in block {block}",
                version,
                each.factor_version,
                *place,
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
        yield from differs(
            "commitments",
            f"pWh of {each.gas_used:,} gas",
            units.energy_picowatt_hours(each.gas_used, factor.picowatt_hours_per_gas),
            each.energy_picowatt_hours,
            *place,
        )
