// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAutoRetire} from "../../interfaces/IAutoRetire.sol";
import {ICarbonCredits} from "../../interfaces/ICarbonCredits.sol";
import {TokenIds} from "./TokenIds.sol";
import {Vintage} from "./Vintage.sol";

/// @title Which credits a policy takes
/// @notice What a policy names is a credit's id, a project's (no serials) or a registry's (neither).
library Acceptance {
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
        if (!isNamed(policy, tokenId)) return false;
        uint256 year = policy.earliestVintage == 0 ? 0 : Vintage.yearOf(credits.getMetadata(tokenId).vintage);
        return isSuitable(policy, tokenId, year, credits);
    }

    /// @dev Whether a credit that the policy names is young enough, and has the label.
    function isSuitable(
        IAutoRetire.Policy storage policy,
        uint256 tokenId,
        uint256 vintageYear,
        ICarbonCredits credits
    ) internal view returns (bool) {
        if (vintageYear < policy.earliestVintage) return false;
        string memory label = policy.label;
        return bytes(label).length == 0 || credits.records().hasLabel(tokenId, keccak256(bytes(label)));
    }

    function isNamed(IAutoRetire.Policy storage policy, uint256 tokenId) internal view returns (bool) {
        uint256[] storage accepts = policy.accepts;
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
}
