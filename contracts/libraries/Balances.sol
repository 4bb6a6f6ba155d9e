// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title What an account holds of a credit, and what of it is retired for the account, in one slot
/// @notice Held units stand in the lower 128 bits, retired ones in the upper: a retirement for oneself then writes
/// one slot, not two. A credit's volume is below 2^91 units, so that neither reaches the other.
library Balances {
    function heldUnits(uint256 balance) internal pure returns (uint256) {
        return uint128(balance);
    }

    function retiredUnits(uint256 balance) internal pure returns (uint256) {
        return balance >> 128;
    }

    /// @dev `units` is not above `heldUnits(balance)`.
    function take(uint256 balance, uint256 units) internal pure returns (uint256) {
        return balance - units;
    }

    function addHeld(uint256 balance, uint256 units) internal pure returns (uint256) {
        return balance + units;
    }

    function addRetired(uint256 balance, uint256 units) internal pure returns (uint256) {
        return balance + (units << 128);
    }
}
