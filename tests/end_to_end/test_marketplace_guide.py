"""Everything that docs/marketplace.md gives to copy compiles, and does what the page says.

given the suite on a node
  a collection of single tokens, of batches and of editions settles from a deposit made as told
  where one can say how many, none is refused
  one that buys has bought and retired, with a certificate, from money deposited as told
  the page's scripts list credits, buy and retire some, and mint through a relay that offsets
  a token shows what its mint emitted and what offset it
  one that only records, records; one that certifies, certifies
"""

import base64
import json
import re
import subprocess

import pytest
import solcx
from brownie import ZERO_ADDRESS, web3

from tests.markets import fund, list_credits
from tests.pages import ROOT, fenced
from tests.suite import PROJECT_ID, TOKEN_ID

THRESHOLD_CO2E_MICROGRAMS = 40_000_000
"""More than a first settlement with a certificate itself emits."""
MINTS = 14
CALLS = 4
"""Of the relay, of two mints each: ganache takes a second to estimate the gas of one."""
TONNE = 10**8
PAGE = ROOT / "docs" / "marketplace.md"

DEPOSITOR = """
pragma solidity 0.8.30;
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {ERC1155Holder} from "@openzeppelin/contracts/token/ERC1155/utils/ERC1155Holder.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IAutoRetire} from "gasprint/interfaces/IAutoRetire.sol";

/// Whoever follows the page with a wallet, in the page's own words.
contract Depositor is ERC1155Holder {
    IAutoRetire autoRetire;
    IERC1155 carbonCredits;

    constructor(IAutoRetire autoRetire_) {
        autoRetire = autoRetire_;
        carbonCredits = IERC1155(address(autoRetire_.carbonCredits()));
    }

    function depositCredits(address collection, uint256 tokenId, uint256 units) external {
        %s
    }

    function depositMoney(address collection, IERC20 stablecoin, uint256 amount) external {
        %s
    }
}
"""

CLIENT = """
import { Contract, Interface, JsonRpcProvider } from "ethers";
const given = JSON.parse(process.argv[1]);
const provider = new JsonRpcProvider(given.rpc, undefined, { batchMaxCount: 1, cacheTimeout: -1 });
const contract = (name) => new Contract(given[name].address, given[name].abi, provider);
%s
provider.destroy();
"""

MINTING = """
const relay = contract("relay").connect(await provider.getSigner(given.minter));
const value = given.value;
for (let i = 0; i < given.times; ++i) {
%s
}
"""

TRADING = """
const [seller, buyer] = await Promise.all(given.traders.map((each) => provider.getSigner(each)));
const [carbonCredits, market, stablecoin] = ["credits", "market", "money"].map(contract);
const creditId = BigInt(given.creditId);
%s
%s
"""


@pytest.fixture(scope="module")
def compiled():
    """Each contract of the page, compiled as the marketplace would, all at once; by its name."""
    codes = fenced(PAGE, "solidity")
    (of_credits,) = [code for code in codes if code.startswith("carbonCredits.")]
    (of_money,) = [code for code in codes if code.startswith("stablecoin.")]
    # The page's reader has a wallet, and sends for himself.
    credits = of_credits.replace("msg.sender", "address(this)")
    sources = {
        name: code
        for code in (*codes, DEPOSITOR % (credits, of_money))
        for name in re.findall(r"^contract (\w+) ", code, re.MULTILINE)
    }
    output = solcx.compile_standard(
        {
            "language": "Solidity",
            "sources": {f"{name}.sol": {"content": code} for name, code in sources.items()},
            "settings": {
                "evmVersion": "shanghai",
                "optimizer": {"enabled": True, "runs": 10000},
                "remappings": [
                    "@openzeppelin/contracts=node_modules/@openzeppelin/contracts",
                    "solady=node_modules/solady",
                    "erc721a=node_modules/erc721a",
                    "gasprint/=",
                ],
                "outputSelection": {
                    f"{name}.sol": {name: ["abi", "evm.bytecode.object"]} for name in sources
                },
            },
        },
        solc_version="0.8.30",
        allow_paths=str(ROOT),
    )["contracts"]
    return {name: output[f"{name}.sol"][name] for name in sources}


