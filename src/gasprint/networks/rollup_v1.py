"""A rollup: its own nodes by share of gas, and what it makes layer 1 carry, from the receipt.

    own energy     = own power * gas_used / gas of the rollup per second
    layer-1 energy = power of layer 1 * layer-1 gas / gas of layer 1 per second

An OP Stack receipt, from the Ecotone upgrade on, says what the transaction paid for the bytes that
it adds to layer 1, and at which prices:

    size  = l1GasUsed / 16 * 10^6                             in millionths of a compressed byte
    l1Fee = size * (16 * l1BaseFeeScalar * l1GasPrice
                    + l1BlobBaseFeeScalar * l1BlobBaseFee) / 10^12, rounded down

Blobs are not made of gas, so the layer-1 gas that the bytes stand for is a convention, with bounds:
what the fee would have bought, l1Fee / l1GasPrice, and what the bytes would have cost as calldata,
l1GasUsed. The first is best, since layer 1 is paid by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gasprint.bounds import Bounds
from gasprint.errors import SourceError
from gasprint.networks._figures import (
    HOURS_PER_YEAR,
    Network,
    Published,
    PublishedBounds,
    refuse_before,
    steady_segments,
    summed,
)
from gasprint.networks._model import NetworkModel
from gasprint.segments import Segment

_WATT_SECONDS_PER_KWH = 3_600_000
_GAS_PER_BYTE = 16


@dataclass(frozen=True)
class LayerOneCharge:
    """What a transaction of an OP Stack rollup was charged for its bytes on layer 1.

    Attributes:
        l1_gas_used: gas of the compressed bytes, were they calldata.
        l1_fee: what was paid, wei.
        l1_gas_price: base fee of layer 1, wei per gas.
        l1_base_fee_scalar: weight of that, in millionths.
        l1_blob_base_fee: base fee of layer 1's blobs, wei per blob gas.
        l1_blob_base_fee_scalar: weight of that, in millionths.
    """

    l1_gas_used: int
    l1_fee: int
    l1_gas_price: int
    l1_base_fee_scalar: int
    l1_blob_base_fee: int
    l1_blob_base_fee_scalar: int

    @classmethod
    def from_receipt(cls, receipt: Mapping[str, Any]) -> LayerOneCharge:
        """Read it out of a receipt as the node gives it: whole numbers, or their hex digits.

        Raises:
            SourceError: if a field is missing or no whole number, or if the fee is not what the
                other fields make it.
        """
        charge = cls(
            l1_gas_used=whole_number(receipt, "l1GasUsed"),
            l1_fee=whole_number(receipt, "l1Fee"),
            l1_gas_price=whole_number(receipt, "l1GasPrice"),
            l1_base_fee_scalar=whole_number(receipt, "l1BaseFeeScalar"),
            l1_blob_base_fee=whole_number(receipt, "l1BlobBaseFee"),
            l1_blob_base_fee_scalar=whole_number(receipt, "l1BlobBaseFeeScalar"),
        )
        # l1GasUsed is rounded down to whole gas: the true size is anywhere up to the next.
        least, most = charge._fee(charge.l1_gas_used), charge._fee(charge.l1_gas_used + 1)
        if not least <= charge.l1_fee <= most or charge.l1_gas_price == 0:
            raise SourceError(
                f"receipt of block {receipt.get('blockNumber')}: l1Fee is {charge.l1_fee} wei, but "
                f"its other fields make it {least}; check that it is whole, of an OP Stack chain"
            )
        return charge

    def _fee(self, l1_gas_used: int) -> int:
        size = l1_gas_used * 10**6 // _GAS_PER_BYTE
        per_byte = (
            _GAS_PER_BYTE * self.l1_base_fee_scalar * self.l1_gas_price
            + self.l1_blob_base_fee_scalar * self.l1_blob_base_fee
        )
        return size * per_byte // 10**12

    @property
    def computed_l1_fee(self) -> int:
        """What the other fields make the fee, wei: exact where the size is whole sixteenths."""
        return self._fee(self.l1_gas_used)

    @property
    def compressed_bytes(self) -> float:
        """Estimated size of the transaction in the rollup's batch, bytes."""
        return self.l1_gas_used / _GAS_PER_BYTE

    @property
    def layer_1_gas(self) -> Bounds:
        """The gas of layer 1 that the bytes stand for: best is what the fee would have bought."""
        bought = self.l1_fee / self.l1_gas_price
        return Bounds(min(bought, self.l1_gas_used), bought, max(bought, self.l1_gas_used))


