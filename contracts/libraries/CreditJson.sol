// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Base64} from "solady/src/utils/Base64.sol";
import {LibString} from "solady/src/utils/LibString.sol";
import {ICreditRecords} from "../../interfaces/ICreditRecords.sol";
import {IERC8393} from "../../interfaces/IERC8393.sol";
import {PlainText} from "./PlainText.sol";
import {TokenIds} from "./TokenIds.sol";

/// @title A credit as ERC-1155 metadata JSON
/// @notice The fields of ERC-8393's metadata, what the token id says, and what became of the credit.
library CreditJson {
    using LibString for string;
    using LibString for uint256;

    /// @notice What became of a credit's units.
    /// @param retiredUnits How many are retired.
    /// @param redeemedUnits How many went back to the registry.
    /// @param invalidUnits How many the registry cancelled.
    /// @param leftUnits How many are left to trade or retire.
    /// @param suspended Whether its project is on hold.
    /// @param evidenceHash The hash of the evidence it was issued by.
    /// @param labels The marks it bears.
    struct CreditState {
        uint256 retiredUnits;
        uint256 redeemedUnits;
        uint256 invalidUnits;
        uint256 leftUnits;
        bool suspended;
        bytes32 evidenceHash;
        ICreditRecords.Label[] labels;
    }

    /// @dev Serials and units as strings: JSON readers keep only 53 bits of a number.
    function dataUri(
        uint256 tokenId,
        IERC8393.CreditMetadata memory metadata,
        CreditState memory state
    ) internal pure returns (string memory) {
        string memory name = _quoted(metadata.projectName);
        string memory credit = string.concat(
            '{"name":',
            name,
            ',"decimals":8,"properties":{"projectName":',
            name,
            _ofMetadata(metadata),
            _ofTokenId(tokenId)
        );
        credit = string.concat(credit, _ofState(state), ',"labels":[', _labels(state.labels), "]}}");
        return string.concat("data:application/json;base64,", Base64.encode(bytes(credit)));
    }

    function _ofMetadata(IERC8393.CreditMetadata memory metadata) private pure returns (string memory) {
        return
            string.concat(
                _number("projectId", metadata.projectId),
                _number("creditId", metadata.creditId),
                _property("methodology", _quoted(metadata.methodology)),
                _property("vintage", _quoted(metadata.vintage)),
                _property("country", _quoted(metadata.country)),
                _number("totalVolume", metadata.totalVolume),
                _number("expiry", metadata.expiry),
                _property("isRetired", _boolean(metadata.isRetired))
            );
    }

    function _ofTokenId(uint256 tokenId) private pure returns (string memory) {
        (uint256 firstSerial, uint256 lastSerial) = TokenIds.serialsOf(tokenId);
        return
            string.concat(
                _number("registry", TokenIds.registryOf(tokenId)),
                _number("projectNumber", TokenIds.projectNumberOf(tokenId)),
                _number("firstSerial", firstSerial),
                _number("lastSerial", lastSerial)
            );
    }

    function _ofState(CreditState memory state) private pure returns (string memory) {
        return
            string.concat(
                _number("retiredUnits", state.retiredUnits),
                _number("redeemedUnits", state.redeemedUnits),
                _number("invalidUnits", state.invalidUnits),
                _number("availableUnits", state.leftUnits),
                _property("suspended", _boolean(state.suspended)),
                _property("evidenceHash", _quoted(uint256(state.evidenceHash).toHexString(32)))
            );
    }

    /// @dev As dated attributes; `until` is null while it is open.
    function _labels(ICreditRecords.Label[] memory labels) private pure returns (string memory list) {
        for (uint256 i; i < labels.length; ++i) {
            ICreditRecords.Label memory label = labels[i];
            list = string.concat(list, i == 0 ? '{"name":' : ',{"name":', _quoted(label.name), ',"from":');
            list = string.concat(list, uint256(label.from).toString(), ',"until":');
            list = string.concat(list, label.until == 0 ? "null" : uint256(label.until).toString(), "}");
        }
    }

    function _number(string memory name, uint256 value) private pure returns (string memory) {
        return _property(name, string.concat('"', value.toString(), '"'));
    }

    function _property(string memory name, string memory json) private pure returns (string memory) {
        return string.concat(',"', name, '":', json);
    }

    function _quoted(string memory text) private pure returns (string memory) {
        return PlainText.clean(text).escapeJSON(true);
    }

    function _boolean(bool value) private pure returns (string memory) {
        return value ? "true" : "false";
    }
}
