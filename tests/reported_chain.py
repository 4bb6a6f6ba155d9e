"""A local chain of a test's own, with a registry and a collection that meters its mints.

Deployed without Brownie, since blocks are made by hand here, and chains are given up.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eth_account import Account
from web3 import HTTPProvider, Web3
from web3.logs import DISCARD

from gasprint.chain_transactions import SourceTransaction
from gasprint.commitments import records_of
from gasprint.emission_records import write_records
from gasprint.record_header import RecordsHeader
from scripts.local_node import free_port
from tests import commands
from tests.suite import FACTOR, FINALITY_BLOCKS, MNEMONIC, NOTICE_SECONDS

ROOT = Path(__file__).parents[1]
PASSWORD = "correct horse"
FEE = {"maxFeePerGas": 10**10, "maxPriorityFeePerGas": 10**9}


def key_of(number: int) -> Any:
    """A key of the node's accounts: 0 administers, 1 is a source, 2 its reporter, 3 an outsider."""
    return Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{number}")


SOURCE, REPORTER, OUTSIDER = (key_of(number) for number in (1, 2, 3))


@dataclass
class ReportedChain:
    """The chain, its contracts, and the commands on it."""

    web3: Web3
    url: str
    folder: Path
    registry: Any = None
    collection: Any = None
    deployment: Path = field(default_factory=Path)

    def rpc(self, method: str, *parameters: Any) -> Any:
        answer = self.web3.provider.make_request(method, list(parameters))
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def mine(self, blocks: int = 1) -> None:
        self.rpc("anvil_mine", hex(blocks))

    @property
    def newest(self) -> int:
        return int(self.web3.eth.block_number)

    @property
    def final(self) -> int:
        return self.newest - FINALITY_BLOCKS

    def send(self, sender: Any = SOURCE, **transaction: Any) -> Any:
        """Have an account send, and wait for the receipt, which may say that it failed."""
        address = getattr(sender, "address", sender)
        sent = self.web3.eth.send_transaction({"from": address, "gas": 500_000} | transaction)
        return self.web3.eth.wait_for_transaction_receipt(sent, poll_latency=0.01)

    def call(self, function: Any, sender: Any = SOURCE) -> Any:
        data = function._encode_transaction_data()
        receipt = self.send(sender, to=function.address, data=data, gas=3_000_000)
        assert receipt["status"] == 1
        return receipt

    def become(self, contract: Any) -> str:
        """Lets a contract send, as no contract can without code for it."""
        self.rpc("anvil_impersonateAccount", contract.address)
        self.rpc("anvil_setBalance", contract.address, hex(10**20))
        return str(contract.address)

    def announce(self, factor: tuple[Any, ...] = FACTOR) -> int:
        """Has a factor announced; when it will be in force."""
        at = self.web3.eth.get_block("latest")["timestamp"] + NOTICE_SECONDS + 60
        announced = (*factor[:2], at, *factor[3:])
        self.call(self.registry.functions.publishFactor(announced, "e.json", "test"), key_of(0))
        return int(at)

    def publish(self, factor: tuple[Any, ...] = FACTOR) -> None:
        """Has a factor announced, and lets time pass until it is in force."""
        self.announce(factor)
        self.rpc("evm_increaseTime", NOTICE_SECONDS + 61)
        self.mine()

    def commitments(self, account: str) -> list[Any]:
        events = self.registry.events.EmissionsCommitted().get_logs(
            argument_filters={"account": account}, from_block=0
        )
        return [each["args"] for each in events]

    def receipts(self, account: str, first: int, last: int) -> list[SourceTransaction]:
        """The account's transactions by their receipts alone, read one by one."""
        found = []
        for number in range(first, last + 1):
            for tx in self.web3.eth.get_block(number, True)["transactions"]:
                receipt = self.web3.eth.get_transaction_receipt(tx["hash"])
                if account not in (tx["from"], tx.get("to"), receipt["contractAddress"]):
                    continue
                logs = self.registry.events.EmissionsRecorded().process_receipt(receipt, DISCARD)
                metered = sum(
                    each["args"]["gasUsed"] for each in logs if each["args"]["account"] == account
                )
                found.append(
                    SourceTransaction(
                        bytes(tx["hash"]),
                        *(number, tx["transactionIndex"], receipt["gasUsed"], metered),
                    )
                )
        return found

    def commit_by_hand(
        self, account: Any, rows: list[SourceTransaction], last: int, version: int = 1, **how: Any
    ) -> Any:
        """Has an account commit these rows, whatever they are, beside the file that names them."""
        address = getattr(account, "address", account)
        said = self.commitments(address)
        first = said[-1]["lastBlock"] + 1 if said else self.deployed_at
        block_hash = self.web3.eth.get_block(last)["hash"]
        header = RecordsHeader(
            *(self.web3.eth.chain_id, self.registry.address, address, first, last),
            *(block_hash.to_0x_hex(), version, FACTOR[0], FACTOR[1]),
        )
        records = records_of(header, rows, **how)
        tree = records.tree()
        self.folder.mkdir(exist_ok=True)
        path = write_records(records, self.folder)
        totals = tree.totals
        commitment = (
            *(first, last, block_hash, version),
            *(totals.record_count, totals.gas_used, totals.co2e_micrograms),
            *(tree.top_hash, bytes.fromhex(path.stem)),
        )
        return self.call(self.registry.functions.commit(address, commitment), account)

    @property
    def deployed_at(self) -> int:
        document = json.loads(self.deployment.read_text())
        return int(document["contracts"]["EmissionsRegistry"]["block_number"])

    def started(self, name: str, *arguments: Any) -> commands.Command:
        """A command on this chain, which goes on."""
        folder = () if "--records" in arguments else ("--records", self.folder)
        there = ("--rpc", self.url, "--deployment", self.deployment)
        return commands.Command(name, *arguments, *folder, *there)

    def run(self, name: str, *arguments: Any) -> subprocess.CompletedProcess[str]:
        return self.started(name, *arguments).completed()

    def key(self, key: Any = SOURCE) -> tuple[Any, ...]:
        """The options for a key in an encrypted file."""
        path = self.deployment.parent / f"{key.address}.json"
        if not path.exists():
            path.write_text(json.dumps(Account.encrypt(key.key, PASSWORD, iterations=2)))
        password_file = self.deployment.parent / "password"
        password_file.write_text(PASSWORD)
        return "--keystore", path, "--password-file", password_file, "--yes"

    def report(self, account: str, *options: Any, key: Any = SOURCE) -> list[Any]:
        """Runs a report that has to succeed; the commitments that it made."""
        finished = self.run("report", account, *self.key(key), "--json", *options)
        assert (finished.returncode, finished.stderr) == (0, "")
        return list(json.loads(finished.stdout)["commitments"])

    def refused(self, account: str, *options: Any, key: Any = SOURCE) -> str:
        """Runs a report that has to be refused in one line, and before anything is sent."""
        before = self.newest
        finished = self.run("report", account, *self.key(key), *options)
        assert (finished.returncode, finished.stdout) == (2, "")
        assert finished.stderr.count("\n") == 1
        assert "unexpected" not in finished.stderr
        assert self.newest == before
        return finished.stderr

    def check(self, account: str) -> tuple[int, list[str]]:
        """What --check says: its exit code, and each problem."""
        finished = self.run("report", account, "--check", "--json")
        assert finished.stderr == ""
        found = json.loads(finished.stdout)["contradictions"]
        return finished.returncode, [each["problem"] for each in found]


