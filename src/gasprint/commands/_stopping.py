"""Signals that ask a process to end, for one that has to end at a point of its own choice.

However it ends, its exit code is what a shell says of a process that the signal ended.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import typer

_OF_A_SIGNAL = 128


class Stopped(BaseException):
    """A signal came before something was waited for."""


class Stopping:
    """Which signal asked for the end, if any.

    Attributes:
        signal_number: of it.
        say_farewell: called where the process ends while it waits.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self.signal_number: int | None = None
        self.say_farewell: Callable[[], None] = lambda: None
        self._is_waiting = False

    def is_asked(self) -> bool:
        """Whether one came."""
        return self.signal_number is not None

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Wait for something: once a signal comes, the process ends there and then.

        Raises:
            Stopped: if one came before.
        """
        self._is_waiting = True
        try:
            if self.is_asked():
                raise Stopped
            yield
        finally:
            self._is_waiting = False

    def _receive(self, number: int, _: FrameType | None) -> None:
        self.signal_number = number
        # The second one ends the process wherever it is.
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, signal.SIG_DFL)
        if self._is_waiting:
            # Not by an exception: where it comes in between, an HTTP client's lock is never given
            # back, and the client's own way out takes it once more.
            self.say_farewell()
            os._exit(_OF_A_SIGNAL + number)


@contextmanager
def caught() -> Iterator[Stopping]:
    """Catch the first SIGTERM or SIGINT.

    Raises:
        typer.Exit: at the end, if one came.
    """
    stopping = Stopping()
    before = {
        each: signal.signal(each, stopping._receive) for each in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield stopping
    except Stopped:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if stopping.signal_number is not None:
        raise typer.Exit(_OF_A_SIGNAL + stopping.signal_number)
