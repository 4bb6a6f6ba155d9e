"""The libraries that write documents, callable."""

import pytest


@pytest.fixture(scope="session")
def documents(project_contracts, roles):
    return project_contracts.DocumentsHarness.deploy({"from": roles.deployer})
