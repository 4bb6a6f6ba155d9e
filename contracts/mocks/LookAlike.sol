// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {ICarbonCredits, IERC8393} from "../../interfaces/ICarbonCredits.sol";
import {IEmissionsRegistry} from "../../interfaces/IEmissionsRegistry.sol";

/// @dev Logs the suite's events without doing anything that they say.
contract LookAlike {
    function logEmissions(address account, uint256 version, uint256 gasUsed, uint256 co2eMicrograms) external {
        emit IEmissionsRegistry.EmissionsRecorded(account, version, gasUsed, gasUsed, co2eMicrograms);
    }

    function logFactor(uint256 version, IEmissionsRegistry.Factor calldata factor) external {
        emit IEmissionsRegistry.FactorPublished(version, factor, "look-alike", "look-alike");
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

    function logTransfer(address from, address to, uint256 tokenId, uint256 units) external {
        emit IERC1155.TransferSingle(msg.sender, from, to, tokenId, units);
    }

    function logRedemption(uint256 tokenId, address holder, uint256 firstSerial, uint256 lastSerial) external {
        emit ICarbonCredits.SerialsRedeemed(tokenId, holder, holder, firstSerial, lastSerial, "look-alike");
    }

    function logCancelledSerials(uint256 tokenId, uint256 firstSerial, uint256 lastSerial) external {
        emit ICarbonCredits.SerialsInvalidated(tokenId, firstSerial, lastSerial, "look-alike");
    }

    function logCancelledUnits(uint256 retirementId, uint256 tokenId, address beneficiary, uint256 units) external {
        emit ICarbonCredits.RetirementInvalidated(retirementId, tokenId, beneficiary, units);
    }

    function logReplacement(uint256 retirementId, uint256 replacedBy, address beneficiary, uint256 units) external {
        emit ICarbonCredits.RetirementReplaced(retirementId, replacedBy, beneficiary, units);
    }
}
