// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ICarbonCredits} from "../../interfaces/ICarbonCredits.sol";
import {Credit} from "./Credit.sol";
import {SerialRanges} from "./SerialRanges.sol";
import {TokenIds} from "./TokenIds.sol";
import {Units} from "./Units.sol";

/// @title The serials of one credit that its registry cancelled
/// @notice A retirement or a redemption takes sound serials in one run: it begins past the cancelled ones that it
/// finds at its place, and does not reach over others. Ranges that meet or adjoin are one.
library CancelledSerials {
    using SerialRanges for SerialRanges.Set;

    /// @notice How many ranges of a credit can be cancelled, so that no walk along them outgrows a transaction.
    uint256 internal constant MAX_RANGES = 1024;

    /// @dev `passedOverUnits` and `takenOverSerials` were cancelled before the front or the back came to them.
    /// `frontFirst` begins the last range at or before the front, or one below it that the front has passed since:
    /// nothing that is cancelled elsewhere makes a retirement dearer.
    struct Cancelled {
        SerialRanges.Set serials;
        uint96 passedOverUnits;
        uint64 takenOverSerials;
        uint64 frontFirst;
        uint32 count;
    }

    /// @dev Adds a range of the credit's serials, as one with those that it meets or adjoins; reverts where all of
    /// it is cancelled already.
    function add(
        Cancelled storage cancelled,
        uint256 tokenId,
        Credit credit,
        uint256 firstSerial,
        uint256 lastSerial
    ) internal {
        SerialRanges.Set storage serials = cancelled.serials;
        uint256 frontFirst = cancelled.frontFirst;
        uint256 below = serials.atOrBelow(firstSerial, frontFirst == 0 ? serials.below(0) : frontFirst);
        if (serials.lastOf(below) >= lastSerial) {
            revert ICarbonCredits.SerialsOverlap(firstSerial, lastSerial, below, serials.lastOf(below));
        }
        uint256 count = cancelled.count + 1;
        uint256 met = below;
        if (below == 0 || serials.lastOf(below) + 1 < firstSerial) met = serials.above(below);
        else below = serials.below(below);
        while (met != 0 && met <= lastSerial + 1) {
            firstSerial = Math.min(firstSerial, met);
            lastSerial = Math.max(lastSerial, serials.lastOf(met));
            met = serials.forget(met);
            --count;
        }
        serials.join(below, met);
        if (count > MAX_RANGES) revert ICarbonCredits.TooManyRanges(tokenId, MAX_RANGES);
        serials.add(firstSerial, lastSerial, below);
        cancelled.count = uint32(count);
        // It is the last one at or before the front now, or has taken that one's place.
        bool higher = firstSerial > frontFirst || serials.lastOf(frontFirst) == 0;
        if (higher && firstSerial <= _frontSerial(tokenId, credit)) cancelled.frontFirst = uint64(firstSerial);
    }

    /// @dev How many units a retirement of `units` passes over at its start.
    function passOverFront(
        Cancelled storage cancelled,
        uint256 tokenId,
        Credit credit,
        uint256 units
    ) internal returns (uint256 skippedUnits) {
        (uint256 startUnits, uint256 availableUnits, uint256 frontFirst) = soundRun(cancelled, tokenId, credit);
        if (units > availableUnits) revert ICarbonCredits.UnitsNotAvailable(tokenId, units, availableUnits);
        skippedUnits = startUnits - credit.passedUnits();
        cancelled.passedOverUnits += uint96(skippedUnits);
        cancelled.frontFirst = uint64(frontFirst);
    }

    /// @dev How many serials a redemption of `units` passes over at the end of what is left.
    function passOverBack(
        Cancelled storage cancelled,
        uint256 tokenId,
        Credit credit,
        uint256 units
    ) internal returns (uint256 skippedSerials) {
        (uint256 creditFirst, uint256 creditLast) = TokenIds.serialsOf(tokenId);
        uint256 endSerial = creditLast - credit.takenSerials();
        uint256 lastSerial = endSerial;
        uint256 cancelledFirst = cancelled.serials.atOrBelow(lastSerial, cancelled.serials.below(0));
        if (cancelledFirst != 0 && cancelled.serials.lastOf(cancelledFirst) >= lastSerial) {
            lastSerial = cancelledFirst - 1;
            cancelledFirst = cancelled.serials.below(cancelledFirst);
        }
        // What is retired in part cannot be redeemed, so that the front is rounded up.
        uint256 frontSerial = creditFirst + Math.ceilDiv(credit.passedUnits(), Units.UNITS_PER_TONNE);
        uint256 firstSerial = Math.max(frontSerial, cancelled.serials.lastOf(cancelledFirst) + 1);
        uint256 availableUnits = lastSerial < firstSerial ? 0 : Units.unitsOfSerials(firstSerial, lastSerial);
        if (units > availableUnits) revert ICarbonCredits.UnitsNotAvailable(tokenId, units, availableUnits);
        skippedSerials = endSerial - lastSerial;
        cancelled.takenOverSerials += uint64(skippedSerials);
    }

    /// @dev Where the next retirement starts, in units from the credit's front, how many sound units follow, up to
    /// the next serial that is cancelled or redeemed, and the range of which it starts above.
    function soundRun(
        Cancelled storage cancelled,
        uint256 tokenId,
        Credit credit
    ) internal view returns (uint256 startUnits, uint256 availableUnits, uint256 belowFirst) {
        (uint256 creditFirst, uint256 creditLast) = TokenIds.serialsOf(tokenId);
        uint256 endSerial = creditLast + 1 - credit.takenSerials();
        startUnits = credit.passedUnits();
        if (credit.hasInvalid()) {
            uint256 serial = _frontSerial(tokenId, credit);
            belowFirst = cancelled.serials.atOrBelow(serial, cancelled.frontFirst);
            uint256 aboveFirst = cancelled.serials.above(belowFirst);
            uint256 belowLast = cancelled.serials.lastOf(belowFirst);
            if (belowLast >= serial) startUnits = (belowLast + 1 - creditFirst) * Units.UNITS_PER_TONNE;
            if (aboveFirst != 0) endSerial = Math.min(endSerial, aboveFirst);
        }
        availableUnits = Math.saturatingSub((endSerial - creditFirst) * Units.UNITS_PER_TONNE, startUnits);
    }

    /// @dev How many of the units from `firstUnit` to before `endUnit`, counted through the registry's serials, are
    /// cancelled.
    function unitsAmong(
        Cancelled storage cancelled,
        uint256 firstUnit,
        uint256 endUnit
    ) internal view returns (uint256 units) {
        uint256 serial = firstUnit / Units.UNITS_PER_TONNE;
        uint256 first = cancelled.serials.atOrBelow(serial, cancelled.frontFirst);
        if (cancelled.serials.lastOf(first) < serial) first = cancelled.serials.above(first);
        while (first != 0 && first * Units.UNITS_PER_TONNE < endUnit) {
            uint256 from = Math.max(first * Units.UNITS_PER_TONNE, firstUnit);
            uint256 to = Math.min((cancelled.serials.lastOf(first) + 1) * Units.UNITS_PER_TONNE, endUnit);
            units += to - from;
            first = cancelled.serials.above(first);
        }
    }

    /// @dev The serial in which the next unit lies.
    function _frontSerial(uint256 tokenId, Credit credit) private pure returns (uint256) {
        (uint256 creditFirst, ) = TokenIds.serialsOf(tokenId);
        return creditFirst + credit.passedUnits() / Units.UNITS_PER_TONNE;
    }
}
