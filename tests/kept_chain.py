"""A local chain of a test's own, with the whole suite, and accounts that are due for a keeper.

The node can be stopped and started again with the chain that it had. Deployed without Brownie, as
blocks are made by hand here.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from eth_abi.abi import encode
from eth_account import Account
from eth_utils.abi import function_abi_to_4byte_selector
from prometheus_client.parser import text_string_to_metric_families
from web3 import HTTPProvider, Web3
from web3.types import RPCEndpoint

from gasprint.attestations import Credit, attest
from gasprint.deployments import read_contracts
from scripts.local_node import free_port
from tests import commands
from tests.suite import (
    EVIDENCE_HASH,
    FACTOR,
    FAR_FUTURE,
    MNEMONIC,
    NOTICE_SECONDS,
    TOKEN_ID,
)

ROOT = Path(__file__).parents[1]
PASSWORD = "correct horse"
KILOGRAM = 10**5
GAS_RECORDED = 10_000_000
OWED_MICROGRAMS = GAS_RECORDED * FACTOR[0] // 10**6
"""What each account is due for: 700 g."""
OWED_UNITS = -(-OWED_MICROGRAMS // 10**4)
GWEI = 10**9
_CALLS_PER_BLOCK = 70
_GAS_OF_A_CALL = 400_000
_RUN_SECONDS = 120


def key_of(number: int) -> Any:
    """A key of the node's accounts."""
    return Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{number}")


DEPLOYER, CUSTODIAN, HOLDER, KEEPER, OUTSIDER = (key_of(number) for number in range(5))


def addresses(count: int, first: int = 1) -> list[str]:
    """Of nobody; the node sends for them all the same."""
    return [
        Web3.to_checksum_address(Web3.keccak(text=f"account {number}")[-20:])
        for number in range(first, first + count)
    ]


