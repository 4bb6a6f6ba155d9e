"""The keeper's tests have chains of their own, which they stop, hold up and revert."""

import pytest

from tests.kept_chain import GWEI, kept_chain


@pytest.fixture(autouse=True)
def isolation():
    """In place of the suite's, which would take a snapshot of a chain that nobody uses here."""


@pytest.fixture(scope="module")
def deployed(tmp_path_factory):
    with kept_chain(tmp_path_factory.mktemp("chain")) as made:
        yield made


@pytest.fixture
def chain(deployed, tmp_path):
    """As it was deployed, with a journal of the test's own."""
    snapshot, deployed.journal = deployed.rpc("evm_snapshot"), tmp_path / "journal"
    yield deployed
    deployed.rpc("anvil_dropAllTransactions")
    deployed.set_base_fee(GWEI)
    deployed.rpc("evm_setAutomine", True)
    deployed.rpc("evm_revert", snapshot)
