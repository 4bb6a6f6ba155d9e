// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICarbonCredits} from "../../interfaces/ICarbonCredits.sol";

/// @title Ranges of serials of which no two meet
/// @notice A ring of ranges in rising order, doubly linked by their first serials and closed through 0, which is no
/// serial: `ranges[0]` leads to the lowest and to the highest. Whoever names the neighbour below a new range pays
/// the same however many ranges there are; any other hint only costs the walk to the place.
/// @dev By hand, since the ordered sets of libraries are trees, whose cost grows, and hold no intervals.
library SerialRanges {
    struct Range {
        uint64 lastSerial;
        uint64 belowFirst;
        uint64 aboveFirst;
    }

    struct Set {
        mapping(uint256 firstSerial => Range) ranges;
    }

    /// @dev Adds a range, or reverts with the range that it meets. `firstSerial` is not 0 and not above `lastSerial`.
    /// `hintFirst` is the first serial of a range nearby; where there is none, the search begins at the highest.
    function add(Set storage set, uint256 firstSerial, uint256 lastSerial, uint256 hintFirst) internal {
        uint256 belowFirst = _below(set, firstSerial, hintFirst);
        uint256 belowLast = set.ranges[belowFirst].lastSerial;
        if (belowLast >= firstSerial) {
            revert ICarbonCredits.SerialsOverlap(firstSerial, lastSerial, belowFirst, belowLast);
        }
        uint256 aboveFirst = set.ranges[belowFirst].aboveFirst;
        if (aboveFirst != 0 && aboveFirst <= lastSerial) {
            uint256 aboveLast = set.ranges[aboveFirst].lastSerial;
            revert ICarbonCredits.SerialsOverlap(firstSerial, lastSerial, aboveFirst, aboveLast);
        }
        set.ranges[firstSerial] = Range(uint64(lastSerial), uint64(belowFirst), uint64(aboveFirst));
        set.ranges[belowFirst].aboveFirst = uint64(firstSerial);
        set.ranges[aboveFirst].belowFirst = uint64(firstSerial);
    }

    /// @dev The range that holds `serial`, else the next one above; zeros where there is neither.
    function atOrAbove(
        Set storage set,
        uint256 serial
    ) internal view returns (uint256 firstSerial, uint256 lastSerial) {
        firstSerial = _below(set, serial, 0);
        if (set.ranges[firstSerial].lastSerial < serial) firstSerial = set.ranges[firstSerial].aboveFirst;
        lastSerial = set.ranges[firstSerial].lastSerial;
    }

    /// @dev The range that holds `serial`, else the next one below; zeros where there is neither.
    function atOrBelow(
        Set storage set,
        uint256 serial
    ) internal view returns (uint256 firstSerial, uint256 lastSerial) {
        firstSerial = _below(set, serial, 0);
        lastSerial = set.ranges[firstSerial].lastSerial;
    }

    /// @dev The highest range that begins at or before `serial`; 0 where none does.
    function _below(Set storage set, uint256 serial, uint256 hintFirst) private view returns (uint256 firstSerial) {
        // A serial that begins no range has no last serial.
        firstSerial = set.ranges[hintFirst].lastSerial == 0 ? set.ranges[0].belowFirst : hintFirst;
        while (firstSerial > serial) firstSerial = set.ranges[firstSerial].belowFirst;
        while (true) {
            uint256 aboveFirst = set.ranges[firstSerial].aboveFirst;
            if (aboveFirst == 0 || aboveFirst > serial) return firstSerial;
            firstSerial = aboveFirst;
        }
    }
}
