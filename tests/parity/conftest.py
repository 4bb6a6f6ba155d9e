"""The Solidity side of the vectors runs on a node, like the contract tests."""

from tests.contracts.conftest import *  # noqa: F403
