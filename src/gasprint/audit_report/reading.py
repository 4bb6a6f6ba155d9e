"""Reads from a ledger what a report says beside the audit, and from a node how credits are called.

The one place that knows where this comes from.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from eth_abi.exceptions import DecodingError
from eth_utils.abi import function_signature_to_4byte_selector

from gasprint._abi import CODEC
from gasprint._node import Node
from gasprint.audit.result import AccountLine, Audit, RetirementLine
from gasprint.audit_report.data import (
    Course,
    CreditLine,
    EmissionLine,
    FactorLine,
    Figures,
    Place,
    ReportData,
    Step,
    Way,
)
from gasprint.errors import InputError
from gasprint.ledger import RetirementDetails
from gasprint.sync.reading import opened_ledger
from gasprint.units import MICROGRAMS_PER_UNIT

_STEPS_AT_MOST = 1_000
_GET_METADATA = function_signature_to_4byte_selector("getMetadata(uint256)").hex()
_METADATA = "(uint256,uint256,string,string,string,string,uint256,uint256,bool)"

_EMITTED = """
SELECT deployment_id, block_number, log_index, transaction_hash, account, factor_version,
       'metered' AS way, 1 AS records, gas_used, energy_picowatt_hours, co2e_micrograms
FROM emissions_recorded
UNION ALL
SELECT deployment_id, block_number, log_index, transaction_hash, account, factor_version,
       'committed', record_count, gas_used, energy_picowatt_hours, co2e_micrograms
FROM emissions_committed
"""
# Of the deployments and accounts that were audited, up to the block as of which they were.
_VIEWS = f"""
CREATE TEMP VIEW emitted AS
SELECT each.*, audited.chain_id FROM ({_EMITTED}) AS each
JOIN audited USING (deployment_id)
JOIN audited_accounts USING (chain_id, account)
WHERE block_number <= audited.block;
CREATE TEMP VIEW retired AS
SELECT each.*, audited.chain_id, units FROM retirement_recorded AS each
JOIN audited USING (deployment_id)
JOIN audited_retirements USING (chain_id, retirement_id)
WHERE block_number <= audited.block;
"""
_EMISSIONS = """
SELECT chain_id, account, way, factor_version, sum(records), sum(gas_used),
       sum(energy_picowatt_hours), sum(co2e_micrograms)
FROM emitted GROUP BY ALL ORDER BY min((block_number, log_index)), way DESC
"""
_FACTORS = """
SELECT chain_id, version,
       picograms_per_gas_lower, picograms_per_gas, picograms_per_gas_upper,
       picowatt_hours_per_gas_lower, picowatt_hours_per_gas, picowatt_hours_per_gas_upper,
       effective_at, source, evidence_hash, evidence_location
FROM factor_published JOIN audited USING (deployment_id)
WHERE block_number <= block ORDER BY deployment_id, version
"""
_CREDITS = """
SELECT chain_id, carbon_credits, block, each.token_id, amount, evidence_hash
FROM (SELECT DISTINCT deployment_id, token_id FROM retired) AS drawn
JOIN credit_minted AS each USING (deployment_id, token_id)
JOIN audited USING (deployment_id)
LEFT JOIN (
    SELECT deployment_id, token_id, arg_max(evidence_hash, (block_number, log_index))
        AS evidence_hash
    FROM credit_attested GROUP BY ALL
) USING (deployment_id, token_id)
ORDER BY deployment_id, each.block_number, each.log_index
"""
_DETAILS = """
SELECT DISTINCT chain_id, retirement_id, payer, beneficiary_name, purpose, place,
       period_start, period_end
