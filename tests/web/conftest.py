"""A browser without a network, and a ledger of a real chain that is served.

Without chromium the tests skip; with CI=true they fail.
"""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.kept_chain import HOLDER, kept_chain
from tests.served_ledger import commit, serving
from tests.synced_chain import add_a_bit_of_everything, synced

MISSING = "chromium is missing: apt-get install chromium"
COMMITTED_RECORDS = 20
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


@pytest.fixture
def opened(browser):
    """Opens pages, and keeps what they asked for and complained of."""
    contexts = []

    def open_page(url, width=1200, **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.requests, page.complaints = [], []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("dialog", lambda dialog: page.complaints.append(dialog.message))
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def chain(tmp_path_factory):
    """A chain with a bit of everything on it, to which a test may add."""
    with kept_chain(tmp_path_factory.mktemp("chain")) as made:
        add_a_bit_of_everything(made)
        commit(made, HOLDER, COMMITTED_RECORDS, 3_000_000)
        yield made


@pytest.fixture(scope="session")
def ledger(chain, tmp_path_factory):
    """Its events."""
    path = tmp_path_factory.mktemp("ledger") / "ledger.duckdb"
    assert not synced(chain, path).contradictions
    return path


@pytest.fixture(scope="session")
def served(ledger):
    """The ledger, served to as many requests as there are."""
    with serving(ledger, "--rate", 0) as running:
        yield running


def pytest_terminal_summary(terminalreporter):
    if any(MISSING in str(each.longrepr) for each in terminalreporter.getreports("skipped")):
        terminalreporter.write_line(f"Skipped tests/web, as {MISSING}")
