// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SerialRanges} from "../../contracts/libraries/SerialRanges.sol";

/// @title Ranges that were accepted never meet
/// @notice For any ranges, in any order, with any hint. Bounded: the set has two ranges at most when the last one is
/// added. For longer walks there are the tests and the invariants.
contract SerialRangesProof {
    using SerialRanges for SerialRanges.Set;

    SerialRanges.Set private set;

    /// @dev A second range, with any hint, is accepted exactly where it does not meet the first.
    function check_aSecondRangeIsAcceptedWhereItIsApart(
        uint64 first,
        uint64 last,
        uint64 nextFirst,
        uint64 nextLast,
        uint64 hint
    ) external {
        if (first == 0 || last < first || nextFirst == 0 || nextLast < nextFirst) return;
        set.add(first, last, 0);
        bool apart = nextLast < first || last < nextFirst;
        try this.add(nextFirst, nextLast, hint) {
            assert(apart);
        } catch {
            assert(!apart);
        }
    }

    /// @dev Two that were accepted are found, whichever the search goes from, and neighbour each other.
    function check_bothAreFound(uint64 first, uint64 last, uint64 nextFirst, uint64 nextLast) external {
        if (first == 0 || last < first || nextFirst == 0 || nextLast < nextFirst) return;
        set.add(first, last, 0);
        set.add(nextFirst, nextLast, first);
        assert(set.lastOf(first) == last && set.lastOf(nextFirst) == nextLast);
        (uint256 lower, uint256 upper) = first < nextFirst ? (first, nextFirst) : (nextFirst, first);
        assert(set.atOrBelow(set.lastOf(lower), upper) == lower && set.atOrBelow(set.lastOf(upper), 0) == upper);
        assert(set.above(0) == lower && set.above(lower) == upper && set.above(upper) == 0);
        assert(set.below(0) == upper && set.below(upper) == lower && set.below(lower) == 0);
    }

    /// @dev A third range is accepted exactly where it meets neither of two, of which one is 100 to 199; with either's
    /// hint, or with one that is neither's, which all mean the same.
    function check_aThirdRangeIsAcceptedWhereItIsApart(
        uint64 first,
        uint64 last,
        uint64 nextFirst,
        uint64 nextLast,
        uint8 hint
    ) external {
        if (first == 0 || last < first || nextFirst == 0 || nextLast < nextFirst) return;
        set.add(100, 199, 0);
        set.add(first, last, 0);
        bool apart = (nextLast < first || last < nextFirst) && (nextLast < 100 || nextFirst > 199);
        uint256 hintFirst = hint == 0 ? 0 : 100;
        if (hint > 1) hintFirst = first;
        try this.add(nextFirst, nextLast, hintFirst) {
            assert(apart);
        } catch {
            assert(!apart);
        }
    }

    function add(uint256 first, uint256 last, uint256 hint) external {
        set.add(first, last, hint);
    }
}
