"""The suite on a real local node, for every test that needs a chain.

Fixtures by role, never by number; every test starts from the same deployed state.
"""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from eth_abi.abi import encode

from scripts.deploy import deploy

ROLES = (
    "administrator",
    "issuer",
    "factor_publisher",
    "holder",
    "marketplace",
    "collector",
    "auditor",
    "beneficiary",
    "outsider",
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
    0,
    27_000_000,
    110_000_000,
    78_000_000,
    227_000_000,
    b"\x01" * 32,
)
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


@pytest.fixture(scope="session")
def roles(accounts: Any) -> SimpleNamespace:
    """An account for each role; the tenth pays for the deployment and keeps no right."""
    return SimpleNamespace(**dict(zip(ROLES, accounts, strict=False)), deployer=accounts[9])


@pytest.fixture(scope="session")
def suite(project_contracts: Any, roles: SimpleNamespace) -> SimpleNamespace:
    """The deployed suite, with a factor in force."""
    suite = deploy(
        project_contracts,
        roles.deployer,
        administrator=roles.administrator,
        issuer=roles.issuer,
        factor_publisher=roles.factor_publisher,
    )
    suite.EmissionsRegistry.publishFactor(FACTOR, "test", {"from": roles.factor_publisher})
    return suite


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
    return project_contracts.OffsettingCollection.deploy(
        suite.AutoRetire, THRESHOLD_CO2E_MICROGRAMS, {"from": roles.marketplace}
    )


@pytest.fixture(autouse=True)
def isolation(suite: SimpleNamespace, credit: int, collection: Any, chain: Any) -> Iterator[None]:
    """Every test starts from the state in which the session fixtures left the chain.

    Brownie's own fn_isolation resets the chain for each module, and so would deploy anew for each.
    """
    chain.snapshot()
    yield
    chain.revert()


def pass_time(seconds: int) -> int:
    """Lets the node's clock go on, and says the time of its newest block, in Unix seconds.

    Brownie's own clock is not anvil's once a snapshot was reverted.
    """
    from brownie import web3

    for method, arguments in (("evm_increaseTime", [seconds]), ("evm_mine", [])):
        web3.provider.make_request(method, arguments)
    return int(web3.eth.get_block("latest")["timestamp"])


def issue(
    suite: SimpleNamespace, roles: SimpleNamespace, credit_id: int = CREDIT_ID, **changes: Any
) -> Any:
    """Issues a credit of `PROJECT_ID` to the holder."""
    metadata = metadata_of(credit_id, **changes)
    return suite.CarbonCredits.mintCredit(
        roles.holder,
        PROJECT_ID,
        credit_id,
        metadata[6],
        metadata[7],
        metadata,
        {"from": roles.issuer},
    )


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
