// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC1155Holder} from "@openzeppelin/contracts/token/ERC1155/utils/ERC1155Holder.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";
import {DoubleEndedQueue} from "@openzeppelin/contracts/utils/structs/DoubleEndedQueue.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeTransferLib} from "solady/src/utils/SafeTransferLib.sol";
import {IAutoRetire} from "../interfaces/IAutoRetire.sol";
import {ICarbonCredits} from "../interfaces/ICarbonCredits.sol";
import {ICreditMarket} from "../interfaces/ICreditMarket.sol";
import {IEmissionsRegistry} from "../interfaces/IEmissionsRegistry.sol";
import {Acceptance} from "./libraries/Acceptance.sol";
import {TextLimits} from "./libraries/TextLimits.sol";
import {Units} from "./libraries/Units.sol";

/// @title Retirement by itself, once emissions reach a threshold
/// @notice Documented in IAutoRetire. It alone knows each account's threshold, policy and deposits.
contract AutoRetire is IAutoRetire, ERC1155Holder, ReentrancyGuard {
    using Acceptance for IAutoRetire.Policy;
    using DoubleEndedQueue for DoubleEndedQueue.Bytes32Deque;
    using FixedPointMathLib for uint256;
    using SafeCast for uint256;
    using SafeTransferLib for address;

    /// @notice The least that can be deposited at once: 1 kg.
    uint256 public constant MINIMUM_DEPOSIT_UNITS = Units.UNITS_PER_TONNE / 1000;

    /// @notice How many retirements one settlement makes, so that its gas has a bound.
    uint256 public constant MAX_RETIREMENTS_PER_SETTLEMENT = 2;

    /// @notice How many entries of the queue one settlement looks at, with those that have nothing to give; and how many
    /// listings of each thing that a policy names.
    uint256 public constant MAX_LOOKS_PER_SETTLEMENT = 4;

    /// @notice How many credits, projects and registries a policy names.
    uint256 public constant MAX_ACCEPTS = 8;

    /// @dev A queued credit is queued once, however often it is withdrawn and deposited again.
    struct Deposit {
        uint96 units;
        bool queued;
    }

    /// @dev Most accounts have no policy, and this slot alone says so.
    struct Account {
        uint248 thresholdCo2eMicrograms;
        bool hasPolicy;
    }

    struct Spending {
        uint128 amount;
        uint128 period;
    }

    /// @dev A settlement as it goes.
    struct Settlement {
        address account;
        bool hasPolicy;
        uint256 dueUnits;
        uint256 units;
        uint256 retirements;
        uint256[] retirementIds;
    }

    /// @inheritdoc IAutoRetire
    IEmissionsRegistry public immutable emissionsRegistry;

    /// @inheritdoc IAutoRetire
    ICarbonCredits public immutable carbonCredits;

    /// @inheritdoc IAutoRetire
    ICreditMarket public immutable creditMarket;

    mapping(address account => Account) private _accounts;
    mapping(address account => Policy) private _policies;
    mapping(address account => Spending) private _spending;
    mapping(address account => mapping(address keeper => bool approved)) private _keepers;

    /// @dev The credits to draw on, in the order of their deposit. An entry may have been withdrawn since.
    mapping(address account => DoubleEndedQueue.Bytes32Deque tokenIds) private _queues;
    mapping(address account => mapping(uint256 tokenId => Deposit)) private _deposits;

    /// @inheritdoc IAutoRetire
    mapping(address account => mapping(address paymentToken => uint256 amount)) public paymentOf;

    constructor(IEmissionsRegistry emissionsRegistry_, ICreditMarket creditMarket_) {
        carbonCredits = emissionsRegistry_.carbonCredits();
        if (creditMarket_.carbonCredits() != carbonCredits) revert WrongCounterpart(address(creditMarket_));
        emissionsRegistry = emissionsRegistry_;
        creditMarket = creditMarket_;
    }

    /// @inheritdoc IAutoRetire
    function setThreshold(uint256 thresholdCo2eMicrograms) external {
        _accounts[msg.sender].thresholdCo2eMicrograms = thresholdCo2eMicrograms.toUint248();
        emit ThresholdSet(msg.sender, thresholdCo2eMicrograms);
    }

    /// @inheritdoc IAutoRetire
    function setPolicy(Policy calldata policy) external {
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
    function withdraw(uint256 tokenId, uint256 units, address to) external nonReentrant {
        uint96 deposited = _deposits[msg.sender][tokenId].units;
        if (units == 0) revert NothingToMove();
        if (units > deposited) revert DepositExceeded(units, deposited);
        _deposits[msg.sender][tokenId].units = deposited - uint96(units);
        emit Withdrawn(msg.sender, tokenId, to, units);
        IERC1155(address(carbonCredits)).safeTransferFrom(address(this), to, tokenId, units, "");
    }

    /// @inheritdoc IAutoRetire
    function depositPayment(address account, address paymentToken, uint256 amount) external nonReentrant {
        if (account == address(0) || account == address(this)) revert DepositAccountMissing();
        if (amount == 0) revert NothingToMove();
        uint256 before = paymentToken.balanceOf(address(this));
        paymentToken.safeTransferFrom(msg.sender, address(this), amount);
        uint256 received = paymentToken.balanceOf(address(this)).zeroFloorSub(before);
        if (received != amount) revert PaymentNotReceived(paymentToken, received, amount);
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
        if (amount > deposited) revert DepositExceeded(amount, deposited);
        paymentOf[msg.sender][paymentToken] = deposited - amount;
        emit PaymentWithdrawn(msg.sender, paymentToken, to, amount);
        paymentToken.safeTransfer(to, amount);
    }

    /// @inheritdoc IAutoRetire
    function settle(address account) external nonReentrant returns (uint256, uint256[] memory) {
        return _settle(account, new uint256[](0));
    }

    /// @inheritdoc IAutoRetire
    function settleWith(
        address account,
        uint256[] calldata listingIds
    ) external nonReentrant returns (uint256, uint256[] memory) {
        if (!isKeeper(account, msg.sender)) revert NotKeeper(account, msg.sender);
        return _settle(account, listingIds);
    }

    /// @notice ERC-1155: takes a deposit.
    /// @param from Whose credits; the deposit is theirs where `data` is empty.
    /// @param tokenId The credit.
    /// @param units How many.
    /// @param data Empty, or the ABI-encoded account that the deposit is for.
    /// @return The selector that accepts the transfer.
    function onERC1155Received(
        address,
        address from,
        uint256 tokenId,
        uint256 units,
        bytes memory data
    ) public override nonReentrant returns (bytes4) {
        _deposit(from, tokenId, units, data);
        return this.onERC1155Received.selector;
    }

    /// @notice ERC-1155: takes several deposits, all for one account.
    /// @param from Whose credits; the deposits are theirs where `data` is empty.
    /// @param tokenIds The credits.
    /// @param units How many of each.
    /// @param data Empty, or the ABI-encoded account that the deposits are for.
    /// @return The selector that accepts the transfer.
    function onERC1155BatchReceived(
        address,
        address from,
        uint256[] memory tokenIds,
        uint256[] memory units,
        bytes memory data
    ) public override nonReentrant returns (bytes4) {
        for (uint256 i = 0; i < tokenIds.length; ++i) {
            _deposit(from, tokenIds[i], units[i], data);
        }
        return this.onERC1155BatchReceived.selector;
    }

    /// @inheritdoc IAutoRetire
    function isDue(address account) external view returns (bool) {
        return _isDue(account, emissionsRegistry.outstanding(account));
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
    function depositOf(address account, uint256 tokenId) external view returns (uint256) {
        return _deposits[account][tokenId].units;
    }

    /// @inheritdoc IAutoRetire
    function isKeeper(address account, address keeper) public view returns (bool) {
        return keeper == account || _keepers[account][keeper];
    }

    /// @inheritdoc IAutoRetire
    function budgetLeft(address account) public view returns (uint256) {
        Policy storage policy = _policies[account];
        Spending memory spending = _spending[account];
        bool isThisPeriod = policy.periodSeconds != 0 && spending.period == block.timestamp / policy.periodSeconds;
        return uint256(policy.budget).zeroFloorSub(isThisPeriod ? spending.amount : 0);
    }

    function _settle(
        address account,
        uint256[] memory listingIds
    ) private returns (uint256 units, uint256[] memory retirementIds) {
        uint256 outstanding = emissionsRegistry.outstanding(account);
        // Below its threshold an account settles itself, and nobody else does.
        if (outstanding == 0 || !(msg.sender == account || _isDue(account, outstanding))) return (0, retirementIds);
        Settlement memory settlement = Settlement({
            account: account,
            hasPolicy: _accounts[account].hasPolicy,
            dueUnits: Units.unitsUp(outstanding),
            units: 0,
            retirements: 0,
            retirementIds: new uint256[](MAX_RETIREMENTS_PER_SETTLEMENT)
        });
        bool nothingQueued = _queues[account].empty();
        if (settlement.hasPolicy) _drawOnNamed(settlement);
        _drawOnQueue(settlement);
        if (settlement.hasPolicy && _policies[account].paymentToken != address(0)) {
            if (listingIds.length == 0) _buyNamed(settlement);
            else _buyListings(settlement, listingIds);
        }
        if (settlement.units == 0 && nothingQueued) revert NothingDeposited(account);
        if (settlement.units < settlement.dueUnits) {
            emit SettlementShort(account, emissionsRegistry.outstanding(account));
        }
        (units, retirementIds) = (settlement.units, settlement.retirementIds);
        uint256 retirements = settlement.retirements;
        // Shortens the array to what was made.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(retirementIds, retirements)
        }
    }

    /// @dev The credits on deposit that the policy names one by one, in its order.
    function _drawOnNamed(Settlement memory settlement) private {
        uint256[] storage accepts = _policies[settlement.account].accepts;
        uint256 count = accepts.length;
        for (uint256 i = 0; i < count && _isOpen(settlement); ++i) {
            uint256 tokenId = accepts[i];
            uint96 deposited = _deposits[settlement.account][tokenId].units;
            if (deposited == 0) continue;
            (uint256 units, ) = _drawable(settlement, tokenId, deposited);
            if (units != 0) _draw(settlement, tokenId, deposited, units);
        }
    }

    /// @dev What is on deposit in the order in which it came. A credit leaves the queue once it has nothing to give any
    /// more. One that is expired, cancelled to its end, or not taken any more, leaves too: it can be withdrawn, not
    /// retired by itself. One that is on hold waits at the queue's end.
    function _drawOnQueue(Settlement memory settlement) private {
        DoubleEndedQueue.Bytes32Deque storage queue = _queues[settlement.account];
        uint256 onHold = 0;
        for (uint256 looks = 0; looks < MAX_LOOKS_PER_SETTLEMENT && _isOpen(settlement); ++looks) {
            // Once all that is left is on hold, the queue has been turned.
            if (queue.length() == onHold) break;
            uint256 tokenId = uint256(queue.front());
            uint96 deposited = _deposits[settlement.account][tokenId].units;
            (uint256 units, bool isOnHold) = _drawable(settlement, tokenId, deposited);
            if (isOnHold) {
                queue.pushBack(queue.popFront());
                ++onHold;
            } else if (units == 0 || units == deposited) {
                queue.popFront();
                _deposits[settlement.account][tokenId].queued = false;
            }
            if (units != 0) _draw(settlement, tokenId, deposited, units);
        }
    }

    function _draw(Settlement memory settlement, uint256 tokenId, uint96 deposited, uint256 units) private {
        _deposits[settlement.account][tokenId].units = deposited - uint96(units);
        address account = settlement.account;
        bool withCertificate = settlement.hasPolicy && _policies[account].withCertificate;
        ICarbonCredits.RetirementDetails memory details = _details(settlement, address(0));
        uint256 retirementId = carbonCredits.retireFor(
            tokenId,
            address(this),
            units,
            account,
            details,
            withCertificate
        );
        _count(settlement, retirementId, units);
        emit Settled(account, retirementId, tokenId, units);
    }

    /// @dev Of each credit and project that the policy names, in its order, the cheapest.
    function _buyNamed(Settlement memory settlement) private {
        Policy storage policy = _policies[settlement.account];
        uint256 count = policy.accepts.length;
        for (uint256 i = 0; i < count && _isOpen(settlement); ++i) {
            uint256 named = policy.accepts[i];
            // A registry has too many projects to look for: its credits are bought by `settleWith`.
            if (Acceptance.isRegistry(named)) continue;
            ICreditMarket.Offer[] memory offers = creditMarket.offersOf(
                policy.paymentToken,
                named >> 128,
                Acceptance.isCredit(named) ? named : 0,
                policy.maxPricePerTonne,
                MAX_LOOKS_PER_SETTLEMENT
            );
            for (uint256 j = 0; j < offers.length && _isOpen(settlement); ++j) {
                if (policy.isSuitable(offers[j].tokenId, carbonCredits)) _buy(settlement, offers[j]);
            }
        }
    }

    function _buyListings(Settlement memory settlement, uint256[] memory listingIds) private {
        Policy storage policy = _policies[settlement.account];
        for (uint256 i = 0; i < listingIds.length && _isOpen(settlement); ++i) {
            ICreditMarket.Listing memory listing = creditMarket.getListing(listingIds[i]);
            bool isWithin =
                listing.paymentToken == policy.paymentToken &&
                    listing.pricePerTonne <= policy.maxPricePerTonne &&
                    policy.isTaken(listing.tokenId, carbonCredits);
            if (!isWithin) continue;
            uint256 units = uint256(listing.units).min(carbonCredits.retirableUnits(listing.tokenId));
            _buy(settlement, ICreditMarket.Offer(listingIds[i], listing.tokenId, units, listing.pricePerTonne));
        }
    }

    /// @dev As much of an offer as is due and can be paid for.
    function _buy(Settlement memory settlement, ICreditMarket.Offer memory offer) private {
        address account = settlement.account;
        Policy storage policy = _policies[account];
        address paymentToken = policy.paymentToken;
        uint256 funds = paymentOf[account][paymentToken];
        uint256 units = Units.unitsFor(funds.min(budgetLeft(account)), offer.pricePerTonne).min(offer.units).min(
            settlement.dueUnits - settlement.units
        );
        if (units == 0) return;

        uint256 cost = Units.costUp(units, offer.pricePerTonne);
        Spending memory spendingBefore = _spending[account];
        paymentOf[account][paymentToken] = funds - cost;
        _spend(account, cost, policy.periodSeconds);
        try
            creditMarket.buyAndRetire(
                offer.listingId,
                units,
                account,
                _details(settlement, account),
                policy.withCertificate,
                cost
            )
        returns (uint256 retirementId, uint256) {
            _count(settlement, retirementId, units);
            emit Bought(account, retirementId, offer.listingId, units, cost);
        } catch (bytes memory reason) {
            paymentOf[account][paymentToken] = funds;
            _spending[account] = spendingBefore;
            emit PurchaseFailed(account, offer.listingId, reason);
        }
    }

    function _spend(address account, uint256 cost, uint256 periodSeconds) private {
        Spending memory spending = _spending[account];
        uint128 period = uint128(block.timestamp / periodSeconds);
        uint256 spent = spending.period == period ? spending.amount : 0;
        _spending[account] = Spending((spent + cost).toUint128(), period);
    }

    function _deposit(address from, uint256 tokenId, uint256 units, bytes memory data) private {
        if (msg.sender != address(carbonCredits)) revert NotCarbonCredits(msg.sender);
        if (units < MINIMUM_DEPOSIT_UNITS) revert DepositTooSmall(units, MINIMUM_DEPOSIT_UNITS);
        if (carbonCredits.isExpired(tokenId)) revert CreditExpired(tokenId);
        if (carbonCredits.retirableUnits(tokenId) == 0) revert NothingRetirable(tokenId);
        if (data.length != 0 && data.length != 32) revert DepositAccountMissing();
        address account = data.length == 0 ? from : abi.decode(data, (address));
        // Nobody could ever withdraw what is deposited for this contract itself.
        if (account == address(0) || account == address(this)) revert DepositAccountMissing();
        if (!isAccepted(account, tokenId)) revert CreditNotAccepted(account, tokenId);

        Deposit memory deposit = _deposits[account][tokenId];
        if (!deposit.queued) _queues[account].pushBack(bytes32(tokenId));
        _deposits[account][tokenId] = Deposit(deposit.units + units.toUint96(), true);
        emit Deposited(account, tokenId, from, units);
    }

    function _isDue(address account, uint256 outstanding) private view returns (bool) {
        uint256 threshold = _accounts[account].thresholdCo2eMicrograms;
        return threshold != 0 && outstanding >= threshold;
    }

    /// @dev How much of a deposited credit can be retired now, and whether it has to wait.
    function _drawable(
        Settlement memory settlement,
        uint256 tokenId,
        uint256 deposited
    ) private view returns (uint256 units, bool isOnHold) {
        if (deposited == 0 || carbonCredits.isExpired(tokenId)) return (0, false);
        if (settlement.hasPolicy && !_policies[settlement.account].isTaken(tokenId, carbonCredits)) return (0, false);
        uint256 retirable = carbonCredits.retirableUnits(tokenId);
        units = deposited.min(settlement.dueUnits - settlement.units).min(retirable);
        isOnHold = units == 0 && carbonCredits.suspendedUntil(tokenId) != 0;
    }

    /// @dev What the policy has said of each retirement; who paid is said of what was bought.
    function _details(
        Settlement memory settlement,
        address payer
    ) private view returns (ICarbonCredits.RetirementDetails memory details) {
        details.payer = payer;
        if (!settlement.hasPolicy) return details;
        Policy storage policy = _policies[settlement.account];
        details.beneficiaryName = policy.beneficiaryName;
        details.purpose = policy.purpose;
        details.place = policy.place;
    }

    function _count(Settlement memory settlement, uint256 retirementId, uint256 units) private pure {
        settlement.units += units;
        settlement.retirementIds[settlement.retirements++] = retirementId;
    }

    /// @dev Whether a settlement has more to do, and may.
    function _isOpen(Settlement memory settlement) private pure returns (bool) {
        return settlement.units < settlement.dueUnits && settlement.retirements < MAX_RETIREMENTS_PER_SETTLEMENT;
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