@dataclass
class LocalNode:
    """A node that keeps its chain while it is stopped."""

    kind: str
    folder: Path
    options: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    process: Any = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        # Its clock begins so far back that it is about right once the factor is in force.
        began = int(time.time()) - NOTICE_SECONDS - 200
        state = self.folder / "chain"
        if self.kind == "anvil":
            saved = ("--state", str(state / "state.json"))
            state.mkdir(exist_ok=True)
            clock = () if (state / "state.json").exists() else ("--timestamp", str(began))
            command = ["anvil", "--quiet", "--hardfork", "shanghai", "--mnemonic", MNEMONIC]
            command += [*saved, *clock, "--auto-impersonate", "--port", str(self.port)]
        else:
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(began))
            clock = () if state.exists() else ("--chain.time", at)
            command = ["ganache", "--logging.quiet", "--chain.hardfork", "shanghai"]
            command += ["--wallet.mnemonic", MNEMONIC, "--database.dbPath", str(state), *clock]
            command += ["--miner.blockGasLimit", "30000000", "--server.port", str(self.port)]
        self.process = subprocess.Popen([*command, *self.options], stdout=subprocess.DEVNULL)
        web3 = Web3(HTTPProvider(self.url, {"timeout": 60}))
        wait_for(web3.is_connected)

    def stop(self) -> None:
        """End it, with what it had in its pool lost, and its chain kept."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


@dataclass
class KeptChain:
    """The chain, its contracts, and keepers on it."""

    node: LocalNode
    web3: Web3
    folder: Path
    journal: Path = field(default_factory=Path)
    deployment: Path = field(default_factory=Path)
    suite: Any = None

    def rpc(self, method: str, *parameters: Any) -> Any:
        answer = self.web3.provider.make_request(RPCEndpoint(method), list(parameters))
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def batch(self, asked: list[tuple[str, list[Any]]]) -> list[Any]:
        answers: Any = self.web3.provider.make_batch_request(asked)  # type: ignore[attr-defined]
        assert not [each for each in answers if each.get("error")], answers
        return [each["result"] for each in answers]

    def mine(self, blocks: int = 1) -> None:
        for _ in range(blocks):
            self.rpc("evm_mine")

    def set_base_fee(self, base_fee_wei: int) -> None:
        """Makes a block of that base fee; anvil only."""
        self.rpc("anvil_setNextBlockBaseFeePerGas", hex(base_fee_wei))
        self.mine()

    @property
    def url(self) -> str:
        return self.node.url

    def deploy(self, name: str, *arguments: Any) -> Any:
        built = json.loads((ROOT / "build" / "contracts" / f"{name}.json").read_text())
        factory = self.web3.eth.contract(abi=built["abi"], bytecode=built["bytecode"])
        made = factory.constructor(*arguments)
        sent = made.transact({"from": DEPLOYER.address, "gas": 8_000_000})
        receipt = self.web3.eth.wait_for_transaction_receipt(sent, poll_latency=0.01)
        assert receipt["status"] == 1
        return self.web3.eth.contract(receipt["contractAddress"], abi=built["abi"])

    def send(self, sender: str, **transaction: Any) -> Any:
        """Have an account send, and wait for the receipt."""
        sent = self.web3.eth.send_transaction({"from": sender, "gas": 3_000_000} | transaction)
        return self.web3.eth.wait_for_transaction_receipt(sent, poll_latency=0.01)

    def call(self, sender: Any, function: Any) -> Any:
        data = function._encode_transaction_data()
        receipt = self.send(getattr(sender, "address", sender), to=function.address, data=data)
        assert receipt["status"] == 1
        return receipt

    def call_many(self, calls: Iterable[tuple[str, Any]]) -> None:
        """Many calls, all of which have to succeed, many to a block; anvil only."""
        asked, nonces, hashes = [], {}, []
        for sender, function in calls:
            if sender not in nonces:
                nonces[sender] = self.web3.eth.get_transaction_count(sender)
            asked.append(
                {
                    "from": sender,
                    "to": function.address,
                    "data": function._encode_transaction_data(),
                    # Where the node has to find these out, it runs all that wait each time.
                    "nonce": hex(nonces[sender]),
                    "gas": hex(_GAS_OF_A_CALL),
                    "maxFeePerGas": hex(10**10),
                    "maxPriorityFeePerGas": hex(10**9),
                }
            )
            nonces[sender] += 1
        self.rpc("evm_setAutomine", False)
        for start in range(0, len(asked), _CALLS_PER_BLOCK):
            part = asked[start : start + _CALLS_PER_BLOCK]
            hashes += self.batch([("eth_sendTransaction", [each]) for each in part])
            self.mine()
        self.rpc("evm_setAutomine", True)
        self.mine()
        receipts = self.batch([("eth_getTransactionReceipt", [each]) for each in hashes])
        assert {each["status"] for each in receipts} == {"0x1"}

    def fund(self, accounts: list[str]) -> None:
        """Gives accounts what they pay their own transactions with."""
        self.batch([("anvil_setBalance", [each, hex(10**18)]) for each in accounts])

    def set_threshold(self, account: str, co2e_micrograms: int) -> None:
        """Has an account set its threshold."""
        self.fund([account])
        self.call(account, self.suite.AutoRetire.functions.setThreshold(co2e_micrograms))

    def make_due(self, accounts: list[str], deposit_units: int = KILOGRAM) -> None:
        """Has accounts emit `OWED_MICROGRAMS`, set their thresholds there, and have a deposit."""
        self.fund(accounts)
        self.call_many(call for each in accounts for call in self._due(each, deposit_units))

    def make_due_one_by_one(self, accounts: list[str], deposit_units: int = KILOGRAM) -> None:
        """The same, of accounts of the node, on any node."""
        for account in accounts:
            for sender, function in self._due(account, deposit_units):
                self.call(sender, function)

    def emit_again(self, accounts: list[str]) -> None:
        """Has accounts emit as much once more."""
        record = self.suite.EmissionsRegistry.functions.record(GAS_RECORDED)
        self.call_many((each, record) for each in accounts)

    def _due(self, account: str, deposit_units: int) -> Iterator[tuple[str, Any]]:
        suite = self.suite
        yield account, suite.EmissionsRegistry.functions.record(GAS_RECORDED)
        yield account, suite.AutoRetire.functions.setThreshold(OWED_MICROGRAMS)
        if deposit_units:
            yield HOLDER.address, self.deposit(account, deposit_units)

    def deposit(self, account: str, units: int = KILOGRAM, token_id: int = TOKEN_ID) -> Any:
        """The call by which the holder deposits for an account."""
        data = encode(["address"], [account])
        return self.suite.CarbonCredits.functions.safeTransferFrom(
            HOLDER.address, self.suite.AutoRetire.address, token_id, units, data
        )

    def issue(
        self,
        first_serial: int,
        last_serial: int,
        project: int = TOKEN_ID >> 128,
        expiry: int = 0,
    ) -> int:
        """Issues serials to the holder; the credit's id."""
        token_id = (project << 128) | (first_serial << 64) | last_serial
        credits = self.suite.CarbonCredits
        credit = Credit(HOLDER.address, token_id, "Project", "VM0015", "2020", "ET", expiry)
        attestation = attest(
            *(credit, EVIDENCE_HASH, FAR_FUTURE, self.web3.eth.chain_id),
            *(credits.address, CUSTODIAN),
        )
        calls = [
            credits.encode_abi("attest", args=list(attestation.attest_arguments(0))),
            credits.encode_abi("mintCredit", args=list(credit.mint_arguments)),
        ]
        self.call(DEPLOYER, credits.functions.multicall(calls))
        return token_id

    def command(self, *arguments: Any, name: str = "keeper") -> list[str]:
        words = (name, *arguments)
        for option, value in (("--rpc", self.url), ("--deployment", self.deployment)):
            if option not in arguments:
                words = (*words, option, value)
        return [str(each) for each in words]

    def key(self, key: Any = KEEPER) -> tuple[Any, ...]:
        """The options for a key in an encrypted file, and for a journal."""
        path = self.folder / f"{key.address}.json"
        if not path.exists():
            path.write_text(json.dumps(Account.encrypt(key.key, PASSWORD, iterations=2)))
        (self.folder / "password").write_text(PASSWORD)
        files = ("--keystore", path, "--password-file", self.folder / "password")
        return *files, "--journal", self.journal

    def run(self, *arguments: Any) -> subprocess.CompletedProcess[str]:
        return commands.run(*self.command(*arguments), timeout=_RUN_SECONDS)

    def once(self, *arguments: Any, code: int = 0) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Runs a keeper once; what it wrote, and what it logged."""
        finished = self.run(*self.key(), "--once", "--json", *arguments)
        assert finished.returncode == code, finished.stderr
        return json.loads(finished.stdout), [
            json.loads(line) for line in finished.stderr.splitlines()
        ]

    @contextmanager
    def keeping(self, *arguments: Any) -> Iterator[RunningKeeper]:
        """A keeper that runs until the end, or until it is killed."""
        keeper = RunningKeeper(self, arguments)
        try:
            yield keeper
        finally:
            keeper.kill()

    def settlements(self) -> list[Any]:
        """Every event of units that were retired by themselves, the oldest first."""
        return list(self.suite.AutoRetire.events.Settled().get_logs(from_block=0))

    def outstanding(self, account: str) -> int:
        return int(self.suite.EmissionsRegistry.functions.outstanding(account).call())

    def check_settled(self, accounts: list[str], times: int = 1) -> None:
        """Each account retired what it owed, in as many settlements as it owed, and none is due."""
        found = [(each["args"]["account"], each["args"]["units"]) for each in self.settlements()]
        wanted = sorted((each, OWED_UNITS) for each in accounts for _ in range(times))
        assert sorted(found) == wanted
        for account in accounts:
            assert self.outstanding(account) == 0
            assert self.suite.CarbonCredits.functions.retiredFor(account).call() == (
                times * OWED_UNITS
            )

    def sent(self, key: Any = KEEPER) -> int:
        """How many transactions of a key were mined."""
        return int(self.web3.eth.get_transaction_count(key.address))

    def journalled(self) -> list[dict[str, Any]]:
        """What stands in the journal."""
        found = list(self.journal.glob(".keeper-*.json"))
        return [each for path in found for each in json.loads(path.read_text())]


class RunningKeeper:
    """A keeper as a process of its own, and what it logged so far."""

    def __init__(self, chain: KeptChain, arguments: tuple[Any, ...]) -> None:
        """Start it."""
        self._log = chain.folder / f"log-{time.monotonic_ns()}.jsonl"
        self._log.touch()
        words = chain.command(*chain.key(), *arguments)
        self.process = commands.Command(*words, stderr=self._log)

    @property
    def text(self) -> str:
        return self._log.read_text()

    def events(self, name: str) -> list[dict[str, Any]]:
        """What it logged of one kind; a line that it still writes is left out."""
        lines = self.text.split("\n")[:-1]
        found = [json.loads(line) for line in lines if line.startswith("{")]
        return [each for each in found if each["event"] == name]

    def wait(self, event: str, count: int = 1) -> list[dict[str, Any]]:
        """Waits until it has logged an event so many times."""

        def found() -> list[dict[str, Any]] | None:
            assert self.process.poll() is None, self.text
            events = self.events(event)
            return events if len(events) >= count else None

        return wait_for(found)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Asks it to end; its exit code."""
        self.process.send_signal(number)
        return self.process.wait()

    def kill(self) -> None:
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()


