"""The deployed bytecode against the sources, recompiled; on a real chain.

given the suite as the deploy script made it
  all of it matches, whole, with what every constructor wrote
given one thing that is changed
  a byte of code, an immutable, a contract for another, code that passes all on: each is found, told
  for what it is, and nothing else is
  a creation by another transaction, or none that the file names, is found or noted
given an audit with the sources
  what does not match is among its findings; without them, that it was left out is said
given a contract of another project, with a library
  the command verifies it, from a clone and from standard JSON
  a library that was swapped, or whose code was changed, is found
  a constructor that is another's is found, though the code that stands there is right
  another hash at the code's end is no more than a note
given what cannot be checked
  one line says so, and the exit code is 2
"""

import json
import os
import shutil
from types import SimpleNamespace

import pytest
from brownie import web3

from gasprint._node import Node
from gasprint.audit import Documents, audit_deployment
from gasprint.verification import Match, hold_against, recompile
from gasprint.verification.sources import read_sources
from tests import commands
from tests.pages import ROOT

ON_ANVIL = os.environ.get("NODE") == "anvil"
OTHER = "11" * 20
PROJECT = {
    "foundry.toml": """
[profile.default]
evm_version = "shanghai"
optimizer = true
optimizer_runs = 200
remappings = ["lib=libraries"]
""",
    "contracts/Caller.sol": """
pragma solidity 0.8.30;
import {Adder} from "lib/Adder.sol";
contract Caller {
    address public immutable owner;
    uint256 public sum;
    constructor(address owner_) { owner = owner_; sum = 7; }
    function add(uint256 more) external { sum = Adder.add(sum, more); }
}
""",
    "libraries/Adder.sol": """
pragma solidity 0.8.30;
library Adder {
    function add(uint256 a, uint256 b) public pure returns (uint256) { return a + b; }
}
""",
}


@pytest.fixture(scope="module")
def recompiled(deployment):
    return recompile(deployment, ROOT)


@pytest.fixture
def found(rpc_url, deployment, recompiled):
    """Verifies anew; what was found, by contract, and the messages."""

    def verify(path=deployment):
        made = hold_against(Node.at(rpc_url), path, recompiled)
        return made, {each.name: each for each in made.contracts}

    return verify


def set_code(address, code):
    method = "anvil_setCode" if ON_ANVIL else "evm_setAccountCode"
    web3.provider.make_request(method, [str(address), f"0x{code.hex()}"])


@pytest.fixture
def changed():
    """Puts other code at an address, until the test is over."""
    before = {}

    def change(address, code):
        before.setdefault(address, bytes(web3.eth.get_code(str(address))))
        set_code(address, code(bytearray(before[address])) if callable(code) else code)

    yield change
    for address, code in before.items():
        set_code(address, code)


def flipped(at):
    def flip(code):
        code[at] ^= 1
        return code

    return flip


def problems(made):
    return [each.message for each in made.findings if each.severity == "error"]


def test_the_suite_matches_whole(found, suite, deployment):
    made, contracts = found()
    assert made.ok
    assert made.findings == ()
    document = json.loads(deployment.read_text())
    assert made.compiler.split(".Emscripten")[0] == document["compiler"]["version"]
    assert list(contracts) == list(document["contracts"])
    for name, each in contracts.items():
        assert (each.match, each.address) == (Match.FULL, getattr(suite, name).address)
        assert each.transaction_hash == document["contracts"][name]["transaction_hash"]
        assert all(value.held_against for value in each.immutables)
    assert sum(len(each.immutables) for each in contracts.values()) == 18
    told = {each.name: each.value for each in contracts["EmissionsRegistry"].immutables}
    assert told["finalityBlocks"] == f"{suite.EmissionsRegistry.finalityBlocks():,}"


def test_one_byte_of_code(found, suite, changed):
    changed(suite.CarbonCredits.address, flipped(12_000))
    made, contracts = found()
    (problem,) = problems(made)
    assert problem.startswith(f"CarbonCredits at {suite.CarbonCredits.address}: the code differs")
    assert "from byte 12,000 on" in problem
    assert ".sol, line " in problem
    assert contracts.pop("CarbonCredits").match is Match.NONE
    assert {each.match for each in contracts.values()} == {Match.FULL}


@pytest.mark.parametrize(
    ("contract", "name", "reason"),
    [
        ("CreditMarket", "carbonCredits", "the address of CarbonCredits"),
        ("CreditRecords", "authority", "the address of Authority"),
        ("EmissionsRegistry", "noticeSeconds", "what the constructor was given"),
        ("CarbonCredits", "_cachedDomainSeparator", "the domain that attestations are signed for"),
    ],
)
def test_an_immutable(found, suite, changed, recompiled, contract, name, reason):
    made = recompiled.build.contracts[f"contracts/{contract}.sol", contract]
    (places,) = [each.places for each in made.immutables if each.name == name]
    # Where it stands several times, one of them is enough.
    start, length = places[-1]
    changed(getattr(suite, contract).address, flipped(start + length - 1))
    made, contracts = found()
    (problem,) = problems(made)
    assert f"{contract} at " in problem
    assert f": {name} is " in problem
    assert f"has to be {reason}, " in problem
    assert contracts[contract].match is Match.FULL


