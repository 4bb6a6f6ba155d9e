"""Certificates for the tests, and what stands in the documents drawn of them."""

import base64
import json
from typing import Any

from eth_abi.abi import encode

from tests.suite import FIRST_SERIAL, LAST_SERIAL, TOKEN_ID

BENEFICIARY = "0x52908400098527886E0F7030069857D2E4169EE7"
TONNE_UNITS = 10**8
RETIRED_AT = 1_795_478_399  # 2026-11-23T23:59:59Z

# Strings as bytes, which are encoded alike, since some of ours are no UTF-8.
CERTIFICATE = (
    "(uint256,address,bool,bytes,uint256,uint256,bytes,bytes,bytes,bytes,"
    "(uint256,uint256,uint256,uint256),uint256,uint256,uint256)"
)
FIELDS = {
    "retirementId": 7,
    "beneficiary": BENEFICIARY,
    "settled": True,
    "beneficiaryName": "Example Woodland Trust",
    "units": 425 * TONNE_UNITS,
    "tokenId": TOKEN_ID,
    "projectName": "Bale Mountains Eco-region REDD+ project",
    "methodology": "VM0015",
    "vintage": "2020",
    "country": "ET",
    "span": (FIRST_SERIAL, 0, LAST_SERIAL, TONNE_UNITS),
    "retiredAt": RETIRED_AT,
    "invalidUnits": 0,
    "replacedUnits": 0,
}
_TEXT = {"type": "string"}
METADATA_SCHEMA = {
    "title": "Asset Metadata",
    "type": "object",
    "properties": {"name": _TEXT, "description": _TEXT, "image": _TEXT}
    | {
        "attributes": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "trait_type": _TEXT,
                    "display_type": {"enum": ["date"]},
                    "value": {"type": ["string", "integer"]},
                },
                "required": ["trait_type", "value"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["name", "description", "image", "attributes"],
    "additionalProperties": False,
}
"""ERC-721's, with the attributes that marketplaces show."""
TEXTS = ("beneficiaryName", "projectName", "methodology", "vintage", "country")


def certificate(**changes: Any) -> bytes:
    """A certificate as the harness takes it, but for what `changes` names."""
    assert changes.keys() <= FIELDS.keys(), changes
    return encode([CERTIFICATE], [tuple(map(as_bytes, (FIELDS | changes).values()))])


def as_bytes(value: Any) -> Any:
    """Text as UTF-8; an address and all else as it is."""
    return value.encode() if isinstance(value, str) and not value.startswith("0x") else value


def unpack(data_uri: str, media_type: str) -> str:
    """What a data URI of that type holds."""
    scheme, data = data_uri.split(",")
    assert scheme == f"data:{media_type};base64"
    return base64.b64decode(data, validate=True).decode()


def document_of(data_uri: str) -> Any:
    """The JSON that a data URI holds."""
    return json.loads(unpack(data_uri, "application/json"))
