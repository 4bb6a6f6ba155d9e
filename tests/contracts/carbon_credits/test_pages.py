"""isRecorded: every retirement can be shown to have happened, and none that did not.

given 70 retirements of one credit, on three pages
  each is shown by its own proof
  a page's chain is the hash over its retirements in their order
  a proof with one thing changed shows nothing
"""

from dataclasses import replace

import pytest
from eth_utils.crypto import keccak

from tests.retirements import chain_of, proof_of, retirement_of, retirements_of
from tests.suite import NOTHING_SAID, TOKEN_ID

DETAILS = ("0x" + "11" * 20, "A", "B", "C", 1, 2)


@pytest.fixture
def retirements(suite, roles):
    """70 of them: 69 in batches of 23, and one that says something."""
    credits, all_of_them = suite.CarbonCredits, []
    for beneficiary in (roles.holder, roles.beneficiary, roles.marketplace):
        tx = credits.retireForBatch(
            [TOKEN_ID] * 23,
            roles.holder,
            list(range(1, 24)),
            beneficiary,
            NOTHING_SAID,
            False,
            {"from": roles.holder},
        )
        all_of_them += retirements_of(tx)
    tx = credits.retireFor(
        TOKEN_ID, roles.holder, 7, roles.holder, DETAILS, False, {"from": roles.holder}
    )
    return [*all_of_them, retirement_of(tx)]


def is_recorded(suite, retirement, proof):
    return suite.CarbonCredits.isRecorded(retirement.fields, proof)


def test_each_is_shown(suite, retirements):
    assert [r.index for r in retirements] == list(range(70))
    for retirement in retirements:
        assert is_recorded(suite, retirement, proof_of(retirement, retirements))


def test_a_pages_chain_is_its_retirements(suite, retirements):
    credits = suite.CarbonCredits
    for page in range(3):
        expected = chain_of(retirements[32 * page : 32 * page + 32])
        assert bytes(credits.pageChain(TOKEN_ID, page)) == expected
    assert bytes(credits.pageChain(TOKEN_ID, 3)) == bytes(32)
    assert bytes(credits.pageChain(TOKEN_ID + 1, 0)) == bytes(32)


@pytest.mark.parametrize("index", [0, 31, 32, 50, 69])
def test_a_changed_retirement_is_not_shown(suite, roles, retirements, index):
    retirement = retirements[index]
    proof = proof_of(retirement, retirements)
    other = str(roles.outsider)
    changes = [
        (0, retirement.id + 1),
        (0, retirement.id + (1 << 96)),
        (1, TOKEN_ID + 1),
        (2, other),
        (3, other),
        (4, other),
        (5, retirement.fields[5] + 1),
        (6, keccak(b"other")),
    ]
    for place, value in changes:
        fields = (*retirement.fields[:place], value, *retirement.fields[place + 1 :])
        assert not is_recorded(suite, replace(retirement, fields=fields), proof)


@pytest.mark.parametrize("index", [0, 31, 32, 50, 69])
def test_a_changed_proof_shows_nothing(suite, retirements, index):
    retirement = retirements[index]
    own_index, before, later = proof_of(retirement, retirements)
    assert is_recorded(suite, retirement, (own_index, before, later))
    wrong = [
        (own_index + 32, before, later),
        (own_index + 3200, before, later),
        (2**256 - 1, before, later),
        (own_index, keccak(before), later),
        (own_index, before, [*later, bytes(32)]),
        (own_index, before, [*later, retirement.hash]),
        (own_index, keccak(before + retirement.hash), later),
    ]
    if later:
        wrong += [
            (own_index, before, later[:-1]),
            (own_index, before, later[1:]),
            (own_index, before, [keccak(later[0]), *later[1:]]),
        ]
    if len(later) > 1:
        wrong.append((own_index, before, later[::-1]))
    if own_index >= 32:
        wrong.append((own_index - 32, before, later))
    for proof in wrong:
        assert not is_recorded(suite, retirement, proof)


def test_an_old_proof_ends_with_the_next_retirement_of_the_page(suite, roles, retirements):
    retirement = retirements[-1]
    old = proof_of(retirement, retirements)
    tx = suite.CarbonCredits.retire(TOKEN_ID, roles.holder, 1, {"from": roles.holder})
    assert not is_recorded(suite, retirement, old)
    retirements = [*retirements, retirement_of(tx)]
    assert is_recorded(suite, retirement, proof_of(retirement, retirements))
    # Of a page that is full, a proof holds for ever.
    assert is_recorded(suite, retirements[40], proof_of(retirements[40], retirements[:64]))


def test_what_never_happened_is_not_shown(suite, retirements):
    retirement = retirements[3]
    for token_id in (0, TOKEN_ID + 1):
        fields = (retirement.id, token_id, *retirement.fields[2:])
        for proof in ((0, bytes(32), []), (3, bytes(32), [])):
            assert not is_recorded(suite, replace(retirement, fields=fields), proof)
