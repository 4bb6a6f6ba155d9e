"""The API of `gasprint serve`, tried by schemathesis from its own OpenAPI document.

given whatever may be asked, and much that may not
  no answer is a server's error, nor outside of what the document says
given what is in the ledger, in every way in which it may be asked for
  likewise, and each is found
"""

import json
import os
import subprocess

import pytest

from tests.kept_chain import OUTSIDER
from tests.pages import ROOT
from tests.served_ledger import API

COMMAND = ROOT / ".venv-api" / "bin" / "schemathesis"
CASES_PER_OPERATION = 12


@pytest.fixture
def run(served, tmp_path):
    """Runs it with path parameters that are fixed; what it wrote."""
    if not COMMAND.exists() and os.environ.get("CI") != "true":
        pytest.skip("schemathesis is missing: make .venv-api/.installed")

    def schemathesis(fixed=()):
        lines = [f'"path.{name}" = {json.dumps(value)}\n' for name, value in dict(fixed).items()]
        config = tmp_path / "schemathesis.toml"
        config.write_text("[parameters]\n" + "".join(lines))
        finished = subprocess.run(
            [
                *(COMMAND, "--config-file", config, "run", f"{served.url}{API}/openapi.json"),
                *("--checks", "all", "--max-examples", str(CASES_PER_OPERATION)),
                *("--phases", "fuzzing", "--seed", "1", "--workers", "2"),
                *("--continue-on-failure", "--no-color"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stdout + finished.stderr
        assert "19 passed" in finished.stdout
        return finished.stdout

    return schemathesis


def test_any_request(run):
    run()


def test_what_is_there(run, served):
    found = served.json(f"/deployments/1/accounts/{OUTSIDER.address}/retirements")["items"][0]
    said = run(
        {
            "deployment_id": 1,
            "address": OUTSIDER.address,
            "transaction_hash": found["transaction_hash"],
            "retirement_id": found["retirement_id"],
            "token_id": found["token_id"],
            "registry": "1",
            "project": "1340",
        }
    )
    assert "404" not in said