@dataclass(frozen=True)
class TransactionEnergy:
    """Energy of one transaction of a rollup.

    Attributes:
        own_kwh: of the rollup's own nodes, kWh.
        layer_1_kwh: of layer 1, for the bytes that it posts, kWh.
    """

    own_kwh: Bounds
    layer_1_kwh: Bounds

    @property
    def energy_kwh(self) -> Bounds:
        """Both together, kWh."""
        return summed([self.own_kwh, self.layer_1_kwh])


@dataclass(frozen=True)
class RollupNetwork(NetworkModel):
    """A network whose power, and whose transactions' energy, follows this model.

    Attributes:
        slot_seconds: time between two of its blocks.
        own_annual_electricity: of its own nodes, kWh in a year.
        own_gas_per_second: gas of the rollup, on average.
        layer_1: the network that it posts to.
        layer_1_gas_per_second: gas of layer 1, on average.
        layer_1_gas_per_transaction: what a transaction's bytes stand for; of few receipts.
    """

    MODEL = "rollup_v1"
    KIND = "rollup"

    slot_seconds: int
    own_annual_electricity: PublishedBounds
    own_gas_per_second: Published
    layer_1: Network
    layer_1_gas_per_second: Published
    layer_1_gas_per_transaction: PublishedBounds

    @classmethod
    def from_document(cls, document: dict[str, Any], layer_1: Network) -> RollupNetwork:
        """Read the parameters out of a document of `data/networks/`."""
        return cls(
            **cls.named(document),
            slot_seconds=document["block_time"]["value"],
            own_annual_electricity=PublishedBounds.from_document(
                document["own_annual_electricity"]
            ),
            own_gas_per_second=Published(**document["own_gas_per_second"]),
            layer_1=layer_1,
            layer_1_gas_per_second=Published(**document["layer_1_gas_per_second"]),
            layer_1_gas_per_transaction=PublishedBounds.from_document(
                document["layer_1_gas_per_transaction"]
            ),
        )

    @property
    def source(self) -> str:
        """Who published the parameters."""
        return f"own nodes: {self.own_annual_electricity.source}"

    @property
    def power_watts(self) -> Bounds:
        """Average electrical power of its own nodes, W."""
        return self.own_annual_electricity.values * (1000 / HOURS_PER_YEAR)

    def power_segments(self, first: datetime, last: datetime) -> list[Segment]:
        """Electrical power of its own nodes alone, W, from the model's start to after `last`.

        Raises:
            NetworkError: if `first` is before the model holds.
        """
        year = int(self.own_annual_electricity.best.as_of[:4])
        return steady_segments(self, self.power_watts, year, first, last)

    def layer_1_kwh(self, layer_1_gas: Bounds, moment: datetime) -> Bounds:
        """Energy of layer 1 for some of its gas, kWh, by its power at a moment.

        Raises:
            NetworkError: if layer 1's model does not hold then.
        """
        power = self.layer_1.power_segments(moment, moment)[0].value
        per_gas = 1 / (self.layer_1_gas_per_second.value * _WATT_SECONDS_PER_KWH)
        return power * layer_1_gas * per_gas

    def transaction_energy(self, receipt: Mapping[str, Any], moment: datetime) -> TransactionEnergy:
        """Energy of the transaction of a receipt, kWh: own nodes by gas, and layer 1 by its bytes.

        Args:
            receipt: as the node gives it.
            moment: of its block, UTC.

        Raises:
            SourceError: if the receipt has no such fields, or they contradict each other.
            NetworkError: if the model does not hold at that moment.
        """
        refuse_before(self, moment)
        charge = LayerOneCharge.from_receipt(receipt)
        seconds = whole_number(receipt, "gasUsed") / self.own_gas_per_second.value
        return TransactionEnergy(
            own_kwh=self.power_watts * (seconds / _WATT_SECONDS_PER_KWH),
            layer_1_kwh=self.layer_1_kwh(charge.layer_1_gas, moment),
        )


def whole_number(receipt: Mapping[str, Any], field: str) -> int:
    """A field of a receipt: a whole number, or its hex digits as JSON-RPC has them.

    Raises:
        SourceError: if it is missing, or no whole number from 0 up.
    """
    value = receipt.get(field)
    try:
        number = int(value, 16) if isinstance(value, str) else value
    except ValueError:
        number = None
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        what = "is missing" if value is None else f"is {value!r}, no whole number"
        raise SourceError(
            f"receipt of block {receipt.get('blockNumber')}: {field} {what}; "
            "give receipts of an OP Stack chain from its Ecotone upgrade on"
        )
    return number
