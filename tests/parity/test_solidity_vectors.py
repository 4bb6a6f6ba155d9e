"""The Solidity side of `vectors.json`, on which Python is tested too.

given a case of a conversion, an id, a span or a suffix
    Solidity gives exactly what was derived independently
given trees of up to nine records
    Solidity hashes leaves and roots, and verifies each proof, exactly as was derived
given a case that both sides must refuse
    Solidity reverts: the libraries, or for what needs state the contract that uses them
"""

import json
from pathlib import Path

import pytest
from brownie import reverts
from eth_account.messages import encode_typed_data

from gasprint.attestations import typed_data
from tests.suite import (
    CUSTODIAN,
    EVIDENCE_HASH,
    FAR_FUTURE,
    attested,
    chain_id,
    metadata_of,
    reverts_with,
)

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text())
CONVERSIONS = {
    "co2e_micrograms_up": "co2eMicrogramsUp",
    "energy_picowatt_hours": "energyPicowattHours",
    "units_up": "unitsUp",
    "co2e_micrograms": "co2eMicrograms",
    "units_of_serials": "unitsOfSerials",
    "cost_up": "costUp",
    "units_for": "unitsFor",
}
OF_FULL_PRODUCTS = {"cost_up", "units_for"}
"""Their product may have 512 bits: only what comes out has to fit."""
FULL_PRODUCT_FAILED = reverts_with("FullMulDivFailed")


@pytest.fixture(scope="module")
def libraries(project_contracts, roles):
    return project_contracts.LibrariesHarness.deploy({"from": roles.deployer})


def arguments_of(case, *left_out):
    return [int(text) for name, text in case.items() if name not in left_out]


@pytest.mark.parametrize("name", CONVERSIONS)
def test_gives_what_was_derived(libraries, name):
    assert VECTORS[name]
    for case in VECTORS[name]:
        convert = getattr(libraries, CONVERSIONS[name])
        assert convert(*arguments_of(case, "expected")) == int(case["expected"])


def test_ids_are_what_was_derived_and_read_back(libraries):
    for case in VECTORS["token_id"]:
        registry, project_number, first_serial, last_serial, token_id = arguments_of(case)
        encoded = libraries.encode(
            (registry << 64) | project_number, (first_serial << 64) | last_serial
        )
        assert encoded == token_id
        assert libraries.registryOf(token_id) == registry
        assert libraries.projectNumberOf(token_id) == project_number
        assert [int(serial) for serial in libraries.serialsOf(token_id)] == [
            first_serial,
            last_serial,
        ]


def test_spans_and_retirement_ids_are_what_was_derived(libraries):
    for case in VECTORS["serial_span"]:
        arguments = [int(case[name]) for name in ("token_id", "start_units", "units")]
        retirement_id = int(case["retirement_id"])
        assert libraries.retirementId(*arguments) == retirement_id
        span = libraries.spanOf(retirement_id)
        assert span["firstSerial"] == int(case["first_serial"])
        assert span["firstOffsetUnits"] == int(case["first_offset_units"])
        assert span["lastSerial"] == int(case["last_serial"])
        assert span["lastEndUnits"] == int(case["last_end_units"])


def record_of(case):
    figures = ("gas_used", "energy_picowatt_hours", "co2e_micrograms")
    transaction_hash = case.get("transaction_hash", "00" * 32)
    block_number = int(case.get("block_number", 0))
    return ("0x" + transaction_hash, block_number, *(int(case[name]) for name in figures))


def nodes_of(siblings):
    return [("0x" + each["hash"], int(each["sums"])) for each in siblings]


def test_sums_are_what_was_derived(libraries):
    for case in VECTORS["record_sums"]:
        assert libraries.leafHash(record_of(case))[1] == int(case["expected"])
    for case in VECTORS["added_sums"]:
        left, right, expected = arguments_of(case)
        assert libraries.nodeHash((bytes(32), left), (bytes(32), right))[1] == expected


