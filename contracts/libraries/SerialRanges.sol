// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {RedBlackTreeLib} from "solady/src/utils/RedBlackTreeLib.sol";
import {ICarbonCredits} from "../../interfaces/ICarbonCredits.sol";

/// @title The serials of one registry that are tokenised
/// @notice An ordered set of ranges of which no two share a serial. A range is kept as `first << 64 | last`, so the
/// tree's order is the order of first serials, and as none overlap, of last serials too.
library SerialRanges {
    using RedBlackTreeLib for RedBlackTreeLib.Tree;
    using RedBlackTreeLib for bytes32;

    struct Set {
        RedBlackTreeLib.Tree tree;
    }

    /// @dev Adds a range, or reverts with the range that it meets.
    function add(Set storage set, uint256 firstSerial, uint256 lastSerial) internal {
        uint256 afterFirst = (firstSerial << 64) | type(uint64).max;
        _requireApart(set.tree.nearestBefore(afterFirst), firstSerial, lastSerial);
        _requireApart(set.tree.nearestAfter(afterFirst), firstSerial, lastSerial);
        set.tree.insert((firstSerial << 64) | lastSerial);
    }

    function _requireApart(bytes32 neighbour, uint256 firstSerial, uint256 lastSerial) private view {
        if (neighbour.isEmpty()) return;
        uint256 range = neighbour.value();
        (uint256 takenFirst, uint256 takenLast) = (range >> 64, uint64(range));
        if (takenFirst <= lastSerial && firstSerial <= takenLast) {
            revert ICarbonCredits.SerialsOverlap(firstSerial, lastSerial, takenFirst, takenLast);
        }
    }
}
