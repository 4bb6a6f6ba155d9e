"""The suite on a real local node, for every test that needs a chain.

Fixtures by role, never by number; every test starts from the same deployed state.
"""

import functools
import gc
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from brownie import web3
from brownie.network.contract import ContractContainer
from brownie.network.state import Chain
from eth_abi.abi import encode
from eth_account import Account
from web3 import HTTPProvider
from web3.types import RPCEndpoint

from gasprint.attestations import Attestation, Credit, attest
from scripts.deploy import Roles, deploy

MNEMONIC = "test test test test test test test test test test test junk"
"""Of the local nodes' accounts, as brownie-config.yaml has it."""

ROLES = (
    "administrator",
    "issuer",
    "custodian",
    "guardian",
    "factor_publisher",
    "holder",
    "marketplace",
    "collector",
    "auditor",
    "beneficiary",
    "outsider",
    "deployer",
)

SERIAL = "19385-941467007-941467431-VCS-VCU-1507-VER-ET-14-1340-01012020-31122020-1"
"""A real block of 425 VCUs of the Bale Mountains Eco-region REDD+ project (Verra, 2026-04-03)."""
PROJECT_ID = (1 << 64) | 1340
FIRST_SERIAL, LAST_SERIAL = 941467007, 941467431
CREDIT_ID = (FIRST_SERIAL << 64) | LAST_SERIAL
TOKEN_ID = (PROJECT_ID << 128) | CREDIT_ID
UNITS_ISSUED = 425 * 10**8

FACTOR = (
    70_000_000,  # picograms CO2e per gas
    187_000_000,  # picowatt-hours per gas
    0,  # when it takes effect, which `announce` fills in
    27_000_000,
    110_000_000,
    78_000_000,
    227_000_000,
    b"\x01" * 32,
)
NOTICE_SECONDS = 3600
FINALITY_BLOCKS = 3
EVIDENCE_HASH = b"\x02" * 32
FAR_FUTURE = 2**32 - 1
NOTHING_SAID = ("0x" + "00" * 20, "", "", "", 0, 0)
"""Empty details of a retirement."""
NO_UTF8 = b"\xff\xfe<\xe2\x82\x1b\xc0\x80"
"""Bytes that anyone can say on the chain; of three bytes, the last is missing."""
NO_UTF8_SHOWN = "\ufffd\ufffd<\ufffd\x1b\ufffd\ufffd"
STANDS_FOR_BYTES = "QQQQQQQQ"

# Brownie looks at its caller at each snapshot and revert, by way of the source of the whole stack:
# without the source that takes a tenth of the time, and a test a fifth less.
inspect.stack = functools.partial(inspect.stack, 0)

# It takes a snapshot after each transaction too, for `chain.undo`, which no test asks for.
Chain._add_to_undo_buffer = lambda *_: None


def _forget_reverted(container: ContractContainer, height: int) -> None:
    """What Brownie does, who asks the node for the code of each contract at each revert."""
    for contract in list(container):
        if (
            contract.tx.block_number > height
            if contract.tx
            else len(web3.eth.get_code(contract.address)) == 0
        ):
            container.remove(contract)
            contract._reverted = True


ContractContainer._revert = _forget_reverted

Account.enable_unaudited_hdwallet_features()
CUSTODIAN = Account.from_mnemonic(MNEMONIC, account_path="m/44'/60'/0'/0/2")
"""The key of `roles.custodian`, since a node signs no EIP-712 that it does not parse itself."""

THRESHOLD_CO2E_MICROGRAMS = 100_000_000


def reverts_with(error: str, *arguments: Any) -> str:
    """The text in which Brownie reports a custom error: `Name: argument, argument`."""
    texts = [a.lower() if isinstance(a, str) and a.startswith("0x") else str(a) for a in arguments]
    return f"{error}: {', '.join(texts)}"


def metadata_of(credit_id: int = CREDIT_ID, **changes: Any) -> tuple[Any, ...]:
    """ERC-8393 metadata that fits a credit of `PROJECT_ID`, but for what `changes` names."""
    first, last = credit_id >> 64, credit_id & (2**64 - 1)
    fields = {
        "projectId": PROJECT_ID,
        "creditId": credit_id,
        "projectName": "Bale Mountains Eco-region REDD+ project",
        "methodology": "VM0015",
        "vintage": "2020",
        "country": "ET",
        "totalVolume": (last - first + 1) * 10**8,
        "expiry": 0,
        "isRetired": False,
    }
    return tuple((fields | changes).values())


