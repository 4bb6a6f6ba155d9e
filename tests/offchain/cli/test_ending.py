"""How the command ends.

given --help
    every command shows an example, and exits with 0
given wrong usage, or an output that cannot be written
    one line on stderr, exit code 2
given Ctrl-C
    exit code 130, and no traceback
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Command

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


@pytest.mark.parametrize(
    "command",
    [
        "",
        "footprint",
        "grid",
        "network show",
        "factors compute",
        "credits import",
        "credits parse",
        "credits span",
        "credits attest",
        "credits issue",
        "credits retire",
        "credits show",
        "credits certificate",
    ],
)
def test_help_has_an_example(gasprint: Command, command: str) -> None:
    result = gasprint(*command.split(), "--help")
    assert (result.returncode, result.stderr) == (0, "")
    assert f"Example: gasprint {command}".strip() in " ".join(result.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "Missing command"),
        (["fly"], "No such command 'fly'"),
        (["grid"], "Missing argument"),
        (["footprint", "--by", "fortnight"], "'fortnight' is not one of"),
        (["credits", "span", "1", "--units", "1"], "Missing option '--start-units'"),
        (["credits", "span", "x", "--units", "1", "--start-units", "0"], "Invalid value"),
        (["footprint", "-o", "/nowhere/f.csv"], "/nowhere/f.csv cannot be written"),
        (["footprint", "-o", "/etc/passwd/x"], "/etc/passwd/x cannot be written"),
        (["footprint", "-o", "/tmp/" + "x" * 300], "File name too long"),
        (["footprint", "-o", "/dev"], "/dev is not a file"),
        (["footprint", "--memory-limit", "-1GB"], "'-1GB' is no amount of memory"),
        (["footprint", "--memory-limit", "0GB"], "give more with --memory-limit"),
        (["footprint", "-o", "/nowhere/\x1b[2J"], "/nowhere/\ufffd[2J cannot be written"),
    ],
)
def test_wrong_usage_is_one_line(
    refused: Callable[..., str], arguments: list[str], problem: str
) -> None:
    assert problem in refused(*arguments)


def test_an_output_closed_early_is_one_line(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    result = subprocess.run(
        [sys.executable, "-m", "gasprint", "grid", "country:DEU"],
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )
    os.close(writer)
    assert result.returncode == 2
    assert result.stderr == ("gasprint: the output was closed early; write it to a file with -o\n")


@pytest.mark.parametrize(
    ("command", "stderr_lines"),
    [
        ("--help >/dev/full", 1),
        ("grid country:DEU >/dev/full", 1),
        ("grid country:DEU >&-", 1),
        ("grid nowhere 2>&-", 0),
        ("grid nowhere 2>/dev/full", 0),
    ],
)
def test_a_stream_that_cannot_be_written(command: str, stderr_lines: int) -> None:
    result = subprocess.run(
        ["bash", "-c", f'"{sys.executable}" -m gasprint {command}'],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
    )
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.count("\n") == stderr_lines


@pytest.mark.parametrize("device", ["/dev/null", "/dev/stdout"])
def test_writes_to_a_device(gasprint: Command, device: str) -> None:
    result = gasprint("footprint", "--by", "block", "--format", "csv", "-o", device)
    assert result.returncode == 0
    assert result.stdout.startswith("block_number,") == (device == "/dev/stdout")


def test_version(gasprint: Command) -> None:
    assert gasprint("--version").stdout.startswith("gasprint 0.")


def test_anything_unexpected_is_one_line() -> None:
    broken = "import gasprint.cli as c; c.app = lambda **_: 1 // 0; c.main()"
    result = subprocess.run(
        [sys.executable, "-c", broken], capture_output=True, text=True, env=ENVIRONMENT
    )
    assert result.returncode == 2
    assert result.stderr.startswith("gasprint: unexpected ZeroDivisionError: ")
    assert result.stderr.count("\n") == 1


def test_ctrl_c_ends_quietly_with_130() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "gasprint", "footprint", "--format", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
        # A shell has what it runs in the background ignore the signal, and so its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    # It writes more than a pipe holds: once something comes, it waits for the rest to be read.
    assert process.stdout is not None
    process.stdout.read(1)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in stderr
