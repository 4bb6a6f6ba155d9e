// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {LibString} from "solady/src/utils/LibString.sol";
import {ICarbonCredits} from "../../interfaces/ICarbonCredits.sol";
import {Figures} from "./Figures.sol";
import {PlainText} from "./PlainText.sol";
import {SvgText} from "./SvgText.sol";
import {TokenIds} from "./TokenIds.sol";

/// @title A retirement certificate, drawn
/// @notice An SVG that needs nothing from elsewhere: no script, no font, no picture. Its rings are the retirement's
/// own, as a tree's are.
library CertificateSvg {
    using LibString for address;
    using LibString for string;
    using LibString for uint256;

    /// @notice All that a certificate says.
    /// @param retirementId The retirement's number.
    /// @param beneficiary For whom the units were retired.
    /// @param settled Whether the registry has retired these serials as well.
    /// @param beneficiaryName The name to show, or none.
    /// @param units How many were retired: 10^8 make 1 t.
    /// @param tokenId The credit, which says registry, project and serials.
    /// @param projectName The credit's project.
    /// @param methodology The credit's methodology.
    /// @param vintage The credit's vintage.
    /// @param country The credit's country.
    /// @param span The serials that the retirement owns.
    /// @param retiredAt When it was, in Unix seconds.
    /// @param invalidUnits How many of the units the registry has cancelled.
    /// @param replacedUnits For how many of those others were retired.
    struct Certificate {
        uint256 retirementId;
        address beneficiary;
        bool settled;
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
    }

    /// @dev No-break, so that a figure stays in its line.
    string private constant GROUP_SEPARATOR = unicode"\u00a0";

    uint256 private constant RINGS = 20;

    /// @dev Names the contract that draws it, and its chain.
    function svg(Certificate memory certificate) internal view returns (string memory) {
        return
            string.concat(
                _frame(certificate),
                _heading(certificate),
                _fields(certificate),
                _state(certificate),
                _smallPrint()
            );
    }

    /// @dev The certificate in a sentence, cleaned but not escaped. A word of English parts each free text from the
    /// figures, which a right-to-left name would otherwise draw into its order.
    function sentence(Certificate memory certificate) internal pure returns (string memory) {
        string memory text = string.concat(
            Figures.tonnes(certificate.units, ""),
            " t CO2e of carbon credits retired for ",
            PlainText.clean(certificate.beneficiaryName),
            " (account ",
            certificate.beneficiary.toHexStringChecksummed()
        );
        text = string.concat(
            text,
            ") on ",
            Figures.date(certificate.retiredAt),
            ", from the project ",
            PlainText.clean(certificate.projectName),
            ", with the serials "
        );
        return string.concat(text, Figures.serials(certificate.span), ". ", stateOf(certificate), ".");
    }

    /// @dev Whether the certificate's units still count, in a sentence without its full stop.
    function stateOf(Certificate memory certificate) internal pure returns (string memory) {
        if (certificate.invalidUnits == 0) {
            return
                certificate.settled
                    ? "Valid: retired on-chain, the registry's retirement recorded"
                    : "Valid: retired on-chain, the registry's retirement not recorded yet";
        }
        string memory text = string.concat(
            _isReplaced(certificate) ? "REPLACED: " : "INVALIDATED: ",
            Figures.tonnes(certificate.invalidUnits, GROUP_SEPARATOR),
            unicode"\u00a0t cancelled by the registry"
        );
        if (certificate.replacedUnits == 0) return text;
        return
            string.concat(
                text,
                ", ",
                Figures.tonnes(certificate.replacedUnits, GROUP_SEPARATOR),
                unicode"\u00a0t replaced"
            );
    }

    function _isReplaced(Certificate memory certificate) private pure returns (bool) {
        return certificate.replacedUnits >= certificate.invalidUnits;
    }

    /// @dev Green while all of it counts, red where the registry cancelled some, brown once that is replaced.
    function _ink(Certificate memory certificate) private pure returns (string memory) {
        if (certificate.invalidUnits == 0) return "#1d4d3a";
        return _isReplaced(certificate) ? "#7a4a00" : "#a11b14";
    }

    function _frame(Certificate memory certificate) private pure returns (string memory) {
        string memory head = string.concat(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 700" width="1000" height="700" role="img"'
            ' font-family="Helvetica,Arial,sans-serif" fill="#22302a" color="',
            _ink(certificate),
            '"><title>Retirement certificate ',
            certificate.retirementId.toString(),
            "</title><desc>",
            sentence(certificate).escapeHTML()
        );
        return
            string.concat(
                head,
                '</desc><path fill="#f8f6ee" d="M0 0h1000v700H0z"/><g fill="none" stroke="currentColor">'
                '<svg x="32" y="32" width="936" height="636" stroke-opacity=".1">',
                _rings(certificate),
                '</svg><path d="M24 24h952v652H24z" stroke-width="3"/><path d="M32 32h936v636H32z'
                'M380 123h100m40 0h100M70 382h860"/></g>'
            );
    }

    /// @dev As wide and as far from the pith as a hash of the retirement has it.
    function _rings(Certificate memory certificate) private pure returns (string memory rings) {
        uint256 seed = uint256(keccak256(abi.encode(certificate.tokenId, certificate.retirementId)));
        (uint256 x, uint256 y, uint256 radius) = (800, 470, 6);
        unchecked {
            for (uint256 i; i < RINGS; ++i) {
                uint256 growth = uint8(seed >> (8 * i));
                x = x + (growth % 5) - 2;
                y = y + ((growth >> 3) % 4) - 1;
                radius += 8 + (growth % 13);
                rings = string.concat(rings, '<circle cx="', x.toString(), '" cy="', y.toString(), '" r="');
                rings = string.concat(
                    rings,
                    radius.toString(),
                    '" stroke-width="',
                    (1 + (growth % 4)).toString(),
                    '"/>'
                );
            }
        }
    }

    function _heading(Certificate memory certificate) private pure returns (string memory) {
        string memory account = certificate.beneficiary.toHexStringChecksummed();
        bool isNamed = bytes(PlainText.clean(certificate.beneficiaryName)).length != 0;
        return
            string.concat(
                '<g text-anchor="middle"><g fill="currentColor">'
                '<text x="503" y="76" font-size="15" letter-spacing="5">CERTIFICATE OF RETIREMENT</text>'
                '<text x="500" y="97" font-size="13" fill="#5c6a62" font-family="monospace">No. ',
                certificate.retirementId.toString(),
                "</text>"
                '<path d="M500 108c11 9 11 21 0 30c-11-9-11-21 0-30z"/><path d="M500 115v24" stroke="#f8f6ee"/>',
                _amount(certificate.units),
                '</g><text x="500" y="242" font-size="16" fill="#5c6a62">of carbon credits retired for</text>'
                "<g font-family=\"Georgia,'Times New Roman',serif\">",
                SvgText.fitted(
                    isNamed ? certificate.beneficiaryName : Figures.shortened(account),
                    SvgText.Box({x: 70, y: 258, width: 860, height: 74, fontSize: 44, centred: true})
                ),
                '</g><text x="500" y="356" font-size="14" fill="#5c6a62" font-family="monospace">',
                account,
                "</text></g>"
            );
    }

    /// @dev A digit of a bold font is up to 0.7 of the font size wide, and ` t CO2e` as wide as seven.
    function _amount(uint256 units) private pure returns (string memory) {
        string memory text = Figures.tonnes(units, " ");
        uint256 fontSize = Math.min(62, 86_000 / (70 * (bytes(text).length + 7)));
        return
            string.concat(
                '<text x="500" y="205" font-weight="bold" font-size="',
                fontSize.toString(),
                '">',
                text,
                ' t CO<tspan font-size="60%" dy=".2em">2</tspan><tspan dy="-.12em">e</tspan></text>'
            );
    }

    function _fields(Certificate memory certificate) private pure returns (string memory) {
        string memory upperRow = string.concat(
            '<g fill="#5c6a62" font-size="11" letter-spacing="1.5"><text x="70" y="410">PROJECT</text>'
            '<text x="530" y="410">METHODOLOGY</text><text x="690" y="410">VINTAGE</text>'
            '<text x="812" y="410">COUNTRY</text><text x="70" y="494">SERIALS</text>'
            '<text x="530" y="494">REGISTRY</text><text x="690" y="494">PROJECT NO.</text>'
            '<text x="812" y="494">RETIRED, UTC</text></g>',
            _field(certificate.projectName, 70, 418, 430),
            _field(certificate.methodology, 530, 418, 140),
            _field(certificate.vintage, 690, 418, 105),
            _field(certificate.country, 812, 418, 118)
        );
        return
            string.concat(
                upperRow,
                _field(Figures.serials(certificate.span), 70, 502, 430),
                _field(Figures.registry(certificate.tokenId), 530, 502, 140),
                _field(TokenIds.projectNumberOf(certificate.tokenId).toString(), 690, 502, 105),
                _field(Figures.date(certificate.retiredAt), 812, 502, 118)
            );
    }

    function _field(string memory text, uint256 x, uint256 y, uint256 width) private pure returns (string memory) {
        return SvgText.fitted(text, SvgText.Box({x: x, y: y, width: width, height: 47, fontSize: 20, centred: false}));
    }

    function _state(Certificate memory certificate) private pure returns (string memory) {
        if (certificate.invalidUnits != 0) {
            return
                string.concat(
                    '<path fill="currentColor" d="M24 566h952v66H24z"/><g fill="#fff" font-weight="bold">',
                    SvgText.fitted(
                        stateOf(certificate),
                        SvgText.Box({x: 50, y: 566, width: 900, height: 66, fontSize: 30, centred: true})
                    ),
                    "</g>"
                );
        }
        return
            string.concat(
                '<circle cx="82" cy="594" r="12" fill="currentColor"/>'
                '<path d="M76 594l5 5 8-9" fill="none" stroke="#fff" stroke-width="2.5"/>'
                '<text x="106" y="600" font-size="17" fill="currentColor">',
                stateOf(certificate),
                "</text>"
            );
    }

    function _smallPrint() private view returns (string memory) {
        string memory text = string.concat(
            '<text x="70" y="653" font-size="11" fill="#5c6a62">Retired on-chain to the serial. Drawn by contract eip155:',
            block.chainid.toString(),
            ":"
        );
        return
            string.concat(text, address(this).toHexStringChecksummed(), " from the state of its chain.</text></svg>");
    }
}
