"""What is written out, of texts that anyone wrote.

given a text of any bytes, read without loss
    it  is written in UTF-8, with U+FFFD where it was none, as `PlainText` does it on the chain
given one that would steer a terminal
    it  is escaped in JSON, which reads back the same, and replaced elsewhere
given one that a spreadsheet would run
    it  is a text in CSV
"""

from __future__ import annotations

import csv
import io
import json

import pytest

from gasprint._output import csv_text, harmless, json_text, readable
from gasprint.commands._signing import facts_text


@pytest.mark.parametrize(
    ("logged", "shown"),
    [
        (b"plain", "plain"),
        ("Öko 🌳".encode(), "Öko 🌳"),
        (b"\xff\xfe<", "\ufffd\ufffd<"),
        (b"\xe2\x82!", "\ufffd!"),
        (b"\xf0\x9f\x8c", "\ufffd"),
        (b"\xed\xa0\x80", "\ufffd\ufffd\ufffd"),
    ],
)
def test_what_is_no_utf8_is_replaced(logged: bytes, shown: str) -> None:
    text = logged.decode("utf-8", "surrogateescape")
    assert readable(text) == shown
    written = json_text({"name": text})
    written.encode()
    assert json.loads(written) == {"name": shown}
    assert f" {shown}\n" in facts_text({"name": text})


@pytest.mark.parametrize("text", ["\x1b[2J", "\x9b2J", "\x7f", "a\u202eb", "\U000e0001", "a\nb"])
def test_what_steers_a_terminal(text: str) -> None:
    written = json_text({text: [text, "Ö"]})
    assert all(line.isprintable() for line in written.split("\n"))
    assert "Ö" in written
    assert json.loads(written) == {text: [text, "Ö"]}
    assert harmless(text).isprintable()
    assert all(line.isprintable() for line in facts_text({"name": text}).split("\n"))


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=1\x00"])
def test_a_spreadsheet_runs_nothing(formula: str) -> None:
    (row,) = csv.DictReader(io.StringIO(csv_text([{"name": formula, "grams": -1}])))
    assert row["name"][0] not in "=+-@\t\r"
    assert row["name"].isprintable()
    assert row["grams"] == "-1"
