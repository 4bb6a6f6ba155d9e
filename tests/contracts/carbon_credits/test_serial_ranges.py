"""SerialRanges on a real node, against brute force: no serial twice, whatever the hint.

given 10,000 random ranges
  of 1,000 random candidates each meets a range exactly where brute force says so, by the range
  that brute force names, whatever the hint
  with the neighbour below as the hint there always is a verdict, at a cost that does not grow
  a walk that the gas does not last for accepts nothing
"""

import random
import subprocess
import time
from bisect import bisect_left, insort
from itertools import count

import pytest
from eth_abi.abi import decode
from eth_utils.crypto import keccak
from web3 import HTTPProvider, Web3

from scripts.local_node import free_port

RANGES, CANDIDATES = 10_000, 1_000
BATCH_RANGES, BATCH_CANDIDATES = 250, 250
LAST_SERIAL = 3_000_000
BLOCK_GAS = 30_000_000
FAR_HINTS = 4
"""Of each candidate, in turn."""
ACCEPTED = keccak(b"Accepted()")[:4]
OVERLAP = keccak(b"SerialsOverlap(uint256,uint256,uint256,uint256)")[:4]


def random_range(draw):
    first = draw.randint(1, LAST_SERIAL)
    return first, first + draw.choice([0, 1, draw.randint(0, 100), draw.randint(0, 400)])


def meets(candidate, ranges):
    """Brute force: every range that shares a serial with the candidate, lowest first."""
    first, last = candidate
    return sorted((f, t) for f, t in ranges if f <= last and first <= t)


@pytest.fixture(scope="module")
def ranges():
    """Random ranges that do not meet, in random order, each with the first serial next below."""
    draw, firsts, taken, ordered = random.Random(10_000), [0], set(), []
    while len(ordered) < RANGES:
        first, last = random_range(draw)
        if taken.isdisjoint(range(first, last + 1)):
            taken.update(range(first, last + 1))
            ordered.append((first, last, firsts[bisect_left(firsts, first) - 1]))
            insort(firsts, first)
    return ordered


@pytest.fixture(scope="module")
def web3():
    """An anvil of its own: a walk past 10,000 ranges takes ganache a second."""
    port = free_port()
    options = ["--quiet", "--hardfork", "shanghai", "--gas-limit", str(BLOCK_GAS)]
    with subprocess.Popen(["anvil", *options, "--port", str(port)]) as process:
        try:
            web3 = Web3(HTTPProvider(f"http://127.0.0.1:{port}", {"timeout": 60}))
            for _ in range(100):
                if web3.is_connected():
                    break
                time.sleep(0.1)
            yield web3
        finally:
            process.terminate()


@pytest.fixture(autouse=True)
def isolation():
    """The other tests' node has no part in it, and might not answer beside this much work."""


@pytest.fixture(scope="module")
def harness(web3, project_contracts, ranges):
    """The library with all the ranges in it."""
    build = project_contracts.SerialRangesHarness
    sender = {"from": web3.eth.accounts[0], "gas": BLOCK_GAS}

    def mined(transaction):
        receipt = web3.eth.wait_for_transaction_receipt(transaction)
        assert receipt["status"] == 1
        return receipt

    contract = web3.eth.contract(abi=build.abi, bytecode=build.bytecode)
    address = mined(contract.constructor().transact(sender))["contractAddress"]
    harness = contract(address)
    for start in range(0, RANGES, BATCH_RANGES):
        mined(harness.functions.addAll(ranges[start : start + BATCH_RANGES]).transact(sender))
    return harness


def verdicts(harness, attempts):
    """For each what `add` says: True, the range it meets, or None where the gas did not last."""
    answers = harness.functions.judgeAll(attempts).call({"gas": BLOCK_GAS})
    return [verdict_of(answer, attempt) for answer, attempt in zip(answers, attempts, strict=True)]


def verdict_of(answer, attempt):
    if answer == b"":
        return None
    if answer[:4] == ACCEPTED:
        return True
    assert answer[:4] == OVERLAP
    first, last, taken_first, taken_last = decode(["uint256"] * 4, answer[4:])
    assert (first, last) == attempt[:2]
    return taken_first, taken_last


def test_no_disagreement_with_brute_force(harness, ranges):
    draw = random.Random(1_000)
    taken = [(first, last) for first, last, _ in ranges]
    firsts = sorted(first for first, _ in taken)
    known = set(firsts)
    candidates = [random_range(draw) for _ in range(CANDIDATES)]
    expected = [(meets(candidate, taken) or [True])[0] for candidate in candidates]
    accepted = expected.count(True)
    assert CANDIDATES // 10 < accepted < CANDIDATES * 9 // 10

    def neighbour(first, places):
        place = bisect_left(firsts, first + 1) - 1 + places
        return firsts[max(0, min(place, RANGES - 1))]

    near = {
        "right": lambda first: neighbour(first, 0),
        "below": lambda first: neighbour(first, -1),
        "above": lambda first: neighbour(first, 1),
        "ten above": lambda first: neighbour(first, 10),
    }
    far = {
        "none": lambda first: 0,
        "existing": lambda first: draw.choice(firsts),
        "lowest": lambda first: firsts[0],
        "highest": lambda first: firsts[-1],
        "itself": lambda first: first,
        "unknown": lambda first: next(n for n in count(first) if n not in known),
        "largest": lambda first: 2**64 - 1,
        "beyond": lambda first: 2**256 - 1,
    }
    for hint in near.values():
        attempts = [(*candidate, hint(candidate[0])) for candidate in candidates]
        given = [
            verdict
            for start in range(0, CANDIDATES, BATCH_CANDIDATES)
            for verdict in verdicts(harness, attempts[start : start + BATCH_CANDIDATES])
        ]
        assert given == expected

    answered = asked = 0
    for index, (candidate, verdict) in enumerate(zip(candidates, expected, strict=True)):
        for turn in range(FAR_HINTS):
            name = list(far)[(index + 2 * turn) % len(far)]
            attempt = (*candidate, far[name](candidate[0]))
            given = verdicts(harness, [attempt])[0]
            assert given in (None, verdict), (name, attempt)
            asked, answered = asked + 1, answered + (given is not None)
    print(f"{answered} of {asked} far-off hints found the place")
    assert answered > asked * 7 // 10
