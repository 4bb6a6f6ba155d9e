"""attest and mintCredit: two must agree on exactly one credit, once, for this contract and chain.

given a custodian's signature, and an issuer who mints
  it is minted as signed, with one transaction or two
  it is refused when anything differs from what was signed
  it is refused when its time has passed, at either step
  it is refused when its signer is no custodian, at either step
  it is refused once a custodian withdrew it
  it takes a wallet's word as ERC-1271 has it, and no other answer
  it cannot be used twice, nor held up by somebody else
"""

from dataclasses import replace

import pytest
from brownie import reverts
from eth_account import Account
from eth_account.messages import encode_typed_data

from gasprint.attestations import attest, digest_of, typed_data
from tests.suite import (
    CUSTODIAN,
    EVIDENCE_HASH,
    FIRST_SERIAL,
    MNEMONIC,
    PROJECT_ID,
    TOKEN_ID,
    attested,
    chain_id,
    issue,
    mint,
    pass_time,
    reverts_with,
)

CREDIT_ID = (1 << 64) | 10
NEW_TOKEN_ID = (PROJECT_ID << 128) | CREDIT_ID
SECP256K1_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141

HONEST, REFUSING, REVERTING, GARBAGE, DIRTY_MAGIC, SHORT_MAGIC, SILENT = range(7)
"""The manners of a ContractWallet."""


def key_of(index):
    return Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}")


OUTSIDER = key_of(10)


@pytest.fixture
def attestation(suite, roles):
    return attested(suite, roles, CREDIT_ID)


def sign(suite, credit, key=CUSTODIAN, deadline=2**32 - 1, chain=None, contract=None):
    return attest(
        credit,
        EVIDENCE_HASH,
        deadline,
        chain or chain_id(),
        contract or str(suite.CarbonCredits),
        key,
    )


def bring(suite, attestation, sender, hint=0):
    return suite.CarbonCredits.attest(*attestation.attest_arguments(hint), {"from": sender})


def mint_alone(suite, credit, sender):
    return suite.CarbonCredits.mintCredit(*credit.mint_arguments, {"from": sender})


def custodian_wallet(suite, roles, project_contracts):
    wallet = project_contracts.ContractWallet.deploy(OUTSIDER.address, {"from": roles.outsider})
    role = suite.Authority.CUSTODIAN_ROLE()
    suite.Authority.grantRole(role, wallet, 0, {"from": roles.custodian})
    return wallet


def test_two_agree_in_one_transaction(suite, roles, attestation):
    tx = mint(suite, attestation, roles.issuer)
    assert dict(tx.events["CreditAttested"]) == {
        "tokenId": NEW_TOKEN_ID,
        "custodian": roles.custodian,
        "evidenceHash": "0x" + EVIDENCE_HASH.hex(),
    }
    assert tx.events["CreditMinted"]["to"] == roles.holder


def test_two_agree_in_two_transactions(suite, roles, attestation):
    assert not bring(suite, attestation, roles.issuer).events
    mint_alone(suite, attestation.credit, roles.issuer)
    assert suite.CarbonCredits.balanceOf(roles.holder, NEW_TOKEN_ID) == 10 * 10**8


def test_what_another_brings_does_not_count(suite, roles, attestation):
    for messenger in (roles.outsider, roles.custodian, roles.holder):
        bring(suite, attestation, messenger, hint=FIRST_SERIAL)
        with reverts(reverts_with("NotAttested", NEW_TOKEN_ID)):
            mint_alone(suite, attestation.credit, roles.issuer)
    bring(suite, attestation, roles.issuer)
    bring(suite, sign(suite, attestation.credit, deadline=2**32 - 2), roles.outsider)
    mint_alone(suite, attestation.credit, roles.issuer)


def test_the_issuer_alone_mints_nothing(suite, roles, attestation):
    with reverts(reverts_with("NotAttested", NEW_TOKEN_ID)):
        mint_alone(suite, attestation.credit, roles.issuer)
    own = sign(suite, attestation.credit, key_of(1))
    assert own.custodian == roles.issuer
    with reverts(reverts_with("NotCustodian", str(roles.issuer))):
        mint(suite, own, roles.issuer)


