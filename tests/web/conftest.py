"""A browser without a network. Without chromium the tests skip; with CI=true they fail."""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

MISSING = "chromium is missing: apt-get install chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
    "--metrics-recording-only",
]


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        path = shutil.which("chromium") or (own if Path(own).exists() else None)
        if path is None:
            if os.environ.get("CI") == "true":
                pytest.fail(MISSING, pytrace=False)
            pytest.skip(MISSING)
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


def pytest_terminal_summary(terminalreporter):
    if any(MISSING in str(each.longrepr) for each in terminalreporter.getreports("skipped")):
        terminalreporter.write_line(f"Skipped tests/web, as {MISSING}")
