// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {DateTimeLib} from "solady/src/utils/DateTimeLib.sol";
import {LibString} from "solady/src/utils/LibString.sol";
import {ICarbonCredits} from "../../interfaces/ICarbonCredits.sol";
import {TokenIds} from "./TokenIds.sol";
import {Units} from "./Units.sol";

/// @title Figures as people read them
/// @notice Exact ones: nothing is rounded.
library Figures {
    using LibString for string;
    using LibString for uint256;

    /// @dev A unit is 10 mg, so that this many make a gram.
    uint256 private constant UNITS_PER_GRAM = 100;

    uint256 private constant VERRA = 1;

    /// @dev Tonnes to the gram, in groups of three: 1 250.500 000. Two further decimals where there is a part of a gram.
    function tonnes(uint256 units, string memory groupSeparator) internal pure returns (string memory text) {
        text = (units / Units.UNITS_PER_TONNE).toString();
        for (uint256 at = bytes(text).length; at > 3;) {
            at -= 3;
            text = string.concat(text.slice(0, at), groupSeparator, text.slice(at));
        }
        string memory decimals = _decimals(units % Units.UNITS_PER_TONNE);
        text = string.concat(text, ".", decimals.slice(0, 3), groupSeparator, decimals.slice(3, 6));
        if (units % UNITS_PER_GRAM != 0) text = string.concat(text, groupSeparator, decimals.slice(6));
    }

    /// @dev The first and the last serial, each with where in it the span starts or ends, if that is within it:
    /// 941467007 from 0.25 – 941467010 to 0.5.
    function serials(ICarbonCredits.SerialSpan memory span) internal pure returns (string memory text) {
        text = span.firstSerial.toString();
        if (span.firstOffsetUnits != 0) text = string.concat(text, " from ", _fraction(span.firstOffsetUnits));
        if (span.firstSerial != span.lastSerial) text = string.concat(text, unicode" – ", span.lastSerial.toString());
        if (span.lastEndUnits != Units.UNITS_PER_TONNE) {
            text = string.concat(text, " to ", _fraction(span.lastEndUnits));
        }
    }

    /// @dev The day in UTC: 2026-11-23.
    function date(uint256 timestamp) internal pure returns (string memory) {
        (uint256 year, uint256 month, uint256 day) = DateTimeLib.timestampToDate(timestamp);
        return string.concat(year.toString(), "-", _twoDigits(month), "-", _twoDigits(day));
    }

    function registry(uint256 tokenId) internal pure returns (string memory) {
        uint256 number = TokenIds.registryOf(tokenId);
        return number == VERRA ? "Verra VCS" : string.concat("Registry ", number.toString());
    }

    /// @dev A long number or address by its ends: 0x1234…cdef.
    function shortened(string memory text) internal pure returns (string memory) {
        uint256 length = bytes(text).length;
        return length > 12 ? string.concat(text.slice(0, 6), unicode"…", text.slice(length - 4)) : text;
    }

    /// @dev A part of a serial, neither none of it nor all, without trailing zeros: 0.25.
    function _fraction(uint256 units) private pure returns (string memory) {
        string memory decimals = _decimals(units);
        uint256 length = bytes(decimals).length;
        while (bytes(decimals)[length - 1] == "0") --length;
        return string.concat("0.", decimals.slice(0, length));
    }

    /// @dev All eight decimals of what is less than a tonne.
    function _decimals(uint256 units) private pure returns (string memory) {
        return (Units.UNITS_PER_TONNE + units).toString().slice(1);
    }

    function _twoDigits(uint256 number) private pure returns (string memory) {
        return (100 + number).toString().slice(1);
    }
}
