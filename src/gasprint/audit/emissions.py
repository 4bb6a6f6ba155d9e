"""Are recorded emissions what the published factor in force makes of the gas?"""

from __future__ import annotations

from collections.abc import Iterator

from gasprint import units
from gasprint.audit.findings import differs, error
from gasprint.audit.result import Finding
from gasprint.audit.subject import Subject

_EXACT = 2**53
"""Whole numbers below are exact in floating point."""

# Nearly all records are right, and small enough to be exact in floating point, which takes a
# fraction of the time.
_IS_RIGHT = f"""coalesce(
    in_force.version = record.factor_version AND energy < {_EXACT} AND picograms < {_EXACT}
        AND energy = gas * picowatt_hours_per_gas
        AND picograms - gas * picograms_per_gas BETWEEN 0 AND 999999,
    false
)"""
_RECORDS = """(
    SELECT *, gas_used::DOUBLE AS gas, energy_picowatt_hours::DOUBLE AS energy,
        co2e_micrograms::DOUBLE * 1e6 AS picograms
    FROM own_records
) AS record
LEFT JOIN factor_of_block AS in_force USING (block_number)
LEFT JOIN factor ON factor.version = record.factor_version
"""
# To read the columns takes most of the time, so that the sums are made by the way.
_SUMS = f"""
CREATE OR REPLACE TEMP TABLE recorded AS
SELECT account, sum(gas_used) AS gas_used, sum(co2e_micrograms) AS co2e_micrograms,
    count(*) FILTER (NOT {_IS_RIGHT}) AS doubtful
FROM {_RECORDS} GROUP BY account
"""
# The others are looked at in whole numbers of 128 bits. To divide them takes longer than all else:
# that the product lies within the rounding is the same. No transaction has 2^64 gas, and with less
# nothing overflows.
_WRONG = f"""
CREATE OR REPLACE TEMP TABLE wrong_record AS
SELECT record.account, record.transaction_hash, record.factor_version, record.gas_used,
    record.energy_picowatt_hours, record.co2e_micrograms, in_force.version AS in_force,
    factor.picograms_per_gas, factor.picowatt_hours_per_gas
FROM {_RECORDS}
WHERE CASE
    WHEN {_IS_RIGHT} THEN false
    WHEN in_force.version IS DISTINCT FROM record.factor_version OR factor.version IS NULL THEN true
    WHEN gas_used >= {2**64} THEN true
    ELSE energy_picowatt_hours::HUGEINT != gas_used::HUGEINT * picowatt_hours_per_gas::HUGEINT
        OR co2e_micrograms::HUGEINT * 1000000 - gas_used::HUGEINT * picograms_per_gas::HUGEINT
            NOT BETWEEN 0 AND 999999
END
ORDER BY record.block_number, record.log_index
"""


def add_up_records(subject: Subject) -> None:
    """Make the tables of what each account recorded, and of the records that are wrong."""
    subject.connection.execute(_SUMS)
    is_doubtful = bool(subject.rows("FROM recorded WHERE doubtful > 0 LIMIT 1"))
    subject.connection.execute(_WRONG if is_doubtful else f"{_WRONG} LIMIT 0")


def corrections(subject: Subject) -> dict[str, int]:
    """By account, how many µg CO2e more its records should have told."""
    found: dict[str, int] = {}
    query = (
        "SELECT account, gas_used, co2e_micrograms, picograms_per_gas FROM wrong_record "
        "WHERE picograms_per_gas IS NOT NULL"
    )
    for account, gas, told, factor in subject.rows(query):
        should_be = units.co2e_micrograms_up(int(gas), int(factor))
        found[account] = found.get(account, 0) + should_be - int(told)
    return found


def check_records(subject: Subject) -> Iterator[Finding]:
    """Each record used the factor in force when it was made, and multiplied right."""
    for account, transaction, *figures, in_force, carbon, energy in subject.rows(
        "SELECT account, transaction_hash, factor_version, gas_used, energy_picowatt_hours, "
        "co2e_micrograms, in_force, picograms_per_gas, picowatt_hours_per_gas FROM wrong_record"
    ):
        version, gas, told_energy, told_co2e = map(int, figures)
        place = account, transaction
        what = "version of the factor in force"
        in_force = None if in_force is None else int(in_force)
        yield from differs("emissions", what, in_force, version, *place)
        if carbon is None:
            message = f"factor version {version} was never published"
            yield error("emissions", message, *place)
            continue
        what, should_be = f"µg CO2e of {gas:,} gas", units.co2e_micrograms_up(gas, int(carbon))
        yield from differs("emissions", what, should_be, told_co2e, *place)
        what, should_be = f"pWh of {gas:,} gas", units.energy_picowatt_hours(gas, int(energy))
        yield from differs("emissions", what, should_be, told_energy, *place)
