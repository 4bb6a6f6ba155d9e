"""`make deploy NETWORK=...`, as an engineer runs it on a public network.

given a network in Brownie's list that is not a local one, and an encrypted keystore
  it asks for the password, deploys, hands the roles over, and writes the deployment file
  a factor is published to what it deployed, and two issue credits there
  the notice of a factor and the finality of blocks are as they are set, or a day and 64
  without a known account, with a role that is no address, with the issuer or the
      administrator for a custodian, or with a notice or finality that is no number of those
      allowed, it sends nothing: one line, exit 2
given no node where a local network should be
  it does not start one only to end it
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from brownie import Contract, accounts, web3
from eth_account import Account

from gasprint.audit import audit_deployment
from gasprint.contracts import Suite
from gasprint.serials import parse_serial
from scripts.chain import whole_number_of
from scripts.deploy import NOTICE_SECONDS_ALLOWED
from scripts.issue import issue
from scripts.local_node import free_port
from tests import commands
from tests.suite import CUSTODIAN, SERIAL, TOKEN_ID

ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse"
ISSUER = CUSTODIAN.address
"""The issuer, or administrator, in the tests where the custodian is one too."""


def run_brownie(home, *arguments):
    """Runs a brownie command in a home of its own."""
    brownie = Path(sys.executable).with_name("brownie")
    environment = os.environ | {"HOME": str(home)}
    subprocess.run([brownie, *arguments], env=environment, capture_output=True, check=True)


@pytest.fixture(scope="module")
def home(tmp_path_factory, rpc_url):
    """A home in which brownie has the test's node as a live network, `here`; to be copied."""
    made = tmp_path_factory.mktemp("home")
    network = [f"host={rpc_url}", f"chainid={web3.eth.chain_id}"]
    run_brownie(made, "networks", "add", "live", "here", *network)
    return made


@pytest.fixture
def deploy_command(tmp_path, home):
    """Runs it with a home of its own, where `here` is the test's node as a live network."""
    shutil.copytree(home, tmp_path, dirs_exist_ok=True)
    keystores = tmp_path / ".brownie" / "accounts"
    keystores.mkdir(exist_ok=True)
    key = Account.create()
    (keystores / "deployer.json").write_text(json.dumps(key.encrypt(PASSWORD, iterations=2)))
    accounts[0].transfer(key.address, 10**18)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GASPRINT_")}
    environment |= {"HOME": str(tmp_path), "GASPRINT_DEPLOYMENTS": str(tmp_path / "deployments")}

    def run(target="deploy", network="here", **variables):
        return subprocess.run(
            ["make", "--no-print-directory", target, f"NETWORK={network}"],
            cwd=ROOT,
            env=environment | variables,
            input=f"{PASSWORD}\n",
            # Without a terminal of its own the password is read from the input.
            start_new_session=True,
            capture_output=True,
            text=True,
            check=False,
        )

    return run, tmp_path / "deployments", key.address


