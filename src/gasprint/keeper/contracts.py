"""What the keeper reads of the contracts, many accounts at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from eth_typing import ChecksumAddress
from web3 import Web3
from web3.contract import Contract

from gasprint._abi import CODEC
from gasprint._node import Node
from gasprint.chain_transactions import making_sense
from gasprint.deployments import DeployedContract, read_contracts
from gasprint.errors import InputError, RefusalError, UnansweredError, WrongPlaceError
from gasprint.keeper.fees import FeeMarket

_POLICY = (
    "(uint256[], uint16, string, address, uint128, uint128, uint32, bool, string, string, string)"
)
_LISTING = "(address, uint96, address, uint40, uint256, uint128, uint16)"
_OFFERS = "(uint256, uint256, uint256, uint256, uint256)[]"
_NEEDED = {
    "AutoRetire": (
        "event Bought(address indexed account, uint256 indexed retirementId, "
        "uint256 indexed listingId, uint256 units, uint256 cost)",
        "event Settled(address indexed account, uint256 indexed retirementId, "
        "uint256 indexed tokenId, uint256 units)",
        "event SettlementShort(address indexed account, uint256 co2eMicrograms)",
        "event PurchaseFailed(address indexed account, uint256 indexed listingId, bytes reason)",
        "event Dequeued(address indexed account, uint256 indexed tokenId)",
        "event ThresholdSet(address indexed account, uint256 thresholdCo2eMicrograms)",
        "function MAX_LISTINGS_SWEPT() returns (uint256)",
        "function MAX_LOOKS_PER_SETTLEMENT() returns (uint256)",
        "function carbonCredits() returns (address)",
        "function creditMarket() returns (address)",
        "function emissionsRegistry() returns (address)",
        "function budgetLeft(address) returns (uint256)",
        "function depositOf(address, uint256) returns (uint256)",
        "function isAccepted(address, uint256) returns (bool)",
        "function isDue(address) returns (bool)",
        "function isKeeper(address, address) returns (bool)",
        "function paymentOf(address, address) returns (uint256)",
        f"function policyOf(address) returns ({_POLICY})",
        "function queueOf(address) returns (uint256[])",
        "function settle(address) returns (uint256, uint256[])",
        "function settleWith(address, uint256[]) returns (uint256, uint256[])",
    ),
    "CarbonCredits": (
        "function isExpired(uint256) returns (bool)",
        "function retirableUnits(uint256) returns (uint256)",
    ),
    "CreditMarket": (
        "event Listed(uint256 indexed listingId, address indexed seller, "
        "uint256 indexed tokenId, address paymentToken, uint256 units, uint256 pricePerTonne, "
        "uint256 expiresAt)",
        "event Unbooked(uint256 indexed listingId)",
        f"function getListing(uint256) returns ({_LISTING})",
        f"function offersOf(address, uint256, uint256, uint256, uint256) returns ({_OFFERS})",
        "function unbookFirst(address, uint256, uint256, uint256, uint256) returns (uint256)",
    ),
    "EmissionsRegistry": (),
}
_PARTS = {
    "carbonCredits": "CarbonCredits",
    "creditMarket": "CreditMarket",
    "emissionsRegistry": "EmissionsRegistry",
}
_RETURNED = {
    **dict.fromkeys(_PARTS, ("AutoRetire", "address")),
    "MAX_LISTINGS_SWEPT": ("AutoRetire", "uint256"),
    "MAX_LOOKS_PER_SETTLEMENT": ("AutoRetire", "uint256"),
    "budgetLeft": ("AutoRetire", "uint256"),
    "depositOf": ("AutoRetire", "uint256"),
    "isAccepted": ("AutoRetire", "bool"),
    "isExpired": ("CarbonCredits", "bool"),
    "isKeeper": ("AutoRetire", "bool"),
    "paymentOf": ("AutoRetire", "uint256"),
    "policyOf": ("AutoRetire", _POLICY),
    "queueOf": ("AutoRetire", "uint256[]"),
    "retirableUnits": ("CarbonCredits", "uint256"),
    "getListing": ("CreditMarket", _LISTING),
    "offersOf": ("CreditMarket", _OFFERS),
    "unbookFirst": ("CreditMarket", "uint256"),
}
_QUESTIONS_PER_REQUEST = 100
_SETTLED = Web3.keccak(text="Settled(address,uint256,uint256,uint256)").to_0x_hex()
_BOUGHT = Web3.keccak(text="Bought(address,uint256,uint256,uint256,uint256)").to_0x_hex()
_SHORT = Web3.keccak(text="SettlementShort(address,uint256)").to_0x_hex()
_FAILED = Web3.keccak(text="PurchaseFailed(address,uint256,bytes)").to_0x_hex()
_UNBOOKED = Web3.keccak(text="Unbooked(uint256)").to_0x_hex()
_DEQUEUED = Web3.keccak(text="Dequeued(address,uint256)").to_0x_hex()


@dataclass(frozen=True)
class Listed:
    """A listing as it was made.

    Attributes:
        listing_id: of the market.
        token_id: the credit.
        payment_token: what it is paid in.
        price_per_tonne: in base units of that.
    """

    listing_id: int
    token_id: int
    payment_token: str
    price_per_tonne: int


@dataclass(frozen=True)
class Moment:
    """What a round goes by.

    Attributes:
        block: the newest one's number.
        nonces_used: of the keeper's key, by then.
        balance_wei: that the key has by then.
        market: what a gas costs.
    """

    block: int
    nonces_used: int
    balance_wei: int
    market: FeeMarket

    def can_pay(self, gas: int) -> bool:
        """Whether so much gas can be had within the ceiling, and the key has enough for it."""
        is_enough = gas * self.market.offer().max_fee_wei <= self.balance_wei
        return is_enough and not self.market.is_too_dear


@dataclass(frozen=True)
class KeeperContracts:
    """AutoRetire of one deployment, and the market where it buys.

    Every method raises InputError where the node fails.

    Attributes:
        chain_id: of the chain that it stands on.
        node: what reads and sends.
        deployed: where it stands, and since when.
        deployment: the file that says so.
        market_block: the block that created the market.
    """

    chain_id: int
    node: Node
    deployed: DeployedContract
    deployment: Path
    market_block: int
    _contracts: Mapping[str, Contract]

    @classmethod
    def at(cls, rpc_url: str, deployment: Path) -> KeeperContracts:
        """AutoRetire of `deployment`, through the node at `rpc_url`, of which nothing is asked yet.

        Raises:
            InputError: if the file is broken, or that is no address of a node.
        """
        chain_id, found = read_contracts(deployment, _NEEDED)
        node, deployed = Node.at(rpc_url), found["AutoRetire"]
        contracts = {
            name: node.web3.eth.contract(each.address, abi=each.abi) for name, each in found.items()
        }
        market_block = found["CreditMarket"].block_number
        return cls(chain_id, node, deployed, deployment, market_block, contracts)

    def waited_for(self, waiting: Callable[[], AbstractContextManager[None]]) -> KeeperContracts:
        """The same, where `waiting` is entered while the node is asked."""
        return replace(self, node=replace(self.node, waiting=waiting))

    @property
    def address(self) -> ChecksumAddress:
        """Where AutoRetire stands."""
        return self.deployed.address

    def check_place(self) -> None:
        """Make sure that the node serves the deployment's chain, and has its contracts.

        Raises:
            WrongPlaceError: if it does not, or has others.
            InputError: if the node fails.
        """
        chain_id = self.node.chain_id()
        if chain_id != self.chain_id:
            raise WrongPlaceError(
                f"the node serves chain {chain_id}, but {self.deployment} is of chain "
                f"{self.chain_id}; name the other node or the other file"
            )
        try:
            self.node.contract("AutoRetire", self.deployed)
        except UnansweredError:
            raise
        except InputError as error:
            if self.node.has_code(self.address):
                raise
            raise WrongPlaceError(str(error)) from error
        with making_sense(self.node):
            self._check_parts()

    def _check_parts(self) -> None:
        block = self.node.newest_block()
        since = max(self.deployed.block_number, self.market_block)
        if since > block:
            raise WrongPlaceError(
                f"{self.deployment} has contracts since block {since}, and the newest is {block}; "
                "was the chain started anew? then deploy again"
            )
        answers = self.ask_each([(function,) for function in _PARTS], block)
        for (function, name), found in zip(_PARTS.items(), answers, strict=True):
            expected = self._contracts[name].address
            if isinstance(found, RefusalError) and "revert" not in str(found).lower():
                raise found
            if isinstance(found, RefusalError) or found.lower() != expected.lower():
                told = "it has none" if isinstance(found, RefusalError) else f"it is {found}"
                raise WrongPlaceError(
                    f"{function} of AutoRetire at {self.address} should be {expected}, as "
                    f"{self.deployment} says, and {told}; take the file of that deployment"
                )

    def threshold_setters(self, blocks: range) -> Iterator[ChecksumAddress]:
        """The accounts that set a threshold in `blocks`; one request for each of their steps."""
        for args, _ in self.node.events(self._contracts["AutoRetire"], "ThresholdSet", {}, blocks):
            yield args["account"]

    def due(self, accounts: Sequence[str], block: int) -> list[str]:
        """Those of the accounts that are due as of a block."""
        answers = self.call_each(
            [{"data": self._data("isDue", account)} for account in accounts], block
        )
        # One that cannot be told is tried, and says why then.
        return [
            account
            for account, answer in zip(accounts, answers, strict=True)
            if isinstance(answer, Exception) or int(answer, 16) != 0
        ]

    def settle_data(self, account: str, listing_ids: Sequence[int] = ()) -> str:
        """The calldata that settles an account, by listings of the caller's choice if any."""
        if listing_ids:
            return self._data("settleWith", account, list(listing_ids))
        return self._data("settle", account)

    def listed(self, blocks: range) -> Iterator[Listed]:
        """What was listed in `blocks`; one request for each of their steps."""
        for args, _ in self.node.events(self._contracts["CreditMarket"], "Listed", {}, blocks):
            yield Listed(
                args["listingId"], args["tokenId"], args["paymentToken"], args["pricePerTonne"]
            )

    def offered(self, listing_ids: Sequence[int], block: int) -> set[int]:
        """Those listings that have units left, and are not expired as of a block."""
        now = self.node.block_time_unix_seconds(block)
        answers = self.ask_each([("getListing", each) for each in listing_ids], block)
        return {
            listing_id
            for listing_id, found in zip(listing_ids, answers, strict=True)
            # Of (seller, units, payment token, expiry, ...).
            if not isinstance(found, RefusalError) and found[1] > 0 and not 0 < found[3] <= now
        }

    def ask_each(self, questions: Sequence[tuple[Any, ...]], block: int) -> list[Any]:
        """What each view function returns to its arguments; a RefusalError where it reverts."""
        calls = []
        for function, *arguments in questions:
            contract = self._contracts[_RETURNED[function][0]]
            data = str(contract.encode_abi(function, args=arguments))
            calls.append({"to": contract.address, "data": data})
        return [
            answer
            if isinstance(answer, RefusalError)
            else CODEC.decode([_RETURNED[function][1].replace(" ", "")], bytes.fromhex(answer[2:]))[
                0
            ]
            for (function, *_), answer in zip(questions, self.call_each(calls, block), strict=True)
        ]

    def call_each(
        self, calls: Iterable[dict[str, str]], block: int, method: str = "eth_call"
    ) -> list[Any]:
        """What AutoRetire, or whom a call names, answers; a RefusalError where it reverts."""
        asked = [({"to": self.address, **call}, hex(block)) for call in calls]
        answers: list[Any] = []
        for start in range(0, len(asked), _QUESTIONS_PER_REQUEST):
            part = asked[start : start + _QUESTIONS_PER_REQUEST]
            answers += self.node.batch_each(method, part)
        return answers

    def only_swept(self, receipt: dict[str, Any]) -> bool:
        """Whether a settlement took out of its way what is over, and bought nothing in vain.

        One deposit that is gone may have been withdrawn just before, which costs less than that.
        """
        logs = [(log["address"].lower(), log["topics"][0]) for log in receipt["logs"]]
        market, ours = self._contracts["CreditMarket"].address.lower(), self.address.lower()
        has_swept = (market, _UNBOOKED) in logs or logs.count((ours, _DEQUEUED)) > 1
        return has_swept and (ours, _FAILED) not in logs

    def moment(self, keeper: str, ceiling_wei: int) -> Moment:
        """What the newest block says to a keeper that offers no more than a ceiling for a gas.

        Raises:
            InputError: if the chain has no EIP-1559 fees.
        """
        newest = self.node.request("eth_getBlockByNumber", "latest", False)
        if newest.get("baseFeePerGas") is None:
            raise InputError(f"the chain that {self.node.host} serves has no EIP-1559 fees")
        tip_wei = int(self.node.request("eth_maxPriorityFeePerGas"), 16)
        block = newest["number"]
        return Moment(
            int(block, 16),
            self.node.transaction_count(keeper, block),
            int(self.node.request("eth_getBalance", keeper, block), 16),
            FeeMarket(int(newest["baseFeePerGas"], 16), tip_wei, ceiling_wei),
        )

    def _data(self, function: str, *arguments: object) -> str:
        return str(self._contracts["AutoRetire"].encode_abi(function, args=list(arguments)))


def units_retired(receipt: dict[str, Any], auto_retire: str, account: str) -> tuple[int, bool]:
    """The units that a transaction retired for an account by itself, and whether more are due."""
    units, is_short = 0, False
    for log in receipt["logs"]:
        topics = log["topics"]
        is_ours = log["address"].lower() == auto_retire.lower() and len(topics) > 1
        if not is_ours or topics[1][26:].lower() != account.lower()[2:]:
            continue
        if topics[0] in (_SETTLED, _BOUGHT):
            units += int(log["data"][2:66], 16)
        is_short = is_short or topics[0] == _SHORT
    return units, is_short
