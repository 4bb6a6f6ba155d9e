"""Contract tests run on a node of their own, on a free port: `make test NODE=anvil` for anvil."""

import os

from scripts.local_node import use_free_port

use_free_port(os.environ.get("NODE", "ganache"))

from tests.suite import *  # noqa: E402, F403 - fixtures are found by name in this module
