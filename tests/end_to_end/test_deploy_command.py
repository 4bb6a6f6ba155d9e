"""`make deploy NETWORK=...`, as an engineer runs it on a public network.

given a network in Brownie's list that is not a local one, and an encrypted keystore
  it asks for the password, deploys, hands the roles over, and writes the deployment file
  without a known account it deploys nothing: one line, exit code 2
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from brownie import accounts, web3
from eth_account import Account

from gasprint.contracts import Suite

ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse"


@pytest.fixture
def deploy_command(tmp_path, rpc_url):
    """Runs it with a home of its own, where `here` is the test's node as a live network."""
    keystores = tmp_path / ".brownie" / "accounts"
    keystores.mkdir(parents=True)
    key = Account.create()
    (keystores / "deployer.json").write_text(json.dumps(key.encrypt(PASSWORD, iterations=2)))
    accounts[0].transfer(key.address, 10**18)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GASPRINT_")}
    environment |= {"HOME": str(tmp_path), "GASPRINT_DEPLOYMENTS": str(tmp_path / "deployments")}
    brownie = Path(sys.executable).with_name("brownie")
    network = [f"host={rpc_url}", f"chainid={web3.eth.chain_id}"]
    subprocess.run(
        [brownie, "networks", "add", "live", "here", *network],
        env=environment,
        capture_output=True,
        check=True,
    )

    def run(**variables):
        return subprocess.run(
            ["make", "--no-print-directory", "deploy", "NETWORK=here"],
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
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    (path,) = folder.iterdir()
    suite = Suite.connect(rpc_url, path)
    assert suite.chain_id == web3.eth.chain_id
    document = json.loads(path.read_text())["contracts"]["Authority"]
    authority = web3.eth.contract(document["address"], abi=document["abi"]).functions
    assert authority.hasRole(0, str(roles.administrator)).call()[0]
    assert not authority.hasRole(0, deployer).call()[0]
    assert authority.hasRole(1, str(roles.issuer)).call()[0]
    assert authority.hasRole(2, deployer).call()[0]


@pytest.mark.parametrize("variables", [{}, {"GASPRINT_ACCOUNT": "nobody"}])
def test_without_a_known_account_it_deploys_nothing(deploy_command, variables):
    run, folder, _ = deploy_command
    before = web3.eth.block_number
    finished = run(**variables)
    assert finished.returncode == 2
    # What make itself adds differs with how deep inside of another make it runs.
    lines = [line for line in finished.stderr.splitlines() if not re.match(r"make.*\*\*\*", line)]
    assert lines == ["Set GASPRINT_ACCOUNT to an account of Brownie's keystore: deployer"]
    assert web3.eth.block_number == before
    assert not folder.exists()
