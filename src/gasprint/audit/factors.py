"""Are the factors those that the contract holds?"""

from __future__ import annotations

from collections.abc import Iterator

from gasprint.audit.findings import differs
from gasprint.audit.result import Finding
from gasprint.audit.state import Expected
from gasprint.audit.subject import Subject
from gasprint.ledger import FactorPublished, RegisteredFactor

_FIGURES = (
    *("pg CO2e per gas", "pWh per gas", "Unix seconds from which it is in force"),
    *("lowest pg CO2e per gas", "highest pg CO2e per gas"),
    *("lowest pWh per gas", "highest pWh per gas", "SHA-256 of its evidence"),
)


def published(subject: Subject) -> list[FactorPublished]:
    """All factors, as they were published."""
    found = subject.rows(
        "SELECT block_number, log_index, transaction_hash, version, evidence_location, source, "
        "source_bytes, picograms_per_gas, picowatt_hours_per_gas, effective_at, "
        "picograms_per_gas_lower, picograms_per_gas_upper, picowatt_hours_per_gas_lower, "
        "picowatt_hours_per_gas_upper, evidence_hash "
        "FROM factor_published ORDER BY block_number, log_index"
    )
    return [
        FactorPublished(
            block_number=block,
            log_index=log,
            transaction_hash=transaction,
            version=int(version),
            factor=RegisteredFactor(*figures),
            evidence_location=location,
            source=source if raw is None else raw.decode("utf-8", "surrogateescape"),
        )
        for block, log, transaction, version, location, source, raw, *figures in found
    ]


def check_versions(subject: Subject) -> Iterator[Finding]:
    """Versions run from 1 without a gap."""
    versions = [each.version for each in published(subject)]
    count = len(versions)
    if subject.state is not None:
        count = subject.state.count("factorCount", count)
    yield from differs("factors", "versions published", list(range(1, count + 1)), versions)


def check_factors(subject: Subject) -> Iterator[Finding]:
    """The contract holds what was published."""
    factors = published(subject)
    count = subject.told.count("factorCount", len(factors))
    yield from subject.told.contradictions(
        "factors",
        "getFactor",
        [
            Expected(
                (each.version,),
                tuple(
                    (f"factor version {each.version}, {what}", figure)
                    for what, figure in zip(_FIGURES, _values(each.factor), strict=True)
                ),
                transaction_hash=each.transaction_hash,
            )
            for each in factors
            if each.version <= count
        ],
    )


def _values(factor: RegisteredFactor) -> list[object]:
    *figures, evidence_hash = vars(factor).values()
    return [*figures, bytes.fromhex(evidence_hash[2:])]
