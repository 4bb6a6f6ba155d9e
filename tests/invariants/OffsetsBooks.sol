// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Vm, vm} from "../Vm.sol";
import {IAutoRetire} from "../../interfaces/IAutoRetire.sol";
import {OffsetsWorld} from "./OffsetsWorld.sol";

/// @title Whose credits and money are on deposit, written down apart from AutoRetire
/// @notice What a settlement takes from an account is told by what others have after it: the units that AutoRetire
/// no longer holds, and the money that the market owes its sellers. Nothing here may revert, for that would undo what
/// it should find: where a number would fall below zero, it wraps, and is then not what the contract says.
abstract contract OffsetsBooks is OffsetsWorld {
    enum Act {
        Wait,
        Emit,
        Deposit,
        Withdraw,
        Pay,
        WithdrawPayment,
        SetPolicy,
        SetThreshold,
        List,
        Cancel,
        Buy,
        WithdrawProceeds,
        Gift,
        Suspend,
        Resume,
        SetFee,
        Settle,
        SettleWith,
        Steal,
        // What comes of settlements.
        Draw,
        Purchase,
        TwoPurchases,
        DrawAndPurchase,
        FailedPurchase,
        Full,
        Short,
        BudgetSpent
    }

    /// @dev All that a settlement may change, of the one account; and all of the others'.
    struct View {
        uint256 outstanding;
        uint256 retiredFor;
        uint256[CREDITS] units;
        uint256[CREDITS] retired;
        uint256[MONEYS] owed;
        bytes32 others;
    }

    mapping(Act => uint256) public acts;
    mapping(address account => mapping(uint256 tokenId => uint256 units)) public deposits;
    mapping(address account => mapping(address money => uint256 amount)) public payments;
    mapping(address account => uint256 co2eMicrograms) public emitted;
    mapping(address account => uint256 units) public retired;
    mapping(address account => uint256 number) public policies;
    mapping(address account => mapping(address money => mapping(uint256 period => uint256))) public spent;
    uint256[] public listingIds;
    uint256 public thefts;
    uint256 public paidByOthers;
    uint256 public wronglyOffset;
    uint256 public wronglyPaid;
    uint256 public overBudget;
    uint256 public overPriced;
    uint256 public notAccepted;

    function listingCount() external view returns (uint256) {
        return listingIds.length;
    }

    /// @dev Holds a settlement to its account, the policy and what it says of itself; and takes it down.
    function _noteSettlement(address account, View memory before, uint256 units) internal {
        View memory then = _viewOf(account);
        if (then.others != before.others) ++paidByOthers;

        uint256 exact =
            before.outstanding > units * MICROGRAMS_PER_UNIT ? before.outstanding - units * MICROGRAMS_PER_UNIT : 0;
        bool isOver = units * MICROGRAMS_PER_UNIT >= before.outstanding + MICROGRAMS_PER_UNIT;
        if (then.outstanding != exact || isOver || then.retiredFor != before.retiredFor + units) ++wronglyOffset;
        retired[account] += units;

        IAutoRetire.Policy memory policy = autoRetire.policyOf(account);
        uint256 drawn;
        for (uint256 i; i < CREDITS; ++i) {
            unchecked {
                uint256 fallen = before.units[i] - then.units[i];
                deposits[account][tokenIds[i]] -= fallen;
                drawn += fallen;
            }
            bool isTaken = policies[account] == 0 || autoRetire.isAccepted(account, tokenIds[i]);
            bool isOnHold = credits.suspendedUntil(tokenIds[i]) != 0;
            if (then.retired[i] != before.retired[i] && (!isTaken || isOnHold)) ++notAccepted;
        }
        if (units < drawn) ++wronglyOffset;
        else _notePaid(account, policy, before, then, units - drawn);
        bool isShort = _noteEvents(drawn != 0);
        // What does not say that it fell short covers all, rounded up.
        if (units != 0 && !isShort && then.outstanding != 0) ++wronglyOffset;
    }

    function _viewOf(address account) internal view returns (View memory seen) {
        seen.outstanding = registry.outstanding(account);
        seen.retiredFor = credits.retiredFor(account);
        for (uint256 i; i < CREDITS; ++i) {
            seen.units[i] = credits.balanceOf(address(autoRetire), tokenIds[i]);
            seen.retired[i] = credits.retiredBalanceOf(account, tokenIds[i]);
        }
        for (uint256 i; i < MONEYS; ++i) {
            for (uint256 j; j < SELLERS; ++j) seen.owed[i] += market.proceedsOf(sellerAt(j), moneys[i]);
        }
        for (uint256 i; i < ACCOUNTS; ++i) {
            if (accountAt(i) != account) seen.others = keccak256(abi.encode(seen.others, _stateOf(accountAt(i))));
        }
    }

    function _notePaid(
        address account,
        IAutoRetire.Policy memory policy,
        View memory before,
        View memory then,
        uint256 bought
    ) private {
        uint256 paid;
        for (uint256 i; i < MONEYS; ++i) {
            if (then.owed[i] < before.owed[i]) ++wronglyPaid;
            if (then.owed[i] <= before.owed[i]) continue;
            uint256 rise = then.owed[i] - before.owed[i];
            unchecked {
                payments[account][moneys[i]] -= rise;
            }
            if (moneys[i] != policy.paymentToken) ++wronglyPaid;
            else paid += rise;
        }
        // Nothing is bought for nothing, and nothing is paid for nothing.
        if ((paid == 0) != (bought == 0)) ++wronglyPaid;
        if (paid == 0 || policy.periodSeconds == 0) return;
        // Two purchases, each rounded up.
        if (paid > (bought * policy.maxPricePerTonne) / TONNE + 2) ++overPriced;
        uint256 period = block.timestamp / policy.periodSeconds;
        uint256 spentNow = spent[account][policy.paymentToken][period] += paid;
        if (spentNow > policy.budget) ++overBudget;
        if (spentNow * 100 > uint256(policy.budget) * 99) ++acts[Act.BudgetSpent];
    }

    function _noteEvents(bool isDrawn) private returns (bool isShort) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 purchases;
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].emitter != address(autoRetire)) continue;
            if (logs[i].topics[0] == IAutoRetire.Bought.selector) ++purchases;
            if (logs[i].topics[0] == IAutoRetire.PurchaseFailed.selector) ++acts[Act.FailedPurchase];
            if (logs[i].topics[0] == IAutoRetire.SettlementShort.selector) isShort = true;
        }
        if (isShort) ++acts[Act.Short];
        if (isDrawn) ++acts[Act.Draw];
        if (purchases != 0) ++acts[Act.Purchase];
        if (purchases > 1) ++acts[Act.TwoPurchases];
        if (purchases != 0 && isDrawn) ++acts[Act.DrawAndPurchase];
    }

    /// @dev All that an account has, and all that it owes.
    function _stateOf(address account) private view returns (bytes32 state) {
        state = keccak256(abi.encode(registry.outstanding(account), credits.retiredFor(account)));
        for (uint256 i; i < CREDITS; ++i) {
            state = keccak256(abi.encode(state, autoRetire.depositOf(account, tokenIds[i])));
        }
        for (uint256 i; i < MONEYS; ++i) {
            uint256 own = IERC20(moneys[i]).balanceOf(account);
            state = keccak256(abi.encode(state, own, autoRetire.paymentOf(account, moneys[i])));
        }
    }
}
