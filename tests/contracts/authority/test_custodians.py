"""Custodians appoint one another, and no administrator can stand in for one.

given an administrator who wants to mint what no custodian attested to
  he cannot become a custodian, by any function of the authority, nor through it
  he cannot give the credits, or the custodians' role, another master
  he cannot keep custodians from appointing and dismissing
  nobody is a custodian and something else, so that he cannot be made one either
  with all that he can do, the credits still ask for a custodian's word
"""

import pytest
from brownie import reverts
from eth_account import Account

from gasprint.attestations import attest
from tests.suite import (
    CUSTODIAN,
    EVIDENCE_HASH,
    MNEMONIC,
    PROJECT_ID,
    attested,
    chain_id,
    mint,
    pass_time,
    reverts_with,
)

CUSTODIAN_ROLE = 3
PUBLIC_ROLE = 2**64 - 1
CREDIT_ID = (1 << 64) | 10
NEW_TOKEN_ID = (PROJECT_ID << 128) | CREDIT_ID
ADMINISTRATOR = Account.from_mnemonic(MNEMONIC, account_path="m/44'/60'/0'/0/0")


def sign_as_administrator(suite, roles):
    credit = attested(suite, roles, CREDIT_ID).credit
    return attest(
        credit, EVIDENCE_HASH, 2**32 - 1, chain_id(), str(suite.CarbonCredits), ADMINISTRATOR
    )


def unauthorised(account, role=CUSTODIAN_ROLE):
    return reverts_with("AccessManagerUnauthorizedAccount", str(account), role)


def unauthorised_call(account, target, function):
    selector = bytes.fromhex(target.signatures[function][2:])
    return reverts_with("AccessManagerUnauthorizedCall", str(account), str(target), selector)


def test_custodians_appoint_and_dismiss_one_another(suite, roles):
    authority = suite.Authority
    authority.grantRole(CUSTODIAN_ROLE, roles.auditor, 0, {"from": roles.custodian})
    assert authority.hasRole(CUSTODIAN_ROLE, roles.auditor)[0] is True
    authority.revokeRole(CUSTODIAN_ROLE, roles.custodian, {"from": roles.auditor})
    assert authority.hasRole(CUSTODIAN_ROLE, roles.custodian)[0] is False
    with reverts(unauthorised(roles.custodian)):
        authority.grantRole(CUSTODIAN_ROLE, roles.custodian, 0, {"from": roles.custodian})


@pytest.mark.parametrize(
    "actor", ["administrator", "issuer", "guardian", "factor_publisher", "deployer", "outsider"]
)
def test_nobody_else_appoints_or_dismisses(suite, roles, actor):
    actor = getattr(roles, actor)
    with reverts(unauthorised(actor)):
        suite.Authority.grantRole(CUSTODIAN_ROLE, actor, 0, {"from": actor})
    with reverts(unauthorised(actor)):
        suite.Authority.revokeRole(CUSTODIAN_ROLE, roles.custodian, {"from": actor})


def test_the_role_has_no_other_admin(suite, roles):
    for role in (0, 1, 3, 4, PUBLIC_ROLE):
        with reverts(reverts_with("RoleAdminsAreFinal")):
            suite.Authority.setRoleAdmin(CUSTODIAN_ROLE, role, {"from": roles.administrator})
    assert suite.Authority.getRoleAdmin(CUSTODIAN_ROLE) == CUSTODIAN_ROLE


@pytest.mark.parametrize("admin", [1, 3, 4, 7, PUBLIC_ROLE])
def test_no_other_role_is_given_by_another_than_the_administrator(suite, roles, admin):
    """Else a custodian, or anyone, could appoint an issuer of his own."""
    for role in (1, 2, 4, 7):
        with reverts(reverts_with("RoleAdminsAreFinal")):
            suite.Authority.setRoleAdmin(role, admin, {"from": roles.administrator})
        assert suite.Authority.getRoleAdmin(role) == 0


@pytest.mark.parametrize("role", [5, 7, 2**63, PUBLIC_ROLE])
def test_there_are_no_other_roles(suite, roles, role):
    with reverts(reverts_with("UnknownRole", role)):
        suite.Authority.grantRole(role, roles.outsider, 0, {"from": roles.administrator})


def test_new_custodians_are_not_kept_waiting(suite, roles):
    for delay in (0, 1, 2**32 - 1):
        with reverts(reverts_with("CustodianRoleIsFinal")):
            suite.Authority.setGrantDelay(CUSTODIAN_ROLE, delay, {"from": roles.administrator})
    suite.Authority.setGrantDelay(1, 86_400, {"from": roles.administrator})


