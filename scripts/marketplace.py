"""A marketplace that offsets itself: `make marketplace`.

On a local chain a collection mints until ten tonnes of CO2e are retired by themselves: it has no
credits, only a stablecoin on deposit, and buys what it needs from two sellers in the mints
themselves. Once at a factor of proof-of-work Ethereum, and as many mints once more at the one of
`make demo`, of proof-of-stake Ethereum. Writes docs/marketplace-run.json and two plots beside it.
"""

import contextlib
import hashlib
import io
import json
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from brownie import accounts, chain, network, project, web3
from eth_account import Account
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from gasprint._chart import ledger_chart
from gasprint.amounts import co2e_text, span_text
from gasprint.audit import Audit, audit_deployment
from gasprint.contracts import Suite
from gasprint.factors import DataFiles, factor_of
from gasprint.footprint import SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS, footprint_of_files
from gasprint.retirements import span_of, units_of
from gasprint.serials import parse_serial
from gasprint.units import co2e_micrograms
from scripts.demo_result import mints_of
from scripts.deploy import Roles, deploy, write_deployment
from scripts.issue import issue
from scripts.local_node import exit_on_signals, use_free_port

ROOT = Path(__file__).parent.parent
WORK = ROOT / "build" / "marketplace"

SVG = "http://www.w3.org/2000/svg"
TONNE_UNITS = 10**8
TONNE_MICROGRAMS = 10**12
TARGET_UNITS = 10 * TONNE_UNITS
NOTICE_SECONDS = 3_600
MOST_MINTS = 5_000
COIN = 10**6
DEPOSIT_COINS = 1_000
HIGHEST_PRICE_COINS = 20
PERIOD_SECONDS = 86_400

# Blocks that Verra issued, of two projects; and what a seller asks for a tonne, in a stablecoin.
FOR_SALE = (
    (
        "19411-942211922-942212404-VCS-VCU-576-VER-SL-14-2401-01012022-20092022-0",
        "Reforestation of Degraded Lands in Sierra Leone",
        "AR-AM0003",
        18,
        100,
    ),
    (
        "19385-941467007-941467431-VCS-VCU-1507-VER-ET-14-1340-01012020-31122020-1",
        "Bale Mountains Eco-region REDD+ project",
        "VM0015",
        12,
        4,
    ),
)


FIGURES = (
    "picograms_per_gas",
    "picowatt_hours_per_gas",
    "picograms_per_gas_lower",
    "picograms_per_gas_upper",
    "picowatt_hours_per_gas_lower",
    "picowatt_hours_per_gas_upper",
)


@dataclass(frozen=True)
class Run:
    """One factor, and at which emissions a mint settles.

    Attributes:
        name: of its figures in the summary.
        figures: of the factor, in the order of `FIGURES`.
        source: of the factor, in words.
        evidence: what its hash is of.
        inputs: of the factor, where the evidence is not made again by `gasprint factors verify`.
        threshold_co2e_micrograms: of the collection.
    """

    name: str
    figures: tuple[int, ...]
    source: str
    evidence: bytes
    inputs: dict[str, Any] | None
    threshold_co2e_micrograms: int


def proof_of_work() -> Run:
    """2022-03-04: what the network emitted and used that day, by the gas of that day."""
    day_gas = 100_357_669_416
    co2e_kilotonnes = (20.832822, 14.957133, 29.577354)
    power_gigawatts = (2.998495, 2.152799, 4.257107)
    grams, lower_grams, upper_grams = (
        round(each * 10**9 * 10**12 / day_gas) for each in co2e_kilotonnes
    )
    hours = 24
    energy, lower_energy, upper_energy = (
        round(each * 10**9 * hours * 10**12 / day_gas) for each in power_gigawatts
    )
    source = (
        "Proof-of-work Ethereum on 2022-03-04: kylemcdonald/ethereum-emissions, daily power and "
        "emissions (MIT); gas of the day: Etherscan, by kylemcdonald/ethereum-nft-activity (MIT)"
    )
    inputs = {
        "day": "2022-03-04",
        "gas": day_gas,
        "co2e_kilotonnes_best_lower_upper": co2e_kilotonnes,
        "power_gigawatts_best_lower_upper": power_gigawatts,
    }
    evidence = json.dumps(inputs | {"source": source}).encode()
    figures = (grams, energy, lower_grams, upper_grams, lower_energy, upper_energy)
    return Run("proof_of_work", figures, source, evidence, inputs, TONNE_MICROGRAMS)


