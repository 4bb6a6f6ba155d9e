"""CarbonCredits is ERC-8393: one test for every MUST of the draft of August 2026, named after it.

given a credit of 425 tonnes issued to the holder
"""

import pytest
from brownie import reverts

from tests.suite import (
    CREDIT_ID,
    PROJECT_ID,
    TOKEN_ID,
    UNITS_ISSUED,
    attested,
    issue,
    metadata_of,
    pass_time,
    reverts_with,
)

ZERO = "0x" + "00" * 20
OTHER_CREDIT_ID = (2_000_000_000 << 64) | 2_000_000_009


def insufficient(account, held_units, needed_units):
    return reverts_with(
        "ERC1155InsufficientBalance", str(account), held_units, needed_units, TOKEN_ID
    )


def test_must_implement_erc1155_erc165_and_ierc8393(suite):
    for interface_id in ("0xd9b67a26", "0x01ffc9a7", "0xde95c7c3"):
        assert suite.CarbonCredits.supportsInterface(interface_id)
    for interface_id in ("0xffffffff", "0x80ac58cd"):
        assert not suite.CarbonCredits.supportsInterface(interface_id)


@pytest.mark.parametrize("project_id", [0, 1, PROJECT_ID, 2**128 - 1])
@pytest.mark.parametrize("credit_id", [0, CREDIT_ID, 2**128 - 1])
def test_encode_and_decode_must_be_project_id_shifted_by_128_or_credit_id(
    suite, project_id, credit_id
):
    token_id = suite.CarbonCredits.encodeTokenId(project_id, credit_id)
    assert token_id == (project_id << 128) | credit_id
    assert [int(i) for i in suite.CarbonCredits.decodeTokenId(token_id)] == [project_id, credit_id]


@pytest.mark.parametrize(("project_id", "credit_id"), [(2**128, 0), (0, 2**128), (2**255, 2**255)])
def test_encode_must_revert_where_an_id_has_more_than_128_bits(suite, project_id, credit_id):
    with reverts(reverts_with("IdTooLarge", project_id, credit_id)):
        suite.CarbonCredits.encodeTokenId(project_id, credit_id)


def test_get_metadata_must_return_what_was_recorded_at_issuance(suite):
    metadata = suite.CarbonCredits.getMetadata(TOKEN_ID)
    expected = metadata_of()
    assert tuple(metadata[i] for i in range(9)) == expected
    assert metadata["projectName"] == "Bale Mountains Eco-region REDD+ project"
    assert metadata["totalVolume"] == UNITS_ISSUED


def test_get_metadata_must_revert_for_a_token_that_does_not_exist(suite):
    with reverts(reverts_with("UnknownCredit", TOKEN_ID + 1)):
        suite.CarbonCredits.getMetadata(TOKEN_ID + 1)


def test_mint_credit_must_revert_where_the_token_exists(suite, roles):
    with reverts(reverts_with("CreditAlreadyIssued", TOKEN_ID)):
        issue(suite, roles)


@pytest.mark.parametrize(
    ("field", "value"),
    [("projectId", 1), ("creditId", CREDIT_ID), ("expiry", 1), ("totalVolume", 1)],
)
def test_mint_credit_must_revert_where_the_metadata_differs(suite, roles, field, value):
    metadata = metadata_of(OTHER_CREDIT_ID, **{field: value})
    with reverts(reverts_with("MetadataMismatch", field)):
        suite.CarbonCredits.mintCredit(
            roles.holder,
            PROJECT_ID,
            OTHER_CREDIT_ID,
            10 * 10**8,
            0,
            metadata,
            {"from": roles.issuer},
        )


