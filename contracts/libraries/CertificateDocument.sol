// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICarbonCredits} from "../../interfaces/ICarbonCredits.sol";

library CertificateDocument {
    struct Certificate {
        uint256 retirementId;
        address beneficiary;
        string beneficiaryName;
        uint256 units;
        uint256 tokenId;
        string projectName;
        string methodology;
        string vintage;
        string country;
        ICarbonCredits.SerialSpan span;
        uint256 retiredAt;
        uint256 invalidUnits;
        uint256 replacedUnits;
        bool settled;
    }

    function svg(Certificate memory c) internal pure returns (string memory) {
        return c.projectName;
    }

    function tokenUri(Certificate memory c) internal pure returns (string memory) {
        return c.projectName;
    }
}