def test_trees_are_what_was_derived(libraries):
    records, proofs, roots = [], [], []
    for case in VECTORS["record_tree"][1:]:
        leaves = nodes_of(case["leaves"])
        for index, record in enumerate(map(record_of, case["records"])):
            leaf_hash, sums = libraries.leafHash(record)
            assert (str(leaf_hash), sums) == leaves[index]
            records.append(record)
            proofs.append((index, len(leaves), nodes_of(case["proofs"][index])))
            roots.append("0x" + case["root"])
        if len(leaves) == 2:
            node_hash, totals = libraries.nodeHash(*leaves)
            assert totals == int(case["totals"])
            assert libraries.treeRoot(node_hash, totals) == "0x" + case["root"]
    holds, _ = libraries.verifyRecords(records, proofs, roots)
    assert len(holds) == sum(len(case["records"]) for case in VECTORS["record_tree"])
    assert all(holds)


def test_sums_out_of_their_fields_revert(libraries):
    for case in VECTORS["refused"]["record_sums"]:
        record = record_of(case)
        with reverts(reverts_with("FigureTooLarge", *record[2:])):
            libraries.leafHash(record)
    for case in VECTORS["refused"]["added_sums"]:
        left, right = arguments_of(case)
        with reverts(reverts_with("SumTooLarge", left, right)):
            libraries.nodeHash((bytes(32), left), (bytes(32), right))


@pytest.mark.parametrize("name", [n for n in VECTORS["refused"] if n in CONVERSIONS])
def test_conversions_that_overflow_revert(libraries, name):
    text = FULL_PRODUCT_FAILED if name in OF_FULL_PRODUCTS else "Integer overflow"
    for case in VECTORS["refused"][name]:
        with reverts(text):
            getattr(libraries, CONVERSIONS[name])(*arguments_of(case))


def test_ids_that_name_no_credit_cannot_be_issued(suite, roles):
    assert VECTORS["refused"]["token_id"]
    # Python would not make such an attestation, so its fields are put into another's.
    attestable = attested(suite, roles).credit
    document = typed_data(
        attestable, EVIDENCE_HASH, FAR_FUTURE, chain_id(), str(suite.CarbonCredits)
    )
    for case in VECTORS["refused"]["token_id"]:
        registry, project_number, first_serial, last_serial = arguments_of(case)
        project_id, credit_id = (
            (registry << 64) | project_number,
            (first_serial << 64) | last_serial,
        )
        metadata = metadata_of(credit_id, projectId=project_id, totalVolume=1)
        document["message"]["credit"] |= {
            "registry": registry,
            "projectNumber": project_number,
            "firstSerial": first_serial,
            "lastSerial": last_serial,
            "amountUnits": 1,
        }
        signature = CUSTODIAN.sign_message(encode_typed_data(full_message=document)).signature
        credits = suite.CarbonCredits
        credits.attest(
            *(roles.holder, metadata, EVIDENCE_HASH, FAR_FUTURE, CUSTODIAN.address, signature, 0),
            {"from": roles.issuer},
        )
        with reverts(revert_pattern="(IdTooLarge|InvalidProject|InvalidSerialRange): .*"):
            credits.mintCredit(
                roles.holder, project_id, credit_id, 1, 0, metadata, {"from": roles.issuer}
            )


def test_suffixes_are_found_as_derived(libraries):
    assert VECTORS["data_suffix"]
    for case in VECTORS["data_suffix"]:
        data = bytes.fromhex(case["data"])
        found, schema_id, schema_data, data_length = libraries.findSuffix(data)
        assert found == (case["found"] == "true")
        assert schema_id == int(case["schema_id"])
        assert bytes(schema_data).hex() == case["schema_data"]
        assert data_length == int(case["data_length"])
        assert bytes(libraries.stripSuffix(data)) == data[:data_length]