def test_it_deploys_and_hands_the_roles_over(deploy_command, rpc_url, roles):
    run, folder, deployer = deploy_command
    finished = run(
        GASPRINT_ACCOUNT="deployer",
        GASPRINT_ADMINISTRATOR=str(roles.administrator),
        GASPRINT_ISSUER=str(roles.issuer),
        GASPRINT_CUSTODIAN=str(roles.custodian),
        GASPRINT_GUARDIAN=str(roles.guardian),
        GASPRINT_NOTICE_SECONDS="7200",
        GASPRINT_FINALITY_BLOCKS="5",
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    (path,) = folder.iterdir()
    suite = Suite.connect(rpc_url, path)
    assert suite.chain_id == web3.eth.chain_id
    document = json.loads(path.read_text())["contracts"]["EmissionsRegistry"]
    registry = web3.eth.contract(document["address"], abi=document["abi"]).functions
    assert registry.noticeSeconds().call() == 7_200
    assert registry.finalityBlocks().call() == 5
    document = json.loads(path.read_text())["contracts"]["Authority"]
    authority = web3.eth.contract(document["address"], abi=document["abi"]).functions
    for role, holder in (
        (authority.ADMIN_ROLE(), roles.administrator),
        (authority.ISSUER_ROLE(), roles.issuer),
        (authority.CUSTODIAN_ROLE(), roles.custodian),
        (authority.GUARDIAN_ROLE(), roles.guardian),
        (authority.FACTOR_PUBLISHER_ROLE(), deployer),
    ):
        number = role.call()
        assert authority.hasRole(number, str(holder)).call()[0]
        assert authority.hasRole(number, deployer).call()[0] == (holder == deployer)


def test_a_factor_is_published_and_credits_are_issued(deploy_command, rpc_url, roles, tmp_path):
    run, folder, _ = deploy_command
    account = {"GASPRINT_ACCOUNT": "deployer"}
    deployed = run(
        GASPRINT_CUSTODIAN=str(roles.custodian), GASPRINT_ISSUER=str(roles.issuer), **account
    )
    assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    (path,) = folder.iterdir()
    registry = json.loads(path.read_text())["contracts"]["EmissionsRegistry"]
    functions = web3.eth.contract(registry["address"], abi=registry["abi"]).functions
    assert functions.noticeSeconds().call() == 86_400
    assert functions.finalityBlocks().call() == 64
    for arguments in (
        ("compute", "--evidence", "evidence.json"),
        (
            *("publish", "evidence.json", "--location", "evidence.json", "--yes"),
            *("--rpc", rpc_url, "--deployment", path, "--password-file", "password"),
            *("--keystore", ".brownie/accounts/deployer.json"),
        ),
    ):
        (tmp_path / "password").write_text(PASSWORD)
        finished = commands.run("factors", *arguments, cwd=tmp_path)
        assert finished.returncode == 0, finished.stderr
    entry = json.loads(path.read_text())["contracts"]["CarbonCredits"]
    credits = Contract.from_abi("CarbonCredits", entry["address"], entry["abi"])
    issue(
        *(credits, parse_serial(SERIAL), "Bale Mountains", "VM0015"),
        holder=roles.holder,
        custodian=CUSTODIAN,
        issuer=roles.issuer,
    )

    suite = Suite.connect(rpc_url, path)
    (factor,) = suite.factors_published()
    assert factor.factor.picograms_per_gas == 69_661_138
    (minted,) = suite.credits_minted()
    assert (minted.holder, minted.token_id) == (roles.holder.address, TOKEN_ID)
    assert audit_deployment(rpc_url, path).ok


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        ({}, "gasprint: set GASPRINT_ACCOUNT to an account of Brownie's keystore: deployer"),
        (
            {"GASPRINT_ACCOUNT": "nobody"},
            "gasprint: set GASPRINT_ACCOUNT to an account of Brownie's keystore: deployer",
        ),
        (
            {"GASPRINT_ACCOUNT": "deployer", "GASPRINT_ISSUER": "0xnonsense"},
            "gasprint: GASPRINT_ISSUER is '0xnonsense', which is no address; "
            "give 0x and 40 hexadecimal digits",
        ),
        (
            {
                "GASPRINT_ACCOUNT": "deployer",
                "GASPRINT_CUSTODIAN": ISSUER,
                "GASPRINT_ISSUER": ISSUER,
            },
            f"gasprint: the custodian would be the issuer too, {ISSUER}, and has to stand apart; "
            "set GASPRINT_CUSTODIAN to another address",
        ),
        (
            {
                "GASPRINT_ACCOUNT": "deployer",
                "GASPRINT_CUSTODIAN": ISSUER,
                "GASPRINT_ADMINISTRATOR": ISSUER,
            },
            f"gasprint: the custodian would be the administrator too, {ISSUER}, and has to stand "
            "apart; set GASPRINT_CUSTODIAN to another address",
        ),
        (
            {
                "GASPRINT_ACCOUNT": "deployer",
                "GASPRINT_CUSTODIAN": ISSUER,
                "GASPRINT_NOTICE_SECONDS": "3599",
            },
            "gasprint: GASPRINT_NOTICE_SECONDS is '3599', and has to be a whole number from "
            "3600 to 7776000; 86400 where it is not set",
        ),
        (
            {
                "GASPRINT_ACCOUNT": "deployer",
                "GASPRINT_CUSTODIAN": ISSUER,
                "GASPRINT_FINALITY_BLOCKS": "0",
            },
            "gasprint: GASPRINT_FINALITY_BLOCKS is '0', and has to be a whole number from 1 to "
            "1000000; 64 where it is not set",
        ),
    ],
)
def test_with_a_wrong_setting_it_sends_nothing(deploy_command, variables, line):
    run, folder, _ = deploy_command
    before = web3.eth.block_number
    finished = run(**variables)
    assert finished.returncode == 2
    assert line in finished.stderr.splitlines()
    assert "Traceback" not in finished.stdout + finished.stderr
    assert web3.eth.block_number == before
    assert not folder.exists()


@pytest.mark.parametrize("text", ["3599", "7776001", "a day", "-1", "1e4"])
def test_a_number_that_is_none_of_those_allowed_is_refused(monkeypatch, capsys, text):
    """By the function that the command calls, since each command takes seconds to start."""
    monkeypatch.setenv("GASPRINT_NOTICE_SECONDS", text)
    with pytest.raises(SystemExit) as ended:
        whole_number_of("GASPRINT_NOTICE_SECONDS", 86_400, *NOTICE_SECONDS_ALLOWED)
    assert ended.value.code == 2
    said = "and has to be a whole number from 3600 to 7776000; 86400 where it is not set"
    assert capsys.readouterr().err == f"gasprint: GASPRINT_NOTICE_SECONDS is {text!r}, {said}\n"


def test_a_deployer_cannot_be_issuer_and_custodian(deploy_command):
    run, folder, deployer = deploy_command
    before = web3.eth.block_number
    finished = run(GASPRINT_ACCOUNT="deployer")
    assert finished.returncode == 2
    assert f"gasprint: the custodian would be the administrator too, {deployer}," in finished.stderr
    assert web3.eth.block_number == before
    assert not folder.exists()


def test_it_starts_no_node_only_to_end_it(deploy_command, tmp_path):
    run, folder, _ = deploy_command
    port = free_port()
    run_brownie(tmp_path, "networks", "modify", "anvil", f"port={port}")
    finished = run(network="anvil")
    assert finished.returncode == 2
    assert f"gasprint: no node runs on port {port}" in finished.stderr
    assert not folder.exists()
