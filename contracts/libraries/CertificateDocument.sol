// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Base64} from "solady/src/utils/Base64.sol";
import {LibString} from "solady/src/utils/LibString.sol";
import {CertificateSvg} from "./CertificateSvg.sol";
import {Figures} from "./Figures.sol";
import {PlainText} from "./PlainText.sol";
import {TokenIds} from "./TokenIds.sol";

/// @title A retirement certificate as ERC-721 metadata
/// @notice One document that holds its own picture, so that nothing of it can be lost or swapped.
library CertificateDocument {
    using LibString for address;
    using LibString for string;
    using LibString for uint256;

    /// @dev A data URI of JSON that holds the drawing in a data URI of its own.
    function tokenUri(CertificateSvg.Certificate memory certificate) internal view returns (string memory) {
        string memory document = string.concat(
            '{"name":"Retirement certificate ',
            certificate.retirementId.toString(),
            '","description":',
            CertificateSvg.sentence(certificate).escapeJSON(true),
            ',"image":"data:image/svg+xml;base64,',
            Base64.encode(bytes(CertificateSvg.svg(certificate)))
        );
        document = string.concat(document, '","attributes":[', _attributes(certificate), "]}");
        return string.concat("data:application/json;base64,", Base64.encode(bytes(document)));
    }

    /// @dev Units and serials as strings: JSON readers keep only 53 bits of a number.
    function _attributes(CertificateSvg.Certificate memory certificate) private pure returns (string memory list) {
        uint256 tokenId = certificate.tokenId;
        list = string.concat(
            '{"display_type":"date","trait_type":"Retired","value":',
            certificate.retiredAt.toString()
        );
        list = _with(list, "State", _state(certificate));
        list = _with(list, "Registry retirement", certificate.settled ? "recorded" : "not recorded");
        list = _with(list, "Beneficiary", certificate.beneficiary.toHexStringChecksummed());
        list = _with(list, "Beneficiary name", certificate.beneficiaryName);
        list = _with(list, "Tonnes CO2e", Figures.tonnes(certificate.units, ""));
        list = _with(list, "Units", certificate.units.toString());
        list = _with(list, "Invalid units", certificate.invalidUnits.toString());
        list = _with(list, "Replaced units", certificate.replacedUnits.toString());
        list = _with(list, "Project", certificate.projectName);
        list = _with(list, "Methodology", certificate.methodology);
        list = _with(list, "Vintage", certificate.vintage);
        list = _with(list, "Country", certificate.country);
        list = _with(list, "Registry", Figures.registry(tokenId));
        list = _with(list, "Project number", TokenIds.projectNumberOf(tokenId).toString());
        list = _with(list, "Serials", Figures.serials(certificate.span));
        list = _with(list, "First serial", certificate.span.firstSerial.toString());
        list = _with(list, "Last serial", certificate.span.lastSerial.toString());
        list = string.concat(_with(list, "Credit", tokenId.toString()), "}");
    }

    function _state(CertificateSvg.Certificate memory certificate) private pure returns (string memory) {
        if (certificate.invalidUnits == 0) return "valid";
        return certificate.replacedUnits < certificate.invalidUnits ? "invalidated" : "replaced";
    }

    /// @dev The list with one more attribute; the last one's brace stays open.
    function _with(string memory list, string memory name, string memory value) private pure returns (string memory) {
        return string.concat(list, '},{"trait_type":"', name, '","value":', PlainText.clean(value).escapeJSON(true));
    }
}
