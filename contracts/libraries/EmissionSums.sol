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
    uint256 private constant UPPER_HALVES = (1 << 255) | (1 << 223) | (1 << 167) | (1 << 79);
    uint256 private constant CARRIES = (1 << RECORDS_SHIFT) | (1 << GAS_SHIFT) | (1 << ENERGY_SHIFT);

    /// @notice A figure leaves its field.
    error FigureTooLarge(uint256 gasUsed, uint256 energyPicowattHours, uint256 co2eMicrograms);

    /// @notice A sum of two words leaves a field.
    error SumTooLarge(uint256 left, uint256 right);

    function pack(
        uint256 recordCount,
        uint256 gasUsed_,
        uint256 energyPicowattHours_,
        uint256 co2eMicrograms_
    ) internal pure returns (uint256 sums) {
        uint256 tooMuch =
            (recordCount >> RECORDS_BITS) |
                (gasUsed_ >> GAS_BITS) |
                (energyPicowattHours_ >> ENERGY_BITS) |
                (co2eMicrograms_ >> ENERGY_SHIFT);
        if (tooMuch != 0) revert FigureTooLarge(gasUsed_, energyPicowattHours_, co2eMicrograms_);
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
            (1 << RECORDS_SHIFT) | (gasUsed_ << GAS_SHIFT) | (energyPicowattHours_ << ENERGY_SHIFT) | co2eMicrograms_;
    }

    /// @dev All fields at once. A field that overflows changes the lowest bit of the next from what the two bits there
    /// add up to; the first field overflows the word.
    function add(uint256 left, uint256 right) internal pure returns (uint256 sums) {
        unchecked {
            sums = left + right;
        }
        if (sums < left || (left ^ right ^ sums) & CARRIES != 0) revert SumTooLarge(left, right);
    }

    /// @dev Whether a field is half full or more.
    function isHalfFull(uint256 sums) internal pure returns (bool) {
        return sums & UPPER_HALVES != 0;
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
