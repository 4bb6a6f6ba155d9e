"""Tells every page that is open of a new edition: server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

_LOOK_SECONDS = 0.25
_PING_SECONDS = 15.0
MOST_LISTENERS = 200


class Live:
    """Looks for new editions as long as anybody listens.

    Attributes:
        listeners: how many do.
    """

    def __init__(self, tag: Callable[[], str | None]) -> None:
        """Take what tells the newest edition."""
        self._tag = tag
        self.listeners = 0
        self.is_over = False

    async def events(self) -> AsyncIterator[str]:
        """The edition as it is, and then each that follows."""
        self.listeners += 1
        try:
            told, waited = None, 0.0
            while not self.is_over:
                tag = self._tag()
                if tag != told:
                    yield f"event: edition\ndata: {tag}\n\n"
                    told, waited = tag, 0.0
                elif waited >= _PING_SECONDS:
                    # Whoever is gone is noticed when something is sent.
                    yield ": still here\n\n"
                    waited = 0.0
                await asyncio.sleep(_LOOK_SECONDS)
                waited += _LOOK_SECONDS
        finally:
            self.listeners -= 1
