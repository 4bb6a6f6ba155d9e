"""Clients that are not ours.

given the suite on a node, and a marketplace with a stablecoin
  by ethers it lists, buys and retires, mints, and reads the certificate
  cast tells what is outstanding
"""

import json
import subprocess
from pathlib import Path

import pytest
from brownie import web3

from tests.markets import PRICE_PER_TONNE, TONNE, fund
from tests.suite import FIRST_SERIAL, TOKEN_ID

SCRIPT = Path(__file__).with_name("marketplace_by_ethers.mjs")
UNITS = 10 * TONNE


@pytest.fixture
def money(suite, roles, project_contracts):
    return fund(suite, roles, project_contracts.PaymentToken.deploy(6, {"from": roles.deployer}))


def test_ethers_lists_buys_mints_and_reads_the_certificate(suite, roles, collection, money):
    contracts = vars(suite) | {"PaymentToken": money, "Collection": collection}
    given = {
        "rpc": web3.provider.endpoint_uri,
        "holder": str(roles.holder),
        "buyer": str(roles.marketplace),
        "tokenId": str(TOKEN_ID),
        "units": str(UNITS),
        "pricePerTonne": str(PRICE_PER_TONNE),
        "contracts": {
            name: {"address": each.address, "abi": each.abi} for name, each in contracts.items()
        },
    }
    done = subprocess.run(
        ["node", SCRIPT], input=json.dumps(given), capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, "")
    seen = json.loads(done.stdout)

    listing = suite.CreditMarket.getListing(int(seen["listingId"]))
    assert (listing["seller"], listing["units"]) == (roles.holder, UNITS // 2)
    cost = int(seen["cost"])
    assert cost == UNITS // 2 * PRICE_PER_TONNE // TONNE
    assert suite.CreditMarket.proceedsOf(roles.holder, money) == cost
    assert suite.CarbonCredits.retiredFor(roles.marketplace) == UNITS // 2
    span = suite.CarbonCredits.serialSpanOf(int(seen["retirementId"]))
    assert tuple(span) == (FIRST_SERIAL, 0, FIRST_SERIAL + 4, TONNE)
    assert seen["owner"] == roles.marketplace
    values = [str(each["value"]) for each in seen["certificate"]["attributes"]]
    assert "Marketplace by ethers" in values
    assert 1 <= int(seen["gasRecorded"]) / int(seen["gasUsed"]) <= 1.02


def test_cast_tells_what_is_outstanding(suite, roles):
    suite.EmissionsRegistry.record(123_456, {"from": roles.marketplace})
    done = subprocess.run(
        [
            *("cast", "call", suite.EmissionsRegistry.address, "outstanding(address)(uint256)"),
            *(str(roles.marketplace), "--rpc-url", web3.provider.endpoint_uri),
        ],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    outstanding = suite.EmissionsRegistry.outstanding(roles.marketplace)
    assert int(done.stdout.split()[0]) == outstanding == 123_456 * 70
