// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {LibBytes} from "solady/src/utils/LibBytes.sol";
import {SSTORE2} from "solady/src/utils/SSTORE2.sol";
import {ICarbonCredits} from "../../interfaces/ICarbonCredits.sol";
import {IERC8393} from "../../interfaces/IERC8393.sol";

/// @title What a registry publishes of a credit, kept as contract code
/// @notice Each string behind a byte that tells its length: ABI encoding would be four times as long, and every byte
/// costs 200 gas.
library CreditDetails {
    using LibBytes for bytes;

    uint256 internal constant MAX_TEXT_BYTES = 255;

    function write(IERC8393.CreditMetadata calldata metadata, bytes32 evidenceHash) internal returns (address pointer) {
        return
            SSTORE2.write(
                abi.encodePacked(
                    evidenceHash,
                    _length("projectName", metadata.projectName),
                    metadata.projectName,
                    _length("methodology", metadata.methodology),
                    metadata.methodology,
                    _length("vintage", metadata.vintage),
                    metadata.vintage,
                    _length("country", metadata.country),
                    metadata.country
                )
            );
    }

    /// @dev Fills the strings of `metadata` in.
    function read(
        address pointer,
        IERC8393.CreditMetadata memory metadata
    ) internal view returns (bytes32 evidenceHash) {
        bytes memory details = SSTORE2.read(pointer);
        evidenceHash = bytes32(details);
        uint256 position = 32;
        (metadata.projectName, position) = _text(details, position);
        (metadata.methodology, position) = _text(details, position);
        (metadata.vintage, position) = _text(details, position);
        (metadata.country, position) = _text(details, position);
    }

    function _length(string memory field, string calldata text) private pure returns (uint8) {
        uint256 lengthBytes = bytes(text).length;
        if (lengthBytes > MAX_TEXT_BYTES) revert ICarbonCredits.TextTooLong(field, lengthBytes, MAX_TEXT_BYTES);
        return uint8(lengthBytes);
    }

    function _text(bytes memory details, uint256 position) private pure returns (string memory text, uint256 next) {
        next = position + 1 + uint8(details[position]);
        text = string(details.slice(position + 1, next));
    }
}
