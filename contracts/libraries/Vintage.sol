// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title The year of a credit's vintage
/// @notice A registry writes a vintage as text, such as "2016" or "2016-2017".
library Vintage {
    uint256 private constant YEAR_DIGITS = 4;

    /// @dev The year with which a vintage begins, which is the older of two; 0 where it begins with none.
    function yearOf(string memory vintage) internal pure returns (uint256 year) {
        bytes memory text = bytes(vintage);
        if (text.length < YEAR_DIGITS) return 0;
        for (uint256 i = 0; i < YEAR_DIGITS; ++i) {
            uint256 digit = uint8(text[i]) ^ uint8(bytes1("0"));
            if (digit > 9) return 0;
            year = year * 10 + digit;
        }
    }
}
