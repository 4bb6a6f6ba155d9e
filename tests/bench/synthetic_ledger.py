"""A ledger of so many events as no test chain has, which contradict nothing.

Of a hundred events of a block sixty are records of emissions, of one of ten thousand accounts. The
others are ten retirements for them, of four events each: what left the holder, the standard's own
event, ours, and what was said of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from gasprint.deployments import DeployedContract, read_contracts
from gasprint.ledger import ZERO_ADDRESS
from gasprint.sync.counters import COUNTERS
from gasprint.sync.decoding import Decoder
from gasprint.sync.deployed import Deployed, Place
from gasprint.sync.events import EVENTS
from gasprint.sync.file import LedgerFile
from gasprint.sync.logs import Block
from gasprint.units import UNITS_PER_TONNE
from tests.bench.synthetic_node import (
    ACCOUNTS,
    CHAIN_ID,
    CO2E_MICROGRAMS,
    ENERGY_PICOWATT_HOURS,
    EVENTS_A_BLOCK,
    GAS_USED,
    write_synthetic_deployment,
)

RETIREMENTS_A_BLOCK, EVENTS_A_RETIREMENT = 10, 4
RECORDS_A_BLOCK = EVENTS_A_BLOCK - RETIREMENTS_A_BLOCK * EVENTS_A_RETIREMENT
UNITS = 12_345
_FIRST_SERIAL, _SERIALS = 1_000_000, 1_000_000
_REGISTRY, _PROJECT = 1, 576
_CREDIT_ID = _FIRST_SERIAL << 64 | (_FIRST_SERIAL + _SERIALS - 1)
_PROJECT_ID = _REGISTRY << 64 | _PROJECT
_TOKEN_ID = str(_PROJECT_ID << 128 | _CREDIT_ID)
_HOLDER = f"0x{2**158:040x}"

Columns = Mapping[str, Any]
"""Of a table: a list of values, or one for all rows."""


def write_synthetic_ledger(events: int, folder: Path) -> Path:
    """Write a ledger of a multiple of a hundred events, and the two that they begin with."""
    deployment = write_synthetic_deployment(folder)
    _, contracts = read_contracts(
        deployment, {name: EVENTS[name] + COUNTERS[name] for name in EVENTS}
    )
    schemas = Decoder(contracts).schemas
    path, count = folder / f"{events}.duckdb", events // EVENTS_A_BLOCK
    blocks = [Block(number, _hash(number), 12 * number + 1) for number in range(1, count + 2)]
    with LedgerFile(path, schemas).opened() as file:
        addresses = tuple(each.address for each in contracts.values())
        place = Place(CHAIN_ID, _hash(0), addresses, blocks[0])
        here = Deployed.find(file, place)
        columns = {**_beginning(contracts), **_records(contracts, count)}
        columns |= _retirements(contracts, count, columns["transfer_single"])
        tables = {
            name: _table(schemas[name], {"deployment_id": here.deployment_id, **each})
            for name, each in columns.items()
        }
        here.add(tables, blocks, blocks[-1], is_final=True).mark(True)
    return path


def _beginning(contracts: Mapping[str, DeployedContract]) -> dict[str, Columns]:
    """A factor and a credit, in the first block."""
    first = {"block_number": [1], "transaction_hash": [_hash(2**200)]}
    factor = {
        **_in_contract(contracts, "EmissionsRegistry"),
        **first,
        **{"log_index": [0], "version": 1, "effective_at": 1, "evidence_hash": _hash(0)},
        **{"evidence_location": "", "source": ""},
    }
    for bound in ("", "_lower", "_upper"):
        factor[f"picograms_per_gas{bound}"] = CO2E_MICROGRAMS * 10**6 // GAS_USED
        factor[f"picowatt_hours_per_gas{bound}"] = ENERGY_PICOWATT_HOURS // GAS_USED
    amount = _SERIALS * UNITS_PER_TONNE
    credit = {
        **_in_contract(contracts, "CarbonCredits"),
        **first,
        **{"log_index": [2], "to_": _HOLDER, "token_id": _TOKEN_ID, "amount": amount, "expiry": 0},
        **{"project_id": str(_PROJECT_ID), "credit_id": str(_CREDIT_ID)},
    }
    moved = {
        **_in_contract(contracts, "CarbonCredits"),
        **first,
        **{"log_index": [1], "operator": _HOLDER, "from_": [ZERO_ADDRESS], "to_": [_HOLDER]},
        **{"id": _TOKEN_ID, "value": [amount]},
    }
    return {"factor_published": factor, "credit_minted": credit, "transfer_single": moved}


def _records(contracts: Mapping[str, DeployedContract], blocks: int) -> dict[str, Columns]:
    numbers = range(blocks * RECORDS_A_BLOCK)
    recorded = {
        **_in_contract(contracts, "EmissionsRegistry"),
        "block_number": [2 + each // RECORDS_A_BLOCK for each in numbers],
        "log_index": [each % RECORDS_A_BLOCK for each in numbers],
        "transaction_hash": [_hash(each) for each in numbers],
        "account": [_account(each) for each in numbers],
        **{"factor_version": 1, "gas_used": GAS_USED, "co2e_micrograms": CO2E_MICROGRAMS},
        "energy_picowatt_hours": ENERGY_PICOWATT_HOURS,
    }
    return {"emissions_recorded": recorded}


def _retirements(
    contracts: Mapping[str, DeployedContract], blocks: int, issued: Columns
) -> dict[str, Columns]:
    numbers = range(blocks * RETIREMENTS_A_BLOCK)
    beneficiaries = [_account(each) for each in numbers]
    ids = [
        str(_REGISTRY << 192 | (_FIRST_SERIAL * UNITS_PER_TONNE + each * UNITS) << 96 | UNITS)
        for each in numbers
    ]

    def logged(nth: int) -> dict[str, Any]:
        places = [each % RETIREMENTS_A_BLOCK * EVENTS_A_RETIREMENT + nth for each in numbers]
        return {
            **_in_contract(contracts, "CarbonCredits"),
            "block_number": [2 + each // RETIREMENTS_A_BLOCK for each in numbers],
            "log_index": [RECORDS_A_BLOCK + each for each in places],
            "transaction_hash": [_hash(2**100 + each) for each in numbers],
        }

    moved = {**logged(0), "from_": len(numbers) * [_HOLDER], "to_": len(numbers) * [ZERO_ADDRESS]}
    moved["value"] = len(numbers) * [UNITS]
    return {
        "transfer_single": {
            name: issued[name] + moved[name] if isinstance(issued[name], list) else issued[name]
            for name in issued
        },
        "credit_retired": {
            **logged(1),
            **{"account": beneficiaries, "token_id": _TOKEN_ID, "amount": UNITS},
        },
        "retirement_recorded": {
            **logged(2),
            **{"retirement_id": ids, "token_id": _TOKEN_ID, "beneficiary": beneficiaries},
            **{"holder": _HOLDER, "agent": _HOLDER, "index": list(numbers)},
        },
        "retirement_described": {
            **logged(3),
            **{"retirement_id": ids, "payer": ZERO_ADDRESS, "beneficiary_name": "Example"},
            **{"purpose": "mint", "place": "", "period_start": 0, "period_end": 0},
        },
    }


def _in_contract(contracts: Mapping[str, DeployedContract], name: str) -> dict[str, Any]:
    return {"contract_address": contracts[name].address}


def _table(schema: pa.Schema, columns: Columns) -> pa.Table:
    """The columns of a table; null where nothing is said."""
    (rows,) = {len(each) for each in columns.values() if isinstance(each, list)}
    return pa.table(
        [
            pa.array(
                value if isinstance(value := columns.get(field.name), list) else rows * [value],
                field.type,
            )
            for field in schema
        ],
        schema=schema,
    )


def _account(number: int) -> str:
    return f"0x{2**159 + number % ACCOUNTS:040x}"


def _hash(number: int) -> str:
    return f"0x{number:064x}"