def test_mint_credit_must_store_is_retired_as_false(suite, roles):
    attestation = attested(suite, roles, OTHER_CREDIT_ID)
    *arguments, _ = attestation.credit.mint_arguments
    credits = suite.CarbonCredits
    credits.attest(*attestation.attest_arguments(), {"from": roles.issuer})
    credits.mintCredit(
        *arguments, metadata_of(OTHER_CREDIT_ID, isRetired=True), {"from": roles.issuer}
    )
    token_id = (PROJECT_ID << 128) | OTHER_CREDIT_ID
    assert suite.CarbonCredits.getMetadata(token_id)["isRetired"] is False


def test_mint_credit_must_emit_credit_minted_and_mint_the_whole_volume(suite, roles):
    tx = issue(suite, roles, OTHER_CREDIT_ID, expiry=4_000_000_000)
    token_id = (PROJECT_ID << 128) | OTHER_CREDIT_ID
    assert dict(tx.events["CreditMinted"]) == {
        "to": roles.holder,
        "tokenId": token_id,
        "projectId": PROJECT_ID,
        "creditId": OTHER_CREDIT_ID,
        "amount": 10 * 10**8,
        "expiry": 4_000_000_000,
    }
    assert suite.CarbonCredits.balanceOf(roles.holder, token_id) == 10 * 10**8


def test_retire_must_revert_unless_by_the_account_or_its_operator(suite, roles):
    credits = suite.CarbonCredits
    for name in ("outsider", "administrator", "issuer", "custodian", "guardian", "deployer"):
        actor = getattr(roles, name)
        refusal = reverts_with("ERC1155MissingApprovalForAll", str(actor), str(roles.holder))
        with reverts(refusal):
            credits.retire(TOKEN_ID, roles.holder, 1, {"from": actor})

    credits.retire(TOKEN_ID, roles.holder, 1, {"from": roles.holder})
    credits.setApprovalForAll(roles.marketplace, True, {"from": roles.holder})
    credits.retire(TOKEN_ID, roles.holder, 1, {"from": roles.marketplace})
    assert credits.retiredBalanceOf(roles.holder, TOKEN_ID) == 2

    credits.setApprovalForAll(roles.marketplace, False, {"from": roles.holder})
    refusal = reverts_with(
        "ERC1155MissingApprovalForAll", str(roles.marketplace), str(roles.holder)
    )
    with reverts(refusal):
        credits.retire(TOKEN_ID, roles.holder, 1, {"from": roles.marketplace})


def test_retire_must_revert_where_the_amount_exceeds_the_transferable_balance(suite, roles):
    credits = suite.CarbonCredits
    with reverts(insufficient(roles.holder, UNITS_ISSUED, UNITS_ISSUED + 1)):
        credits.retire(TOKEN_ID, roles.holder, UNITS_ISSUED + 1, {"from": roles.holder})
    credits.retire(TOKEN_ID, roles.holder, UNITS_ISSUED - 5, {"from": roles.holder})
    with reverts(insufficient(roles.holder, 5, 6)):
        credits.retire(TOKEN_ID, roles.holder, 6, {"from": roles.holder})


def test_retire_must_decrease_the_balance_and_emit_transfer_single_to_zero(suite, roles):
    tx = suite.CarbonCredits.retire(TOKEN_ID, roles.holder, 7, {"from": roles.holder})
    assert suite.CarbonCredits.balanceOf(roles.holder, TOKEN_ID) == UNITS_ISSUED - 7
    assert dict(tx.events["TransferSingle"]) == {
        "operator": roles.holder,
        "from": roles.holder,
        "to": ZERO,
        "id": TOKEN_ID,
        "value": 7,
    }


def test_retire_must_increase_the_retired_balance_and_emit_credit_retired(suite, roles):
    tx = suite.CarbonCredits.retire(TOKEN_ID, roles.holder, 7, {"from": roles.holder})
    assert suite.CarbonCredits.retiredBalanceOf(roles.holder, TOKEN_ID) == 7
    assert dict(tx.events["CreditRetired"]) == {
        "account": roles.holder,
        "tokenId": TOKEN_ID,
        "amount": 7,
    }


