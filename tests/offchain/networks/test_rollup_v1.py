"""A rollup's transactions, from the fields of their receipts.

given three receipts of OP Stack chains, from public tests and documentation
    the fee that the fields make is the fee that they state, to the wei
    the size, and the layer-1 gas that it stands for, are those worked out by hand
    each has a footprint, of the rollup's own nodes and of layer 1
given a receipt whose size is no whole number of sixteenths of a byte
    its fee is accepted: the fields are rounded down
given a receipt that lacks a field, has one that is no number, or a fee that contradicts the others
    it is refused, naming field or fee
given a moment before receipts had these fields
    it is refused
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gasprint.bounds import Bounds
from gasprint.errors import NetworkError, SourceError
from gasprint.networks import network_named
from gasprint.networks.rollup_v1 import LayerOneCharge, RollupNetwork

RECEIPTS = json.loads((Path(__file__).parent / "op_stack_receipts.json").read_text())
MOMENT = datetime(2024, 12, 1, tzinfo=UTC)


@pytest.fixture
def rollup() -> RollupNetwork:
    network = network_named("op-mainnet")
    assert isinstance(network, RollupNetwork)
    return network


@pytest.mark.parametrize(
    ("receipt", "l1_fee_wei", "layer_1_gas"),
    list(
        zip(
            RECEIPTS,
            (350_739_202_003, 4_931_920_883, 2_928_613_781),
            # l1Fee / l1GasPrice: 350739202003 / 40583973580, and so on.
            (8.642308, 3.630400, 13.576266),
            strict=True,
        )
    ),
)
def test_the_fee_is_exact(receipt: dict[str, Any], l1_fee_wei: int, layer_1_gas: float) -> None:
    charge = LayerOneCharge.from_receipt(receipt)
    assert charge.computed_l1_fee == charge.l1_fee == l1_fee_wei
    assert charge.compressed_bytes == 100
    assert charge.layer_1_gas.best == pytest.approx(layer_1_gas, abs=1e-6)
    assert charge.layer_1_gas.lower == charge.layer_1_gas.best
    assert charge.layer_1_gas.upper == 1600


@pytest.mark.parametrize("receipt", RECEIPTS)
def test_each_receipt_has_a_footprint(receipt: dict[str, Any], rollup: RollupNetwork) -> None:
    energy = rollup.transaction_energy(receipt, MOMENT)
    gas_used = int(receipt["gasUsed"], 16)
    bought = int(receipt["l1Fee"], 16) / int(receipt["l1GasPrice"], 16)
    # 814.32718 kWh a year, 2500000 gas/s; 6190000 kWh a year, 1250000 gas/s; 31536000 s a year.
    own_kwh = 814.32718 * gas_used / (2_500_000 * 31_536_000)
    layer_1_kwh = 6_190_000 * bought / (1_250_000 * 31_536_000)
    assert energy.own_kwh.best == pytest.approx(own_kwh, rel=1e-9)
    assert energy.layer_1_kwh.best == pytest.approx(layer_1_kwh, rel=1e-9)
    assert energy.energy_kwh.best == pytest.approx(own_kwh + layer_1_kwh, rel=1e-9)
    # Upper: the bytes as calldata, 1600 gas, at the most that Ethereum is said to draw.
    layer_1_most = 7_500_000 * 1600 / (1_250_000 * 31_536_000)
    assert energy.layer_1_kwh.upper == pytest.approx(layer_1_most, rel=1e-9)


def test_layer_1_is_charged_by_its_power_at_the_time(rollup: RollupNetwork) -> None:
    before = rollup.layer_1_kwh(Bounds.exactly(1600), datetime(2022, 9, 1, tzinfo=UTC))
    after = rollup.layer_1_kwh(Bounds.exactly(1600), datetime(2022, 10, 1, tzinfo=UTC))
    assert after.best < before.best / 1000


def test_a_size_between_two_sixteenths_is_accepted() -> None:
    fields = RECEIPTS[0] | {"l1GasUsed": 1700}
    per_byte = 16 * 0x146B * 0x972FE4ACC + 0xF79C5 * 0x6A83078
    # 106.28 bytes are 1700.48 gas, which the receipt has as 1700.
    charge = LayerOneCharge.from_receipt(fields | {"l1Fee": 106_280_000 * per_byte // 10**12})
    assert charge.computed_l1_fee < charge.l1_fee


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"l1BaseFeeScalar": None}, "block 0x7b1ab93: l1BaseFeeScalar is missing; give receipts"),
        ({"l1GasPrice": "40 gwei"}, "l1GasPrice is '40 gwei', no whole number"),
        ({"l1GasUsed": -1600}, "l1GasUsed is -1600, no whole number"),
        ({"l1Fee": 350_739_202_002}, "l1Fee is 350739202002 wei, but .* make it 350739202003"),
        ({"l1Fee": 360_000_000_000}, "l1Fee is 360000000000 wei, but .* make it 350739202003"),
    ],
)
def test_refuses_a_receipt_that_cannot_be(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(SourceError, match=problem):
        LayerOneCharge.from_receipt(RECEIPTS[0] | change)


def test_refuses_a_moment_before_receipts_had_the_fields(rollup: RollupNetwork) -> None:
    with pytest.raises(NetworkError, match="rollup_v1 holds for op-mainnet from 2024-03-14"):
        rollup.transaction_energy(RECEIPTS[0], datetime(2024, 3, 13, tzinfo=UTC))
