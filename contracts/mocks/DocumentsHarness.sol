// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC8393} from "../../interfaces/IERC8393.sol";
import {CertificateDocument} from "../libraries/CertificateDocument.sol";
import {CertificateSvg} from "../libraries/CertificateSvg.sol";
import {CreditJson} from "../libraries/CreditJson.sol";
import {PlainText} from "../libraries/PlainText.sol";

/// @dev Makes the documents callable. Arguments come encoded, since a test's strings need not be UTF-8.
contract DocumentsHarness {
    function tokenUri(bytes calldata certificate) external view returns (string memory) {
        return CertificateDocument.tokenUri(abi.decode(certificate, (CertificateSvg.Certificate)));
    }

    function svg(bytes calldata certificate) external view returns (string memory) {
        return CertificateSvg.svg(abi.decode(certificate, (CertificateSvg.Certificate)));
    }

    function creditUri(uint256 tokenId, bytes calldata credit) external pure returns (string memory) {
        (IERC8393.CreditMetadata memory metadata, CreditJson.CreditState memory state) = abi.decode(
            credit,
            (IERC8393.CreditMetadata, CreditJson.CreditState)
        );
        return CreditJson.dataUri(tokenId, metadata, state);
    }

    function clean(bytes calldata text) external pure returns (bytes memory) {
        return bytes(PlainText.clean(string(text)));
    }

    function countCodePoints(bytes calldata text) external pure returns (uint256) {
        return PlainText.countCodePoints(string(text));
    }
}
