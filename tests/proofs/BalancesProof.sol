// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Balances} from "../../contracts/libraries/Balances.sol";
import {vm} from "../Vm.sol";

/// @title What is held and what is retired never reach into one another
/// @notice For every balance, and units of 96 bits as the contract keeps them: a credit has fewer than 2^91.
contract BalancesProof {
    using Balances for uint256;

    /// @dev Adding held units adds them, and leaves the retired ones.
    function check_addingHeldAddsHeldAlone(uint96 held, uint96 retired, uint96 units) external pure {
        uint256 balance = _balance(held, retired).addHeld(units);
        assert(balance.heldUnits() == uint256(held) + units && balance.retiredUnits() == retired);
    }

    /// @dev Adding retired units adds them, and leaves the held ones.
    function check_addingRetiredAddsRetiredAlone(uint96 held, uint96 retired, uint96 units) external pure {
        uint256 balance = _balance(held, retired).addRetired(units);
        assert(balance.heldUnits() == held && balance.retiredUnits() == uint256(retired) + units);
    }

    /// @dev Taking what is there takes it, and leaves the retired units.
    function check_takingTakesHeldAlone(uint256 balance, uint256 units) external pure {
        vm.assume(units <= balance.heldUnits());
        uint256 left = balance.take(units);
        assert(left.heldUnits() == balance.heldUnits() - units && left.retiredUnits() == balance.retiredUnits());
    }

    function _balance(uint96 held, uint96 retired) private pure returns (uint256) {
        return (uint256(retired) << 128) | held;
    }
}
