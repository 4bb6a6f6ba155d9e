"""The pictures of `gasprint serve` in docs/, of a chain on which a collection has been at work.

python -m tests.web.screenshots    writes them anew
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.kept_chain import CUSTODIAN, HOLDER, KeptChain, addresses, kept_chain
from tests.pages import ROOT
from tests.served_ledger import serving
from tests.suite import FIRST_SERIAL, TOKEN_ID
from tests.synced_chain import synced
from tests.web.conftest import QUIET

DOCS = ROOT / "docs"
MINTS, MINTS_A_RETIREMENT, HOURS = 90, 15, 7
DETAILS = ("Example Woodland Trust", "Mints of the collection, 2026", "Addis Ababa, ET")
(COLLECTION,) = addresses(1)
WIDE = {"viewport": {"width": 1100, "height": 1000}, "color_scheme": "light"}
PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}


def play(chain: KeptChain) -> int:
    """Has a collection mint over some weeks, and retire as it goes; its last retirement's id."""
    suite = chain.suite
    chain.fund([COLLECTION])
    retirements = suite.CarbonCredits.events.RetirementRecorded()
    for mint in range(1, MINTS + 1):
        gas = 102_446 + 9_973 * (mint * mint % 17)
        chain.call(COLLECTION, suite.EmissionsRegistry.functions.record(gas))
        if mint % MINTS_A_RETIREMENT == 0:
            details = ("0x" + "00" * 20, *DETAILS, 1_790_000_000, 1_792_000_000)
            outstanding = suite.EmissionsRegistry.functions.outstanding(COLLECTION).call()
            units = -(-outstanding // 10**4)
            retire = suite.CarbonCredits.functions.retireFor(
                TOKEN_ID, HOLDER.address, units, COLLECTION, details, True
            )
            chain.call(HOLDER, retire)
        chain.rpc("evm_increaseTime", HOURS * 3600)
    retire = suite.CarbonCredits.functions.retireFor(
        *(TOKEN_ID, HOLDER.address, 2 * 10**8, HOLDER.address),
        *(("0x" + "00" * 20, "Holder", "", "", 0, 0), False),
    )
    chain.call(HOLDER, retire)
    chain.call(CUSTODIAN, suite.CreditRecords.functions.settleSerials(TOKEN_ID, FIRST_SERIAL, "1"))
    found = retirements.get_logs(from_block=0)
    return max(
        (each["args"] for each in found if each["args"]["beneficiary"] == COLLECTION),
        key=lambda each: each["index"],
    )["retirementId"]


def main() -> None:
    """Writes them."""
    with tempfile.TemporaryDirectory() as folder, kept_chain(Path(folder)) as chain:
        retirement, ledger = play(chain), Path(folder) / "ledger.duckdb"
        synced(chain, ledger)
        account = f"/deployments/1/accounts/{COLLECTION}"
        pictures = (
            ("serve-account", account, WIDE),
            ("serve-account-phone", account, PHONE),
            ("serve-certificate", f"/deployments/1/retirements/{retirement}#certificate", WIDE),
            ("serve-key-figures", "/deployments/1/key-figures?by=day&target=14", WIDE),
        )
        node = ("--rpc", chain.url, "--deployment", chain.deployment)
        with serving(ledger, *node, "--rate", 0) as served, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=QUIET
            )
            for name, path, window in pictures:
                page = browser.new_context(**window).new_page()
                page.goto(served.url + path)
                page.wait_for_timeout(500)
                page.screenshot(path=DOCS / f"{name}.png")
            browser.close()


if __name__ == "__main__":
    main()
