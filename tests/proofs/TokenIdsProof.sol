// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICarbonCredits} from "../../interfaces/ICarbonCredits.sol";
import {TokenIds} from "../../contracts/libraries/TokenIds.sol";

/// @title Token ids lose nothing
/// @notice For every id, without bounds.
contract TokenIdsProof {
    /// @dev Two ids of 128 bits go into a token id and come out again.
    function check_decodingUndoesEncoding(uint128 projectId, uint128 creditId) external pure {
        (uint256 decodedProject, uint256 decodedCredit) = TokenIds.decode(TokenIds.encode(projectId, creditId));
        assert(decodedProject == projectId && decodedCredit == creditId);
    }

    /// @dev Any token id is the one that its own parts encode, so that no two credits share an id.
    function check_encodingUndoesDecoding(uint256 tokenId) external pure {
        (uint256 projectId, uint256 creditId) = TokenIds.decode(tokenId);
        assert(TokenIds.encode(projectId, creditId) == tokenId);
    }

    /// @dev Registry, project number and serials fit 64 bits each and are the whole of the id.
    function check_partsRecompose(uint256 tokenId) external pure {
        uint256 registry = TokenIds.registryOf(tokenId);
        uint256 projectNumber = TokenIds.projectNumberOf(tokenId);
        (uint256 firstSerial, uint256 lastSerial) = TokenIds.serialsOf(tokenId);
        assert((registry | projectNumber | firstSerial | lastSerial) <= type(uint64).max);
        assert(((registry << 192) | (projectNumber << 128) | (firstSerial << 64) | lastSerial) == tokenId);
    }

    /// @dev Encoding reverts exactly where an id has more than 128 bits, and says so.
    function check_encodingRefusesExactlyWhatIsTooLarge(uint256 projectId, uint256 creditId) external view {
        bool fits = projectId <= type(uint128).max && creditId <= type(uint128).max;
        try this.encode(projectId, creditId) {
            assert(fits);
        } catch (bytes memory reason) {
            assert(!fits);
            assert(
                keccak256(reason) ==
                    keccak256(abi.encodeWithSelector(ICarbonCredits.IdTooLarge.selector, projectId, creditId))
            );
        }
    }

    function encode(uint256 projectId, uint256 creditId) external pure returns (uint256) {
        return TokenIds.encode(projectId, creditId);
    }
}