FROM retirement_described JOIN retired USING (deployment_id, retirement_id)
"""
_CERTIFICATES = """
SELECT DISTINCT chain_id, retirement_id FROM retired JOIN locked
ON retired.deployment_id = locked.deployment_id AND retirement_id = locked.token_id
"""
_COURSE = f"""
WITH changes AS (
    SELECT deployment_id, block_number, log_index, transaction_hash,
           co2e_micrograms AS emitted, 0 AS retired FROM emitted
    UNION ALL
    SELECT deployment_id, block_number, log_index, transaction_hash,
           0, units * {MICROGRAMS_PER_UNIT} FROM retired
), transactions AS (
    SELECT any_value(time_unix_seconds) AS time, min((block_number, log_index)) AS position,
           deployment_id, sum(emitted) AS emitted, sum(retired) AS retired
    FROM changes JOIN blocks USING (deployment_id, block_number)
    GROUP BY deployment_id, transaction_hash
), course AS (
    SELECT row_number() OVER in_order AS number, count(*) OVER () AS total,
           greatest(1, (total + {_STEPS_AT_MOST} - 1) // {_STEPS_AT_MOST}) AS stride,
           sum(emitted) OVER in_order AS emitted, sum(retired) OVER in_order AS retired,
           min(time) OVER () AS first, max(time) OVER () AS last
    FROM transactions WINDOW in_order AS (ORDER BY time, deployment_id, position)
)
SELECT total, stride, first, last, emitted, retired FROM course
WHERE (total - number) % stride = 0 ORDER BY number
"""


@dataclass(frozen=True)
class _Ledger:
    connection: duckdb.DuckDBPyConnection

    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        """Rows of a query, whole numbers as such."""
        for row in self.connection.execute(query).fetchall():
            yield tuple(int(each) if hasattr(each, "as_tuple") else each for each in row)


def read(
    audit: Audit,
    ledger: Path,
    nodes: Iterable[Node] = (),
    named_accounts: Iterable[str] | None = None,
) -> ReportData:
    """Read the rest of a report, as of the blocks of its audit.

    Args:
        audit: what was found in that ledger.
        ledger: the file that `gasprint sync` wrote.
        nodes: of the chains, for the time of the newest block and the names of projects, which no
            event tells; without one these stay out.
        named_accounts: the accounts that the audit was asked for; None for all.

    Raises:
        InputError: if the ledger cannot be read.
    """
    by_chain = {node.chain_id(): node for node in nodes}
    with opened_ledger(ledger) as connection:
        places = tuple(_prepare(connection, audit, by_chain))
        found = _Ledger(connection)
        factors = tuple(map(_factor_line, found.rows(_FACTORS)))
        return ReportData(
            audit=audit,
            places=places,
            named_accounts=None if named_accounts is None else tuple(named_accounts),
            factors=factors,
            emissions=tuple(_emission_lines(found.rows(_EMISSIONS), factors)),
            credits=tuple(_credit_lines(found.rows(_CREDITS), by_chain)),
            details={
                (chain_id, int(retirement_id)): RetirementDetails(*said)
                for chain_id, retirement_id, *said in found.rows(_DETAILS)
            },
            certificates=frozenset(
                (chain_id, int(retirement_id))
                for chain_id, retirement_id in found.rows(_CERTIFICATES)
            ),
            course=_course(list(found.rows(_COURSE))),
        )


def _prepare(
    connection: duckdb.DuckDBPyConnection, audit: Audit, nodes: dict[int, Node]
) -> Iterator[Place]:
    """Lay out what was audited beside the ledger's tables, and tell where that was."""
    blocks = {each.deployment_id: each.block_number for each in audit.deployments}
    rows = connection.execute(
        "SELECT deployment_id, chain_id, read_block, read_block_hash, carbon_credits, "
        "emissions_registry FROM deployments WHERE read_block IS NOT NULL ORDER BY deployment_id"
    ).fetchall()
    rows = [row for row in rows if row[0] in blocks]
    _register(
        connection,
        "audited",
        {
            "deployment_id": pa.array([row[0] for row in rows], pa.int32()),
            "chain_id": pa.array([row[1] for row in rows], pa.int64()),
            "block": pa.array([blocks[row[0]] for row in rows], pa.int64()),
            "carbon_credits": pa.array([row[4] for row in rows], pa.string()),
        },
    )
    chain_of = {id(each): each.chain_id or audit.chain_id for each in _lines(audit)}
    _register(
        connection,
        "audited_accounts",
        {
            "chain_id": pa.array([chain_of[id(each)] for each in audit.accounts], pa.int64()),
            "account": pa.array([each.account for each in audit.accounts], pa.string()),
        },
    )
    shown = audit.retirements
    _register(
        connection,
        "audited_retirements",
        {
            "chain_id": pa.array([chain_of[id(each)] for each in shown], pa.int64()),
            "retirement_id": pa.array([str(each.retirement_id) for each in shown], pa.string()),
            "units": pa.array([each.units for each in shown], pa.decimal128(38, 0)),
        },
    )
    connection.execute(_VIEWS)
    times = dict(
        connection.execute(
            "SELECT deployment_id, max(time_unix_seconds) FROM blocks JOIN audited USING "
            "(deployment_id) WHERE block_number <= block GROUP BY ALL"
        ).fetchall()
    )
    for number, chain_id, read_block, read_hash, credits, registry in rows:
        block, time = blocks[number], times.get(number, 0)
        if chain_id in nodes:
            time = nodes[chain_id].block_time_unix_seconds(block)
        yield Place(
            chain_id=chain_id,
            block_number=block,
            block_hash=read_hash if block == read_block else "",
            block_time_unix_seconds=time,
            carbon_credits=credits,
            emissions_registry=registry,
        )


def _lines(audit: Audit) -> Iterator[AccountLine | RetirementLine]:
    yield from audit.accounts
    yield from audit.retirements


def _register(
    connection: duckdb.DuckDBPyConnection, name: str, columns: dict[str, pa.Array]
) -> None:
    connection.register("given", pa.table(columns))
    connection.execute(f"CREATE TEMP TABLE {name} AS SELECT DISTINCT * FROM given")
    connection.unregister("given")


def _factor_line(row: tuple[Any, ...]) -> FactorLine:
    chain_id, version, *figures, effective_at, source, evidence_hash, location = row
    return FactorLine(
        chain_id=chain_id,
        version=version,
        picograms_per_gas=Figures(*figures[:3]),
        picowatt_hours_per_gas=Figures(*figures[3:]),
        effective_at_unix_seconds=effective_at,
        source=source,
        evidence_hash=evidence_hash,
        evidence_location=location,
    )


def _emission_lines(
    rows: Iterable[tuple[Any, ...]], factors: Iterable[FactorLine]
) -> Iterator[EmissionLine]:
    by_version = {(each.chain_id, each.version): each.picograms_per_gas for each in factors}
    for chain_id, account, way, version, records, gas_used, energy, co2e in rows:
        known = by_version.get((chain_id, version))
        yield EmissionLine(
            chain_id=chain_id,
            account=account,
            way=Way(way),
            factor_version=version,
            records=records,
            gas_used=gas_used,
            energy_picowatt_hours=energy,
            co2e_micrograms=co2e,
            co2e_lower_micrograms=_micrograms_up(gas_used, known.lower) if known else None,
            co2e_upper_micrograms=_micrograms_up(gas_used, known.upper) if known else None,
        )


def _micrograms_up(gas_used: int, picograms_per_gas: int) -> int:
    # Not by `units`, which refuses what passes 256 bits: a node may have made these figures up.
    return -(-gas_used * picograms_per_gas // 10**6)


def _credit_lines(rows: Iterable[tuple[Any, ...]], nodes: dict[int, Node]) -> Iterator[CreditLine]:
    for chain_id, address, block, token_id, units, evidence_hash in rows:
        words = ("", "", "", "")
        if chain_id in nodes:
            words = _words_of(nodes[chain_id], address, int(token_id), block)
        yield CreditLine(
            chain_id, int(token_id), *words, issued_units=units, evidence_hash=evidence_hash or ""
        )


def _words_of(node: Node, address: str, token_id: int, block: int) -> tuple[str, str, str, str]:
    """Name of the project, methodology, vintage and country; nothing where it does not tell."""
    call = {"to": address, "data": f"0x{_GET_METADATA}{token_id:064x}"}
    with contextlib.suppress(InputError, ValueError, DecodingError):
        told = bytes.fromhex(str(node.request("eth_call", call, hex(block))).removeprefix("0x"))
        ((_, _, project_name, methodology, vintage, country, *_),) = CODEC.decode([_METADATA], told)
        return project_name, methodology, vintage, country
    return "", "", "", ""


def _course(rows: list[tuple[Any, ...]]) -> Course:
    if not rows:
        return Course(0, 1, (), None, None)
    transactions, stride, first, last, _, _ = rows[0]
    return Course(transactions, stride, tuple(Step(*row[4:]) for row in rows), first, last)
