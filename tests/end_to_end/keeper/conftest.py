"""The keeper's tests have chains of their own, which they stop, hold up and revert."""

import pytest

from tests.kept_chain import kept_chain


@pytest.fixture(autouse=True)
def isolation():
    """In place of the suite's, which would take a snapshot of a chain that nobody uses here."""


@pytest.fixture(scope="module")
def deployed(tmp_path_factory):
    with kept_chain(tmp_path_factory.mktemp("chain")) as made:
        yield made
