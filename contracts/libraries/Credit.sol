// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @dev All that a retirement reads and writes of a credit, in one slot, read and written once:
/// passed units (96 bits) | retirement count (40) | taken serials (64) | number (32) | has invalid (1) | suspended
/// until (16), in days since 1970.
/// From the front, the passed units are retired, or were cancelled before they could be; from the back, the taken
/// serials are redeemed, or were cancelled before they could be. The number is the credit's place in the order of
/// issuance, from 1; a credit without one does not exist.
type Credit is uint256;

using CreditFields for Credit global;

/// @title The fields of a `Credit`
/// @notice Each is read, and written into a new value; none can reach into the next.
library CreditFields {
    uint256 private constant _COUNT_BIT = 96;
    uint256 private constant _TAKEN_BIT = 136;
    uint256 private constant _NUMBER_BIT = 200;
    uint256 private constant _HAS_INVALID = 1 << 232;
    uint256 private constant _SUSPENDED_BIT = 233;

    function passedUnits(Credit credit) internal pure returns (uint256) {
        return uint96(Credit.unwrap(credit));
    }

    function retirementCount(Credit credit) internal pure returns (uint256) {
        return uint40(Credit.unwrap(credit) >> _COUNT_BIT);
    }

    function takenSerials(Credit credit) internal pure returns (uint256) {
        return uint64(Credit.unwrap(credit) >> _TAKEN_BIT);
    }

    function number(Credit credit) internal pure returns (uint256) {
        return uint32(Credit.unwrap(credit) >> _NUMBER_BIT);
    }

    function hasInvalid(Credit credit) internal pure returns (bool) {
        return Credit.unwrap(credit) & _HAS_INVALID != 0;
    }

    /// @dev In Unix seconds, the start of a day; it may have passed.
    function suspendedUntil(Credit credit) internal pure returns (uint256) {
        return uint256(uint16(Credit.unwrap(credit) >> _SUSPENDED_BIT)) * 1 days;
    }

    function suspended(Credit credit) internal view returns (bool) {
        return block.timestamp < suspendedUntil(credit);
    }

    /// @dev One retirement more, of the `units` that follow `skippedUnits`. A credit's volume is below 2^91 units,
    /// and its retirements cannot number 2^40 in this world, so that no field reaches the next.
    function withRetirement(Credit credit, uint256 skippedUnits, uint256 units) internal pure returns (Credit) {
        return Credit.wrap(Credit.unwrap(credit) + skippedUnits + units + (1 << _COUNT_BIT));
    }

    /// @dev `serials` more are taken; all of them are serials of the credit, of which there are fewer than 2^64.
    function withTaken(Credit credit, uint256 serials) internal pure returns (Credit) {
        return Credit.wrap(Credit.unwrap(credit) + (serials << _TAKEN_BIT));
    }

    function withNumber(Credit credit, uint32 number_) internal pure returns (Credit) {
        return Credit.wrap(Credit.unwrap(credit) | (uint256(number_) << _NUMBER_BIT));
    }

    function withSuspension(Credit credit, uint16 untilDay) internal pure returns (Credit) {
        uint256 rest = Credit.unwrap(credit) & ~(uint256(type(uint16).max) << _SUSPENDED_BIT);
        return Credit.wrap(rest | (uint256(untilDay) << _SUSPENDED_BIT));
    }

    function withInvalid(Credit credit) internal pure returns (Credit) {
        return Credit.wrap(Credit.unwrap(credit) | _HAS_INVALID);
    }
}
