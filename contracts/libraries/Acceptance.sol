// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAutoRetire} from "../../interfaces/IAutoRetire.sol";
import {ICarbonCredits} from "../../interfaces/ICarbonCredits.sol";
import {ICreditRecords} from "../../interfaces/ICreditRecords.sol";
import {TokenIds} from "./TokenIds.sol";

/// @title Which credits a policy takes
/// @notice What a policy names is a credit's id, a project's (no serials) or a registry's (neither).
library Acceptance {
    uint256 private constant YEAR_DIGITS = 4;

    /// @dev Whether what is named is one credit.
    function isCredit(uint256 named) internal pure returns (bool) {
        return uint128(named) != 0;
    }

    /// @dev Whether what is named is a registry with all its projects.
    function isRegistry(uint256 named) internal pure returns (bool) {
        return !isCredit(named) && TokenIds.projectNumberOf(named) == 0;
    }

    function isTaken(
        IAutoRetire.Policy storage policy,
        uint256 tokenId,
        ICarbonCredits credits
    ) internal view returns (bool) {
        return _isNamed(policy.accepts, tokenId) && isSuitable(policy, tokenId, credits);
    }

    /// @dev Whether a credit that the policy names is young enough, and has the label.
    function isSuitable(
        IAutoRetire.Policy storage policy,
        uint256 tokenId,
        ICarbonCredits credits
    ) internal view returns (bool) {
        uint256 earliest = policy.earliestVintage;
        if (earliest != 0 && vintageYear(credits.getMetadata(tokenId).vintage) < earliest) return false;
        string memory label = policy.label;
        return bytes(label).length == 0 || _hasLabel(credits.records(), tokenId, keccak256(bytes(label)));
    }

    /// @dev The year with which a vintage begins, which is the older of two; 0 where it begins with none.
    function vintageYear(string memory vintage) internal pure returns (uint256 year) {
        bytes memory text = bytes(vintage);
        if (text.length < YEAR_DIGITS) return 0;
        for (uint256 i = 0; i < YEAR_DIGITS; ++i) {
            uint256 digit = uint8(text[i]) ^ uint8(bytes1("0"));
            if (digit > 9) return 0;
            year = year * 10 + digit;
        }
    }

    function _isNamed(uint256[] storage accepts, uint256 tokenId) private view returns (bool) {
        uint256 count = accepts.length;
        for (uint256 i = 0; i < count; ++i) {
            uint256 named = accepts[i];
            if (named == tokenId) return true;
            if (isCredit(named)) continue;
            if (named >> 128 == tokenId >> 128) return true;
            if (isRegistry(named) && TokenIds.registryOf(named) == TokenIds.registryOf(tokenId)) return true;
        }
        return count == 0;
    }

    function _hasLabel(ICreditRecords records, uint256 tokenId, bytes32 nameHash) private view returns (bool) {
        ICreditRecords.Label[] memory labels = records.labelsOf(tokenId);
        for (uint256 i = 0; i < labels.length; ++i) {
            ICreditRecords.Label memory label = labels[i];
            bool holds = block.timestamp >= label.from && (label.until == 0 || block.timestamp < label.until);
            if (holds && keccak256(bytes(label.name)) == nameHash) return true;
        }
        return false;
    }
}
