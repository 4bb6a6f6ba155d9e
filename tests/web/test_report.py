"""The report of an audit in a browser.

given a report with hostile text in every field that takes text
    it  shows that text as text, asks for nothing but itself, and logs no error
    it  has a heading, a named chart, and tables with captions and scoped headings
    it  says that test tokens are not VCUs, and that offsets lower no footprint
    it  fits a wide page and a phone, in the light and in the dark
given findings, or no emission
    it  says so
"""

import re

import pytest

from gasprint.audit import Finding, Severity
from gasprint.audit_report.html import html_of
from tests.report_data import ACCOUNT, report_data, transaction_hash

HOSTILE = '"><script>document.title = "owned"</script><img src=x onerror=alert(1)>&amp;'
WIDE, PHONE = 1200, 375


def written(folder, mints=40, findings=()):
    path = folder / "report.html"
    path.write_bytes(html_of(report_data(mints, tuple(findings), HOSTILE)))
    return path.as_uri()


def test_nothing_but_itself(opened, tmp_path):
    address = written(tmp_path)
    page = opened(address)

    assert page.requests == [address]
    assert page.complaints == []
    assert page.locator("script, img, link, iframe, [style], [onerror]").count() == 0
    csp = page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    assert re.fullmatch(
        "default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'", csp
    )
    assert "rgb(255, 255, 255)" in page.evaluate("getComputedStyle(document.body).background")


def test_markup_is_text(opened, tmp_path):
    finding = Finding(Severity.ERROR, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    page = opened(written(tmp_path, findings=[finding]))

    assert page.title() == "Audit of emissions and retirements: Chain 1337, as of block 99"
    for name in ("found", "factors", "retirements", "credits", "findings"):
        place = page.locator(".found" if name == "found" else f"section:has(#{name})")
        assert HOSTILE in place.inner_text(), name


def test_tables(opened, tmp_path):
    page = opened(written(tmp_path))

    assert page.locator("h1").count() == 1
    tables = page.get_by_role("table")
    assert tables.count() >= 8
    for table in tables.all():
        assert table.locator("caption").inner_text()
        assert table.locator("th:not([scope])").count() == 0
    retirements = page.locator("#retirements + .scroll tbody tr:first-child td:nth-child(3)")
    assert retirements.all_inner_texts() == [
        "941467007 to 10,757/10⁸",
        "941467007 + 10,757/10⁸ to 21,514/10⁸",
    ]


def test_chart(opened, tmp_path):
    page = opened(written(tmp_path))

    chart = page.get_by_role("img")
    assert chart.count() == 1
    assert chart.is_visible()
    name = "After 40 transactions: 286.849 g CO2e emitted, gross; 215.14 g retired"
    assert page.get_by_role("img", name=name).count() == 1
    assert chart.locator(".mark-line path").count() == 2
    assert chart.locator(".mark-symbol.role-mark path").count() == 2
    assert {"Emitted, gross", "Retired", "g CO2e"} <= set(chart.locator("text").all_text_contents())


def test_what_it_has_to_say(opened, tmp_path):
    text = opened(written(tmp_path, 20)).locator("main").inner_text()

    assert "Its tokens are not VCUs" in text
    assert "Offsets lower no footprint: gross emissions and retirements stand side by side" in text
    assert "Nothing contradicts the ledger" in text
    assert re.search(r"emitted, gross\s+143\.425 g\s", text)
    assert re.search(r"CO2e retired\s+107\.57 g\s", text)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_every_page_width(opened, tmp_path, width, scheme):
    page = opened(written(tmp_path), width, color_scheme=scheme)

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.get_by_role("img").count() == 1
    box = page.get_by_role("img").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width


def test_findings(opened, tmp_path):
    findings = [
        Finding(Severity.NOTE, "accounts", ACCOUNT, None, "recorded nothing"),
        Finding(Severity.ERROR, "metering", ACCOUNT, transaction_hash(3), "1 gas recorded"),
    ]
    page = opened(written(tmp_path, 20, findings))

    assert page.locator(".verdict").inner_text() == "1 error contradicts the ledger"
    first, second = page.locator(".found li").all_inner_texts()
    assert first.split("\n") == ["error: 1 gas recorded", transaction_hash(3)]
    assert second.startswith("note: recorded nothing")


def test_no_emission(opened, tmp_path):
    page = opened(written(tmp_path, 0))

    assert "no emission and no retirement" in page.locator("main").inner_text()
    assert page.get_by_role("img").count() == 0
