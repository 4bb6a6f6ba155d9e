"""deploy: the suite, its roles, and the file that clients read.

given a deployment by an account that keeps no right
  each restricted function is its role's alone, and the administrator's to grant
  the deployer is left with nothing
  the deployment file names the chain, the addresses and the ABIs
"""

import json

from brownie import reverts, web3

from scripts.deploy import SUITE, write_deployment
from tests.suite import reverts_with


def test_roles_are_held_by_whom_they_were_given_to(suite, roles):
    authority = suite.Authority
    expected = {
        authority.ADMIN_ROLE(): roles.administrator,
        authority.ISSUER_ROLE(): roles.issuer,
        authority.CUSTODIAN_ROLE(): roles.custodian,
        authority.GUARDIAN_ROLE(): roles.guardian,
        authority.FACTOR_PUBLISHER_ROLE(): roles.factor_publisher,
    }
    for role, holder in expected.items():
        for account in [*expected.values(), roles.deployer, roles.outsider]:
            assert authority.hasRole(role, account)[0] == (account == holder)


def test_restricted_functions_are_bound_to_their_role(suite):
    authority = suite.Authority
    for target, function, role in (
        (suite.CarbonCredits, "mintCredit", authority.ISSUER_ROLE()),
        (suite.CarbonCredits, "pauseIssuance", authority.GUARDIAN_ROLE()),
        (suite.CarbonCredits, "resumeIssuance", authority.ADMIN_ROLE()),
        (suite.EmissionsRegistry, "publishFactor", authority.FACTOR_PUBLISHER_ROLE()),
    ):
        assert authority.getTargetFunctionRole(target, target.signatures[function]) == role


def test_the_deployer_and_outsiders_grant_nothing(suite, roles):
    role = suite.Authority.ISSUER_ROLE()
    for actor in (roles.deployer, roles.outsider, roles.issuer):
        with reverts(reverts_with("AccessManagerUnauthorizedAccount", str(actor), 0)):
            suite.Authority.grantRole(role, actor, 0, {"from": actor})
    suite.Authority.grantRole(role, roles.marketplace, 0, {"from": roles.administrator})
    assert suite.Authority.hasRole(role, roles.marketplace)[0]


def test_nobody_but_the_authority_replaces_the_authority_of_factors(suite, roles):
    for actor in (roles.administrator, roles.outsider, roles.issuer):
        with reverts(reverts_with("AccessManagedUnauthorized", str(actor))):
            suite.EmissionsRegistry.setAuthority(roles.outsider, {"from": actor})


def test_nobody_replaces_the_authority_of_credits(suite, roles):
    for actor in (roles.administrator, roles.custodian, roles.outsider, roles.issuer):
        with reverts(reverts_with("AuthorityIsFinal")):
            suite.CarbonCredits.setAuthority(roles.outsider, {"from": actor})


def test_the_contracts_know_each_other(suite):
    assert suite.EmissionsRegistry.carbonCredits() == suite.CarbonCredits
    assert suite.AutoRetire.carbonCredits() == suite.CarbonCredits
    assert suite.CreditRecords.carbonCredits() == suite.CarbonCredits
    assert suite.RetirementCertificates.carbonCredits() == suite.CarbonCredits
    assert suite.RetirementCertificates.creditRecords() == suite.CreditRecords
    assert suite.CarbonCredits.certificates() == suite.RetirementCertificates
    assert suite.CarbonCredits.records() == suite.CreditRecords
    assert suite.AutoRetire.emissionsRegistry() == suite.EmissionsRegistry


def test_credits_take_no_counterpart_that_is_made_for_others(suite, roles, project_contracts):
    certificates, records = suite.RetirementCertificates, suite.CreditRecords
    with reverts(reverts_with("WrongCounterpart", str(certificates))):
        project_contracts.CarbonCredits.deploy(
            suite.Authority, certificates, records, {"from": roles.outsider}
        )
    own = roles.outsider.get_deployment_address(roles.outsider.nonce + 1)
    own_certificates = project_contracts.RetirementCertificates.deploy(
        own, records, {"from": roles.outsider}
    )
    with reverts(reverts_with("WrongCounterpart", str(records))):
        project_contracts.CarbonCredits.deploy(
            suite.Authority, own_certificates, records, {"from": roles.outsider}
        )


def counterparts(suite, roles, project_contracts, authority, certificates_read=None):
    """Records and certificates for the credits that are deployed next."""
    sender = {"from": roles.outsider}
    own = roles.outsider.get_deployment_address(roles.outsider.nonce + 2)
    records = project_contracts.CreditRecords.deploy(authority, own, sender)
    certificates = project_contracts.RetirementCertificates.deploy(
        own, certificates_read or records, sender
    )
    return certificates, records


def test_credits_take_no_records_of_another_authority(suite, roles, project_contracts):
    certificates, records = counterparts(suite, roles, project_contracts, roles.outsider)
    assert records.authority() == roles.outsider
    with reverts(reverts_with("WrongCounterpart", str(records))):
        project_contracts.CarbonCredits.deploy(
            suite.Authority, certificates, records, {"from": roles.outsider}
        )


def test_credits_take_no_certificates_of_other_records(suite, roles, project_contracts):
    certificates, records = counterparts(
        suite, roles, project_contracts, suite.Authority, suite.CreditRecords
    )
    with reverts(reverts_with("WrongCounterpart", str(certificates))):
        project_contracts.CarbonCredits.deploy(
            suite.Authority, certificates, records, {"from": roles.outsider}
        )


def test_auto_retire_takes_no_market_of_other_credits(suite, roles, project_contracts):
    outsider = {"from": roles.outsider}
    market = project_contracts.CreditMarket.deploy(suite.CreditRecords, outsider)
    with reverts(reverts_with("WrongCounterpart", str(market))):
        project_contracts.AutoRetire.deploy(suite.EmissionsRegistry, market, outsider)


def test_the_deployment_file_says_where_everything_is(suite, tmp_path):
    path = write_deployment(suite, tmp_path)
    assert path.name == f"{web3.eth.chain_id}.json"
    document = json.loads(path.read_text())
    assert document["chain_id"] == web3.eth.chain_id
    assert document["compiler"]["version"].startswith("0.8.30")
    assert document["compiler"]["evm_version"] == "shanghai"
    assert set(document["contracts"]) == set(SUITE)
    for name, entry in document["contracts"].items():
        assert entry["address"] == getattr(suite, name).address
        receipt = web3.eth.get_transaction_receipt(entry["transaction_hash"])
        assert receipt["contractAddress"] == entry["address"]
        assert receipt["blockNumber"] == entry["block_number"]
        assert entry["abi"]