def test_another_contract_stands_there(found, suite, changed):
    changed(suite.CreditRecords.address, web3.eth.get_code(suite.CreditMarket.address))
    made, _ = found()
    assert problems(made) == [
        f"CreditRecords at {suite.CreditRecords.address}: the code that stands there is that of "
        "CreditMarket"
    ]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (f"ef0100{OTHER}", f"an account's delegation to 0x{OTHER} (EIP-7702)"),
        (
            f"363d3d373d3d3d363d73{OTHER}5af43d82803e903d91602b57fd5bf3",
            f"a clone that has 0x{OTHER} do all (EIP-1167)",
        ),
        ("", "no code stands there"),
    ],
)
def test_code_that_passes_all_on(found, suite, changed, code, told):
    changed(suite.AutoRetire.address, bytes.fromhex(code))
    made, _ = found()
    (problem,) = problems(made)
    assert problem.startswith(f"AutoRetire at {suite.AutoRetire.address}: ")
    assert told in problem


def test_a_proxy(found, suite, project_contracts, roles, deployment, tmp_path):
    proxy = project_contracts.UpgradeableProxy.deploy(suite.CreditMarket, {"from": roles.outsider})
    document = json.loads(deployment.read_text())
    document["contracts"]["CreditMarket"]["address"] = proxy.address
    other = tmp_path / "proxied.json"
    other.write_text(json.dumps(document))
    made, _ = found(other)
    problem = next(each for each in problems(made) if each.startswith("CreditMarket"))
    implementation = suite.CreditMarket.address.lower()
    assert f"it may be a proxy, whose implementation is {implementation} (EIP-1967)" in problem
    assert any(": creditMarket is " in each for each in problems(made))


