// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICarbonCredits} from "../../interfaces/ICarbonCredits.sol";

/// @title How long what is said may be
/// @notice One length of each kind, wherever it is said.
library TextLimits {
    /// @dev Of a name or a place, in bytes.
    uint256 internal constant NAME_BYTES = 128;

    /// @dev Of a purpose, a reason or an account, in bytes.
    uint256 internal constant TEXT_BYTES = 256;

    function requireShort(string memory field, string calldata text, uint256 maxBytes) internal pure {
        if (bytes(text).length > maxBytes) revert ICarbonCredits.TextTooLong(field, bytes(text).length, maxBytes);
    }
}
