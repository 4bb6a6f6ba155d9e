// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Base64} from "solady/src/utils/Base64.sol";
import {LibString} from "solady/src/utils/LibString.sol";
import {IERC8393} from "../../interfaces/IERC8393.sol";
import {TokenIds} from "./TokenIds.sol";

/// @title A credit as ERC-1155 metadata JSON
/// @notice The fields of ERC-8393's metadata, and what the token id says.
library CreditJson {
    using LibString for string;
    using LibString for uint256;

    /// @dev Serials and units as strings: JSON readers keep only 53 bits of a number.
    function dataUri(
        uint256 tokenId,
        IERC8393.CreditMetadata memory metadata,
        uint256 retiredUnits
    ) internal pure returns (string memory) {
        (uint256 firstSerial, uint256 lastSerial) = TokenIds.serialsOf(tokenId);
        string memory credit = string.concat(
            '{"name":',
            metadata.projectName.escapeJSON(true),
            ',"decimals":8,"properties":{"projectId":"',
            metadata.projectId.toString(),
            '","creditId":"',
            metadata.creditId.toString(),
            '","projectName":',
            metadata.projectName.escapeJSON(true),
            ',"methodology":',
            metadata.methodology.escapeJSON(true),
            ',"vintage":',
            metadata.vintage.escapeJSON(true)
        );
        credit = string.concat(
            credit,
            ',"country":',
            metadata.country.escapeJSON(true),
            ',"totalVolume":"',
            metadata.totalVolume.toString(),
            '","expiry":"',
            metadata.expiry.toString(),
            '","isRetired":',
            metadata.isRetired ? "true" : "false"
        );
        credit = string.concat(
            credit,
            ',"registry":"',
            TokenIds.registryOf(tokenId).toString(),
            '","projectNumber":"',
            TokenIds.projectNumberOf(tokenId).toString(),
            '","firstSerial":"',
            firstSerial.toString(),
            '","lastSerial":"',
            lastSerial.toString(),
            '","retiredUnits":"',
            retiredUnits.toString(),
            '"}}'
        );
        return string.concat("data:application/json;base64,", Base64.encode(bytes(credit)));
    }
}
