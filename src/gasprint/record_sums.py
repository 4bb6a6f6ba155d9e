"""What a node of the record tree stands for, in one word of 256 bits.

    sums = recordCount (32 bits) | gasUsed (56) | energyPicowattHours (88) | co2eMicrograms (80)

Two words add up field by field as long as no sum leaves its field, and one that does is refused.
In columns a word is four numbers of 64 bits, the most significant first.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from gasprint.errors import InputError
from gasprint.units import co2e_micrograms_up, energy_picowatt_hours

FIELD_BITS = {
    "record_count": 32,
    "gas_used": 56,
    "energy_picowatt_hours": 88,
    "co2e_micrograms": 80,
}
FACTOR_BITS = 48

Column: TypeAlias = npt.NDArray[np.uint64]

_PICOGRAMS_PER_MICROGRAM = 10**6
_LOW_32_BITS = np.uint64(2**32 - 1)


@dataclass(frozen=True)
class Sums:
    """Sums over records, each in its field.

    Attributes:
        record_count: how many records.
        gas_used: gas.
        energy_picowatt_hours: energy.
        co2e_micrograms: CO2e.
    """

    record_count: int
    gas_used: int
    energy_picowatt_hours: int
    co2e_micrograms: int

    def __post_init__(self) -> None:
        """Refuse what leaves its field.

        Raises:
            InputError: naming the sum.
        """
        for name, bits in FIELD_BITS.items():
            value = getattr(self, name)
            if not 0 <= value < 1 << bits:
                raise InputError(
                    f"{name} is {value}, which leaves its field of {bits} bits; "
                    "commit fewer blocks at a time"
                )

    def __add__(self, other: Sums) -> Sums:
        """Field by field; an InputError where a sum leaves its field."""
        return Sums(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    @property
    def word(self) -> int:
        """The word of 256 bits, as the contract has it."""
        word = 0
        for name, bits in FIELD_BITS.items():
            word = word << bits | getattr(self, name)
        return word

    @classmethod
    def of_word(cls, word: int) -> Sums:
        """The sums of a word.

        Raises:
            InputError: if it is no word of 256 bits.
        """
        if not 0 <= word < 1 << 256:
            raise InputError(f"sums word {word} is not of 256 bits; take the proof anew")
        values: list[int] = []
        for field in reversed(fields(cls)):
            bits = FIELD_BITS[field.name]
            values.insert(0, word & ((1 << bits) - 1))
            word >>= bits
        return cls(*values)


NO_SUMS = Sums(0, 0, 0, 0)


def sums_of(gas_used: Column, picograms_per_gas: int, picowatt_hours_per_gas: int) -> Sums:
    """The exact sums of as many records as there are entries.

    Args:
        gas_used: shape (n,), gas of each record.
        picograms_per_gas: pg CO2e per gas.
        picowatt_hours_per_gas: pWh per gas.

    Raises:
        InputError: if a sum or a record leaves its field, or a factor its 48 bits.
    """
    gas = _exact_sum(gas_used)
    co2e = _exact_sum(co2e_column(gas_used, picograms_per_gas))
    return Sums(len(gas_used), gas, gas * _factor(picowatt_hours_per_gas), co2e)


def co2e_column(gas_used: Column, picograms_per_gas: int) -> Column:
    """Micrograms of CO2e of each record, rounded up; shape (n,), as the gas.

    Raises:
        InputError: if one does not fit 64 bits, or the factor not 48.
    """
    most = co2e_micrograms_up(int(gas_used.max(initial=0)), _factor(picograms_per_gas))
    if most >= 1 << 64:
        raise InputError(f"co2e_micrograms of a record is {most}, beyond 64 bits; check its gas")
    # Both taken apart by a million, so that no product leaves 64 bits where the result does not.
    micrograms, picograms = divmod(picograms_per_gas, _PICOGRAMS_PER_MICROGRAM)
    millions, rest = np.divmod(gas_used, np.uint64(_PICOGRAMS_PER_MICROGRAM))
    rounded_up = (
        rest * np.uint64(picograms) + np.uint64(_PICOGRAMS_PER_MICROGRAM - 1)
    ) // np.uint64(_PICOGRAMS_PER_MICROGRAM)
    return millions * np.uint64(picograms_per_gas) + rest * np.uint64(micrograms) + rounded_up


def energy_limbs(gas_used: Column, picowatt_hours_per_gas: int) -> tuple[Column, Column]:
    """Picowatt-hours of each record, exact: the bits from the 64th on, and the 64 below.

    Both of shape (n,), as the gas.

    Raises:
        InputError: if one leaves its field of 88 bits, or the factor its 48.
    """
    most = int(gas_used.max(initial=0))
    Sums(1, most, energy_picowatt_hours(most, _factor(picowatt_hours_per_gas)), 0)
    factor_high, factor_low = (np.uint64(part) for part in divmod(picowatt_hours_per_gas, 1 << 32))
    gas_high, gas_low = gas_used >> np.uint64(32), gas_used & _LOW_32_BITS
    lowest = gas_low * factor_low
    middle = (lowest >> np.uint64(32)) + gas_low * factor_high + gas_high * factor_low
    high = gas_high * factor_high + (middle >> np.uint64(32))
    return high, middle << np.uint64(32) | lowest & _LOW_32_BITS


def record_words(
    gas_used: Column, picograms_per_gas: int, picowatt_hours_per_gas: int
) -> npt.NDArray[np.uint64]:
    """The sums word of each record; shape (n, 4), the most significant 64 bits first.

    Raises:
        InputError: if a record leaves a field, or a factor its 48 bits.
    """
    energy_high, energy_low = energy_limbs(gas_used, picowatt_hours_per_gas)
    words = np.empty((len(gas_used), 4), np.uint64)
    words[:, 0] = np.uint64(1 << 32) | gas_used >> np.uint64(24)
    words[:, 1] = (
        gas_used << np.uint64(40) | energy_high << np.uint64(16) | energy_low >> np.uint64(48)
    )
    words[:, 2] = energy_low << np.uint64(16)  # CO2e of one record ends 16 bits below this limb
    words[:, 3] = co2e_column(gas_used, picograms_per_gas)
    return words


def added_words(
    left: npt.NDArray[np.uint64], right: npt.NDArray[np.uint64]
) -> npt.NDArray[np.uint64]:
    """The sums of words, pair by pair; all of shape (n, 4).

    That no field is left is for the caller to know, by the sum over all.
    """
    sums = np.empty_like(left)
    carry = np.zeros(len(left), np.uint64)
    for limb in reversed(range(4)):
        without_carry = left[:, limb] + right[:, limb]
        sums[:, limb] = without_carry + carry
        carry = ((without_carry < left[:, limb]) | (sums[:, limb] < without_carry)).astype(
            np.uint64
        )
    return sums


def _exact_sum(column: Column) -> int:
    high, low = column >> np.uint64(32), column & _LOW_32_BITS
    return (int(high.sum()) << 32) + int(low.sum())


def _factor(factor: int) -> int:
    if not 0 <= factor < 1 << FACTOR_BITS:
        raise InputError(f"factor {factor} does not fit {FACTOR_BITS} bits; take it off the chain")
    return factor
