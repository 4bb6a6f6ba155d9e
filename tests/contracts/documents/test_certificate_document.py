"""tokenUri: the certificate as ERC-721 metadata.

given a certificate
  it is JSON by the schema of ERC-721, and holds the drawing itself
  serials and units are strings, and exact; the date is a date
given units that are invalid, or replaced
  it says so
given hostile text
  it stays text
"""

import jsonschema
import pytest

from tests.certificates import (
    BENEFICIARY,
    METADATA_SCHEMA,
    RETIRED_AT,
    TEXTS,
    TONNE_UNITS,
    certificate,
    document_of,
    unpack,
)
from tests.suite import FIRST_SERIAL, LAST_SERIAL, TOKEN_ID


def document(documents, **changes):
    content = document_of(documents.tokenUri(certificate(**changes)))
    jsonschema.validate(content, METADATA_SCHEMA)
    return content


def attributes(documents, **changes):
    listed = document(documents, **changes)["attributes"]
    named = {attribute["trait_type"]: attribute["value"] for attribute in listed}
    assert len(named) == len(listed)
    return named


def test_it_says_all_of_the_retirement(documents):
    assert attributes(documents) == {
        "Retired": RETIRED_AT,
        "State": "valid",
        "Registry retirement": "recorded",
        "Beneficiary": BENEFICIARY,
        "Beneficiary name": "Example Woodland Trust",
        "Tonnes CO2e": "425.000000",
        "Units": "42500000000",
        "Invalid units": "0",
        "Replaced units": "0",
        "Project": "Bale Mountains Eco-region REDD+ project",
        "Methodology": "VM0015",
        "Vintage": "2020",
        "Country": "ET",
        "Registry": "Verra VCS",
        "Project number": "1340",
        "Serials": f"{FIRST_SERIAL} – {LAST_SERIAL}",
        "First serial": str(FIRST_SERIAL),
        "Last serial": str(LAST_SERIAL),
        "Credit": str(TOKEN_ID),
    }


def test_it_holds_the_drawing(documents):
    content = document(documents)
    drawing = unpack(content["image"], "image/svg+xml")
    assert drawing == documents.svg(certificate())
    assert content["name"] == "Retirement certificate 7"
    assert content["description"] == (
        "425.000000 t CO2e of carbon credits retired for Example Woodland Trust "
        f"(account {BENEFICIARY}) on 2026-11-23, from the project Bale Mountains Eco-region REDD+ "
        f"project, with the serials {FIRST_SERIAL} – {LAST_SERIAL}. "
        "Valid: retired on-chain, the registry's retirement recorded."
    )


def test_only_the_date_is_shown_as_one(documents):
    dated = [a for a in document(documents)["attributes"] if "display_type" in a]
    assert [a["trait_type"] for a in dated] == ["Retired"]


@pytest.mark.parametrize(
    ("invalid_units", "replaced_units", "state"),
    [(1, 0, "invalidated"), (2, 1, "invalidated"), (2, 2, "replaced")],
)
def test_it_says_what_is_invalid(documents, invalid_units, replaced_units, state):
    named = attributes(documents, invalidUnits=invalid_units, replacedUnits=replaced_units)
    assert named["State"] == state
    assert named["Invalid units"] == str(invalid_units)
    assert named["Replaced units"] == str(replaced_units)


def test_it_says_what_the_registry_has_not_recorded(documents):
    assert attributes(documents, settled=False)["Registry retirement"] == "not recorded"


def test_another_registry_is_a_number(documents):
    assert attributes(documents, tokenId=(2 << 192) | 1)["Registry"] == "Registry 2"


@pytest.mark.parametrize(
    ("units", "tonnes"),
    [
        (1, "0.00000001"),
        (100, "0.000001"),
        (TONNE_UNITS - 1, "0.99999999"),
        (TONNE_UNITS, "1.000000"),
        (123_456_789_012, "1234.56789012"),
        (2**256 - 1, f"{(2**256 - 1) // TONNE_UNITS}.{(2**256 - 1) % TONNE_UNITS:08}"),
    ],
)
def test_tonnes_are_exact(documents, units, tonnes):
    assert attributes(documents, units=units)["Tonnes CO2e"] == tonnes


@pytest.mark.parametrize(
    ("span", "text"),
    [
        ((5, 0, 5, TONNE_UNITS), "5"),
        ((5, 0, 5, 1), "5 to 0.00000001"),
        ((5, 25_000_000, 5, 50_000_000), "5 from 0.25 to 0.5"),
        ((5, 99_999_999, 5, TONNE_UNITS), "5 from 0.99999999"),
        ((5, 0, 6, TONNE_UNITS), "5 – 6"),
        ((5, 10_000_000, 6, TONNE_UNITS), "5 from 0.1 – 6"),
        ((5, 1_000_000, 2**64 - 1, 10), f"5 from 0.01 – {2**64 - 1} to 0.0000001"),
    ],
)
def test_spans_are_exact(documents, span, text):
    assert attributes(documents, span=span)["Serials"] == text


def test_hostile_text_stays_text(documents):
    hostile = b'"\\</script>\n\x00\xff\xe2\x80\xae' + "森林 🌳".encode()
    content = document(documents, **dict.fromkeys(TEXTS, hostile))
    named = {attribute["trait_type"]: attribute["value"] for attribute in content["attributes"]}
    plain = '"\\</script>  \ufffd森林 🌳'
    for trait in ("Beneficiary name", "Project", "Methodology", "Vintage", "Country"):
        assert named[trait] == plain
    assert f"for {plain} (account" in content["description"]
