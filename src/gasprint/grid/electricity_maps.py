"""Hourly intensity from the API of Electricity Maps, asked when it is needed.

The API (v3, `carbon-intensity/past-range`): zone, start and end in the query, the token in the
header `auth-token`, at most 240 hours an answer. What it gives are g CO2e per kWh of consumption,
life cycle, electricity flows between zones traced; hours that it had to estimate are marked.
"""

from __future__ import annotations

import ipaddress
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gasprint.bounds import Bounds
from gasprint.errors import GridError
from gasprint.grid._figure import refuse_wrong_span
from gasprint.grid._plausible import first_implausible, implausible
from gasprint.segments import Segment, moment, within

if TYPE_CHECKING:
    import requests

TOKEN_VARIABLE = "GASPRINT_ELECTRICITYMAPS_TOKEN"
URL_VARIABLE = "GASPRINT_ELECTRICITYMAPS_URL"
DEFAULT_URL = "https://api.electricitymaps.com"

_PATH = "/v3/carbon-intensity/past-range"
_HOUR = timedelta(hours=1)
_LEAST = timedelta(microseconds=1)
_HOURS_PER_REQUEST = 240
_ATTEMPTS = 5
_LONGEST_PAUSE_SECONDS = 60
_TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class ElectricityMaps:
    """One zone of Electricity Maps.

    Attributes:
        zone: its key, such as `DE` or `US-CAL-CISO`.
        token: of one's account.
        base_url: where the API is; https, or on this machine.
        first_pause_seconds: before it is asked again for the first time; then twice as long.
    """

    zone: str
    token: str = field(repr=False)
    base_url: str = DEFAULT_URL
    first_pause_seconds: float = 0.5

    def __post_init__(self) -> None:
        """Refuse a zone that is none, and an address that would give the token away."""
        if not re.fullmatch(r"[A-Z0-9]+(-[A-Z0-9]+)*", self.zone):
            raise GridError(f"zone {self.zone!r} must look like DE or US-CAL-CISO")
        if not _is_safe(self.base_url):
            raise GridError(f"{URL_VARIABLE} must begin with https://, or be on this machine")

    @classmethod
    def from_environment(cls, zone: str) -> ElectricityMaps:
        """The zone, with token and address from the environment's variables.

        Raises:
            GridError: if no token is there.
        """
        token = os.environ.get(TOKEN_VARIABLE, "").strip()
        if not token:
            raise GridError(f"electricitymaps:{zone} needs a token; put it into {TOKEN_VARIABLE}")
        return cls(zone.upper(), token, os.environ.get(URL_VARIABLE) or DEFAULT_URL)

    @property
    def reference(self) -> str:
        """Such as `electricitymaps:DE`."""
        return f"electricitymaps:{self.zone}"

    @property
    def basis(self) -> str:
        """What kind of figures they are."""
        return "location-based average of consumption, hourly, flows traced, life cycle"

    def intensity_segments(self, first: datetime, last: datetime) -> list[Segment]:
        """CO2e of electricity, g per kWh, from `first` to `last`, both included, a segment an hour.

        Raises:
            GridError: if the service does not answer, or has no figure for some of that time.
        """
        refuse_wrong_span(first, last)
        since, end = _hour_of(first), _hour_of(last) + _HOUR
        segments: list[Segment] = []
        while since < end:
            until = min(since + _HOURS_PER_REQUEST * _HOUR, end)
            page = {each.since: each for each in self._page(since, until)}
            known = [page[each] for each in sorted(page) if since <= each < until]
            # Refused page by page, so that a time that it knows nothing of costs one request.
            span = max(first, since), min(last, until - _LEAST)
            segments += within(known, *span, self.reference, GridError)
            since = until
        best = [each.value.best for each in segments]
        if found := first_implausible(best):
            index, problem = found
            at = moment(segments[index].since)
            raise self._nonsense(f"{best[index]:g} g/kWh at {at}, {problem}")
        return segments

    def _page(self, since: datetime, until: datetime) -> Iterator[Segment]:
        response = self._answer(
            {
                "zone": self.zone,
                "start": f"{since:%Y-%m-%dT%H:%M:%SZ}",
                "end": f"{until:%Y-%m-%dT%H:%M:%SZ}",
                "temporalGranularity": "hourly",
                "emissionFactorType": "lifecycle",
            }
        )
        try:
            rows = response.json()["data"]
            for row in rows:
                # Null is what it has for an hour that it knows nothing of: a gap.
                if row["carbonIntensity"] is not None:
                    yield self._segment(row)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            raise self._nonsense(f"{type(error).__name__}") from error

    def _segment(self, row: dict[str, Any]) -> Segment:
        said = (row["zone"], row.get("emissionFactorType", "lifecycle"))
        granularity = row.get("temporalGranularity", "hourly")
        if said != (self.zone, "lifecycle") or granularity != "hourly":
            # Without a zone that it knows, the service may answer for where the caller is.
            raise self._nonsense(f"it is of {said[0]}, {said[1]}, {granularity}")
        since = datetime.fromisoformat(row["datetime"])
        if since.tzinfo is None or since != _hour_of(since):
            raise ValueError("no full hour, or of no time zone")
        since = since.astimezone(UTC)
        grams_per_kwh = row["carbonIntensity"]
        if isinstance(grams_per_kwh, bool) or not isinstance(grams_per_kwh, int | float):
            raise TypeError("no number")
        if problem := implausible(grams_per_kwh):
            raise self._nonsense(f"{grams_per_kwh:g} g/kWh, {problem}")
        source = f"Electricity Maps, zone {self.zone}, updated {row['updatedAt'][:10]}"
        if row["isEstimated"]:
            source += f", estimated ({row.get('estimationMethod') or 'by a method not named'})"
        value = Bounds.exactly(float(grams_per_kwh))
        return Segment(since, since + _HOUR, value, self.reference, source, since.year)

    def _answer(self, query: dict[str, str]) -> requests.Response:
        import requests

        pause = self.first_pause_seconds
        for attempt in range(1, _ATTEMPTS + 1):
            asked_to_wait: float | None = None
            try:
                response = requests.get(
                    self.base_url.rstrip("/") + _PATH,
                    params=query,
                    headers={"auth-token": self.token},
                    timeout=_TIMEOUT_SECONDS,
                    # The token is for nobody else.
                    allow_redirects=False,
                )
                status = response.status_code
                if status == requests.codes.ok:
                    return response
                if status != requests.codes.too_many_requests and status < 500:
                    raise GridError(self._refusal(status))
                problem = f"answers with status {status}"
                asked_to_wait = _seconds_to_wait(response.headers.get("Retry-After", ""))
            except requests.RequestException as error:
                # Its own text may repeat the address, with what stands in it.
                problem = f"cannot be reached ({type(error).__name__})"
            wait = pause if asked_to_wait is None else asked_to_wait
            if attempt == _ATTEMPTS or wait > _LONGEST_PAUSE_SECONDS:
                break
            time.sleep(wait)
            pause *= 2
        again = f"again in {wait:.0f} s" if wait > _LONGEST_PAUSE_SECONDS else "again later"
        raise GridError(f"{self._host} {problem} (tries: {attempt}); try {again}")

    def _refusal(self, status: int) -> str:
        if status in (401, 403):
            return (
                f"{self._host} refuses the token for zone {self.zone} (status {status}); "
                f"is {TOKEN_VARIABLE} right, and does it cover the past of that zone?"
            )
        return f"{self._host} refuses what it is asked of zone {self.zone} (status {status})"

    def _nonsense(self, what: str) -> GridError:
        return GridError(
            f"{self._host} gave an answer for zone {self.zone} that makes no sense: {what}; "
            f"is {URL_VARIABLE} right?"
        )

    @property
    def _host(self) -> str:
        return urlsplit(self.base_url).netloc.rpartition("@")[2]


def _is_safe(base_url: str) -> bool:
    try:
        url = urlsplit(base_url)
        host = url.hostname or ""
        if url.scheme == "https":
            return bool(host)
        is_here = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
    return url.scheme == "http" and is_here


def _hour_of(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _seconds_to_wait(retry_after: str) -> float | None:
    if re.fullmatch(r"\d+", retry_after):
        return float(retry_after)
    try:
        at = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max((at - datetime.now(at.tzinfo)).total_seconds(), 0)
