// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {LibBit} from "solady/src/utils/LibBit.sol";

/// @title The gas that a transaction costs before its first instruction
/// @notice Yellow Paper, intrinsic gas, with the calldata prices of EIP-2028. The floor price of EIP-7623 is left
/// out: it binds only where there is far more calldata than work.
library GasMeter {
    uint256 internal constant TRANSACTION_GAS = 21_000;
    uint256 internal constant ZERO_BYTE_GAS = 4;
    uint256 internal constant NONZERO_BYTE_GAS = 16;

    /// @dev Warning: of a call inside of a larger transaction this is an approximation, as that transaction's own
    /// calldata cannot be seen.
    function intrinsicGas(bytes calldata data) internal pure returns (uint256) {
        uint256 zeroBytes = LibBit.countZeroBytesCalldata(data);
        return TRANSACTION_GAS + zeroBytes * ZERO_BYTE_GAS + (data.length - zeroBytes) * NONZERO_BYTE_GAS;
    }
}
