"""An honest chain for all forgeries, each of which is undone; and a second one."""

import pytest

from tests.audited_chain import AuditedChain, add_an_honest_life
from tests.kept_chain import kept_chain
from tests.suite import TOKEN_ID

OTHER_SERIALS = 5_000 << 64 | 5_099


@pytest.fixture(autouse=True)
def isolation():
    """In place of the suite's, which would take a snapshot of a chain that nobody uses here."""


@pytest.fixture(scope="session")
def honest(tmp_path_factory):
    folder = tmp_path_factory.mktemp("audited")
    with kept_chain(folder) as chain:
        world = AuditedChain(chain, folder, folder / "ledger.duckdb")
        add_an_honest_life(world)
        yield world


@pytest.fixture
def world(honest):
    """The honest chain, which is put back afterwards."""
    snapshot = honest.chain.rpc("evm_snapshot")
    yield honest
    honest.chain.rpc("evm_revert", snapshot)


@pytest.fixture(scope="session")
def other_chain(tmp_path_factory):
    """Another chain, with serials of its own."""
    folder = tmp_path_factory.mktemp("other")
    token_id = TOKEN_ID >> 128 << 128 | OTHER_SERIALS
    with kept_chain(folder, "anvil", "--chain-id", "10", token_id=token_id) as chain:
        yield chain
