// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IEmissionsRegistry} from "../../interfaces/IEmissionsRegistry.sol";

/// @dev Is always due, and fails to settle in the way it is told.
contract FailingAutoRetire {
    enum Failure {
        Revert,
        Panic,
        BurnAllGas,
        ReturnBomb
    }

    error NoSettlementToday(uint256 day);

    IEmissionsRegistry public immutable emissionsRegistry;
    Failure public failure;

    constructor(IEmissionsRegistry emissionsRegistry_) {
        emissionsRegistry = emissionsRegistry_;
    }

    function setThreshold(uint256) external {}

    function failBy(Failure failure_) external {
        failure = failure_;
    }

    function isDue(address) external pure returns (bool) {
        return true;
    }

    function settle(address) external view returns (uint256, uint256[] memory) {
        if (failure == Failure.Revert) revert NoSettlementToday(7);
        if (failure == Failure.Panic) assert(false);
        while (failure == Failure.BurnAllGas) {}
        assembly {
            revert(0, 100000)
        }
    }
}
