"""What issuing costs once a registry has many ranges: the 10th of them, and the 10,000th.

The ranges come in random order, so that each goes between two others, and each with the hint of
its neighbour below. Both that are measured have ids of the same digits and of no more zero bytes.
"""

from __future__ import annotations

import bisect
import random
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from brownie import web3

from gasprint.attestations import Attestation
from tests.gas.cases import credit_of, signed
from tests.suite import chain_id

RANGES = 10_000
SERIALS_PER_RANGE = 97
STEP = 1000
BASE = 900_000_001
MINTS_PER_TRANSACTION = 50
"""Half a block's gas, so that the base fee does not rise."""
GAS_LIMIT = 20_000_000
GAS_PRICE_WEI = 2 * 10**9


class Ranges:
    """Ranges of a registry, each with its place in the order of issuance."""

    def __init__(self, suite: Any, roles: Any) -> None:
        """Shuffles the ranges, those that are measured first and last."""
        self.credits, self.roles = suite.CarbonCredits, roles
        plain = [serial for serial in self._all() if not _has_zero_byte(serial)]
        tenth, last = plain[len(plain) // 3], plain[2 * len(plain) // 3]
        others = [serial for serial in self._all() if serial not in (tenth, last)]
        random.Random(10_000).shuffle(others)
        self.order = [*others[:9], tenth, *others[9:], last]
        self.issued: list[int] = []

    @staticmethod
    def _all() -> list[int]:
        return [BASE + STEP * i for i in range(RANGES)]

    def attestations(self) -> list[Attestation]:
        """Signed by processes of their own, which takes a few milliseconds each."""
        arguments = (str(self.roles.holder), chain_id(), str(self.credits))
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            return list(pool.map(_attested, self.order, *_repeat(arguments), chunksize=100))

    def measure(self, progress: Callable[[int], None]) -> dict[str, int]:
        """Issues all ranges.

        Args:
            progress: is told how many were issued.
        """
        attestations = self.attestations()
        gas = {}
        self._issue(attestations[:9])
        gas["mint_credit_10th_range"] = self._issue(attestations[9:10])
        for start in range(10, RANGES - 1, MINTS_PER_TRANSACTION):
            self._issue(attestations[start : min(start + MINTS_PER_TRANSACTION, RANGES - 1)])
            progress(len(self.issued))
        gas["mint_credit_10000th_range"] = self._issue(attestations[-1:])
        assert self.issued == self._all()
        return gas

    def _issue(self, attestations: list[Attestation]) -> int:
        calls = []
        for attestation in attestations:
            first_serial = (attestation.credit.token_id >> 64) & (2**64 - 1)
            place = bisect.bisect(self.issued, first_serial)
            # Below the lowest there is none to name; the one above is as near.
            hint = self.issued[max(0, place - 1)] if self.issued else 0
            self.issued.insert(place, first_serial)
            calls += [
                self.credits.attest.encode_input(*attestation.attest_arguments(hint)),
                self.credits.mintCredit.encode_input(*attestation.credit.mint_arguments),
            ]
        # Not by Brownie, which takes a transaction for lost that is mined for longer than a moment.
        sent = web3.eth.send_transaction(
            {
                "from": str(self.roles.issuer),
                "to": str(self.credits),
                "data": self.credits.multicall.encode_input(calls),
                "gas": GAS_LIMIT,
                "gasPrice": GAS_PRICE_WEI,
            }
        )
        receipt = web3.eth.wait_for_transaction_receipt(sent, timeout=120)
        assert receipt["status"] == 1
        return int(receipt["gasUsed"])


def _has_zero_byte(first_serial: int) -> bool:
    """Whether the range's numbers, or the neighbour's below, have one in their lower four bytes."""
    numbers = (first_serial, first_serial + SERIALS_PER_RANGE - 1, first_serial - STEP)
    return any(0 in number.to_bytes(4, "big") for number in numbers)


def _repeat(arguments: tuple[Any, ...]) -> list[list[Any]]:
    return [[argument] * RANGES for argument in arguments]


def _attested(first_serial: int, recipient: str, chain: int, contract: str) -> Attestation:
    credit = credit_of(recipient, first_serial, first_serial + SERIALS_PER_RANGE - 1)
    return signed(credit, chain, contract)
