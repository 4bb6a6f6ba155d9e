// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {ERC1155Holder} from "@openzeppelin/contracts/token/ERC1155/utils/ERC1155Holder.sol";
import {DoubleEndedQueue} from "@openzeppelin/contracts/utils/structs/DoubleEndedQueue.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {IAutoRetire} from "../interfaces/IAutoRetire.sol";
import {ICarbonCredits} from "../interfaces/ICarbonCredits.sol";
import {IEmissionsRegistry} from "../interfaces/IEmissionsRegistry.sol";
import {Units} from "./libraries/Units.sol";

/// @title Retirement by itself, once emissions reach a threshold
/// @notice Documented in IAutoRetire. It alone knows each account's threshold and deposits.
contract AutoRetire is IAutoRetire, ERC1155Holder {
    using DoubleEndedQueue for DoubleEndedQueue.Bytes32Deque;
    using SafeCast for uint256;

    /// @notice The least that can be deposited at once: 1 kg.
    uint256 public constant MINIMUM_DEPOSIT_UNITS = Units.UNITS_PER_TONNE / 1000;

    /// @notice How many credits one settlement draws on, so that its gas has a bound.
    uint256 public constant MAX_CREDITS_PER_SETTLEMENT = 2;

    /// @notice How many entries of the queue one settlement looks at, with those that have nothing to give.
    uint256 public constant MAX_LOOKS_PER_SETTLEMENT = 4;

    /// @dev A queued credit is queued once, however often it is withdrawn and deposited again.
    struct Deposit {
        uint96 units;
        bool queued;
    }

    /// @inheritdoc IAutoRetire
    IEmissionsRegistry public immutable emissionsRegistry;

    /// @notice The credits that are deposited and retired.
    ICarbonCredits public immutable carbonCredits;

    /// @inheritdoc IAutoRetire
    mapping(address account => uint256 co2eMicrograms) public thresholdOf;

    /// @dev The credits to draw on, in the order of their deposit. An entry may have been withdrawn since.
    mapping(address account => DoubleEndedQueue.Bytes32Deque tokenIds) private _queues;
    mapping(address account => mapping(uint256 tokenId => Deposit)) private _deposits;

    constructor(IEmissionsRegistry emissionsRegistry_, ICarbonCredits carbonCredits_) {
        if (emissionsRegistry_.carbonCredits() != carbonCredits_) revert WrongCounterpart(address(emissionsRegistry_));
        emissionsRegistry = emissionsRegistry_;
        carbonCredits = carbonCredits_;
    }

    /// @inheritdoc IAutoRetire
    function setThreshold(uint256 thresholdCo2eMicrograms) external {
        thresholdOf[msg.sender] = thresholdCo2eMicrograms;
        emit ThresholdSet(msg.sender, thresholdCo2eMicrograms);
    }

    /// @inheritdoc IAutoRetire
    function withdraw(uint256 tokenId, uint256 units, address to) external {
        uint96 deposited = _deposits[msg.sender][tokenId].units;
        if (units == 0) revert NothingToWithdraw();
        if (units > deposited) revert DepositExceeded(units, deposited);
        _deposits[msg.sender][tokenId].units = deposited - uint96(units);
        emit Withdrawn(msg.sender, tokenId, to, units);
        IERC1155(address(carbonCredits)).safeTransferFrom(address(this), to, tokenId, units, "");
    }

    /// @inheritdoc IAutoRetire
    function settle(address account) external returns (uint256 units) {
        uint256 outstanding = emissionsRegistry.outstanding(account);
        if (!_isDue(account, outstanding)) return 0;
        DoubleEndedQueue.Bytes32Deque storage queue = _queues[account];
        if (queue.empty()) revert NothingDeposited(account);

        uint256 dueUnits = Units.unitsUp(outstanding);
        uint256 draws;
        uint256 onHold;
        for (uint256 looks; looks < MAX_LOOKS_PER_SETTLEMENT && draws < MAX_CREDITS_PER_SETTLEMENT; ++looks) {
            // Once all that is left is on hold, the queue has been turned.
            if (units == dueUnits || queue.length() == onHold) break;
            uint256 queued = queue.length();
            uint256 drawn = _drawOnFront(account, queue, dueUnits - units);
            units += drawn;
            if (drawn != 0) ++draws;
            else if (queue.length() == queued) ++onHold;
        }
        if (units < dueUnits) emit SettlementShort(account, emissionsRegistry.outstanding(account));
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
    ) public override returns (bytes4) {
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
    ) public override returns (bytes4) {
        for (uint256 i = 0; i < tokenIds.length; ++i) {
            _deposit(from, tokenIds[i], units[i], data);
        }
        return this.onERC1155BatchReceived.selector;
    }

    /// @inheritdoc IAutoRetire
    function depositOf(address account, uint256 tokenId) external view returns (uint256) {
        return _deposits[account][tokenId].units;
    }

    /// @inheritdoc IAutoRetire
    function isDue(address account) external view returns (bool) {
        return _isDue(account, emissionsRegistry.outstanding(account));
    }

    function _isDue(address account, uint256 outstanding) private view returns (bool) {
        uint256 threshold = thresholdOf[account];
        return threshold != 0 && outstanding >= threshold;
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

        Deposit memory deposit = _deposits[account][tokenId];
        if (!deposit.queued) _queues[account].pushBack(bytes32(tokenId));
        _deposits[account][tokenId] = Deposit(deposit.units + units.toUint96(), true);
        emit Deposited(account, tokenId, from, units);
    }

    /// @dev Retires up to `wantedUnits` of the credit at the queue's front, and lets the credit leave the queue once
    /// it has nothing to give any more. One that is expired, or cancelled to its end, leaves too: it can be
    /// withdrawn, not retired by itself. One that is on hold waits at the queue's end.
    function _drawOnFront(
        address account,
        DoubleEndedQueue.Bytes32Deque storage queue,
        uint256 wantedUnits
    ) private returns (uint256 units) {
        uint256 tokenId = uint256(queue.front());
        Deposit memory deposit = _deposits[account][tokenId];
        bool onHold = false;
        if (deposit.units != 0 && !carbonCredits.isExpired(tokenId)) {
            uint256 retirableUnits = carbonCredits.retirableUnits(tokenId);
            units = FixedPointMathLib.min(FixedPointMathLib.min(deposit.units, wantedUnits), retirableUnits);
            onHold = units == 0 && carbonCredits.suspendedUntil(tokenId) != 0;
        }

        if (onHold) {
            queue.pushBack(queue.popFront());
        } else if (units == 0 || units == deposit.units) {
            queue.popFront();
            deposit.queued = false;
        }
        deposit.units -= uint96(units);
        _deposits[account][tokenId] = deposit;
        if (units == 0) return 0;

        ICarbonCredits.RetirementDetails memory nothingSaid;
        uint256 retirementId = carbonCredits.retireFor(tokenId, address(this), units, account, nothingSaid, false);
        emit Settled(account, retirementId, tokenId, units);
    }
}