@pytest.mark.parametrize(
    "actor", ["custodian", "administrator", "guardian", "holder", "outsider", "factor_publisher"]
)
def test_no_other_mints_what_was_attested(suite, roles, attestation, actor):
    bring(suite, attestation, roles.issuer)
    refusal = reverts_with("AccessManagedUnauthorized", str(getattr(roles, actor)))
    with reverts(refusal):
        mint_alone(suite, attestation.credit, getattr(roles, actor))
    with reverts(refusal):
        mint(suite, attestation, getattr(roles, actor))


def test_the_same_attestation_mints_once(suite, roles, attestation):
    mint(suite, attestation, roles.issuer)
    with reverts(reverts_with("CreditAlreadyIssued", NEW_TOKEN_ID)):
        mint(suite, attestation, roles.issuer)
    with reverts(reverts_with("CreditAlreadyIssued", NEW_TOKEN_ID)):
        mint_alone(suite, attestation.credit, roles.issuer)
    # Brought again it stays without effect.
    bring(suite, attestation, roles.issuer)
    with reverts(reverts_with("CreditAlreadyIssued", NEW_TOKEN_ID)):
        mint_alone(suite, attestation.credit, roles.issuer)


def test_another_recipient_of_a_minted_credit_is_refused(suite, roles, attestation):
    mint(suite, attestation, roles.issuer)
    again = sign(suite, replace(attestation.credit, recipient=str(roles.outsider)))
    with reverts(reverts_with("CreditAlreadyIssued", NEW_TOKEN_ID)):
        mint(suite, again, roles.issuer)


def test_one_of_another_chain_is_refused(suite, roles, attestation):
    for chain in (1, chain_id() + 1):
        foreign = sign(suite, attestation.credit, chain=chain)
        with reverts(reverts_with("InvalidAttestation", CUSTODIAN.address)):
            mint(suite, foreign, roles.issuer)


def test_one_for_another_contract_is_refused(suite, roles, attestation):
    for contract in (suite.CreditRecords, suite.RetirementCertificates, suite.Authority):
        foreign = sign(suite, attestation.credit, contract=str(contract))
        with reverts(reverts_with("InvalidAttestation", CUSTODIAN.address)):
            mint(suite, foreign, roles.issuer)


@pytest.mark.parametrize(("field", "value"), [("name", "gasprint"), ("version", "2")])
def test_one_of_another_domain_is_refused(suite, roles, attestation, field, value):
    document = typed_data(
        attestation.credit, EVIDENCE_HASH, 2**32 - 1, chain_id(), str(suite.CarbonCredits)
    )
    document["domain"][field] = value
    signature = CUSTODIAN.sign_message(encode_typed_data(full_message=document)).signature
    with reverts(reverts_with("InvalidAttestation", CUSTODIAN.address)):
        mint(suite, replace(attestation, signature=bytes(signature)), roles.issuer)


def test_one_that_expired_is_refused(suite, roles, attestation):
    deadline = pass_time(0) - 1
    with reverts(reverts_with("AttestationExpired", deadline)):
        mint(suite, sign(suite, attestation.credit, deadline=deadline), roles.issuer)


def test_one_that_expires_before_the_mint_is_refused(suite, roles, attestation):
    deadline = pass_time(0) + 1000
    short = sign(suite, attestation.credit, deadline=deadline)
    bring(suite, short, roles.issuer)
    pass_time(1001)
    with reverts(reverts_with("AttestationExpired", deadline)):
        mint_alone(suite, short.credit, roles.issuer)
    with reverts(reverts_with("AttestationExpired", deadline)):
        mint(suite, short, roles.issuer)
    # Signed anew, the same credit is minted.
    mint(suite, attestation, roles.issuer)


def test_a_deadline_of_more_than_32_bits_is_refused(suite, roles, attestation):
    far = sign(suite, attestation.credit, deadline=2**32)
    with reverts(reverts_with("SafeCastOverflowedUintDowncast", 32, 2**32)):
        bring(suite, far, roles.issuer)


def test_the_signature_of_another_is_refused(suite, roles, attestation):
    forged = replace(sign(suite, attestation.credit, OUTSIDER), custodian=CUSTODIAN.address)
    with reverts(reverts_with("InvalidAttestation", CUSTODIAN.address)):
        mint(suite, forged, roles.issuer)