def test_another_creation(found, suite, deployment, tmp_path):
    document = json.loads(deployment.read_text())
    entries = document["contracts"]
    entries["Authority"]["transaction_hash"] = entries["AutoRetire"]["transaction_hash"]
    del entries["CreditMarket"]["transaction_hash"]
    entries["CreditRecords"]["transaction_hash"] = f"0x{'00' * 32}"
    other = tmp_path / "other.json"
    other.write_text(json.dumps(document))
    made, _ = found(other)
    one, two = problems(made)
    assert one.startswith("Authority at ")
    assert one.endswith("did not create it")
    assert two.startswith("CreditRecords at ")
    assert "the node knows no transaction" in two
    (note,) = [each.message for each in made.findings if each.severity == "note"]
    assert "CreditMarket" in note
    assert "what its constructor wrote into storage was not checked" in note


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A clone of another project, with a library."""
    folder = tmp_path_factory.mktemp("project")
    for path, text in PROJECT.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text)
    shutil.copytree(ROOT / "scripts" / "solc", folder / "scripts" / "solc")
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    return folder


@pytest.fixture
def called(project, roles, tmp_path, rpc_url):
    """Its contract and library on the chain, and how to verify them by the command."""
    path = tmp_path / "deployment.json"
    chain_id = web3.eth.chain_id

    def say(address, created):
        entry = {"address": address, "block_number": 1, "transaction_hash": created, "abi": []}
        path.write_text(json.dumps({"chain_id": chain_id, "contracts": {"Caller": entry}}))

    say(f"0x{OTHER}", None)
    contracts = recompile(path, project).build.contracts
    adder, caller = (contracts[each] for each in (ADDER, ("contracts/Caller.sol", "Caller")))
    library = roles.outsider.transfer(data=f"0x{adder.creation.hex()}").contract_address

    def linked(code, links, address=library):
        made = bytearray(code)
        for start, length in links[ADDER]:
            made[start : start + length] = bytes.fromhex(address[2:])
        return made

    def create(code):
        receipt = roles.outsider.transfer(data=f"0x{code.hex()}")
        say(receipt.contract_address, receipt.txid)
        return receipt.contract_address

    owner = bytes(12) + bytes.fromhex(roles.holder.address[2:])
    made = create(linked(caller.creation, caller.creation_links) + owner)

    def verify(*options, sources=project):
        words = ("--rpc", rpc_url, "--deployment", path, "--sources", sources, *options)
        finished = commands.run("verify", *words)
        return finished.returncode, finished.stdout, finished.stderr

    return SimpleNamespace(
        **{"verify": verify, "library": library, "caller": made, "create": create},
        **{"compiled": caller, "linked": linked, "path": path, "adder": adder},
    )


ADDER = ("libraries/Adder.sol", "Adder")


def test_the_command_verifies_a_contract_with_a_library(called, project, roles, tmp_path):
    code, out, err = called.verify("--json")
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert document["findings"] == []
    library, caller = document["contracts"]
    assert (library["name"], library["address"], library["match"]) == (
        *("Adder", called.library, "full"),
    )
    (owner,) = caller["immutables"]
    assert owner["value"] == roles.holder.address.lower()
    assert owner["held_against"] == "what the constructor was given"
    standard = tmp_path / "sources.json"
    standard.write_text(json.dumps(read_sources(project, ["Caller"]).standard_input))
    solc = project / "scripts" / "solc" / "solc-v0.8.30"
    code, out, err = called.verify("--solc", solc, sources=standard)
    assert (code, err) == (0, "")
    assert "all contracts are made from these sources" in out


def test_a_library_whose_code_was_changed(called, changed):
    changed(called.library, flipped(50))
    code, out, _ = called.verify()
    assert code == 1
    assert f"error: Adder at {called.library}: the code differs from byte 50 on" in out
    assert "NOT all is made from these sources" in out


def test_a_library_that_was_swapped(called, changed, roles):
    other = roles.outsider.transfer(data="0x6f631626ba7e60e01b60005260206000f360005260106010f3")
    places = called.compiled.runtime_links[ADDER]

    def swap(code):
        for start, length in places:
            code[start : start + length] = bytes.fromhex(other.contract_address[2:])
        return code

    changed(called.caller, swap)
    code, out, _ = called.verify()
    assert code == 1
    assert f"error: Adder at {other.contract_address}: the code differs from byte 0 on" in out
    assert "the code that created it differs" in out


def test_another_constructor(called):
    runtime = bytes(web3.eth.get_code(called.caller))
    # Copies what follows on it, and writes 9 where the sum is kept.
    writes = f"600960005561{len(runtime):04x}806100126000396000f3"
    init = bytes.fromhex(writes)
    assert len(init) == 18
    made = called.create(init + runtime)
    code, out, _ = called.verify()
    assert code == 1
    assert f"Caller at {made}: the code that created it differs from byte 1 on" in out
    assert "so that its storage may hold anything" in out


def test_other_metadata_is_a_note(called):
    creation = called.linked(called.compiled.creation, called.compiled.creation_links)
    creation[-20] ^= 1
    made = called.create(creation + bytes(31) + b"\x01")
    code, out, _ = called.verify()
    assert code == 0
    assert "matches but for its metadata" in out
    assert f"note: Caller at {made}: the code is the same but for the metadata's hash" in out


def test_what_cannot_be_checked(called, project, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    text = tmp_path / "text.json"
    text.write_text("{}")
    older = tmp_path / "solc"
    older.write_text("#!/bin/sh\necho 'Version: 0.8.29+commit.ab55807c'\n")
    older.chmod(0o755)
    deployment = json.loads(called.path.read_text())
    for options, problem in (
        ({"sources": empty}, "is no clone of gasprint"),
        ({"sources": text}, "is no standard JSON with the text of each source"),
        ({"sources": tmp_path / "none"}, "name a clone of gasprint, or a file of standard JSON"),
        ({"sources": ROOT}, "there is no Caller.sol among them"),
        ({"options": ("--solc", older)}, "ask for solc 0.8.30, and"),
        ({"options": ("--solc", tmp_path / "none")}, "is not there; name one with --solc"),
        ({"chain_id": 5}, "the node serves chain"),
    ):
        called.path.write_text(
            json.dumps(deployment | {"chain_id": options.pop("chain_id", deployment["chain_id"])})
        )
        code, out, err = called.verify(*options.pop("options", ()), **options)
        assert (code, out, err.count("\n")) == (2, "", 1), err
        assert problem in err


def test_an_audit_has_the_code_among_its_checks(rpc_url, deployment, suite, changed):
    def bytecode(found):
        left_out = [each.reason for each in found.not_checked if each.check == "bytecode"]
        return [each for each in found.findings if each.check == "bytecode"], left_out

    without = audit_deployment(rpc_url, deployment)
    assert bytecode(without) == ([], ["no sources were given; name a clone of them with --sources"])
    changed(suite.CreditRecords.address, flipped(500))
    made = audit_deployment(rpc_url, deployment, documents=Documents(sources=ROOT))
    findings, left_out = bytecode(made)
    assert not left_out
    assert [(each.severity, each.chain_id) for each in findings] == [("error", made.chain_id)]
    assert "CreditRecords" in findings[0].message
    assert findings[0].meaning
