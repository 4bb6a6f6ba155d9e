// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {EfficientHashLib} from "solady/src/utils/EfficientHashLib.sol";
import {ICarbonCredits} from "../../interfaces/ICarbonCredits.sol";

/// @title Every retirement, at the price of a hash
/// @notice A credit's retirements stand on pages of 32. A page holds one hash, chained over the retirements on it in
/// their order, so that writing one down changes a slot that is mostly warm in the books already, and proving one
/// takes the hash before it and the (at most 31) retirements after it on its page, however many pages there are.
library RetirementPages {
    uint256 internal constant RETIREMENTS_PER_PAGE = 32;

    function append(
        mapping(uint256 page => bytes32 chain) storage pages,
        uint256 index,
        bytes32 retirementHash
    ) internal {
        uint256 page = index / RETIREMENTS_PER_PAGE;
        pages[page] = EfficientHashLib.hash(pages[page], retirementHash);
    }

    /// @dev A chain that could be reached from another retirement would be a collision of keccak256.
    function holds(
        mapping(uint256 page => bytes32 chain) storage pages,
        bytes32 retirementHash,
        ICarbonCredits.RetirementProof calldata proof
    ) internal view returns (bool) {
        bytes32 chain = EfficientHashLib.hash(proof.chainBefore, retirementHash);
        for (uint256 i = 0; i < proof.laterHashes.length; ++i) {
            chain = EfficientHashLib.hash(chain, proof.laterHashes[i]);
        }
        return chain == pages[proof.index / RETIREMENTS_PER_PAGE];
    }
}
