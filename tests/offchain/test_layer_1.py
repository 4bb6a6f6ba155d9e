"""The footprint of a rollup's transactions: its own nodes, and what they put on layer 1.

given three receipts of OP Stack chains, each alone in its block
  own nodes: all of the block's two seconds; layer 1: what the model makes of the receipt
  the totals are the sum of the rows, and the method names both
given another grid
  the own nodes alone have it
given a deposit, which has no fields of layer 1
  it has its share of the own nodes, and nothing more
given a fee that contradicts the other fields, or no such fields
  it is refused
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from gasprint.errors import SourceError
from gasprint.footprint import Footprint, footprint_of
from gasprint.grid import grid_intensity, grid_named
from gasprint.networks import RollupNetwork, network_named
from gasprint.sources import open_source
from gasprint.sources.chain_data import ChainData

RECEIPTS = json.loads((Path(__file__).parent / "networks" / "op_stack_receipts.json").read_text())
MOMENT = datetime(2024, 12, 1, tzinfo=UTC)
# 814.32718 kWh a year, for the two seconds of a block.
OWN_KWH = 814.32718 / 8760 / 3600 * 2
FIELDS = {
    "l1_fee": "l1Fee",
    "l1_gas_used": "l1GasUsed",
    "l1_gas_price": "l1GasPrice",
    "l1_base_fee_scalar": "l1BaseFeeScalar",
    "l1_blob_base_fee": "l1BlobBaseFee",
    "l1_blob_base_fee_scalar": "l1BlobBaseFeeScalar",
}


def rows() -> list[dict[str, Any]]:
    """The receipts as an export has them; the third has no hash, and gets one."""
    return [
        {"transaction_hash": receipt.get("transactionHash", "0x" + "33" * 32)}
        | {"block_number": int(receipt["blockNumber"], 16), "transaction_index": 0}
        | {"gas_used": int(receipt["gasUsed"], 16)}
        | {ours: int(receipt[theirs], 16) for ours, theirs in FIELDS.items()}
        for receipt in RECEIPTS
    ]


def footprint(folder: Path, receipts: list[dict[str, Any]], grid: str) -> Footprint[Any, Any]:
    path = folder / "transactions.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in receipts))
    chain = open_source(path, at=date(2024, 12, 1))
    assert isinstance(chain, ChainData)
    return footprint_of(chain, network_named("op-mainnet"), grid_named(grid))


def test_own_nodes_and_layer_1(tmp_path: Path) -> None:
    network = network_named("op-mainnet")
    assert isinstance(network, RollupNetwork)
    result = footprint(tmp_path, rows(), "network:ethereum")
    found = {row["gas_used"]: row for row in result.table.to_pyarrow().to_pylist()}
    assert len(found) == 3
    grams_per_kwh = grid_intensity("network:ethereum").grams_per_kwh
    for receipt in RECEIPTS:
        row = found[int(receipt["gasUsed"], 16)]
        layer_1_kwh = network.transaction_energy(receipt, MOMENT).layer_1_kwh
        for bound in ("lower", "best", "upper"):
            energy_kwh = OWN_KWH + getattr(layer_1_kwh, bound)
            assert row[f"energy_kwh_{bound}"] == pytest.approx(energy_kwh, rel=1e-12)
            co2e_grams = energy_kwh * getattr(grams_per_kwh, bound)
            assert row[f"co2e_grams_{bound}"] == pytest.approx(co2e_grams, rel=1e-12)
        assert row["network_model"] == "rollup_v1 on proof_of_stake_v1"
        assert row["grid_source"] == "network:ethereum@published-2023"
    for bound in ("lower", "best", "upper"):
        total = sum(row[f"co2e_grams_{bound}"] for row in found.values())
        assert getattr(result.totals.co2e_grams, bound) == pytest.approx(total, rel=1e-12)


def test_the_first_receipt_by_hand(tmp_path: Path) -> None:
    """350739202003 / 40583973580 gas at 1250000 gas/s, of 6190000 kWh a year."""
    result = footprint(tmp_path, rows()[:1], "network:ethereum")
    layer_1_kwh = 8.6423080555 / 1_250_000 * 6_190_000 / 8760 / 3600
    (row,) = result.table.to_pyarrow().to_pylist()
    assert row["energy_kwh_best"] == pytest.approx(OWN_KWH + layer_1_kwh, rel=1e-8)


def test_layer_1_keeps_its_own_grid(tmp_path: Path) -> None:
    here = footprint(tmp_path, rows(), "egrid:SRVC").table.to_pyarrow().to_pylist()
    there = footprint(tmp_path, rows(), "network:ethereum").table.to_pyarrow().to_pylist()
    own = grid_intensity("egrid:SRVC").grams_per_kwh.best
    ethereum = grid_intensity("network:ethereum").grams_per_kwh.best
    for one, other in zip(here, there, strict=True):
        assert one["energy_kwh_best"] == other["energy_kwh_best"]
        assert one["grid_source"] == "egrid:SRVC@eGRID2023rev2 and network:ethereum@published-2023"
        change = OWN_KWH * (own - ethereum)
        assert one["co2e_grams_best"] - other["co2e_grams_best"] == pytest.approx(change)


def test_a_deposit_puts_nothing_on_layer_1(tmp_path: Path) -> None:
    deposit = rows()[0] | dict.fromkeys(FIELDS)
    table = footprint(tmp_path, [deposit, rows()[1]], "network:ethereum").table
    (row,) = table.filter(table.hash == deposit["transaction_hash"]).to_pyarrow().to_pylist()
    assert row["energy_kwh_upper"] == pytest.approx(OWN_KWH)


@pytest.mark.parametrize("change", [{"l1_fee": 360_000_000_000}, {"l1_gas_price": None}])
def test_refuses_fields_that_contradict_each_other(
    tmp_path: Path, change: dict[str, int | None]
) -> None:
    with pytest.raises(SourceError, match=r"transaction 0x91181b.* its other fields do not make"):
        footprint(tmp_path, [rows()[0] | change, rows()[1]], "network:ethereum")


@pytest.mark.parametrize("fields", [{}, dict.fromkeys(FIELDS)])
def test_refuses_receipts_without_the_fields(tmp_path: Path, fields: dict[str, None]) -> None:
    receipt = {name: value for name, value in rows()[0].items() if name not in FIELDS}
    with pytest.raises(SourceError, match="op-mainnet posts to ethereum, but the source has no"):
        footprint(tmp_path, [receipt | fields], "network:ethereum")