def apart(account):
    return reverts_with("CustodianStandsApart", str(account))


@pytest.mark.parametrize("role", [0, 1, 2, 4])
@pytest.mark.parametrize("delay_seconds", [0, 86_400])
def test_a_custodian_gets_no_other_role(suite, roles, role, delay_seconds):
    authority, admin = suite.Authority, {"from": roles.administrator}
    with reverts(apart(roles.custodian)):
        authority.grantRole(role, roles.custodian, delay_seconds, admin)
    authority.grantRole(CUSTODIAN_ROLE, roles.auditor, 0, {"from": roles.custodian})
    authority.renounceRole(CUSTODIAN_ROLE, roles.custodian, {"from": roles.custodian})
    authority.grantRole(role, roles.custodian, delay_seconds, admin)


@pytest.mark.parametrize("name", ["administrator", "issuer", "factor_publisher", "guardian"])
def test_who_has_another_role_becomes_no_custodian(suite, roles, name):
    authority, account = suite.Authority, getattr(roles, name)
    with reverts(apart(account)):
        authority.grantRole(CUSTODIAN_ROLE, account, 0, {"from": roles.custodian})


def test_nor_does_one_who_will_have_it(suite, roles):
    """Issuers that are appointed with a delay are issuers from then on, not from now on."""
    authority, admin = suite.Authority, {"from": roles.administrator}
    authority.setGrantDelay(1, 86_400, admin)
    pass_time(5 * 86_400 + 1)
    authority.grantRole(1, roles.outsider, 0, admin)
    assert authority.hasRole(1, roles.outsider)[0] is False
    with reverts(apart(roles.outsider)):
        authority.grantRole(CUSTODIAN_ROLE, roles.outsider, 0, {"from": roles.custodian})


def test_an_authority_whose_administrator_is_the_custodian_is_refused(project_contracts, roles):
    with reverts(apart(roles.outsider)):
        project_contracts.Authority.deploy(roles.outsider, roles.outsider, {"from": roles.outsider})


def test_custodians_appoint_no_others(suite, roles):
    for role in (0, 1, 2, 4, 7):
        with reverts(reverts_with("RoleAdminsAreFinal")):
            suite.Authority.setRoleAdmin(role, CUSTODIAN_ROLE, {"from": roles.administrator})


@pytest.mark.parametrize("actor", ["custodian", "outsider"])
def test_only_the_administrator_tries(suite, roles, actor):
    actor = getattr(roles, actor)
    with reverts(unauthorised(actor, 0)):
        suite.Authority.setRoleAdmin(CUSTODIAN_ROLE, 0, {"from": actor})
    with reverts(unauthorised(actor, 0)):
        suite.Authority.setGrantDelay(CUSTODIAN_ROLE, 0, {"from": actor})


def test_the_credits_keep_their_authority(suite, roles):
    credits, authority = suite.CarbonCredits, suite.Authority
    admin = {"from": roles.administrator}
    with reverts(reverts_with("AuthorityIsFinal")):
        authority.updateAuthority(credits, roles.outsider, admin)
    data = credits.setAuthority.encode_input(roles.outsider)
    with reverts(reverts_with("AuthorityIsFinal")):
        authority.execute(credits, data, admin)
    with reverts(reverts_with("AuthorityIsFinal")):
        credits.setAuthority(roles.outsider, admin)
    assert credits.authority() == authority


def test_the_records_keep_theirs(suite):
    assert "setAuthority" not in suite.CreditRecords.signatures


@pytest.mark.parametrize("actor", ["administrator", "issuer", "outsider"])
def test_nobody_appoints_through_execute(suite, roles, actor):
    """The authority calling itself has no rights of its own."""
    authority, actor = suite.Authority, getattr(roles, actor)
    for function, arguments in (
        ("grantRole", (CUSTODIAN_ROLE, actor, 0)),
        ("revokeRole", (CUSTODIAN_ROLE, roles.custodian)),
        ("setRoleAdmin", (CUSTODIAN_ROLE, 0)),
        ("setGrantDelay", (CUSTODIAN_ROLE, 0)),
    ):
        refusal = unauthorised_call(actor, authority, function)
        if actor == roles.administrator and function.startswith("set"):
            is_admin = function == "setRoleAdmin"
            refusal = reverts_with("RoleAdminsAreFinal" if is_admin else "CustodianRoleIsFinal")
        with reverts(refusal):
            data = getattr(authority, function).encode_input(*arguments)
            authority.execute(authority, data, {"from": actor})