def roles_of(accounts: Any) -> SimpleNamespace:
    """An account for each role."""
    return SimpleNamespace(**dict(zip(ROLES, accounts, strict=True)))


def deployed(contracts: Any, roles: SimpleNamespace) -> SimpleNamespace:
    """The suite, deployed with a factor in force."""
    suite = deploy(
        contracts,
        roles.deployer,
        Roles(**{role.name: getattr(roles, role.name) for role in fields(Roles)}),
        NOTICE_SECONDS,
        FINALITY_BLOCKS,
    )
    publish(suite, roles)
    return suite


def announce(
    suite: SimpleNamespace, roles: SimpleNamespace, factor: tuple[Any, ...] = FACTOR
) -> Any:
    """Has the factor publisher announce a factor, to be in force as soon as it may be."""
    effective_at = now() + NOTICE_SECONDS + 60
    announced = (*factor[:2], effective_at, *factor[3:])
    return suite.EmissionsRegistry.publishFactor(
        announced, "evidence.json", "test", {"from": roles.factor_publisher}
    )


def publish(
    suite: SimpleNamespace, roles: SimpleNamespace, factor: tuple[Any, ...] = FACTOR
) -> Any:
    """Has a factor announced, and lets time pass until it is in force."""
    tx = announce(suite, roles, factor)
    pass_time(NOTICE_SECONDS + 61)
    return tx


@pytest.fixture(scope="session", autouse=True)
def connection() -> None:
    """Spares requests: the chain's id is asked for before each call, and never changes.

    Nor is the environment read for a proxy at each of them, which takes as long as some answers.
    """
    session = requests.Session()
    session.trust_env = False
    web3.provider = HTTPProvider(
        web3.provider.endpoint_uri,
        {"timeout": 60},
        session=session,
        cache_allowed_requests=True,
        cacheable_requests={RPCEndpoint("eth_chainId")},
    )


@pytest.fixture(scope="session")
def roles(accounts: Any) -> SimpleNamespace:
    """An account for each role; the last pays for the deployment and keeps no right."""
    return roles_of(accounts)


@pytest.fixture(scope="session")
def suite(project_contracts: Any, roles: SimpleNamespace) -> SimpleNamespace:
    """The deployed suite, with a factor in force."""
    return deployed(project_contracts, roles)


@pytest.fixture(scope="session")
def project_contracts() -> Any:
    """The compiled Brownie project."""
    from brownie import project

    return project.get_loaded_projects()[0]


@pytest.fixture(scope="session")
def credit(suite: SimpleNamespace, roles: SimpleNamespace) -> int:
    """The token id of the 425 VCUs of `SERIAL`, issued to the holder."""
    issue(suite, roles)
    return TOKEN_ID


@pytest.fixture(scope="session")
def collection(project_contracts: Any, suite: SimpleNamespace, roles: SimpleNamespace) -> Any:
    """The marketplace's collection; nothing is deposited for it yet."""
    deployed = project_contracts.OffsettingCollection.deploy(
        suite.AutoRetire, THRESHOLD_CO2E_MICROGRAMS, {"from": roles.marketplace}
    )
    # Brownie collects garbage with each revert. What is here now stays to the end: to leave it out
    # saves a fifth of a second a test.
    gc.freeze()
    return deployed


@pytest.fixture(autouse=True)
def isolation(suite: SimpleNamespace, credit: int, collection: Any, chain: Any) -> Iterator[None]:
    """Every test starts from the state in which the session fixtures left the chain.

    Brownie's own fn_isolation resets the chain for each module, and so would deploy anew for each.
    """
    from brownie import history

    chain.snapshot()
    yield
    chain.revert()
    # Brownie would wait for ever for the nonce to pass that of a transaction which is undone, where
    # it still has one: on a busy machine it does.
    history.clear()


@contextmanager
def undone() -> Iterator[None]:
    """Undoes what is done on the chain meanwhile, for a state that the tests of a module begin in.

    Beside `isolation`, since Brownie keeps but one snapshot.
    """
    from brownie import history

    snapshot = web3.provider.make_request("evm_snapshot", [])["result"]
    yield
    web3.provider.make_request("evm_revert", [snapshot])
    history.clear()


