// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {LibString} from "solady/src/utils/LibString.sol";
import {PlainText} from "./PlainText.sol";

/// @title Text of any length and script in a box of an SVG
/// @notice In one line as large as it may be, smaller where it is long, then in two lines, and at last cut short with
/// an ellipsis. Nobody knows the reader's fonts, so widths are estimated from above; and the box clips, so that no
/// text can cover what stands beside it.
library SvgText {
    using LibString for string;
    using LibString for uint256;

    /// @dev All in pixels of the drawing. Two lines of two fifths of the height fill it.
    struct Box {
        uint256 x;
        uint256 y;
        uint256 width;
        uint256 height;
        uint256 fontSize;
        bool centred;
    }

    /// @dev Text is cut short where it would be much smaller than this.
    uint256 private constant SMALLEST_FONT_SIZE = 12;

    /// @dev Widths are in hundredths of the font size.
    uint256 private constant ELLIPSIS_WIDTH = 100;

    /// @dev Sets of ASCII characters, a bit each: space and !'()*,-./:;I[]fijlrt| and %@MWmw and A to Z.
    uint256 private constant NARROW = 0x10141640280002000c00f78300000000;
    uint256 private constant WIDE = 0x00802000008020010000002000000000;
    uint256 private constant CAPITALS = 0x0000000007fffffe0000000000000000;

    /// @dev Cleans the text, escapes it, and sets a dash where there is none.
    function fitted(string memory text, Box memory box) internal pure returns (string memory) {
        unchecked {
            text = PlainText.clean(text);
            if (bytes(text).length == 0) text = unicode"—";
            uint256 boxWidth = 100 * box.width;
            uint256 textWidth;
            (text, textWidth) = _cut(text, (2 * boxWidth) / SMALLEST_FONT_SIZE);

            uint256 fontSize = Math.min(box.fontSize, boxWidth / textWidth);
            uint256 twoLinesFontSize = (2 * box.height) / 5;
            if (fontSize >= twoLinesFontSize) {
                uint256 baseline = box.centred ? (10 * box.height + 7 * fontSize) / 20 : box.fontSize;
                return _clipped(box, fontSize, _line(text, box, baseline));
            }

            (string memory first, string memory second, uint256 lineWidth) = _broken(text, textWidth);
            fontSize = Math.min(twoLinesFontSize, boxWidth / lineWidth);
            uint256 firstBaseline = box.centred ? (2 * box.height - fontSize) / 4 : fontSize;
            return
                _clipped(
                    box,
                    fontSize,
                    string.concat(
                        _line(first, box, firstBaseline),
                        _line(second, box, firstBaseline + (6 * fontSize) / 5)
                    )
                );
        }
    }

    function _clipped(Box memory box, uint256 fontSize, string memory lines) private pure returns (string memory) {
        string memory place = string.concat('<svg x="', box.x.toString(), '" y="', box.y.toString(), '" width="');
        place = string.concat(place, box.width.toString(), '" height="', box.height.toString(), '" font-size="');
        place = string.concat(place, fontSize.toString(), box.centred ? '" text-anchor="middle">' : '">');
        return string.concat(place, lines, "</svg>");
    }

    function _line(string memory text, Box memory box, uint256 baseline) private pure returns (string memory) {
        string memory x = box.centred ? (box.width / 2).toString() : "0";
        return string.concat('<text x="', x, '" y="', baseline.toString(), '">', text.escapeHTML(), "</text>");
    }

    /// @dev As much of the text as is no wider than that, and how wide it is; never zero.
    function _cut(string memory text, uint256 widest) private pure returns (string memory, uint256 width) {
        unchecked {
            width = 1;
            for (uint256 at; at < bytes(text).length;) {
                (uint256 codePoint, uint256 size) = PlainText.codePointAt(bytes(text), at);
                width += _widthOf(codePoint);
                if (width > widest) return (string.concat(text.slice(0, at), unicode"…"), widest + ELLIPSIS_WIDTH);
                at += size;
            }
            return (text, width);
        }
    }

    /// @dev Broken into two lines near the middle, at a space if one is near, and the longer line's width.
    function _broken(
        string memory text,
        uint256 width
    ) private pure returns (string memory first, string memory second, uint256 longer) {
        unchecked {
            (uint256 middle, uint256 space, uint256 longerAtSpace) = (0, 0, type(uint128).max);
            longer = width;
            uint256 before = 1;
            for (uint256 at; at < bytes(text).length;) {
                (uint256 codePoint, uint256 size) = PlainText.codePointAt(bytes(text), at);
                uint256 longerHere = Math.max(before, width - before);
                uint256 codePointWidth = _widthOf(codePoint);
                if (longerHere < longer && codePointWidth != 0) (middle, longer) = (at, longerHere);
                if (longerHere < longerAtSpace && codePoint == 0x20) (space, longerAtSpace) = (at, longerHere);
                before += codePointWidth;
                at += size;
            }
            if (3 * longerAtSpace <= 4 * longer) {
                return (text.slice(0, space), text.slice(space + 1), longerAtSpace);
            }
            return (text.slice(0, middle), text.slice(middle), longer);
        }
    }

    /// @dev What a wide font takes for it: nothing for accents, joiners and variation selectors; 60 for a small Latin
    /// letter, 105 for a Chinese character.
    function _widthOf(uint256 codePoint) private pure returns (uint256) {
        if (codePoint < 0x80) {
            if ((NARROW >> codePoint) & 1 != 0) return 40;
            if ((WIDE >> codePoint) & 1 != 0) return 100;
            return (CAPITALS >> codePoint) & 1 != 0 ? 78 : 64;
        }
        if (codePoint >= 0x300 && codePoint < 0x370) return 0;
        if (codePoint >= 0x200B && codePoint < 0x2010) return 0;
        if (codePoint >= 0xFE00 && codePoint < 0xFE10) return 0;
        if (codePoint < 0x1100) return codePoint == 0xA0 ? 40 : 75;
        return codePoint < 0x1F000 ? 105 : 125;
    }
}
