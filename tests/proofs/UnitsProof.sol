// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Units} from "../../contracts/libraries/Units.sol";

/// @title Rounding never under-offsets
/// @notice Amounts that are not zero are written as one more than a number, which the solver answers at once: it
/// would else lose its way in what the formula says of zero.
contract UnitsProof {
    /// @dev The units drawn cover the emissions, up to 79 quadrillion tonnes.
    function check_unitsCoverTheEmissions(uint96 co2eMicrograms) external pure {
        assert(Units.unitsUp(co2eMicrograms) * Units.MICROGRAMS_PER_UNIT >= co2eMicrograms);
    }

    /// @dev They cover them by less than one unit too many, within the same bound.
    function check_unitsAreTheFewest(uint96 oneLess) external pure {
        uint256 co2eMicrograms = uint256(oneLess) + 1;
        uint256 covered = Units.unitsUp(co2eMicrograms) * Units.MICROGRAMS_PER_UNIT;
        assert(covered < co2eMicrograms + Units.MICROGRAMS_PER_UNIT);
    }

    /// @dev Only the product of gas and picograms counts, so that the two proofs below need but one number.
    function check_onlyTheProductCounts(uint96 gasUsed, uint96 picogramsPerGas) external pure {
        uint256 picograms = uint256(gasUsed) * picogramsPerGas;
        assert(Units.co2eMicrogramsUp(gasUsed, picogramsPerGas) == Units.co2eMicrogramsUp(picograms, 1));
    }

    /// @dev Micrograms are never below the exact picograms, up to 79 billion tonnes.
    function check_microgramsCoverTheGas(uint96 picograms) external pure {
        assert(Units.co2eMicrogramsUp(picograms, 1) * Units.PICOGRAMS_PER_MICROGRAM >= picograms);
    }

    /// @dev They are less than one microgram above, within the same bound.
    function check_microgramsAreTheFewest(uint96 oneLess) external pure {
        uint256 picograms = uint256(oneLess) + 1;
        uint256 covered = Units.co2eMicrogramsUp(picograms, 1) * Units.PICOGRAMS_PER_MICROGRAM;
        assert(covered < picograms + Units.PICOGRAMS_PER_MICROGRAM);
    }

    /// @dev Nothing needs nothing, which is the one amount that the two above leave out.
    function check_nothingRoundsToNothing() external pure {
        assert(Units.unitsUp(0) == 0 && Units.co2eMicrogramsUp(0, 1) == 0);
    }
}
