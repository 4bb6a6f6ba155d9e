// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICarbonCredits} from "../../interfaces/ICarbonCredits.sol";
import {TokenIds} from "../../contracts/libraries/TokenIds.sol";
import {Units} from "../../contracts/libraries/Units.sol";
import {vm} from "../Vm.sol";

/// @title Retirements tile a credit's serials
/// @notice For units of 96 bits, as the contract keeps them.
contract SpanProof {
    /// @dev A span's offsets lie within a serial.
    function check_offsetsLieWithinASerial(uint256 tokenId, uint96 startUnits, uint96 units) external pure {
        vm.assume(units != 0);
        ICarbonCredits.SerialSpan memory span = TokenIds.spanOf(tokenId, startUnits, units);
        assert(span.firstOffsetUnits < Units.UNITS_PER_TONNE);
        assert(span.lastEndUnits >= 1 && span.lastEndUnits <= Units.UNITS_PER_TONNE);
    }

    /// @dev A span ends exactly where the next begins: in the middle of a serial, or at the end of one and the
    /// beginning of the next.
    function check_consecutiveSpansTile(
        uint256 tokenId,
        uint96 startUnits,
        uint96 units,
        uint96 nextUnits
    ) external pure {
        vm.assume(units != 0 && nextUnits != 0);
        ICarbonCredits.SerialSpan memory span = TokenIds.spanOf(tokenId, startUnits, units);
        ICarbonCredits.SerialSpan memory next = TokenIds.spanOf(tokenId, uint256(startUnits) + units, nextUnits);
        if (span.lastEndUnits == Units.UNITS_PER_TONNE) {
            assert(next.firstSerial == span.lastSerial + 1 && next.firstOffsetUnits == 0);
        } else {
            assert(next.firstSerial == span.lastSerial && next.firstOffsetUnits == span.lastEndUnits);
        }
    }

    /// @dev A span begins in the credit's first serial or above, and does not end before it begins.
    function check_spanRises(uint256 tokenId, uint96 startUnits, uint96 units) external pure {
        vm.assume(units != 0);
        ICarbonCredits.SerialSpan memory span = TokenIds.spanOf(tokenId, startUnits, units);
        (uint256 creditFirst, ) = TokenIds.serialsOf(tokenId);
        assert(creditFirst <= span.firstSerial && span.firstSerial <= span.lastSerial);
    }

    /// @dev Where the credit begins only moves the span, so that the next proof need not vary it.
    function check_spanMovesWithTheCredit(uint64 first, uint64 last, uint96 startUnits, uint96 units) external pure {
        vm.assume(units != 0);
        uint256 tokenId = (uint256(first) << 64) | last;
        assert(
            TokenIds.spanOf(tokenId, startUnits, units).lastSerial ==
                first + TokenIds.spanOf(0, startUnits, units).lastSerial
        );
    }

    /// @dev What lies within the units of a credit that begins with serial 1 ends within its serials.
    function check_spanEndsWithinTheCredit(uint64 last, uint96 startUnits, uint96 units) external pure {
        vm.assume(units != 0);
        uint256 tokenId = (1 << 64) | uint256(last);
        vm.assume(uint256(startUnits) + units <= TokenIds.unitsOf(tokenId));
        assert(TokenIds.spanOf(tokenId, startUnits, units).lastSerial <= last);
    }
}
