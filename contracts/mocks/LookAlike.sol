// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICarbonCredits, IERC8393} from "../../interfaces/ICarbonCredits.sol";
import {IEmissionsRegistry} from "../../interfaces/IEmissionsRegistry.sol";

/// @dev Logs the suite's events without doing anything that they say.
contract LookAlike {
    function logEmissions(address account, uint256 version, uint256 gasUsed, uint256 co2eMicrograms) external {
        emit IEmissionsRegistry.EmissionsRecorded(account, version, gasUsed, gasUsed, co2eMicrograms);
    }

    function logFactor(uint256 version, IEmissionsRegistry.Factor calldata factor) external {
        emit IEmissionsRegistry.FactorPublished(version, factor, "look-alike");
    }

    function logMint(address to, uint256 projectId, uint256 creditId, uint256 amount) external {
        emit IERC8393.CreditMinted(to, (projectId << 128) | creditId, projectId, creditId, amount, 0);
    }

    function logRetirement(
        uint256 retirementId,
        uint256 tokenId,
        address beneficiary,
        uint256 index,
        uint256 units
    ) external {
        emit IERC8393.CreditRetired(beneficiary, tokenId, units);
        emit ICarbonCredits.RetirementRecorded(retirementId, tokenId, beneficiary, beneficiary, beneficiary, index);
    }
}
