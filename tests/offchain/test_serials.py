"""Serials of the Verra registry.

given a serial of the modern or the legacy form, as found in the registry
    it reads every field, counts the credits, and prints as it was given
given a malformed one
    it refuses, naming the first wrong field, in one line that holds the serial
"""

from __future__ import annotations

from datetime import date

import pytest

from gasprint.errors import SerialError
from gasprint.serials import parse_serial

MODERN = "9660-115597313-115618057-VCS-VCU-261-VER-US-14-1060-01012019-31122019-0"
LEGACY = "240-7863589-7889021-VCU-003-APX-IN-1-101-01042006-18032007-0"
MERGED = "8040-449402283-449402291-VCU-042-MER-PE-14-1360-01072013-30062014-1"


@pytest.mark.parametrize(
    ("text", "quantity_vcu"),
    [
        (MODERN, 20_745),
        (LEGACY, 25_433),
        (MERGED, 9),
        ("8040-449402275-449402275-VCU-042-MER-PE-14-1360-01072013-30062014-1", 1),
        ("9344-82392553-82392562-VCS-VCU-262-VER-BR-14-1686-01012017-31122017-1", 10),
        ("19385-941467007-941467431-VCS-VCU-1507-VER-ET-14-1340-01012020-31122020-1", 425),
        ("19380-941382555-941382741-VCS-VCU-1310-VER-CN-13-3005-01012022-31102022-0", 187),
    ],
)
def test_reads_serials_of_the_registry(text: str, quantity_vcu: int) -> None:
    serial = parse_serial(text)
    assert str(serial) == text
    assert serial.quantity_vcu == quantity_vcu
    assert serial.units == quantity_vcu * 10**8


def test_reads_every_field_of_the_modern_form() -> None:
    serial = parse_serial(MODERN)
    assert (serial.form, serial.registry, serial.batch) == ("modern", "VER", 9660)
    assert (serial.start, serial.end) == (115_597_313, 115_618_057)
    assert (serial.program, serial.country, serial.scope) == ("261", "US", 14)
    assert serial.project_number == 1060
    assert serial.vintage_start == date(2019, 1, 1)
    assert serial.vintage_end == date(2019, 12, 31)
    assert not serial.additional_certifications


def test_reads_every_field_of_the_legacy_form() -> None:
    serial = parse_serial(MERGED)
    assert (serial.form, serial.registry, serial.batch) == ("legacy", "MER", 8040)
    assert (serial.program, serial.country, serial.scope) == ("042", "PE", 14)
    assert serial.project_number == 1360
    assert serial.vintage_start == date(2013, 7, 1)
    assert serial.additional_certifications


def test_ignores_space_around_a_serial() -> None:
    assert str(parse_serial(f" {MODERN}\n")) == MODERN


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("VCS-VCU-262-VER-BR-14-1686-01012017", "fields"),
        ("", "fields"),
        ("0001-000001-000100-VCS-VCU-003-VER-US-0003-01012020-31122020-1", "fields"),
        (LEGACY.replace("APX", "VER"), "registry"),
        (LEGACY.replace("-003-", "-3-"), "program"),
        (LEGACY.replace("VCU", "VCS"), "fields"),
        (MODERN.replace("VER", "APX"), "registry"),
        (MODERN.replace("VCU", "vcu"), "unit"),
        (MODERN.lower(), "standard"),
        (LEGACY.lower(), "unit"),
        (MODERN.replace("-VCS-VCU-", "-VCU-VCS-"), "standard"),
        (MODERN.replace("-261-", "--"), "program"),
        (MODERN.replace("9660-", "x-", 1), "batch"),
        (MODERN.replace("115597313", "0"), "start"),
        (MODERN.replace("115597313", "\uff11"), "start"),
        (MODERN.replace("115597313", str(2**64)), "start"),
        (MODERN.replace("115618057", str(2**64)), "end"),
        (MODERN.replace("115618057", "115597312"), "end"),
        (MODERN.replace("-US-", "-us-"), "country"),
        (MODERN.replace("-US-", "-USA-"), "country"),
        (MODERN.replace("-14-", "-x-"), "scope"),
        (MODERN.replace("-1060-", "-0-"), "project"),
        (MODERN.replace("-1060-", f"-{2**64}-"), "project"),
        (MODERN.replace("01012019", "30022019"), "vintage_start"),
        (MODERN.replace("31122019", "3112019"), "vintage_end"),
        (MODERN.replace("31122019", "31122018"), "vintage_end"),
        (MODERN[:-1] + "O", "additional_certifications"),
        (MODERN[:-1] + "2", "additional_certifications"),
    ],
)
def test_refuses_a_malformed_serial_by_its_field(text: str, field: str) -> None:
    with pytest.raises(SerialError) as refusal:
        parse_serial(text)
    assert refusal.value.field == field
    assert str(refusal.value).startswith(f"serial {text!r}: {field} ")
    assert "\n" not in str(refusal.value)


def test_accepts_the_largest_serial_of_64_bits() -> None:
    assert parse_serial(MODERN.replace("115618057", str(2**64 - 1))).end == 2**64 - 1
