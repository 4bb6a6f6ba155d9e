"""A chain on which all is as it should be, what an auditor holds against it, and its forgers."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import astuple, dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
from eth_abi.abi import encode
from web3 import Web3

from gasprint._node import Node
from gasprint.audit import Audit, Documents, audit_ledger
from gasprint.contracts import Suite
from gasprint.factors import DataFiles, factor_of
from gasprint.footprint import SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS, footprint_of_files
from gasprint.grid import grid_intensity
from gasprint.retirements import proof_of, rebuild
from gasprint.sync import sync
from gasprint.totals import totals_of
from tests import commands
from tests.kept_chain import CUSTODIAN, DEPLOYER, HOLDER, OUTSIDER, KeptChain
from tests.offchain.registry_export import clean_rows, set_block, write_export
from tests.relayed_node import relayed
from tests.suite import FIRST_SERIAL, LAST_SERIAL, NOTHING_SAID, NOTICE_SECONDS, TOKEN_ID

TONNE = 10**8
MINTS = 3
SETTLED_THROUGH = FIRST_SERIAL + 1
RETIRED_BY_HAND = TONNE
EVIDENCE_NAME = "factor-2.json"
_CERTIFIED = (NOTHING_SAID[0], "Example Ltd", "a claim", "", 0, 0)


@dataclass
class AuditedChain:
    """The chain, what was synced of it, and what an auditor has beside it.

    Attributes:
        chain: with the suite on it.
        folder: of all files.
        ledger: as an honest node told it.
        collection: that meters its mints.
        documents: evidence, records, and the registry's export.
        figures: of the factor that is in force, with the hash of its evidence.
    """

    chain: KeptChain
    folder: Path
    ledger: Path
    collection: Any = None
    documents: Documents = field(default_factory=Documents)
    figures: tuple[Any, ...] = ()

    @property
    def node(self) -> Node:
        return Node.at(self.chain.url)

    def synced(self, url: str = "", *others: KeptChain) -> Path:
        """A ledger of the chain by its own node or by another one, and of other chains."""
        path = self.folder / "synced.duckdb"
        path.unlink(missing_ok=True)
        sync(path, Node.at(url or self.chain.url), self.chain.deployment)
        for other in others:
            sync(path, Node.at(other.url), other.deployment)
        return path

    def audited(self, ledger: Path | None = None, **changes: Any) -> Audit:
        """The audit of what a ledger has, by an honest node; of the chain as it is, without one."""
        documents = replace(self.documents, **changes)
        return audit_ledger(ledger or self.synced(), [self.node], documents=documents)

    def edited(self, *statements: str) -> Audit:
        """The audit of what a node would have told that changes its events so."""
        path = self.folder / "edited.duckdb"
        shutil.copy(self.ledger, path)
        with duckdb.connect(str(path)) as connection:
            for each in statements:
                connection.execute(each)
        return self.audited(path)

    def lied_to(self, change: Callable[[dict[str, Any], Any], Any]) -> Audit:
        """The audit of what was read by a node that changes its answers; `change` gets each."""

        def answer(question: dict[str, Any], ask: Any) -> dict[str, Any]:
            told = ask(question)
            return dict(told | {"result": change(question, told.get("result"))})

        with relayed(self.chain.url, answer) as url:
            ledger = self.synced(url)
        return self.audited(ledger)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query finds in the honest ledger."""
        with duckdb.connect(str(self.ledger), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def log(self, contract: Any, function: str, *arguments: Any) -> str:
        """Has a contract log what it never did; the transaction."""
        liar = self.chain.deploy("LookAlike")
        codes = [self.chain.web3.eth.get_code(each.address) for each in (contract, liar)]
        call = getattr(liar.functions, function)(*arguments)
        self.chain.rpc("anvil_setCode", contract.address, codes[1].to_0x_hex())
        receipt = self.chain.send(
            OUTSIDER.address, to=contract.address, data=call._encode_transaction_data()
        )
        self.chain.rpc("anvil_setCode", contract.address, codes[0].to_0x_hex())
        return str(receipt["transactionHash"].to_0x_hex())

    def forge_state(self, contract: Any, account: str) -> None:
        """Changes the first thing that a contract keeps by an account in a mapping."""
        for slot in range(20):
            place = Web3.keccak(encode(["address", "uint256"], [account, slot])).to_0x_hex()
            kept = int(
                self.chain.web3.eth.get_storage_at(contract.address, int(place, 16)).hex(), 16
            )
            if kept:
                value = f"0x{kept + 1:064x}"
                self.chain.rpc("anvil_setStorageAt", contract.address, place, value)
                self.chain.mine()
                return
        raise AssertionError("it keeps nothing by that account")

    def retirements(self) -> Any:
        """All retirements of the credit, and the proof of one."""
        suite = Suite.connect(self.chain.url, self.chain.deployment)
        events, said = suite.retirements(), suite.retirements_described()
        return rebuild(events, said, suite.block_time_unix_seconds)[TOKEN_ID]

    def count_as_cancelled(self, index: int) -> None:
        """Has what is cancelled of a retirement counted, as anyone can."""
        rebuilt = self.retirements()
        arguments = astuple(rebuilt[index]), astuple(proof_of(rebuilt, index))
        credits = self.chain.suite.CarbonCredits.functions
        self.chain.call(OUTSIDER, credits.invalidateRetirement(*arguments))

    def publish(self, figures: tuple[Any, ...], location: str, source: str) -> None:
        """Announces a factor, and lets time pass until it is in force."""
        chain = self.chain
        at = int(chain.web3.eth.get_block("latest")["timestamp"]) + NOTICE_SECONDS + 60
        announced = (*figures[:2], at, *figures[2:])
        registry = chain.suite.EmissionsRegistry.functions
        chain.call(DEPLOYER, registry.publishFactor(announced, location, source))
        chain.rpc("evm_increaseTime", NOTICE_SECONDS + 61)
        chain.mine()

    def export(
        self, name: str, retired_through: int = SETTLED_THROUGH, from_serial: int = 0
    ) -> Path:
        """The registry's export, in which the serials up to one are retired, from one on."""
        (row,) = clean_rows(1)
        row["ID"], rows = "1340", []
        first = from_serial or FIRST_SERIAL
        for begin, end, is_retired in (
            (FIRST_SERIAL, first - 1, False),
            (first, retired_through, True),
            (retired_through + 1, LAST_SERIAL, False),
        ):
            if begin <= end:
                part = dict(row) | {"Retirement/Cancellation Date": "", "Retirement Reason": ""}
                part |= {"Retirement Beneficiary": "", "Retirement Details": ""}
                set_block(part, begin, end)
                if is_retired:
                    part["Retirement/Cancellation Date"] = "2026-04-10"
                rows.append(part)
        return write_export(self.folder / name, rows)


def add_an_honest_life(world: AuditedChain) -> None:
    """Mints that meter themselves, retirements, a certificate, a settlement, and a commitment."""
    chain, suite = world.chain, world.chain.suite
    evidence = world.folder / "evidence"
    evidence.mkdir()
    sample = footprint_of_files(SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS)
    electricity = grid_intensity("network:ethereum")
    counts = {name: value for name, value in vars(sample.totals).items() if type(value) is int}
    files = DataFiles.at(SAMPLE_BLOCKS, SAMPLE_TRANSACTIONS)
    totals = totals_of(counts, sample.network, electricity)
    made = factor_of(totals, sample.network, electricity, files)
    content = made.evidence.encode()
    (evidence / EVIDENCE_NAME).write_bytes(content)
    world.figures = (
        *(made.picograms_per_gas, made.picowatt_hours_per_gas),
        *(made.picograms_per_gas_lower, made.picograms_per_gas_upper),
        *(made.picowatt_hours_per_gas_lower, made.picowatt_hours_per_gas_upper),
        hashlib.sha256(content).digest(),
    )
    credits, records = suite.CarbonCredits.functions, suite.CreditRecords.functions
    world.collection = chain.deploy("MeteredCollection", suite.EmissionsRegistry.address)
    mint = world.collection.functions.mint(1, b"")
    for _ in range(MINTS):
        chain.call(OUTSIDER, mint)
    world.publish(world.figures, EVIDENCE_NAME, made.source)
    chain.call(OUTSIDER, mint)
    for units, beneficiary, details, is_certified in (
        (5 * TONNE // 2, OUTSIDER.address, _CERTIFIED, True),
        (RETIRED_BY_HAND, world.collection.address, NOTHING_SAID, False),
    ):
        retire = credits.retireFor(
            *(TOKEN_ID, HOLDER.address, units, beneficiary, details, is_certified)
        )
        chain.call(HOLDER, retire)
    chain.call(CUSTODIAN, records.settleSerials(TOKEN_ID, SETTLED_THROUGH, "retired: 1"))
    chain.call(HOLDER, credits.redeem(TOKEN_ID, HOLDER.address, 2, "an account"))
    chain.call(
        CUSTODIAN, credits.invalidate(TOKEN_ID, FIRST_SERIAL + 100, FIRST_SERIAL + 101, "reversed")
    )
    chain.mine(2)
    folder = world.folder / "records"
    folder.mkdir()
    words = ("--yes", "--records", folder, "--rpc", chain.url, "--deployment", chain.deployment)
    finished = commands.run("report", HOLDER.address, *chain.key(HOLDER)[:4], *words)
    assert finished.returncode == 0, finished.stderr
    world.documents = Documents((evidence,), folder, world.export("export.csv"))
    sync(world.ledger, world.node, chain.deployment)
