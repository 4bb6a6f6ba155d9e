"""svg: the certificate, drawn.

given a certificate
  it is XML that needs nothing from elsewhere, and shows every figure
  the amount is exact, the date is the day in UTC
given no name
  it shows the account by its ends
given a name of 128 bytes in any script, or hostile, or no UTF-8
  it shows the whole name as text, no wider than its box and never smaller than can be read
given text beyond any measure
  it is cut short
given units that the registry cancelled
  a band says so, and what is replaced
"""

import re
import xml.etree.ElementTree as ElementTree

import pytest
import vl_convert
from brownie.test import given
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.certificates import BENEFICIARY, TEXTS, TONNE_UNITS, certificate
from tests.suite import FIRST_SERIAL, LAST_SERIAL

SVG = "{http://www.w3.org/2000/svg}"
NAMES = {
    "capitals": "W" * 128,
    "arabic": "شركة الطاقة المتجددة للتنمية المستدامة والحفاظ على الغابات المدارية",
    "chinese": "中国绿色碳汇基金会与北京环境交易所联合会及其合作伙伴森林保护与可持续发展项目办公室",
    "emoji": "🌳" * 32,
    "families": "👩‍👩‍👧‍👦" * 5,
    "accents": "e" + "\u0301" * 60,
    "joiners": "\u200d" * 42,
    "markup": "</text><script>alert(1)</script><image href='https://example.org/x'/>&amp;",
    "quotes": "\"'" * 64,
    "one_word_in_two": "W" * 60 + " " + "W" * 60,
}


def drawing(documents, **changes):
    svg = documents.svg(certificate(**changes))
    root = ElementTree.fromstring(svg)
    assert root.tag == SVG + "svg"
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags <= {"svg", "title", "desc", "g", "path", "circle", "text", "tspan"}
    assert "href" not in re.sub(r">[^<]*<", "><", svg)
    assert vl_convert.svg_to_png(svg, scale=0.2).startswith(b"\x89PNG")
    return root


def shown(root):
    return ["".join(element.itertext()) for element in root.iter(SVG + "text")]


def lines_in_box(root, x, y):
    """The lines of the box at that place, and their font size."""
    (box,) = [e for e in root.iter(SVG + "svg") if (e.get("x"), e.get("y")) == (str(x), str(y))]
    return ["".join(line.itertext()) for line in box], int(box.get("font-size"))


def name_of(root):
    return lines_in_box(root, 70, 258)


def project_of(root):
    return lines_in_box(root, 70, 418)


def test_it_shows_every_figure(documents, chain):
    texts = shown(drawing(documents))
    for text in (
        "CERTIFICATE OF RETIREMENT",
        "No. 7",
        "425.000 000 t CO2e",
        "Example Woodland Trust",
        BENEFICIARY,
        "Bale Mountains Eco-region REDD+ project",
        "VM0015",
        "2020",
        "ET",
        f"{FIRST_SERIAL} – {LAST_SERIAL}",
        "Verra VCS",
        "1340",
        "2026-11-23",
        "Valid: retired on-chain, the registry's retirement recorded",
        "Retired on-chain to the serial. Drawn by contract "
        f"eip155:{chain.id}:{documents.address} from the state of its chain.",
    ):
        assert text in texts


def test_it_has_a_title_and_a_description(documents):
    title, description = list(drawing(documents))[:2]
    assert (title.tag, title.text) == (SVG + "title", "Retirement certificate 7")
    assert description.tag == SVG + "desc"
    assert description.text.startswith("425.000000 t CO2e of carbon credits retired for Example")


def test_it_says_what_the_registry_has_not_recorded(documents):
    state = "Valid: retired on-chain, the registry's retirement not recorded yet"
    assert state in shown(drawing(documents, settled=False))


def test_each_retirement_has_rings_of_its_own(documents):
    def rings(**changes):
        return [ring.attrib for ring in drawing(documents, **changes).iter(SVG + "circle")]

    assert rings() == rings()
    assert rings() != rings(retirementId=8)


@pytest.mark.parametrize(
    ("units", "amount"),
    [
        (1, "0.000 000 01"),
        (100, "0.000 001"),
        (99_999_999_999, "999.999 999 99"),
        (100_000_000_000, "1 000.000 000"),
        (1_234_567 * TONNE_UNITS, "1 234 567.000 000"),
        (2**96 - 1, "792 281 625 142 643 375 935.439 503 35"),
    ],
)
def test_the_amount_is_exact(documents, units, amount):
    assert f"{amount} t CO2e" in shown(drawing(documents, units=units))


@pytest.mark.parametrize(
    ("seconds", "day"),
    [(0, "1970-01-01"), (1_709_251_199, "2024-02-29"), (1_709_251_200, "2024-03-01")],
)
def test_the_date_is_the_day_in_utc(documents, seconds, day):
    assert day in shown(drawing(documents, retiredAt=seconds))


@pytest.mark.parametrize("name", ["", "\u202e"])
def test_without_a_name_it_shows_the_account(documents, name):
    lines, _ = name_of(drawing(documents, beneficiaryName=name))
    assert lines == ["0x5290…9EE7"]


def test_the_longest_number_is_shown_whole(documents):
    """Numbers of like amounts of one credit begin alike and end alike."""
    texts = shown(drawing(documents, retirementId=2**256 - 1))
    assert f"No. {2**256 - 1}" in texts


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_names_fit_whole(documents, name):
    assert len(name.encode()) <= 128
    lines, font_size = name_of(drawing(documents, beneficiaryName=name))
    assert len(lines) <= 2
    assert "".join(lines).replace(" ", "") == name.replace(" ", "")
    assert font_size >= 13
    if name.isascii() and name.isalpha():
        assert max(map(len, lines)) * font_size <= 860


def test_a_long_name_breaks_at_a_space(documents):
    lines, _ = name_of(drawing(documents, beneficiaryName=NAMES["one_word_in_two"]))
    assert lines == ["W" * 60, "W" * 60]


def test_text_beyond_measure_is_cut_short(documents):
    lines, font_size = project_of(drawing(documents, projectName="W" * 5000))
    assert "".join(lines).endswith("W…")
    assert font_size >= 11
    assert max(map(len, lines)) * font_size <= 430


def test_no_text_is_a_dash(documents):
    lines, _ = project_of(drawing(documents, projectName=""))
    assert lines == ["—"]


@given(text=st.one_of(st.binary(max_size=128), st.text(max_size=60).map(str.encode)))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_can_be_drawn(documents, text):
    drawing(documents, **dict.fromkeys(TEXTS, text))


def test_a_band_says_what_was_cancelled(documents):
    root = drawing(documents, invalidUnits=200_000_001)
    lines, _ = lines_in_box(root, 50, 566)
    assert " ".join(lines) == "INVALIDATED: 2.000\u00a0000\u00a001\u00a0t cancelled by the registry"
    assert root.get("color") == "#a11b14"
    assert not [text for text in shown(root) if "Valid" in text]


@pytest.mark.parametrize(
    ("replaced_units", "state", "colour"),
    [
        (1, "INVALIDATED: 2.000 000 t cancelled by the registry, 0.000 000 01 t", "#a11b14"),
        (200_000_000, "REPLACED: 2.000 000 t cancelled by the registry, 2.000 000 t", "#7a4a00"),
    ],
)
def test_the_band_says_what_is_replaced(documents, replaced_units, state, colour):
    root = drawing(documents, invalidUnits=200_000_000, replacedUnits=replaced_units)
    lines, _ = lines_in_box(root, 50, 566)
    assert " ".join(lines).replace("\u00a0", " ") == f"{state} replaced"
    assert root.get("color") == colour
