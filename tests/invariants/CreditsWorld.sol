// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Authority} from "../../contracts/Authority.sol";
import {CarbonCredits} from "../../contracts/CarbonCredits.sol";
import {IERC8393} from "../../interfaces/IERC8393.sol";
import {vm} from "../Vm.sol";

/// @title The one place that knows how credits are issued and retired
/// @notice Proofs and invariants call these functions only, so a change of the contract's interface ends here.
contract CreditsWorld {
    CarbonCredits internal immutable credits;

    constructor() {
        // The administrator may call what is bound to no role.
        credits = new CarbonCredits(address(new Authority(address(this))));
    }

    /// @dev A project of registry 1, with the serials in the id.
    function _idOf(uint256 firstSerial, uint256 serials) internal pure returns (uint256 projectId, uint256 creditId) {
        return ((1 << 64) | 1, (firstSerial << 64) | (firstSerial + serials - 1));
    }

    function _issue(address to, uint256 firstSerial, uint256 serials) internal returns (uint256 tokenId) {
        (uint256 projectId, uint256 creditId) = _idOf(firstSerial, serials);
        uint256 units = serials * 10 ** 8;
        IERC8393.CreditMetadata memory metadata;
        metadata.projectId = projectId;
        metadata.creditId = creditId;
        metadata.totalVolume = units;
        credits.mintCredit(to, projectId, creditId, units, 0, metadata);
        return credits.encodeTokenId(projectId, creditId);
    }

    function _retireFor(address caller, uint256 tokenId, address holder, uint256 units, address beneficiary) internal {
        vm.prank(caller);
        credits.retireFor(tokenId, holder, units, beneficiary);
    }

    function _transfer(address from, address to, uint256 tokenId, uint256 units) internal {
        vm.prank(from);
        credits.safeTransferFrom(from, to, tokenId, units, "");
    }
}
