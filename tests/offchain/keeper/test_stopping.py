"""Signals that ask a process to end.

given a process that goes on until it has come to a point of its own choice
  asked once, it goes on, and ends with what a shell says of the signal
  asked twice, it ends at once
given one that waits for something, it says farewell, and ends there and then
given one that would wait for something once it was asked, it does not, and ends
"""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

WORK = """
import time, typer
from gasprint.commands import _stopping

def say(text):
    print(text, flush=True)

def run():
    with _stopping.caught() as stopping:
{work}

typer.run(run)
"""
TO_A_POINT = """
        say("ready")
        while not stopping.is_asked():
            time.sleep(0.01)
        say("asked")
"""
WAITS = """
        stopping.say_farewell = lambda: say("asked")
        try:
            with stopping.waiting():
                say("ready")
                time.sleep(1000)
        finally:
            say("unwound")
"""
WOULD_WAIT = f"""{TO_A_POINT}
        with stopping.waiting():
            say("begun")
"""


@pytest.fixture
def start():
    started = []

    def run(work):
        command = [sys.executable, "-c", WORK.format(work=work)]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        assert started[-1].stdout.readline() == "ready\n"
        return started[-1]

    yield run
    for each in started:
        each.kill()
        each.communicate()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
@pytest.mark.parametrize("work", [TO_A_POINT, WAITS, WOULD_WAIT])
def test_asked_once_it_ends(start, work, number, code):
    process = start(work)
    process.send_signal(number)
    assert process.stdout.read() == "asked\n"
    assert process.wait() == code


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_asked_twice_it_ends_at_once(start, number):
    process = start(f"{TO_A_POINT}        time.sleep(1000)")
    process.send_signal(signal.SIGTERM)
    assert process.stdout.readline() == "asked\n"
    process.send_signal(number)
    assert process.wait() == -number
