"""Who may do what: each function of a role, tried by every account that does not have it.

given every role held by another account
  each function is refused to all but its role, by name
"""

import pytest
from brownie import reverts

from tests.suite import (
    FACTOR,
    FIRST_SERIAL,
    ROLES,
    TOKEN_ID,
    attested,
    reverts_with,
)

CREDIT_ID = (1 << 64) | 10


def mint_arguments(suite, roles):
    return attested(suite, roles, CREDIT_ID).credit.mint_arguments


RESTRICTED = {
    ("CarbonCredits", "mintCredit"): ("issuer", mint_arguments),
    ("CarbonCredits", "pauseIssuance"): ("guardian", lambda suite, roles: ()),
    ("CarbonCredits", "resumeIssuance"): ("administrator", lambda suite, roles: ()),
    ("EmissionsRegistry", "publishFactor"): (
        "factor_publisher",
        lambda suite, roles: (FACTOR, "", "test"),
    ),
}
CUSTODIANS = {
    ("CarbonCredits", "withdrawAttestation"): ("0x" + "11" * 32,),
    ("CarbonCredits", "suspend"): ([TOKEN_ID], "audit"),
    ("CarbonCredits", "resume"): ([TOKEN_ID],),
    ("CarbonCredits", "invalidate"): (TOKEN_ID, FIRST_SERIAL, FIRST_SERIAL, "audit"),
    ("CreditRecords", "settleSerials"): (TOKEN_ID, FIRST_SERIAL, "VCS-1"),
    ("CreditRecords", "addLabel"): (TOKEN_ID, "CCP", 1),
    ("CreditRecords", "endLabel"): (TOKEN_ID, 0, 2),
}
CREDITS_ALONE = {
    "issue": (1, 1, "0x" + "11" * 20, "A"),
    "noteChange": (1,),
    "noteChanges": (TOKEN_ID,),
}


@pytest.mark.parametrize(
    ("function", "actor"),
    [
        (function, actor)
        for function in RESTRICTED
        for actor in ROLES
        if actor != RESTRICTED[function][0]
    ],
    ids=lambda value: value if isinstance(value, str) else value[1],
)
def test_restricted_functions_are_their_roles(suite, roles, function, actor):
    _, arguments = RESTRICTED[function]
    contract = getattr(suite, function[0])
    with reverts(reverts_with("AccessManagedUnauthorized", str(getattr(roles, actor)))):
        getattr(contract, function[1])(*arguments(suite, roles), {"from": getattr(roles, actor)})


@pytest.mark.parametrize("function", CUSTODIANS, ids=lambda function: function[1])
@pytest.mark.parametrize("actor", [role for role in ROLES if role != "custodian"])
def test_what_the_registry_says_is_the_custodians(suite, roles, function, actor):
    contract = getattr(suite, function[0])
    with reverts(reverts_with("NotCustodian", str(getattr(roles, actor)))):
        getattr(contract, function[1])(*CUSTODIANS[function], {"from": getattr(roles, actor)})


@pytest.mark.parametrize("function", CREDITS_ALONE)
@pytest.mark.parametrize("actor", ROLES)
def test_certificates_take_the_credits_word_alone(suite, roles, function, actor):
    with reverts(reverts_with("NotCarbonCredits", str(getattr(roles, actor)))):
        getattr(suite.RetirementCertificates, function)(
            *CREDITS_ALONE[function], {"from": getattr(roles, actor)}
        )


def test_a_dismissed_custodian_says_nothing_more(suite, roles):
    role = suite.Authority.CUSTODIAN_ROLE()
    suite.Authority.renounceRole(role, roles.custodian, {"from": roles.custodian})
    for (name, function), arguments in CUSTODIANS.items():
        with reverts(reverts_with("NotCustodian", str(roles.custodian))):
            getattr(getattr(suite, name), function)(*arguments, {"from": roles.custodian})


def test_multicall_lends_no_right(suite, roles):
    credits = suite.CarbonCredits
    data = credits.suspend.encode_input([TOKEN_ID], "audit")
    with reverts(reverts_with("NotCustodian", str(roles.outsider))):
        credits.multicall([data], {"from": roles.outsider})
    data = credits.pauseIssuance.encode_input()
    with reverts(reverts_with("AccessManagedUnauthorized", str(roles.outsider))):
        credits.multicall([data], {"from": roles.outsider})