def now() -> int:
    """The node's time, in Unix seconds: that of a new block, since on a busy machine the newest is
    older than what a test adds to it.
    """
    web3.provider.make_request("evm_mine", [])
    return int(web3.eth.get_block("latest")["timestamp"])


def pass_time(seconds: int) -> int:
    """Lets the node's clock go on, and says the time of its newest block, in Unix seconds.

    Brownie's own clock is not anvil's once a snapshot was reverted.
    """
    web3.provider.make_request("evm_increaseTime", [seconds])
    return now()


def mine(blocks: int) -> None:
    """Has the node make empty blocks."""
    if web3.client_version.startswith("anvil"):
        web3.provider.make_request("anvil_mine", [hex(blocks)])
    else:
        web3.provider.make_request("evm_mine", [{"blocks": blocks}])


def attested(
    suite: SimpleNamespace,
    roles: SimpleNamespace,
    credit_id: int = CREDIT_ID,
    project_id: int = PROJECT_ID,
    deadline: int = FAR_FUTURE,
    **changes: Any,
) -> Attestation:
    """The custodian's signature over a credit for the holder, but for what `changes` names."""
    credit = Credit(
        **{
            "recipient": str(roles.holder),
            "token_id": (project_id << 128) | credit_id,
            "project_name": "Bale Mountains Eco-region REDD+ project",
            "methodology": "VM0015",
            "vintage": "2020",
            "country": "ET",
        }
        | changes
    )
    return attest(credit, EVIDENCE_HASH, deadline, chain_id(), str(suite.CarbonCredits), CUSTODIAN)


def issue(
    suite: SimpleNamespace, roles: SimpleNamespace, credit_id: int = CREDIT_ID, **changes: Any
) -> Any:
    """Issues a credit of `PROJECT_ID` to the holder, attested and minted in one transaction."""
    return mint(suite, attested(suite, roles, credit_id, **changes), roles.issuer)


def mint(suite: SimpleNamespace, attestation: Attestation, issuer: Any, hint: int = 0) -> Any:
    """Has the issuer bring an attestation and mint, in one transaction."""
    credits = suite.CarbonCredits
    calls = [
        credits.attest.encode_input(*attestation.attest_arguments(hint)),
        credits.mintCredit.encode_input(*attestation.credit.mint_arguments),
    ]
    return credits.multicall(calls, {"from": issuer})


def retire_for(
    suite: SimpleNamespace,
    roles: SimpleNamespace,
    units: int,
    token_id: int = TOKEN_ID,
    details: tuple[Any, ...] = NOTHING_SAID,
) -> Any:
    """Has the holder retire units for the beneficiary, without a certificate."""
    return suite.CarbonCredits.retireFor(
        *(token_id, roles.holder, units, roles.beneficiary, details, False), {"from": roles.holder}
    )


def call_with_bytes(contract: Any, function: str, *arguments: Any, sender: Any) -> str:
    """Calls with `NO_UTF8` wherever an argument says `STANDS_FOR_BYTES`; the transaction's hash.

    By the node alone, since Brownie can neither write nor read a string that is no UTF-8.
    """
    data = getattr(contract, function).encode_input(*arguments)
    placeholder = STANDS_FOR_BYTES.encode().hex()
    assert placeholder in data
    sent = web3.eth.send_transaction(
        {
            "from": str(sender),
            "to": str(contract),
            "data": data.replace(placeholder, NO_UTF8.hex()),
            "gas": 2_000_000,
        }
    )
    receipt = web3.eth.wait_for_transaction_receipt(sent, poll_latency=0.01)
    assert receipt["status"] == 1
    return sent.to_0x_hex()


def chain_id() -> int:
    """The chain that Brownie is connected to."""
    return int(web3.eth.chain_id)


def deposit(
    suite: SimpleNamespace,
    roles: SimpleNamespace,
    account: Any,
    units: int,
    token_id: int = TOKEN_ID,
) -> Any:
    """Has the holder deposit credits for an account."""
    data = encode(["address"], [str(account)])
    return suite.CarbonCredits.safeTransferFrom(
        roles.holder, suite.AutoRetire, token_id, units, data, {"from": roles.holder}
    )