@pytest.fixture
def deployed(compiled, roles):
    """Deploys a contract of the page."""

    def made(name, *arguments):
        built = compiled[name]
        bytecode = built["evm"]["bytecode"]["object"]
        factory = web3.eth.contract(abi=built["abi"], bytecode=bytecode)
        created = factory.constructor(*arguments).transact(sender(roles))
        address = web3.eth.wait_for_transaction_receipt(created)["contractAddress"]
        return web3.eth.contract(address, abi=built["abi"])

    return made


def sender(roles):
    """Not with an estimate of the gas, which the relay's calls are made with."""
    return {"from": str(roles.marketplace), "gasPrice": 2 * 10**9, "gas": 8_000_000}


@pytest.fixture
def depositor(deployed, suite):
    return deployed("Depositor", suite.AutoRetire.address)


def deposit_as_told(depositor, suite, roles, collection):
    """A tonne of the holder's."""
    suite.CarbonCredits.safeTransferFrom(
        *(roles.holder, depositor.address, TOKEN_ID, TONNE, b""), {"from": roles.holder}
    )
    mined(depositor.functions.depositCredits(collection, TOKEN_ID, TONNE), roles)


def mined(call, roles):
    receipt = web3.eth.wait_for_transaction_receipt(call.transact(sender(roles)))
    assert receipt["status"] == 1
    return receipt


def refuses(call, error):
    with pytest.raises(ValueError, match=web3.keccak(text=error)[:4].to_0x_hex()):
        call.call()


@pytest.mark.parametrize(
    ("name", "arguments", "none", "error"),
    [
        ("MyCollection", (), None, ""),
        ("MyBatches", (3,), (0,), "MintZeroQuantity()"),
        ("MyEditions", (7, 5), (7, 0), "NothingToMint()"),
    ],
)
def test_the_marketplaces_solidity_compiles_and_settles(
    deployed, depositor, suite, roles, name, arguments, none, error
):
    my_collection = deployed(name, suite.AutoRetire.address, THRESHOLD_CO2E_MICROGRAMS)
    address = my_collection.address
    deposit_as_told(depositor, suite, roles, address)

    for _ in range(MINTS):
        mined(my_collection.functions.mint(*arguments), roles)
    assert suite.CarbonCredits.retiredFor(address) > 0
    assert suite.EmissionsRegistry.outstanding(address) < THRESHOLD_CO2E_MICROGRAMS
    if none:
        refuses(my_collection.functions.mint(*none), error)


def test_the_marketplaces_solidity_records(deployed, suite, roles):
    my_collection = deployed("MyMeteredCollection", suite.EmissionsRegistry.address)
    for _ in range(2):
        mined(my_collection.functions.mint(1, 10), roles)
    recorded = suite.EmissionsRegistry.emissionsOf(my_collection.address)
    assert recorded["recordCount"] == 2
    assert recorded["gasUsed"] > 2 * 40_000
    refuses(my_collection.functions.mint(1, 0), "NothingToMint()")


def test_the_marketplaces_solidity_certifies(deployed, suite, roles):
    credits = suite.CarbonCredits
    arguments = (credits.address, TOKEN_ID, str(roles.holder))
    my_collection = deployed("MyCertifiedCollection", *arguments)
    credits.setApprovalForAll(my_collection.address, True, {"from": roles.holder})
    mined(my_collection.functions.mint("Öko & Co"), roles)
    assert suite.RetirementCertificates.balanceOf(roles.marketplace) == 1
    assert credits.retiredFor(roles.marketplace) == 10**5


