"""Addresses as people write them."""

from __future__ import annotations

import re

from eth_typing import ChecksumAddress
from web3 import Web3

from gasprint.errors import InputError

_ADDRESS = re.compile("0x[0-9a-fA-F]{40}")


def checksummed(text: str, what: str) -> ChecksumAddress:
    """An address, in EIP-55's mixed case; without a checksum it is of one case alone.

    Raises:
        InputError: if it is none, or its checksum is wrong.
    """
    if not _ADDRESS.fullmatch(text):
        raise InputError(f"{what} {text!r} is no address; give 0x and 40 hexadecimal digits")
    address, digits = Web3.to_checksum_address(text), text[2:]
    if text != address and digits not in (digits.lower(), digits.upper()):
        raise InputError(f"{what} {text!r} has a wrong checksum; compare it with where it is from")
    return address
