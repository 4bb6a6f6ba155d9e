"""As in tests/contracts; and what the deploy script writes, for the package to read."""

import os

from scripts.local_node import use_free_port

use_free_port(os.environ.get("NODE", "ganache"))

import pytest  # noqa: E402

from gasprint.audit import audit_deployment  # noqa: E402
from gasprint.contracts import Suite  # noqa: E402
from scripts.deploy import write_deployment  # noqa: E402
from tests.suite import *  # noqa: E402, F403 - fixtures are found by name in this module


@pytest.fixture(scope="session")
def rpc_url(suite):
    from brownie import web3

    return web3.provider.endpoint_uri


@pytest.fixture(scope="session")
def deployment(suite, tmp_path_factory):
    return write_deployment(suite, tmp_path_factory.mktemp("deployments"))


@pytest.fixture
def reader(rpc_url, deployment):
    """The suite as the package reads it, in a few requests, each of some blocks."""
    return Suite.connect(rpc_url, deployment, blocks_per_request=20)


@pytest.fixture
def audit(rpc_url, deployment):
    """Audits the deployment, or some accounts of it, by the chain's own node or by another."""

    def run(accounts=None, url=rpc_url):
        return audit_deployment(url, deployment, accounts)

    return run


@pytest.fixture
def lies(project_contracts, roles):
    """Runs a function of `LookAlike` at a real contract's address, so that the log is its own."""
    from brownie import web3

    look_alike = project_contracts.LookAlike.deploy({"from": roles.outsider})
    set_code = {"ganache": "evm_setAccountCode", "anvil": "anvil_setCode"}[
        os.environ.get("NODE", "ganache")
    ]

    def log(contract, function, *arguments):
        true_code = web3.eth.get_code(contract.address).to_0x_hex()
        lying_code = web3.eth.get_code(look_alike.address).to_0x_hex()
        data = getattr(look_alike, function).encode_input(*arguments)
        web3.provider.make_request(set_code, [contract.address, lying_code])
        receipt = roles.outsider.transfer(contract, 0, data=data)
        web3.provider.make_request(set_code, [contract.address, true_code])
        return receipt.txid

    return log