def test_the_marketplaces_solidity_buys(deployed, depositor, suite, roles, project_contracts):
    market, account = suite.CreditMarket, {"from": roles.holder}
    money = fund(suite, roles, project_contracts.PaymentToken.deploy(6, account))
    suite.CarbonCredits.setApprovalForAll(market, True, account)
    list_credits(suite, roles, money, units=TONNE)
    my_collection = deployed(
        "MyBuyingCollection",
        *(suite.AutoRetire.address, THRESHOLD_CO2E_MICROGRAMS, PROJECT_ID, money.address),
    )
    address = my_collection.address
    money.mint(depositor.address, 10**9, account)
    mined(depositor.functions.depositMoney(address, money.address, 10**9), roles)

    for _ in range(MINTS):
        mined(my_collection.functions.mint(), roles)
    assert suite.EmissionsRegistry.outstanding(address) < THRESHOLD_CO2E_MICROGRAMS
    assert suite.RetirementCertificates.balanceOf(address) > 0
    left = suite.AutoRetire.paymentOf(address, money)
    spent = suite.CreditMarket.proceedsOf(roles.holder, money)
    assert 0 < spent == 10**9 - left
    mined(my_collection.functions.withdrawPayment(money.address, left, str(roles.auditor)), roles)
    assert money.balanceOf(roles.auditor) == left


def run_as_page(script, **given):
    """Has Node run what a page would, with ethers."""
    given["rpc"] = web3.provider.endpoint_uri
    done = subprocess.run(
        ["node", "--input-type=module", "-e", CLIENT % script, json.dumps(given)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_marketplaces_script_lists_buys_and_retires(suite, roles, project_contracts):
    money = fund(suite, roles, project_contracts.PaymentToken.deploy(6, {"from": roles.deployer}))
    contracts = {"credits": suite.CarbonCredits, "market": suite.CreditMarket, "money": money}
    listing, purchase = (
        code for code in fenced(PAGE, "js") if ".list(" in code or ".buyAndRetire(" in code
    )
    run_as_page(
        TRADING % (listing, purchase),
        **{name: {"address": each.address, "abi": each.abi} for name, each in contracts.items()},
        traders=[str(roles.holder), str(roles.marketplace)],
        creditId=str(TOKEN_ID),
    )
    assert suite.CreditMarket.proceedsOf(roles.holder, money) == 12_500_000
    assert suite.CarbonCredits.retiredFor(roles.marketplace) == TONNE
    assert suite.RetirementCertificates.balanceOf(roles.marketplace) == 1
    (left,) = suite.CreditMarket.offersOf(money, PROJECT_ID, 0, 12_500_000, 10)
    assert left["units"] == 9 * TONNE


def test_the_marketplaces_relay_mints(deployed, depositor, suite, roles, project_contracts):
    sale = project_contracts.PaidCollection.deploy({"from": roles.deployer})
    owner = str(roles.marketplace)
    relay = deployed(
        "MyRelay",
        *(owner, sale.address, suite.AutoRetire.address, THRESHOLD_CO2E_MICROGRAMS),
    )
    deposit_as_told(depositor, suite, roles, relay.address)
    (script,) = [code for code in fenced(PAGE, "js") if "relay.mint" in code]
    run_as_page(
        MINTING % script,
        relay={"address": relay.address, "abi": relay.abi},
        minter=str(roles.collector),
        value=2 * sale.PRICE_WEI(),
        times=CALLS,
    )
    assert sale.balanceOf(roles.collector) == 2 * CALLS
    assert suite.CarbonCredits.retiredFor(relay.address) > 0
    assert suite.EmissionsRegistry.outstanding(relay.address) < THRESHOLD_CO2E_MICROGRAMS
    mined(relay.functions.setPolicy(([], 0, "", ZERO_ADDRESS, 0, 0, 0, True, "", "", "")), roles)
    assert suite.AutoRetire.policyOf(relay.address)["withCertificate"]


def test_the_marketplaces_tokens_show_their_offset(deployed, depositor, suite, roles):
    my_collection = deployed(
        "MyShowingCollection",
        *(suite.AutoRetire.address, THRESHOLD_CO2E_MICROGRAMS),
    )
    deposit_as_told(depositor, suite, roles, my_collection.address)
    for _ in range(MINTS):
        mined(my_collection.functions.mint(), roles)
    kind, document = my_collection.functions.tokenURI(0).call().split(",")
    assert kind == "data:application/json;base64"
    shown = json.loads(base64.b64decode(document))
    traits = {each["trait_type"]: each["value"] for each in shown["attributes"]}
    assert traits["CO2e offset"] == "yes"
    span = suite.CarbonCredits.serialSpanOf(int(traits["Retirement"]))
    assert span["firstSerial"] == (TOKEN_ID >> 64) % 2**64