@pytest.mark.parametrize(("index", "name"), [(10, "outsider"), (0, "administrator")])
def test_a_signer_without_the_role_is_refused(suite, roles, attestation, index, name):
    own = sign(suite, attestation.credit, key_of(index))
    assert own.custodian == getattr(roles, name)
    with reverts(reverts_with("NotCustodian", own.custodian)):
        mint(suite, own, roles.issuer)


def test_nobody_is_no_custodian(suite, roles, attestation):
    zero = "0x" + "00" * 20
    for signature in (b"", bytes(65), attestation.signature):
        with reverts(reverts_with("NotCustodian", zero)):
            mint(suite, replace(attestation, custodian=zero, signature=signature), roles.issuer)


def test_a_custodian_dismissed_before_the_mint_does_not_count(suite, roles, attestation):
    authority, role = suite.Authority, suite.Authority.CUSTODIAN_ROLE()
    authority.grantRole(role, OUTSIDER.address, 0, {"from": roles.custodian})
    second = sign(suite, attestation.credit, OUTSIDER)
    bring(suite, second, roles.issuer)
    authority.revokeRole(role, OUTSIDER.address, {"from": roles.custodian})
    with reverts(reverts_with("NotCustodian", OUTSIDER.address)):
        mint_alone(suite, second.credit, roles.issuer)
    with reverts(reverts_with("NotCustodian", OUTSIDER.address)):
        mint(suite, second, roles.issuer)
    authority.grantRole(role, OUTSIDER.address, 0, {"from": roles.custodian})
    mint_alone(suite, second.credit, roles.issuer)


def test_a_custodian_who_resigned_before_the_mint_does_not_count(suite, roles, attestation):
    bring(suite, attestation, roles.issuer)
    role = suite.Authority.CUSTODIAN_ROLE()
    suite.Authority.renounceRole(role, roles.custodian, {"from": roles.custodian})
    with reverts(reverts_with("NotCustodian", CUSTODIAN.address)):
        mint_alone(suite, attestation.credit, roles.issuer)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("recipient", "0x" + "aa" * 20),
        ("token_id", NEW_TOKEN_ID + 1),
        ("token_id", NEW_TOKEN_ID + (1 << 64)),
        ("token_id", NEW_TOKEN_ID + (1 << 128)),
        ("token_id", NEW_TOKEN_ID + (1 << 192)),
        ("project_name", "Bale Mountains Eco-region REDD+ Project"),
        ("methodology", "VM0048"),
        ("vintage", "2021"),
        ("country", "KE"),
        ("expiry", 4_000_000_000),
    ],
)
def test_a_changed_credit_is_refused(suite, roles, attestation, field, value):
    changed = replace(attestation, credit=replace(attestation.credit, **{field: value}))
    with reverts(reverts_with("InvalidAttestation", CUSTODIAN.address)):
        bring(suite, changed, roles.issuer)
    # What was brought as signed does not vouch for another credit either.
    bring(suite, attestation, roles.issuer)
    with reverts(reverts_with("NotAttested", changed.credit.token_id)):
        mint_alone(suite, changed.credit, roles.issuer)


def test_text_moved_from_one_string_to_the_next_is_refused(suite, roles, attestation):
    credit = replace(attestation.credit, project_name="Bale", methodology="MountainsVM0015")
    signed = sign(suite, replace(credit, project_name="BaleMountains", methodology="VM0015"))
    with reverts(reverts_with("InvalidAttestation", CUSTODIAN.address)):
        mint(suite, replace(signed, credit=credit), roles.issuer)


def test_a_changed_amount_is_refused(suite, roles, attestation):
    bring(suite, attestation, roles.issuer)
    to, project, credit, units, expiry, metadata = attestation.credit.mint_arguments
    metadata = (*metadata[:6], units + 1, *metadata[7:])
    with reverts(reverts_with("NotAttested", NEW_TOKEN_ID)):
        suite.CarbonCredits.mintCredit(
            to, project, credit, units + 1, expiry, metadata, {"from": roles.issuer}
        )
    arguments = list(attestation.attest_arguments())
    arguments[1] = metadata
    with reverts(reverts_with("InvalidAttestation", CUSTODIAN.address)):
        suite.CarbonCredits.attest(*arguments, {"from": roles.issuer})


