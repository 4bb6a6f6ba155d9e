"""Everything that README.md and docs/ tell a reader to type does what they say.

given a node with the suite, in the place of the reader's own
  each `$ gasprint ...` ends with exit code 0 and says something
  the engineer's way from an export to a certificate works, and what the marketplace adds to it
  the engineer's factor is published, and the auditor makes it again
  the engineer's report is committed, and the auditor checks it and proves a transaction from it
  the auditor's ledger is synced and audited, without a node and with one
  the engineer's keeper settles the account that it names, and then whoever else is due
  the Python of the auditor's page runs, and the auditor's notebook
given the pages
  each link inside of the project leads somewhere
"""

import json
import os
import re
import subprocess
import sys

import pytest
from brownie import web3
from eth_account import Account

from gasprint.footprint import SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS
from tests.commands import run
from tests.offchain.registry_export import clean_rows, write_export
from tests.pages import PAGES, ROOT, fenced
from tests.suite import CUSTODIAN, MNEMONIC, TOKEN_ID, deposit

ELSEWHERE = {"make demo", "make test"}
"""The first is tests/end_to_end/test_demo.py, the second is what runs this test."""


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
        text = text.replace("--sources .", f"--sources {ROOT}")
        return text.replace("deployments/31337.json", str(deployment))

    return replaced


@pytest.mark.parametrize("command", commands())
def test_each_command_works(command, on_this_node, collection, roles, tmp_path):
    collection.mint(1, b"", {"from": roles.collector})
    name, *arguments = on_this_node(command).split()
    assert name == "gasprint"
    finished = run(*arguments, cwd=tmp_path)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.strip()


def section(page, title):
    """The shell of one section of a page, all of it as one script."""
    (text,) = re.findall(
        rf"^## {title}\n(.*?)(?=^## |\Z)", page.read_text(), re.DOTALL | re.MULTILINE
    )
    return "".join(re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))


@pytest.fixture
def a_safe(suite, roles):
    """A contract that has the custodian's role and takes any signature for its own."""
    made = roles.outsider.transfer(data="0x6f631626ba7e60e01b60005260206000f360005260106010f3")
    suite.Authority.grantRole(3, made.contract_address, 0, {"from": roles.custodian})
    return made.contract_address


