// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {EfficientHashLib} from "solady/src/utils/EfficientHashLib.sol";
import {ICarbonCredits} from "../../interfaces/ICarbonCredits.sol";
import {TokenIds} from "./TokenIds.sol";
import {Units} from "./Units.sol";

/// @title Retirement ids that say which serials were retired
/// @notice `retirementId = registry (64 bits) | first unit (96) | units (96)`, where a registry's units are counted
/// through its serials: serial `s` is the units from `s · 10^8` on. No two retirements share a unit, so no two share
/// an id, and the serials that a retirement owns can be read off its id without a call.
library RetirementIds {
    /// @dev `startUnits + units` is not above what the credit's serials stand for.
    function encode(uint256 tokenId, uint256 startUnits, uint256 units) internal pure returns (uint256) {
        (uint256 firstSerial, ) = TokenIds.serialsOf(tokenId);
        uint256 firstUnit = firstSerial * Units.UNITS_PER_TONNE + startUnits;
        return (TokenIds.registryOf(tokenId) << 192) | (firstUnit << 96) | units;
    }

    /// @dev The hash of an `ICarbonCredits.Retirement` of these fields, ABI-encoded.
    function hash(
        uint256 retirementId,
        uint256 tokenId,
        address beneficiary,
        address holder,
        address agent,
        uint256 retiredAt,
        bytes32 detailsHash
    ) internal pure returns (bytes32) {
        return
            EfficientHashLib.hash(
                bytes32(retirementId),
                bytes32(tokenId),
                bytes32(uint256(uint160(beneficiary))),
                bytes32(uint256(uint160(holder))),
                bytes32(uint256(uint160(agent))),
                bytes32(retiredAt),
                detailsHash
            );
    }

    function firstUnitOf(uint256 retirementId) internal pure returns (uint256) {
        return uint96(retirementId >> 96);
    }

    function unitsOf(uint256 retirementId) internal pure returns (uint256) {
        return uint96(retirementId);
    }

    function spanOf(uint256 retirementId) internal pure returns (ICarbonCredits.SerialSpan memory) {
        uint256 firstUnit = firstUnitOf(retirementId);
        uint256 lastUnit = firstUnit + unitsOf(retirementId) - 1;
        return
            ICarbonCredits.SerialSpan({
                firstSerial: firstUnit / Units.UNITS_PER_TONNE,
                firstOffsetUnits: firstUnit % Units.UNITS_PER_TONNE,
                lastSerial: lastUnit / Units.UNITS_PER_TONNE,
                lastEndUnits: (lastUnit % Units.UNITS_PER_TONNE) + 1
            });
    }
}
