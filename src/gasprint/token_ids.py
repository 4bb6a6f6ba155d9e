"""Token ids of ERC-8393 that say which serials they hold.

    tokenId   = projectId << 128 | creditId
    projectId = registry << 64 | project number
    creditId  = first serial << 64 | last serial

Each part has 64 bits. A retirement that starts `start_units` into the credit owns an exact span of
serials, down to a fraction of one; `gasprint.retirements` reads it off the retirement's own id.
"""

from __future__ import annotations

from dataclasses import dataclass

from gasprint.errors import TokenIdError
from gasprint.serials import Serial
from gasprint.units import UNITS_PER_TONNE, units_of_serials

VERRA_VCS = 1
"""Registry number of the Verified Carbon Standard at Verra; APX and MER serials are its own."""

_PART_BITS = 64
_PART_MASK = 2**_PART_BITS - 1


@dataclass(frozen=True)
class TokenId:
    """What a token id says.

    Attributes:
        registry: number of the registry, `VERRA_VCS` for one.
        project_number: the project's number at that registry.
        first_serial: first serial number, included.
        last_serial: last serial number, included.

    Raises:
        TokenIdError: if a part is zero or beyond 64 bits, or the serials are reversed.
    """

    registry: int
    project_number: int
    first_serial: int
    last_serial: int

    def __post_init__(self) -> None:
        """Refuse what no issued token can say."""
        for name, value in vars(self).items():
            if not 1 <= value <= _PART_MASK:
                raise TokenIdError(f"token id: {name} is {value}, outside 1 to 2^64 - 1")
        if self.last_serial < self.first_serial:
            raise TokenIdError(
                f"token id: last_serial {self.last_serial} comes before "
                f"first_serial {self.first_serial}; this is no credit's id"
            )

    def __int__(self) -> int:
        """The id as the contract knows it."""
        project_id = self.registry << _PART_BITS | self.project_number
        credit_id = self.first_serial << _PART_BITS | self.last_serial
        return project_id << 2 * _PART_BITS | credit_id

    @property
    def units(self) -> int:
        """Everything issued under the id, in base units."""
        return units_of_serials(self.first_serial, self.last_serial)


@dataclass(frozen=True)
class SerialSpan:
    """The serials that a retirement owns, from a point in one to a point in another.

    Attributes:
        first_serial: serial in which the span begins.
        first_offset_units: units of that serial which come before the span.
        last_serial: serial in which the span ends.
        last_end_units: units of that serial up to the span's end; 10^8 when it is used up.
    """

    first_serial: int
    first_offset_units: int
    last_serial: int
    last_end_units: int


def token_id_of(serial: Serial) -> int:
    """The token id under which the block of `serial` is issued."""
    return int(TokenId(VERRA_VCS, serial.project_number, serial.start, serial.end))


def describe_token_id(token_id: int) -> TokenId:
    """Read registry, project and serials off a token id.

    Raises:
        TokenIdError: if no credit can have this id.
    """
    if not 0 <= token_id < 2**256:
        raise TokenIdError(f"token id {token_id} does not fit 256 bits; check the digits")
    parts = (token_id >> _PART_BITS * place & _PART_MASK for place in (3, 2, 1, 0))
    return TokenId(*parts)


def serial_span(token_id: int, start_units: int, units: int) -> SerialSpan:
    """The serials owned by a retirement of `units` that starts `start_units` into the credit.

    Raises:
        TokenIdError: if no credit can have this id, or the span is empty or leaves the credit.
    """
    credit = describe_token_id(token_id)
    if start_units < 0 or units < 1:
        raise TokenIdError(
            f"a span of {units} units from {start_units} is empty; "
            "give a start of 0 or more and at least 1 unit"
        )
    last_unit = start_units + units - 1
    if last_unit >= credit.units:
        raise TokenIdError(
            f"a span of {units} units from {start_units} ends beyond "
            f"the credit's {credit.units} units"
        )
    return span_of_units(credit.first_serial * UNITS_PER_TONNE + start_units, units)


def span_of_units(first_unit: int, units: int) -> SerialSpan:
    """The serials that `units` take from `first_unit` on, at least one.

    Args:
        first_unit: counted through all serials of the registry; serial `s` begins at `s * 10^8`.
        units: how many.
    """
    last_unit = first_unit + units - 1
    return SerialSpan(
        first_serial=first_unit // UNITS_PER_TONNE,
        first_offset_units=first_unit % UNITS_PER_TONNE,
        last_serial=last_unit // UNITS_PER_TONNE,
        last_end_units=last_unit % UNITS_PER_TONNE + 1,
    )