@contextmanager
def local_chain(folder: Path, *options: str) -> Iterator[ReportedChain]:
    """An anvil of its own on a free port, with the contracts on it and a factor in force."""
    port = free_port()
    command = ["anvil", "--quiet", "--hardfork", "shanghai", "--mnemonic", MNEMONIC, *options]
    with subprocess.Popen([*command, "--port", str(port)]) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            web3 = Web3(HTTPProvider(url, {"timeout": 60}))
            for _ in range(100):
                if web3.is_connected():
                    break
                time.sleep(0.1)
            chain = ReportedChain(web3, url, folder / "records")
            _deploy(chain, folder)
            yield chain
        finally:
            process.terminate()


def _deploy(chain: ReportedChain, folder: Path) -> None:
    administrator, custodian = key_of(0).address, key_of(9).address
    authority, _ = _deployed(chain, "Authority", administrator, custodian)
    # It asks the credits only for what was retired.
    chain.registry, receipt = _deployed(
        chain, "EmissionsRegistry", authority.address, custodian, NOTICE_SECONDS, FINALITY_BLOCKS
    )
    chain.collection, _ = _deployed(chain, "MeteredCollection", chain.registry.address)
    entry = {
        "address": chain.registry.address,
        "block_number": receipt["blockNumber"],
        "abi": chain.registry.abi,
    }
    document = {"chain_id": chain.web3.eth.chain_id, "contracts": {"EmissionsRegistry": entry}}
    chain.deployment = folder / "deployment.json"
    chain.deployment.write_text(json.dumps(document))
    chain.publish()


def _deployed(chain: ReportedChain, name: str, *arguments: Any) -> Any:
    built = json.loads((ROOT / "build" / "contracts" / f"{name}.json").read_text())
    factory = chain.web3.eth.contract(abi=built["abi"], bytecode=built["bytecode"])
    sent = factory.constructor(*arguments).transact({"from": key_of(0).address})
    receipt = chain.web3.eth.wait_for_transaction_receipt(sent)
    return chain.web3.eth.contract(receipt["contractAddress"], abi=built["abi"]), receipt
