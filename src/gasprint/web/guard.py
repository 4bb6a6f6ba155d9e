"""What stands before every page: hosts, rates, not modified, and the headers of every answer.

A page elsewhere that points its own name at this machine (DNS rebinding) is refused by the Host
header. Nothing that an answer holds can load, run or frame anything from elsewhere.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
IMAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
"""Of pictures: in a page none runs anything, and opened by itself none can either."""
_HEADERS = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_MOST_CLIENTS = 10_000
_STATIC, _EVENTS = "/static/", "/events"


@dataclass
class Rates:
    """How many requests each client may make; a bucket of tokens for each.

    Attributes:
        per_second: tokens that come back in a second; none is ever short at 0.
        burst: how many a bucket holds.
    """

    per_second: float
    burst: float
    _buckets: dict[str, tuple[float, float]] = field(default_factory=dict)

    def wait_seconds(self, client: str) -> float:
        """Take a token; how long to wait where there is none, or 0."""
        if not self.per_second:
            return 0.0
        now = time.monotonic()
        tokens, before = self._buckets.get(client, (self.burst, now))
        tokens = min(self.burst, tokens + (now - before) * self.per_second)
        if tokens < 1:
            self._buckets[client] = tokens, now
            return (1 - tokens) / self.per_second
        if client not in self._buckets and len(self._buckets) >= _MOST_CLIENTS:
            self._buckets.clear()
        self._buckets[client] = tokens - 1, now
        return 0.0


class Guard:
    """Middleware around the whole application."""

    def __init__(
        self, app: ASGIApp, tag: Callable[[], str | None], rates: Rates, hosts: Iterable[str]
    ) -> None:
        """Take what tells the newest edition, and by which names this host may be called.

        Any name will do where there is none in `hosts`.
        """
        self._app, self._tag, self._rates, self._hosts = app, tag, rates, frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or have it answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, path = Headers(scope=scope), str(scope["path"])
        has_edition = not path.startswith((_STATIC, _EVENTS))
        etag = f'"{self._tag() or "none"}"' if has_edition else ""

        async def guarded(message: Message) -> None:
            # Not of 304, whose headers take the place of those that the browser kept.
            if message["type"] == "http.response.start" and message["status"] != 304:
                answer = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    answer.setdefault(name, value)
                if has_edition and message["status"] == 200:
                    answer["ETag"] = etag
                    answer.setdefault("Cache-Control", "no-cache")
            await send(message)

        if self._hosts and _host_name(headers.get("host", "")) not in self._hosts:
            await _refuse(guarded, 400, "the Host header names another host than this one", {})
            return
        client = scope.get("client")
        wait_seconds = self._rates.wait_seconds(client[0] if client else "")
        if wait_seconds:
            retry = {"Retry-After": str(int(wait_seconds) + 1)}
            await _refuse(guarded, 429, f"too many requests; wait {retry['Retry-After']} s", retry)
            return
        is_read = scope["method"] in ("GET", "HEAD")
        if is_read and has_edition and etag in _tags(headers.get("if-none-match", "")):
            await guarded(_start(304, {"ETag": etag, "Cache-Control": "no-cache"}))
            await guarded({"type": "http.response.body", "body": b""})
            return
        await self._app(scope, receive, guarded)


def _host_name(host: str) -> str:
    """The name in a Host header, without the port."""
    if host.startswith("["):
        return host.partition("]")[0].removeprefix("[").lower()
    return host.partition(":")[0].lower()


def _tags(if_none_match: str) -> set[str]:
    return {each.strip().removeprefix("W/") for each in if_none_match.split(",")}


def _start(status: int, headers: dict[str, str]) -> dict[str, Any]:
    encoded = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http.response.start", "status": status, "headers": encoded}


async def _refuse(send: Send, status: int, detail: str, headers: dict[str, str]) -> None:
    body = json.dumps({"detail": detail}).encode()
    length = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    await send(_start(status, headers | length))
    await send({"type": "http.response.body", "body": body})
