"""The whole loop on a local chain: `make demo`.

Measures two mainnet blocks, publishes the factor, has a custodian attest to a block of serials and
an issuer tokenise it, mints until the emissions have crossed the threshold several times, and
audits the result from the chain alone.
Writes build/demo/summary.json, report.html and audit.pdf of the audit, whose pages are
audit-1.png and so on, and evidence.json.
"""

import contextlib
import io
import json
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from brownie import accounts, chain, network, project, web3
from eth_abi.abi import encode
from eth_account import Account
from rich.console import Console
from rich.progress import Progress

from gasprint.audit import audit_ledger, ledger_of_deployment
from gasprint.audit_report import read, write_reports
from gasprint.audit_report.pdf import pages_of
from gasprint.contracts import Suite
from gasprint.factors import DataFiles, Factor, factor_of
from gasprint.footprint import SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS, footprint_of_files
from gasprint.serials import parse_serial
from scripts.demo_result import mints_of, print_tables, summary_of
from scripts.deploy import Roles, deploy, write_deployment
from scripts.issue import issue
from scripts.local_node import exit_on_signals, use_free_port

ROOT = Path(__file__).parent.parent
OUTPUT = ROOT / "build" / "demo"
EVIDENCE = OUTPUT / "evidence.json"

# A block that Verra issued on 2026-04-13 and that nobody had retired when the list was exported.
SERIAL = "19411-942211922-942212404-VCS-VCU-576-VER-SL-14-2401-01012022-20092022-0"
PROJECT_NAME = "Reforestation of Degraded Lands in Sierra Leone"
METHODOLOGY = "AR-AM0003"

MINTS = 60
THRESHOLD_CO2E_MICROGRAMS = 60_000_000
DEPOSIT_UNITS = 10**8
NOTICE_SECONDS = 3_600


@dataclass(frozen=True)
class Actors:
    """Who acts in the demo, beside the custodian, who only signs; nobody is anybody else."""

    deployer: Any
    administrator: Any
    issuer: Any
    guardian: Any
    factor_publisher: Any
    marketplace: Any
    collector: Any


def main() -> None:
    """Runs the demo, and ends its node whatever happens."""
    exit_on_signals()
    console = Console(file=sys.stdout)
    # Brownie tells of every transaction; what a person wants to see goes through the console.
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(action="ignore"):
        contracts = project.load(ROOT, name="GasprintProject")
        contracts.load_config()
        try:
            network.connect(use_free_port("ganache"))
            _run(console, contracts)
        finally:
            if network.is_connected():
                network.disconnect()


def _run(console: Console, contracts: Any) -> None:
    actors = Actors(*list(accounts)[:7])
    custodian = Account.create()
    console.print(f"Local chain: {web3.client_version}, chain {web3.eth.chain_id}")

    console.print("1/6 Measuring mainnet blocks 17173049 and 17173050 ...")
    footprint = footprint_of_files(SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS)
    totals = footprint.totals
    files = DataFiles.at(SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS)
    factor = factor_of(totals, footprint.network, footprint.grid, files)
    energy_kwh, co2e_grams = totals.energy_kwh, totals.co2e_grams
    console.print(
        f"    {totals.transactions} transactions, {totals.gas_used:,} gas: "
        f"{energy_kwh.best:.3f} kWh ({energy_kwh.lower:.3f} to {energy_kwh.upper:.3f}), "
        f"{co2e_grams.best:,.0f} g CO2e ({co2e_grams.lower:,.0f} to {co2e_grams.upper:,.0f})"
    )

    console.print("2/6 Deploying the suite and publishing the factor ...")
    roles = Roles(
        administrator=actors.administrator,
        issuer=actors.issuer,
        custodian=custodian.address,
        guardian=actors.guardian,
        factor_publisher=actors.factor_publisher,
    )
    suite = deploy(contracts, actors.deployer, roles, notice_seconds=NOTICE_SECONDS)
    deployment = write_deployment(suite, OUTPUT / "deployments")
    effective_at = chain.time() + NOTICE_SECONDS + 60
    publish_factor(suite.EmissionsRegistry, factor, actors.factor_publisher, effective_at)
    # The local chain's clock goes on by the notice that is due before a factor binds.
    chain.mine(timestamp=effective_at)
    console.print(f"    {factor.picograms_per_gas:,} pg CO2e per gas, from {factor.source}")

    console.print("3/6 A custodian attests to a block of Verra serials, and an issuer mints it ...")
    token_id = issue(
        suite.CarbonCredits,
        parse_serial(SERIAL),
        PROJECT_NAME,
        METHODOLOGY,
        holder=actors.marketplace,
        custodian=custodian,
        issuer=actors.issuer,
    )
    console.print(f"    {SERIAL}")

    console.print(f"4/6 Minting {MINTS} NFTs; 5/6 each crossing of the threshold retires ...")
    collection = contracts.OffsettingCollection.deploy(
        suite.AutoRetire, THRESHOLD_CO2E_MICROGRAMS, {"from": actors.marketplace}
    )
    suite.CarbonCredits.safeTransferFrom(
        actors.marketplace,
        suite.AutoRetire,
        token_id,
        DEPOSIT_UNITS,
        encode(["address"], [collection.address]),
        {"from": actors.marketplace},
    )
    mint_hashes = []
    with Progress(console=console, transient=True) as progress:
        for _ in progress.track(range(MINTS), description="    minting"):
            mint_hashes.append(collection.mint(1, b"", {"from": actors.collector}).txid)

    console.print("6/6 Auditing from the chain alone ...")
    reader = Suite.connect(web3.provider.endpoint_uri, deployment)
    with ledger_of_deployment(web3.provider.endpoint_uri, deployment) as (ledger, node):
        found = audit_ledger(ledger, [node], deployments=[deployment])
        report = read(found, ledger, [node])
    if not found.ok:
        raise SystemExit(f"The audit contradicts the ledger: {found.findings}")
    mints = mints_of(reader, collection.address, mint_hashes)
    summary = summary_of(reader, web3.client_version, SERIAL, totals, mints, found)
    OUTPUT.mkdir(parents=True, exist_ok=True)
    (OUTPUT / "summary.json").write_text(json.dumps(summary, indent=2) + "\n")
    reports = [OUTPUT / "report.html", OUTPUT / "audit.pdf"]
    write_reports(report, reports)
    for number, page in enumerate(pages_of(report), start=1):
        (OUTPUT / f"audit-{number}.png").write_bytes(page)
    print_tables(console, found, summary)
    console.print(f"Summary: {OUTPUT / 'summary.json'}")
    for each in reports:
        console.print(f"Report:  {each}")


def publish_factor(registry: Any, factor: Factor, publisher: Any, effective_at: int) -> None:
    """Announces `factor`, in force from `effective_at` on, and writes its evidence to `EVIDENCE`.

    By the node's own account; who has a key of his own takes `gasprint factors publish`.
    """
    EVIDENCE.parent.mkdir(parents=True, exist_ok=True)
    EVIDENCE.write_bytes(factor.evidence.encode())
    registry.publishFactor(
        (
            factor.picograms_per_gas,
            factor.picowatt_hours_per_gas,
            effective_at,
            factor.picograms_per_gas_lower,
            factor.picograms_per_gas_upper,
            factor.picowatt_hours_per_gas_lower,
            factor.picowatt_hours_per_gas_upper,
            factor.evidence_hash,
        ),
        str(EVIDENCE.relative_to(ROOT)),
        factor.source,
        {"from": publisher},
    )


if __name__ == "__main__":
    main()
