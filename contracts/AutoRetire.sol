// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {ERC1155Holder} from "@openzeppelin/contracts/token/ERC1155/utils/ERC1155Holder.sol";
import {DoubleEndedQueue} from "@openzeppelin/contracts/utils/structs/DoubleEndedQueue.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {IAutoRetire} from "../interfaces/IAutoRetire.sol";
import {ICarbonCredits} from "../interfaces/ICarbonCredits.sol";
import {ICreditMarket} from "../interfaces/ICreditMarket.sol";
import {IEmissionsRegistry} from "../interfaces/IEmissionsRegistry.sol";
import {RetirementPolicies} from "./RetirementPolicies.sol";
import {Acceptance} from "./libraries/Acceptance.sol";
import {Units} from "./libraries/Units.sol";

/// @title Retirement by itself, once emissions reach a threshold
/// @notice Documented in IAutoRetire. It alone knows each account's threshold, policy and deposits.
contract AutoRetire is RetirementPolicies, ERC1155Holder {
    using Acceptance for IAutoRetire.Policy;
    using DoubleEndedQueue for DoubleEndedQueue.Bytes32Deque;
    using FixedPointMathLib for uint256;
    using SafeCast for uint256;

    /// @notice The least that can be deposited at once: 1 kg.
    uint256 public constant MINIMUM_DEPOSIT_UNITS = Units.UNITS_PER_TONNE / 1000;

    /// @notice How many retirements one settlement makes, so that its gas has a bound.
    uint256 public constant MAX_RETIREMENTS_PER_SETTLEMENT = 2;

    /// @notice How many entries of the queue that have something to give, or wait, one settlement looks at; and how many
    /// listings of each thing that a policy names.
    uint256 public constant MAX_LOOKS_PER_SETTLEMENT = 4;

    /// @notice How many entries of the queue that have nothing to give any more one settlement takes out besides. Where
    /// there are more it only does that, and whoever goes by what a settlement would retire does not send it.
    uint256 public constant MAX_ENTRIES_DROPPED = 8;

    /// @notice How many listings one settlement looks at to take those out that are over.
    uint256 public constant MAX_LISTINGS_SWEPT = 5;

    /// @dev More than these need, each with the end of the settlement: the first purchase without a certificate, or with
    /// one, and a byte that is said of it; less of one after it; a look at the offers of one name; and a sweep.
    /// `tests/contracts/integrations` settles with little more.
    uint256 private constant PURCHASE_GAS = 330_000;
    uint256 private constant CERTIFIED_PURCHASE_GAS = 400_000;
    uint256 private constant TEXT_BYTE_GAS = 90;
    uint256 private constant CERTIFIED_TEXT_BYTE_GAS = 320;
    uint256 private constant NEXT_PURCHASE_LESS_GAS = 150_000;
    uint256 private constant LOOK_GAS = 200_000;
    uint256 private constant SWEEP_GAS = 480_000;

    /// @dev A queued credit is queued once, however often it is withdrawn and deposited again.
    struct Deposit {
        uint96 units;
        bool queued;
    }

    /// @dev A settlement as it goes. One that leaves traces, though it may have retired nothing, does not revert. One that
    /// keeps what was done ends before its gas does.
    struct Settlement {
        address account;
        bool hasPolicy;
        uint256 dueUnits;
        uint256 units;
        uint256 retirements;
        uint256[] retirementIds;
        bool leavesTraces;
        bool hasBought;
        bool mayHoldBack;
        bool hasHeldBack;
        bool keeps;
    }

    /// @inheritdoc IAutoRetire
    IEmissionsRegistry public immutable emissionsRegistry;

    /// @dev The credits to draw on, in the order of their deposit. An entry may have been withdrawn since.
    mapping(address account => DoubleEndedQueue.Bytes32Deque tokenIds) private _queues;
    mapping(address account => mapping(uint256 tokenId => Deposit)) private _deposits;

    constructor(
        IEmissionsRegistry emissionsRegistry_,
        ICreditMarket creditMarket_
    ) RetirementPolicies(emissionsRegistry_.carbonCredits(), creditMarket_) {
        emissionsRegistry = emissionsRegistry_;
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
    function queueOf(address account) external view returns (uint256[] memory tokenIds) {
        DoubleEndedQueue.Bytes32Deque storage queue = _queues[account];
        tokenIds = new uint256[](queue.length());
        for (uint256 i = 0; i < tokenIds.length; ++i) {
            tokenIds[i] = uint256(queue.at(i));
        }
    }

    /// @inheritdoc IAutoRetire
    function depositOf(address account, uint256 tokenId) external view returns (uint256) {
        return _deposits[account][tokenId].units;
    }

    // Whatever writes here is nonReentrant. What is called are the suite's own contracts, and through the market the
    // account's own payment token, which meets that guard.
    // slither-disable-start reentrancy-no-eth
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
            retirementIds: new uint256[](MAX_RETIREMENTS_PER_SETTLEMENT),
            leavesTraces: !_queues[account].empty(),
            hasBought: false,
            mayHoldBack: true,
            hasHeldBack: false,
            keeps: false
        });
        _drawOnDeposits(settlement);
        if (settlement.hasPolicy && _policies[account].paymentToken != address(0) && _isBuying(settlement)) {
            // Who calls from inside of the market would have every purchase refused, and this settlement pass for done.
            if (creditMarket.isBusy()) revert ReentrancyGuardReentrantCall();
            if (listingIds.length == 0) _buyNamed(settlement);
            else _buyListings(settlement, listingIds);
        }
        if (settlement.hasHeldBack) {
            settlement.mayHoldBack = false;
            _drawOnDeposits(settlement);
        }
        if (settlement.units == 0 && !settlement.leavesTraces) revert NothingDeposited(account);
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

    function _drawOnDeposits(Settlement memory settlement) private {
        if (settlement.hasPolicy) _drawOnNamed(settlement);
        _drawOnQueue(settlement);
    }

    /// @dev The credits on deposit that the policy names one by one, in its order.
    function _drawOnNamed(Settlement memory settlement) private {
        uint256[] storage accepts = _policies[settlement.account].accepts;
        uint256 count = accepts.length;
        for (uint256 i = 0; i < count && _isDrawing(settlement); ++i) {
            uint256 tokenId = accepts[i];
            uint96 deposited = _deposits[settlement.account][tokenId].units;
            if (deposited == 0) continue;
            (uint256 units, ) = _drawable(settlement, tokenId, deposited);
            if (units != 0 && !_holdsBack(settlement, units)) _draw(settlement, tokenId, deposited, units);
        }
    }

    /// @dev What is on deposit in the order in which it came. A credit leaves the queue once it has nothing to give any
    /// more. One that is expired, cancelled to its end, or not taken any more, leaves too: it can be withdrawn, not
    /// retired by itself. One that is on hold waits at the queue's end.
    function _drawOnQueue(Settlement memory settlement) private {
        DoubleEndedQueue.Bytes32Deque storage queue = _queues[settlement.account];
        uint256 onHold = 0;
        uint256 dropped = 0;
        for (uint256 looks = 0; looks < MAX_LOOKS_PER_SETTLEMENT + dropped && _isDrawing(settlement); ++looks) {
            // Once all that is left is on hold, the queue has been turned.
            if (queue.length() == onHold) break;
            uint256 tokenId = uint256(queue.front());
            uint96 deposited = _deposits[settlement.account][tokenId].units;
            (uint256 units, bool isOnHold) = _drawable(settlement, tokenId, deposited);
            if (units != 0 && _holdsBack(settlement, units)) break;
            if (isOnHold) {
                queue.pushBack(queue.popFront());
                ++onHold;
            } else if (units == 0 || units == deposited) {
                queue.popFront();
                _deposits[settlement.account][tokenId].queued = false;
            }
            if (units != 0) {
                _draw(settlement, tokenId, deposited, units);
            } else if (!isOnHold) {
                if (dropped < MAX_ENTRIES_DROPPED) ++dropped;
                _keep(settlement);
                emit Dequeued(settlement.account, tokenId);
            }
        }
    }

    function _draw(Settlement memory settlement, uint256 tokenId, uint96 deposited, uint256 units) private {
        _deposits[settlement.account][tokenId].units = deposited - uint96(units);
        address account = settlement.account;
        bool withCertificate = settlement.hasPolicy && _policies[account].withCertificate;
        ICarbonCredits.RetirementDetails memory details = _details(account, address(0));
        uint256 retirementId = carbonCredits.retireFor(
            tokenId,
            address(this),
            units,
            account,
            details,
            withCertificate
        );
        _count(settlement, retirementId, units);
        _keep(settlement);
        emit Settled(account, retirementId, tokenId, units);
    }

    /// @dev Of each credit and project that the policy names, in its order, the cheapest. Where nothing is found, once in
    /// a settlement, listings that are over may stand before what can be bought: they are taken out.
    function _buyNamed(Settlement memory settlement) private {
        Policy storage policy = _policies[settlement.account];
        uint256 count = policy.accepts.length;
        bool hasSwept = false;
        for (uint256 i = 0; i < count && _isBuying(settlement); ++i) {
            uint256 named = policy.accepts[i];
            // A registry has too many projects to look for: its credits are bought by `settleWith`.
            if (Acceptance.isRegistry(named)) continue;
            ICreditMarket.Offer[] memory offers = _offersOf(policy, named);
            if (offers.length == 0 && !hasSwept && _hasGas(settlement, SWEEP_GAS)) {
                hasSwept = _sweep(policy, named) != 0;
                if (hasSwept) {
                    settlement.leavesTraces = true;
                    _keep(settlement);
                    offers = _offersOf(policy, named);
                }
            }
            for (uint256 j = 0; j < offers.length && _isBuying(settlement); ++j) {
                ICreditMarket.Offer memory offer = offers[j];
                if (policy.isSuitable(offer.tokenId, offer.vintageYear, carbonCredits)) _buy(settlement, offer);
            }
        }
    }

    function _buyListings(Settlement memory settlement, uint256[] memory listingIds) private {
        Policy storage policy = _policies[settlement.account];
        for (uint256 i = 0; i < listingIds.length && _isBuying(settlement); ++i) {
            ICreditMarket.Listing memory listing = creditMarket.getListing(listingIds[i]);
            bool isWithin =
                listing.paymentToken == policy.paymentToken &&
                    listing.pricePerTonne <= policy.maxPricePerTonne &&
                    policy.isNamed(listing.tokenId) &&
                    policy.isSuitable(listing.tokenId, listing.vintageYear, carbonCredits);
            if (!isWithin) continue;
            uint256 units = uint256(listing.units).min(carbonCredits.retirableUnits(listing.tokenId));
            _buy(
                settlement,
                ICreditMarket.Offer({
                    listingId: listingIds[i],
                    tokenId: listing.tokenId,
                    units: units,
                    pricePerTonne: listing.pricePerTonne,
                    vintageYear: listing.vintageYear
                })
            );
        }
    }

    /// @dev As much of an offer as is due and can be paid for.
    function _buy(Settlement memory settlement, ICreditMarket.Offer memory offer) private {
        address account = settlement.account;
        Policy storage policy = _policies[account];
        address paymentToken = policy.paymentToken;
        uint256 units = Units.unitsFor(_fundsOf(account), offer.pricePerTonne).min(offer.units).min(
            settlement.dueUnits - settlement.units
        );
        if (units == 0 || !_hasGasToRetire(settlement)) return;

        uint256 cost = Units.costUp(units, offer.pricePerTonne);
        Spending memory spendingBefore = _spend(account, paymentToken, cost);
        try
            creditMarket.buyAndRetire(
                offer.listingId,
                units,
                account,
                _details(account, account),
                policy.withCertificate,
                cost
            )
        returns (uint256 retirementId, uint256) {
            _count(settlement, retirementId, units);
            settlement.hasBought = true;
            emit Bought(account, retirementId, offer.listingId, units, cost);
        } catch (bytes memory reason) {
            _unspend(account, paymentToken, cost, spendingBefore);
            settlement.leavesTraces = true;
            emit PurchaseFailed(account, offer.listingId, reason);
        }
        _keep(settlement);
    }

    // slither-disable-end reentrancy-no-eth

    function _sweep(Policy storage policy, uint256 named) private returns (uint256) {
        return
            creditMarket.unbookFirst(
                policy.paymentToken,
                named >> 128,
                Acceptance.isCredit(named) ? named : 0,
                policy.maxPricePerTonne,
                MAX_LISTINGS_SWEPT
            );
    }

    function _deposit(address from, uint256 tokenId, uint256 units, bytes memory data) private {
        if (msg.sender != address(carbonCredits)) revert NotCarbonCredits(msg.sender);
        if (units < MINIMUM_DEPOSIT_UNITS) revert DepositTooSmall(units, MINIMUM_DEPOSIT_UNITS);
        if (carbonCredits.isExpired(tokenId)) revert CreditExpired(tokenId);
        if (carbonCredits.retirableUnits(tokenId) == 0) revert NothingRetirable(tokenId);
        if (data.length != 0 && data.length != 32) revert DepositAccountMissing();
        address account = data.length == 0 ? from : abi.decode(data, (address));
        _requireDepositor(account);
        if (!isAccepted(account, tokenId)) revert CreditNotAccepted(account, tokenId);

        Deposit memory deposit = _deposits[account][tokenId];
        if (!deposit.queued) _queues[account].pushBack(bytes32(tokenId));
        _deposits[account][tokenId] = Deposit(deposit.units + units.toUint96(), true);
        emit Deposited(account, tokenId, from, units);
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

    function _offersOf(Policy storage policy, uint256 named) private view returns (ICreditMarket.Offer[] memory) {
        return
            creditMarket.offersOf(
                policy.paymentToken,
                named >> 128,
                Acceptance.isCredit(named) ? named : 0,
                policy.maxPricePerTonne,
                MAX_LOOKS_PER_SETTLEMENT
            );
    }

    /// @dev The last retirement is a purchase's, where there is money for as much, unless the deposit is all that is still
    /// due: else the small deposits of strangers would use up both.
    function _holdsBack(Settlement memory settlement, uint256 units) private view returns (bool holdsBack) {
        holdsBack =
            settlement.retirements + 1 == MAX_RETIREMENTS_PER_SETTLEMENT &&
            units < settlement.dueUnits - settlement.units &&
            settlement.mayHoldBack &&
            _fundsOf(settlement.account) >= Units.costUp(units, _policies[settlement.account].maxPricePerTonne).max(1);
        if (holdsBack) settlement.hasHeldBack = true;
    }

    function _hasGasToRetire(Settlement memory settlement) private view returns (bool) {
        if (!settlement.keeps) return true;
        Policy storage policy = _policies[settlement.account];
        uint256 textBytes =
            bytes(policy.beneficiaryName).length + bytes(policy.purpose).length + bytes(policy.place).length;
        uint256 gas =
            policy.withCertificate
                ? CERTIFIED_PURCHASE_GAS + textBytes * CERTIFIED_TEXT_BYTE_GAS
                : PURCHASE_GAS + textBytes * TEXT_BYTE_GAS;
        if (settlement.hasBought) gas -= NEXT_PURCHASE_LESS_GAS;
        return gasleft() >= gas;
    }

    function _hasGas(Settlement memory settlement, uint256 gas) private view returns (bool) {
        return !settlement.keeps || gasleft() >= gas;
    }

    /// @dev What was done so far is not put at risk by what comes, where an account settles itself: a collection that
    /// mints gives so much gas and no more. Anyone else can send enough, and an estimate of it is not to fall short.
    function _keep(Settlement memory settlement) private view {
        settlement.keeps = msg.sender == settlement.account;
    }

    function _count(Settlement memory settlement, uint256 retirementId, uint256 units) private pure {
        settlement.units += units;
        settlement.retirementIds[settlement.retirements++] = retirementId;
    }

    /// @dev Whether a settlement has more to do, and may.
    function _isOpen(Settlement memory settlement) private pure returns (bool) {
        return settlement.units < settlement.dueUnits && settlement.retirements < MAX_RETIREMENTS_PER_SETTLEMENT;
    }

    function _isDrawing(Settlement memory settlement) private view returns (bool) {
        return _isOpen(settlement) && _hasGasToRetire(settlement);
    }

    /// @dev Whether it has something to buy, and may.
    function _isBuying(Settlement memory settlement) private view returns (bool) {
        return _isOpen(settlement) && _hasGas(settlement, LOOK_GAS);
    }
}
