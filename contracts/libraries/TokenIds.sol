// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICarbonCredits} from "../../interfaces/ICarbonCredits.sol";
import {Units} from "./Units.sol";

/// @title Ids that say what they are
/// @notice `tokenId = registry (64 bits) | project number (64) | first serial (64) | last serial (64)`.
library TokenIds {
    function encode(uint256 projectId, uint256 creditId) internal pure returns (uint256) {
        if (projectId >> 128 != 0 || creditId >> 128 != 0) {
            revert ICarbonCredits.IdTooLarge(projectId, creditId);
        }
        return (projectId << 128) | creditId;
    }

    function decode(uint256 tokenId) internal pure returns (uint256 projectId, uint256 creditId) {
        return (tokenId >> 128, uint128(tokenId));
    }

    function registryOf(uint256 tokenId) internal pure returns (uint256) {
        return tokenId >> 192;
    }

    function projectNumberOf(uint256 tokenId) internal pure returns (uint256) {
        return uint64(tokenId >> 128);
    }

    function serialsOf(uint256 tokenId) internal pure returns (uint256 firstSerial, uint256 lastSerial) {
        return (uint64(tokenId >> 64), uint64(tokenId));
    }

    /// @dev The units that the id's serials stand for.
    function unitsOf(uint256 tokenId) internal pure returns (uint256) {
        (uint256 firstSerial, uint256 lastSerial) = serialsOf(tokenId);
        return Units.unitsOfSerials(firstSerial, lastSerial);
    }
}
