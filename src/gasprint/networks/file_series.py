"""A power series of one's own, `file:power.csv`, with the column `power_watts`, or three.

Lower, best and upper are in `power_watts_lower`, `power_watts_best` and `power_watts_upper`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gasprint.errors import NetworkError
from gasprint.segments import Segment, within
from gasprint.series_file import Quantity, SeriesFile, read_series_file

HIGHEST_POWER_WATTS = 100e9
"""Several times what any network draws: the most published of one, Bitcoin, is 18 GW (161 TWh a
year, in `data/networks/reference.csv`)."""


@dataclass(frozen=True)
class FileNetwork:
    """A network whose power is what a file says.

    Attributes:
        file: the series, W.
    """

    file: SeriesFile

    @property
    def name(self) -> str:
        """That of the file."""
        return f"file:{self.file.name}"

    @property
    def kind(self) -> str:
        """Not known of a file."""
        return "as the file says"

    @property
    def model(self) -> str:
        """The file, with the hash of its content."""
        return self.file.reference

    @property
    def valid_from(self) -> datetime:
        """First moment of the series, UTC."""
        return self.file.segments[0].since

    @property
    def source(self) -> str:
        """Those that the file names, each once."""
        return "; ".join(dict.fromkeys(each.source for each in self.file.segments))

    def power_segments(self, first: datetime, last: datetime) -> list[Segment]:
        """Electrical power of the network, W, from `first` to `last`, both included, UTC.

        Raises:
            NetworkError: naming the first moment that has no figure.
        """
        return within(self.file.segments, first, last, self.model, NetworkError)


def network_of_file(text: str) -> FileNetwork:
    """The network of a CSV file, as in `power.csv` or `power.csv@sha256-0123456789ab`.

    Raises:
        NetworkError: if the file cannot be read, or a row of it is wrong, which it names.
    """
    return FileNetwork(read_series_file(text, _POWER))


def _first_implausible(power_watts: Sequence[float]) -> tuple[int, str] | None:
    for index, value in enumerate(power_watts):
        if not 0 < value <= HIGHEST_POWER_WATTS:
            return index, (
                "outside of what a network can draw, above 0 and up to "
                f"{HIGHEST_POWER_WATTS / 1e9:g} GW; is its unit W?"
            )
    return None


_POWER = Quantity("power_watts", "W", _first_implausible, NetworkError)
