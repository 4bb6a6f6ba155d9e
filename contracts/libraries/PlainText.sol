// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {LibBytes} from "solady/src/utils/LibBytes.sol";

/// @title Text that may stand in any document
/// @notice Whatever bytes a string holds, what `clean` makes of them is UTF-8 that JSON and XML 1.0 allow, on one line,
/// and cannot reorder what stands beside it. Quotes and brackets are left to be escaped.
library PlainText {
    /// @dev U+FFFD, which stands for what is not UTF-8.
    uint256 private constant REPLACEMENT = 0xFFFD;

    /// @dev What is no UTF-8 becomes U+FFFD, once for each longest broken piece, as Unicode advises and Python does it.
    /// Controls, line separators and what XML forbids become a space; embeddings, overrides and isolates of
    /// bidirectional text are dropped.
    function clean(string memory text) internal pure returns (string memory) {
        bytes memory source = bytes(text);
        bytes memory target = new bytes(3 * source.length);
        uint256 length;
        unchecked {
            for (uint256 at; at < source.length;) {
                (uint256 codePoint, uint256 size) = codePointAt(source, at);
                if (codePoint == REPLACEMENT) {
                    (target[length], target[length + 1], target[length + 2]) = (0xEF, 0xBF, 0xBD);
                    length += 3;
                } else if (_isBlank(codePoint)) {
                    target[length++] = " ";
                } else if (!_reorders(codePoint)) {
                    for (uint256 i; i < size; ++i) target[length++] = source[at + i];
                }
                at += size;
            }
        }
        return string(LibBytes.truncate(target, length));
    }

    function countCodePoints(string memory text) internal pure returns (uint256 count) {
        for (uint256 at; at < bytes(text).length; ++count) {
            (, uint256 size) = codePointAt(bytes(text), at);
            at += size;
        }
    }

    /// @dev The code point that starts at a byte, and how many bytes it takes; U+FFFD for a broken one.
    function codePointAt(bytes memory text, uint256 at) internal pure returns (uint256 codePoint, uint256 size) {
        unchecked {
            uint256 lead = uint8(text[at]);
            if (lead < 0x80) return (lead, 1);
            if (lead < 0xC2 || lead > 0xF4) return (REPLACEMENT, 1);

            uint256 following =
                lead < 0xE0
                    ? 1
                    : lead < 0xF0
                        ? 2
                        : 3;
            // The second byte's range rules out what is overlong, a surrogate, or beyond U+10FFFF.
            uint256 lowest =
                lead == 0xE0
                    ? 0xA0
                    : lead == 0xF0
                        ? 0x90
                        : 0x80;
            uint256 highest =
                lead == 0xED
                    ? 0x9F
                    : lead == 0xF4
                        ? 0x8F
                        : 0xBF;
            codePoint = lead & (0x3F >> following);
            for (size = 1; size <= following; ++size) {
                if (at + size == text.length) return (REPLACEMENT, size);
                uint256 next = uint8(text[at + size]);
                if (next < lowest || next > highest) return (REPLACEMENT, size);
                codePoint = (codePoint << 6) | (next & 0x3F);
                (lowest, highest) = (0x80, 0xBF);
            }
        }
    }

    /// @dev C0 and C1 controls, DEL, the line and paragraph separators, and the two that XML 1.0 forbids.
    function _isBlank(uint256 codePoint) private pure returns (bool) {
        return
            codePoint < 0x20 ||
            (codePoint >= 0x7F && codePoint <= 0x9F) ||
            (codePoint >= 0x2028 && codePoint <= 0x2029) ||
            (codePoint >= 0xFFFE && codePoint <= 0xFFFF);
    }

    function _reorders(uint256 codePoint) private pure returns (bool) {
        return (codePoint >= 0x202A && codePoint <= 0x202E) || (codePoint >= 0x2066 && codePoint <= 0x2069);
    }
}
