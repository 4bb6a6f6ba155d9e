"""Are emissions what the published factors make of the recorded gas?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gasprint import units
from gasprint.audit.findings import differs, error
from gasprint.audit.result import Finding
from gasprint.contracts import Suite
from gasprint.ledger import EmissionsRecorded, FactorPublished


def check_factors(suite: Suite, published: Sequence[FactorPublished]) -> Iterator[Finding]:
    """Versions run from 1 without a gap, and the contract holds what was published."""
    versions = [each.version for each in published]
    yield from differs(
        "factors", "versions published", list(range(1, suite.factor_version() + 1)), versions
    )
    for each in published:
        if each.version <= suite.factor_version():
            yield from differs(
                "factors",
                f"factor version {each.version}",
                each.factor,
                suite.factor(each.version),
                transaction_hash=each.transaction_hash,
            )


def recomputed_co2e_micrograms(
    record: EmissionsRecorded, factors: Mapping[int, FactorPublished]
) -> int:
    """What `record` must have said, in µg CO2e; its own figure where its factor is unknown."""
    published = factors.get(record.factor_version)
    if published is None:
        return record.co2e_micrograms
    return units.co2e_micrograms_up(record.gas_used, published.factor.picograms_per_gas)


def check_records(
    records: Iterable[EmissionsRecorded], published: Sequence[FactorPublished]
) -> Iterator[Finding]:
    """Each record used the factor in force when it was made, and multiplied right."""
    factors = {each.version: each for each in published}
    positions = [each.position for each in published]
    for record in records:
        place = record.account, record.transaction_hash
        in_force = bisect_right(positions, record.position)
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
