// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IEmissionsRegistry} from "../../interfaces/IEmissionsRegistry.sol";

/// @dev Records whatever gas it is told to.
contract GasClaimer {
    IEmissionsRegistry public immutable emissionsRegistry;

    constructor(IEmissionsRegistry emissionsRegistry_) {
        emissionsRegistry = emissionsRegistry_;
    }

    function claim(uint256 gasUsed) external {
        emissionsRegistry.record(gasUsed);
    }
}