def proof_of_stake() -> Run:
    """The two mainnet blocks of `make demo`."""
    footprint = footprint_of_files(SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS)
    files = DataFiles.at(SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS)
    factor = factor_of(footprint.totals, footprint.network, footprint.grid, files)
    figures = tuple(getattr(factor, name) for name in FIGURES)
    evidence = factor.evidence.encode()
    return Run("proof_of_stake", figures, factor.source, evidence, None, TONNE_MICROGRAMS // 10_000)


def main() -> None:
    """Both runs, each on a chain of its own; ends its node whatever happens."""
    exit_on_signals()
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs"
    target_units = int(sys.argv[2]) if len(sys.argv) > 2 else TARGET_UNITS
    console = Console(file=sys.stdout)
    summaries = {}
    # Brownie tells of every transaction; what a person wants to see goes through the console.
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(action="ignore"):
        contracts = project.load(ROOT, name="GasprintProject")
        contracts.load_config()
        mints_wanted = None
        for run in (proof_of_work(), proof_of_stake()):
            try:
                network.connect(use_free_port("ganache"))
                summary = played(run, contracts, console, target_units, mints_wanted)
            finally:
                if network.is_connected():
                    network.disconnect()
            mints_wanted = summary["mints"]
            # On a page of its own a drawing names its language.
            plot = str(summary.pop("plot")).replace("<svg ", f'<svg xmlns="{SVG}" ', 1)
            summaries[run.name] = summary
            (folder / f"marketplace-{run.name.replace('_', '-')}.svg").write_text(plot)
    (folder / "marketplace-run.json").write_text(json.dumps(summaries, indent=2) + "\n")
    print_table(console, summaries)


def played(
    run: Run, contracts: Any, console: Console, target_units: int, mints_wanted: int | None
) -> dict[str, Any]:
    """One run on the chain that is connected; its summary, every figure of it from the chain."""
    deployer, administrator, issuer, guardian, publisher, owner, collector, *sellers = accounts
    custodian = Account.create()
    roles = Roles(administrator, issuer, custodian.address, guardian, publisher)
    suite = deploy(contracts, deployer, roles, notice_seconds=NOTICE_SECONDS)
    deployment = write_deployment(suite, WORK / run.name)
    publish(suite, run, publisher)
    coin = contracts.PaymentToken.deploy(6, {"from": deployer})
    credits = put_on_sale(suite, coin, custodian, issuer, sellers)

    policy = (
        [token_id for token_id, _ in sorted(credits, key=lambda credit: credit[1])],
        *(2020, "", coin, HIGHEST_PRICE_COINS * COIN, DEPOSIT_COINS * COIN, PERIOD_SECONDS),
        *(True, "A marketplace", "Mints of its collection", ""),
    )
    collection = contracts.BuyingCollection.deploy(
        suite.AutoRetire, run.threshold_co2e_micrograms, policy, {"from": owner}
    )
    coin.mint(owner, DEPOSIT_COINS * COIN, {"from": deployer})
    coin.approve(suite.AutoRetire, DEPOSIT_COINS * COIN, {"from": owner})
    suite.AutoRetire.depositPayment(collection, coin, DEPOSIT_COINS * COIN, {"from": owner})

    hashes: list[str] = []
    first_block = web3.eth.block_number + 1
    title = f"{run.name.replace('_', ' ')}: minting"
    with Progress(console=console, transient=True) as progress:
        goal = mints_wanted or target_units
        task = progress.add_task(title, total=goal)
        while len(hashes) < MOST_MINTS:
            hashes.append(collection.mint(1, {"from": collector}).txid)
            retired_units = suite.CarbonCredits.retiredFor(collection)
            done = len(hashes) if mints_wanted else retired_units
            progress.update(task, completed=done)
            if done >= goal:
                break
    blocks = range(first_block, web3.eth.block_number + 1)
    sent = sum(len(web3.eth.get_block(number)["transactions"]) for number in blocks)

    reader = Suite.connect(web3.provider.endpoint_uri, deployment)
    found = audit_deployment(web3.provider.endpoint_uri, deployment)
    if not found.ok:
        raise SystemExit(f"The audit contradicts the ledger: {found.findings}")
    mints = mints_of(reader, collection.address, hashes)
    gas_used = sum(mint.gas_used for mint in mints)
    recorded_gas = sum(mint.recorded_gas for mint in mints)
    return {
        "factor": dict(zip(FIGURES, run.figures, strict=True))
        | {"source": run.source, "evidence_sha256": hashlib.sha256(run.evidence).hexdigest()}
        | ({"inputs": run.inputs} if run.inputs else {}),
        "threshold_co2e_micrograms": str(run.threshold_co2e_micrograms),
        "mints": len(hashes),
        "gas_used": gas_used,
        "recorded_gas": recorded_gas,
        "recorded_gas_above_used_percent": round(100 * (recorded_gas / gas_used - 1), 3),
        "emitted_co2e_micrograms": str(suite.EmissionsRegistry.emittedBy(collection)),
        "retired_units": str(suite.CarbonCredits.retiredFor(collection)),
        "outstanding_co2e_micrograms": str(suite.EmissionsRegistry.outstanding(collection)),
        "manual_steps": sent - len(hashes),
        "coins_spent": str(DEPOSIT_COINS * COIN - suite.AutoRetire.paymentOf(collection, coin)),
        "purchases": purchases_of(suite, collection, blocks, found),
        "plot": ledger_chart(
            [mint.emitted_co2e_micrograms for mint in mints],
            [mint.retired_co2e_micrograms for mint in mints],
            title=f"Emitted and retired over {len(hashes)} mints",
            title_id=run.name,
            width_px=640,
        ),
    }


def publish(suite: SimpleNamespace, run: Run, publisher: Any) -> None:
    """Announces the factor, and lets the notice pass that is due before it binds."""
    best, energy, *bounds = run.figures
    effective_at = chain.time() + NOTICE_SECONDS + 60
    factor = (best, energy, effective_at, *bounds, hashlib.sha256(run.evidence).digest())
    suite.EmissionsRegistry.publishFactor(factor, "evidence.json", run.source, {"from": publisher})
    chain.mine(timestamp=effective_at)


def put_on_sale(
    suite: SimpleNamespace, coin: Any, custodian: Any, issuer: Any, sellers: list[Any]
) -> list[tuple[int, int]]:
    """Issues each credit to a seller, who lists some of it; their ids and prices."""
    credits = []
    for seller, (serial, name, methodology, price_coins, tonnes) in zip(
        sellers, FOR_SALE, strict=False
    ):
        token_id = issue(
            *(suite.CarbonCredits, parse_serial(serial), name, methodology),
            holder=seller,
            custodian=custodian,
            issuer=issuer,
        )
        suite.CarbonCredits.setApprovalForAll(suite.CreditMarket, True, {"from": seller})
        suite.CreditMarket.list(
            *(token_id, tonnes * TONNE_UNITS, coin, price_coins * COIN, 0), {"from": seller}
        )
        credits.append((token_id, price_coins))
    return credits


def purchases_of(
    suite: SimpleNamespace, collection: Any, blocks: range, found: Audit
) -> list[dict[str, Any]]:
    """What was bought and retired, each with its serials and certificate."""
    token_ids = {each.retirement_id: each.token_id for each in found.retirements}
    bought = suite.AutoRetire.events.Bought.get_logs(
        from_block=blocks.start, to_block=blocks.stop - 1
    )
    return [
        {
            "transaction": event["transactionHash"].to_0x_hex(),
            "token_id": str(token_ids[event["args"]["retirementId"]]),
            "retirement_id": str(event["args"]["retirementId"]),
            "serials": span_text(span_of(event["args"]["retirementId"])),
            "units": str(units_of(event["args"]["retirementId"])),
            "cost_base_units": str(event["args"]["cost"]),
            "certificate_of": suite.RetirementCertificates.ownerOf(event["args"]["retirementId"]),
        }
        for event in bought
        if event["args"]["account"] == collection.address
    ]


ROWS = (
    "mints",
    "emitted",
    "retired",
    "outstanding",
    "purchases, each with a certificate",
    "manual steps",
)


def cells_of(summary: dict[str, Any]) -> tuple[str, ...]:
    """A run's cell of each of `ROWS`."""
    return (
        f"{summary['mints']:,}",
        co2e_text(int(summary["emitted_co2e_micrograms"])),
        co2e_text(co2e_micrograms(int(summary["retired_units"]))),
        co2e_text(int(summary["outstanding_co2e_micrograms"])),
        str(len(summary["purchases"])),
        str(summary["manual_steps"]),
    )


def print_table(console: Console, summaries: dict[str, Any]) -> None:
    """Both runs side by side."""
    table = Table(title="A marketplace that offsets itself")
    table.add_column("")
    for name in summaries:
        table.add_column(name.replace("_", " "), justify="right")
    columns = [cells_of(summary) for summary in summaries.values()]
    for row in zip(ROWS, *columns, strict=True):
        table.add_row(*row)
    console.print(table)


if __name__ == "__main__":
    main()
