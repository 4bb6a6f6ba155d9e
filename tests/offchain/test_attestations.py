"""Attestations as files.

given one that was signed
    it comes back from its file as it was, and its signer is known
    what a wallet is shown has no number that JSON readers would round
given a signature that no key can have made
    it has no signer
"""

from __future__ import annotations

import json
from dataclasses import replace

from eth_account import Account
from eth_account.messages import encode_typed_data

from gasprint.attestations import (
    Credit,
    attest,
    from_json,
    signer_of,
    to_json,
    typed_data,
    typed_data_json,
)

CONTRACT = "0x" + "11" * 20
KEY = Account.from_key(b"\x01" * 32)
CREDIT = Credit(
    recipient=KEY.address,
    token_id=1 << 192 | 1340 << 128 | (2**64 - 2) << 64 | (2**64 - 1),
    project_name="Öko",
    methodology="VM0015",
    vintage="2020",
    country="ET",
)
ATTESTATION = attest(CREDIT, b"\x02" * 32, 2**31, 5, CONTRACT, KEY)


def test_a_file_keeps_all_of_it() -> None:
    document = json.loads(json.dumps(to_json(ATTESTATION, 5, CONTRACT)))
    assert from_json(document) == (ATTESTATION, 5, CONTRACT)
    assert signer_of(ATTESTATION, 5, CONTRACT) == KEY.address
    assert signer_of(ATTESTATION, 6, CONTRACT) != KEY.address


def test_what_a_wallet_is_shown_means_the_same() -> None:
    document = typed_data(CREDIT, b"\x02" * 32, 2**31, 5, CONTRACT)
    shown = json.loads(json.dumps(typed_data_json(document)))
    assert shown["message"]["credit"]["lastSerial"] == str(2**64 - 1)
    assert encode_typed_data(full_message=shown) == encode_typed_data(full_message=document)


def test_nobody_made_a_malformed_signature() -> None:
    for signature in (b"", b"\x01", b"\xff" * 65):
        assert signer_of(replace(ATTESTATION, signature=signature), 5, CONTRACT) is None