@pytest.mark.parametrize(
    "changes", [{"evidence_hash": b"\x03" * 32}, {"deadline": 2**32 - 2}], ids=["evidence", "time"]
)
def test_a_changed_attestation_is_refused(suite, roles, attestation, changes):
    with reverts(reverts_with("InvalidAttestation", CUSTODIAN.address)):
        mint(suite, replace(attestation, **changes), roles.issuer)


@pytest.mark.parametrize(
    "mangle",
    [
        lambda s: b"",
        lambda s: s[:63],
        lambda s: s + b"\x00",
        lambda s: bytes(65),
        lambda s: s[:10] + bytes([s[10] ^ 1]) + s[11:],
        lambda s: s[:40] + bytes([s[40] ^ 1]) + s[41:],
        lambda s: s[:64] + bytes([55 - s[64]]),
        lambda s: s[:64] + b"\x1d",
        lambda s: s[:64] + b"\x00",
        lambda s: s[32:64] + s[:32] + s[64:],
        lambda s: s[:32] + bytes(32) + s[64:],
        lambda s: bytes(32) + s[32:],
    ],
    ids=[
        *("empty", "63 bytes", "66 bytes", "zeros", "r", "s", "other v", "v 29", "v 0"),
        *("swapped", "s zero", "r zero"),
    ],
)
def test_a_mangled_signature_is_refused(suite, roles, attestation, mangle):
    mangled = mangle(attestation.signature)
    assert mangled != attestation.signature
    with reverts(reverts_with("InvalidAttestation", CUSTODIAN.address)):
        mint(suite, replace(attestation, signature=mangled), roles.issuer)


@pytest.mark.parametrize("form", ["high s", "compact"])
def test_the_other_form_of_a_signature_says_nothing_new(suite, roles, attestation, form):
    """Its high-s twin, and EIP-2098's form, are the custodian's word on a credit minted once."""
    r, s, v = attestation.signature[:32], attestation.signature[32:64], attestation.signature[64]
    other = {
        "high s": r + (SECP256K1_ORDER - int.from_bytes(s)).to_bytes(32) + bytes([55 - v]),
        "compact": r + (int.from_bytes(s) | (v - 27) << 255).to_bytes(32),
    }[form]
    mint(suite, attestation, roles.issuer)
    bring(suite, replace(attestation, signature=other), roles.issuer)
    with reverts(reverts_with("CreditAlreadyIssued", NEW_TOKEN_ID)):
        mint_alone(suite, attestation.credit, roles.issuer)


def test_a_wallet_attests_by_its_owner(suite, roles, project_contracts, attestation):
    wallet = custodian_wallet(suite, roles, project_contracts)
    signed = replace(sign(suite, attestation.credit, OUTSIDER), custodian=str(wallet))
    tx = mint(suite, signed, roles.issuer)
    assert tx.events["CreditAttested"]["custodian"] == wallet


def test_a_wallet_does_not_take_anothers_signature(suite, roles, project_contracts, attestation):
    wallet = custodian_wallet(suite, roles, project_contracts)
    with reverts(reverts_with("InvalidAttestation", str(wallet))):
        mint(suite, replace(attestation, custodian=str(wallet)), roles.issuer)


@pytest.mark.parametrize("manner", [REFUSING, REVERTING, GARBAGE, DIRTY_MAGIC, SHORT_MAGIC, SILENT])
def test_a_wallet_that_does_not_say_yes_is_refused(
    suite, roles, project_contracts, attestation, manner
):
    wallet = custodian_wallet(suite, roles, project_contracts)
    wallet.setManner(manner, {"from": roles.outsider})
    signed = replace(sign(suite, attestation.credit, OUTSIDER), custodian=str(wallet))
    with reverts(reverts_with("InvalidAttestation", str(wallet))):
        mint(suite, signed, roles.issuer)


def test_a_contract_that_is_no_wallet_is_refused(suite, roles, attestation):
    role = suite.Authority.CUSTODIAN_ROLE()
    suite.Authority.grantRole(role, suite.EmissionsRegistry, 0, {"from": roles.custodian})
    contract = str(suite.EmissionsRegistry)
    with reverts(reverts_with("InvalidAttestation", contract)):
        mint(suite, replace(attestation, custodian=contract), roles.issuer)


