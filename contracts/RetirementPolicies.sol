// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeTransferLib} from "solady/src/utils/SafeTransferLib.sol";
import {IAutoRetire} from "../interfaces/IAutoRetire.sol";
import {ICarbonCredits} from "../interfaces/ICarbonCredits.sol";
import {ICreditMarket} from "../interfaces/ICreditMarket.sol";
import {Acceptance} from "./libraries/Acceptance.sol";
import {Payments} from "./libraries/Payments.sol";
import {TextLimits} from "./libraries/TextLimits.sol";

/// @title How accounts want to be settled, and the money for it
/// @notice Documented in IAutoRetire. The part of AutoRetire that knows policies, keepers, money and budgets.
abstract contract RetirementPolicies is IAutoRetire, ReentrancyGuard {
    using Acceptance for IAutoRetire.Policy;
    using FixedPointMathLib for uint256;
    using SafeCast for uint256;
    using SafeTransferLib for address;

    /// @notice How many credits, projects and registries a policy names.
    uint256 public constant MAX_ACCEPTS = 8;

    /// @dev Most accounts have no policy, and this slot alone says so.
    struct Account {
        uint248 thresholdCo2eMicrograms;
        bool hasPolicy;
    }

    /// @dev Of the period in which it was last spent.
    struct Spending {
        uint128 amount;
        uint128 lastAt;
    }

    /// @inheritdoc IAutoRetire
    ICarbonCredits public immutable carbonCredits;

    /// @inheritdoc IAutoRetire
    ICreditMarket public immutable creditMarket;

    mapping(address account => Account) internal _accounts;
    mapping(address account => Policy) internal _policies;
    mapping(address account => mapping(address keeper => bool approved)) private _keepers;

    /// @inheritdoc IAutoRetire
    mapping(address account => mapping(address paymentToken => uint256 amount)) public paymentOf;

    /// @dev By token, since an amount of one says nothing of another that a new policy names.
    mapping(address account => mapping(address paymentToken => Spending)) private _spending;

    constructor(ICarbonCredits carbonCredits_, ICreditMarket creditMarket_) {
        if (creditMarket_.carbonCredits() != carbonCredits_) revert WrongCounterpart(address(creditMarket_));
        carbonCredits = carbonCredits_;
        creditMarket = creditMarket_;
    }

    /// @inheritdoc IAutoRetire
    function setThreshold(uint256 thresholdCo2eMicrograms) external {
        _accounts[msg.sender].thresholdCo2eMicrograms = thresholdCo2eMicrograms.toUint248();
        emit ThresholdSet(msg.sender, thresholdCo2eMicrograms);
    }

    /// @inheritdoc IAutoRetire
    function setPolicy(Policy calldata policy) external nonReentrant {
        _requirePolicy(policy);
        _policies[msg.sender] = policy;
        _accounts[msg.sender].hasPolicy = true;
        emit PolicySet(msg.sender, policy);
    }

    /// @inheritdoc IAutoRetire
    function setKeeper(address keeper, bool approved) external {
        _keepers[msg.sender][keeper] = approved;
        emit KeeperSet(msg.sender, keeper, approved);
    }

    /// @inheritdoc IAutoRetire
    function depositPayment(address account, address paymentToken, uint256 amount) external nonReentrant {
        _requireDepositor(account);
        if (amount == 0) revert NothingToMove();
        Payments.collect(paymentToken, amount);
        paymentOf[account][paymentToken] += amount;
        // The market takes money from its caller alone. Here, so that a token that is paused stops no settlement.
        if (IERC20(paymentToken).allowance(address(this), address(creditMarket)) < type(uint128).max)
            paymentToken.safeApproveWithRetry(address(creditMarket), type(uint256).max);
        emit PaymentDeposited(account, paymentToken, msg.sender, amount);
    }

    /// @inheritdoc IAutoRetire
    function withdrawPayment(address paymentToken, uint256 amount, address to) external nonReentrant {
        uint256 deposited = paymentOf[msg.sender][paymentToken];
        if (amount == 0) revert NothingToMove();
        // It would belong to nobody.
        if (to == address(this) || to == address(creditMarket)) revert DepositAccountMissing();
        if (amount > deposited) revert DepositExceeded(amount, deposited);
        paymentOf[msg.sender][paymentToken] = deposited - amount;
        emit PaymentWithdrawn(msg.sender, paymentToken, to, amount);
        Payments.pay(paymentToken, to, amount);
    }

    /// @inheritdoc IAutoRetire
    function thresholdOf(address account) external view returns (uint256) {
        return _accounts[account].thresholdCo2eMicrograms;
    }

    /// @inheritdoc IAutoRetire
    function policyOf(address account) external view returns (Policy memory) {
        return _policies[account];
    }

    /// @inheritdoc IAutoRetire
    function isAccepted(address account, uint256 tokenId) public view returns (bool) {
        return !_accounts[account].hasPolicy || _policies[account].isTaken(tokenId, carbonCredits);
    }

    /// @inheritdoc IAutoRetire
    function isKeeper(address account, address keeper) public view returns (bool) {
        return keeper == account || _keepers[account][keeper];
    }

    /// @inheritdoc IAutoRetire
    function budgetLeft(address account) public view returns (uint256) {
        Policy storage policy = _policies[account];
        return uint256(policy.budget).zeroFloorSub(_spentThisPeriod(account, policy));
    }

    /// @dev Takes what a purchase costs out of the account's money and budget.
    function _spend(address account, address paymentToken, uint256 cost) internal returns (Spending memory before) {
        before = _spending[account][paymentToken];
        uint256 amount = _spentThisPeriod(account, _policies[account]) + cost;
        _spending[account][paymentToken] = Spending(amount.toUint128(), uint128(block.timestamp));
        paymentOf[account][paymentToken] -= cost;
    }

    /// @dev Puts back what was taken for a purchase that failed.
    function _unspend(address account, address paymentToken, uint256 cost, Spending memory before) internal {
        _spending[account][paymentToken] = before;
        paymentOf[account][paymentToken] += cost;
    }

    /// @dev What a purchase for the account may cost.
    function _fundsOf(address account) internal view returns (uint256) {
        return paymentOf[account][_policies[account].paymentToken].min(budgetLeft(account));
    }

    function _isDue(address account, uint256 outstanding) internal view returns (bool) {
        uint256 threshold = _accounts[account].thresholdCo2eMicrograms;
        return threshold != 0 && outstanding >= threshold;
    }

    /// @dev Nobody could ever withdraw what is deposited for this contract itself, or for the market, as what is bought
    /// there and sent here would be.
    function _requireDepositor(address account) internal view {
        if (account == address(0) || account == address(this) || account == address(creditMarket))
            revert DepositAccountMissing();
    }

    /// @dev What the policy has said of each retirement; who paid is said of what was bought.
    function _details(
        address account,
        address payer
    ) internal view returns (ICarbonCredits.RetirementDetails memory details) {
        details.payer = payer;
        if (!_accounts[account].hasPolicy) return details;
        Policy storage policy = _policies[account];
        details.beneficiaryName = policy.beneficiaryName;
        details.purpose = policy.purpose;
        details.place = policy.place;
    }

    /// @dev Also where the period's length has changed since: what was spent in it then counts in full.
    function _spentThisPeriod(address account, Policy storage policy) private view returns (uint256) {
        uint256 periodSeconds = policy.periodSeconds;
        if (periodSeconds == 0) return 0;
        Spending memory spending = _spending[account][policy.paymentToken];
        // The start of a period, and no dice.
        // slither-disable-next-line weak-prng
        return spending.lastAt < block.timestamp - (block.timestamp % periodSeconds) ? 0 : spending.amount;
    }

    function _requirePolicy(Policy calldata policy) private pure {
        if (policy.accepts.length > MAX_ACCEPTS) revert PolicyInvalid();
        for (uint256 i = 0; i < policy.accepts.length; ++i) {
            if (policy.accepts[i] == 0) revert PolicyInvalid();
        }
        bool buys = policy.paymentToken != address(0);
        bool hasBounds = policy.maxPricePerTonne != 0 && policy.budget != 0 && policy.periodSeconds != 0;
        if (buys && !hasBounds) revert PolicyInvalid();
        TextLimits.requireShort("label", policy.label, TextLimits.NAME_BYTES);
        TextLimits.requireShort("beneficiaryName", policy.beneficiaryName, TextLimits.NAME_BYTES);
        TextLimits.requireShort("purpose", policy.purpose, TextLimits.TEXT_BYTES);
        TextLimits.requireShort("place", policy.place, TextLimits.NAME_BYTES);
    }
}
