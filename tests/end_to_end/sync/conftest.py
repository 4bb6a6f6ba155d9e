"""Ledger files are synced from a chain of their own, which is reverted and lied about."""

import pytest

from tests import commands
from tests.kept_chain import kept_chain
from tests.synced_chain import add_a_bit_of_everything


@pytest.fixture(autouse=True)
def isolation():
    """In place of the suite's, which would take a snapshot of a chain that nobody uses here."""


@pytest.fixture(scope="module")
def deployed(tmp_path_factory):
    with kept_chain(tmp_path_factory.mktemp("chain")) as made:
        add_a_bit_of_everything(made)
        yield made


@pytest.fixture
def chain(deployed):
    """As it was deployed, with a bit of everything on it."""
    snapshot = deployed.rpc("evm_snapshot")
    yield deployed
    deployed.rpc("evm_revert", snapshot)


@pytest.fixture
def ledger(tmp_path):
    return tmp_path / "ledger.duckdb"


@pytest.fixture
def run(chain, ledger):
    """Runs the command; its exit code, what it wrote, and what it said."""

    def sync_command(*arguments, path=ledger):
        finished = commands.run(*chain.command(path, *arguments, name="sync"))
        return finished.returncode, finished.stdout, finished.stderr

    return sync_command
