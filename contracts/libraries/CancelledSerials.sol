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
/// finds at its place, and does not reach over others.
library CancelledSerials {
    using SerialRanges for SerialRanges.Set;

    /// @dev How many unretired units the front passed over so far, and how many serials the back.
    struct Cancelled {
        SerialRanges.Set serials;
        uint128 passedOverUnits;
        uint128 takenOverSerials;
    }

    /// @dev How many units a retirement of `units` passes over at its start.
    function passOverFront(
        Cancelled storage cancelled,
        uint256 tokenId,
        Credit credit,
        uint256 units
    ) internal returns (uint256 skippedUnits) {
        (uint256 startUnits, uint256 availableUnits) = soundRun(cancelled, tokenId, credit);
        if (units > availableUnits) revert ICarbonCredits.UnitsNotAvailable(tokenId, units, availableUnits);
        skippedUnits = startUnits - credit.passedUnits();
        cancelled.passedOverUnits += uint128(skippedUnits);
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
        (uint256 cancelledFirst, uint256 cancelledLast) = cancelled.serials.atOrBelow(lastSerial);
        while (cancelledFirst != 0 && cancelledLast >= lastSerial) {
            lastSerial = cancelledFirst - 1;
            (cancelledFirst, cancelledLast) = cancelled.serials.atOrBelow(lastSerial);
        }
        // What is retired in part cannot be redeemed, so that the front is rounded up.
        uint256 frontSerial = creditFirst + Math.ceilDiv(credit.passedUnits(), Units.UNITS_PER_TONNE);
        uint256 firstSerial = Math.max(frontSerial, cancelledLast + 1);
        uint256 availableUnits = lastSerial < firstSerial ? 0 : Units.unitsOfSerials(firstSerial, lastSerial);
        if (units > availableUnits) revert ICarbonCredits.UnitsNotAvailable(tokenId, units, availableUnits);
        skippedSerials = endSerial - lastSerial;
        cancelled.takenOverSerials += uint128(skippedSerials);
    }

    /// @dev Where the next retirement starts, in units from the credit's front, and how many sound units follow, up
    /// to the next serial that is cancelled or redeemed.
    function soundRun(
        Cancelled storage cancelled,
        uint256 tokenId,
        Credit credit
    ) internal view returns (uint256 startUnits, uint256 availableUnits) {
        (uint256 creditFirst, uint256 creditLast) = TokenIds.serialsOf(tokenId);
        uint256 endSerial = creditLast + 1 - credit.takenSerials();
        startUnits = credit.passedUnits();
        if (credit.hasInvalid()) {
            uint256 serial = creditFirst + startUnits / Units.UNITS_PER_TONNE;
            (uint256 cancelledFirst, uint256 cancelledLast) = cancelled.serials.atOrAbove(serial);
            while (cancelledFirst != 0 && cancelledFirst <= serial) {
                serial = cancelledLast + 1;
                startUnits = (serial - creditFirst) * Units.UNITS_PER_TONNE;
                (cancelledFirst, cancelledLast) = cancelled.serials.atOrAbove(serial);
            }
            if (cancelledFirst != 0) endSerial = Math.min(endSerial, cancelledFirst);
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
        (uint256 first, uint256 last) = cancelled.serials.atOrAbove(firstUnit / Units.UNITS_PER_TONNE);
        while (first != 0 && first * Units.UNITS_PER_TONNE < endUnit) {
            uint256 from = Math.max(first * Units.UNITS_PER_TONNE, firstUnit);
            uint256 to = Math.min((last + 1) * Units.UNITS_PER_TONNE, endUnit);
            units += to - from;
            (first, last) = cancelled.serials.atOrAbove(last + 1);
        }
    }
}