@pytest.fixture
def shell(on_this_node, a_safe, roles, tmp_path):
    """Runs a script where the reader's files are, and says yes to each command that asks."""
    write_export(tmp_path / "export.csv", clean_rows(20))
    (tmp_path / "statement.pdf").write_bytes(b"immobilised")
    (tmp_path / "custodian.password").write_text("correct horse\n")
    key = Account.encrypt(CUSTODIAN.key, "correct horse", iterations=2)
    (tmp_path / "custodian.json").write_text(json.dumps(key))
    sure = (
        "set -euo pipefail\n"
        "gasprint() { case $2 in attest|issue|withdraw|retire|certificate|publish) "
        'set -- "$@" --yes;; esac; "$PYTHON" -m gasprint "$@"; }\n'
    )
    known = {"PYTHON": sys.executable, "SAFE": a_safe, "SIGNATURE": "0x01"}

    def run(script):
        finished = subprocess.run(
            ["bash", "-c", sure + on_this_node(script)],
            cwd=tmp_path,
            env=os.environ | known | {"ACCOUNT": str(roles.collector)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stdout + finished.stderr
        return finished.stdout

    return run


def test_the_engineers_way_to_a_certificate(shell, suite, roles, tmp_path):
    walk = section(ROOT / "docs" / "engineer.md", "Issue, retire, certify")
    said = shell(walk)
    assert "Example Ltd" in said
    assert said.count("Retired.") == 2
    assert "Withdrawn." in said
    assert (tmp_path / "certificate.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "second.svg").read_text().startswith("<svg")
    first, second = re.findall(r"(?:FIRST|SECOND)=(\d+)", walk)
    for retirement_id in (first, second):
        assert suite.RetirementCertificates.ownerOf(retirement_id) == roles.holder


def test_the_engineers_factor_of_other_blocks_and_the_auditors(shell, suite, tmp_path):
    (tmp_path / "blocks.jsonl").symlink_to(SAMPLE_BLOCKS)
    (tmp_path / "transactions.jsonl").symlink_to(SAMPLE_TRANSACTIONS)
    said = shell(section(ROOT / "docs" / "engineer.md", "Publish a factor"))
    assert "Announced version 2; it binds from " in said
    assert suite.EmissionsRegistry.factorCount() == 2
    known = "RPC=http://127.0.0.1:8545 SUITE=deployments/31337.json VERSION=2"
    said = shell(f"{known}\n{section(ROOT / 'docs' / 'auditor.md', 'Make a factor again')}")
    assert said.count("holds: the evidence makes all six figures again") == 2


def test_the_engineers_report_and_the_auditors_check_of_it(shell, suite, roles, tmp_path):
    plain = roles.holder.transfer(roles.outsider, 1)
    for _ in range(suite.EmissionsRegistry.finalityBlocks()):
        web3.provider.make_request("evm_mine", [])
    known = "RPC=http://127.0.0.1:8545 SUITE=deployments/31337.json"
    page = section(ROOT / "docs" / "engineer.md", "Report what is not metered")
    said = shell(f"{known} HOLDER={roles.holder}\n{page}")
    assert said.count("Would be committed") == said.count("\nCommitted") == 1
    assert suite.EmissionsRegistry.commitmentCount(roles.holder) == 1
    page = section(ROOT / "docs" / "auditor.md", "What was committed")
    said = shell(f"{known} ACCOUNT={roles.holder} TX={plain.txid}\n{page}")
    assert "the chain agrees with all of them" in said
    assert "Proven." in said
    assert json.loads((tmp_path / "proof.json").read_text())["proofs"][0]["proven"] is True


def test_the_auditors_ledger(shell, collection, roles):
    collection.mint(1, b"", {"from": roles.collector})
    known = "RPC=http://127.0.0.1:8545 SUITE=deployments/31337.json"
    page = section(ROOT / "docs" / "auditor.md", "Audit a ledger")
    said = shell(f"{known} ACCOUNT={collection}\n{page}")
    alone, _, with_node = said.partition("{")
    assert "Nothing contradicts the ledger" in alone
    assert "name one with --rpc" in alone
    assert '"ok": true' in with_node
    assert "name one with --rpc" not in with_node


def test_the_engineers_keeper_settles(shell, suite, roles, tmp_path):
    key = Account.from_mnemonic(MNEMONIC, account_path="m/44'/60'/0'/0/10")
    (tmp_path / "keeper.json").write_text(
        json.dumps(Account.encrypt(key.key, "correct horse", iterations=2))
    )
    (tmp_path / "keeper.password").write_text("correct horse\n")
    for account in (roles.collector, roles.marketplace):
        suite.AutoRetire.setThreshold(1, {"from": account})
        suite.EmissionsRegistry.record(1_000_000, {"from": account})
        deposit(suite, roles, account, 10**6)
    known = "RPC=http://127.0.0.1:8545 SUITE=deployments/31337.json"
    page = section(ROOT / "docs" / "engineer.md", "Run the keeper")
    named, _, others = shell(f"{known}\n{page}").partition("{")
    assert str(roles.collector) in named
    assert str(roles.marketplace) in others
    for account in (roles.collector, roles.marketplace):
        assert suite.EmissionsRegistry.outstanding(account) == 0
        assert suite.CarbonCredits.retiredFor(account) == 7_000


def minted_until_it_settles(collection, roles):
    """The mints that retired."""
    mints = [collection.mint(10, b"", {"from": roles.collector}) for _ in range(8)]
    return [mint for mint in mints if "RetirementRecorded" in mint.events]


def test_the_marketplace_has_a_certificate_made(shell, suite, collection, roles):
    deposit(suite, roles, collection, 10**8)
    (crossing, *_) = minted_until_it_settles(collection, roles)
    retirement_id = crossing.events["RetirementRecorded"]["retirementId"]
    known = "RPC=http://127.0.0.1:8545 SUITE=deployments/31337.json"
    page = section(ROOT / "docs" / "marketplace.md", "Certificates, and what the registry cancels")
    shell(f"{known} RETIREMENT_ID={retirement_id}\n{page}")
    assert suite.RetirementCertificates.ownerOf(retirement_id) == collection.address


def test_the_auditors_python_runs(on_this_node, suite, collection, roles, capsys):
    codes = fenced(ROOT / "docs" / "auditor.md", "python")
    deposit(suite, roles, collection, 10**8)
    assert minted_until_it_settles(collection, roles)
    for code in codes:
        exec(compile(on_this_node(code), "auditor.md", "exec"), {})
    printed = capsys.readouterr().out
    assert collection.address in printed
    assert "'ok': True" in printed
    assert f"{collection.address} SerialSpan(" in printed
    assert "\nTrue\n" in printed
    assert f"{TOKEN_ID} {roles.custodian} {'02' * 32}" in printed


def test_the_auditors_notebook_runs(on_this_node, suite, collection, roles, capsys):
    deposit(suite, roles, collection, 10**8)
    assert minted_until_it_settles(collection, roles)
    document = json.loads((ROOT / "docs" / "auditor-notebook.ipynb").read_text())
    names = {}
    for cell in document["cells"]:
        if cell["cell_type"] == "code":
            code = on_this_node("".join(cell["source"]))
            code = code.replace(f"0x{1:040x}", collection.address)
            exec(compile(code, "auditor-notebook.ipynb", "exec"), names)
    printed = capsys.readouterr().out
    assert "proven: True" in printed
    assert "agrees: True" in printed
    assert names["balance"].retired_units == suite.CarbonCredits.retiredFor(collection) > 0


def test_each_link_leads_somewhere():
    for page in PAGES:
        prose = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
        for target in re.findall(r"\]\(([^)#]+)\)", prose):
            if not target.startswith("https://"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"
