"""Electricity Maps, by a server on this machine that speaks its API.

given hours that the service knows
    it gives a segment each, in pages of 240 hours, and marks those that were estimated
given an hour that it does not know
    it refuses, naming the hour
given a service that is busy or fails
    it asks again, when the service says or later and later; in the end it says in one line what
    the matter was
given a service that refuses, sends elsewhere or makes no sense
    it says so at once in one line, without the token
given an address that would give the token away, or no token
    it refuses
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from gasprint.errors import GridError
from gasprint.grid import grid_named
from gasprint.grid.electricity_maps import TOKEN_VARIABLE, URL_VARIABLE, ElectricityMaps

TOKEN = "a-token-that-no-message-shows"
HOUR = timedelta(hours=1)
MIDNIGHT = datetime(2024, 5, 1, tzinfo=UTC)
Row = dict[str, Any]


class Service(ThreadingHTTPServer):
    """The API on this machine: what it knows, and how it answers next before it does so well."""

    def __init__(self) -> None:
        """Listen; every hour of May and June 2024 is known."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.rows = [_row(MIDNIGHT + hours * HOUR) for hours in range(61 * 24)]
        self.next_answers: list[tuple[int, dict[str, str], bytes]] = []
        self.asked: list[dict[str, str]] = []
        self.base_url = f"http://127.0.0.1:{self.server_address[1]}"

    def zone(self, zone: str = "DE", token: str = TOKEN) -> ElectricityMaps:
        """A client of it that does not wait long."""
        return ElectricityMaps(zone, token, self.base_url, first_pause_seconds=0.001)

    def fails(self, status: int, times: int = 1, **headers: str) -> None:
        """Let it answer `status` that many times."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        self.next_answers += [(status, sent, b"")] * times

    def says(self, body: object) -> None:
        """Let it answer `body` once, as JSON if it is no text."""
        text = body if isinstance(body, str) else json.dumps(body)
        self.next_answers.append((200, {}, text.encode()))


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        self.server.asked.append(dict(parse_qsl(urlsplit(self.path).query)))
        if self.server.next_answers:
            self._send(*self.server.next_answers.pop(0))
        elif self.headers["auth-token"] != TOKEN:
            self._send(401, {}, b'{"error": "Invalid auth-token"}')
        elif not self.path.startswith("/v3/carbon-intensity/past-range?"):
            self._send(404, {}, b"")
        else:
            self._send_range(self.server.asked[-1])

    def _send_range(self, query: dict[str, str]) -> None:
        start, end = (datetime.fromisoformat(query[name]) for name in ("start", "end"))
        if end - start > 240 * HOUR or query["temporalGranularity"] != "hourly":
            self._send(400, {}, b'{"error": "Requested time range is too large"}')
            return
        rows = [
            {**row, "zone": query["zone"]}
            for row in self.server.rows
            if start <= datetime.fromisoformat(row["datetime"]) < end
        ]
        self._send(200, {}, json.dumps({"data": rows, "temporalGranularity": "hourly"}).encode())

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def _row(since: datetime, **changed: object) -> Row:
    return {
        "zone": "DE",
        "carbonIntensity": 300 + since.hour,
        "datetime": f"{since:%Y-%m-%dT%H:%M:%S}.000Z",
        "updatedAt": "2024-08-01T15:32:21.002Z",
        "createdAt": "2024-04-30T06:20:31.772Z",
        "emissionFactorType": "lifecycle",
        "isEstimated": False,
        "estimationMethod": None,
        "temporalGranularity": "hourly",
    } | changed


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        yield server
        server.shutdown()


@pytest.fixture
def refused() -> Callable[[ElectricityMaps, datetime], str]:
    """Asks for one hour, which must be refused in one line without the token; gives that line."""

    def ask(zone: ElectricityMaps, at: datetime = MIDNIGHT) -> str:
        with pytest.raises(GridError) as refusal:
            zone.intensity_segments(at, at)
        line = str(refusal.value)
        assert "\n" not in line
        assert TOKEN not in line
        return line

    return ask


Refused = Callable[..., str]


def test_hours(service: Service) -> None:
    last = MIDNIGHT + 2.5 * HOUR
    found = service.zone().intensity_segments(MIDNIGHT + 0.5 * HOUR, last)
    assert [each.value.best for each in found] == [300, 301, 302]
    assert [(each.since, each.until) for each in found] == [
        (MIDNIGHT + hours * HOUR, MIDNIGHT + (hours + 1) * HOUR) for hours in range(3)
    ]
    assert {each.label for each in found} == {"electricitymaps:DE"}
    assert {each.source for each in found} == {"Electricity Maps, zone DE, updated 2024-08-01"}
    assert {each.year for each in found} == {2024}
    (asked,) = service.asked
    assert (asked["zone"], asked["emissionFactorType"]) == ("DE", "lifecycle")


def test_pages_of_240_hours(service: Service) -> None:
    found = service.zone().intensity_segments(MIDNIGHT, MIDNIGHT + timedelta(days=25))
    assert len(found) == 25 * 24 + 1
    assert [each.until for each in found[:-1]] == [each.since for each in found[1:]]
    assert [(asked["start"], asked["end"]) for asked in service.asked] == [
        ("2024-05-01T00:00:00Z", "2024-05-11T00:00:00Z"),
        ("2024-05-11T00:00:00Z", "2024-05-21T00:00:00Z"),
        ("2024-05-21T00:00:00Z", "2024-05-26T01:00:00Z"),
    ]


def test_estimated_hours_are_marked(service: Service) -> None:
    service.rows[1] = _row(
        MIDNIGHT + HOUR, isEstimated=True, estimationMethod="TIME_SLICER_AVERAGE"
    )
    measured, estimated = service.zone().intensity_segments(MIDNIGHT, MIDNIGHT + HOUR)
    assert "estimated" not in measured.source
    assert estimated.source.endswith(", estimated (TIME_SLICER_AVERAGE)")


def test_refuses_an_hour_that_the_service_does_not_know(service: Service) -> None:
    service.rows[1] = _row(MIDNIGHT + HOUR, carbonIntensity=None)
    del service.rows[5]
    zone = service.zone()
    assert len(zone.intensity_segments(MIDNIGHT + 2 * HOUR, MIDNIGHT + 4 * HOUR)) == 3
    for hours in (1, 5):
        with pytest.raises(GridError, match=f"no figure for 2024-05-01 0{hours}:00:00 UTC"):
            zone.intensity_segments(MIDNIGHT + (hours - 1) * HOUR, MIDNIGHT + (hours + 1) * HOUR)


def test_a_time_that_the_service_knows_nothing_of_costs_one_request(service: Service) -> None:
    with pytest.raises(GridError, match=r"no figure for 2000-01-01 00:00:00 UTC; it knows none"):
        service.zone().intensity_segments(datetime(2000, 1, 1, tzinfo=UTC), MIDNIGHT)
    assert len(service.asked) == 1


def test_an_hour_that_two_pages_have_is_taken_once(service: Service) -> None:
    rows = [_row(MIDNIGHT + hours * HOUR) for hours in range(242)]
    service.says({"data": rows[:241]})
    service.says({"data": rows[239:]})
    found = service.zone().intensity_segments(MIDNIGHT, MIDNIGHT + 241 * HOUR)
    assert [each.since for each in found] == [MIDNIGHT + hours * HOUR for hours in range(242)]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_asks_again(service: Service, status: int) -> None:
    service.fails(status, times=4)
    assert len(service.zone().intensity_segments(MIDNIGHT, MIDNIGHT)) == 1
    assert len(service.asked) == 5


@pytest.mark.parametrize("status", [429, 500])
def test_gives_up_in_the_end(service: Service, refused: Refused, status: int) -> None:
    service.fails(status, times=5)
    assert re.search(rf"status {status} \(tries: 5\); try again later", refused(service.zone()))
    assert len(service.asked) == 5


def test_waits_as_long_as_it_is_asked_to(service: Service) -> None:
    service.fails(429, Retry_After="1")
    began = datetime.now(UTC)
    service.zone().intensity_segments(MIDNIGHT, MIDNIGHT)
    assert datetime.now(UTC) - began >= timedelta(seconds=1)


@pytest.mark.parametrize("retry_after", ["3600", "Wed, 21 Oct 2093 07:28:00 GMT"])
def test_does_not_wait_for_long(service: Service, refused: Refused, retry_after: str) -> None:
    service.fails(429, Retry_After=retry_after)
    assert re.search(r"status 429 \(tries: 1\); try again in \d{4,} s", refused(service.zone()))


def test_a_date_that_is_over_is_no_time_to_wait(service: Service) -> None:
    service.fails(429, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT")
    assert len(service.zone().intensity_segments(MIDNIGHT, MIDNIGHT)) == 1


def test_refuses_a_wrong_token_at_once(service: Service, refused: Refused) -> None:
    line = refused(service.zone(token="another"))
    assert "refuses the token for zone DE (status 401)" in line
    assert len(service.asked) == 1


def test_follows_nobody_elsewhere(service: Service, refused: Refused) -> None:
    service.fails(302, Location=f"{service.base_url}/elsewhere")
    assert "(status 302)" in refused(service.zone())
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("<html>", "makes no sense"),
        ([], "makes no sense"),
        ({"error": "none"}, "makes no sense: KeyError"),
        ({"data": [7]}, "makes no sense"),
        ({"data": [{"zone": "DE"}]}, "makes no sense: KeyError"),
        ({"data": [_row(MIDNIGHT, carbonIntensity="300")]}, "makes no sense: TypeError"),
        ({"data": [_row(MIDNIGHT, datetime="today")]}, "makes no sense: ValueError"),
        ({"data": [_row(MIDNIGHT, datetime="2024-05-01T00:30:00Z")]}, "makes no sense: ValueError"),
        ({"data": [_row(MIDNIGHT, datetime="2024-05-01T00:00:00")]}, "makes no sense: ValueError"),
        ({"data": [_row(MIDNIGHT, datetime="9999-12-31T23:00:00Z")]}, "sense: OverflowError"),
        ({"data": [_row(MIDNIGHT, carbonIntensity=float("nan"))]}, "nan g/kWh, outside"),
        ({"data": [_row(MIDNIGHT, zone="FR")]}, "it is of FR, lifecycle, hourly"),
        ({"data": [_row(MIDNIGHT, emissionFactorType="direct")]}, "it is of DE, direct"),
        ({"data": [_row(MIDNIGHT, temporalGranularity="daily")]}, "lifecycle, daily"),
        ({"data": [_row(MIDNIGHT, carbonIntensity=-3)]}, "-3 g/kWh, outside"),
    ],
)
def test_refuses_an_answer_that_makes_no_sense(
    service: Service, refused: Refused, body: object, problem: str
) -> None:
    service.says(body)
    assert problem in refused(service.zone())


def test_refuses_an_hour_that_does_not_fit_its_neighbours(service: Service) -> None:
    service.rows[0] = _row(MIDNIGHT, carbonIntensity=2)
    with pytest.raises(GridError, match="2 g/kWh at 2024-05-01 00:00:00 UTC, next to 301"):
        service.zone().intensity_segments(MIDNIGHT, MIDNIGHT + HOUR)


def test_refuses_where_nobody_answers(service: Service, refused: Refused) -> None:
    zone = service.zone()
    service.server_close()
    assert "cannot be reached (ConnectionError) (tries: 5)" in refused(zone)


@pytest.mark.parametrize(
    "base_url",
    [
        "http://api.electricitymaps.com",
        "http://127.0.0.1.example.org",
        "http://localhost.example.org",
        "ftp://127.0.0.1",
        "https://",
        "api.electricitymaps.com",
        "http://[",
    ],
)
def test_refuses_an_address_that_would_give_the_token_away(base_url: str) -> None:
    with pytest.raises(GridError, match="must begin with https"):
        ElectricityMaps("DE", TOKEN, base_url)


@pytest.mark.parametrize(
    "base_url",
    ["https://api.electricitymaps.com", "http://localhost:8080", "http://[::1]:8080"],
)
def test_takes_https_and_this_machine(base_url: str) -> None:
    assert TOKEN not in repr(ElectricityMaps("DE", TOKEN, base_url))


@pytest.mark.parametrize("zone", ["", "D E", "DE&start=0", "../DE"])
def test_refuses_a_zone_that_is_none(zone: str) -> None:
    with pytest.raises(GridError, match="must look like DE or US-CAL-CISO"):
        ElectricityMaps(zone, TOKEN)


def test_token_and_address_come_from_the_environment(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, TOKEN)
    monkeypatch.setenv(URL_VARIABLE, service.base_url)
    zone = grid_named("electricitymaps:de")
    assert zone.reference == "electricitymaps:DE"
    assert len(zone.intensity_segments(MIDNIGHT, MIDNIGHT)) == 1
    monkeypatch.delenv(TOKEN_VARIABLE)
    with pytest.raises(GridError, match=f"put it into {TOKEN_VARIABLE}"):
        grid_named("electricitymaps:de")
