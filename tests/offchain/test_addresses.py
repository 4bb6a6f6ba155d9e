"""Addresses as people write them.

given an address in EIP-55's mixed case, or all of one case, it is that address
given one whose case is wrong somewhere, it is told apart from what is no address at all
"""

from __future__ import annotations

import re

import pytest

from gasprint.addresses import checksummed
from gasprint.errors import InputError

# Of EIP-55 itself: mixed case, all upper case, all lower case.
SOUND = (
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "0xde709f2102306220921060314715629080e2fb77",
)


@pytest.mark.parametrize("address", SOUND)
def test_case_is_a_checksum_or_none(address):
    assert checksummed(address, "account") == address
    assert checksummed(address.lower(), "account") == address
    assert checksummed(f"0x{address[2:].upper()}", "account") == address


def test_a_wrong_checksum_is_told():
    for place, digit in enumerate(SOUND[0][2:], 2):
        if digit.isalpha():
            wrong = SOUND[0][:place] + digit.swapcase() + SOUND[0][place + 1 :]
            with pytest.raises(InputError, match=f"account '{wrong}' has a wrong checksum"):
                checksummed(wrong, "account")


@pytest.mark.parametrize(
    "text",
    [
        SOUND[0][2:],
        f"0X{SOUND[0][2:]}",
        SOUND[0][:-1],
        f"{SOUND[0]}0",
        f"{SOUND[0]}\n",
        f"{SOUND[0][:-1]}g",
        "0x\u0665" + "0" * 39,
        "",
        "vitalik.eth",
    ],
)
def test_what_is_none_is_told(text):
    with pytest.raises(InputError, match=re.escape(f"account {text!r} is no address")):
        checksummed(text, "account")
