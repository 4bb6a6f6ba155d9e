"""`gasprint serve` in a browser, over the ledger of a real chain with hostile texts on it.

given a person who looks for an account
  they find it by search, with the keyboard alone too, and what it shows is what the contracts say
  a new mint arrives on the page while it is open, without a reload
  from a retirement they come to its certificate, which is a picture
  what they see they can take away as a file
given any page
  it fits a wide window and a phone, has no serious finding of axe, in the light and in the dark
  it asks for nothing but the server's own, and complains of nothing
  markup and controls from the chain are text on it
  a script that somebody brings in does not run
given a browser without JavaScript
  the same is there to read
"""

import csv
import io
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from web3 import Web3

from gasprint._output import harmless
from gasprint.amounts import co2e_text, units_text
from tests.kept_chain import HOLDER, OUTSIDER
from tests.pages import ROOT
from tests.suite import FIRST_SERIAL, TOKEN_ID
from tests.synced_chain import MARKUP, synced

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
ACCOUNT = OUTSIDER.address
ACCOUNT_PAGE = f"/deployments/1/accounts/{ACCOUNT}"
WIDE, PHONE = 1200, 375


@pytest.fixture(scope="session")
def certified(served):
    """The retirement with a certificate and hostile texts, from the API."""
    found = served.json(f"{ACCOUNT_PAGE}/retirements")["items"]
    return next(each for each in found if each["purpose"] == MARKUP)


@pytest.fixture(scope="session")
def paths(certified):
    """A page of every kind."""
    return [
        "/",
        "/search?q=nobody",
        "/deployments/1/accounts",
        ACCOUNT_PAGE,
        f"/deployments/1/accounts/{HOLDER.address}",
        f"/transactions/{certified['transaction_hash']}",
        "/deployments/1/credits",
        f"/deployments/1/credits/{TOKEN_ID}",
        "/deployments/1/projects/1/1340",
        f"/deployments/1/retirements/{certified['retirement_id']}",
        "/deployments/1/key-figures?by=month&target=5",
        "/networks",
        "/findings",
    ]


