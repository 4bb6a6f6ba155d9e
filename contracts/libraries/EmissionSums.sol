// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Number of records, gas, energy and CO2e in one word
/// @notice From the left: 32 bits for the records, 56 for gas, 88 for picowatt-hours, 80 for micrograms of CO2e. Two words
/// add up as numbers do, since no field may run over into the next.
library EmissionSums {
    uint256 private constant RECORDS_SHIFT = 224;
    uint256 private constant GAS_SHIFT = 168;
    uint256 private constant ENERGY_SHIFT = 80;
    uint256 private constant ENERGY_BITS = 88;
    uint256 private constant GAS_BITS = 56;
    uint256 private constant RECORDS_BITS = 32;
    uint256 private constant CARRIES = (1 << RECORDS_SHIFT) | (1 << GAS_SHIFT) | (1 << ENERGY_SHIFT);

    /// @notice A field is too small for the sum that it should hold.
    error SumTooLarge();

    function pack(
        uint256 recordCount,
        uint256 gasUsed_,
        uint256 energyPicowattHours_,
        uint256 co2eMicrograms_
    ) internal pure returns (uint256 sums) {
        uint256 tooMuch = (recordCount >> RECORDS_BITS) |
            (gasUsed_ >> GAS_BITS) |
            (energyPicowattHours_ >> ENERGY_BITS) |
            (co2eMicrograms_ >> ENERGY_SHIFT);
        if (tooMuch != 0) revert SumTooLarge();
        sums =
            (recordCount << RECORDS_SHIFT) |
            (gasUsed_ << GAS_SHIFT) |
            (energyPicowattHours_ << ENERGY_SHIFT) |
            co2eMicrograms_;
    }

    /// @dev Of one record, whose figures are known to fit.
    function one(
        uint256 gasUsed_,
        uint256 energyPicowattHours_,
        uint256 co2eMicrograms_
    ) internal pure returns (uint256 sums) {
        return
            (1 << RECORDS_SHIFT) |
            (gasUsed_ << GAS_SHIFT) |
            (energyPicowattHours_ << ENERGY_SHIFT) |
            co2eMicrograms_;
    }

    /// @dev Where a bit of a sum differs from the bits that went in, something was carried there.
    function add(uint256 a, uint256 b) internal pure returns (uint256 sums) {
        unchecked {
            sums = a + b;
        }
        if (sums < a || (a ^ b ^ sums) & CARRIES != 0) revert SumTooLarge();
    }

    function records(uint256 sums) internal pure returns (uint256) {
        return sums >> RECORDS_SHIFT;
    }

    function gasUsed(uint256 sums) internal pure returns (uint256) {
        return uint56(sums >> GAS_SHIFT);
    }

    function energyPicowattHours(uint256 sums) internal pure returns (uint256) {
        return uint88(sums >> ENERGY_SHIFT);
    }

    function co2eMicrograms(uint256 sums) internal pure returns (uint256) {
        return uint80(sums);
    }
}
