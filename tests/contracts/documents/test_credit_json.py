"""dataUri: what became of a credit, in its metadata.

given units retired, redeemed, invalid and left, a suspension, evidence
  it says each
given labels
  it lists each with its dates, null for one that is open
given hostile text, or no UTF-8
  it stays valid JSON
"""

import pytest
from eth_abi.abi import encode

from tests.certificates import as_bytes, document_of
from tests.suite import TOKEN_ID, metadata_of

METADATA = "(uint256,uint256,bytes,bytes,bytes,bytes,uint256,uint256,bool)"
STATE = "(uint256,uint256,uint256,uint256,bool,bytes32,(bytes,uint40,uint40)[])"
EVIDENCE_HASH = bytes(range(32))


@pytest.fixture
def properties_of(documents):
    def properties(labels=(), suspended=False, **changes):
        metadata = tuple(map(as_bytes, metadata_of(**changes)))
        state = (1, 2, 3, 2**96, suspended, EVIDENCE_HASH, list(labels))
        credit = encode([METADATA, STATE], [metadata, state])
        return document_of(documents.creditUri(TOKEN_ID, credit))["properties"]

    return properties


def test_it_says_what_became_of_the_units(properties_of):
    properties = properties_of()
    assert properties["retiredUnits"] == "1"
    assert properties["redeemedUnits"] == "2"
    assert properties["invalidUnits"] == "3"
    assert properties["availableUnits"] == str(2**96)
    assert properties["evidenceHash"] == "0x" + EVIDENCE_HASH.hex()
    assert properties["suspended"] is False
    assert properties_of(suspended=True)["suspended"] is True


def test_labels_are_dated(properties_of):
    assert properties_of()["labels"] == []
    labels = [(b"CORSIA", 1, 2**40 - 1), (b'"CCP"', 0, 0)]
    assert properties_of(labels)["labels"] == [
        {"name": "CORSIA", "from": 1, "until": 2**40 - 1},
        {"name": '"CCP"', "from": 0, "until": None},
    ]


def test_hostile_text_stays_text(properties_of):
    hostile, plain = b'"\\\n\xff\xe2\x80\xae</script>', '"\\ \ufffd</script>'
    fields = ("projectName", "methodology", "vintage", "country")
    properties = properties_of([(hostile, 0, 0)], **dict.fromkeys(fields, hostile))
    assert [properties[field] for field in fields] == [plain] * 4
    assert properties["labels"][0]["name"] == plain
