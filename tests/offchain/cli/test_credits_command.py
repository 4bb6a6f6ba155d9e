"""`gasprint credits`.

given serials of either form
    parse shows them in a table, or in JSON with large numbers as text
given a token id and a retirement
    span shows the exact serials
given a malformed serial among good ones, or an impossible span
    it refuses in one line, and shows nothing
"""

from __future__ import annotations

import json
from collections.abc import Callable

from conftest import Command

MODERN = "9660-115597313-115618057-VCS-VCU-261-VER-US-14-1060-01012019-31122019-0"
LEGACY = "240-7863589-7889021-VCU-003-APX-IN-1-101-01042006-18032007-0"
TOKEN_ID = "6277101735386681124535098359404570081327958820247698682121"


def test_parse_shows_both_forms(gasprint: Command) -> None:
    result = gasprint("credits", "parse", MODERN, LEGACY)
    assert (result.returncode, result.stderr) == (0, "")
    modern, legacy = result.stdout.splitlines()[1:]
    for shown in ("modern (VER)", "1060", "US", "2019-12-31", "20,745", "no", TOKEN_ID):
        assert shown in modern
    assert "legacy (APX)" in legacy
    assert "25,433" in legacy


def test_parse_json_keeps_large_numbers_as_text(gasprint: Command) -> None:
    (document,) = json.loads(gasprint("credits", "parse", MODERN, "--json").stdout)
    assert document["token_id"] == TOKEN_ID
    assert document["units"] == "2074500000000"
    assert document["vintage_start"] == "2019-01-01"
    assert document["additional_certifications"] is False


def test_parse_refuses_all_when_one_is_malformed(refused: Callable[..., str]) -> None:
    line = refused("credits", "parse", MODERN, MODERN[:-1] + "O")
    assert "additional_certifications is 'O'" in line


def test_span_shows_the_exact_serials(gasprint: Command) -> None:
    arguments = ("credits", "span", TOKEN_ID, "--start-units", "50", "--units", "100000000")
    assert json.loads(gasprint(*arguments, "--json").stdout) == {
        "first_serial": "115597313",
        "first_offset_units": "50",
        "last_serial": "115597314",
        "last_end_units": "50",
    }
    assert gasprint(*arguments).stdout.split()[-4:] == ["115597313", "50", "115597314", "50"]


def test_span_refuses_what_leaves_the_credit(refused: Callable[..., str]) -> None:
    line = refused("credits", "span", TOKEN_ID, "--start-units", "2074500000000", "--units", "1")
    assert "ends beyond the credit's 2074500000000 units" in line
