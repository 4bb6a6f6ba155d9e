// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IEmissionsRegistry} from "../../interfaces/IEmissionsRegistry.sol";
import {GasMeter, Reading} from "../libraries/GasMeter.sol";

/// @title Functions that record what they emit
/// @notice For a contract of any kind: inherit, name the suite's registry, and put `metered` on the functions whose
/// transactions are to count. Their gas is recorded as the contract's emissions, in the receipt of each.
/// @dev Warning: see GasMeter for what it does not see.
abstract contract Metered {
    /// @notice Where the contract's emissions are recorded.
    IEmissionsRegistry public immutable emissionsRegistry;

    /// @notice Measures the function it stands on, and records its gas.
    modifier metered() {
        Reading reading = GasMeter.start(emissionsRegistry);
        _;
        GasMeter.record(reading, emissionsRegistry, 0);
    }

    constructor(IEmissionsRegistry emissionsRegistry_) {
        emissionsRegistry = emissionsRegistry_;
    }
}
