"""The lock files hold everywhere.

given requirements.txt, requirements-deep.txt and package-lock.json
  they name no host to download from, and a hash for each Python package
  every platform's build of an optional npm package is in the lock, or `npm ci` refuses it
"""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHON_LOCKS = ["requirements.txt", "requirements-deep.txt"]


def test_no_lock_names_a_host_to_download_from():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert len(packages) > 100
    assert not [name for name, entry in packages.items() if "resolved" in entry]
    assert all("://" not in (ROOT / name).read_text() for name in PYTHON_LOCKS)


@pytest.mark.parametrize("name", PYTHON_LOCKS)
def test_each_python_package_is_pinned_with_a_hash(name):
    requirements = (ROOT / name).read_text().replace("\\\n", " ").splitlines()
    assert len(requirements) > 50
    for requirement in requirements:
        assert re.match(r"[a-z0-9.\[\]-]+==[^ ]+ .*--hash=sha256:[0-9a-f]{64}", requirement)


def test_each_platforms_build_is_locked():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    wanted = {
        f"node_modules/{name}"
        for entry in packages.values()
        for name in entry.get("optionalDependencies", {})
    }
    assert "node_modules/@foundry-rs/anvil-darwin-arm64" in wanted
    assert "node_modules/@foundry-rs/forge-darwin-arm64" in wanted
    assert wanted <= packages.keys()
