"""Reports are made of a chain of their own, on which anything was written."""

import pytest

from tests.kept_chain import kept_chain
from tests.synced_chain import add_a_bit_of_everything


@pytest.fixture(autouse=True)
def isolation():
    """In place of the suite's, which would take a snapshot of a chain that nobody uses here."""


@pytest.fixture(scope="module")
def chain(tmp_path_factory):
    with kept_chain(tmp_path_factory.mktemp("chain")) as made:
        add_a_bit_of_everything(made)
        yield made