def test_a_retired_balance_must_not_be_transferable_and_must_not_decrease(suite, roles):
    credits = suite.CarbonCredits
    credits.retire(TOKEN_ID, roles.holder, UNITS_ISSUED - 10, {"from": roles.holder})
    with reverts(insufficient(roles.holder, 10, 11)):
        credits.safeTransferFrom(
            roles.holder, roles.outsider, TOKEN_ID, 11, b"", {"from": roles.holder}
        )
    credits.safeTransferFrom(
        roles.holder, roles.outsider, TOKEN_ID, 10, b"", {"from": roles.holder}
    )
    credits.retire(TOKEN_ID, roles.outsider, 10, {"from": roles.outsider})
    assert credits.retiredBalanceOf(roles.holder, TOKEN_ID) == UNITS_ISSUED - 10
    assert credits.retiredBalanceOf(roles.outsider, TOKEN_ID) == 10


def test_is_retired_must_be_set_with_the_last_unit_and_not_before(suite, roles):
    credits = suite.CarbonCredits
    credits.retire(TOKEN_ID, roles.holder, UNITS_ISSUED - 1, {"from": roles.holder})
    assert credits.getMetadata(TOKEN_ID)["isRetired"] is False
    credits.safeTransferFrom(roles.holder, roles.outsider, TOKEN_ID, 1, b"", {"from": roles.holder})
    assert credits.getMetadata(TOKEN_ID)["isRetired"] is False
    credits.retire(TOKEN_ID, roles.outsider, 1, {"from": roles.outsider})
    assert credits.getMetadata(TOKEN_ID)["isRetired"] is True


def test_token_exists_must_be_true_if_and_only_if_mint_credit_succeeded(suite, roles):
    token_id = (PROJECT_ID << 128) | OTHER_CREDIT_ID
    assert not suite.CarbonCredits.tokenExists(token_id)
    with reverts(reverts_with("MetadataMismatch", "totalVolume")):
        suite.CarbonCredits.mintCredit(
            roles.holder,
            PROJECT_ID,
            OTHER_CREDIT_ID,
            1,
            0,
            metadata_of(OTHER_CREDIT_ID),
            {"from": roles.issuer},
        )
    assert not suite.CarbonCredits.tokenExists(token_id)
    issue(suite, roles, OTHER_CREDIT_ID)
    assert suite.CarbonCredits.tokenExists(token_id)
    suite.CarbonCredits.retire(token_id, roles.holder, 10 * 10**8, {"from": roles.holder})
    assert suite.CarbonCredits.tokenExists(token_id)


def test_is_expired_must_be_true_if_and_only_if_the_expiry_has_come(suite, roles):
    expiry = pass_time(0) + 1000
    issue(suite, roles, OTHER_CREDIT_ID, expiry=expiry)
    token_id = (PROJECT_ID << 128) | OTHER_CREDIT_ID
    assert not suite.CarbonCredits.isExpired(token_id)
    assert not suite.CarbonCredits.isExpired(TOKEN_ID)
    pass_time(1001)
    assert suite.CarbonCredits.isExpired(token_id)
    assert not suite.CarbonCredits.isExpired(TOKEN_ID)

    # The standard restricts neither the transfer nor the retirement of what has expired.
    suite.CarbonCredits.retire(token_id, roles.holder, 1, {"from": roles.holder})


def test_an_administrative_function_must_not_change_metadata_there_is_none(suite):
    changing = {
        entry["name"]
        for entry in suite.CarbonCredits.abi
        if entry["type"] == "function" and entry["stateMutability"] not in ("view", "pure")
    }
    assert changing == {
        "attest",
        "invalidate",
        "invalidateRetirement",
        "mintCredit",
        "multicall",
        "pauseIssuance",
        "redeem",
        "replace",
        "resume",
        "resumeIssuance",
        "retire",
        "retireFor",
        "retireForBatch",
        "safeBatchTransferFrom",
        "safeTransferFrom",
        "setApprovalForAll",
        "suspend",
        "withdrawAttestation",
    }
