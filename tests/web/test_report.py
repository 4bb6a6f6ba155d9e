"""The report in a browser.

given a report with hostile text in every field that takes text
    it  shows that text as text, asks for nothing but itself, and logs no error
    it  has a heading, a named chart, and tables with captions and scoped headings
    it  says that test tokens are not VCUs, and that offsets lower no footprint
    it  fits a wide page and a phone, in the light and in the dark
given findings, or no mint
    it  says so
"""

import re

import pytest

from gasprint.audit import AccountLine, Audit, Finding, RetirementLine, Severity
from gasprint.bounds import Bounds
from gasprint.report import ReportCredit, ReportFactor, ReportMint, write_report
from gasprint.retirements import retirement_id
from gasprint.totals import Totals

HOSTILE = '"><script>document.title = "owned"</script><img src=x onerror=alert(1)>&amp;'
ACCOUNT = "0xbdEd0D2bf404bdcBa897a74E6657f1f12e5C6fb6"
TOKEN_ID = ((1 << 64 | 1340) << 64 | 941467007) << 64 | 941467431
MINT_MICROGRAMS, RETIREMENT_UNITS = 7_171_230, 10_757
WIDE, PHONE = 1200, 375


def transaction_hash(number):
    return f"0x{number:064x}"


def mints_of(count):
    """Mints of which every fifteenth retires what is outstanding, to the unit."""
    mints, retired_units = [], 0
    for number in range(1, count + 1):
        retired_units += RETIREMENT_UNITS if number % 15 == 0 else 0
        mints.append(
            ReportMint(
                transaction_hash=transaction_hash(number),
                gas_used=102_446,
                recorded_gas=102_461,
                emitted_co2e_micrograms=number * MINT_MICROGRAMS,
                retired_co2e_micrograms=retired_units * 10_000,
            )
        )
    return mints


def audit_of(mints, findings=()):
    retirements = len(mints) // 15
    return Audit(
        chain_id=1337,
        block_number=99,
        accounts=(
            AccountLine(
                account=ACCOUNT,
                transactions=len(mints),
                recorded_gas=sum(each.recorded_gas for each in mints),
                committed_gas=0,
                emitted_co2e_micrograms=len(mints) * MINT_MICROGRAMS,
                retired_units=retirements * RETIREMENT_UNITS,
                invalidated_units=0,
                replaced_units=0,
                outstanding_co2e_micrograms=0,
                transactions_checked=len(mints),
                largest_metering_error_percent=0.0146 if mints else None,
            ),
        ),
        transactions=(),
        retirements=tuple(
            RetirementLine(
                retirement_id=retirement_id(TOKEN_ID, number * RETIREMENT_UNITS, RETIREMENT_UNITS),
                token_id=TOKEN_ID,
                invalid_units=0,
                beneficiary=ACCOUNT,
                holder=ACCOUNT,
                agent=ACCOUNT,
                transaction_hash=transaction_hash(15 * number + 15),
            )
            for number in range(retirements)
        ),
        findings=tuple(findings),
    )


def written(path, mints, findings=(), text=HOSTILE):
    return write_report(
        path / "reports" / "report.html",
        title=f"Footprint of a collection {text}",
        footprint=Totals(
            transactions=337,
            gas_used=26_716_119,
            energy_kwh=Bounds(2.78, 5.01, 6.07),
            co2e_grams=Bounds(721.9, 1873.2, 2941.4),
            blocks=2,
            blocks_without_gas=0,
            first_block=17173049,
            last_block=17173050,
            seconds=24,
        ),
        factor=ReportFactor(1, 70_115_200, f"proof_of_stake_v1, network:ethereum {text}"),
        credit=ReportCredit(f"19385-941467007-941467431-VCS {text}", TOKEN_ID, 425 * 10**8),
        mints=mints,
        audit=audit_of(mints, findings),
    )


