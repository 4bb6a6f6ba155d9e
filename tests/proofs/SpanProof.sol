// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICarbonCredits} from "../../interfaces/ICarbonCredits.sol";
import {RetirementIds} from "../../contracts/libraries/RetirementIds.sol";
import {Units} from "../../contracts/libraries/Units.sol";
import {vm} from "../Vm.sol";

/// @title Retirements tile a credit's serials
/// @notice For every first unit and every number of units of which the end fits the 96 bits of an id.
contract SpanProof {
    /// @dev A span's offsets lie within a serial, and it does not end before it begins.
    function check_offsetsLieWithinASerial(uint96 firstUnit, uint96 units) external pure {
        ICarbonCredits.SerialSpan memory span = _span(firstUnit, units);
        assert(span.firstOffsetUnits < Units.UNITS_PER_TONNE);
        assert(span.lastEndUnits >= 1 && span.lastEndUnits <= Units.UNITS_PER_TONNE);
        assert(span.firstSerial <= span.lastSerial);
    }

    /// @dev A span ends exactly where the next begins: in the middle of a serial, or at the end of one and the
    /// beginning of the next.
    function check_consecutiveSpansTile(uint96 firstUnit, uint96 units, uint96 nextUnits) external pure {
        vm.assume(uint256(firstUnit) + units <= type(uint96).max);
        ICarbonCredits.SerialSpan memory span = _span(firstUnit, units);
        ICarbonCredits.SerialSpan memory next = _span(firstUnit + units, nextUnits);
        if (span.lastEndUnits == Units.UNITS_PER_TONNE) {
            assert(next.firstSerial == span.lastSerial + 1 && next.firstOffsetUnits == 0);
        } else {
            assert(next.firstSerial == span.lastSerial && next.firstOffsetUnits == span.lastEndUnits);
        }
    }

    /// @dev A span is exactly as long as its units.
    function check_aSpanIsAsLongAsItsUnits(uint96 firstUnit, uint96 units) external pure {
        ICarbonCredits.SerialSpan memory span = _span(firstUnit, units);
        uint256 end = span.lastSerial * Units.UNITS_PER_TONNE + span.lastEndUnits;
        assert(end == span.firstSerial * Units.UNITS_PER_TONNE + span.firstOffsetUnits + units);
    }

    /// @dev What lies within the units of a credit's serials touches no serial before or after them.
    function check_aSpanLiesInItsCredit(uint64 first, uint64 last, uint96 firstUnit, uint96 units) external pure {
        vm.assume(firstUnit >= first * Units.UNITS_PER_TONNE);
        vm.assume(uint256(firstUnit) + units <= (uint256(last) + 1) * Units.UNITS_PER_TONNE);
        ICarbonCredits.SerialSpan memory span = _span(firstUnit, units);
        assert(first <= span.firstSerial && span.lastSerial <= last);
    }

    function _span(uint96 firstUnit, uint96 units) private pure returns (ICarbonCredits.SerialSpan memory) {
        vm.assume(units != 0);
        return RetirementIds.spanOf((uint256(firstUnit) << 96) | units);
    }
}
