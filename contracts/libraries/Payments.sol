// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
import {SafeTransferLib} from "solady/src/utils/SafeTransferLib.sol";
import {ICreditMarket} from "../../interfaces/ICreditMarket.sol";

/// @title Money that moves exactly as told
/// @notice Who holds the money of many can lose by no token that moves another amount: each such move is refused.
library Payments {
    using FixedPointMathLib for uint256;
    using SafeTransferLib for address;

    /// @dev From the caller, who may lose no more either, since it may hold the money of many itself.
    function collect(address paymentToken, uint256 amount) internal {
        uint256 heldBefore = paymentToken.balanceOf(address(this));
        uint256 payersBefore = paymentToken.balanceOf(msg.sender);
        paymentToken.safeTransferFrom(msg.sender, address(this), amount);
        uint256 received = paymentToken.balanceOf(address(this)).zeroFloorSub(heldBefore);
        if (received != amount) revert ICreditMarket.PaymentNotReceived(paymentToken, received, amount);
        _requireTaken(paymentToken, msg.sender, payersBefore, amount);
    }

    function pay(address paymentToken, address to, uint256 amount) internal {
        uint256 heldBefore = paymentToken.balanceOf(address(this));
        paymentToken.safeTransfer(to, amount);
        _requireTaken(paymentToken, address(this), heldBefore, amount);
    }

    function _requireTaken(address paymentToken, address payer, uint256 heldBefore, uint256 amount) private view {
        uint256 taken = heldBefore.zeroFloorSub(paymentToken.balanceOf(payer));
        if (taken > amount) revert ICreditMarket.PaymentTakesMore(paymentToken, taken, amount);
    }
}