def test_nothing_but_itself(opened, tmp_path):
    path = written(tmp_path, mints_of(40))
    page = opened(path.as_uri())

    assert page.requests == [path.as_uri()]
    assert page.complaints == []
    assert page.locator("script, img, link, iframe, [style], [onerror]").count() == 0
    csp = page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    assert re.fullmatch(
        "default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'", csp
    )
    assert "rgb(255, 255, 255)" in page.evaluate("getComputedStyle(document.body).background")


def test_markup_is_text(opened, tmp_path):
    finding = Finding(Severity.ERROR, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    page = opened(written(tmp_path, mints_of(1), [finding]).as_uri())

    assert page.title() == f"Footprint of a collection {HOSTILE}"
    assert page.locator("h1").inner_text() == f"Footprint of a collection {HOSTILE}"
    for section in ("dd:has-text('proof_of_stake_v1')", "dd:has-text('941467431-VCS')", "li"):
        assert HOSTILE in page.locator(section).inner_text()


def test_tables(opened, tmp_path):
    mints = mints_of(40)
    page = opened(written(tmp_path, mints).as_uri())

    assert page.locator("h1").count() == 1
    tables = page.get_by_role("table")
    assert tables.count() == 4
    for table in tables.all():
        assert table.locator("caption").inner_text()
        assert table.locator("th:not([scope])").count() == 0
    rows = page.locator("#mints + .scroll tbody tr")
    assert rows.count() == len(mints)
    assert rows.nth(14).locator("td").all_inner_texts()[1:] == [
        *("102,446", "102,461", "+0.01 %", "107.568 g", "107.57 g"),
    ]
    assert rows.nth(14).locator("code").inner_text() == mints[14].transaction_hash
    serials = page.locator("#retirements + .scroll tbody tr td:nth-child(3)").all_inner_texts()
    assert serials == [
        "941467007 to 10,757/10⁸",
        "941467007 + 10,757/10⁸ to 21,514/10⁸",
    ]


def test_chart(opened, tmp_path):
    page = opened(written(tmp_path, mints_of(40)).as_uri())

    chart = page.get_by_role("img")
    assert chart.count() == 1
    assert chart.is_visible()
    name = "After 40 mints: 286.849 g CO2e emitted, gross; 215.14 g retired"
    assert page.get_by_role("img", name=name).count() == 1
    assert chart.locator(".mark-line path").count() == 2
    assert chart.locator(".mark-symbol.role-mark path").count() == 2
    assert {"Emitted, gross", "Retired", "g CO2e"} <= set(chart.locator("text").all_text_contents())


def test_what_it_has_to_say(opened, tmp_path):
    text = opened(written(tmp_path, mints_of(20)).as_uri()).locator("main").inner_text()

    assert "The tokens of a local test chain are not VCUs" in text
    assert "Offsets lower no footprint. As the GHG Protocol asks, gross emissions" in text
    assert "nothing contradicts the ledger" in text
    assert re.search(r"emitted, gross\s+143\.425 g\s+CO2e retired\s+107\.57 g\s", text)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_every_page_width(opened, tmp_path, width, scheme):
    page = opened(written(tmp_path, mints_of(40)).as_uri(), width, color_scheme=scheme)

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.get_by_role("img").count() == 1
    box = page.get_by_role("img").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width


def test_findings(opened, tmp_path):
    findings = [
        Finding(Severity.ERROR, "metering", ACCOUNT, transaction_hash(3), "1 gas recorded"),
        Finding(Severity.NOTE, "accounts", ACCOUNT, None, "recorded nothing"),
    ]
    page = opened(written(tmp_path, mints_of(20), findings).as_uri())

    assert "the ledger is contradicted" in page.locator(".verdict").inner_text()
    first, second = page.locator(".findings li").all_inner_texts()
    assert first.split("\n") == [
        *("error, metering: 1 gas recorded", ACCOUNT, transaction_hash(3)),
    ]
    assert second.startswith("note, accounts: recorded nothing")


def test_no_mint(opened, tmp_path):
    page = opened(written(tmp_path, []).as_uri())

    assert "Nothing was minted yet." in page.locator("main").inner_text()
    assert page.get_by_role("img").count() == 0