def test_nobody_appoints_through_multicall(suite, roles):
    authority, actor = suite.Authority, roles.administrator
    data = authority.grantRole.encode_input(CUSTODIAN_ROLE, actor, 0)
    with reverts(unauthorised(actor)):
        authority.multicall([data], {"from": actor})


def test_the_administrator_does_not_mint_through_the_authority(suite, roles):
    credits, authority, actor = suite.CarbonCredits, suite.Authority, roles.administrator
    attestation = attested(suite, roles, CREDIT_ID)
    credits.attest(*attestation.attest_arguments(), {"from": roles.issuer})
    data = credits.mintCredit.encode_input(*attestation.credit.mint_arguments)
    with reverts(unauthorised_call(actor, credits, "mintCredit")):
        authority.execute(credits, data, {"from": actor})


def take_every_role(suite, roles):
    for role in (1, 2, 4):
        suite.Authority.grantRole(role, roles.administrator, 0, {"from": roles.administrator})


def open_to_all(suite, roles):
    credits = suite.CarbonCredits
    selectors = [credits.signatures["mintCredit"]]
    admin = {"from": roles.administrator}
    suite.Authority.setTargetFunctionRole(credits, selectors, PUBLIC_ROLE, admin)


def bind_all_to_himself(suite, roles):
    credits, records = suite.CarbonCredits, suite.CreditRecords
    admin = {"from": roles.administrator}
    for target in (credits, records):
        selectors = list(target.signatures.values())
        suite.Authority.setTargetFunctionRole(target, selectors, 0, admin)


@pytest.mark.parametrize("scheme", [take_every_role, open_to_all, bind_all_to_himself])
@pytest.mark.parametrize("through_authority", [False, True])
def test_whatever_the_administrator_does_a_custodian_is_needed(
    suite, roles, scheme, through_authority
):
    credits, authority, actor = suite.CarbonCredits, suite.Authority, roles.administrator
    scheme(suite, roles)
    attestation = sign_as_administrator(suite, roles)
    with reverts(reverts_with("NotCustodian", str(actor))):
        mint(suite, attestation, actor)
    with reverts(reverts_with("NotAttested", NEW_TOKEN_ID)):
        if through_authority:
            data = credits.mintCredit.encode_input(*attestation.credit.mint_arguments)
            authority.execute(credits, data, {"from": actor})
        else:
            credits.mintCredit(*attestation.credit.mint_arguments, {"from": actor})


def test_opened_to_all_nothing_is_minted(suite, roles):
    """Where everybody may mint, a custodian may too, and the two are not apart any more."""
    open_to_all(suite, roles)
    with reverts(reverts_with("CustodianMayIssue", CUSTODIAN.address)):
        mint(suite, attested(suite, roles, CREDIT_ID), roles.issuer)


@pytest.mark.parametrize("through_authority", [False, True])
def test_binding_a_custodians_functions_to_others_changes_nothing(suite, roles, through_authority):
    bind_all_to_himself(suite, roles)
    credits, records, authority = suite.CarbonCredits, suite.CreditRecords, suite.Authority
    actor = roles.administrator
    token_id = credits.creditAt(1)
    first_serial = token_id >> 64 & (2**64 - 1)
    for target, data in (
        (credits, credits.suspend.encode_input([token_id], "")),
        (credits, credits.invalidate.encode_input(token_id, first_serial, first_serial, "")),
        (records, records.addLabel.encode_input(token_id, "CCP", 1)),
    ):
        caller = authority if through_authority else actor
        with reverts(reverts_with("NotCustodian", str(caller))):
            if through_authority:
                authority.execute(target, data, {"from": actor})
            else:
                actor.transfer(target, data=data)
    credits.suspend([token_id], "audit", {"from": roles.custodian})
    records.addLabel(token_id, "CCP", 1, {"from": roles.custodian})


def test_closing_the_credits_leaves_custodians_their_say(suite, roles):
    credits, authority = suite.CarbonCredits, suite.Authority
    admin = {"from": roles.administrator}
    authority.setTargetClosed(credits, True, admin)
    authority.setTargetClosed(authority, True, admin)
    authority.setRoleGuardian(CUSTODIAN_ROLE, 0, admin)
    credits.suspend([credits.creditAt(1)], "audit", {"from": roles.custodian})
    authority.grantRole(CUSTODIAN_ROLE, roles.auditor, 0, {"from": roles.custodian})
    credits.resume([credits.creditAt(1)], {"from": roles.auditor})
    with reverts(reverts_with("AccessManagedUnauthorized", str(roles.issuer))):
        mint(suite, attested(suite, roles, CREDIT_ID), roles.issuer)