def test_a_wallet_without_the_role_is_refused(suite, roles, project_contracts, attestation):
    wallet = project_contracts.ContractWallet.deploy(OUTSIDER.address, {"from": roles.outsider})
    signed = replace(sign(suite, attestation.credit, OUTSIDER), custodian=str(wallet))
    with reverts(reverts_with("NotCustodian", str(wallet))):
        mint(suite, signed, roles.issuer)


@pytest.mark.parametrize("brought", [True, False])
def test_one_that_a_custodian_withdrew_is_refused(suite, roles, attestation, brought):
    credits = suite.CarbonCredits
    if brought:
        bring(suite, attestation, roles.issuer)
    digest = digest_of(attestation, chain_id(), str(credits))
    withdrawn = "0x" + digest.hex()
    tx = credits.withdrawAttestation(digest, {"from": roles.custodian})
    assert dict(tx.events["AttestationWithdrawn"]) == {
        "digest": withdrawn,
        "custodian": roles.custodian,
    }
    refusal = reverts_with("AttestationIsWithdrawn", digest)
    if brought:
        with reverts(refusal):
            mint_alone(suite, attestation.credit, roles.issuer)
    with reverts(refusal):
        mint(suite, attestation, roles.issuer)
    # With another deadline it is another attestation, which stands.
    mint(suite, sign(suite, attestation.credit, deadline=2**32 - 2), roles.issuer)


def test_a_custodian_with_a_delay_does_not_count(suite, roles, attestation):
    authority, role = suite.Authority, suite.Authority.CUSTODIAN_ROLE()
    authority.grantRole(role, OUTSIDER.address, 86_400, {"from": roles.custodian})
    with reverts(reverts_with("NotCustodian", OUTSIDER.address)):
        mint(suite, sign(suite, attestation.credit, OUTSIDER), roles.issuer)
    for contract, call in (
        (suite.CarbonCredits, ("suspend", [TOKEN_ID], "")),
        (suite.CreditRecords, ("addLabel", TOKEN_ID, "CCP", 1)),
    ):
        with reverts(reverts_with("NotCustodian", str(roles.outsider))):
            getattr(contract, call[0])(*call[1:], {"from": roles.outsider})


@pytest.mark.parametrize("hint", [FIRST_SERIAL, FIRST_SERIAL + 1, 2**64 - 1, 2**256 - 1])
def test_with_a_bad_hint_it_is_minted_all_the_same(suite, roles, attestation, hint):
    bring(suite, attestation, roles.issuer, hint)
    mint_alone(suite, attestation.credit, roles.issuer)
    credit_id = (FIRST_SERIAL << 64) | FIRST_SERIAL
    other = attested(suite, roles, credit_id)
    bring(suite, other, roles.issuer, hint)
    with reverts(reverts_with("SerialsOverlap", *(FIRST_SERIAL,) * 3, FIRST_SERIAL + 424)):
        mint_alone(suite, other.credit, roles.issuer)


def test_a_second_custodian_brings_the_same_credit(suite, roles, attestation):
    authority, role = suite.Authority, suite.Authority.CUSTODIAN_ROLE()
    authority.grantRole(role, OUTSIDER.address, 0, {"from": roles.custodian})
    bring(suite, sign(suite, attestation.credit, OUTSIDER), roles.issuer)
    bring(suite, attestation, roles.issuer)
    authority.revokeRole(role, OUTSIDER.address, {"from": roles.custodian})
    mint_alone(suite, attestation.credit, roles.issuer)


def test_issuance_paused_is_resumed_with_what_was_attested(suite, roles, attestation):
    bring(suite, attestation, roles.issuer)
    suite.CarbonCredits.pauseIssuance({"from": roles.guardian})
    with reverts(reverts_with("EnforcedPause")):
        mint_alone(suite, attestation.credit, roles.issuer)
    suite.CarbonCredits.resumeIssuance({"from": roles.administrator})
    mint_alone(suite, attestation.credit, roles.issuer)


def test_a_credit_issued_before_is_not_touched(suite, roles):
    with reverts(reverts_with("CreditAlreadyIssued", TOKEN_ID)):
        issue(suite, roles)