def test_search_by_keyboard_alone(opened, served, chain):
    page = opened(served.url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Shift+Tab")
    for _ in range(20):
        if page.evaluate("document.activeElement.id") == "q":
            break
        page.keyboard.press("Shift+Tab")
    page.keyboard.type(ACCOUNT.lower())
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{ACCOUNT_PAGE}")

    registry, credits = chain.suite.EmissionsRegistry, chain.suite.CarbonCredits
    emitted = registry.functions.emissionsOf(ACCOUNT).call()[3]
    figures = page.locator("#figures dd").all_inner_texts()
    assert figures[:3] == [
        co2e_text(emitted),
        units_text(credits.functions.retiredFor(ACCOUNT).call()),
        co2e_text(registry.functions.outstanding(ACCOUNT).call()),
    ]
    assert page.complaints == []


@pytest.mark.parametrize(
    ("typed", "heading"),
    [
        (str(FIRST_SERIAL + 1), f"VCS 1340, serials {FIRST_SERIAL} to {FIRST_SERIAL + 424}"),
        (f"1-{FIRST_SERIAL}-{FIRST_SERIAL + 9}-VCS-VCU-1-VER-ET-14-1340-01012020-31122020-1",) * 2,
        ("1340", "Project VCS 1340"),
        (str(TOKEN_ID), f"VCS 1340, serials {FIRST_SERIAL} to {FIRST_SERIAL + 424}"),
        ("nothing of the kind", "Search"),
    ],
    ids=["serial", "serials", "project", "token id", "nonsense"],
)
def test_search(opened, served, typed, heading):
    page = opened(served.url)
    page.get_by_role("searchbox").fill(typed)
    page.get_by_role("button", name="Search").click()
    page.wait_for_url(lambda url: url.rstrip("/") != served.url)
    if heading == typed:
        heading = f"VCS 1340, serials {FIRST_SERIAL} to {FIRST_SERIAL + 424}"
    assert page.locator("h1").inner_text() == heading


def test_a_mint_arrives_without_reload(opened, served, chain, ledger):
    page = opened(served.url + ACCOUNT_PAGE)
    page.evaluate("window.opened = 'once'")
    rows = page.locator("#emissions tbody tr")
    before, first = rows.count(), rows.first.inner_text()
    image = page.locator("#balance img").get_attribute("src")
    page.locator("#emissions a").first.focus()

    receipt = chain.call(OUTSIDER, chain.suite.EmissionsRegistry.functions.record(123_456))
    assert not synced(chain, ledger).contradictions
    page.wait_for_function(
        "before => document.querySelectorAll('#emissions tbody tr').length > before", arg=before
    )

    assert "123,456" in rows.first.inner_text() != first
    assert rows.count() == before + 1
    hash_ = Web3.to_hex(receipt["transactionHash"])
    assert rows.first.locator("a").get_attribute("href") == f"/transactions/{hash_}"
    emitted = chain.suite.EmissionsRegistry.functions.emissionsOf(ACCOUNT).call()[3]
    assert page.locator("#figures dd").first.inner_text() == co2e_text(emitted)
    assert page.evaluate("window.opened") == "once"
    assert page.locator("#emissions.fresh").count() == 1
    assert page.locator("#retirements.fresh").count() == 0
    assert page.locator("#balance img").get_attribute("src") != image
    assert "gone on" in page.get_by_role("status").inner_text()
    assert page.evaluate("document.activeElement.closest('#emissions') !== null")
    assert page.complaints == []


def test_a_certificate(opened, served, certified):
    page = opened(served.url + ACCOUNT_PAGE)
    page.get_by_role("link", name=f"certificate of {certified['retirement_id']}").click()
    page.wait_for_url("**/retirements/*#certificate")
    picture = page.get_by_role("img", name="Certificate of retirement: 30 mg CO2e for")
    assert picture.evaluate("each => each.complete && each.naturalWidth") == 1000
    assert page.locator("main svg, iframe, object, embed").count() == 0

    answer = page.goto(served.url + picture.get_attribute("src"))
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["content-type"] == "image/svg+xml"
    texts = page.locator("text").all_text_contents()
    assert "0.00000003 t CO2e" in texts
    assert f"No. {certified['retirement_id']}" in texts
    assert page.complaints == []


def test_downloads(opened, served):
    page = opened(served.url + ACCOUNT_PAGE)
    with page.expect_download() as waiting:
        page.locator("#retirements a[download]").click()
    assert waiting.value.suggested_filename == f"retirements-{ACCOUNT}.csv"
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    seen = page.locator("#retirements tbody tr")
    assert len(rows) == seen.count() > 1
    for row, line in zip(rows, seen.all(), strict=True):
        link = line.locator("td a").first.get_attribute("href")
        assert link == f"/deployments/1/retirements/{row['retirement_id']}"
    assert harmless(MARKUP) in {row["purpose"] for row in rows}
    for cell in (value for row in rows for value in row.values()):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_every_page(opened, served, paths):
    for scheme, width in (("light", WIDE), ("dark", PHONE)):
        page = opened(served.url, width, color_scheme=scheme)
        for path in paths:
            page.goto(served.url + path)
            page.evaluate(AXE.read_text())
            found = page.evaluate("axe.run()")
            worst = [
                (path, each["id"], [node["html"] for node in each["nodes"]])
                for each in found["violations"]
                if each["impact"] in ("serious", "critical")
            ]
            assert worst == []
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert page.locator("h1").count() == 1
            assert page.locator("table:not(:has(caption)), th:not([scope])").count() == 0
            assert page.locator("img:not([alt])").count() == 0
        assert {each for each in page.requests if not each.startswith(served.url)} == set()
        assert page.complaints == []


def test_markup_is_text(opened, served, certified):
    for path, place in (
        (ACCOUNT_PAGE, "#retirements td bdi"),
        (f"/transactions/{certified['transaction_hash']}", "#retirements-1 td bdi"),
        (f"/deployments/1/retirements/{certified['retirement_id']}", "#facts bdi"),
        (f"/deployments/1/credits/{TOKEN_ID}", "#retirements td bdi"),
        (f"/deployments/1/accounts/{HOLDER.address}", "#events td bdi"),
        (f"/search?q={quote(MARKUP)}", "main bdi"),
    ):
        page = opened(served.url + path)
        texts = page.locator(place).all_text_contents()
        assert harmless(MARKUP) in texts, path
        assert page.locator("main script").count() == 0
        assert page.complaints == []


def test_a_script_brought_in_does_not_run(opened, served):
    page = opened(served.url + ACCOUNT_PAGE)
    for markup in (
        "const made = document.createElement('script'); made.textContent = 'window.owned = 1';"
        "document.body.append(made)",
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.owned = 1\">')",
        "const made = document.createElement('script'); made.src = 'https://example.com/x.js';"
        "document.body.append(made)",
        "document.body.insertAdjacentHTML('beforeend', '<iframe src=\"/\"></iframe>')",
    ):
        page.evaluate(markup)
    page.wait_for_timeout(200)
    assert page.evaluate("window.owned") is None
    refused = [each for each in page.complaints if "Content Security Policy" in each]
    assert len(refused) >= 4
    assert re.search("script-src 'self'", " ".join(refused))


def test_without_javascript(opened, served):
    page = opened(served.url + ACCOUNT_PAGE, java_script_enabled=False)
    assert page.locator("#figures dd").count() == 4
    assert page.locator("#emissions tbody tr").count() >= 1
    assert page.locator("#balance img").get_attribute("alt").startswith("Two rising lines.")
    page.get_by_role("link", name="Key figures").click()
    page.get_by_label("Target, g CO2e a record").fill("0.5")
    page.get_by_role("button", name="Show").click()
    assert "above the target of 0.5 g" in page.locator("#trend").inner_text()
    assert page.locator("#periods tbody tr").count() == 1
