// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IEmissionsRegistry} from "../../interfaces/IEmissionsRegistry.sol";
import {GasMeter, Reading} from "../libraries/GasMeter.sol";

/// @title Functions that record what they emit
/// @notice For a contract of any kind: inherit, name the suite's registry, and put `metered` on the functions whose
/// transactions are to count. Their gas is recorded as the contract's emissions, in the receipt of each.
/// @dev Warning: see GasMeter for what it does not see. Do not put it on a function in which something is committed for
/// the contract: what is committed meanwhile is taken for gas that was recorded already.
abstract contract Metered {
    /// @notice Where the contract's emissions are recorded.
    IEmissionsRegistry public immutable emissionsRegistry;

    /// @dev What a proxy uses around the function, which `gasleft()` does not show: it finds this code and calls it.
    /// Measured of ERC-1967's; ERC-1167's uses less, and so records a little too much.
    uint256 private constant PROXY_GAS = 4_950;

    /// @dev It copies the calldata: six gas a word, and two more for long ones.
    uint256 private constant CALLDATA_BYTES_PER_PROXY_GAS = 4;

    address private immutable _code = address(this);

    /// @notice Measures the function it stands on, and records its gas.
    modifier metered() {
        Reading reading = GasMeter.start(emissionsRegistry);
        _;
        GasMeter.record(reading, emissionsRegistry, _proxyGas());
    }

    constructor(IEmissionsRegistry emissionsRegistry_) {
        emissionsRegistry = emissionsRegistry_;
    }

    /// @dev For a contract that lets somebody commit what it does not measure, and record for it; guard the function
    /// that calls this. Warning: see IEmissionsRegistry.setReporter for what a reporter can do.
    function _setReporter(address reporter, bool approved) internal {
        emissionsRegistry.setReporter(reporter, approved);
    }

    /// @dev None where the contract itself is called.
    function _proxyGas() internal view returns (uint256) {
        return address(this) == _code ? 0 : PROXY_GAS + msg.data.length / CALLDATA_BYTES_PER_PROXY_GAS;
    }
}