def wait_for(condition: Any, seconds: float = 60) -> Any:
    """Waits until something is true, or fails."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)
    return found


def figures_of(text: str) -> dict[str, float]:
    """Prometheus's text, by its own parser: each figure by its name and labels."""
    return {
        " ".join((sample.name.removeprefix("gasprint_keeper_"), *sample.labels.values())): (
            sample.value
        )
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@contextmanager
def kept_chain(
    folder: Path, kind: str = "anvil", *options: str, token_id: int = TOKEN_ID
) -> Iterator[KeptChain]:
    """A node of its own on a free port, with the suite on it, a factor in force, and a credit."""
    node = LocalNode(kind, folder, options)
    node.start()
    try:
        web3 = Web3(HTTPProvider(node.url, {"timeout": 60}))
        chain = KeptChain(node, web3, folder, folder / "journal")
        deploy_suite(chain, token_id)
        yield chain
    finally:
        node.stop()


def deploy_suite(chain: KeptChain, token_id: int = TOKEN_ID) -> None:
    """Deploys the suite, announces a factor until it binds, and issues a credit."""
    deployer, web3 = DEPLOYER.address, chain.web3
    first_block = web3.eth.block_number
    made: dict[str, Any] = {}

    def deploy(name: str, *arguments: Any) -> str:
        made[name] = chain.deploy(name, *arguments)
        return str(made[name].address)

    authority = deploy("Authority", deployer, CUSTODIAN.address)
    ahead = Web3.keccak(
        hexstr=f"d694{deployer[2:]}{web3.eth.get_transaction_count(deployer) + 2:02x}"
    )
    credits = Web3.to_checksum_address(ahead[-20:])
    records = deploy("CreditRecords", authority, credits)
    certificates = deploy("RetirementCertificates", credits, records)
    assert deploy("CarbonCredits", authority, certificates, records) == credits
    registry = deploy("EmissionsRegistry", authority, credits, NOTICE_SECONDS, 1)
    market = deploy("CreditMarket", credits)
    deploy("AutoRetire", registry, market)
    chain.suite = SimpleNamespace(**made)

    rights = chain.suite.Authority.functions
    for role, target, function in (
        (1, chain.suite.CarbonCredits, "mintCredit"),
        (2, chain.suite.EmissionsRegistry, "publishFactor"),
    ):
        chain.call(DEPLOYER, rights.grantRole(role, deployer, 0))
        selector = function_abi_to_4byte_selector(target.get_function_by_name(function).abi)
        chain.call(DEPLOYER, rights.setTargetFunctionRole(target.address, [selector], role))
    at = int(web3.eth.get_block("latest")["timestamp"]) + NOTICE_SECONDS + 60
    announced = (*FACTOR[:2], at, *FACTOR[3:])
    publish = chain.suite.EmissionsRegistry.functions.publishFactor
    chain.call(DEPLOYER, publish(announced, "evidence.json", "test"))
    chain.rpc("evm_increaseTime", NOTICE_SECONDS + 61)
    chain.mine()
    chain.issue(*divmod(token_id & (2**128 - 1), 2**64))

    document = {
        "chain_id": web3.eth.chain_id,
        "contracts": {
            name: {
                "address": contract.address,
                "block_number": first_block,
                "abi": contract.abi,
            }
            for name, contract in made.items()
        },
    }
    chain.deployment = chain.folder / "deployment.json"
    chain.deployment.write_text(json.dumps(document))
    read_contracts(chain.deployment, {})
