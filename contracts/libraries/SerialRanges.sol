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
        // A serial that begins no range has no last serial.
        if (set.ranges[hintFirst].lastSerial == 0) hintFirst = set.ranges[0].belowFirst;
        uint256 belowFirst = atOrBelow(set, firstSerial, hintFirst);
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

    /// @dev Forgets a range, and says which one was above it; until `join` the ring is open there.
    function forget(Set storage set, uint256 firstSerial) internal returns (uint256 aboveFirst) {
        aboveFirst = set.ranges[firstSerial].aboveFirst;
        delete set.ranges[firstSerial];
    }

    /// @dev Closes the ring between two ranges of which those between were forgotten.
    function join(Set storage set, uint256 belowFirst, uint256 aboveFirst) internal {
        set.ranges[belowFirst].aboveFirst = uint64(aboveFirst);
        set.ranges[aboveFirst].belowFirst = uint64(belowFirst);
    }

    /// @dev The first serial of the highest range that begins at or before `serial`; 0 where none does. The search
    /// goes from `fromFirst`, the first serial of a range, or 0 for the bottom.
    function atOrBelow(Set storage set, uint256 serial, uint256 fromFirst) internal view returns (uint256 firstSerial) {
        firstSerial = fromFirst;
        while (firstSerial > serial) firstSerial = set.ranges[firstSerial].belowFirst;
        while (true) {
            uint256 aboveFirst = set.ranges[firstSerial].aboveFirst;
            if (aboveFirst == 0 || aboveFirst > serial) return firstSerial;
            firstSerial = aboveFirst;
        }
    }

    /// @dev The last serial of the range that begins with `firstSerial`; 0 for 0.
    function lastOf(Set storage set, uint256 firstSerial) internal view returns (uint256) {
        return set.ranges[firstSerial].lastSerial;
    }

    /// @dev The first serial of the next range above; of the lowest for 0; 0 where there is none.
    function above(Set storage set, uint256 firstSerial) internal view returns (uint256) {
        return set.ranges[firstSerial].aboveFirst;
    }

    /// @dev The first serial of the next range below; of the highest for 0; 0 where there is none.
    function below(Set storage set, uint256 firstSerial) internal view returns (uint256) {
        return set.ranges[firstSerial].belowFirst;
    }
}
