"""Everything that README.md and docs/ tell a reader to type does what they say.

given a node with the suite, in the place of the reader's own
  each `$ gasprint ...` ends with exit code 0 and says something
  the Python of the auditor's page runs
  the Solidity of the marketplace's page compiles, mints, and settles
given the pages
  each link inside of the project leads somewhere
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import solcx
from brownie import web3

from tests.suite import deposit

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
ELSEWHERE = {"make demo", "make test"}
"""The first is tests/end_to_end/test_demo.py, the second is what runs this test."""


def fenced(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.DOTALL | re.MULTILINE)


def commands():
    found = []
    for page in PAGES:
        for block in fenced(page, "console"):
            found += [
                pytest.param(line[2:], id=f"{page.name}: {line[2:50]}")
                for line in block.splitlines()
                if line.startswith("$ ") and line[2:] not in ELSEWHERE
            ]
    return found


@pytest.fixture
def on_this_node(rpc_url, deployment):
    """Puts the test's node and deployment in the place of the reader's."""

    def replaced(text):
        text = text.replace("http://127.0.0.1:8545", rpc_url)
        return text.replace("deployments/31337.json", str(deployment))

    return replaced


@pytest.mark.parametrize("command", commands())
def test_each_command_works(command, on_this_node, collection, roles, tmp_path):
    collection.mint(1, b"", {"from": roles.collector})
    name, *arguments = on_this_node(command).split()
    assert name == "gasprint"
    finished = subprocess.run(
        [sys.executable, "-m", "gasprint", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.strip()


def test_the_auditors_python_runs(on_this_node, suite, collection, roles, capsys):
    (code,) = fenced(ROOT / "docs" / "auditor.md", "python")
    deposit(suite, roles, collection, 10**8)
    for _ in range(4):
        collection.mint(10, b"", {"from": roles.collector})
    exec(compile(on_this_node(code), "auditor.md", "exec"), {})
    printed = capsys.readouterr().out
    assert collection.address in printed
    assert "'ok': True" in printed


def test_the_marketplaces_solidity_compiles_and_settles(suite, roles):
    source = fenced(ROOT / "docs" / "marketplace.md", "solidity")[0]
    output = solcx.compile_standard(
        {
            "language": "Solidity",
            "sources": {"MyCollection.sol": {"content": source}},
            "settings": {
                "evmVersion": "shanghai",
                "optimizer": {"enabled": True, "runs": 10000},
                "remappings": [
                    "@openzeppelin/contracts=node_modules/@openzeppelin/contracts",
                    "solady=node_modules/solady",
                    "gasprint/=",
                ],
                "outputSelection": {"*": {"MyCollection": ["abi", "evm.bytecode.object"]}},
            },
        },
        solc_version="0.8.30",
        allow_paths=str(ROOT),
    )["contracts"]["MyCollection.sol"]["MyCollection"]
    factory = web3.eth.contract(abi=output["abi"], bytecode=output["evm"]["bytecode"]["object"])
    sender = {"from": str(roles.marketplace), "gasPrice": 2 * 10**9}
    created = factory.constructor(suite.AutoRetire.address, 10_000_000).transact(sender)
    address = web3.eth.wait_for_transaction_receipt(created)["contractAddress"]
    my_collection = web3.eth.contract(address, abi=output["abi"])
    deposit(suite, roles, address, 10**8)

    for _ in range(4):
        minted = web3.eth.wait_for_transaction_receipt(
            my_collection.functions.mint().transact(sender)
        )
        assert minted["status"] == 1
    assert my_collection.functions.nextTokenId().call() == 4
    assert suite.CarbonCredits.retiredFor(address) > 0
    assert suite.EmissionsRegistry.outstanding(address) < 10_000_000


def test_each_link_leads_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            if not target.startswith("https://"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"
